/*
 * sqlite.c - the store in one file, for one machine; nothing to install or
 * start.
 *
 * WAL lets readers run beside the one writer, synchronous=FULL makes a commit
 * last through a power cut.  Other processes may have the same file open:
 * SQLite's locks see to that, and turn.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/sqlite.h"

int
prg_sqlite_failed(const struct prg_sqlite *s, sqlite3 *db)
{
	prg_log(PRG_LOG_ERROR, "store: %s: %s", s->path, sqlite3_errmsg(db));
	return -1;
}

int
prg_sqlite_error(const struct prg_sqlite *s, sqlite3 *db, struct prg_error *err)
{
	if ((sqlite3_errcode(db) & 0xff) == SQLITE_CANTOPEN)
		return prg_error_set(err, "%s-wal or -shm can't be opened: %s",
		    s->path, strerror(sqlite3_system_errno(db)));
	return prg_error_set(err, "%s: %s", s->path, sqlite3_errmsg(db));
}

/* -- The files ----------------------------------------------------------- */

/* All zeros if there is no such file. */
static struct stat
stat_beside(const struct prg_sqlite *s, const char *suffix)
{
	char name[sizeof(s->path) + 8];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", s->path, suffix);
	return stat(name, &st) == 0 ? st : (struct stat){ 0 };
}

ino_t
prg_sqlite_inode(const struct prg_sqlite *s, const char *suffix)
{
	return stat_beside(s, suffix).st_ino;
}

int
prg_sqlite_in_place(const struct prg_sqlite *s, struct prg_error *err)
{
	if (prg_sqlite_inode(s, "") != s->file)
		return prg_error_set(err, "%s: the file was moved or replaced;"
		    " put it back", s->path);
	if (s->log != 0 && prg_sqlite_inode(s, "-wal") != s->log)
		return prg_error_set(err, "%s-wal: the file was removed;"
		    " restart the program, which writes its rows to %s first",
		    s->path, s->path);
	return 0;
}

/* -- Connections --------------------------------------------------------- */

/*
 * Processes that write wait for a turn (turn.h), so this waits for another
 * program.  SQLite's own handler looks up to 100 ms apart, and may miss the
 * moments in which a busy writer has let go of the lock.
 */
int
prg_sqlite_wait(void *arg, int looks)
{
	static _Thread_local int64_t began;

	(void)arg;
	if (looks == 0)
		began = prg_clock_ms();
	return prg_turn_pause(began, PRG_SQLITE_BUSY_MS);
}

/* "file:PATH?immutable=1", in which three characters have another meaning. */
static void
immutable_url(const char *path, char *url, size_t size)
{
	size_t n = (size_t)snprintf(url, size, "file:");

	for (; *path != '\0' && n < size; path++)
		n += (size_t)snprintf(url + n, size - n, strchr("?#%", *path) !=
		    NULL ? "%%%02x" : "%c", *path);
	if (n < size)
		snprintf(url + n, size - n, "?immutable=1");
}

int
prg_sqlite_connect(const struct prg_sqlite *s, int flags, sqlite3 **db,
    struct prg_error *err)
{
	bool reads = (flags & SQLITE_OPEN_READONLY) != 0;
	char url[3 * sizeof(s->path) + 32];
	const char *name = s->path;
	int os;

	if (reads && s->immutable) {
		immutable_url(s->path, url, sizeof(url));
		name = url;
		flags |= SQLITE_OPEN_URI;
	}
	if (sqlite3_open_v2(name, db, flags | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_EXRESCODE, NULL) == SQLITE_OK) {
		sqlite3_busy_handler(*db, prg_sqlite_wait, NULL);
		sqlite3_wal_autocheckpoint(*db, 0);
		if (reads)
			sqlite3_db_config(*db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
			    1, NULL);
		return 0;
	}
	os = *db != NULL ? sqlite3_system_errno(*db) : 0;
	prg_error_set(err, "%s: can't be opened: %s", s->path, os != 0 ?
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

void
prg_sqlite_end_statements(sqlite3 *db)
{
	sqlite3_stmt *st = NULL;

	while ((st = sqlite3_next_stmt(db, st)) != NULL)
		if (sqlite3_stmt_busy(st))
			sqlite3_reset(st);
}

/* -- Opening ------------------------------------------------------------- */

/* Look at the path before anything is opened or made.  -1 with a sentence. */
static int
check_path(struct prg_sqlite *s, struct prg_error *err)
{
	struct stat st;

	if (s->path[0] == '\0' || s->path[0] == ':')
		return prg_error_set(err, "\"%s\" is not a path; give that of a"
		    " file", s->path);
	if (stat(s->path, &st) == -1) {
		if (s->mode != PRG_STORE_SERVE && (errno == ENOENT ||
		    errno == ENOTDIR))
			return prg_error_set(err, "%s: there is no store; give"
			    " --store", s->path);
		if (errno != ENOENT)
			return prg_error_set(err, "%s: can't be opened: %s",
			    s->path, strerror(errno));
	} else if (!S_ISREG(st.st_mode))
		return prg_error_set(err, "%s: can't be opened: not a file",
		    s->path);
	else if (s->mode != PRG_STORE_READ && eaccess(s->path, W_OK) == -1)
		return prg_error_set(err, "%s: can't be written to: %s",
		    s->path, strerror(errno));
	if (stat_beside(s, "").st_size == 0 &&
	    stat_beside(s, "-wal").st_size > 0)
		return prg_error_set(err, "%s is missing, but %s-wal holds rows"
		    " of it; put %s back", s->path, s->path, s->path);
	return 0;
}

/*
 * A reader of a database that nobody has open would make a WAL and its index
 * beside it; a reader of a WAL that was left behind makes the index.  The owner
 * of the store could not open these files if another user made them.
 */
static int
check_log(struct prg_sqlite *s, struct prg_error *err)
{
	bool index = prg_sqlite_inode(s, "-shm") != 0;
	struct stat log = stat_beside(s, "-wal");

	s->immutable = (log.st_ino == 0 || (log.st_size == 0 && !index)) &&
	    prg_sqlite_inode(s, "-journal") == 0;
	if (s->mode != PRG_STORE_READ || log.st_size == 0 || index ||
	    geteuid() == 0 || geteuid() == stat_beside(s, "").st_uid)
		return 0;
	return prg_error_set(err, "%s-wal holds rows that are not in %s yet;"
	    " run this as its owner", s->path, s->path);
}

/* Find out whose database it is, with the connection that becomes a reader. */
static int
look(struct prg_sqlite *s, sqlite3 **db, bool *ready, struct prg_error *err)
{
	/* A start that was interrupted has to be undone first. */
	bool undo = s->mode != PRG_STORE_READ &&
	    prg_sqlite_inode(s, "-journal") != 0;

	sqlite3_close(*db);
	if (prg_sqlite_connect(s, undo ? SQLITE_OPEN_READWRITE :
	    SQLITE_OPEN_READONLY, db, err) == -1)
		return -1;
	if (prg_sqlite_recognise(s, *db, ready, err) == -1) {
		sqlite3_close(*db);
		*db = NULL;
		return -1;
	}
	*ready = s->mode == PRG_STORE_READ || (*ready && !undo);
	return 0;
}

static int
open_store(struct prg_sqlite *s, struct prg_error *err)
{
	bool there, ready = false;
	sqlite3 *db = NULL;

	if (check_path(s, err) == -1 || check_log(s, err) == -1)
		return -1;
	there = stat_beside(s, "").st_size > 0 || s->mode != PRG_STORE_SERVE;
	if (there && look(s, &db, &ready, err) == -1)
		return -1;
	if (there && s->immutable && s->mode != PRG_STORE_READ) {
		/* It is a store, so a WAL may be made. */
		s->immutable = false;
		if (look(s, &db, &ready, err) == -1)
			return -1;
	}
	if (!ready) {
		sqlite3_close(db);
		s->immutable = false;
		if (prg_sqlite_make_ready(s, err) == -1 ||
		    prg_sqlite_connect(s, SQLITE_OPEN_READONLY, &db, err) == -1)
			return -1;
	}
	s->file = prg_sqlite_inode(s, "");
	if (!prg_sqlite_add_reader(s, db))
		return prg_error_set(err, "%s: out of memory", s->path);
	return 0;
}

static void
sqlite_close(struct prg_store *store)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;

	prg_sqlite_close_readers(s);
	prg_sqlite_stop(s);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->given);
	pthread_mutex_destroy(&s->queue_lock);
	pthread_cond_destroy(&s->more);
	pthread_cond_destroy(&s->settled);
	free(s);
}

static const struct prg_store_ops sqlite_ops = {
	.find = prg_sqlite_find,
	.list = prg_sqlite_list,
	.put = prg_sqlite_put,
	.erase = prg_sqlite_erase,
	.sweep = prg_sqlite_sweep,
	.purge = prg_sqlite_purge,
	.keyring = prg_sqlite_keyring,
	.rotate = prg_sqlite_rotate,
	.schema = prg_sqlite_schema,
	.check = prg_sqlite_check,
	.borrow = prg_sqlite_borrow,
	.give_back = prg_sqlite_give_back,
	.stats = prg_sqlite_stats,
	.close = sqlite_close
};

static void
make_locks(struct prg_sqlite *s)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_condattr_t attr;

	s->most = processors > 0 ? 2 * (int)processors : 2;
	s->last = &s->first;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->given, NULL);
	pthread_mutex_init(&s->queue_lock, NULL);
	pthread_cond_init(&s->more, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->settled, &attr);
	pthread_condattr_destroy(&attr);
}

int
prg_sqlite_open(const char *path, const struct prg_store_place *place,
    struct prg_store **store, struct prg_error *err)
{
	struct prg_sqlite *s = calloc(1, sizeof(*s));

	/*
	 * Statistics of memory would be one lock for all threads at each
	 * malloc; room for 20 pages at once is more than a process that looks
	 * once needs. Refused if SQLite is in use already: then it is as it
	 * is.
	 */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
	if (s == NULL)
		return prg_error_set(err, "%s: out of memory", path);
	s->store.ops = &sqlite_ops;
	s->mode = place->mode;
	s->app = place->app;
	/*
	 * SQLite resolves links too: the files beside it lie beside the
	 * target.
	 */
	if (realpath(path, s->path) == NULL)
		snprintf(s->path, sizeof(s->path), "%s", path);
	make_locks(s);
	if (open_store(s, err) == -1) {
		sqlite_close(&s->store);
		return -1;
	}
	*store = &s->store;
	return 0;
}
