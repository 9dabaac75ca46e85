/*
 * urlencoded.c - read application/x-www-form-urlencoded.
 *
 * Decoding never makes text longer, and each '&' and '=' leaves room for a NUL:
 * so all names and values fit into one block of the body's size and one.  Only
 * what is no UTF-8 may grow, and gets a block of its own.
 */
#include <string.h>

#include "form/pairs.h"

struct reader {
	const struct prg_form_limits	*limits;
	struct prg_buf			 text;
	struct prg_pair_list		 pairs;
};

/* Take the bytes up to the next 'c', and 'c' itself, off the front. */
static struct prg_span
split(struct prg_span *rest, char c)
{
	struct prg_span s = *rest;
	const char *p = s.len > 0 ? memchr(s.p, c, s.len) : NULL;

	if (p == NULL) {
		*rest = (struct prg_span){ s.p + s.len, 0 };
		return s;
	}
	s.len = (size_t)(p - s.p);
	*rest = (struct prg_span){ p + 1, rest->len - s.len - 1 };
	return s;
}

/* Decode; longer than 'max' if it would be; '*bad' if it had to be repaired. */
static struct prg_span
decode(struct reader *r, struct prg_span s, size_t max, bool *bad)
{
	size_t from = r->text.len;
	struct prg_span out;

	prg_percent_decode(&r->text, s, true);
	out = (struct prg_span){ r->text.p + from, r->text.len - from };
	prg_buf_char(&r->text, '\0');
	return prg_pair_text(r->pairs.arena, out, max, bad);
}

/* Read "name=value" or "name"; NULL, or the limit that it passes. */
static const char *
read_piece(struct reader *r, struct prg_span piece)
{
	struct prg_span name = split(&piece, '=');
	struct prg_pair pair = { .repaired = false };

	if (r->pairs.count == r->limits->fields)
		return "too many fields";
	pair.name = decode(r, name, r->limits->name, &pair.repaired);
	if (pair.name.len > r->limits->name)
		return "a field whose name is too long";
	pair.value = (struct prg_span){ "", 0 };
	if (piece.len > 0)
		pair.value = decode(r, piece, r->limits->value,
		    &pair.repaired);
	if (pair.value.len > r->limits->value)
		return "a field whose value is too long";
	prg_pair_list_add(&r->pairs, pair);
	return NULL;
}

/* An empty text that takes 'n' bytes without moving what is in it. */
static struct prg_buf
fixed_buf(struct prg_arena *a, size_t n)
{
	return (struct prg_buf){
		.p = prg_arena_get(a, n + 1), .cap = n, .max = n, .arena = a
	};
}

struct prg_pairs
prg_urlencoded_read(struct prg_arena *a, struct prg_span body,
    const struct prg_form_limits *limits)
{
	struct reader r = { .limits = limits, .pairs.arena = a };
	struct prg_span piece;
	const char *limit;

	r.text = fixed_buf(a, body.len + 1);
	while (body.len > 0) {
		piece = split(&body, '&');
		if (piece.len > 0 && (limit = read_piece(&r, piece)) != NULL)
			return (struct prg_pairs){
				.refused = 413, .limit = limit
			};
	}
	return (struct prg_pairs){ .list = r.pairs.list, .count = r.pairs.count };
}
