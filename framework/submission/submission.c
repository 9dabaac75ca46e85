/*
 * submission.c - the life of a submission, from its key to its result.
 *
 * The primary key of the store lets one row be made, whoever else tries.  The
 * table here only saves work: of several POSTs of one ID in this process the first
 * runs, the others are put aside (without a thread) and look again when it is done.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/step.h"
#include "submission/submission.h"

enum { BUCKETS = 1024 };

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

/* -- Claims ------------------------------------------------------------------------- */

/* The random end of an ID spreads evenly, and nobody outside chooses it. */
static struct prg_claim **
bucket(struct prg_submissions *s, const struct prg_id *id)
{
	unsigned h = 0;

	for (int i = PRG_ID_LEN - 6; i < PRG_ID_LEN; i++)
		h = h * 31 + (unsigned char)id->text[i];
	return &s->claims[h % BUCKETS];
}

/* Claim the ID; false: another has it, and will wake us if we are to wait. */
static bool
claim(struct prg_submissions *s, struct prg_claim *c)
{
	struct prg_claim **b = bucket(s, &c->id), *other;

	pthread_mutex_lock(&s->lock);
	for (other = *b; other != NULL; other = other->next)
		if (strcmp(other->id.text, c->id.text) == 0)
			break;
	if (other != NULL && !c->impatient) {
		c->next = other->waiting;
		other->waiting = c;
	} else if (other == NULL) {
		c->next = *b;
		c->waiting = NULL;
		*b = c;
	}
	c->held = other == NULL;
	pthread_mutex_unlock(&s->lock);
	return other == NULL;
}

void
prg_submission_end(struct prg_submissions *s, struct prg_claim *c)
{
	struct prg_claim **p, *w, *next;

	if (!c->held)
		return;
	pthread_mutex_lock(&s->lock);
	for (p = bucket(s, &c->id); *p != c; p = &(*p)->next)
		;
	*p = c->next;
	w = c->waiting;
	c->held = false;
	pthread_mutex_unlock(&s->lock);
	for (; w != NULL; w = next) {
		next = w->next;
		w->wake(w);
	}
}

/* -- What a POST means ----------------------------------------------------------------- */

enum look { FREE, SAME, OTHER, FAIL };

/* The row under the claim's ID: none that stands, ours, or another's. */
static enum look
look(struct prg_submissions *s, struct prg_arena *a, struct prg_claim *c)
{
	switch (prg_store_find(s->store, a, c->id.text, &c->row)) {
	case PRG_FOUND_FAIL:
		return FAIL;
	case PRG_FOUND_NONE:
		return FREE;
	case PRG_FOUND:
		break;
	}
	if (c->row.state == PRG_STATE_DRAFT)
		return FREE;
	return c->row.digest != NULL && strcmp(c->row.digest, c->digest) == 0 ?
	    SAME : OTHER;
}

enum prg_begin
prg_submission_begin(struct prg_submissions *s, struct prg_arena *a,
    struct prg_claim *c)
{
	static const enum prg_begin ends[] = {
		[SAME] = PRG_BEGIN_REPLAY,
		[OTHER] = PRG_BEGIN_USED,
		[FAIL] = PRG_BEGIN_FAIL
	};
	bool impatient = c->impatient;	/* one that waits may be gone at once */
	enum look found;

	if (c->fresh)
		return PRG_BEGIN_RUN;
	prg_step("before-claim");
	if (!claim(s, c))
		return impatient ? PRG_BEGIN_BUSY : PRG_BEGIN_WAIT;
	if ((found = look(s, a, c)) == FREE)
		return PRG_BEGIN_RUN;
	prg_submission_end(s, c);
	if (found != OTHER || c->once)
		return ends[found];
	c->id = prg_keys_derive(s->keys, &c->id, c->digest);
	return prg_submission_begin(s, a, c);
}

/* -- Rows to be stored --------------------------------------------------------------------- */

static struct prg_row
row_of(const struct prg_claim *c, const char *route, int64_t keep)
{
	int64_t now = prg_now();

	return (struct prg_row){
		.id = c->id,
		.route = route,
		.digest = c->digest,
		.created = now,
		.modified = now,
		.expires = keep > 0 ? now + keep * 1000 : 0
	};
}

struct prg_row
prg_row_done(const struct prg_claim *c, const char *route, int64_t keep)
{
	struct prg_row row = row_of(c, route, keep);

	row.state = PRG_STATE_DONE;
	return row;
}

struct prg_row
prg_row_draft(const struct prg_claim *c, const char *route, int64_t keep)
{
	struct prg_row row = row_of(c, route, keep);

	row.state = PRG_STATE_DRAFT;
	return row;
}

enum prg_state
prg_row_state(const struct prg_row *row, int64_t now)
{
	if (row->expires > 0 && row->expires <= now)
		return PRG_STATE_GONE;
	return row->state;
}
