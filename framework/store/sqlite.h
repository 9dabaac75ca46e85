/*
 * sqlite.h - what the parts of the SQLite store share.
 *
 * sqlite.c opens and migrates, sqlite_read.c has the readers, sqlite_write.c the
 * one writer and sqlite_wal.c how it writes, sqlite_secret.c the secrets;
 * sqlite_stamp.c looks whether anything was written.
 */
#ifndef PRG_SQLITE_H
#define PRG_SQLITE_H

#include <pthread.h>
#include <sqlite3.h>

#include "store/kept.h"
#include "store/store.h"
#include "store/turn.h"

/* How long another process may hold the write lock. */
enum { PRG_SQLITE_BUSY_MS = 5000 };

/* The writer's statements. */
enum prg_sqlite_statement {
	PRG_SQLITE_BEGIN,
	PRG_SQLITE_COMMIT,
	PRG_SQLITE_ROLLBACK,
	PRG_SQLITE_SAVE,
	PRG_SQLITE_UNDO,
	PRG_SQLITE_RELEASE,
	PRG_SQLITE_PUT,
	PRG_SQLITE_ERASE,
	PRG_SQLITE_SWEEP_DRAFTS,
	PRG_SQLITE_SWEEP_RESULTS,
	PRG_SQLITE_PURGE,
	PRG_SQLITE_STATEMENTS
};

struct prg_sqlite_reader;

struct prg_sqlite {
	struct prg_store	 store;		/* first: the seam casts */
	char			*path;
	sqlite3			*db;		/* the writer, once it is needed */
	sqlite3_stmt		*st[PRG_SQLITE_STATEMENTS];	/* so too */
	int			 turn;		/* among processes; with the writer */
	pthread_mutex_t		 write_lock;	/* of the three above */
	struct prg_sqlite_reader *readers;	/* those that rest */
	pthread_mutex_t		 lock;		/* of 'readers' */
	struct prg_kept		*kept;		/* what they have read */
	const _Atomic uint32_t	*header;	/* of the WAL-index */
};

#define PRG_SQLITE_COLUMNS						\
	"id, route, state, owner, digest, input, result, location, "	\
	"created, modified, expires, lease, attempts"

/* What a connection is for. */
enum prg_sqlite_role {
	PRG_SQLITE_FIRST,	/* finds the database in order, or makes it */
	PRG_SQLITE_READER,
	PRG_SQLITE_WRITER
};

/* Open one connection.  -1 with a sentence, and no connection. */
int	prg_sqlite_connect(const char *path, enum prg_sqlite_role, sqlite3 **,
	    struct prg_error *);

/* Locked: open the writer.  -1 with a sentence. */
int	prg_sqlite_open_writer(struct prg_sqlite *, struct prg_error *);

/* Prepare a statement that is kept. */
int	prg_sqlite_prepare(sqlite3 *, const char *sql, sqlite3_stmt **);

/* Step a statement that gives no rows, and reset it: SQLITE_OK or an error. */
int	prg_sqlite_run(sqlite3_stmt *);

/* Reset the statements that an app has left in the middle of their rows. */
void	prg_sqlite_end_statements(sqlite3 *);

/* Say in the log what went wrong; always -1. */
int	prg_sqlite_failed(const struct prg_sqlite *, sqlite3 *);

/* -- sqlite_write.c -------------------------------------------------------------- */

/*
 * Lock the writer, which is opened when it is needed first; it is our turn.  False
 * if it can't be opened: the log says why.
 */
bool	prg_sqlite_take_writer(struct prg_sqlite *);
void	prg_sqlite_give_writer(struct prg_sqlite *);

/* Locked: run one of its statements; SQLITE_OK or an error. */
int	prg_sqlite_do(struct prg_sqlite *, enum prg_sqlite_statement);

/* -- sqlite_stamp.c -------------------------------------------------------------- */

/* Once, with the first connection. */
void	prg_sqlite_find_stamp(struct prg_sqlite *);
/* The state the database is in; false if it can't be told just now. */
bool	prg_sqlite_stamp(struct prg_sqlite *, struct prg_stamp *);

/* -- sqlite_wal.c ---------------------------------------------------------------- */

/* The name of the writer's file system, for sqlite3_open_v2(); NULL: the usual. */
const char	*prg_sqlite_writer_vfs(void);

/* Of a writer that uses it, once it is open. */
void	prg_sqlite_watch_rollback(sqlite3 *);

/* -- The members of struct prg_store_ops ------------------------------------------ */

enum prg_found	prg_sqlite_find(struct prg_store *, struct prg_arena *,
		    const char *id, struct prg_row *);
struct prg_rows	prg_sqlite_list(struct prg_store *, struct prg_arena *,
		    const struct prg_list *);
void	*prg_sqlite_borrow(struct prg_store *, void **db);
void	 prg_sqlite_give_back(struct prg_store *, void *lent);
bool	 prg_sqlite_add_reader(struct prg_sqlite *, sqlite3 *);
void	 prg_sqlite_close_readers(struct prg_sqlite *);

int	prg_sqlite_commit(struct prg_store *, struct prg_batch *);
int	prg_sqlite_sweep(struct prg_store *, int64_t now, int count);
int	prg_sqlite_purge(struct prg_store *, int64_t before);
int	prg_sqlite_keyring(struct prg_store *, struct prg_keyring *);
int	prg_sqlite_rotate(struct prg_store *, int64_t now, int64_t age);
int	prg_sqlite_schema(struct prg_store *, const char *sql,
	    struct prg_error *);

#endif
