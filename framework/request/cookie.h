/*
 * cookie.h - the Cookie header (RFC 6265bis, 5.7), as servers really send it.
 */
#ifndef PRG_COOKIE_H
#define PRG_COOKIE_H

#include <stdbool.h>

#include "base/text.h"

enum { PRG_MAX_COOKIES = 50 };	/* those after it are not looked at */

/*
 * The value of the first cookie of this name, as sent: quotes are part of it.
 * Apache joins two Cookie headers with ", ", which elsewhere is part of a
 * value.  So a name with the prefix "__Host-" is looked for behind a ", " too,
 * if it is not found otherwise, and its value ends at one; such a value has no
 * comma.  'value' is only touched if found.
 */
bool	prg_cookie_find(const char *header, const char *name,
	    struct prg_span *value);

#endif
