/*
 * test_mt_commit.c - rows of many threads: each is stored once, in fewer
 * transactions than rows, and a bad row fails no other.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>
#include <sqlite3.h>

#include "store/store.h"

enum { THREADS = 16, ROWS = 100 };

struct box {
	char			 dir[40];
	char			 path[64];
	struct prg_store	*store;
};

static struct prg_store *
open_store(const struct box *b)
{
	struct prg_store *s;
	struct prg_error err;

	if (prg_store_open(&(struct prg_store_place){ .url = b->path }, &s,
	    &err) == -1)
		fail_msg("%s", err.text);
	return s;
}

static int
setup(void **state)
{
	struct box *b = calloc(1, sizeof(*b));

	strcpy(b->dir, "/tmp/prg-commit-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->path, sizeof(b->path), "%s/test.db", b->dir);
	b->store = open_store(b);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct box *b = *state;
	char command[64];

	prg_store_close(b->store);
	snprintf(command, sizeof(command), "rm -rf %s", b->dir);
	assert_int_equal(system(command), 0);
	free(b);
	return 0;
}

static struct prg_row
row_of(const char *route)
{
	return (struct prg_row){ .id = prg_id_new(), .route = route,
	    .state = PRG_STATE_DONE, .created = 1, .modified = 1 };
}

static int
count_rows(struct prg_store *s)
{
	sqlite3_stmt *st;
	struct prg_db db;
	int n;

	assert_true(prg_store_borrow(s, &db));
	assert_int_equal(sqlite3_prepare_v2(db.handle, "SELECT count(*) FROM"
	    " submission", -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	prg_store_give_back(&db);
	return n;
}

static void
run_threads(void *(*fn)(void *), void *arg)
{
	pthread_t t[THREADS];

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, fn, arg), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
}

/* What is put is there when the call returns, for any reader. */
static void *
put_and_find(void *store)
{
	struct prg_arena a = { 0 };
	struct prg_row w, row;

	for (int i = 0; i < ROWS; i++) {
		w = row_of("/");
		if (prg_store_put((struct prg_store *)store, &w, NULL) !=
		    PRG_PUT_DONE || prg_store_find((struct prg_store *)store,
		    &a, w.id.text, &row) != PRG_FOUND)
			abort();
	}
	prg_arena_release(&a);
	return NULL;
}

static void
test_every_row_once(void **state)
{
	struct box *b = *state;
	struct prg_store_stats stats;

	run_threads(put_and_find, b->store);
	stats = prg_store_stats(b->store);
	assert_int_equal(count_rows(b->store), THREADS * ROWS);
	assert_int_equal(stats.rows, THREADS * ROWS);
	assert_true(stats.batches < THREADS * ROWS / 2);
	assert_int_equal(stats.waiting, 0);
}

/* Two stores of one file, as two processes have it. */
static void
test_two_stores(void **state)
{
	struct box *b = *state;
	struct prg_store *other = open_store(b);
	pthread_t t;

	assert_int_equal(pthread_create(&t, NULL, put_and_find, other), 0);
	run_threads(put_and_find, b->store);
	pthread_join(t, NULL);
	assert_int_equal(count_rows(b->store), (THREADS + 1) * ROWS);
	prg_store_close(other);
}

/* A row without a route breaks a constraint; 'record' refuses every third. */
static bool
refuse(void *arg, struct prg_db *db,
    const struct prg_row *row)
{
	(void)row;
	(void)arg;
	return sqlite3_exec(db->handle, "INSERT INTO nowhere VALUES (1)", NULL,
	    NULL, NULL) == SQLITE_OK;
}

static void *
put_good_and_bad(void *store)
{
	struct prg_record record = { .run = refuse };
	const enum prg_put ends[] = { PRG_PUT_DONE, PRG_PUT_FAIL,
	    PRG_PUT_REFUSED };
	struct prg_row w;

	for (int i = 0; i < 30; i++) {
		w = row_of(i % 3 == 1 ? NULL : "/");
		if (prg_store_put((struct prg_store *)store, &w, i % 3 == 2 ?
		    &record : NULL) != ends[i % 3])
			abort();
	}
	return NULL;
}

static void
test_bad_rows(void **state)
{
	struct box *b = *state;

	run_threads(put_good_and_bad, b->store);
	assert_int_equal(count_rows(b->store), THREADS * 10);
}

/* -- Sweeping while rows come -------------------------------------------- */

static atomic_bool sweeping;
static atomic_int stored;

static void *
put_while_sweeping(void *store)
{
	struct prg_row w;

	while (atomic_load(&sweeping)) {
		w = row_of("/");
		if (prg_store_put((struct prg_store *)store, &w, NULL) !=
		    PRG_PUT_DONE)
			abort();
		atomic_fetch_add(&stored, 1);
	}
	return NULL;
}

static void
add_expired(const struct box *b, int n)
{
	static const char sql[] = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL"
	    " SELECT x + 1 FROM c WHERE x < %d) INSERT INTO submission"
	    " (id, route, state, created, modified, expires) SELECT"
	    " hex(randomblob(13)), '/', 'draft', 1, 1, 1 + x FROM c";
	char text[400];
	sqlite3 *db;

	snprintf(text, sizeof(text), sql, n);
	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
test_sweep(void **state)
{
	struct box *b = *state;
	pthread_t t;
	int more, sum = 0, steps = 0;

	add_expired(b, 5000);
	atomic_store(&sweeping, true);
	assert_int_equal(pthread_create(&t, NULL, put_while_sweeping, b->store),
	    0);
	do {
		more = prg_store_sweep(b->store, INT64_MAX, &sum);
		assert_int_not_equal(more, -1);
		steps++;
	} while (more == 1);
	assert_int_equal(sum, 5000);
	atomic_store(&sweeping, false);
	pthread_join(t, NULL);
	assert_int_equal(count_rows(b->store), atomic_load(&stored));
	/* A row waits for one step, never for all. */
	assert_true(atomic_load(&stored) > steps / 4);
}

/* A record that hangs keeps nobody who sweeps for longer than a second. */
static bool
hang(void *until, struct prg_db *db,
    const struct prg_row *row)
{
	(void)row;
	(void)db;
	while (!atomic_load((atomic_bool *)until))
		usleep(1000);
	return true;
}

static void *
put_and_hang(void *arg)
{
	void **p = arg;
	struct prg_record record = { .run = hang, .arg = p[1] };
	struct prg_row w = row_of("/");

	if (prg_store_put((struct prg_store *)p[0], &w, &record) !=
	    PRG_PUT_DONE)
		abort();
	return NULL;
}

static void
test_sweep_gives_up(void **state)
{
	struct box *b = *state;
	atomic_bool go_on = false;
	void *arg[] = { b->store, &go_on };
	pthread_t t;
	int sum = 0;

	add_expired(b, 7);
	assert_int_equal(pthread_create(&t, NULL, put_and_hang, arg), 0);
	while (prg_store_stats(b->store).waiting == 0)
		usleep(1000);
	usleep(50000);
	assert_int_equal(prg_store_sweep(b->store, INT64_MAX, &sum), 1);
	assert_int_equal(sum, 0);
	atomic_store(&go_on, true);
	while (prg_store_sweep(b->store, INT64_MAX, &sum) == 1)
		;
	assert_int_equal(sum, 7);
	pthread_join(t, NULL);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_every_row_once),
		TEST(test_two_stores),
		TEST(test_bad_rows),
		TEST(test_sweep),
		TEST(test_sweep_gives_up)
	};

	if (sodium_init() == -1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
