/*
 * condition.h - conditional requests (RFC 9110, 13).
 */
#ifndef PRG_CONDITION_H
#define PRG_CONDITION_H

#include <stdint.h>

#include "request/request.h"

/* The validators of the page that was requested. */
struct prg_validators {
	const char	*etag;		/* strong, with its quotes; or NULL */
	int64_t		 modified;	/* seconds since 1970; 0: unknown */
	int64_t		 now;
};

/* The status for a request for a page that exists: 200, 304 or 412. */
int	prg_condition(const struct prg_request *,
	    const struct prg_validators *);

#endif
