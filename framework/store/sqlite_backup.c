/*
 * sqlite_backup.c - a store to a file, and a store from a file.
 *
 * SQLite copies the pages of one moment, with what only the WAL has yet, and
 * syncs them.  The copy is checked before it gets its name, so a file of that
 * name is good or is not there.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/sqlite.h"

enum { PIECE = 256 };		/* pages */

/* The files that are one database. */
static const char *const suffixes[] = { "", "-wal", "-journal", NULL };

static int
failed(const char *path, struct prg_error *err)
{
	return prg_error_set(err, "%s: %s", path, strerror(errno));
}

/*
 * The copy of one moment, in pieces: each is synced, so that the syncs of a
 * server beside it do not wait for all of it.
 */
static void
copy_pieces(struct sqlite3 *from, sqlite3_backup *b, int fd)
{
	int looks = 0, rc;

	sqlite3_exec(from, "BEGIN; SELECT 1 FROM sqlite_schema", NULL, NULL,
	    NULL);
	do {
		rc = sqlite3_backup_step(b, PIECE) & 0xff;
		if (rc == SQLITE_OK)
			fdatasync(fd);
	} while (rc == SQLITE_OK || (rc == SQLITE_BUSY &&
	    prg_sqlite_wait(NULL, looks++)));
	sqlite3_exec(from, "COMMIT", NULL, NULL, NULL);
}

/* Copy all pages into an empty file; without a WAL, as it may be read only. */
static int
copy_pages(struct prg_sqlite *s, const char *path, int fd,
    struct prg_error *err)
{
	struct prg_db from;
	sqlite3_backup *b = NULL;
	sqlite3 *to = NULL;
	int rc = -1;

	if (!prg_sqlite_borrow(&s->store, &from))
		return prg_error_set(err, "%s: can't be read", s->path);
	if (sqlite3_open(path, &to) == SQLITE_OK)
		b = sqlite3_backup_init(to, "main", from.handle, "main");
	if (b != NULL)
		copy_pieces(from.handle, b, fd);
	if (b == NULL || sqlite3_backup_finish(b) != SQLITE_OK ||
	    sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL,
	    NULL) != SQLITE_OK)
		prg_error_set(err, "%s: %s", path, sqlite3_errmsg(to));
	else if (prg_sqlite_sound(s, to, err) == 0)
		rc = prg_sqlite_in_place(s, err);
	sqlite3_close(to);
	prg_sqlite_give_back(&from);
	return rc;
}

/* Make a checked copy under a name of its own, "{path}.XXXXXX". */
static int
make_copy(struct prg_sqlite *s, const char *path, char part[PATH_MAX],
    struct prg_error *err)
{
	int fd = -1, rc;

	errno = ENAMETOOLONG;
	if (snprintf(part, PATH_MAX, "%s.XXXXXX", path) >= PATH_MAX ||
	    (fd = mkostemp(part, O_CLOEXEC)) == -1)
		return failed(path, err);
	/* To close it before SQLite has ended would end SQLite's locks. */
	if ((rc = copy_pages(s, part, fd, err)) == -1)
		unlink(part);
	close(fd);
	return rc;
}

/* Give the copy its name, durably. */
static int
name_copy(const char *part, const char *path, struct prg_error *err)
{
	char folder[PATH_MAX];
	int fd, rc = -1;

	if (rename(part, path) == -1)
		return failed(path, err);
	snprintf(folder, sizeof(folder), "%s", path);
	if ((fd = open(dirname(folder), O_RDONLY | O_CLOEXEC)) == -1 ||
	    (rc = fsync(fd)) == -1)
		failed(path, err);
	if (fd != -1)
		close(fd);
	return rc;
}

/* A file that lies there is not written over, nor joined by its WAL. */
static int
check_free(const char *path, struct prg_error *err)
{
	char name[PATH_MAX + 16];
	struct stat st;

	for (const char *const *s = suffixes; *s != NULL; s++) {
		snprintf(name, sizeof(name), "%s%s", path, *s);
		if (lstat(name, &st) == 0)
			return prg_error_set(err, "%s exists; move it away"
			    " or give another name", name);
	}
	return 0;
}

int
prg_sqlite_backup(struct prg_store *store, const char *file,
    struct prg_error *err)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	char part[PATH_MAX];

	if (check_free(file, err) == -1 || make_copy(s, file, part, err) == -1)
		return -1;
	if (name_copy(part, file, err) == 0)
		return 0;
	unlink(part);
	return -1;
}

/* Move a store to "{path}.old", with the rows that its WAL has. */
static int
move_away(const char *path, struct prg_error *err)
{
	char from[PATH_MAX + 16], to[PATH_MAX + 16];

	for (const char *const *s = suffixes; *s != NULL; s++) {
		snprintf(from, sizeof(from), "%s%s", path, *s);
		snprintf(to, sizeof(to), "%s.old%s", path, *s);
		if (rename(from, to) == -1 && errno != ENOENT)
			return failed(from, err);
	}
	snprintf(from, sizeof(from), "%s-shm", path);
	unlink(from);
	return 0;
}

/* The copy gets the owner and the mode of the store, or the folder's owner. */
static int
give_owner(const char *part, const char *path)
{
	char folder[PATH_MAX];
	struct stat st;
	bool there = stat(path, &st) == 0;

	snprintf(folder, sizeof(folder), "%s", path);
	if (!there && stat(dirname(folder), &st) == -1)
		return -1;
	return chown(part, st.st_uid, st.st_gid) == -1 ? -1 :
	    chmod(part, there ? st.st_mode & 0777 : 0600);
}

int
prg_sqlite_restore(struct prg_store *from, const char *path,
    struct prg_error *err)
{
	struct prg_sqlite to = { .mode = PRG_STORE_SERVE };
	char part[PATH_MAX], old[PATH_MAX + 8];
	int lock, rc = -1;

	prg_sqlite_resolve(&to, path);
	snprintf(old, sizeof(old), "%s.old", to.path);
	if (prg_sqlite_check_path(&to, err) == -1 ||
	    check_free(old, err) == -1)
		return -1;
	/* From here on a program that starts waits. */
	if ((lock = prg_sqlite_lock_out(&to)) == -1 && errno != ENOENT)
		return prg_error_set(err, "%s is in use; stop the program"
		    " first", to.path);
	if (make_copy((struct prg_sqlite *)from, to.path, part, err) == 0) {
		if (give_owner(part, to.path) == -1)
			prg_error_set(err, "%s: %s; run this as the owner of"
			    " the store", to.path, strerror(errno));
		else if (move_away(to.path, err) == 0)
			rc = name_copy(part, to.path, err);
		if (rc == -1)
			unlink(part);
	}
	if (lock != -1)
		close(lock);
	return rc;
}
