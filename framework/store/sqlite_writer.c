/*
 * sqlite_writer.c - the connection that writes, and its statements.
 */
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/sqlite.h"

enum {
	CHECKPOINT_PAGES = 2000,	/* of the WAL, then copied back */
	SWEPT_PAGES = 500,		/* so too, if they lie anywhere */
	EMPTY_MS = 1000			/* between two tries to empty the WAL */
};

static const char *const statements[PRG_SQLITE_STATEMENTS] = {
	[PRG_SQLITE_BEGIN] = "BEGIN IMMEDIATE",
	[PRG_SQLITE_COMMIT] = "COMMIT",
	[PRG_SQLITE_ROLLBACK] = "ROLLBACK",
	[PRG_SQLITE_SAVE] = "SAVEPOINT prg_row",
	[PRG_SQLITE_UNDO] = "ROLLBACK TO prg_row",
	[PRG_SQLITE_RELEASE] = "RELEASE prg_row",
	/*
	 * The primary key decides: a draft gives way, any other row stays.  A
	 * draft gives way to the next draft only if that follows it or has the
	 * same content.  A row that takes the place of a draft becomes the last
	 * one stored.
	 */
	[PRG_SQLITE_PUT] =
	    "INSERT INTO submission (" PRG_SQLITE_COLUMNS ") "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) "
	    "ON CONFLICT (id) DO UPDATE SET state = excluded.state,"
	    " digest = excluded.digest, input = excluded.input,"
	    " result = excluded.result, location = excluded.location,"
	    " created = excluded.created, modified = excluded.modified,"
	    " expires = excluded.expires, attempts = excluded.attempts,"
	    " rowid = (SELECT max(rowid) + 1 FROM submission) "
	    "WHERE submission.state = 'draft'"
	    " AND submission.route = excluded.route"
	    " AND submission.owner IS excluded.owner"
	    " AND (excluded.state <> 'draft'"
	    " OR excluded.attempts = submission.attempts + 1"
	    " OR excluded.digest IS submission.digest)",
	[PRG_SQLITE_SET_RESULT] =
	    "UPDATE submission SET result = ?1 WHERE id = ?2",
	/* The digest stays, so that the form that made it is known as used. */
	[PRG_SQLITE_ERASE] =
	    "UPDATE submission SET state = 'gone', input = NULL, result = NULL,"
	    " location = NULL, expires = 0, modified = ?1 "
	    "WHERE rowid = ?2",
	[PRG_SQLITE_FIND] =
	    "SELECT rowid, id, route, state FROM submission"
	    " WHERE id = ?1 AND state <> 'gone'",
	[PRG_SQLITE_FIND_EXPIRED] =
	    "SELECT rowid, id, route, state, expires FROM submission"
	    " WHERE expires > 0 AND expires <= ?1 AND (expires, rowid) >"
	    " (?2, ?3) ORDER BY expires, rowid LIMIT 1",
	[PRG_SQLITE_DELETE] =
	    "DELETE FROM submission WHERE rowid = ?1",
	[PRG_SQLITE_PURGE] =
	    "DELETE FROM submission WHERE rowid IN (SELECT rowid FROM"
	    " submission WHERE state = 'gone' AND modified < ?1 LIMIT ?2)",
	/*
	 * Made now, or a second after the one before: no two are of one
	 * second.
	 */
	[PRG_SQLITE_ADD_SECRET] =
	    "INSERT INTO secret (purpose, made, bytes) VALUES (?1, max(?2,"
	    " (SELECT ifnull(max(made) + 1, 0) FROM secret WHERE purpose ="
	    " ?1)), ?3)",
	/* A secret was replaced when the next one was made. */
	[PRG_SQLITE_FORGET_SECRETS] =
	    "DELETE FROM secret WHERE purpose = 'key' AND made < (SELECT"
	    " max(made) FROM secret WHERE purpose = 'key' AND made <= ?1)"
};

sqlite3_stmt *
prg_sqlite_statement(struct prg_sqlite *s, enum prg_sqlite_statement i)
{
	if (s->st[i] == NULL)
		prg_sqlite_prepare(s->db, statements[i], &s->st[i]);
	return s->st[i];
}

bool
prg_sqlite_do(struct prg_sqlite *s, enum prg_sqlite_statement i)
{
	sqlite3_stmt *st = prg_sqlite_statement(s, i);
	bool good = st != NULL && sqlite3_step(st) == SQLITE_DONE;

	if (!good)
		prg_sqlite_failed(s, s->db);
	sqlite3_reset(st);
	return good;
}

int
prg_sqlite_change(struct prg_sqlite *s, enum prg_sqlite_statement i,
    int64_t one, int64_t two)
{
	sqlite3_stmt *st = prg_sqlite_statement(s, i);

	sqlite3_bind_int64(st, 1, one);
	sqlite3_bind_int64(st, 2, two);
	return prg_sqlite_do(s, i) ? sqlite3_changes(s->db) : -1;
}

/* -- The connection ------------------------------------------------------ */

static int
count_pages(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct prg_sqlite *s = arg;

	(void)db;
	(void)name;
	s->log_pages = pages;
	return SQLITE_OK;
}

/*
 * The app's record gets the handle, but the transaction is shared with
 * others.
 */
static int
authorize(void *arg, int action, const char *what, const char *b, const char *c,
    const char *d)
{
	struct prg_sqlite *s = arg;

	(void)b;
	(void)c;
	(void)d;
	if (action != SQLITE_TRANSACTION || s->lent == NULL)
		return SQLITE_OK;
	prg_error_set(&s->lent->err, "the framework begins and ends"
	    " transactions: %s", what);
	return SQLITE_DENY;
}

/*
 * The last statement opens the WAL, which then stays the same file until we
 * close the connection.
 */
int
prg_sqlite_open_writer(struct prg_sqlite *s, struct prg_error *err)
{
	if ((s->turn = prg_turn_open(s->path, err)) == -1)
		return -1;
	if (prg_sqlite_connect(s, SQLITE_OPEN_READWRITE, &s->db, err) == 0) {
		sqlite3_wal_hook(s->db, count_pages, s);
		sqlite3_set_authorizer(s->db, authorize, s);
		if (sqlite3_exec(s->db, "PRAGMA synchronous = FULL;"
		    "PRAGMA secure_delete = ON;"
		    "PRAGMA journal_size_limit = 5242880;"
		    "SELECT count(*) FROM prg", NULL, NULL, NULL) ==
		    SQLITE_OK) {
			s->log = prg_sqlite_inode(s, "-wal");
			return 0;
		}
		prg_sqlite_error(s, s->db, err);
		sqlite3_close(s->db);
		s->db = NULL;
	}
	close(s->turn);
	return -1;
}

/*
 * SQLite copies the WAL back and removes it when the last connection is
 * closed. That needs the turn.  If the database was moved away, the WAL must
 * stay: it is missing when the database is put back.
 */
void
prg_sqlite_close_writer(struct prg_sqlite *s)
{
	sqlite3_stmt *st;

	if (s->db == NULL)
		return;
	if (prg_sqlite_inode(s, "") != s->file ||
	    !prg_turn_take(s->turn, PRG_SQLITE_BUSY_MS))
		sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
		    NULL);
	while ((st = sqlite3_next_stmt(s->db, NULL)) != NULL)
		sqlite3_finalize(st);
	sqlite3_close(s->db);
	close(s->turn);
}

void
prg_sqlite_checkpoint(struct prg_sqlite *s, bool idle)
{
	int rc, mode = SQLITE_CHECKPOINT_PASSIVE;

	if (idle || (s->erased && prg_clock_ms() - s->emptied >= EMPTY_MS)) {
		mode = SQLITE_CHECKPOINT_TRUNCATE;
		s->emptied = prg_clock_ms();
	} else if (s->log_pages < (s->swept ? SWEPT_PAGES : CHECKPOINT_PAGES))
		return;
	s->swept = false;
	sqlite3_busy_handler(s->db, NULL, NULL);
	rc = sqlite3_wal_checkpoint_v2(s->db, NULL, mode, NULL, NULL);
	sqlite3_busy_handler(s->db, prg_sqlite_wait, NULL);
	if (rc == SQLITE_OK && mode == SQLITE_CHECKPOINT_TRUNCATE) {
		s->erased = false;
		s->log_pages = 0;
	} else if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY)
		prg_sqlite_failed(s, s->db);
}
