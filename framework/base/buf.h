/*
 * buf.h - a growing string with a limit.
 */
#ifndef PRG_BUF_H
#define PRG_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/*
 * Adding past 'max' sets 'full' and drops the rest, so a caller may add freely
 * and check once, at the end.  'p' is never NULL and ends in a NUL that 'len'
 * does not count.
 */
struct prg_buf {
	char			*p;
	size_t			 len;
	size_t			 cap;
	size_t			 max;
	bool			 full;
	struct prg_arena	*arena;
};

/* An empty buffer for up to 'max' bytes, in the arena. */
struct prg_buf	prg_buf(struct prg_arena *, size_t max);

/* Make room for so many more bytes at once. */
void	prg_buf_reserve(struct prg_buf *, size_t);

void	prg_buf_add(struct prg_buf *, const char *, size_t);
void	prg_buf_str(struct prg_buf *, const char *);
void	prg_buf_char(struct prg_buf *, char);
void	prg_buf_printf(struct prg_buf *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

#endif
