/*
 * submission.h - the life of a submission, from its key to its result.
 *
 *	(no row) --invalid--> draft --valid--> done --> gone
 *	    +------------valid-------------------^
 *
 * The row under the ID decides, through one statement each way.  This module
 * says what a POST under an ID means, and runs one POST of an ID at a time in
 * this process.
 */
#ifndef PRG_SUBMISSION_H
#define PRG_SUBMISSION_H

#include <stdbool.h>

#include "base/arena.h"
#include "gateway/pool.h"
#include "store/store.h"
#include "submission/keyring.h"

struct prg_submissions;

/* The claim of one POST on an ID, from its form key to its stored row. */
struct prg_claim {
	struct prg_id		 id;		/* the key's; then the row's */
	const char		*digest;	/* of the content, or NULL */
	bool			 fresh;		/* a new ID: no row has it */
	bool			 used;		/* must find its row */
	bool			 once;		/* other content is refused */
	bool			 impatient;	/* don't wait for others */
	int			 draft;		/* number in the form; or 0 */
	int64_t			 age;		/* of a named ID, in seconds */
	int			 number;	/* of the draft to be; or 0 */
	struct prg_row		 row;		/* the row found, if any */

	/* Private to submission.c. */
	bool			 held;
	int			 moves;
	struct prg_claim	*next;
	struct prg_waiter	*waiting;	/* for this claim to end */
};

enum prg_claimed {
	PRG_CLAIM_RUN,		/* check the form, run the handler; then end */
	PRG_CLAIM_BUSY,		/* another POST has the ID */
	PRG_CLAIM_REPLAY,	/* 'row' is its result: give the same answer */
	PRG_CLAIM_USED,		/* 'once', and 'row' has other content */
	PRG_CLAIM_FAIL		/* the store did not answer */
};

int	prg_submissions_open(struct prg_store *, struct prg_keys *,
	    struct prg_submissions **, struct prg_error *);
void	prg_submissions_close(struct prg_submissions *);

/*
 * Claim the ID, and wait while another POST of this process has it.  Content
 * that differs from the row's moves the claim to the ID derived from both, and
 * a claim that must find a row and does not to a fresh ID.  A named ID whose row
 * is older than 'age' gives way to another.  The claim is held after
 * PRG_CLAIM_RUN only, and must then be ended.
 *
 * A draft is followed by the draft that its own form submits, and stays for the
 * same content.  For any other invalid content 'number' is 0: the claim must
 * move and be taken again.
 */
enum prg_claimed	prg_claim_take(struct prg_submissions *,
			    struct prg_arena *, struct prg_claim *);

/* Move to the ID derived from ID and digest; after many moves to a fresh ID. */
void	prg_claim_move(struct prg_submissions *, struct prg_claim *);

/* The number of a draft, from 1; and as text, or 0 if that is invalid. */
int	prg_row_draft(const struct prg_row *);
int	prg_draft_number(struct prg_span);

/* The row is stored, or never will be: wake the POSTs that wait. */
void	prg_claim_end(struct prg_submissions *, struct prg_claim *);

/*
 * A row of this state for the claim; it expires 'keep' seconds from now, or
 * never if that is 0.
 */
struct prg_row	prg_claim_row(const struct prg_claim *, enum prg_state,
		    int64_t keep);

/* The state to show now: an expired row is gone, swept or not. */
enum prg_state	prg_row_state(const struct prg_row *, int64_t now);

#endif
