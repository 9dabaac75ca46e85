/*
 * names.c - the names that models and templates share.
 *
 * A hash table with chains.  Entries are only ever added, at the head of a
 * chain, so a look-up needs no lock: with --dev, templates are compiled while
 * requests are served.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "page/names.h"

enum { CHAINS = 256 };

struct entry {
	struct entry	*next;
	const char	*text;
	size_t		 len;
	bool		 provided;
};

struct prg_names {
	struct prg_arena	*arena;
	pthread_mutex_t		 lock;		/* held while adding */
	_Atomic(struct entry *)	 chains[CHAINS];
};

#define OWN_NAME(name)	#name,
const struct prg_own_names prg_name = { PRG_OWN_NAMES(OWN_NAME) };
#undef OWN_NAME

/* FNV-1a, folded. */
static unsigned
chain_of(struct prg_span s)
{
	uint32_t h = UINT32_C(0x811c9dc5);

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT32_C(0x01000193);
	return (h ^ h >> 8 ^ h >> 16) % CHAINS;
}

static struct entry *
find(const struct prg_names *names, struct prg_span s)
{
	struct entry *e = atomic_load_explicit(&names->chains[chain_of(s)],
	    memory_order_acquire);

	while (e != NULL && (e->len != s.len ||
	    memcmp(e->text, s.p, s.len) != 0))
		e = e->next;
	return e;
}

/* Call with the lock held; 'text' is stored as it is. */
static struct entry *
insert(struct prg_names *names, const char *text, size_t len)
{
	struct entry *e = prg_arena_get(names->arena, sizeof(*e));
	unsigned i = chain_of((struct prg_span){ text, len });

	*e = (struct entry){ atomic_load(&names->chains[i]), text, len, false };
	atomic_store_explicit(&names->chains[i], e, memory_order_release);
	return e;
}

struct prg_names *
prg_names_new(struct prg_arena *a)
{
	struct prg_names *names = prg_arena_get(a, sizeof(*names));
	const char *p = (const char *)&prg_name;
	const char *end = p + sizeof(prg_name);

	names->arena = a;
	pthread_mutex_init(&names->lock, NULL);
	for (; p < end; p += strlen(p) + 1)
		insert(names, p, strlen(p))->provided = true;
	return names;
}

static const char *
add(struct prg_names *names, struct prg_span s, bool provided)
{
	struct entry *e;

	pthread_mutex_lock(&names->lock);
	if ((e = find(names, s)) == NULL)
		e = insert(names, prg_arena_copy(names->arena, s.p, s.len),
		    s.len);
	e->provided = e->provided || provided;
	pthread_mutex_unlock(&names->lock);
	return e->text;
}

const char *
prg_names_add(struct prg_names *names, struct prg_span s)
{
	return add(names, s, false);
}

const char *
prg_names_provide(struct prg_names *names, const char *name)
{
	return add(names, prg_span(name), true);
}

const char *
prg_names_find(const struct prg_names *names, struct prg_span s)
{
	const struct entry *e = find(names, s);

	return e != NULL ? e->text : NULL;
}

bool
prg_names_provided(const struct prg_names *names, const char *name)
{
	const struct entry *e = find(names, prg_span(name));

	return e != NULL && e->provided;
}
