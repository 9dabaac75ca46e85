/*
 * sqlite_write.c - the one writer: many rows in a transaction, one sync.
 */
#include <string.h>

#include "base/log.h"
#include "base/step.h"
#include "store/sqlite.h"

enum { AT_ONCE = 1000 };	/* rows forgotten, before others get their turn */

static const char *const statements[PRG_SQLITE_STATEMENTS] = {
	[PRG_SQLITE_BEGIN] = "BEGIN IMMEDIATE",
	[PRG_SQLITE_COMMIT] = "COMMIT",
	[PRG_SQLITE_ROLLBACK] = "ROLLBACK",
	[PRG_SQLITE_SAVE] = "SAVEPOINT prg_row",
	[PRG_SQLITE_UNDO] = "ROLLBACK TO prg_row",
	[PRG_SQLITE_RELEASE] = "RELEASE prg_row",
	/* The primary key decides: a draft gives way, anything else stays. */
	[PRG_SQLITE_PUT] =
	    "INSERT INTO submission (" PRG_SQLITE_COLUMNS ") "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) "
	    "ON CONFLICT (id) DO UPDATE SET state = excluded.state,"
	    " digest = excluded.digest, input = excluded.input,"
	    " result = excluded.result, location = excluded.location,"
	    " created = excluded.created, modified = excluded.modified,"
	    " expires = excluded.expires "
	    "WHERE submission.state = 'draft'"
	    " AND submission.route = excluded.route"
	    " AND submission.owner IS excluded.owner",
	/* The digest stays, so that the form that made it is known as used. */
	[PRG_SQLITE_ERASE] =
	    "UPDATE submission SET state = 'gone', input = NULL, result = NULL,"
	    " location = NULL, expires = 0, modified = ?2 "
	    "WHERE id = ?1 AND state <> 'gone'",
	[PRG_SQLITE_SWEEP_DRAFTS] =
	    "DELETE FROM submission WHERE id IN (SELECT id FROM submission"
	    " WHERE expires > 0 AND expires <= ?1 AND state = 'draft' LIMIT ?2)",
	[PRG_SQLITE_SWEEP_RESULTS] =
	    "UPDATE submission SET state = 'gone', input = NULL, result = NULL,"
	    " location = NULL, expires = 0, modified = ?1 "
	    "WHERE id IN (SELECT id FROM submission"
	    " WHERE expires > 0 AND expires <= ?1 AND state <> 'draft' LIMIT ?2)",
	[PRG_SQLITE_PURGE] =
	    "DELETE FROM submission WHERE rowid IN (SELECT rowid FROM submission"
	    " WHERE state = 'gone' AND modified < ?1 LIMIT ?2)"
};

bool
prg_sqlite_take_writer(struct prg_sqlite *s)
{
	struct prg_error err;

	pthread_mutex_lock(&s->write_lock);
	if (s->db != NULL || prg_sqlite_open_writer(s, &err) == 0) {
		prg_turn_take(s->turn, PRG_SQLITE_BUSY_MS);
		return true;
	}
	pthread_mutex_unlock(&s->write_lock);
	prg_log(PRG_LOG_ERROR, "store: %s", err.text);
	return false;
}

void
prg_sqlite_give_writer(struct prg_sqlite *s)
{
	prg_turn_give(s->turn);
	pthread_mutex_unlock(&s->write_lock);
}

/* Locked: one of them, prepared when it is needed first; NULL: it can't be. */
static sqlite3_stmt *
statement(struct prg_sqlite *s, enum prg_sqlite_statement i)
{
	if (s->st[i] == NULL)
		prg_sqlite_prepare(s->db, statements[i], &s->st[i]);
	return s->st[i];
}

int
prg_sqlite_do(struct prg_sqlite *s, enum prg_sqlite_statement i)
{
	sqlite3_stmt *st = statement(s, i);

	return st != NULL ? prg_sqlite_run(st) : sqlite3_errcode(s->db);
}

/* -- Commit ---------------------------------------------------------------------------- */

static void
bind_row(sqlite3_stmt *st, const struct prg_row *row)
{
	const char *texts[] = { row->id.text, row->route,
	    prg_state_name(row->state), row->owner, row->digest, row->input,
	    row->result, row->location };
	int64_t numbers[] = { row->created, row->modified, row->expires,
	    row->lease, row->attempts };
	int k = 1;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		sqlite3_bind_text(st, k++, texts[i], -1, SQLITE_STATIC);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sqlite3_bind_int64(st, k++, numbers[i]);
}

static int
put(struct prg_sqlite *s, struct prg_write *w)
{
	enum prg_sqlite_statement i = w->kind == PRG_WRITE_ERASE ?
	    PRG_SQLITE_ERASE : PRG_SQLITE_PUT;
	sqlite3_stmt *st = statement(s, i);
	int rc;

	if (i == PRG_SQLITE_ERASE) {
		sqlite3_bind_text(st, 1, w->row.id.text, -1, SQLITE_STATIC);
		sqlite3_bind_int64(st, 2, w->row.modified);
	} else
		bind_row(st, &w->row);
	if ((rc = prg_sqlite_do(s, i)) == SQLITE_OK)
		w->outcome = sqlite3_changes(s->db) > 0 ? PRG_WRITTEN :
		    PRG_WRITTEN_EXISTS;
	return rc;
}

/* What the app says; it leaves nothing open that others would wait for. */
static bool
recorded(struct prg_sqlite *s, struct prg_write *w)
{
	bool good = w->record(w, s->db);

	prg_sqlite_end_statements(s->db);
	return good;
}

/* The row, and what the app records with it: both or neither. */
static int
put_and_record(struct prg_sqlite *s, struct prg_write *w)
{
	int rc;

	if ((rc = prg_sqlite_do(s, PRG_SQLITE_SAVE)) != SQLITE_OK)
		return rc;
	rc = put(s, w);
	if (rc == SQLITE_OK && w->outcome == PRG_WRITTEN && !recorded(s, w)) {
		w->outcome = PRG_WRITTEN_REFUSED;
		if (sqlite3_get_autocommit(s->db)) {
			prg_log(PRG_LOG_ERROR, "route %s: its record ended the"
			    " transaction, which is not its own", w->row.route);
			return SQLITE_ABORT;
		}
		rc = prg_sqlite_do(s, PRG_SQLITE_UNDO);
	}
	prg_step("after-record");
	return rc == SQLITE_OK ? prg_sqlite_do(s, PRG_SQLITE_RELEASE) : rc;
}

/* Write a list and what comes behind it meanwhile; its end is found on the way. */
static int
write_list(struct prg_sqlite *s, struct prg_batch *b)
{
	struct prg_write **p = &b->list, *w;
	int rc = SQLITE_OK;

	for (;; p = &w->next) {
		if (*p == NULL && b->more != NULL)
			*p = b->more(b->arg);
		if ((w = *p) == NULL || rc != SQLITE_OK)
			return rc;
		rc = w->record == NULL ? put(s, w) : put_and_record(s, w);
	}
}

static int
write_all(struct prg_sqlite *s, struct prg_batch *b)
{
	int rc = prg_sqlite_do(s, PRG_SQLITE_BEGIN);

	if (rc == SQLITE_OK)
		rc = write_list(s, b);
	prg_step("before-sync");
	if (rc == SQLITE_OK)
		rc = prg_sqlite_do(s, PRG_SQLITE_COMMIT);
	prg_step("after-sync");
	return rc;
}

static int
commit(struct prg_sqlite *s, struct prg_batch *b)
{
	int rc = 0;

	if (!prg_sqlite_take_writer(s))
		return -1;
	if (write_all(s, b) != SQLITE_OK) {
		rc = prg_sqlite_failed(s, s->db);
		if (!sqlite3_get_autocommit(s->db))
			prg_sqlite_do(s, PRG_SQLITE_ROLLBACK);
	}
	prg_sqlite_give_writer(s);
	return rc;
}

int
prg_sqlite_commit(struct prg_store *store, struct prg_batch *b)
{
	int rc = commit((struct prg_sqlite *)store, b);

	for (struct prg_write *w = b->list; rc == -1 && w != NULL; w = w->next)
		w->outcome = PRG_WRITTEN_FAIL;
	return rc;
}

/* -- Looking after the whole -------------------------------------------------------------- */

/* Run a statement on "?1, ?2" by itself: how many rows it changed, or -1. */
static int
change(struct prg_sqlite *s, enum prg_sqlite_statement i, int64_t one, int two)
{
	int n;

	if (!prg_sqlite_take_writer(s))
		return -1;
	sqlite3_bind_int64(statement(s, i), 1, one);
	sqlite3_bind_int(s->st[i], 2, two);
	n = prg_sqlite_do(s, i) == SQLITE_OK ? sqlite3_changes(s->db) :
	    prg_sqlite_failed(s, s->db);
	prg_sqlite_give_writer(s);
	return n;
}

int
prg_sqlite_sweep(struct prg_store *store, int64_t now, int count)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	int drafts = change(s, PRG_SQLITE_SWEEP_DRAFTS, now, count);
	int results = change(s, PRG_SQLITE_SWEEP_RESULTS, now, count);

	return drafts == -1 || results == -1 ? -1 : drafts + results;
}

int
prg_sqlite_purge(struct prg_store *store, int64_t before)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	int n, sum = 0;

	while ((n = change(s, PRG_SQLITE_PURGE, before, AT_ONCE)) > 0)
		sum += n;
	return n == 0 ? sum : -1;
}

/* -- The app's own tables ---------------------------------------------------------------- */

int
prg_sqlite_schema(struct prg_store *store, const char *sql,
    struct prg_error *err)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	int rc = 0;

	if (!prg_sqlite_take_writer(s))
		return prg_error_set(err, "%s: can't be opened", s->path);
	if (prg_sqlite_do(s, PRG_SQLITE_BEGIN) != SQLITE_OK ||
	    sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK ||
	    prg_sqlite_do(s, PRG_SQLITE_COMMIT) != SQLITE_OK) {
		rc = prg_error_set(err, "the app's schema: %s",
		    sqlite3_errmsg(s->db));
		if (!sqlite3_get_autocommit(s->db))
			prg_sqlite_do(s, PRG_SQLITE_ROLLBACK);
	}
	prg_sqlite_give_writer(s);
	return rc;
}
