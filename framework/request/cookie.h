/*
 * cookie.h - the Cookie header (RFC 6265bis, 5.7).
 */
#ifndef PRG_COOKIE_H
#define PRG_COOKIE_H

#include <stdbool.h>

#include "base/text.h"

/*
 * Find the value of the first cookie of this name.  'header' may be NULL.
 *
 * Apache joins two Cookie headers with ", ", which may also be part of a value.
 * The value of a "__Host-" cookie ends there.  A cookie after ", " is not
 * found: whoever may set any cookie for the host could plant a "__Host-" cookie
 * so.
 */
bool	prg_cookie_find(const char *header, const char *name,
	    struct prg_span *value);

#endif
