/*
 * accept.h - which representation a client likes best (RFC 9110, 12.5.1).
 */
#ifndef PRG_ACCEPT_H
#define PRG_ACCEPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* One member of the header: what it is about, and how much it is liked. */
struct prg_accept_range {
	struct prg_span	type;		/* "text", or "*" */
	struct prg_span	subtype;	/* "html", or "*" */
	struct prg_span	params;		/* ";level=1;q=0.5", or empty */
	int		weight;		/* thousandths: 1000 without a q */
};

/* Take the next member that can be parsed off the front; false at the end. */
bool	prg_accept_next(struct prg_span *rest, struct prg_accept_range *);

/*
 * The weight of 'type' ("text/html", or with parameters) in thousandths: 0 if
 * it is excluded or not named.  The most specific range counts, of equals the
 * first.  NULL or blank 'accept' is "anything": 1000.  A member that can't be
 * parsed counts as not there.
 */
int	prg_accept_weight(const char *accept, const char *type);

/*
 * The index of the offered type with the highest weight, the first of equals,
 * or -1 if all weigh 0.
 */
int	prg_accept_best(const char *accept, const char *const *types, size_t n);

#endif
