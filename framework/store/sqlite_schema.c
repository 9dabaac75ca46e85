/*
 * sqlite_schema.c - whose database it is, and which version its schema has.
 *
 * The table 'prg' says that the database is a store, of which app and
 * version: a dump that is read back has it.  application_id and user_version
 * say the same to file(1) and to older programs.
 */
#include <string.h>
#include <unistd.h>

#include "store/sqlite.h"

enum { APPLICATION_ID = 0x70726773 };	/* "prgs" */

/*
 * Submissions lie in the order in which they came, so that a batch of new
 * ones fills a few pages; only the index of IDs, which are random within a
 * second, is touched all over.  (WITHOUT ROWID, measured: 0.86 times the
 * POSTs a second.) Small pages, of which a new ID changes one, are less to
 * write than SQLite's 4 KB.
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
	/* Lists are in the order of rowid, which each index ends in. */
	"DROP INDEX submission_recent;"
	"DROP INDEX submission_owner;"
	"CREATE INDEX submission_recent ON submission (route)"
	" WHERE state = 'done' AND location IS NULL;"
	"CREATE INDEX submission_owner ON submission (owner, route)"
	" WHERE owner IS NOT NULL;"
	"CREATE TABLE prg ("
	" version INTEGER NOT NULL,"
	" app TEXT NOT NULL"
	") STRICT;"
	"INSERT INTO prg VALUES (0, '');",
	/* Of the app.  Staff may list all results. */
	"ALTER TABLE prg ADD COLUMN migrations INTEGER NOT NULL DEFAULT 0;"
	"DROP INDEX submission_recent;"
	"CREATE INDEX submission_recent ON submission (route)"
	" WHERE state = 'done';"
};

enum { LAST_VERSION = sizeof(migrations) / sizeof(migrations[0]) };

/* -- Recognising --------------------------------------------------------- */

/* The first column of the first row; -1 if there is none. */
static int
number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st;
	int n = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return n;
}

static int
refuse(const struct prg_sqlite *s, struct prg_error *err)
{
	return prg_error_set(err, "--store: %s: not a prg store; name another"
	    " file", s->path);
}

/* Of a store from before the table 'prg'; 0 if it is empty, or -1. */
static int
old_version(const struct prg_sqlite *s, sqlite3 *db, struct prg_error *err)
{
	int tables = number(db, "SELECT count(*) FROM sqlite_schema");

	if (tables == -1 && (sqlite3_errcode(db) & 0xff) == SQLITE_NOTADB)
		return refuse(s, err);
	if (tables == -1)
		return prg_sqlite_error(s, db, err);
	if (tables == 0 && number(db, "PRAGMA application_id") == 0 &&
	    number(db, "PRAGMA user_version") == 0)
		return s->mode == PRG_STORE_SERVE ? 0 : refuse(s, err);
	/* No row is no error. */
	if (sqlite3_exec(db, "SELECT " PRG_SQLITE_COLUMNS " FROM submission"
	    " LIMIT 0; SELECT purpose, made, bytes FROM secret LIMIT 0", NULL,
	    NULL, NULL) != SQLITE_OK)
		return refuse(s, err);
	return 1 + number(db, "SELECT count(*) FROM sqlite_schema WHERE name ="
	    " 'submission_gone'");
}

/* The version in the table 'prg', or -1 with a sentence. */
static int
read_version(const struct prg_sqlite *s, sqlite3_stmt *st,
    struct prg_error *err)
{
	const char *app;
	int version;

	if (sqlite3_step(st) != SQLITE_ROW)
		return refuse(s, err);
	version = sqlite3_column_int(st, 0);
	app = (const char *)sqlite3_column_text(st, 1);
	if (version > LAST_VERSION)
		return prg_error_set(err, "%s: its schema has version %d, this"
		    " program knows %d: run a newer one", s->path, version,
		    LAST_VERSION);
	if (s->app == NULL || app[0] == '\0' || strcmp(app, s->app) == 0)
		return version;
	return prg_error_set(err, "--store: %s: the store of \"%s\", not of"
	    " \"%s\"; name another file", s->path, app, s->app);
}

int
prg_sqlite_recognise(struct prg_sqlite *s, sqlite3 *db, bool *ready,
    struct prg_error *err)
{
	sqlite3_stmt *st;
	int version;

	*ready = false;
	if (sqlite3_prepare_v2(db, "SELECT version, app, application_id ="
	    " ?1 AND journal_mode = 'wal' FROM prg, pragma_application_id,"
	    " pragma_journal_mode", -1, &st, NULL) != SQLITE_OK)
		return old_version(s, db, err);
	sqlite3_bind_int(st, 1, APPLICATION_ID);
	version = read_version(s, st, err);
	*ready = version == LAST_VERSION && sqlite3_column_int(st, 2);
	sqlite3_finalize(st);
	s->migrations = number(db, "SELECT migrations FROM prg");
	return version;
}

/* -- Creating and migrating ---------------------------------------------- */

static int
exec(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* Within a transaction: from the version that it has to the last. */
static int
migrate(struct prg_sqlite *s, sqlite3 *db, struct prg_error *err)
{
	char marks[128], *sql;
	int rc = SQLITE_OK, version;
	bool ready;

	if ((version = prg_sqlite_recognise(s, db, &ready, err)) == -1 || ready)
		return version == -1 ? -1 : 0;
	for (; version < LAST_VERSION && rc == SQLITE_OK; version++)
		rc = exec(db, migrations[version]);
	sqlite3_snprintf(sizeof(marks), marks, "PRAGMA application_id = %d;"
	    "PRAGMA user_version = %d", APPLICATION_ID, LAST_VERSION);
	sql = sqlite3_mprintf("UPDATE prg SET version = %d, app ="
	    " iif(app = '', %Q, app)", LAST_VERSION, s->app != NULL ? s->app :
	    "");
	if (rc == SQLITE_OK)
		rc = exec(db, marks);
	if (rc == SQLITE_OK)
		rc = sql != NULL ? exec(db, sql) : SQLITE_NOMEM;
	sqlite3_free(sql);
	return rc == SQLITE_OK ? 0 : prg_sqlite_error(s, db, err);
}

/*
 * The tables come before the WAL, so that a copy of the file alone is a store.
 * SQLite does not ask its busy handler when it changes to the WAL.
 */
static int
make_ready(struct prg_sqlite *s, sqlite3 *db, struct prg_error *err)
{
	int rc, looks = 0;

	if (exec(db, "PRAGMA page_size = 2048; BEGIN IMMEDIATE") != SQLITE_OK)
		return prg_sqlite_error(s, db, err);
	if (migrate(s, db, err) == -1)
		return -1;
	if (exec(db, "COMMIT") != SQLITE_OK)
		return prg_sqlite_error(s, db, err);
	do
		rc = exec(db, "PRAGMA journal_mode = WAL");
	while ((rc & 0xff) == SQLITE_BUSY && prg_sqlite_wait(NULL, looks++));
	return rc == SQLITE_OK ? 0 : prg_sqlite_error(s, db, err);
}

/* The connection is closed with the turn, as that may copy the WAL back. */
int
prg_sqlite_make_ready(struct prg_sqlite *s, struct prg_error *err)
{
	int flags = SQLITE_OPEN_READWRITE, fd, rc;
	sqlite3 *db;

	if (s->mode == PRG_STORE_SERVE)
		flags |= SQLITE_OPEN_CREATE;
	if ((rc = prg_sqlite_connect(s, flags, &db, err)) == -1)
		return -1;
	if ((fd = prg_turn_open(s->path, err)) == -1)
		rc = -1;
	else if (!prg_turn_take(fd, PRG_SQLITE_BUSY_MS))
		rc = prg_error_set(err, "%s-turn: another process has the lock",
		    s->path);
	if (rc == 0)
		rc = make_ready(s, db, err);
	else
		sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
		    NULL);
	sqlite3_close(db);
	if (fd != -1)
		close(fd);
	return rc;
}

/* -- The app's own tables ------------------------------------------------ */

static bool
run_step(void *sql, struct prg_db *db, const struct prg_row *row)
{
	(void)row;
	return exec(db->handle, sql) == SQLITE_OK && exec(db->handle,
	    "UPDATE prg SET migrations = migrations + 1") == SQLITE_OK;
}

/* Unless another process has run it meanwhile. */
static bool
migrate_app(struct prg_sqlite *s, struct prg_sqlite_job *job)
{
	if (number(s->db, "SELECT migrations FROM prg") == job->count &&
	    !prg_sqlite_lend(s, job->record, NULL))
		return false;
	job->end = PRG_PUT_DONE;
	return true;
}

/* A store that needs no step is not written to. */
int
prg_sqlite_migrate(struct prg_store *store, const char *const *steps,
    struct prg_error *err)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	int n = s->migrations < 0 ? 0 : s->migrations, known = 0;

	while (steps != NULL && steps[known] != NULL)
		known++;
	if (n > known)
		return prg_error_set(err, "%s: it has had %d migrations of the"
		    " app, this program knows %d: run a newer one", s->path, n,
		    known);
	for (; n < known && s->mode != PRG_STORE_READ; n++) {
		struct prg_record step = { .run = run_step,
		    .arg = (void *)(uintptr_t)steps[n] };

		if (prg_sqlite_write(s, &(struct prg_sqlite_job){
		    .run = migrate_app, .several = true, .record = &step,
		    .count = n }) != PRG_PUT_DONE)
			return prg_error_set(err, "%s: migration %d of the app:"
			    " %s; nothing of it was done", s->path, n + 1,
			    step.err.text[0] != '\0' ? step.err.text :
			    "the store can't be written to");
	}
	return 0;
}
