/*
 * sqlite_backup.c - a store to a file, and a store from a file.
 *
 * SQLite copies the pages of one moment, with what only the WAL has yet.  The
 * copy is checked and synced before it gets its name, so a file of that name
 * is good or is not there.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/sqlite.h"

/*
 * The bytes on which each connection holds a lock while it is open, and for
 * which a new one waits (sqlite.org/fileformat2.html, "The Lock-Byte Page").
 */
enum { LOCKS = 0x40000000, LOCKS_LENGTH = 512 };

/* The files that are one database. */
static const char *const suffixes[] = { "", "-wal", "-journal", NULL };

static int
system_error(const char *path, struct prg_error *err)
{
	return prg_error_set(err, "%s: %s", path, strerror(errno));
}

/* -- The copy ------------------------------------------------------------ */

int
prg_sqlite_sound(sqlite3 *db, const char *path, struct prg_error *err)
{
	const char *found;
	sqlite3_stmt *st;
	int rc = -1;

	if (sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &st,
	    NULL) != SQLITE_OK || sqlite3_step(st) != SQLITE_ROW)
		prg_error_set(err, "%s: %s", path, sqlite3_errmsg(db));
	else if (strcmp(found = (const char *)sqlite3_column_text(st, 0),
	    "ok") != 0)
		prg_error_set(err, "%s is damaged: %s; restore a backup",
		    path, found);
	else
		rc = 0;
	sqlite3_finalize(st);
	return rc;
}

/* Copy all pages into an empty file; it needs no WAL to be read. */
static int
copy_pages(struct prg_sqlite *s, const char *path, struct prg_error *err)
{
	void *from, *lent = prg_sqlite_borrow(&s->store, &from);
	sqlite3_backup *b = NULL;
	sqlite3 *to = NULL;
	int rc = -1, looks = 0;

	if (lent == NULL)
		return prg_error_set(err, "%s: can't be read", s->path);
	if (sqlite3_open(path, &to) == SQLITE_OK)
		b = sqlite3_backup_init(to, "main", from, "main");
	while (b != NULL && (sqlite3_backup_step(b, -1) & 0xff) ==
	    SQLITE_BUSY && prg_sqlite_wait(NULL, looks++))
		;
	if (b == NULL || sqlite3_backup_finish(b) != SQLITE_OK ||
	    sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL,
	    NULL) != SQLITE_OK)
		prg_error_set(err, "%s: %s", path, sqlite3_errmsg(to));
	else if (prg_sqlite_sound(to, s->path, err) == 0)
		rc = prg_sqlite_in_place(s, err);
	sqlite3_close(to);
	prg_sqlite_give_back(&s->store, lent);
	return rc;
}

/* Make a checked copy under a name of its own, "{path}.XXXXXX". */
static int
make_copy(struct prg_sqlite *s, const char *path, char part[PATH_MAX],
    struct prg_error *err)
{
	int fd;

	if (snprintf(part, PATH_MAX, "%s.XXXXXX", path) >= PATH_MAX)
		return prg_error_set(err, "%s: the path is too long", path);
	if ((fd = mkstemp(part)) == -1)
		return system_error(path, err);
	close(fd);
	if (copy_pages(s, part, err) == 0)
		return 0;
	unlink(part);
	return -1;
}

static int
sync_path(const char *path, struct prg_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc = fd != -1 ? fsync(fd) : -1;

	if (rc == -1)
		system_error(path, err);
	if (fd != -1)
		close(fd);
	return rc;
}

static void
folder_of(const char *path, char folder[PATH_MAX])
{
	char copy[PATH_MAX];

	snprintf(copy, sizeof(copy), "%s", path);
	snprintf(folder, PATH_MAX, "%s", dirname(copy));
}

/* Give a copy its name, durably. */
static int
name_copy(const char *part, const char *path, struct prg_error *err)
{
	char folder[PATH_MAX];

	folder_of(path, folder);
	if (sync_path(part, err) == -1)
		return -1;
	if (rename(part, path) == -1)
		return system_error(path, err);
	return sync_path(folder, err);
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

/* -- Restore ------------------------------------------------------------- */

/*
 * Lock out all programs until 'fd' is closed; one that starts waits.  -1 with
 * a sentence if one has the store open.
 */
static int
lock_out(int fd, const char *path, struct prg_error *err)
{
	struct flock f = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
	    .l_start = LOCKS, .l_len = LOCKS_LENGTH };

	if (fcntl(fd, F_OFD_SETLK, &f) == 0)
		return 0;
	return prg_error_set(err, "%s is in use; stop the program first",
	    path);
}

/* Move the old store to "{path}.old", with the rows that its WAL has. */
static int
move_away(const char *path, struct prg_error *err)
{
	char from[PATH_MAX + 16], to[PATH_MAX + 16];

	for (const char *const *s = suffixes; *s != NULL; s++) {
		snprintf(from, sizeof(from), "%s%s", path, *s);
		snprintf(to, sizeof(to), "%s.old%s", path, *s);
		if (rename(from, to) == -1 && errno != ENOENT)
			return system_error(from, err);
	}
	snprintf(from, sizeof(from), "%s-shm", path);
	unlink(from);
	return 0;
}

/* The copy gets the owner and the mode of the store, or the folder's owner. */
static int
give_owner(const char *part, const char *path, struct prg_error *err)
{
	char folder[PATH_MAX];
	struct stat st;
	bool there = stat(path, &st) == 0;

	folder_of(path, folder);
	if ((there || stat(folder, &st) == 0) &&
	    chown(part, st.st_uid, st.st_gid) == 0 &&
	    chmod(part, there ? st.st_mode & 0777 : 0600) == 0)
		return 0;
	return prg_error_set(err, "%s: %s; run this as the owner of the store",
	    path, strerror(errno));
}

/* With all programs locked out. */
static int
replace(struct prg_sqlite *from, const char *path, struct prg_error *err)
{
	char part[PATH_MAX], old[PATH_MAX];

	if (snprintf(old, sizeof(old), "%s.old", path) >= PATH_MAX)
		return prg_error_set(err, "%s: the path is too long", path);
	if (check_free(old, err) == -1 ||
	    make_copy(from, path, part, err) == -1)
		return -1;
	if (give_owner(part, path, err) == 0 && move_away(path, err) == 0 &&
	    name_copy(part, path, err) == 0)
		return 0;
	unlink(part);
	return -1;
}

int
prg_sqlite_restore(const char *path, const char *file,
    const struct prg_store_place *place, struct prg_error *err)
{
	const struct prg_store_place source = { .url = file,
	    .mode = PRG_STORE_READ, .app = place->app };
	struct prg_sqlite to = { .mode = PRG_STORE_SERVE };
	struct prg_store *from;
	int fd, rc = -1;

	prg_sqlite_resolve(&to, path);
	if (prg_sqlite_check_path(&to, err) == -1 ||
	    prg_sqlite_open(file, &source, &from, err) == -1)
		return -1;
	fd = open(to.path, O_RDWR | O_CLOEXEC);
	if (fd == -1 && errno != ENOENT)
		system_error(to.path, err);
	else if (fd == -1 || lock_out(fd, to.path, err) == 0)
		rc = replace((struct prg_sqlite *)from, to.path, err);
	if (fd != -1)
		close(fd);
	prg_store_close(from);
	return rc;
}
