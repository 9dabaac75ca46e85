/*
 * filename.h - the name that a client gives to a file.
 */
#ifndef PRG_FILENAME_H
#define PRG_FILENAME_H

#include "base/text.h"

enum { PRG_MAX_FILENAME = 255 };	/* bytes */

/*
 * What may be shown of it, and nothing else may be done with it: what comes after
 * the last / or \, as UTF-8, less control characters and those that turn the
 * direction of writing, cut to PRG_MAX_FILENAME at a character's end.  NULL if
 * nothing is left, or "." or "..".
 */
const char	*prg_filename_clean(struct prg_arena *, struct prg_span sent);

#endif
