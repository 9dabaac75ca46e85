/*
 * json_text.h - JSON on one line, as it is stored.
 *
 * jansson's own writer looks for loops with a hash table and a printf at each
 * object; what is stored here is flat and ours.  Measured on a guestbook's POST:
 * 92 thousand instructions with it, 86 with this.
 */
#ifndef PRG_JSON_TEXT_H
#define PRG_JSON_TEXT_H

#include <jansson.h>

#include "base/buf.h"

/* Append the value; it must not hold itself. */
void	prg_json_add(struct prg_buf *, json_t *);

#endif
