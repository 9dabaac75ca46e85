/*
 * urlencoded.c - read application/x-www-form-urlencoded.
 *
 * Decoding never makes text longer, and each '&' and '=' leaves room for a NUL.
 *  So one block of the size of the body, and one byte, holds all names and
 * values.
 */
#include "base/scan.h"
#include "form/pairs.h"

/* Empty values need no room. */
static struct prg_span
decode(struct prg_buf *text, struct prg_span s)
{
	size_t from = text->len, len;

	if (s.len == 0)
		return (struct prg_span){ "", 0 };
	prg_percent_decode(text, s, true);
	len = text->len - from;
	prg_buf_char(text, '\0');
	return (struct prg_span){ text->p + from, len };
}

struct prg_refusal
prg_urlencoded_read(struct prg_arena *a, struct prg_span body,
    const struct prg_form_limits *limits, struct prg_pairs *out)
{
	struct prg_refusal refused = { 0, NULL };
	struct prg_pairs pairs = { .arena = a, .charset = limits->charset };
	struct prg_span piece, name, value;
	struct prg_buf text = prg_buf(a, body.len + 1);

	prg_buf_reserve(&text, body.len + 1);	/* it must not move later */
	while (body.len > 0 && refused.status == 0) {
		prg_span_split(body, '&', &piece, &body);
		if (piece.len == 0)
			continue;
		prg_span_split(piece, '=', &name, &value);
		name = decode(&text, name);
		refused = prg_pairs_add(&pairs, limits, name,
		    decode(&text, value));
	}
	*out = refused.status == 0 ? pairs : (struct prg_pairs){ .arena = a };
	return refused;
}
