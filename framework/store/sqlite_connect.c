/*
 * sqlite_connect.c - the files of a store, and connections to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

struct stat
prg_sqlite_stat(const struct prg_sqlite *s, const char *suffix)
{
	char name[sizeof(s->path) + 8];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", s->path, suffix);
	return stat(name, &st) == 0 ? st : (struct stat){ 0 };
}

ino_t
prg_sqlite_inode(const struct prg_sqlite *s, const char *suffix)
{
	return prg_sqlite_stat(s, suffix).st_ino;
}

int
prg_sqlite_in_place(const struct prg_sqlite *s, struct prg_error *err)
{
	struct stat st = prg_sqlite_stat(s, "");

	if (s->immutable && (st.st_mtim.tv_sec != s->changed.tv_sec ||
	    st.st_mtim.tv_nsec != s->changed.tv_nsec ||
	    prg_sqlite_stat(s, "-wal").st_size > 0))
		return prg_error_set(err, "%s: changed while it was read; run"
		    " this again", s->path);
	if (st.st_ino != s->file)
		return prg_error_set(err, "%s: the file was moved or replaced;"
		    " put it back", s->path);
	if (s->log != 0 && prg_sqlite_inode(s, "-wal") != s->log)
		return prg_error_set(err, "%s-wal: the file was removed;"
		    " restart the program, which writes its rows to %s first",
		    s->path, s->path);
	return 0;
}

void
prg_sqlite_resolve(struct prg_sqlite *s, const char *path)
{
	if (realpath(path, s->path) == NULL)
		snprintf(s->path, sizeof(s->path), "%s", path);
}

static const char *
user_name(void)
{
	static _Thread_local char text[1024];
	struct passwd row, *user;

	if (getpwuid_r(geteuid(), &row, text, sizeof(text), &user) == 0 &&
	    user != NULL)
		return user->pw_name;
	snprintf(text, sizeof(text), "%u", (unsigned)geteuid());
	return text;
}

/* A WAL and other files are made beside the database. */
static int
check_folder(const struct prg_sqlite *s, struct prg_error *err)
{
	char copy[sizeof(s->path)];
	const char *folder;

	memcpy(copy, s->path, sizeof(copy));
	folder = dirname(copy);
	if (eaccess(folder, W_OK | X_OK) == 0)
		return 0;
	if (errno == ENOENT || errno == ENOTDIR)
		return prg_error_set(err, "--store: %s: there is no folder %s;"
		    " create it", s->path, folder);
	return prg_error_set(err, "--store: %s: user %s can't create files in"
	    " %s: %s; give it write permission (w and x) on that folder",
	    s->path, user_name(), folder, strerror(errno));
}

int
prg_sqlite_check_path(const struct prg_sqlite *s, struct prg_error *err)
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
		if (s->mode == PRG_STORE_READ)
			return prg_error_set(err, "%s: can't be opened: %s",
			    s->path, strerror(errno));
	} else if (!S_ISREG(st.st_mode))
		return prg_error_set(err, "%s: can't be opened: not a file",
		    s->path);
	else if (s->mode != PRG_STORE_READ && eaccess(s->path, W_OK) == -1)
		return prg_error_set(err, "--store: %s: user %s can't write to"
		    " it: %s", s->path, user_name(), strerror(errno));
	if (s->mode != PRG_STORE_READ && check_folder(s, err) == -1)
		return -1;
	if (prg_sqlite_stat(s, "").st_size == 0 &&
	    prg_sqlite_stat(s, "-wal").st_size > 0)
		return prg_error_set(err, "%s is missing, but %s-wal holds rows"
		    " of it; put %s back", s->path, s->path, s->path);
	return 0;
}

/*
 * These bytes are locked by each connection while it is open, and a new one
 * waits for them (sqlite.org/fileformat2.html, "The Lock-Byte Page").
 */
int
prg_sqlite_lock_out(const struct prg_sqlite *s)
{
	struct flock f = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
	    .l_start = 0x40000000, .l_len = 512 };
	int fd = open(s->path, O_RDWR | O_CLOEXEC);

	if (fd == -1 || fcntl(fd, F_OFD_SETLK, &f) == 0)
		return fd;
	close(fd);
	errno = EBUSY;
	return -1;
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
		sqlite3_exec(*db, "PRAGMA temp_store = MEMORY", NULL, NULL,
		    NULL);
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

int
prg_sqlite_sound(const struct prg_sqlite *s, sqlite3 *db,
    struct prg_error *err)
{
	const char *found;
	sqlite3_stmt *st;
	int rc = -1;

	if (sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &st,
	    NULL) != SQLITE_OK || sqlite3_step(st) != SQLITE_ROW)
		prg_sqlite_error(s, db, err);
	else if (strcmp(found = (const char *)sqlite3_column_text(st, 0),
	    "ok") == 0)
		rc = 0;
	else
		prg_error_set(err, "%s is damaged: %s; restore a backup",
		    s->path, found);
	sqlite3_finalize(st);
	return rc;
}
