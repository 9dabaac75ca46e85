/*
 * shelf.c - models of results, ready for the next page that shows them.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "page/shelf.h"

struct slot {
	struct prg_id	 id;
	int64_t		 modified;
	json_t		*model;
};

/* Each ID has one slot, which the last one that came there has. */
struct prg_shelf {
	pthread_mutex_t	 lock;
	struct slot	 slots[PRG_SHELF_SLOTS];
};

struct prg_shelf *
prg_shelf_open(void)
{
	struct prg_shelf *s = calloc(1, sizeof(*s));

	if (s != NULL)
		pthread_mutex_init(&s->lock, NULL);
	return s;
}

void
prg_shelf_close(struct prg_shelf *s)
{
	for (int i = 0; i < PRG_SHELF_SLOTS; i++)
		json_decref(s->slots[i].model);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static struct slot *
slot_of(struct prg_shelf *s, const struct prg_id *id)
{
	unsigned h = 0;

	for (int i = PRG_ID_LEN - 6; i < PRG_ID_LEN; i++)
		h = h * 31 + (unsigned char)id->text[i];
	return &s->slots[h % PRG_SHELF_SLOTS];
}

static json_t *
find(struct prg_shelf *s, const struct prg_row *row)
{
	struct slot *slot = slot_of(s, &row->id);
	json_t *m = NULL;

	pthread_mutex_lock(&s->lock);
	if (slot->model != NULL && slot->modified == row->modified &&
	    strcmp(slot->id.text, row->id.text) == 0)
		m = json_incref(slot->model);
	pthread_mutex_unlock(&s->lock);
	return m;
}

static void
put(struct prg_shelf *s, const struct prg_row *row, json_t *m)
{
	struct slot *slot = slot_of(s, &row->id);
	json_t *old;

	pthread_mutex_lock(&s->lock);
	old = slot->model;
	*slot = (struct slot){ row->id, row->modified, json_incref(m) };
	pthread_mutex_unlock(&s->lock);
	json_decref(old);
}

static bool
is_small(const struct prg_row *row)
{
	return (row->input == NULL || strlen(row->input) < PRG_SHELF_ROW) &&
	    (row->result == NULL || strlen(row->result) < PRG_SHELF_ROW);
}

json_t *
prg_shelf_model(struct prg_shelf *s, struct prg_arena *a,
    const struct prg_shown *shown)
{
	json_t *m = s != NULL ? find(s, shown->row) : NULL;

	if (m != NULL)
		return m;
	m = prg_shown_model(a, shown);
	if (s != NULL && is_small(shown->row))
		put(s, shown->row, m);
	return m;
}
