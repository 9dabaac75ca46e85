/*
 * sqlite_read.c - connections that read: taken from a pool for each look.
 */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/log.h"
#include "store/sqlite.h"

enum { FIND, RESULTS, OWNED, ALL, LOOKS };

static const char *const looks[LOOKS] = {
	[FIND] = "SELECT " PRG_SQLITE_COLUMNS " FROM submission WHERE id = ?1",
	[RESULTS] = "SELECT " PRG_SQLITE_COLUMNS " FROM submission"
	    " WHERE route = ?1 AND state = 'done' AND location IS NULL"
	    " AND (expires = 0 OR expires > ?4)"
	    " ORDER BY created DESC LIMIT ?2",
	[OWNED] = "SELECT " PRG_SQLITE_COLUMNS " FROM submission"
	    " WHERE owner = ?3 AND route = ?1 AND state = 'done'"
	    " AND location IS NULL AND (expires = 0 OR expires > ?4)"
	    " ORDER BY created DESC LIMIT ?2",
	[ALL] = "SELECT " PRG_SQLITE_COLUMNS " FROM submission"
	    " ORDER BY id DESC LIMIT ?2"
};

struct prg_sqlite_reader {
	struct prg_sqlite_reader *next;
	sqlite3			*db;
	sqlite3_stmt		*st[LOOKS];
};

/* -- The pool ------------------------------------------------------------------------ */

static void
reader_close(struct prg_sqlite_reader *r)
{
	for (int i = 0; i < LOOKS; i++)
		sqlite3_finalize(r->st[i]);
	sqlite3_close(r->db);
	free(r);
}

void
prg_sqlite_close_readers(struct prg_sqlite *s)
{
	struct prg_sqlite_reader *r;

	while ((r = s->readers) != NULL) {
		s->readers = r->next;
		reader_close(r);
	}
}

static struct prg_sqlite_reader *
reader_open(struct prg_sqlite *s)
{
	struct prg_sqlite_reader *r = calloc(1, sizeof(*r));
	struct prg_error err;

	if (r == NULL)
		return NULL;
	if (prg_sqlite_connect(s->path, PRG_SQLITE_READER, &r->db, &err) ==
	    -1) {
		prg_log(PRG_LOG_ERROR, "store: %s", err.text);
		free(r);
		return NULL;
	}
	return r;
}

/* One of its looks, prepared when it is needed first; NULL: it can't be. */
static sqlite3_stmt *
look_of(struct prg_sqlite_reader *r, int i)
{
	if (r->st[i] == NULL)
		prg_sqlite_prepare(r->db, looks[i], &r->st[i]);
	return r->st[i];
}

static struct prg_sqlite_reader *
reader_take(struct prg_sqlite *s)
{
	struct prg_sqlite_reader *r;

	pthread_mutex_lock(&s->lock);
	if ((r = s->readers) != NULL)
		s->readers = r->next;
	pthread_mutex_unlock(&s->lock);
	return r != NULL ? r : reader_open(s);
}

static void
reader_give(struct prg_sqlite *s, struct prg_sqlite_reader *r)
{
	pthread_mutex_lock(&s->lock);
	r->next = s->readers;
	s->readers = r;
	pthread_mutex_unlock(&s->lock);
}

/* A connection that is open already becomes one of them. */
bool
prg_sqlite_add_reader(struct prg_sqlite *s, sqlite3 *db)
{
	struct prg_sqlite_reader *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return false;
	r->db = db;
	reader_give(s, r);
	return true;
}

void *
prg_sqlite_borrow(struct prg_store *store, void **db)
{
	struct prg_sqlite_reader *r = reader_take((struct prg_sqlite *)store);

	if (r != NULL)
		*db = r->db;
	return r;
}

/* With nothing open: it would see for ever what it saw then. */
void
prg_sqlite_give_back(struct prg_store *store, void *lent)
{
	struct prg_sqlite_reader *r = lent;

	prg_sqlite_end_statements(r->db);
	if (!sqlite3_get_autocommit(r->db))
		sqlite3_exec(r->db, "ROLLBACK", NULL, NULL, NULL);
	reader_give((struct prg_sqlite *)store, r);
}

/* -- Rows ------------------------------------------------------------------------------ */

static const char *
column_text(struct prg_arena *a, sqlite3_stmt *st, int i)
{
	const char *p = (const char *)sqlite3_column_text(st, i);

	if (p == NULL)
		return NULL;
	return prg_arena_copy(a, p, (size_t)sqlite3_column_bytes(st, i));
}

static enum prg_state
state_of(const char *name)
{
	enum prg_state s = PRG_STATE_DRAFT;

	while (s < PRG_STATE_GONE && strcmp(prg_state_name(s), name) != 0)
		s++;
	return s;
}

static void
read_row(struct prg_arena *a, sqlite3_stmt *st, struct prg_row *row)
{
	const char *id = (const char *)sqlite3_column_text(st, 0);

	*row = (struct prg_row){
		.route = column_text(a, st, 1),
		.state = state_of((const char *)sqlite3_column_text(st, 2)),
		.owner = column_text(a, st, 3),
		.digest = column_text(a, st, 4),
		.input = column_text(a, st, 5),
		.result = column_text(a, st, 6),
		.location = column_text(a, st, 7),
		.created = sqlite3_column_int64(st, 8),
		.modified = sqlite3_column_int64(st, 9),
		.expires = sqlite3_column_int64(st, 10),
		.lease = sqlite3_column_int64(st, 11),
		.attempts = sqlite3_column_int(st, 12)
	};
	strncpy(row->id.text, id, PRG_ID_LEN);
}

static enum prg_found
read_one(struct prg_sqlite *s, struct prg_arena *a, const char *id,
    struct prg_row *row)
{
	struct prg_sqlite_reader *r = reader_take(s);
	enum prg_found found = PRG_FOUND_FAIL;
	sqlite3_stmt *st;

	if (r == NULL)
		return PRG_FOUND_FAIL;
	st = look_of(r, FIND);
	sqlite3_bind_text(st, 1, id, -1, SQLITE_STATIC);
	switch (sqlite3_step(st)) {
	case SQLITE_ROW:
		read_row(a, st, row);
		found = PRG_FOUND;
		break;
	case SQLITE_DONE:
		found = PRG_FOUND_NONE;
		break;
	default:
		prg_sqlite_failed(s, r->db);
	}
	sqlite3_reset(st);
	reader_give(s, r);
	return found;
}

enum prg_found
prg_sqlite_find(struct prg_store *store, struct prg_arena *a, const char *id,
    struct prg_row *row)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	struct prg_look look = { .name = id };
	bool known = prg_sqlite_stamp(s, &look.stamp);
	struct prg_rows rows = { .count = -1 };
	enum prg_found found;

	if (known)
		rows = prg_kept_find(s->kept, &look, a);
	if (rows.count == 1) {
		*row = rows.list[0];
		return PRG_FOUND;
	}
	found = read_one(s, a, id, row);
	if (known && found == PRG_FOUND)
		prg_kept_put(s->kept, &look, (struct prg_rows){ row, 1 });
	return found;
}

static void
bind_list(sqlite3_stmt *st, const struct prg_list *list)
{
	if (list->route != NULL) {
		sqlite3_bind_text(st, 1, list->route, -1, SQLITE_STATIC);
		sqlite3_bind_int64(st, 4, prg_now());
	}
	sqlite3_bind_int(st, 2, list->count);
	if (list->owner != NULL)
		sqlite3_bind_text(st, 3, list->owner, -1, SQLITE_STATIC);
}

static struct prg_rows
read_list(struct prg_sqlite *s, struct prg_arena *a, const struct prg_list *list)
{
	struct prg_sqlite_reader *r = reader_take(s);
	struct prg_rows rows = { .count = -1 };
	sqlite3_stmt *st;
	int rc, n = 0;

	if (r == NULL)
		return rows;
	st = look_of(r, list->route == NULL ? ALL :
	    list->owner == NULL ? RESULTS : OWNED);
	rows.list = prg_arena_get(a, (size_t)list->count * sizeof(*rows.list));
	bind_list(st, list);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		read_row(a, st, &rows.list[n++]);
	if (rc == SQLITE_DONE)
		rows.count = n;
	else
		prg_sqlite_failed(s, r->db);
	sqlite3_reset(st);
	reader_give(s, r);
	return rows;
}

struct prg_rows
prg_sqlite_list(struct prg_store *store, struct prg_arena *a,
    const struct prg_list *list)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	struct prg_look look = { .name = list->route, .count = list->count };
	bool known = list->route != NULL && list->owner == NULL &&
	    prg_sqlite_stamp(s, &look.stamp);
	struct prg_rows rows = { .count = -1 };

	if (known)
		rows = prg_kept_find(s->kept, &look, a);
	if (rows.count >= 0)
		return rows;
	rows = read_list(s, a, list);
	if (known)
		prg_kept_put(s->kept, &look, rows);
	return rows;
}
