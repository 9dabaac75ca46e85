/*
 * pairs.c - the names and values of a form.
 *
 * A search walks the list.  It has a ceiling, an app has few fields, and
 * without a hash table nobody can make names collide.
 */
#include "form/pairs.h"

enum { FIRST_PAIRS = 16 };

/* The text with U+FFFD for invalid UTF-8; longer than 'max' if it would be. */
static struct prg_span
repair(struct prg_arena *a, struct prg_span s, size_t max, bool *repaired)
{
	struct prg_buf b;

	if (s.len > max || prg_utf8_valid(s) == s.len)
		return s;
	*repaired = true;
	b = prg_buf(a, max);
	prg_utf8_repair(&b, s);
	return (struct prg_span){ b.p, b.full ? max + 1 : b.len };
}

/* The value in UTF-8. */
static struct prg_refusal
decode(struct prg_pairs *pairs, const struct prg_form_limits *max,
    struct prg_pair *p)
{
	struct prg_buf b;

	if (p->value.len > max->value || !prg_is_wide(p->value))
		return (struct prg_refusal){ 0, NULL };
	if (pairs->charset == PRG_UNKNOWN)
		return (struct prg_refusal){ max->charset == PRG_UNKNOWN ? 415 :
		    400, "A field of the form is not in UTF-8." };
	if (pairs->charset == PRG_WINDOWS_1252) {
		b = prg_buf(pairs->arena, max->value);
		prg_1252_decode(&b, p->value);
		p->value = (struct prg_span){ b.p, b.full ? max->value + 1 :
		    b.len };
	} else
		p->value = repair(pairs->arena, p->value, max->value,
		    &p->repaired);
	return (struct prg_refusal){ 0, NULL };
}

struct prg_refusal
prg_pairs_add(struct prg_pairs *pairs, const struct prg_form_limits *max,
    struct prg_span name, struct prg_span value)
{
	size_t cap = pairs->cap > 0 ? pairs->cap * 2 : FIRST_PAIRS;
	struct prg_pair pair = { .value = value };
	struct prg_refusal refused = decode(pairs, max, &pair);

	pair.name = repair(pairs->arena, name, max->name, &pair.repaired);
	if (pairs->count == max->fields)
		return (struct prg_refusal){ 413, "The form has too many"
		    " fields." };
	if (pair.name.len > max->name)
		return (struct prg_refusal){ 413, "The form has a field whose"
		    " name is too long." };
	if (pair.value.len > max->value)
		return (struct prg_refusal){ 413, "The form has a field whose"
		    " value is too long." };
	if (refused.status != 0)
		return refused;
	if (pairs->count == pairs->cap) {
		pairs->list = prg_arena_grow(pairs->arena, pairs->list,
		    pairs->cap * sizeof(pair), cap * sizeof(pair));
		pairs->cap = cap;
	}
	pairs->list[pairs->count++] = pair;
	return refused;
}

const struct prg_pair *
prg_pairs_find(const struct prg_pairs *pairs, const char *name,
    const struct prg_pair *from)
{
	size_t i = from != NULL ? (size_t)(from - pairs->list) : 0;

	for (; i < pairs->count; i++)
		if (prg_span_is(pairs->list[i].name, name))
			return &pairs->list[i];
	return NULL;
}
