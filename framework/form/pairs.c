/*
 * pairs.c - the names and values of a form, in the order in which they came.
 *
 * Looking one up walks the list: it has a ceiling, the fields of an app are
 * few, and with no hash there is nothing to make collide.
 */
#include "form/pairs.h"

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
