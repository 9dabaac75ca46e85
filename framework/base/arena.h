/*
 * arena.h - memory that is released all at once, when the request is over.
 *
 * Two lifetimes exist in prg: the process and the request.  What belongs to a
 * request comes from its arena and is never freed by hand.
 */
#ifndef PRG_ARENA_H
#define PRG_ARENA_H

#include <stddef.h>

struct prg_arena_chunk;
struct prg_arena_defer;

/* Zero-initialise, use, release.  One thread at a time. */
struct prg_arena {
	struct prg_arena_chunk	*chunks;	/* newest first */
	struct prg_arena_defer	*defers;	/* newest first */
};

/* 'size' zeroed bytes, aligned for any type; never NULL. */
void	*prg_arena_get(struct prg_arena *, size_t size);

/* The same, but for what is written before it is read: the bytes are anything. */
void	*prg_arena_room(struct prg_arena *, size_t size);

/*
 * Make the block at 'p', of 'old' bytes, at least 'size' bytes long; the bytes
 * past 'old' are anything.  In place if it was the last thing taken, else a copy.
 */
void	*prg_arena_grow(struct prg_arena *, void *p, size_t old, size_t size);

/* A copy of the 'len' bytes at 'p', ended by a NUL. */
char	*prg_arena_copy(struct prg_arena *, const char *p, size_t len);
char	*prg_arena_strdup(struct prg_arena *, const char *);
/* All of them, up to a NULL, in a row. */
char	*prg_arena_join(struct prg_arena *, const char *const *parts);
char	*prg_arena_printf(struct prg_arena *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

/* Call 'fn(arg)' on release, newest first: for what an arena can't hold. */
void	 prg_arena_defer(struct prg_arena *, void (*fn)(void *), void *arg);

/* Release everything but one chunk, which the next request uses again. */
void	 prg_arena_reset(struct prg_arena *);

/* Release everything. */
void	 prg_arena_release(struct prg_arena *);

#endif
