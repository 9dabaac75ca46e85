/*
 * error.h - one sentence that says what went wrong in the world outside.
 */
#ifndef PRG_ERROR_H
#define PRG_ERROR_H

struct prg_error {
	char	text[512];
};

/* Set the sentence, cut to fit; always -1, so that a caller can return it. */
int	prg_error_set(struct prg_error *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

#endif
