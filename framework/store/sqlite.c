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
#include <time.h>
#include <unistd.h>

#include "store/sqlite.h"

enum { MOST_CHECKED = 1 << 30 };	/* bytes; it takes some seconds */

/*
 * A reader of a database that nobody has open would make a WAL and its index
 * beside it; a reader of a WAL that was left behind makes the index.  The owner
 * of the store could not open these files if another user made them.
 */
static int
check_log(struct prg_sqlite *s, struct prg_error *err)
{
	bool index = prg_sqlite_inode(s, "-shm") != 0;
	struct stat log = prg_sqlite_stat(s, "-wal");
	int lock;

	s->immutable = (log.st_ino == 0 || (log.st_size == 0 && !index)) &&
	    prg_sqlite_inode(s, "-journal") == 0;
	if (s->mode != PRG_STORE_READ && log.st_size > 0 &&
	    prg_sqlite_stat(s, "").st_size <= MOST_CHECKED &&
	    (lock = prg_sqlite_lock_out(s)) != -1)
		s->unclean = close(lock) == 0;
	if (s->mode != PRG_STORE_READ || log.st_size == 0 || index ||
	    geteuid() == 0 || geteuid() == prg_sqlite_stat(s, "").st_uid)
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
	/* An older database beside the WAL of another is not seen otherwise. */
	if (prg_sqlite_recognise(s, *db, ready, err) == -1 || (s->unclean &&
	    prg_sqlite_sound(s, *db, err) == -1)) {
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
	struct stat st;

	if (prg_sqlite_check_path(s, err) == -1 || check_log(s, err) == -1)
		return -1;
	st = prg_sqlite_stat(s, "");
	s->file = st.st_ino;
	s->changed = st.st_mtim;
	there = st.st_size > 0 || s->mode != PRG_STORE_SERVE;
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
	if (!prg_sqlite_add_reader(s, db))
		return prg_error_set(err, "%s: out of memory", s->path);
	if (s->file == 0)
		s->file = prg_sqlite_inode(s, "");
	/* It may have been restored since it was looked at first. */
	return prg_sqlite_in_place(s, err);
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
	.count = prg_sqlite_count,
	.scan = prg_sqlite_scan,
	.put = prg_sqlite_put,
	.erase = prg_sqlite_erase,
	.sweep = prg_sqlite_sweep,
	.purge = prg_sqlite_purge,
	.keyring = prg_sqlite_keyring,
	.rotate = prg_sqlite_rotate,
	.migrate = prg_sqlite_migrate,
	.check = prg_sqlite_check,
	.borrow = prg_sqlite_borrow,
	.give_back = prg_sqlite_give_back,
	.sql = prg_sqlite_sql,
	.stats = prg_sqlite_stats,
	.backup = prg_sqlite_backup,
	.close = sqlite_close
};

static void
make_locks(struct prg_sqlite *s)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	s->most = processors > 0 ? 2 * (int)processors : 2;
	s->last = &s->first;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->given, NULL);
	pthread_mutex_init(&s->queue_lock, NULL);
	pthread_cond_init(&s->more, NULL);
	pthread_cond_init(&s->settled, NULL);
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
	s->eraser = place->eraser;
	prg_sqlite_resolve(s, path);
	make_locks(s);
	if (open_store(s, err) == -1) {
		sqlite_close(&s->store);
		return -1;
	}
	*store = &s->store;
	return 0;
}
