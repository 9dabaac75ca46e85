/*
 * sqlite_read.c - connections that read, borrowed for one query each.
 *
 * There are as many as threads can run at once.  One for each thread would cost
 * three descriptors each and a page cache that every commit empties.  The last
 * used is lent first: its cache is the warmest.
 */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/log.h"
#include "store/sqlite.h"

enum { FIND, RESULTS, OWNED, ALL, LAST, OLDEST, NEWEST, QUERIES };

enum { SCANNED = 1000 };	/* rows that one query of a scan gives */

static const char *const queries[QUERIES] = {
	[FIND] = "SELECT " PRG_SQLITE_COLUMNS " FROM submission WHERE id = ?1",
	[RESULTS] = "SELECT " PRG_SQLITE_COLUMNS " FROM submission"
	    " WHERE route = ?1 AND state = 'done' AND location IS NULL"
	    " AND (expires = 0 OR expires > ?4)"
	    " ORDER BY rowid DESC LIMIT ?2",
	[OWNED] = "SELECT " PRG_SQLITE_COLUMNS " FROM submission"
	    " WHERE owner = ?3 AND route = ?1 AND state = 'done'"
	    " AND location IS NULL AND (expires = 0 OR expires > ?4)"
	    " ORDER BY rowid DESC LIMIT ?2",
	[ALL] = "SELECT " PRG_SQLITE_COLUMNS " FROM submission"
	    " ORDER BY rowid DESC LIMIT ?2",
	[LAST] = "SELECT max(rowid) FROM submission",
#define SCAN "SELECT rowid, id, state, created, input FROM submission"	\
	    " WHERE rowid BETWEEN ?1 AND ?2 AND route = ?3"		\
	    " AND created >= ?4 AND state NOT IN ('draft', 'gone')"	\
	    " AND (expires = 0 OR expires > ?5) ORDER BY rowid "
	[OLDEST] = SCAN "LIMIT ?6",
	[NEWEST] = SCAN "DESC LIMIT ?6"
#undef SCAN
};

struct prg_sqlite_reader {
	struct prg_sqlite_reader *next;
	sqlite3			*db;
	sqlite3_stmt		*st[QUERIES];
};

/* -- The pool ------------------------------------------------------------ */

static void
reader_close(struct prg_sqlite_reader *r)
{
	for (int i = 0; i < QUERIES; i++)
		sqlite3_finalize(r->st[i]);
	sqlite3_close(r->db);
	free(r);
}

void
prg_sqlite_close_readers(struct prg_sqlite *s)
{
	struct prg_sqlite_reader *r;

	while ((r = s->idle) != NULL) {
		s->idle = r->next;
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
	if (prg_sqlite_in_place(s, &err) == -1 || prg_sqlite_connect(s,
	    SQLITE_OPEN_READONLY, &r->db, &err) == -1) {
		prg_log(PRG_LOG_ERROR, "store: %s", err.text);
		free(r);
		return NULL;
	}
	return r;
}

/* A query, prepared when it is needed first; NULL if that fails. */
static sqlite3_stmt *
query_of(struct prg_sqlite_reader *r, int i)
{
	if (r->st[i] == NULL)
		prg_sqlite_prepare(r->db, queries[i], &r->st[i]);
	return r->st[i];
}

static void
reader_give(struct prg_sqlite *s, struct prg_sqlite_reader *r)
{
	pthread_mutex_lock(&s->lock);
	if (r != NULL) {
		r->next = s->idle;
		s->idle = r;
	} else
		s->open--;
	pthread_cond_signal(&s->given);
	pthread_mutex_unlock(&s->lock);
}

/* There may be one to take, or room for one more. */
static void
wait_for_reader(struct prg_sqlite *s)
{
	prg_pool_block();
	pthread_mutex_lock(&s->lock);
	while (s->idle == NULL && s->open >= s->most)
		pthread_cond_wait(&s->given, &s->lock);
	pthread_mutex_unlock(&s->lock);
	prg_pool_unblock();
}

static struct prg_sqlite_reader *
reader_take(struct prg_sqlite *s)
{
	struct prg_sqlite_reader *r;

	pthread_mutex_lock(&s->lock);
	while ((r = s->idle) == NULL && s->open >= s->most) {
		pthread_mutex_unlock(&s->lock);
		wait_for_reader(s);
		pthread_mutex_lock(&s->lock);
	}
	if (r != NULL)
		s->idle = r->next;
	else
		s->open++;
	pthread_mutex_unlock(&s->lock);
	if (r == NULL && (r = reader_open(s)) == NULL)
		reader_give(s, NULL);
	return r;
}

bool
prg_sqlite_add_reader(struct prg_sqlite *s, sqlite3 *db)
{
	struct prg_sqlite_reader *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		sqlite3_close(db);
		return false;
	}
	r->db = db;
	s->open++;
	reader_give(s, r);
	return true;
}

/* A handler may keep it for long, so the pool gets room for one more. */
void *
prg_sqlite_borrow(struct prg_store *store, void **db)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	struct prg_sqlite_reader *r;

	pthread_mutex_lock(&s->lock);
	if ((r = s->idle) != NULL) {
		s->idle = r->next;
		s->open--;
	}
	pthread_mutex_unlock(&s->lock);
	if (r == NULL && (r = reader_open(s)) == NULL)
		return NULL;
	*db = r->db;
	return r;
}

/* An open statement would see for ever what it saw then. */
void
prg_sqlite_give_back(struct prg_store *store, void *lent)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	struct prg_sqlite_reader *r = lent;
	bool room;

	prg_sqlite_end_statements(r->db);
	if (!sqlite3_get_autocommit(r->db))
		sqlite3_exec(r->db, "ROLLBACK", NULL, NULL, NULL);
	pthread_mutex_lock(&s->lock);
	if ((room = s->open < s->most))
		s->open++;
	pthread_mutex_unlock(&s->lock);
	if (room)
		reader_give(s, r);
	else
		reader_close(r);
}

/* -- Rows ---------------------------------------------------------------- */

/* Valid until the next step; NULL if the column is. */
static const char *
text_of(sqlite3_stmt *st, int i)
{
	return (const char *)sqlite3_column_text(st, i);
}

static const char *
column_text(struct prg_arena *a, sqlite3_stmt *st, int i)
{
	const char *p = text_of(st, i);

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
	const char *id = text_of(st, 0);

	*row = (struct prg_row){
		.route = column_text(a, st, 1),
		.state = state_of(text_of(st, 2)),
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

enum prg_found
prg_sqlite_find(struct prg_store *store, struct prg_arena *a, const char *id,
    struct prg_row *row)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	struct prg_sqlite_reader *r = reader_take(s);
	enum prg_found found = PRG_FOUND_FAIL;
	sqlite3_stmt *st;

	if (r == NULL)
		return PRG_FOUND_FAIL;
	st = query_of(r, FIND);
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

struct prg_rows
prg_sqlite_list(struct prg_store *store, struct prg_arena *a,
    const struct prg_list *list)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	struct prg_sqlite_reader *r = reader_take(s);
	struct prg_rows rows = { .count = -1 };
	sqlite3_stmt *st;
	int rc, n = 0;

	if (r == NULL)
		return rows;
	st = query_of(r, list->route == NULL ? ALL :
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

/* Where a scan is: the rows between these are left. */
struct span_of_rows {
	int64_t	first, last;
};

/* 1 if there may be more rows, 0, or -1 with the reason in the log. */
static int
scan_some(struct prg_sqlite *s, struct prg_sqlite_reader *r,
    const struct prg_scan *scan, struct span_of_rows *left)
{
	sqlite3_stmt *st = query_of(r, scan->newest ? NEWEST : OLDEST);
	struct prg_row row = { .route = scan->route };
	int rc, n = 0;
	bool on = true;

	sqlite3_bind_int64(st, 1, left->first);
	sqlite3_bind_int64(st, 2, left->last);
	sqlite3_bind_text(st, 3, scan->route, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 4, scan->since);
	sqlite3_bind_int64(st, 5, prg_now());
	sqlite3_bind_int(st, 6, SCANNED);
	for (; (rc = sqlite3_step(st)) == SQLITE_ROW && on; n++) {
		if (scan->newest)
			left->last = sqlite3_column_int64(st, 0) - 1;
		else
			left->first = sqlite3_column_int64(st, 0) + 1;
		strncpy(row.id.text, text_of(st, 1), PRG_ID_LEN);
		row.state = state_of(text_of(st, 2));
		row.created = sqlite3_column_int64(st, 3);
		row.input = text_of(st, 4);
		on = scan->row(scan->arg, &row);
	}
	if (on && rc != SQLITE_DONE)
		n = prg_sqlite_failed(s, r->db);
	sqlite3_reset(st);
	return n == -1 ? -1 : on && n == SCANNED;
}

/*
 * Some rows at a time: a reader in the middle of the WAL keeps it from being
 * emptied.
 */
int
prg_sqlite_scan(struct prg_store *store, const struct prg_scan *scan)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	struct prg_sqlite_reader *r = reader_take(s);
	struct span_of_rows left = { INT64_MIN, INT64_MAX };
	sqlite3_stmt *st;
	int rc = -1;

	if (r == NULL)
		return -1;
	st = query_of(r, LAST);
	if (sqlite3_step(st) == SQLITE_ROW) {
		left.last = sqlite3_column_int64(st, 0);
		rc = 1;
	} else
		prg_sqlite_failed(s, r->db);
	sqlite3_reset(st);
	while (rc == 1)
		rc = scan_some(s, r, scan, &left);
	reader_give(s, r);
	return rc;
}

int
prg_sqlite_check(struct prg_store *store, struct prg_error *err)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	struct prg_sqlite_reader *r;
	int rc = 0;

	if (prg_sqlite_in_place(s, err) == -1)
		return -1;
	if ((r = reader_take(s)) == NULL)
		return prg_error_set(err, "%s: can't be opened", s->path);
	if (sqlite3_exec(r->db, "SELECT id FROM submission LIMIT 1", NULL, NULL,
	    NULL) != SQLITE_OK)
		rc = prg_sqlite_error(s, r->db, err);
	reader_give(s, r);
	return rc;
}
