/*
 * test_mt_commit.c - the committer: every row of every thread, exactly once, in
 * fewer transactions than rows; a full queue says no.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include <cmocka.h>

#include "submission/commit.h"

enum { THREADS = 8, ROWS = 200 };

/* A store that counts, and waits at a gate as a slow disk would. */
struct slow {
	struct prg_store	store;		/* first */
	pthread_mutex_t		lock;
	pthread_cond_t		changed;
	bool			open;		/* the gate */
	int			waiting;	/* a batch is at the gate */
	int			rows;
	int			batches;
};

static int
slow_commit(struct prg_store *s, struct prg_batch *batch)
{
	struct prg_write *list = batch->list;
	struct slow *slow = (struct slow *)s;

	pthread_mutex_lock(&slow->lock);
	slow->waiting++;
	pthread_cond_broadcast(&slow->changed);
	while (!slow->open)
		pthread_cond_wait(&slow->changed, &slow->lock);
	slow->batches++;
	for (; list != NULL; list = list->next) {
		list->outcome = PRG_WRITTEN;
		slow->rows++;
	}
	pthread_mutex_unlock(&slow->lock);
	return 0;
}

static const struct prg_store_ops slow_ops = { .commit = slow_commit };

static void
set_gate(struct slow *s, bool open)
{
	pthread_mutex_lock(&s->lock);
	s->open = open;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

static void
wait_for_batch(struct slow *s)
{
	pthread_mutex_lock(&s->lock);
	while (s->waiting == 0)
		pthread_cond_wait(&s->changed, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

static atomic_int done_count;

static void
count_done(struct prg_write *w)
{
	assert_int_equal(w->outcome, PRG_WRITTEN);
	atomic_fetch_add(&done_count, 1);
	free(w);
}

static void *
add_rows(void *arg)
{
	struct prg_write *w;

	for (int i = 0; i < ROWS; i++) {
		w = calloc(1, sizeof(*w));
		w->done = count_done;
		if (!prg_commit_add(arg, w))
			abort();
	}
	return NULL;
}

static struct slow
slow_store(bool open)
{
	return (struct slow){
		.store = { &slow_ops },
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER,
		.open = open
	};
}

static void
test_every_row_once(void **state)
{
	struct slow slow = slow_store(true);
	struct prg_commit *c;
	struct prg_error err;
	pthread_t threads[THREADS];

	(void)state;
	atomic_store(&done_count, 0);
	assert_int_equal(prg_commit_start(&slow.store, THREADS * ROWS, &c, &err),
	    0);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, add_rows, c);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	prg_commit_stop(c);
	assert_int_equal(slow.rows, THREADS * ROWS);
	assert_int_equal(atomic_load(&done_count), THREADS * ROWS);
}

static void
test_batches_grow(void **state)
{
	struct slow slow = slow_store(false);
	struct prg_commit *c;
	struct prg_error err;
	struct prg_write *w;

	(void)state;
	atomic_store(&done_count, 0);
	assert_int_equal(prg_commit_start(&slow.store, 4, &c, &err), 0);
	for (int i = 0; i < 5; i++) {
		w = calloc(1, sizeof(*w));
		w->done = count_done;
		assert_int_equal(prg_commit_add(c, w), i < 4);
		if (i == 0)
			wait_for_batch(&slow);	/* the first alone at the gate */
		if (i == 4)
			free(w);
	}
	assert_int_equal(atomic_load(&done_count), 0);	/* none before its sync */
	set_gate(&slow, true);
	assert_int_equal(prg_commit_stats(c).refused, 1);
	prg_commit_stop(c);
	assert_int_equal(atomic_load(&done_count), 4);
	assert_int_equal(slow.batches, 2);		/* 1 and 3 */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_once),
		cmocka_unit_test(test_batches_grow)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
