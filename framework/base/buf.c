/*
 * buf.c - a growing string with a limit.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

enum { FIRST = 256 };

struct prg_buf
prg_buf(struct prg_arena *a, size_t max)
{
	struct prg_buf b = { .max = max, .arena = a };

	b.cap = max < FIRST ? max : FIRST;
	b.p = prg_arena_room(a, b.cap + 1);
	b.p[0] = '\0';
	return b;
}

/* Make room for up to 'n' more bytes; returns how many fit. */
static size_t
room(struct prg_buf *b, size_t n)
{
	size_t cap = b->cap;

	if (n <= cap - b->len)
		return n;
	if (n > b->max - b->len) {
		b->full = true;
		n = b->max - b->len;
	}
	while (cap - b->len < n)
		cap = cap > b->max / 2 ? b->max : cap * 2;
	b->p = prg_arena_grow(b->arena, b->p, b->len + 1, cap + 1);
	b->cap = cap;
	return n;
}

void
prg_buf_add(struct prg_buf *b, const char *p, size_t n)
{
	n = room(b, n);
	if (n > 0)
		memcpy(b->p + b->len, p, n);
	b->len += n;
	b->p[b->len] = '\0';
}

void
prg_buf_str(struct prg_buf *b, const char *s)
{
	prg_buf_add(b, s, strlen(s));
}

void
prg_buf_char(struct prg_buf *b, char c)
{
	if (room(b, 1) == 0)
		return;
	b->p[b->len++] = c;
	b->p[b->len] = '\0';
}

void
prg_buf_reserve(struct prg_buf *b, size_t n)
{
	if (n <= b->max - b->len)
		room(b, n);
}

/* Print into the free room; print again if that was too small. */
void
prg_buf_printf(struct prg_buf *b, const char *fmt, ...)
{
	va_list ap;
	size_t left = b->cap - b->len;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(b->p + b->len, left + 1, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	if ((size_t)n > left) {
		b->p[b->len] = '\0';
		if (room(b, (size_t)n) < (size_t)n)
			return;
		va_start(ap, fmt);
		vsnprintf(b->p + b->len, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	b->len += (size_t)n;
}
