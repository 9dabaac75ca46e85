/*
 * pairs.c - the names and values of a form, in the order in which they came.
 *
 * Looking one up walks the list: it has a ceiling, the fields of an app are
 * few, and with no hash there is nothing to make collide.
 */
#include "form/pairs.h"

enum { FIRST_PAIRS = 16 };

void
prg_pair_list_add(struct prg_pair_list *l, struct prg_pair pair)
{
	size_t cap = l->cap > 0 ? l->cap * 2 : FIRST_PAIRS;

	if (l->count == l->cap) {
		l->list = prg_arena_grow(l->arena, l->list,
		    l->cap * sizeof(pair), cap * sizeof(pair));
		l->cap = cap;
	}
	l->list[l->count++] = pair;
}

struct prg_span
prg_pair_text(struct prg_arena *a, struct prg_span s, size_t max, bool *repaired)
{
	struct prg_buf b;

	if (s.len > max || prg_utf8_valid(s) == s.len)
		return s;
	*repaired = true;
	b = prg_buf(a, max);
	prg_utf8_repair(&b, s);
	return (struct prg_span){ b.p, b.full ? max + 1 : b.len };
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
