/*
 * sqlite_wal.c - what a commit adds to the WAL, in one write.
 *
 * SQLite writes each page and the 24 bytes before it by themselves: two system calls
 * a page, and a batch touches nearly a page for each of its rows, in the index of
 * IDs.  For the writer they are put together here and written when it syncs.  That
 * comes before anybody can know of them, since the writer's synchronous is FULL: a
 * commit is made visible, in the WAL-index, after the sync (wal.c, walFrames()).
 * What is rolled back is never written.
 *
 * All else is the file system that SQLite comes with.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/sqlite.h"

enum { ROOM = 120 << 10 };		/* SQLite's unix writes < 128 KB at once */

/* It lies behind the real file, in the memory that SQLite keeps for one. */
struct wal {
	sqlite3_io_methods	 methods;	/* first: a file points to them */
	const sqlite3_io_methods *real;
	char			*waiting;
	int			 len;
	sqlite3_int64		 at;		/* in the file */
};

/* -- The file ------------------------------------------------------------------ */

static struct wal *
wal_of(sqlite3_file *f)
{
	return (struct wal *)(uintptr_t)f->pMethods;
}

static int
flush(sqlite3_file *f)
{
	struct wal *w = wal_of(f);
	int len = w->len;

	w->len = 0;
	return len == 0 ? SQLITE_OK :
	    w->real->xWrite(f, w->waiting, len, w->at);
}

static int
wal_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	struct wal *w = wal_of(f);
	int rc;

	if ((at != w->at + w->len || n > ROOM - w->len) &&
	    (rc = flush(f)) != SQLITE_OK)
		return rc;
	if (n > ROOM)
		return w->real->xWrite(f, p, n, at);
	if (w->len == 0)
		w->at = at;
	memcpy(w->waiting + w->len, p, (size_t)n);
	w->len += n;
	return SQLITE_OK;
}

static int
wal_sync(sqlite3_file *f, int flags)
{
	int rc = flush(f);

	return rc != SQLITE_OK ? rc : wal_of(f)->real->xSync(f, flags);
}

static int
wal_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	int rc = flush(f);

	return rc != SQLITE_OK ? rc : wal_of(f)->real->xRead(f, p, n, at);
}

static int
wal_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	int rc = flush(f);

	return rc != SQLITE_OK ? rc : wal_of(f)->real->xTruncate(f, size);
}

static int
wal_size(sqlite3_file *f, sqlite3_int64 *size)
{
	int rc = flush(f);

	return rc != SQLITE_OK ? rc : wal_of(f)->real->xFileSize(f, size);
}

/* What still waits is of no commit, or it would have been synced. */
static int
wal_close(sqlite3_file *f)
{
	struct wal *w = wal_of(f);

	free(w->waiting);
	f->pMethods = w->real;
	return f->pMethods->xClose(f);
}

static int
wal_wrap(sqlite3_file *f, struct wal *w)
{
	if ((w->waiting = malloc(ROOM)) == NULL) {
		f->pMethods->xClose(f);
		f->pMethods = NULL;
		return SQLITE_NOMEM;
	}
	w->len = 0;
	w->real = f->pMethods;
	w->methods = *w->real;
	w->methods.iVersion = 1;	/* no shared memory, no mmap: of databases */
	w->methods.xClose = wal_close;
	w->methods.xRead = wal_read;
	w->methods.xWrite = wal_write;
	w->methods.xTruncate = wal_truncate;
	w->methods.xSync = wal_sync;
	w->methods.xFileSize = wal_size;
	f->pMethods = &w->methods;
	return SQLITE_OK;
}

/*
 * What still waits at a rollback is nothing any more, and the write lock is gone: in
 * its place another process may write.
 */
static void
rolled_back(void *db)
{
	sqlite3_file *f = NULL;

	sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &f);
	if (f != NULL && f->pMethods != NULL && f->pMethods->xWrite == wal_write)
		wal_of(f)->len = 0;
}

void
prg_sqlite_watch_rollback(sqlite3 *db)
{
	sqlite3_rollback_hook(db, rolled_back, db);
}

/* -- The file system ------------------------------------------------------------- */

static sqlite3_vfs *real_vfs, writer_vfs;

static int
vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags,
    int *out)
{
	int rc = real_vfs->xOpen(real_vfs, name, f, flags, out);

	(void)v;
	if (rc != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0)
		return rc;
	return wal_wrap(f, (struct wal *)((char *)f + writer_vfs.szOsFile -
	    sizeof(struct wal)));
}

/* A copy of the real one, so that what it has no function of its own for is as there. */
static void
vfs_make(void)
{
	const int align = (int)_Alignof(struct wal);

	if ((real_vfs = sqlite3_vfs_find(NULL)) == NULL)
		return;
	writer_vfs = *real_vfs;
	writer_vfs.pNext = NULL;
	writer_vfs.zName = "prg-writer";
	writer_vfs.szOsFile = (real_vfs->szOsFile + align - 1) / align * align +
	    (int)sizeof(struct wal);
	writer_vfs.xOpen = vfs_open;
	sqlite3_vfs_register(&writer_vfs, 0);
}

const char *
prg_sqlite_writer_vfs(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, vfs_make);
	return writer_vfs.zName;
}
