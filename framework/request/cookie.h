/*
 * cookie.h - the Cookie header (RFC 6265bis, 5.7), as servers really send it.
 */
#ifndef PRG_COOKIE_H
#define PRG_COOKIE_H

#include <stdbool.h>

#include "base/text.h"

enum { PRG_MAX_COOKIES = 50 };	/* those after it are not looked at */

/*
 * The value of the first cookie of this name.  Apache joins two Cookie headers with
 * ", ", which elsewhere is part of a value: the value of a "__Host-" cookie ends
 * there, but none is looked for behind it, because whoever may set any cookie for
 * the host could plant one that way (G4).
 */
bool	prg_cookie_find(const char *header, const char *name,
	    struct prg_span *value);

#endif
