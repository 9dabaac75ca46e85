/*
 * test_turn.c - a process that waits for a turn gets it before the one that
 * had it.
 */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/turn.h"

enum { TURNS = 50 };

/* Milliseconds. */
enum { LONG = 20000, SHORT = 400, HELD = 200 };

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
	struct prg_error err;
	int fd = prg_turn_open(w->desk->path, &err);

	for (int i = 0; i < TURNS; i++) {
		if (!prg_turn_take(fd, LONG))
			abort();
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

/* A process that has the turn and hangs: others wait for so long, no longer. */
static void
test_not_for_ever(void **state)
{
	struct prg_error err;
	char path[64];
	int64_t began;
	int a, b;

	(void)state;
	path_for(path);
	a = prg_turn_open(path, &err);
	b = prg_turn_open(path, &err);
	assert_true(prg_turn_take(a, LONG));
	began = prg_clock_ms();
	assert_false(prg_turn_take(b, SHORT));
	assert_in_range(prg_clock_ms() - began, SHORT, 5 * SHORT);
	prg_turn_give(a);
	assert_true(prg_turn_take(b, SHORT));
	close(b);
	close(a);
	remove_file(path);
}

static void *
give_later(void *fd)
{
	usleep(HELD * 1000);
	prg_turn_give(*(int *)fd);
	return NULL;
}

static atomic_int looks;

__attribute__((visibility("default"))) int
nanosleep(const struct timespec *t, struct timespec *left)
{
	atomic_fetch_add(&looks, 1);
	return clock_nanosleep(CLOCK_MONOTONIC, 0, t, left);
}

/* It costs few looks, and the turn is taken soon after it was given. */
static void
test_few_looks(void **state)
{
	struct prg_error err;
	char path[64];
	int64_t began;
	pthread_t t;
	int a, b;

	(void)state;
	path_for(path);
	a = prg_turn_open(path, &err);
	b = prg_turn_open(path, &err);
	assert_true(prg_turn_take(a, LONG));
	atomic_store(&looks, 0);
	began = prg_clock_ms();
	assert_int_equal(pthread_create(&t, NULL, give_later, &a), 0);
	assert_true(prg_turn_take(b, LONG));
	assert_in_range(prg_clock_ms() - began, HELD - 1, 2 * HELD);
	assert_in_range(atomic_load(&looks), 5, 70);
	pthread_join(t, NULL);
	close(b);
	close(a);
	remove_file(path);
}

/* The lock file is no reason to write without the lock. */
static void
test_none(void **state)
{
	struct prg_error err;

	(void)state;
	assert_int_equal(prg_turn_open("/nowhere/at/all", &err), -1);
	assert_non_null(strstr(err.text, "/nowhere/at/all-turn: No such file"));
}

/*
 * It has the owner and the mode of the store, and a stranger does not make
 * it.
 */
static void
test_owner(void **state)
{
	char path[64], name[80];
	struct prg_error err;
	struct stat st;
	int fd;

	(void)state;
	if (geteuid() != 0)
		skip();
	path_for(path);
	snprintf(name, sizeof(name), "%s-turn", path);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(chown(path, 1, 2), 0);
	assert_int_equal(seteuid(65534), 0);
	fd = prg_turn_open(path, &err);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(fd, -1);
	assert_non_null(strstr(err.text, "run this as the owner of the store"));
	fd = prg_turn_open(path, &err);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_uid, 1);
	assert_int_equal(st.st_gid, 2);
	assert_int_equal(st.st_mode & 0777, 0640);
	close(fd);
	unlink(path);
	remove_file(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_turn),
		cmocka_unit_test(test_not_for_ever),
		cmocka_unit_test(test_few_looks),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_owner)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
