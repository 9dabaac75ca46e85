/*
 * condition.h - conditional requests (RFC 9110, section 13).
 */
#ifndef PRG_CONDITION_H
#define PRG_CONDITION_H

#include <stdint.h>

#include "request/request.h"

/* What the client may have of a page already. */
struct prg_validators {
	const char	*etag;		/* strong, with its quotes; or NULL */
	int64_t		 modified;	/* seconds since 1970; 0: not known */
	int64_t		 now;
};

/*
 * What a request for a page that exists is answered with: 200, 304 or 412.
 */
int	prg_condition(const struct prg_request *, const struct prg_validators *);

#endif
