/*
 * sqlite.c - the store in one file, for one machine; nothing to install or start.
 *
 * WAL lets readers run beside the one writer, synchronous=FULL makes a commit last
 * through a power cut.  The writer is the committer's alone; readers are a pool
 * that grows to the number of threads that read at once.  Other processes may have
 * the same file open: SQLite's locks and the busy timeout see to that.
 */
#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/store.h"

enum {
	BUSY_MS = 5000,		/* another process may hold the write lock so long */
	CHECKPOINT_PAGES = 2000
};

/* One connection that reads, and its statements. */
struct reader {
	struct reader	*next;
	sqlite3		*db;
	sqlite3_stmt	*find;
	sqlite3_stmt	*recent;
	sqlite3_stmt	*recent_all;
};

struct sqlite {
	struct prg_store	 store;		/* first: the seam casts */
	char			*path;
	sqlite3			*db;		/* the writer */
	sqlite3_stmt		*begin;
	sqlite3_stmt		*insert;
	sqlite3_stmt		*commit;
	sqlite3_stmt		*rollback;
	pthread_mutex_t		 lock;		/* of 'readers' */
	struct reader		*readers;	/* those that rest */
	pthread_mutex_t		 write_lock;	/* commit and remove */
};

#define COLUMNS								\
	"id, route, state, owner, digest, input, result, location, "	\
	"created, modified, expires, lease, attempts"

static const char sql_find[] =
    "SELECT " COLUMNS " FROM submission WHERE id = ?1";
static const char sql_recent[] =
    "SELECT " COLUMNS " FROM submission WHERE route = ?1 AND state = 'done' "
    "AND location IS NULL ORDER BY created DESC, id DESC LIMIT ?2";
static const char sql_recent_all[] =
    "SELECT " COLUMNS " FROM submission ORDER BY id DESC LIMIT ?2";
static const char sql_insert[] =
    "INSERT INTO submission (" COLUMNS ") "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) "
    "ON CONFLICT (id) DO NOTHING";

/*
 * One entry for each version of the schema: what makes it of the one before.
 * Never changed once released, only added to.
 */
static const char *const migrations[] = {
	"CREATE TABLE submission ("
	" id TEXT PRIMARY KEY,"
	" route TEXT NOT NULL,"
	" state TEXT NOT NULL,"
	" owner TEXT,"
	" digest TEXT,"
	" input TEXT,"
	" result TEXT,"
	" location TEXT,"
	" created INTEGER NOT NULL,"
	" modified INTEGER NOT NULL,"
	" expires INTEGER NOT NULL DEFAULT 0,"
	" lease INTEGER NOT NULL DEFAULT 0,"
	" attempts INTEGER NOT NULL DEFAULT 0"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX submission_recent ON submission (route, created)"
	" WHERE state = 'done' AND location IS NULL;",
	NULL
};

/* -- Opening ------------------------------------------------------------------- */

static int
sqlite_error(struct prg_error *err, const char *path, sqlite3 *db)
{
	return prg_error_set(err, "%s: %s", path, db == NULL ?
	    "out of memory" : sqlite3_errmsg(db));
}

static int
open_db(const char *path, int flags, sqlite3 **db, struct prg_error *err)
{
	flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	if (sqlite3_open_v2(path, db, flags, NULL) != SQLITE_OK) {
		int os = *db != NULL ? sqlite3_system_errno(*db) : 0;

		prg_error_set(err, "%s: can't be opened: %s", path, os != 0 ?
		    strerror(os) : sqlite3_errmsg(*db));
		sqlite3_close(*db);
		*db = NULL;
		return -1;
	}
	sqlite3_busy_timeout(*db, BUSY_MS);
	return 0;
}

static int
prepare(sqlite3 *db, const char *sql, sqlite3_stmt **st)
{
	return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, st,
	    NULL);
}

/* The first column of a statement's first row as a number; -1 if it fails. */
static int
ask_int(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st;
	int v = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_step(st) == SQLITE_ROW)
		v = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return v;
}

static int
migrate(struct sqlite *s, struct prg_error *err)
{
	int have, last = 0, rc = -1;
	char version[64];

	while (migrations[last] != NULL)
		last++;
	if (sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_error(err, s->path, s->db);
	if ((have = ask_int(s->db, "PRAGMA user_version")) > last) {
		prg_error_set(err, "%s: its schema has version %d, this program"
		    " knows %d: run a newer one", s->path, have, last);
		goto out;
	}
	for (int v = have; v >= 0 && v < last; v++) {
		sqlite3_snprintf(sizeof(version), version,
		    "PRAGMA user_version = %d", v + 1);
		if (sqlite3_exec(s->db, migrations[v], NULL, NULL, NULL) !=
		    SQLITE_OK || sqlite3_exec(s->db, version, NULL, NULL,
		    NULL) != SQLITE_OK) {
			sqlite_error(err, s->path, s->db);
			goto out;
		}
	}
	if (have < 0 || sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) !=
	    SQLITE_OK) {
		sqlite_error(err, s->path, s->db);
		goto out;
	}
	rc = 0;
out:
	if (rc == -1)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

static int
open_writer(struct sqlite *s, struct prg_error *err)
{
	char pragmas[160];

	if (open_db(s->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &s->db,
	    err) == -1)
		return -1;
	if (sqlite3_db_readonly(s->db, "main") == 1)
		return prg_error_set(err, "%s: can't be written to", s->path);
	sqlite3_snprintf(sizeof(pragmas), pragmas,
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	    "PRAGMA wal_autocheckpoint = %d;", CHECKPOINT_PAGES);
	if (sqlite3_exec(s->db, pragmas, NULL, NULL, NULL) != SQLITE_OK ||
	    migrate(s, err) == -1)
		return err->text[0] != '\0' ? -1 :
		    sqlite_error(err, s->path, s->db);
	if (prepare(s->db, "BEGIN IMMEDIATE", &s->begin) != SQLITE_OK ||
	    prepare(s->db, sql_insert, &s->insert) != SQLITE_OK ||
	    prepare(s->db, "COMMIT", &s->commit) != SQLITE_OK ||
	    prepare(s->db, "ROLLBACK", &s->rollback) != SQLITE_OK)
		return sqlite_error(err, s->path, s->db);
	return 0;
}

/* -- Readers -------------------------------------------------------------------- */

static void
reader_close(struct reader *r)
{
	sqlite3_finalize(r->find);
	sqlite3_finalize(r->recent);
	sqlite3_finalize(r->recent_all);
	sqlite3_close(r->db);
	free(r);
}

static struct reader *
reader_open(struct sqlite *s)
{
	struct prg_error err = { "" };
	struct reader *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	if (open_db(s->path, SQLITE_OPEN_READONLY, &r->db, &err) == -1 ||
	    prepare(r->db, sql_find, &r->find) != SQLITE_OK ||
	    prepare(r->db, sql_recent, &r->recent) != SQLITE_OK ||
	    prepare(r->db, sql_recent_all, &r->recent_all) != SQLITE_OK) {
		prg_log(PRG_LOG_ERROR, "store: %s", err.text[0] != '\0' ?
		    err.text : sqlite3_errmsg(r->db));
		reader_close(r);
		return NULL;
	}
	return r;
}

static struct reader *
reader_take(struct sqlite *s)
{
	struct reader *r;

	pthread_mutex_lock(&s->lock);
	if ((r = s->readers) != NULL)
		s->readers = r->next;
	pthread_mutex_unlock(&s->lock);
	return r != NULL ? r : reader_open(s);
}

static void
reader_give(struct sqlite *s, struct reader *r)
{
	pthread_mutex_lock(&s->lock);
	r->next = s->readers;
	s->readers = r;
	pthread_mutex_unlock(&s->lock);
}

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
sqlite_find(struct prg_store *store, struct prg_arena *a, const char *id,
    struct prg_row *row)
{
	struct sqlite *s = (struct sqlite *)store;
	struct reader *r = reader_take(s);
	enum prg_found found = PRG_FOUND_FAIL;
	int rc;

	if (r == NULL)
		return PRG_FOUND_FAIL;
	sqlite3_bind_text(r->find, 1, id, -1, SQLITE_STATIC);
	if ((rc = sqlite3_step(r->find)) == SQLITE_ROW) {
		read_row(a, r->find, row);
		found = PRG_FOUND;
	} else if (rc == SQLITE_DONE)
		found = PRG_FOUND_NONE;
	else
		prg_log(PRG_LOG_ERROR, "store: %s: %s", s->path,
		    sqlite3_errmsg(r->db));
	sqlite3_reset(r->find);
	reader_give(s, r);
	return found;
}

static struct prg_rows
sqlite_recent(struct prg_store *store, struct prg_arena *a, const char *route,
    int count)
{
	struct sqlite *s = (struct sqlite *)store;
	struct prg_rows rows = { .count = -1 };
	struct reader *r = reader_take(s);
	sqlite3_stmt *st;
	int rc, n = 0;

	if (r == NULL)
		return rows;
	st = route != NULL ? r->recent : r->recent_all;
	rows.list = prg_arena_get(a, (size_t)count * sizeof(*rows.list));
	if (route != NULL)
		sqlite3_bind_text(st, 1, route, -1, SQLITE_STATIC);
	sqlite3_bind_int(st, 2, count);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		read_row(a, st, &rows.list[n++]);
	if (rc == SQLITE_DONE)
		rows.count = n;
	else
		prg_log(PRG_LOG_ERROR, "store: %s: %s", s->path,
		    sqlite3_errmsg(r->db));
	sqlite3_reset(st);
	reader_give(s, r);
	return rows;
}

/* -- The writer ------------------------------------------------------------------ */

static int
run(sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);

	sqlite3_reset(st);
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

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

/* One row within the transaction; only what breaks all of it is an error. */
static int
write_row(struct sqlite *s, struct prg_write *w)
{
	int rc;

	bind_row(s->insert, &w->row);
	if ((rc = run(s->insert)) != SQLITE_OK)
		return rc;
	w->outcome = sqlite3_changes(s->db) == 1 ? PRG_WRITE_OK :
	    PRG_WRITE_EXISTS;
	return SQLITE_OK;
}

static int
write_all(struct sqlite *s, struct prg_write *list)
{
	int rc = run(s->begin);

	for (struct prg_write *w = list; w != NULL && rc == SQLITE_OK;
	    w = w->next)
		rc = write_row(s, w);
	if (rc == SQLITE_OK)
		rc = run(s->commit);
	return rc;
}

static int
sqlite_commit(struct prg_store *store, struct prg_write *list)
{
	struct sqlite *s = (struct sqlite *)store;
	int rc;

	pthread_mutex_lock(&s->write_lock);
	if ((rc = write_all(s, list)) != SQLITE_OK) {
		prg_log(PRG_LOG_ERROR, "store: %s: %s", s->path,
		    sqlite3_errmsg(s->db));
		if (!sqlite3_get_autocommit(s->db))
			run(s->rollback);
		for (struct prg_write *w = list; w != NULL; w = w->next)
			w->outcome = PRG_WRITE_FAIL;
	}
	pthread_mutex_unlock(&s->write_lock);
	return rc == SQLITE_OK ? 0 : -1;
}

static int
sqlite_remove(struct prg_store *store, const char *id)
{
	struct sqlite *s = (struct sqlite *)store;
	sqlite3_stmt *st;
	int rc = -1;

	pthread_mutex_lock(&s->write_lock);
	if (sqlite3_prepare_v2(s->db, "DELETE FROM submission WHERE id = ?1",
	    -1, &st, NULL) == SQLITE_OK) {
		sqlite3_bind_text(st, 1, id, -1, SQLITE_STATIC);
		if (run(st) == SQLITE_OK)
			rc = sqlite3_changes(s->db) == 1 ? 0 : 1;
		sqlite3_finalize(st);
	}
	if (rc == -1)
		prg_log(PRG_LOG_ERROR, "store: %s: %s", s->path,
		    sqlite3_errmsg(s->db));
	pthread_mutex_unlock(&s->write_lock);
	return rc;
}

/* -- Open and close ---------------------------------------------------------------- */

static void
sqlite_close(struct prg_store *store)
{
	struct sqlite *s = (struct sqlite *)store;
	struct reader *r;

	while ((r = s->readers) != NULL) {
		s->readers = r->next;
		reader_close(r);
	}
	sqlite3_finalize(s->begin);
	sqlite3_finalize(s->insert);
	sqlite3_finalize(s->commit);
	sqlite3_finalize(s->rollback);
	sqlite3_close(s->db);
	pthread_mutex_destroy(&s->lock);
	pthread_mutex_destroy(&s->write_lock);
	free(s->path);
	free(s);
}

static const struct prg_store_ops sqlite_ops = {
	.find = sqlite_find,
	.recent = sqlite_recent,
	.commit = sqlite_commit,
	.remove = sqlite_remove,
	.close = sqlite_close
};

int
prg_sqlite_open(const char *path, struct prg_store **store,
    struct prg_error *err)
{
	struct sqlite *s = calloc(1, sizeof(*s));

	if (s == NULL || (s->path = strdup(path)) == NULL) {
		free(s);
		return prg_error_set(err, "%s: out of memory", path);
	}
	s->store.ops = &sqlite_ops;
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->write_lock, NULL);
	err->text[0] = '\0';
	if (open_writer(s, err) == -1) {
		sqlite_close(&s->store);
		return -1;
	}
	*store = &s->store;
	return 0;
}
