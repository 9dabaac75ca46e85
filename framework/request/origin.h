/*
 * origin.h - the cross-origin gate: which sites may send us a form.
 *
 * The gate reads the Sec-Fetch-Site and Origin headers, which browsers set and
 * pages can't; it needs no cookie and no token.
 */
#ifndef PRG_ORIGIN_H
#define PRG_ORIGIN_H

#include "base/error.h"
#include "request/request.h"

enum prg_gate {
	PRG_GATE_PASS,
	PRG_GATE_UNSURE,	/* neither header: not a current browser */
	PRG_GATE_REFUSE
};

struct prg_gate_result {
	enum prg_gate	 gate;
	const char	*reason;	/* for the log, if refused */
};

/*
 * Judge a request that is not safe (RFC 9110, 9.2.1).  'trusted' is the value
 * of --origin: origins as browsers write them, separated by commas; or NULL.
 * If it is NULL, Origin is compared with Host, and its port with SERVER_PORT if
 * Host has none, because Debian's nginx removes the port from Host.
 */
struct prg_gate_result	prg_gate(const struct prg_request *,
			    const char *trusted);

/*
 * The origin that visitors see: the one of 'trusted' that is Host, else its
 * first; without 'trusted', Host with our scheme, or "" if it is invalid.
 */
const char	*prg_origin_shown(struct prg_arena *,
		    const struct prg_request *, const char *trusted);

/* Check the value of --origin.  Returns -1 with a sentence if it is invalid. */
int	prg_origins_check(const char *trusted, struct prg_error *);

#endif
