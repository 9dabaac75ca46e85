/*
 * error.h - one sentence about what failed.
 */
#ifndef PRG_ERROR_H
#define PRG_ERROR_H

/* A failure of the system, for the operator. */
struct prg_error {
	char	text[512];
};

/* Set the sentence, cut to fit.  Returns -1, for the caller to return. */
int	prg_error_set(struct prg_error *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

/* A request that is refused: its HTTP status, and a sentence for the client. */
struct prg_refusal {
	int		 status;	/* 0: not refused */
	const char	*why;		/* a literal, or from the arena */
};

#endif
