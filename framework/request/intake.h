/*
 * intake.h - the body of a request, piece by piece as it arrives.
 */
#ifndef PRG_INTAKE_H
#define PRG_INTAKE_H

#include "request/request.h"

struct prg_intake {
	int			 refused;	/* 0, or the status */
	const char		*why;		/* in words */
	/* The rest is its own. */
	struct prg_arena	*arena;
	struct prg_conn		*conn;
	bool			 said;		/* how long it is */
	size_t			 max;
	size_t			 left;		/* that may still come */
};

/*
 * Begin with a body of 'max' bytes at most.  Refused with 411 if its length is
 * unknown (H37), 413 if it is said to be longer.
 */
struct prg_intake	prg_intake(struct prg_arena *, struct prg_conn *,
			    const struct prg_request *, size_t max);

/*
 * Up to 'n' bytes of it; 0 at its end, or if it is refused: with 413, or with 400
 * if it is not as long as was said (F33).
 */
size_t			prg_intake_read(struct prg_intake *, char *, size_t n);

#endif
