/*
 * origin.h - the cross-origin gate: who may send us an unsafe request.
 *
 * By the Fetch Metadata and Origin headers that browsers set and pages can't; no
 * cookie, no token.  HTTP.md section 4 has the algorithm.
 */
#ifndef PRG_ORIGIN_H
#define PRG_ORIGIN_H

#include <stdbool.h>

#include "base/error.h"

enum prg_gate {
	PRG_GATE_PASS,
	PRG_GATE_UNSURE,	/* neither header: no browser of today */
	PRG_GATE_REFUSE
};

/* What the request says of where it comes from; NULL: nothing. */
struct prg_from {
	const char	*sec_fetch_site;
	const char	*origin;	/* "" is one, and is refused */
	const char	*host;
	const char	*server_port;
};

struct prg_gate_result {
	enum prg_gate	 gate;
	const char	*reason;	/* for the log, if refused */
};

/*
 * Judge an unsafe request.  'trusted' is the value of --origin: origins with commas
 * between them (scheme, host, port as browsers write them), or NULL.  Where it is
 * NULL, Origin is compared with Host, and with Host and SERVER_PORT, because
 * Debian's nginx drops the port of Host (C5).
 */
struct prg_gate_result	prg_gate(const struct prg_from *, const char *trusted);

/* -1 with a sentence if --origin can't be right. */
int	prg_origins_check(const char *trusted, struct prg_error *);

/*
 * Whether a redirect to it stays on this site: "/", then neither a slash nor a
 * backslash, and nothing that a browser would drop (K20).
 */
bool	prg_target_is_local(const char *path);

#endif
