/*
 * kept.c - rows that were read, for as long as nothing has been written.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/kept.h"

/* A look's rows and their texts are one block of memory. */
struct slot {
	struct prg_stamp stamp;
	char		 name[PRG_KEPT_NAME];
	int		 count;
	struct prg_row	*rows;		/* NULL: the slot is empty */
	int		 nrows;
	size_t		 size;
};

/* Each look has one slot, which the last one that came there has. */
struct prg_kept {
	pthread_mutex_t	 lock;
	struct prg_stamp last;		/* of the last look that was put */
	struct slot	*slots;		/* NULL: nothing was kept yet */
};

/* The texts of a row. */
static const size_t texts[] = {
	offsetof(struct prg_row, route), offsetof(struct prg_row, owner),
	offsetof(struct prg_row, digest), offsetof(struct prg_row, input),
	offsetof(struct prg_row, result), offsetof(struct prg_row, location)
};

enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

struct prg_kept *
prg_kept_open(void)
{
	struct prg_kept *k = calloc(1, sizeof(*k));

	if (k != NULL)
		pthread_mutex_init(&k->lock, NULL);
	return k;
}

void
prg_kept_close(struct prg_kept *k)
{
	for (int i = 0; k->slots != NULL && i < PRG_KEPT_SLOTS; i++)
		free(k->slots[i].rows);
	free(k->slots);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

/* Locked.  The end of an ID is its random part. */
static struct slot *
slot_of(struct prg_kept *k, const struct prg_look *look)
{
	size_t len = strlen(look->name), i = len > 6 ? len - 6 : 0;
	unsigned h = (unsigned)look->count;

	for (; i < len; i++)
		h = h * 31 + (unsigned char)look->name[i];
	return &k->slots[h % PRG_KEPT_SLOTS];
}

static bool
same_stamp(const struct prg_stamp *a, const struct prg_stamp *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* -- Blocks --------------------------------------------------------------- */

static const char **
text_of(struct prg_row *row, int i)
{
	return (const char **)((char *)row + texts[i]);
}

static size_t
size_of(struct prg_rows rows)
{
	size_t size = (size_t)rows.count * sizeof(*rows.list);
	const char *s;

	for (int k = 0; k < rows.count; k++)
		for (int i = 0; i < TEXTS; i++)
			if ((s = *text_of(&rows.list[k], i)) != NULL)
				size += strlen(s) + 1;
	return size;
}

/* Write rows and texts into a block. */
static void
pack(struct prg_row *block, struct prg_rows rows)
{
	char *to = (char *)(block + rows.count);
	const char **s;

	for (int k = 0; k < rows.count; k++) {
		block[k] = rows.list[k];
		for (int i = 0; i < TEXTS; i++)
			if (*(s = text_of(&block[k], i)) != NULL) {
				size_t n = strlen(*s) + 1;

				*s = memcpy(to, *s, n);
				to += n;
			}
	}
}

/* A copy of a slot's block; its texts are found at the same places. */
static struct prg_rows
unpack(const struct slot *slot, struct prg_arena *a)
{
	struct prg_rows rows = {
		prg_arena_room(a, slot->size), slot->nrows
	};
	const char **s;

	memcpy(rows.list, slot->rows, slot->size);
	for (int k = 0; k < rows.count; k++)
		for (int i = 0; i < TEXTS; i++)
			if (*(s = text_of(&rows.list[k], i)) != NULL)
				*s = (char *)rows.list +
				    (*s - (const char *)slot->rows);
	return rows;
}

/* -- Looks ---------------------------------------------------------------- */

struct prg_rows
prg_kept_find(struct prg_kept *k, const struct prg_look *look,
    struct prg_arena *a)
{
	const struct slot *slot;
	struct prg_rows rows = { .count = -1 };

	pthread_mutex_lock(&k->lock);
	slot = k->slots != NULL ? slot_of(k, look) : NULL;
	if (slot != NULL && slot->rows != NULL && slot->count == look->count &&
	    same_stamp(&slot->stamp, &look->stamp) &&
	    strcmp(slot->name, look->name) == 0)
		rows = unpack(slot, a);
	pthread_mutex_unlock(&k->lock);
	return rows;
}

/* Of the lists, only those in which time alone changes nothing. */
static bool
may_keep(const struct prg_look *look, struct prg_rows rows)
{
	for (int i = 0; i < rows.count && look->count > 0; i++)
		if (rows.list[i].expires > 0)
			return false;
	return rows.count >= 0 && strlen(look->name) < PRG_KEPT_NAME &&
	    size_of(rows) <= PRG_KEPT_LARGEST;
}

/* Locked: a process that looks once has no use for them. */
static bool
has_slots(struct prg_kept *k)
{
	if (k->slots == NULL)
		k->slots = calloc(PRG_KEPT_SLOTS, sizeof(*k->slots));
	return k->slots != NULL;
}

static void
set_slot(struct slot *slot, const struct prg_look *look, struct prg_rows rows)
{
	free(slot->rows);
	slot->size = size_of(rows);
	slot->rows = malloc(slot->size + 1);
	if (slot->rows == NULL)
		return;
	pack(slot->rows, rows);
	slot->nrows = rows.count;
	slot->stamp = look->stamp;
	slot->count = look->count;
	strcpy(slot->name, look->name);
}

void
prg_kept_put(struct prg_kept *k, const struct prg_look *look,
    struct prg_rows rows)
{
	pthread_mutex_lock(&k->lock);
	if (same_stamp(&k->last, &look->stamp) && may_keep(look, rows) &&
	    has_slots(k))
		set_slot(slot_of(k, look), look, rows);
	k->last = look->stamp;
	pthread_mutex_unlock(&k->lock);
}
