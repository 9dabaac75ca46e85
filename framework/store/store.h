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

enum prg_state {
	PRG_STATE_DRAFT,		/* to be corrected; 'input' is what was typed */
	PRG_STATE_PENDING,		/* claimed; work goes on */
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
	struct prg_row		 row;
	enum prg_written {
		PRG_WRITE_FAIL,		/* nothing of it is stored */
		PRG_WRITE_OK,
		PRG_WRITE_EXISTS	/* another row has this ID; it stays */
	}			 outcome;
	struct prg_write	*next;
	void			(*done)(struct prg_write *);
	void			*arg;
};

struct prg_store;

/* What a database has to do; each from any thread, but commit from one only. */
struct prg_store_ops {
	enum prg_found	(*find)(struct prg_store *, struct prg_arena *,
			    const char *id, struct prg_row *);
	struct prg_rows	(*recent)(struct prg_store *, struct prg_arena *,
			    const char *route, int count);
	int		(*commit)(struct prg_store *, struct prg_write *);
	int		(*remove)(struct prg_store *, const char *id);
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
void	prg_store_close(struct prg_store *);

/* Read a submission; its texts are the arena's. */
enum prg_found	prg_store_find(struct prg_store *, struct prg_arena *,
		    const char *id, struct prg_row *);

/* The newest results of a route (NULL: of all, in any state). */
struct prg_rows	prg_store_recent(struct prg_store *, struct prg_arena *,
		    const char *route, int count);

/*
 * Write a list of rows in one transaction and sync once.  Sets each 'outcome'.
 * All have failed if it returns -1.
 */
int	prg_store_commit(struct prg_store *, struct prg_write *);

/* Delete a row, leaving no trace.  0, 1 if there was none, -1. */
int	prg_store_remove(struct prg_store *, const char *id);

/* "done" and so on, as it stands in the database. */
const char *prg_state_name(enum prg_state);

/* -- Kinds of store ---------------------------------------------------------- */

int	prg_sqlite_open(const char *path, struct prg_store **,
	    struct prg_error *);

#endif
