/*
 * guard.h - what a connection has sent, looked at before libfcgi does.
 *
 * libfcgi believes its peer: six names in a GET_VALUES or a length of 2 GB end
 * the process, PARAMS have no ceiling, and padding behind BEGIN_REQUEST puts it
 * out of step.  So the guard sees every byte that libfcgi gets to read, which
 * is the head of a request: BEGIN_REQUEST and PARAMS up to the empty one. Pure.
 */
#ifndef PRG_GUARD_H
#define PRG_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/record.h"

enum prg_guard_verdict {
	PRG_GUARD_MORE,		/* the head has not arrived whole */
	PRG_GUARD_PASS,
	PRG_GUARD_ANSWER,	/* with prg_guard_answer(), and leave it out */
	PRG_GUARD_END,		/* likewise, then drop */
	PRG_GUARD_REFUSE	/* drop */
};

struct prg_guard {
	enum prg_guard_verdict	verdict;
	unsigned		id;
	size_t			at;	/* what to answer, and leave out: */
	size_t			params;	/* where the first of them begins */
	size_t			end;	/* where the empty one begins */
	size_t			head;	/* bytes up to here, with all padding */
	size_t			total;	/* with the body; 0: not all is here */
};

/*
 * Judge the first 'n' bytes of a request.  Names and values that don't fill the
 * PARAMS exactly, hold a NUL, have no name or a '=' in it are refused, and so
 * are more than 'max' bytes of them.
 */
struct prg_guard	prg_guard_check(const unsigned char *p, size_t n,
			    size_t max);

enum { PRG_GUARD_REPLY = 128 };

/*
 * What to send back, for the same bytes: its length.  On PRG_GUARD_ANSWER that
 * is to a question about ourselves (FastCGI 1.0, 4), who take 'conns' connections
 * at most (0: not to be said), or to a second request; to another record of no
 * request of ours it is nothing (3.3).  On PRG_GUARD_END
 * it is the end of a request that we can't play or that was aborted (5.5).
 */
size_t			prg_guard_answer(const struct prg_guard *,
			    const unsigned char *p, int conns,
			    unsigned char out[PRG_GUARD_REPLY]);

#endif
