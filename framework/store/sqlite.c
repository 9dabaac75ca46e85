/*
 * sqlite.c - the store in one file, for one machine; nothing to install or start.
 *
 * WAL lets readers run beside the one writer, synchronous=FULL makes a commit last
 * through a power cut.  The writer is the committer's; readers are a pool that
 * grows to the number of threads that read at once.  Other processes may have the
 * same file open: SQLite's locks see to that, and turn.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/sqlite.h"

enum {
	BUSY_LOOK_US = 200,	/* between two looks whether it still does */
	CHECKPOINT_PAGES = 2000
};

/*
 * Submissions lie in the order in which they came, so that a batch of new ones
 * fills a few pages; only the index of IDs, which are random within a second, is
 * touched all over.  (WITHOUT ROWID, measured: 0.86 times the POSTs a second.)
 * Small pages, of which a new ID changes one, are less to write than SQLite's 4 KB.
 *
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
	") STRICT;"
	"CREATE INDEX submission_recent ON submission (route, created)"
	" WHERE state = 'done' AND location IS NULL;"
	"CREATE INDEX submission_owner ON submission (owner, route, created)"
	" WHERE owner IS NOT NULL;"
	"CREATE INDEX submission_expires ON submission (expires)"
	" WHERE expires > 0;"
	"CREATE TABLE secret ("
	" purpose TEXT NOT NULL,"
	" made INTEGER NOT NULL,"
	" bytes BLOB NOT NULL,"
	" PRIMARY KEY (purpose, made)"
	") STRICT, WITHOUT ROWID;",
	"CREATE INDEX submission_gone ON submission (modified)"
	" WHERE state = 'gone';",
	NULL
};

int
prg_sqlite_failed(const struct prg_sqlite *s, sqlite3 *db)
{
	prg_log(PRG_LOG_ERROR, "store: %s: %s", s->path, sqlite3_errmsg(db));
	return -1;
}

static int
sqlite_error(struct prg_error *err, const char *path, sqlite3 *db)
{
	return prg_error_set(err, "%s: %s", path, sqlite3_errmsg(db));
}

/*
 * Who writes waits for a turn (turn.h), so it is another program, or the first look
 * at a new file, that waits here.  SQLite's own handler looks up to 100 ms apart and
 * may miss the moments in which a busy writer has let go of the lock.
 */
static int
wait_for_lock(void *arg, int looks)
{
	const struct timespec moment = { .tv_nsec = BUSY_LOOK_US * 1000 };
	static _Thread_local int64_t end;

	(void)arg;
	if (looks == 0)
		end = prg_clock_ms() + PRG_SQLITE_BUSY_MS;
	if (prg_clock_ms() >= end)
		return 0;
	nanosleep(&moment, NULL);
	return 1;
}

static const int role_flags[] = {
	[PRG_SQLITE_FIRST] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	[PRG_SQLITE_READER] = SQLITE_OPEN_READONLY,
	[PRG_SQLITE_WRITER] = SQLITE_OPEN_READWRITE
};

int
prg_sqlite_connect(const char *path, enum prg_sqlite_role role, sqlite3 **db,
    struct prg_error *err)
{
	const char *vfs = role == PRG_SQLITE_WRITER ? prg_sqlite_writer_vfs() :
	    NULL;
	int os;

	if (sqlite3_open_v2(path, db, role_flags[role] | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_EXRESCODE, vfs) == SQLITE_OK) {
		sqlite3_busy_handler(*db, wait_for_lock, NULL);
		return 0;
	}
	os = *db != NULL ? sqlite3_system_errno(*db) : 0;
	prg_error_set(err, "%s: can't be opened: %s", path, os != 0 ?
	    strerror(os) : sqlite3_errmsg(*db));
	sqlite3_close(*db);
	*db = NULL;
	return -1;
}

int
prg_sqlite_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **st)
{
	return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, st,
	    NULL);
}

int
prg_sqlite_run(sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);

	sqlite3_reset(st);
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

void
prg_sqlite_end_statements(sqlite3 *db)
{
	sqlite3_stmt *st = NULL;

	while ((st = sqlite3_next_stmt(db, st)) != NULL)
		if (sqlite3_stmt_busy(st))
			sqlite3_reset(st);
}

/* -- Opening ------------------------------------------------------------------------ */

static int
exec(struct prg_sqlite *s, const char *sql)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL);
}

static int
schema_version(sqlite3 *db)
{
	sqlite3_stmt *st;
	int v = -1;

	if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &st, NULL) !=
	    SQLITE_OK)
		return -1;
	if (sqlite3_step(st) == SQLITE_ROW)
		v = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return v;
}

static int
last_version(void)
{
	int last = 0;

	while (migrations[last] != NULL)
		last++;
	return last;
}

/* From version 'have' to the last: within a transaction. */
static int
migrate_from(struct prg_sqlite *s, int have, struct prg_error *err)
{
	const int last = last_version();
	char version[64];

	if (have > last)
		return prg_error_set(err, "%s: its schema has version %d, this"
		    " program knows %d: run a newer one", s->path, have, last);
	if (have < 0)
		return sqlite_error(err, s->path, s->db);
	for (int v = have; v < last; v++) {
		sqlite3_snprintf(sizeof(version), version,
		    "PRAGMA user_version = %d", v + 1);
		if (exec(s, migrations[v]) != SQLITE_OK ||
		    exec(s, version) != SQLITE_OK)
			return sqlite_error(err, s->path, s->db);
	}
	return 0;
}

/* Where there is nothing to do, without waiting for who writes. */
static int
migrate(struct prg_sqlite *s, struct prg_error *err)
{
	if (schema_version(s->db) == last_version())
		return 0;
	if (exec(s, "BEGIN IMMEDIATE") != SQLITE_OK)
		return sqlite_error(err, s->path, s->db);
	if (migrate_from(s, schema_version(s->db), err) == -1) {
		exec(s, "ROLLBACK");
		return -1;
	}
	return exec(s, "COMMIT") == SQLITE_OK ? 0 :
	    sqlite_error(err, s->path, s->db);
}

/*
 * A process that only reads leaves the WAL and its index where they are, empty: the
 * next one, if each request has a process, need not make them again.
 */
static int
make_reader(sqlite3 *db)
{
	int on = 1;

	sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	return sqlite3_exec(db, "PRAGMA query_only = 1;"
	    "PRAGMA journal_size_limit = 0", NULL, NULL, NULL);
}

/* SQLite does not ask its busy handler here: the first processes of a store do this. */
static int
make_wal(struct prg_sqlite *s)
{
	int rc, looks = 0;

	do
		rc = exec(s, "PRAGMA page_size = 2048; PRAGMA journal_mode = WAL");
	while ((rc & 0xff) == SQLITE_BUSY && wait_for_lock(NULL, looks++));
	return rc;
}

/*
 * The connection that finds all in order, and changes it where it is not, then
 * reads: a process that only reads has no other.
 */
static int
open_first(struct prg_sqlite *s, struct prg_error *err)
{
	if (prg_sqlite_connect(s->path, PRG_SQLITE_FIRST, &s->db, err) == -1)
		return -1;
	if (sqlite3_db_readonly(s->db, "main") == 1)
		return prg_error_set(err, "%s: can't be written to", s->path);
	if (make_wal(s) != SQLITE_OK)
		return sqlite_error(err, s->path, s->db);
	if (migrate(s, err) == -1)
		return -1;
	prg_sqlite_find_stamp(s);
	if (make_reader(s->db) != SQLITE_OK)
		return sqlite_error(err, s->path, s->db);
	if (!prg_sqlite_add_reader(s, s->db))
		return prg_error_set(err, "%s: out of memory", s->path);
	s->db = NULL;
	return 0;
}

int
prg_sqlite_open_writer(struct prg_sqlite *s, struct prg_error *err)
{
	char pragmas[100];

	if (prg_sqlite_connect(s->path, PRG_SQLITE_WRITER, &s->db, err) == -1)
		return -1;
	sqlite3_snprintf(sizeof(pragmas), pragmas,
	    "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = %d",
	    CHECKPOINT_PAGES);
	if (exec(s, pragmas) == SQLITE_OK) {
		prg_sqlite_watch_rollback(s->db);
		s->turn = prg_turn_open(s->path);
		return 0;
	}
	sqlite_error(err, s->path, s->db);
	sqlite3_close(s->db);
	s->db = NULL;
	return -1;
}

static void
sqlite_close(struct prg_store *store)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;

	prg_sqlite_close_readers(s);
	for (int i = 0; i < PRG_SQLITE_STATEMENTS; i++)
		sqlite3_finalize(s->st[i]);
	sqlite3_close(s->db);
	pthread_mutex_destroy(&s->lock);
	if (s->turn != -1)
		close(s->turn);
	pthread_mutex_destroy(&s->write_lock);
	prg_kept_close(s->kept);
	free(s->path);
	free(s);
}

static const struct prg_store_ops sqlite_ops = {
	.find = prg_sqlite_find,
	.list = prg_sqlite_list,
	.commit = prg_sqlite_commit,
	.sweep = prg_sqlite_sweep,
	.purge = prg_sqlite_purge,
	.keyring = prg_sqlite_keyring,
	.rotate = prg_sqlite_rotate,
	.schema = prg_sqlite_schema,
	.borrow = prg_sqlite_borrow,
	.give_back = prg_sqlite_give_back,
	.close = sqlite_close
};

int
prg_sqlite_open(const char *path, struct prg_store **store,
    struct prg_error *err)
{
	struct prg_sqlite *s = calloc(1, sizeof(*s));

	/*
	 * Statistics of memory would be one lock for all threads at each malloc;
	 * room for 20 pages at once is more than a process that looks once needs.
	 * Refused if SQLite is in use already: then it is as it is.
	 */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
	if (s == NULL || (s->path = strdup(path)) == NULL ||
	    (s->kept = prg_kept_open()) == NULL) {
		if (s != NULL)
			free(s->path);
		free(s);
		return prg_error_set(err, "%s: out of memory", path);
	}
	s->store.ops = &sqlite_ops;
	s->turn = -1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->write_lock, NULL);
	if (open_first(s, err) == -1) {
		sqlite_close(&s->store);
		return -1;
	}
	*store = &s->store;
	return 0;
}

/* One that can't be looked at is for the open to complain of. */
bool
prg_sqlite_exists(const char *path)
{
	return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}
