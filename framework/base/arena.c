/*
 * arena.c - memory that is released all at once, when the request is over.
 *
 * Limits on the body, the number of inputs and the page keep a request small,
 * so malloc() fails only if the machine has no memory left.  No answer is
 * possible then: log a line (without base/log.c, which uses buffers) and abort;
 * the web server answers 502 and the service manager starts a new process.
 */
#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"

enum {
	CHUNK = 16 << 10,		/* a plain request fits into one */
	ALIGN = alignof(max_align_t)
};

struct prg_arena_chunk {
	struct prg_arena_chunk	*next;
	size_t			 size;	/* of 'bytes' */
	size_t			 used;
	alignas(max_align_t) char bytes[];
};

struct prg_arena_defer {
	struct prg_arena_defer	*next;
	void			(*fn)(void *);
	void			*arg;
};

static size_t
round_up(size_t n)
{
	return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static struct prg_arena_chunk *
chunk_new(size_t size, struct prg_arena_chunk *next)
{
	struct prg_arena_chunk *c;

	if ((c = malloc(sizeof(*c) + size)) == NULL) {
		dprintf(STDERR_FILENO,
		    "level=error msg=\"out of memory: %zu bytes\"\n", size);
		abort();
	}
	c->next = next;
	c->size = size;
	c->used = 0;
	return c;
}

void *
prg_arena_room(struct prg_arena *a, size_t size)
{
	struct prg_arena_chunk *c = a->chunks;
	char *p;

	assert(size <= SIZE_MAX / 2);
	size = round_up(size);
	if (c == NULL || c->size - c->used < size)
		c = a->chunks = chunk_new(size > CHUNK ? size : CHUNK, c);
	p = c->bytes + c->used;
	c->used += size;
	return p;
}

void *
prg_arena_get(struct prg_arena *a, size_t size)
{
	return memset(prg_arena_room(a, size), 0, size);
}

void *
prg_arena_grow(struct prg_arena *a, void *p, size_t old, size_t size)
{
	struct prg_arena_chunk *c = a->chunks;
	size_t have = round_up(old), want = round_up(size);
	char *q = p;

	if (q != NULL && want <= have)
		return q;
	if (q != NULL && c != NULL && q + have == c->bytes + c->used &&
	    c->size - c->used >= want - have) {
		c->used += want - have;
		return q;
	}
	q = prg_arena_room(a, size);
	if (old > 0)
		memcpy(q, p, old);
	return q;
}

char *
prg_arena_copy(struct prg_arena *a, const char *p, size_t len)
{
	char *q = prg_arena_room(a, len + 1);

	if (len > 0)
		memcpy(q, p, len);
	q[len] = '\0';
	return q;
}

char *
prg_arena_strdup(struct prg_arena *a, const char *s)
{
	return prg_arena_copy(a, s, strlen(s));
}

char *
prg_arena_vprintf(struct prg_arena *a, const char *fmt, va_list ap)
{
	char small[256], *s;
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(small, sizeof(small), fmt, again);
	va_end(again);
	if (n < (int)sizeof(small))
		return prg_arena_copy(a, small, n > 0 ? (size_t)n : 0);
	s = prg_arena_get(a, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	return s;
}

char *
prg_arena_printf(struct prg_arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = prg_arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}

char *
prg_arena_join(struct prg_arena *a, const char *const *texts)
{
	size_t len = 1;
	char *s, *end;

	for (const char *const *t = texts; *t != NULL; t++)
		len += strlen(*t);
	s = end = prg_arena_room(a, len);
	*s = '\0';
	for (; *texts != NULL; texts++)
		end = stpcpy(end, *texts);
	return s;
}

void
prg_arena_defer(struct prg_arena *a, void (*fn)(void *), void *arg)
{
	struct prg_arena_defer *d = prg_arena_get(a, sizeof(*d));

	*d = (struct prg_arena_defer){ a->defers, fn, arg };
	a->defers = d;
}

static void
run_defers(struct prg_arena *a)
{
	struct prg_arena_defer *d;

	while ((d = a->defers) != NULL) {
		a->defers = d->next;
		d->fn(d->arg);
	}
}

static void
free_chunks(struct prg_arena_chunk *c)
{
	struct prg_arena_chunk *next;

	for (; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
}

void
prg_arena_reset(struct prg_arena *a)
{
	struct prg_arena_chunk *c;

	run_defers(a);
	if ((c = a->chunks) == NULL)
		return;
	free_chunks(c->next);
	c->next = NULL;
	c->used = 0;
	if (c->size > CHUNK)
		prg_arena_release(a);
}

void
prg_arena_release(struct prg_arena *a)
{
	run_defers(a);
	free_chunks(a->chunks);
	a->chunks = NULL;
}
