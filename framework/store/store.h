/*
 * store.h - what outlives the redirect: submissions, each under its ID.
 *
 * The seam for databases: SQLite is one.  Every statement touches one ID, but for
 * the list of a route and what looks after the whole.
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
	const char	*location;	/* where its 303 leads, if not to itself */
	int64_t		 created;	/* milliseconds since 1970 */
	int64_t		 modified;
	int64_t		 expires;	/* 0: never */
	int64_t		 lease;
	int		 attempts;
};

/* Which rows to list, newest first. */
struct prg_list {
	/* NULL: all, in any state; else results, less those that expired. */
	const char	*route;
	const char	*owner;		/* NULL: anyone's */
	int		 count;		/* at most */
};

struct prg_rows {
	struct prg_row	*list;
	int		 count;		/* -1: the store did not answer */
};

enum prg_found {
	PRG_FOUND,
	PRG_FOUND_NONE,
	PRG_FOUND_FAIL		/* the store did not answer; it is in the log */
};

/* One row on its way to the disk. */
struct prg_write {
	enum prg_write_kind {
		PRG_WRITE_PUT,		/* insert, or take the place of a draft */
		PRG_WRITE_ERASE		/* leave nothing but the ID: gone */
	}			 kind;
	struct prg_row		 row;
	/*
	 * Called when the row is written, in the same transaction, with the
	 * database's own handle; false undoes the row as well.  NULL: nothing.
	 */
	bool			(*record)(struct prg_write *, void *db);
	enum prg_written {
		PRG_WRITTEN_FAIL,	/* nothing of it is stored */
		PRG_WRITTEN,
		PRG_WRITTEN_EXISTS,	/* the ID is taken (or, to erase, is not) */
		PRG_WRITTEN_REFUSED	/* by 'record' */
	}			 outcome;
	struct prg_write	*next;
	void			(*done)(struct prg_write *);
	void			*arg;
};

/* Rows of one transaction. */
struct prg_batch {
	struct prg_write	*list;
	/*
	 * Called when all of the list are written, before the sync: more rows, to
	 * be written with them, or NULL.  NULL itself: there are no more.
	 */
	struct prg_write	*(*more)(void *arg);
	void			*arg;
};

/* What the store keeps for all processes that share it. */
struct prg_keyring {
	struct prg_secrets	secrets;
	unsigned char		naming[PRG_SECRET_BYTES]; /* never rotated */
};

/* How a put or an erase ended. */
enum prg_put {
	PRG_PUT_FAIL,		/* nothing of it is stored; the log says why */
	PRG_PUT_DONE,		/* durable */
	PRG_PUT_EXISTS,		/* the ID is taken (to erase: there is no row) */
	PRG_PUT_REFUSED,	/* by 'record': the row is undone as well */
	PRG_PUT_BUSY		/* too many wait for the disk */
};

/*
 * The app's own SQL, run in the transaction that stores the row, with the
 * database's own handle.  False undoes the row.  It runs on another thread than
 * the caller's, which waits for it.
 */
struct prg_record {
	bool	(*run)(void *arg, void *db);
	void	*arg;
};

/* Counts since the store was opened. */
struct prg_store_stats {
	unsigned long long	rows;
	unsigned long long	batches;	/* transactions, each one sync */
	unsigned long long	refused;	/* PRG_PUT_BUSY */
	int			waiting;	/* rows, now */
};

struct prg_store;

/* What a database has to do; each from any thread, but commit from one only. */
struct prg_store_ops {
	enum prg_found	(*find)(struct prg_store *, struct prg_arena *,
			    const char *id, struct prg_row *);
	struct prg_rows	(*list)(struct prg_store *, struct prg_arena *,
			    const struct prg_list *);
	int		(*commit)(struct prg_store *, struct prg_batch *);
	int		(*sweep)(struct prg_store *, int64_t now, int count);
	int		(*purge)(struct prg_store *, int64_t before);
	int		(*keyring)(struct prg_store *, struct prg_keyring *);
	int		(*rotate)(struct prg_store *, int64_t now, int64_t age);
	int		(*schema)(struct prg_store *, const char *sql,
			    struct prg_error *);
	void		*(*borrow)(struct prg_store *, void **db);
	void		(*give_back)(struct prg_store *, void *lent);
	void		(*close)(struct prg_store *);
};

struct prg_store {
	const struct prg_store_ops	*ops;
};

/*
 * Open the store named by 'url': a path or "sqlite:PATH", made if it is not there.
 * -1 if it can't be used for reading and writing.
 */
int	prg_store_open(const char *url, struct prg_store **, struct prg_error *);

/* For who would have no use for a new one: -1 if it is not there. */
int	prg_store_expect(const char *url, struct prg_error *);
void	prg_store_close(struct prg_store *);

/* Read a submission; its texts are the arena's. */
enum prg_found	prg_store_find(struct prg_store *, struct prg_arena *,
		    const char *id, struct prg_row *);

struct prg_rows	prg_store_list(struct prg_store *, struct prg_arena *,
		    const struct prg_list *);

/*
 * Insert a row, or replace a draft of the same route and owner.  Returns once the
 * row is durable.  'record' may be NULL.
 */
enum prg_put	prg_store_put(struct prg_store *, const struct prg_row *,
		    const struct prg_record *);

struct prg_store_stats	prg_store_stats(struct prg_store *);

/* Leave only the ID and the digest of a row: its state is gone. */
enum prg_put	prg_store_erase(struct prg_store *, const struct prg_id *,
		    int64_t modified);

/*
 * Write a list of rows in one transaction and sync once.  Sets each 'outcome'.
 * All have failed if it returns -1.  'list' then has what 'more' gave, too.
 */
int	prg_store_commit(struct prg_store *, struct prg_batch *);

/*
 * Delete drafts and erase results that expired before 'now' (milliseconds),
 * 'count' at most.  How many, or -1.
 */
int	prg_store_sweep(struct prg_store *, int64_t now, int count);

/* Delete what is gone since before then (milliseconds).  How many, or -1. */
int	prg_store_purge(struct prg_store *, int64_t before);

/* Read the secrets; the first to ask makes them.  0 or -1. */
int	prg_store_keyring(struct prg_store *, struct prg_keyring *);

/*
 * From now on (seconds) sign with a new secret; forget those that were replaced
 * 'age' seconds ago or more.  0 or -1.
 */
int	prg_store_rotate(struct prg_store *, int64_t now, int64_t age);

/* Run the app's own "CREATE TABLE IF NOT EXISTS"; -1 with what is wrong. */
int	prg_store_schema(struct prg_store *, const char *sql,
	    struct prg_error *);

/*
 * Lend the database's own handle, to read with; give it back soon.  NULL if the
 * store does not answer.
 */
void	*prg_store_borrow(struct prg_store *, void **db);
void	 prg_store_give_back(struct prg_store *, void *lent);

/* "done" and so on, as it stands in the database. */
const char *prg_state_name(enum prg_state);

/* -- Kinds of store ---------------------------------------------------------- */

int	prg_sqlite_open(const char *path, struct prg_store **,
	    struct prg_error *);
bool	prg_sqlite_exists(const char *path);

#endif
