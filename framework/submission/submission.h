/*
 * submission.h - the life of a submission, from its key to its result.
 *
 *	(no row) --invalid--> draft --valid--> done --> gone
 *	    +------------valid-------------------^
 *
 * The row under the ID decides, through one statement each way; this module says
 * what a POST under an ID means, and lets no two of one ID run in this process at
 * the same time.
 */
#ifndef PRG_SUBMISSION_H
#define PRG_SUBMISSION_H

#include <stdbool.h>

#include "base/arena.h"
#include "store/store.h"
#include "submission/keyring.h"

struct prg_submissions;

/* One POST's claim on an ID, from its form key to its stored row. */
struct prg_claim {
	struct prg_id		 id;		/* the key's; then the row's own */
	const char		*digest;	/* of the content; NULL: fresh */
	bool			 fresh;		/* minted just now: no row has it */
	bool			 once;		/* other content is no other result */
	bool			 impatient;	/* don't wait: PRG_BEGIN_BUSY */
	struct prg_row		 row;		/* what was found, if anything */
	void			(*wake)(struct prg_claim *);
	void			*arg;

	/* The module's own. */
	bool			 held;
	struct prg_claim	*next;
	struct prg_claim	*waiting;	/* for this one to end */
};

enum prg_begin {
	PRG_BEGIN_RUN,		/* check it, run the handler; then end */
	PRG_BEGIN_WAIT,		/* another is at it: 'wake' comes, begin again */
	PRG_BEGIN_BUSY,		/* another is at it */
	PRG_BEGIN_REPLAY,	/* 'row' is its result: the same answer again */
	PRG_BEGIN_USED,		/* once only, and 'row' has other content */
	PRG_BEGIN_FAIL		/* the store did not answer */
};

int	prg_submissions_open(struct prg_store *, struct prg_keys *,
	    struct prg_submissions **, struct prg_error *);
void	prg_submissions_close(struct prg_submissions *);

/*
 * What a POST under this ID means.  Content that differs from the row's moves the
 * claim to the ID derived from both (D5).  Only after PRG_BEGIN_RUN is the claim
 * held, and must be ended.
 */
enum prg_begin	prg_submission_begin(struct prg_submissions *,
		    struct prg_arena *, struct prg_claim *);

/* The row is stored, or never will be: wake those who wait. */
void	prg_submission_end(struct prg_submissions *, struct prg_claim *);

/* -- Rows to be stored ---------------------------------------------------------- */

/* A result: expires 'keep' seconds from now, or never if that is 0. */
struct prg_row	prg_row_done(const struct prg_claim *, const char *route,
		    int64_t keep);

/* A draft, to be corrected within 'keep' seconds. */
struct prg_row	prg_row_draft(const struct prg_claim *, const char *route,
		    int64_t keep);

/* What is to be read of it now: expired is gone, whether swept yet or not. */
enum prg_state	prg_row_state(const struct prg_row *, int64_t now);

#endif
