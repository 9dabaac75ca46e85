/*
 * arena.h - memory that is released all at once, when the request is over.
 *
 * prg has two lifetimes: the process and the request.  Memory of a request
 * comes from its arena and is never freed by hand.
 */
#ifndef PRG_ARENA_H
#define PRG_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct prg_arena_chunk;
struct prg_arena_defer;

/* Zero-initialise, use, release.  One thread at a time. */
struct prg_arena {
	struct prg_arena_chunk	*chunks;	/* newest first */
	struct prg_arena_defer	*defers;	/* newest first */
};

/* 'size' bytes, aligned for any type; never NULL.  Those of get() are zero. */
void	*prg_arena_get(struct prg_arena *, size_t size);
void	*prg_arena_room(struct prg_arena *, size_t size);

/*
 * Grow the block at 'p' from 'old' to at least 'size' bytes, in place if it is
 * the newest, else as a copy.  The new bytes are not cleared.
 */
void	*prg_arena_grow(struct prg_arena *, void *p, size_t old, size_t size);

/* A copy of the 'len' bytes at 'p', with a NUL at its end. */
char	*prg_arena_copy(struct prg_arena *, const char *p, size_t len);
char	*prg_arena_strdup(struct prg_arena *, const char *);

/* A formatted text; "" if the values cannot be printed. */
char	*prg_arena_printf(struct prg_arena *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
char	*prg_arena_vprintf(struct prg_arena *, const char *fmt, va_list)
	    __attribute__((format(printf, 2, 0)));

/* The texts of a list that NULL ends, one after the other. */
char	*prg_arena_join(struct prg_arena *, const char *const *texts);

/*
 * Call 'fn(arg)' on release, newest first: for memory that is not the arena's.
 */
void	 prg_arena_defer(struct prg_arena *, void (*fn)(void *), void *arg);

/* Release everything; reset() keeps one chunk for the next request. */
void	 prg_arena_reset(struct prg_arena *);
void	 prg_arena_release(struct prg_arena *);

#endif
