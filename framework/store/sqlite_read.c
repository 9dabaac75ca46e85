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

/*
 * Each list is followed by its later pages, and its count.  SQLite prepares the
 * query of a later page again each time, as it may use a partial index; that
 * takes as long as to read the page.
 */
enum { LATER = 1, COUNT = 2 };
enum { FIND, RESULTS, OWNED = RESULTS + 3, STAFF = OWNED + 3, ALL = STAFF + 3,
    QUERIES };

#define LIST(where)							\
	"SELECT " PRG_SQLITE_COLUMNS " FROM submission WHERE " where	\
	" ORDER BY rowid DESC LIMIT ?2"
#define LISTS(where)							\
	LIST(where),							\
	LIST(where " AND rowid < ifnull((SELECT rowid FROM submission"	\
	" WHERE id = ?5), 9223372036854775807)"),			\
	"SELECT count(*) FROM submission WHERE " where
#define DONE "state = 'done' AND (expires = 0 OR expires > ?4)"

static const char *const queries[QUERIES] = {
	"SELECT " PRG_SQLITE_COLUMNS " FROM submission WHERE id = ?1",
	LISTS("route = ?1 AND location IS NULL AND " DONE),
	LISTS("owner = ?3 AND route = ?1 AND location IS NULL AND " DONE),
	LISTS("route = ?1 AND " DONE),
	LIST("true")
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
bool
prg_sqlite_borrow(struct prg_store *store, struct prg_db *db)
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
		return false;
	*db = (struct prg_db){ .store = store, .handle = r->db, .lent = r };
	return true;
}

/* An open statement would see for ever what it saw then. */
void
prg_sqlite_give_back(struct prg_db *db)
{
	struct prg_sqlite *s = (struct prg_sqlite *)db->store;
	struct prg_sqlite_reader *r = db->lent;
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

static const char *
column_text(struct prg_arena *a, sqlite3_stmt *st, int i)
{
	const char *p = (const char *)sqlite3_column_text(st, i);

	if (p == NULL)
		return NULL;
	return prg_arena_copy(a, p, (size_t)sqlite3_column_bytes(st, i));
}

static void
read_row(struct prg_arena *a, sqlite3_stmt *st, struct prg_row *row)
{
	const char *id = (const char *)sqlite3_column_text(st, 0);

	*row = (struct prg_row){
		.route = column_text(a, st, 1),
		.state = prg_state_of((const char *)sqlite3_column_text(st, 2)),
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

static int
kind_of(const struct prg_list *list)
{
	return list->route == NULL ? ALL : list->owner != NULL ? OWNED :
	    list->all ? STAFF : RESULTS;
}

/* A text that is NULL is none. */
static void
bind_list(sqlite3_stmt *st, const struct prg_list *list)
{
	sqlite3_bind_text(st, 1, list->route, -1, SQLITE_STATIC);
	sqlite3_bind_int(st, 2, list->count);
	sqlite3_bind_text(st, 3, list->owner, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 4, prg_now());
	sqlite3_bind_text(st, 5, list->before, -1, SQLITE_STATIC);
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
	st = query_of(r, kind_of(list) + (list->before != NULL ? LATER : 0));
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

int64_t
prg_sqlite_count(struct prg_store *store, const struct prg_list *list)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	struct prg_sqlite_reader *r = reader_take(s);
	sqlite3_stmt *st;
	int64_t n = -1;

	if (r == NULL)
		return -1;
	st = query_of(r, kind_of(list) + COUNT);
	bind_list(st, list);
	if (sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	else
		prg_sqlite_failed(s, r->db);
	sqlite3_reset(st);
	reader_give(s, r);
	return n;
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
