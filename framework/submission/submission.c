/*
 * submission.c - the life of a submission, from its key to its result.
 *
 * The primary key of the store lets one row be made, whoever else tries.  The
 * table here only saves work: of several POSTs of one ID in this process the
 * first runs; the others wait, then find its row.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/step.h"
#include "submission/submission.h"

enum {
	BUCKETS = 1024,
	MAX_MOVES = 32,		/* each is one read of the store */
	MAX_DIGITS = 9		/* of a draft's number */
};

struct prg_submissions {
	struct prg_store	*store;
	struct prg_keys		*keys;
	pthread_mutex_t		 lock;		/* of 'claims' */
	struct prg_claim	*claims[BUCKETS];
};

int
prg_submissions_open(struct prg_store *store, struct prg_keys *keys,
    struct prg_submissions **out, struct prg_error *err)
{
	struct prg_submissions *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return prg_error_set(err, "submissions: out of memory");
	s->store = store;
	s->keys = keys;
	pthread_mutex_init(&s->lock, NULL);
	*out = s;
	return 0;
}

void
prg_submissions_close(struct prg_submissions *s)
{
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* -- Claims ---------------------------------------------------------------- */

static struct prg_claim **
bucket(struct prg_submissions *s, const struct prg_id *id)
{
	return &s->claims[prg_id_hash(id) % BUCKETS];
}

/* Locked.  The claim that has the ID, or NULL. */
static struct prg_claim *
find(struct prg_submissions *s, const struct prg_id *id)
{
	struct prg_claim *c = *bucket(s, id);

	while (c != NULL && strcmp(c->id.text, id->text) != 0)
		c = c->next;
	return c;
}

/* Locked.  Wait until this claim has ended; returns unlocked. */
static void
wait_for(struct prg_submissions *s, struct prg_claim *other)
{
	struct prg_waiter w;

	prg_pool_waiter(&w);
	w.next = other->waiting;
	other->waiting = &w;
	pthread_mutex_unlock(&s->lock);
	prg_pool_sleep(&w);
}

/* Claim the ID; false if another POST has it and this one does not wait. */
static bool
hold(struct prg_submissions *s, struct prg_claim *c)
{
	struct prg_claim **b = bucket(s, &c->id), *other;

	pthread_mutex_lock(&s->lock);
	while ((other = find(s, &c->id)) != NULL && !c->impatient) {
		wait_for(s, other);
		pthread_mutex_lock(&s->lock);
	}
	if (other == NULL) {
		c->held = true;
		c->waiting = NULL;
		c->next = *b;
		*b = c;
	}
	pthread_mutex_unlock(&s->lock);
	return other == NULL;
}

void
prg_claim_end(struct prg_submissions *s, struct prg_claim *c)
{
	struct prg_claim **p;

	if (!c->held)
		return;
	pthread_mutex_lock(&s->lock);
	for (p = bucket(s, &c->id); *p != c; p = &(*p)->next)
		;
	*p = c->next;
	c->held = false;
	pthread_mutex_unlock(&s->lock);
	prg_pool_wake(c->waiting);
}

/* -- What a POST means ----------------------------------------------------- */

static bool
has_digest(const struct prg_claim *c)
{
	return c->row.digest != NULL && c->digest != NULL &&
	    strcmp(c->row.digest, c->digest) == 0;
}

/* Look at the row under the claim's ID: RUN if a new row may be made there. */
static enum prg_claimed
look(struct prg_submissions *s, struct prg_arena *a, struct prg_claim *c)
{
	c->number = 1;
	switch (prg_store_find(s->store, a, c->id.text, &c->row)) {
	case PRG_FOUND_FAIL:
		return PRG_CLAIM_FAIL;
	case PRG_FOUND_NONE:
		return PRG_CLAIM_RUN;
	case PRG_FOUND:
		break;
	}
	if (c->row.state == PRG_STATE_DRAFT) {
		c->number = c->row.attempts == c->draft ? c->draft + 1 :
		    has_digest(c) ? prg_row_draft(&c->row) : 0;
		return PRG_CLAIM_RUN;
	}
	return has_digest(c) ? PRG_CLAIM_REPLAY : PRG_CLAIM_USED;
}

/* Move the claim to the ID derived from its ID and this text. */
static void
move(struct prg_submissions *s, struct prg_claim *c, const char *by)
{
	prg_claim_end(s, c);
	c->fresh = ++c->moves > MAX_MOVES;
	c->draft = 0;
	c->id = c->fresh ? prg_id_new() :
	    prg_id_derive(prg_keys_naming(s->keys), &c->id, by);
}

void
prg_claim_move(struct prg_submissions *s, struct prg_claim *c)
{
	move(s, c, c->digest);
}

/* Whether the row of a named ID is too old to be that of the same request. */
static bool
is_over(const struct prg_claim *c, enum prg_claimed found)
{
	return (found == PRG_CLAIM_REPLAY || found == PRG_CLAIM_USED) &&
	    c->age > 0 && c->moves < MAX_MOVES &&
	    c->row.created < prg_now() - c->age * 1000;
}

enum prg_claimed
prg_claim_take(struct prg_submissions *s, struct prg_arena *a,
    struct prg_claim *c)
{
	enum prg_claimed found;

	while (!c->fresh) {
		prg_step("before-claim");
		if (!hold(s, c))
			return PRG_CLAIM_BUSY;
		if ((found = look(s, a, c)) == PRG_CLAIM_RUN && !c->used)
			return found;
		prg_claim_end(s, c);
		if (found == PRG_CLAIM_RUN) {
			c->fresh = true;
			c->draft = 0;
			c->id = prg_id_new();
		} else if (is_over(c, found))
			move(s, c, "over");
		else if (found == PRG_CLAIM_USED && !c->once)
			prg_claim_move(s, c);
		else
			return found;
	}
	c->number = 1;
	return PRG_CLAIM_RUN;
}

int
prg_row_draft(const struct prg_row *row)
{
	return row->attempts > 0 ? row->attempts : 1;
}

int
prg_draft_number(struct prg_span text)
{
	long long n;

	return text.len <= MAX_DIGITS && prg_digits(text, &n) ? (int)n : 0;
}

/* -- Rows to be stored ----------------------------------------------------- */

struct prg_row
prg_claim_row(const struct prg_claim *c, enum prg_state state, int64_t keep)
{
	int64_t now = prg_now();

	return (struct prg_row){
		.id = c->id,
		.state = state,
		.digest = c->digest,
		.created = now,
		.modified = now,
		.expires = keep > 0 ? now + keep * 1000 : 0
	};
}

enum prg_state
prg_row_state(const struct prg_row *row, int64_t now)
{
	if (row->expires > 0 && row->expires <= now)
		return PRG_STATE_GONE;
	return row->state;
}
