/*
 * test_turn.c - whoever waits for a turn gets it before the one who had it.
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
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/turn.h"

enum { TURNS = 50, LONG = 20000, SHORT = 400 };	/* the last two in ms */

/* Two that write without pause, and whose turn it was, one after the other. */
struct desk {
	char		path[64];
	atomic_int	n;
	char		had[2 * TURNS];
};

struct writer {
	struct desk	*desk;
	char		 name;
};

static void *
write_all(void *arg)
{
	struct writer *w = arg;
	int fd = prg_turn_open(w->desk->path);

	for (int i = 0; i < TURNS; i++) {
		prg_turn_take(fd, LONG);
		w->desk->had[atomic_fetch_add(&w->desk->n, 1)] = w->name;
		/* Time enough for the other one to wait. */
		usleep(5000);
		prg_turn_give(fd);
	}
	close(fd);
	return NULL;
}

static void
path_for(char path[64])
{
	snprintf(path, 64, "/tmp/prg-turn-%ld", (long)getpid());
}

static void
remove_file(const char *path)
{
	char name[80];

	snprintf(name, sizeof(name), "%s-turn", path);
	assert_int_equal(unlink(name), 0);
}

/* They take turns, but for when one of them was not even let run. */
static void
test_in_turn(void **state)
{
	struct desk desk = { .n = 0 };
	struct writer w[] = { { &desk, 'a' }, { &desk, 'b' } };
	int changes = 0;
	pthread_t t[2];

	(void)state;
	path_for(desk.path);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&t[i], NULL, write_all, &w[i]),
		    0);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	assert_int_equal(desk.n, 2 * TURNS);
	for (int i = 1; i < 2 * TURNS; i++)
		changes += desk.had[i] != desk.had[i - 1];
	if (changes < TURNS)
		fail_msg("%d changes: %.*s", changes, 2 * TURNS, desk.had);
	remove_file(desk.path);
}

/* Each look takes ten times as long as it was to: time is what counts, not looks. */
__attribute__((visibility("default"))) int
nanosleep(const struct timespec *t, struct timespec *left)
{
	const struct timespec longer = { .tv_nsec = 10 * t->tv_nsec };

	return clock_nanosleep(CLOCK_MONOTONIC, 0, &longer, left);
}

/* One who has it and hangs keeps the others waiting for so long, no longer. */
static void
test_not_for_ever(void **state)
{
	char path[64];
	int64_t began;
	int a, b;

	(void)state;
	path_for(path);
	a = prg_turn_open(path);
	b = prg_turn_open(path);
	prg_turn_take(a, LONG);
	began = prg_clock_ms();
	prg_turn_take(b, SHORT);
	assert_in_range(prg_clock_ms() - began, SHORT, 5 * SHORT);
	close(b);
	close(a);
	remove_file(path);
}

static void
test_none(void **state)
{
	(void)state;
	assert_int_equal(prg_turn_open("/nowhere/at/all"), -1);
	prg_turn_take(-1, LONG);
	prg_turn_give(-1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_turn),
		cmocka_unit_test(test_not_for_ever),
		cmocka_unit_test(test_none)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
