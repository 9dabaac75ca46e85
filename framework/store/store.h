/*
 * store.h - what outlives the redirect: submissions, each under its ID.
 *
 * The seam for databases: SQLite is one.  Every statement touches one ID, but
 * for the list of a route and what looks after the whole.
 */
#ifndef PRG_STORE_H
#define PRG_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/id.h"
#include "form/key.h"
#include "prg.h"

enum prg_state {
	PRG_STATE_DRAFT,	/* to be corrected; 'input' is what was typed */
	PRG_STATE_PENDING,	/* claimed; work goes on */
	PRG_STATE_DONE,
	PRG_STATE_FAILED,
	PRG_STATE_GONE		/* nothing but the ID is left */
};

/* One submission.  Texts are NULL where there is nothing. */
struct prg_row {
	struct prg_id	 id;
	const char	*route;		/* path of the route, as in the table */
	enum prg_state	 state;
	const char	*owner;
	const char	*digest;
	const char	*input;		/* JSON */
	const char	*result;	/* JSON */
	const char	*location;	/* NULL: its 303 leads to itself */
	int64_t		 created;	/* milliseconds since 1970 */
	int64_t		 modified;
	int64_t		 expires;	/* 0: never */
	int64_t		 lease;
	int		 attempts;	/* of a draft: its number, from 1 */
};

/* Which rows to list, the last stored first. */
struct prg_list {
	/* NULL: all, in any state; else results that have not expired. */
	const char	*route;
	const char	*owner;		/* NULL: anyone's */
	int		 count;		/* at most */
	bool		 all;		/* also those that lead elsewhere */
	const char	*before;	/* older than that ID, or NULL */
};

struct prg_rows {
	struct prg_row	*list;
	int		 count;		/* -1: the store did not answer */
};

/*
 * Which submissions to go through: those of a route that were made since then
 * (milliseconds), without drafts and what has expired.
 */
struct prg_scan {
	const char	*route;
	int64_t		 since;
	bool		 newest;	/* first; else the first one first */
	/*
	 * Called with id, state, created and input of each.  False ends it.
	 */
	bool		(*row)(void *arg, const struct prg_row *);
	void		*arg;
};

enum prg_found {
	PRG_FOUND,
	PRG_FOUND_NONE,
	PRG_FOUND_FAIL		/* the store did not answer; it is in the log */
};

/* The secrets, the same in all processes that share the store. */
struct prg_keyring {
	struct prg_secrets	secrets;
	unsigned char		naming[PRG_SECRET_BYTES]; /* never rotated */
};

/* How a put or an erase ended. */
enum prg_put {
	PRG_PUT_FAIL,		/* nothing of it is stored; the log says why */
	PRG_PUT_DONE,		/* durable */
	PRG_PUT_EXISTS,		/* the ID is taken; to erase: no row */
	PRG_PUT_REFUSED,	/* by 'record': the row is undone as well */
	PRG_PUT_BUSY		/* too many wait for the disk */
};

/* The database, for one call of a function of the app. */
struct prg_db {
	struct prg_store	*store;
	void			*handle;	/* the database's own */
	void			*lent;		/* the store's own */
	struct prg_arena	*arena;		/* of what the app gets */
	bool			 writes;	/* in a transaction */
	struct prg_error	 err;		/* its first; "" if none */
};

/*
 * The app's own SQL, run in the transaction that stores or erases the row; a
 * row that is erased has ID and route.  False or an error undoes both.  It may
 * set another result of a row that is stored.  It runs on another thread than
 * the caller's, which waits for it.  It must not end the transaction.
 */
struct prg_record {
	bool			(*run)(void *arg, struct prg_db *,
				    const struct prg_row *);
	void			*arg;
	struct prg_error	 err;	/* why it failed; "" if unknown */
};

struct prg_store_stats {
	unsigned long long	batches; /* transactions, each one sync */
	unsigned long long	rows;	/* put or erased */
	unsigned long long	refused; /* because too many waited */
	int			waiting; /* rows, for the disk, now */
};

enum prg_store_mode {
	PRG_STORE_SERVE,	/* create the store if it is missing */
	PRG_STORE_EDIT,		/* write to a store that is there */
	PRG_STORE_READ		/* change nothing, not even beside the store */
};

/* Which store to open, and for what. */
struct prg_store_place {
	const char		*url;	/* a path, or "sqlite:PATH" */
	enum prg_store_mode	 mode;
	/* Refuse the store of an app of another name.  NULL: of any. */
	const char		*app;
	const char		*const *migrations; /* of the app; or NULL */
	struct prg_record	 eraser;
};

struct prg_store;

/* What a kind of database does.  Any thread may call any of these. */
struct prg_store_ops {
	/* Read a submission; its texts are the arena's. */
	enum prg_found	(*find)(struct prg_store *, struct prg_arena *,
			    const char *id, struct prg_row *);
	struct prg_rows	(*list)(struct prg_store *, struct prg_arena *,
			    const struct prg_list *);
	/* How many such results there are, whatever the count; or -1. */
	int64_t		(*count)(struct prg_store *, const struct prg_list *);
	/*
	 * Call 'row' for each row of the scan.  However long that takes, it is
	 * in nobody's way: what is stored meanwhile is left out.  0, or -1 if
	 * the store did not answer.
	 */
	int		(*scan)(struct prg_store *, const struct prg_scan *);
	/*
	 * Insert a row, or replace a draft of the same route and owner.  The
	 * next draft replaces one only if its number is the next, or its digest
	 * is the same.
	 * Returns once the row is durable.  The record may be NULL.
	 */
	enum prg_put	(*put)(struct prg_store *, const struct prg_row *,
			    struct prg_record *);
	/*
	 * Leave only the ID and the digest of a row: its state is gone.
	 * Refused if the eraser fails; the log says why.
	 */
	enum prg_put	(*erase)(struct prg_store *, const struct prg_id *,
			    int64_t modified);
	/*
	 * Delete drafts and erase results that expired before 'now'
	 * (milliseconds): a few, as rows to be put wait meanwhile.  Adds their
	 * number to 'count'.  Returns 1 if there may be more, 0, or -1 if some
	 * could not be erased.  Waits a second at most.  One caller at a time.
	 */
	int		(*sweep)(struct prg_store *, int64_t now, int *count);
	/* Delete the rows gone since before then.  How many, or -1. */
	int		(*purge)(struct prg_store *, int64_t before);
	/* Read the secrets; the first to ask makes them.  0 or -1. */
	int		(*keyring)(struct prg_store *, struct prg_keyring *);
	/*
	 * From now on (seconds) sign with a new secret; forget those that were
	 * replaced before 'then'.  0 or -1.
	 */
	int		(*rotate)(struct prg_store *, int64_t now,
			    int64_t then);
	/*
	 * Run the steps that the store has not had, each in a transaction of
	 * its own.  -1 with a sentence if one fails, or the store has had more.
	 */
	int		(*migrate)(struct prg_store *, const char *const *steps,
			    struct prg_error *);
	/* Check that the store can be read and is in place.  -1 likewise. */
	int		(*check)(struct prg_store *, struct prg_error *);
	/*
	 * Lend the database, to read with.  False if the store does not
	 * answer.  Never waits for another borrower.
	 */
	bool		(*borrow)(struct prg_store *, struct prg_db *);
	void		(*give_back)(struct prg_db *);
	/*
	 * Run one statement of the app with these parameters: how many rows it
	 * changed, or -1 and the database has an error.  Rows are added to
	 * 'rows', an array, or there must be none if it is NULL.
	 */
	int		(*sql)(struct prg_db *, const char *sql,
			    const struct prg_arg *, json_t *rows);
	struct prg_store_stats (*stats)(struct prg_store *);
	/*
	 * Write the store as it is now to a new file, which is a store, too.
	 * -1 with a sentence.
	 */
	int		(*backup)(struct prg_store *, const char *file,
			    struct prg_error *);
	/* Write what waits, then close.  No other call may be going on. */
	void		(*close)(struct prg_store *);
};

struct prg_store {
	const struct prg_store_ops	*ops;
};

#define prg_store_find(s, ...)		((s)->ops->find((s), __VA_ARGS__))
#define prg_store_list(s, ...)		((s)->ops->list((s), __VA_ARGS__))
#define prg_store_count(s, ...)		((s)->ops->count((s), __VA_ARGS__))
#define prg_store_scan(s, ...)		((s)->ops->scan((s), __VA_ARGS__))
#define prg_store_put(s, ...)		((s)->ops->put((s), __VA_ARGS__))
#define prg_store_erase(s, ...)		((s)->ops->erase((s), __VA_ARGS__))
#define prg_store_sweep(s, ...)		((s)->ops->sweep((s), __VA_ARGS__))
#define prg_store_purge(s, ...)		((s)->ops->purge((s), __VA_ARGS__))
#define prg_store_keyring(s, ...)	((s)->ops->keyring((s), __VA_ARGS__))
#define prg_store_rotate(s, ...)	((s)->ops->rotate((s), __VA_ARGS__))
#define prg_store_migrate(s, ...)	((s)->ops->migrate((s), __VA_ARGS__))
#define prg_store_check(s, ...)		((s)->ops->check((s), __VA_ARGS__))
#define prg_store_borrow(s, ...)	((s)->ops->borrow((s), __VA_ARGS__))
#define prg_store_give_back(db)		((db)->store->ops->give_back(db))
#define prg_store_sql(db, ...)	((db)->store->ops->sql((db), __VA_ARGS__))
#define prg_store_stats(s)		((s)->ops->stats(s))
#define prg_store_backup(s, ...)	((s)->ops->backup((s), __VA_ARGS__))
#define prg_store_close(s)		((s)->ops->close(s))

/* Open a store.  -1 with a sentence if that is not possible. */
int	prg_store_open(const struct prg_store_place *, struct prg_store **,
	    struct prg_error *);

/*
 * Make the store at this place from a file that prg_store_backup() or another
 * program copied.  A store that is there is moved to "{path}.old".  -1 with a
 * sentence if the file is not a store of this app or damaged, or if a program
 * has the store open.
 */
int	prg_store_restore(const struct prg_store_place *, const char *file,
	    struct prg_error *);

/* "done" and so on, as the database has it. */
const char *prg_state_name(enum prg_state);
enum prg_state prg_state_of(const char *name);

/* -- Kinds of store ------------------------------------------------------ */

/* 'path' is the URL without its scheme. */
int	prg_sqlite_open(const char *path, const struct prg_store_place *,
	    struct prg_store **, struct prg_error *);
int	prg_sqlite_restore(struct prg_store *from, const char *path,
	    struct prg_error *);

#endif
