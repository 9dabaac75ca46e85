/*
 * sqlite.h - the parts of the SQLite store.
 *
 * sqlite.c opens the store, sqlite_schema.c recognises and migrates it,
 * sqlite_connect.c makes connections, sqlite_read.c has those that read.
 * sqlite_batch.c is the thread that writes, sqlite_writer.c its connection,
 * sqlite_jobs.c and sqlite_erase.c what it writes.  sqlite_sql.c runs the app's
 * statements.
 * sqlite_backup.c copies and restores the whole.
 */
#ifndef PRG_SQLITE_H
#define PRG_SQLITE_H

#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "gateway/pool.h"
#include "store/store.h"
#include "store/turn.h"

/* How long another program may hold the write lock, or a process the turn. */
enum { PRG_SQLITE_BUSY_MS = 5000 };

/* The statements of the writing thread. */
enum prg_sqlite_statement {
	PRG_SQLITE_BEGIN,
	PRG_SQLITE_COMMIT,
	PRG_SQLITE_ROLLBACK,
	PRG_SQLITE_SAVE,
	PRG_SQLITE_UNDO,
	PRG_SQLITE_RELEASE,
	PRG_SQLITE_PUT,
	PRG_SQLITE_SET_RESULT,
	PRG_SQLITE_ERASE,
	PRG_SQLITE_FIND,
	PRG_SQLITE_FIND_EXPIRED,
	PRG_SQLITE_DELETE,
	PRG_SQLITE_PURGE,
	PRG_SQLITE_ADD_SECRET,
	PRG_SQLITE_FORGET_SECRETS,
	PRG_SQLITE_STATEMENTS
};

struct prg_sqlite;
struct prg_sqlite_reader;

/* Work for the writing thread, on the stack of the caller. */
struct prg_sqlite_job {
	/*
	 * Runs in a transaction with other jobs, and sets 'end'.  False undoes
	 * what it did; the log says why.
	 */
	bool			(*run)(struct prg_sqlite *,
				    struct prg_sqlite_job *);
	enum prg_put		 end;		/* FAIL if the commit failed */
	bool			 several;	/* statements to be undone */
	const struct prg_row	*row;
	struct prg_record	*record;
	void			*arg;
	int64_t			 time;
	int			 count;		/* rows that were changed */
	bool			 more;		/* there may be others */
	bool			 unwaited;	/* 'waiter' is not used */
	bool			 settled;
	struct prg_waiter	 waiter;
	struct prg_sqlite_job	*next;
};

struct prg_sqlite {
	struct prg_store	 store;		/* first: the seam casts */
	char			 path[PATH_MAX];
	enum prg_store_mode	 mode;
	const char		*app;
	struct prg_record	 eraser;
	int			 migrations;	/* of the app, as opened */
	/* Only read, and not open elsewhere: nothing is made beside it. */
	bool			 immutable;
	/* The last process that wrote has not closed it. */
	bool			 unclean;
	ino_t			 file;		/* as opened */
	struct timespec		 changed;	/* then */
	_Atomic ino_t		 log;		/* 0: not known yet */

	/* Connections that read. */
	pthread_mutex_t		 lock;		/* of those below */
	pthread_cond_t		 given;
	struct prg_sqlite_reader *idle;		/* the last used first */
	int			 open;		/* not lent to a handler */
	int			 most;

	/* Jobs for the writing thread. */
	pthread_mutex_t		 queue_lock;	/* of those below */
	pthread_cond_t		 more, settled;
	pthread_t		 thread;
	bool			 started, stop;
	struct prg_sqlite_job	*first, **last;
	struct prg_store_stats	 stats;
	struct prg_sqlite_job	 sweep;		/* outlives its call */
	bool			 sweeping;

	/* The writing thread's own. */
	sqlite3			*db;		/* NULL until it is needed */
	sqlite3_stmt		*st[PRG_SQLITE_STATEMENTS];	/* so too */
	int			 turn;
	int			 log_pages;	/* in the WAL */
	bool			 company;	/* the last batch was large */
	bool			 erased;	/* the WAL has such rows */
	bool			 swept;		/* its pages lie anywhere */
	int64_t			 emptied;	/* last try to empty it, ms */
	/* The last expired row that could not be erased; 0: none. */
	int64_t			 stuck_expires, stuck_rowid;
	bool			 sweep_erased;	/* the one that goes on */
	struct prg_db		*lent;		/* to the app; or NULL */
};

#define PRG_SQLITE_COLUMNS						\
	"id, route, state, owner, digest, input, result, location, "	\
	"created, modified, expires, lease, attempts"

/* -- sqlite_connect.c --------------------------------------------------- */

/* SQLite resolves links, too: the files beside it lie beside the target. */
void	prg_sqlite_resolve(struct prg_sqlite *, const char *path);

/* Look at the path before anything is opened or made.  -1 with a sentence. */
int	prg_sqlite_check_path(const struct prg_sqlite *, struct prg_error *);

/*
 * Lock out all programs until the descriptor is closed.  -1 with errno if one
 * has the database open.  Before this process connects only: close(2) drops the
 * locks that SQLite has in it.
 */
int	prg_sqlite_lock_out(const struct prg_sqlite *);

/* Open a connection; 'flags' are sqlite3_open_v2()'s.  -1 with a sentence. */
int	prg_sqlite_connect(const struct prg_sqlite *, int flags, sqlite3 **,
	    struct prg_error *);

/* stat(2) of "{path}{suffix}"; all zeros if there is no such file. */
struct stat	prg_sqlite_stat(const struct prg_sqlite *, const char *suffix);
ino_t	prg_sqlite_inode(const struct prg_sqlite *, const char *suffix);

/*
 * Check that the database and its WAL are the files that were opened.  -1 with
 * a sentence: rows written to a file that was removed would be lost, and what
 * was read from an immutable file that has changed is of two moments.
 */
int	prg_sqlite_in_place(const struct prg_sqlite *, struct prg_error *);

/* An SQLite busy handler that waits for PRG_SQLITE_BUSY_MS. */
int	prg_sqlite_wait(void *, int looks);

/* Prepare a statement that is kept for long. */
int	prg_sqlite_prepare(sqlite3 *, const char *sql, sqlite3_stmt **);

/* Have SQLite check the whole database.  -1 with its first finding. */
int	prg_sqlite_sound(const struct prg_sqlite *, sqlite3 *,
	    struct prg_error *);

/* Reset the statements that an app left in the middle of their rows. */
void	prg_sqlite_end_statements(sqlite3 *);

/* The error of a connection, to the log or as a sentence.  Always -1. */
int	prg_sqlite_failed(const struct prg_sqlite *, sqlite3 *);
int	prg_sqlite_error(const struct prg_sqlite *, sqlite3 *,
	    struct prg_error *);

/* -- sqlite_schema.c ----------------------------------------------------- */

/*
 * Find out whose database this is.  Returns the version of its schema, 0 if it
 * is empty, or -1 with a sentence; 'ready' if there is nothing left to do.
 */
int	prg_sqlite_recognise(struct prg_sqlite *, sqlite3 *, bool *ready,
	    struct prg_error *);

/* Create or migrate the store, with the turn.  -1 with a sentence. */
int	prg_sqlite_make_ready(struct prg_sqlite *, struct prg_error *);

/* -- sqlite_batch.c ------------------------------------------------------ */

/* Hand a job to the writing thread, and wait until it is settled. */
enum prg_put	prg_sqlite_write(struct prg_sqlite *, struct prg_sqlite_job *);

/* Hand over a job that is 'unwaited'.  False if there is no thread. */
bool	prg_sqlite_enqueue(struct prg_sqlite *, struct prg_sqlite_job *);

/* Write what waits, close the writer, end the thread. */
void	prg_sqlite_stop(struct prg_sqlite *);

/* -- sqlite_writer.c ----------------------------------------------------- */

/* Open the connection that writes.  -1 with a sentence. */
int	prg_sqlite_open_writer(struct prg_sqlite *, struct prg_error *);
void	prg_sqlite_close_writer(struct prg_sqlite *);

/*
 * With the turn: copy a long WAL back into the database.  Empty it after a row
 * was erased, which its pages still have, and when idle, as a copy of the
 * database alone lacks its rows.  That may have to wait until no reader is in
 * the middle of it.
 */
void	prg_sqlite_checkpoint(struct prg_sqlite *, bool idle);

/* A statement to bind values to; NULL if it can't be prepared. */
sqlite3_stmt	*prg_sqlite_statement(struct prg_sqlite *,
		    enum prg_sqlite_statement);

/* Run it.  False if that failed; the log says why. */
bool	prg_sqlite_do(struct prg_sqlite *, enum prg_sqlite_statement);

/* Run it on "?1, ?2": how many rows it changed, or -1. */
int	prg_sqlite_change(struct prg_sqlite *, enum prg_sqlite_statement,
	    int64_t one, int64_t two);

/* -- sqlite_sql.c -------------------------------------------------------- */

/* Lend the connection that writes to SQL of the app.  False if it fails. */
bool	prg_sqlite_lend(struct prg_sqlite *, struct prg_record *,
	    const struct prg_row *);

/* -- The members of struct prg_store_ops --------------------------------- */

void	prg_sqlite_close_readers(struct prg_sqlite *);
bool	prg_sqlite_add_reader(struct prg_sqlite *, sqlite3 *);

enum prg_found	prg_sqlite_find(struct prg_store *, struct prg_arena *,
		    const char *id, struct prg_row *);
struct prg_rows	prg_sqlite_list(struct prg_store *, struct prg_arena *,
		    const struct prg_list *);
int64_t	prg_sqlite_count(struct prg_store *, const struct prg_list *);
int	prg_sqlite_scan(struct prg_store *, const struct prg_scan *);
int	prg_sqlite_check(struct prg_store *, struct prg_error *);
bool	prg_sqlite_borrow(struct prg_store *, struct prg_db *);
void	prg_sqlite_give_back(struct prg_db *);
int	prg_sqlite_sql(struct prg_db *, const char *sql,
	    const struct prg_arg *, json_t *rows);

enum prg_put	prg_sqlite_put(struct prg_store *, const struct prg_row *,
		    struct prg_record *);
enum prg_put	prg_sqlite_erase(struct prg_store *, const struct prg_id *,
		    int64_t modified);
int	prg_sqlite_sweep(struct prg_store *, int64_t now, int *count);
int	prg_sqlite_purge(struct prg_store *, int64_t before);
int	prg_sqlite_keyring(struct prg_store *, struct prg_keyring *);
int	prg_sqlite_rotate(struct prg_store *, int64_t now, int64_t then);
int	prg_sqlite_migrate(struct prg_store *, const char *const *steps,
	    struct prg_error *);
struct prg_store_stats	prg_sqlite_stats(struct prg_store *);
int	prg_sqlite_backup(struct prg_store *, const char *file,
	    struct prg_error *);

#endif
