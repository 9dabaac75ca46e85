/*
 * test_mt_submission.c - many POSTs of one ID at the same moment: one runs, the
 * others wait and find the row that it left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <pthread.h>
#include <stdatomic.h>

#include <cmocka.h>
#include <sodium.h>

#include "submission/submission.h"

enum { THREADS = 8, ROUNDS = 300 };

/* A store of one row, in memory. */
struct memory {
	struct prg_store	store;		/* first */
	pthread_mutex_t		lock;
	struct prg_row		row;		/* of the last ID written */
	bool			fails;
};

static enum prg_found
find(struct prg_store *s, struct prg_arena *a, const char *id,
    struct prg_row *row)
{
	struct memory *m = (struct memory *)s;
	enum prg_found found = PRG_FOUND_NONE;

	(void)a;
	pthread_mutex_lock(&m->lock);
	if (m->fails)
		found = PRG_FOUND_FAIL;
	else if (strcmp(m->row.id.text, id) == 0) {
		*row = m->row;
		found = PRG_FOUND;
	}
	pthread_mutex_unlock(&m->lock);
	return found;
}

static int
keyring(struct prg_store *s, struct prg_keyring *k)
{
	(void)s;
	*k = (struct prg_keyring){ .secrets = { .count = 1 } };
	return 0;
}

static const struct prg_store_ops memory_ops = { .find = find,
    .keyring = keyring };

static struct prg_submissions *
open_over(struct memory *m, struct prg_keys **keys)
{
	struct prg_submissions *s = NULL;
	struct prg_error err;

	assert_int_equal(prg_keys_open(&m->store, NULL, keys, &err), 0);
	assert_int_equal(prg_submissions_open(&m->store, *keys, &s, &err), 0);
	return s;
}

static void
put(struct memory *m, const struct prg_row *row)
{
	pthread_mutex_lock(&m->lock);
	m->row = *row;
	pthread_mutex_unlock(&m->lock);
}

/* -- One ID, many threads ------------------------------------------------ */

struct race {
	struct prg_submissions	*submissions;
	struct memory		*memory;
	struct prg_id		 id;
	atomic_int		 runs;
	atomic_int		 replays;
	pthread_barrier_t	 start;
};

struct racer {
	struct race		*race;
	struct prg_claim	 claim;
	struct prg_arena	 arena;
};

static void
run(struct racer *r)
{
	struct prg_row row = prg_claim_row(&r->claim, PRG_STATE_DONE, 0);

	atomic_fetch_add(&r->race->runs, 1);
	put(r->race->memory, &row);
	prg_claim_end(r->race->submissions, &r->claim);
}

static void *
race(void *arg)
{
	struct racer *r = arg;
	enum prg_claimed c;

	pthread_barrier_wait(&r->race->start);
	c = prg_claim_take(r->race->submissions, &r->arena, &r->claim);
	if (c == PRG_CLAIM_RUN)
		run(r);
	else if (c == PRG_CLAIM_REPLAY)
		atomic_fetch_add(&r->race->replays, 1);
	return NULL;
}

static void
round_of(struct race *c)
{
	struct racer racers[THREADS];
	pthread_t threads[THREADS];

	atomic_store(&c->runs, 0);
	atomic_store(&c->replays, 0);
	c->id = prg_id_new();
	for (int i = 0; i < THREADS; i++) {
		racers[i] = (struct racer){
			.race = c,
			.claim = { .id = c->id, .digest = "same" }
		};
		pthread_create(&threads[i], NULL, race, &racers[i]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&c->runs), 1);
	assert_int_equal(atomic_load(&c->replays), THREADS - 1);
}

static void
test_one_runs(void **state)
{
	struct memory memory = { .store = { &memory_ops },
	    .lock = PTHREAD_MUTEX_INITIALIZER };
	struct race c = { .memory = &memory };
	struct prg_keys *keys;

	(void)state;
	pthread_barrier_init(&c.start, NULL, THREADS);
	c.submissions = open_over(&memory, &keys);
	for (int i = 0; i < ROUNDS; i++)
		round_of(&c);
	prg_submissions_close(c.submissions);
	prg_keys_close(keys);
	pthread_barrier_destroy(&c.start);
}

/* -- What a POST means --------------------------------------------------- */

static const struct {
	const char	*name;
	bool		 there;		/* a row under the key's ID */
	enum prg_state	 state;
	const char	*digest;	/* of that row; ours is "new" */
	bool		 once;
	enum prg_claimed claimed;
	bool		 derived;	/* it got an ID of its own */
} meanings[] = {
	{ "no row", false, 0, NULL, false, PRG_CLAIM_RUN, false },
	{ "a draft of it", true, PRG_STATE_DRAFT, "new", false, PRG_CLAIM_RUN,
	  false },
	{ "a draft of other content", true, PRG_STATE_DRAFT, "old", false,
	  PRG_CLAIM_RUN, false },
	{ "done", true, PRG_STATE_DONE, "new", false, PRG_CLAIM_REPLAY, false },
	{ "done, once", true, PRG_STATE_DONE, "new", true, PRG_CLAIM_REPLAY,
	  false },
	{ "done with other content", true, PRG_STATE_DONE, "old", false,
	  PRG_CLAIM_RUN, true },
	{ "done with other content, once", true, PRG_STATE_DONE, "old", true,
	  PRG_CLAIM_USED, false },
	{ "gone", true, PRG_STATE_GONE, "new", false, PRG_CLAIM_REPLAY, false },
	{ "gone, other content", true, PRG_STATE_GONE, "old", false,
	  PRG_CLAIM_RUN, true },
};

static void
test_meanings(void **state)
{
	struct memory memory = { .store = { &memory_ops },
	    .lock = PTHREAD_MUTEX_INITIALIZER };
	struct prg_submissions *s;
	struct prg_arena a = { 0 };
	struct prg_keys *keys;

	(void)state;
	s = open_over(&memory, &keys);
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		struct prg_id id = prg_id_new();
		struct prg_claim c = { .id = id, .digest = "new",
		    .once = meanings[i].once };
		enum prg_claimed b;

		memory.row = (struct prg_row){ .state = meanings[i].state,
		    .digest = meanings[i].digest };
		if (meanings[i].there)
			memory.row.id = id;
		b = prg_claim_take(s, &a, &c);
		if (b != meanings[i].claimed ||
		    (strcmp(c.id.text, id.text) != 0) != meanings[i].derived)
			fail_msg("%s: %d", meanings[i].name, b);
		prg_claim_end(s, &c);
	}
	memory.fails = true;
	assert_int_equal(prg_claim_take(s, &a, &(struct prg_claim){
	    .id = prg_id_new(), .digest = "new" }), PRG_CLAIM_FAIL);
	prg_submissions_close(s);
	prg_keys_close(keys);
}

static void
test_impatient(void **state)
{
	struct memory memory = { .store = { &memory_ops },
	    .lock = PTHREAD_MUTEX_INITIALIZER };
	struct prg_claim one = { .id = prg_id_new(), .digest = "d" };
	struct prg_claim two = { .id = one.id, .digest = "d",
	    .impatient = true };
	struct prg_submissions *s;
	struct prg_arena a = { 0 };
	struct prg_keys *keys;

	(void)state;
	s = open_over(&memory, &keys);
	assert_int_equal(prg_claim_take(s, &a, &one), PRG_CLAIM_RUN);
	assert_int_equal(prg_claim_take(s, &a, &two), PRG_CLAIM_BUSY);
	prg_claim_end(s, &one);
	assert_int_equal(prg_claim_take(s, &a, &two), PRG_CLAIM_RUN);
	prg_claim_end(s, &two);
	prg_submissions_close(s);
	prg_keys_close(keys);
}

/* -- Which draft ----------------------------------------------------------- */

static const struct {
	const char	*name;
	int		 there;		/* number of the draft; -1: no row */
	int		 sent;		/* number in the form; 0: none */
	const char	*digest;	/* of the row; ours is "new" */
	int		 number;	/* to be stored; 0: elsewhere */
} drafts[] = {
	{ "the first", -1, 0, NULL, 1 },
	{ "the first, of an old form", -1, 3, NULL, 1 },
	{ "the same content", 1, 0, "new", 1 },
	{ "other content", 1, 0, "old", 0 },
	{ "its own form", 1, 1, "old", 2 },
	{ "its own form, unchanged", 1, 1, "new", 2 },
	{ "its own form, twice", 2, 1, "new", 2 },
	{ "an older form", 2, 1, "old", 0 },
	{ "a form of no draft", 2, 3, "old", 0 },
	{ "of a store without numbers", 0, 0, "old", 1 },
};

static void
test_drafts(void **state)
{
	struct memory memory = { .store = { &memory_ops },
	    .lock = PTHREAD_MUTEX_INITIALIZER };
	struct prg_submissions *s;
	struct prg_arena a = { 0 };
	struct prg_keys *keys;

	(void)state;
	s = open_over(&memory, &keys);
	for (size_t i = 0; i < sizeof(drafts) / sizeof(drafts[0]); i++) {
		struct prg_claim c = { .id = prg_id_new(), .digest = "new",
		    .draft = drafts[i].sent };

		memory.row = (struct prg_row){ .state = PRG_STATE_DRAFT,
		    .digest = drafts[i].digest, .attempts = drafts[i].there };
		if (drafts[i].there != -1)
			memory.row.id = c.id;
		assert_int_equal(prg_claim_take(s, &a, &c), PRG_CLAIM_RUN);
		if (c.number != drafts[i].number)
			fail_msg("%s: %d", drafts[i].name, c.number);
		prg_claim_end(s, &c);
	}
	prg_submissions_close(s);
	prg_keys_close(keys);
}

/* However often the content under a key has changed, a POST ends soon. */
static void
test_moves(void **state)
{
	struct memory memory = { .store = { &memory_ops },
	    .lock = PTHREAD_MUTEX_INITIALIZER };
	struct prg_claim c = { .id = prg_id_new(), .digest = "new" };
	struct prg_submissions *s;
	struct prg_keys *keys;
	int moves = 0;

	(void)state;
	s = open_over(&memory, &keys);
	while (!c.fresh) {
		prg_claim_move(s, &c);
		moves++;
	}
	assert_in_range(moves, 10, 100);
	assert_int_equal(prg_claim_take(s, &(struct prg_arena){ 0 }, &c),
	    PRG_CLAIM_RUN);
	assert_int_equal(c.number, 1);
	prg_submissions_close(s);
	prg_keys_close(keys);
}

static void
test_expiry(void **state)
{
	struct prg_row row = { .state = PRG_STATE_DONE, .expires = 1000 };

	(void)state;
	assert_int_equal(prg_row_state(&row, 999), PRG_STATE_DONE);
	assert_int_equal(prg_row_state(&row, 1000), PRG_STATE_GONE);
	row.expires = 0;
	assert_int_equal(prg_row_state(&row, INT64_MAX), PRG_STATE_DONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_runs),
		cmocka_unit_test(test_meanings),
		cmocka_unit_test(test_impatient),
		cmocka_unit_test(test_drafts),
		cmocka_unit_test(test_moves),
		cmocka_unit_test(test_expiry)
	};

	if (sodium_init() == -1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
