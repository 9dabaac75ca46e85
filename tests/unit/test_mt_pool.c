/*
 * test_mt_pool.c - slots are handed on, lent and taken back; workers come and
 * go.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PRG_POOL_IDLE	1
#include "gateway/pool.c"
#include "fcgi_server.h"

static int
slots(void)
{
	return 2 * (int)sysconf(_SC_NPROCESSORS_ONLN);
}

/* More requests than slots are stuck in the app, and the pool was not told. */
static void
test_stuck(void **state)
{
	struct server *s = start(MANY);
	int n = 2 * slots(), fds[MANY];
	int64_t t = now_ms();

	(void)state;
	if (n > MANY / 2)
		n = MANY / 2;
	for (int i = 0; i < n; i++) {
		fds[i] = dial(s);
		fcgi_send_msg(fds[i], fcgi_request("stuck", "", true));
	}
	while (s->served < n)
		usleep(1000);
	expect_alive("beside stuck ones", s);
	t = now_ms() - t;
	if (t >= STUCK)
		fail_msg("it waited for them, %lld ms", (long long)t);
	for (int i = 0; i < n; i++) {
		expect("stuck", fds[i], "slept");
		close(fds[i]);
	}
	stop(s);
}

/* All who wait are woken at once, and no more run than there are slots. */
static void
test_wake(void **state)
{
	struct server *s = start(MANY + 1);
	int fds[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++)
		fds[i] = dial(s);
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < MANY; i++)
			fcgi_send_msg(fds[i], fcgi_request("sleep", "", true));
		wait_asleep(s, MANY);
		wake_all(s);
		for (int i = 0; i < MANY; i++)
			expect("woken", fds[i], "woken");
	}
	for (int i = 0; i < MANY; i++)
		close(fds[i]);
	stop(s);
}

/* A worker that has waited takes one more event, and leaves the others. */
static void
test_one_more(void **state)
{
	struct prg_pool p = { .conf.epoll = epoll_create1(EPOLL_CLOEXEC) };
	struct epoll_event e = { .events = EPOLLIN };
	int fd = eventfd(1, EFD_CLOEXEC);

	(void)state;
	pthread_mutex_init(&p.lock, NULL);
	waited = true;
	assert_false(goes_on(&p, &e));
	epoll_ctl(p.conf.epoll, EPOLL_CTL_ADD, fd, &e);
	assert_true(goes_on(&p, &e));
	assert_false(goes_on(&p, &e));
	waited = p.stopping = true;
	assert_false(goes_on(&p, &e));
	waited = false;
	pthread_mutex_destroy(&p.lock);
	close(p.conf.epoll);
	close(fd);
}

/* -- workers --------------------------------------------------------------- */

struct counted {
	struct server		*s;
	struct prg_gateway_stats stats;
	int			 entered;
};

static void
serve_counted(void *arg, struct prg_conn *c)
{
	struct counted *n = arg;
	const char *act = prg_conn_param(c, "ACT");

	if (strcmp(act, "commit") == 0 && prg_pool_enter_commit())
		n->entered++;
	if (strcmp(act, "leave") == 0)
		prg_pool_leave_commit();
	if (strcmp(act, "sleep") == 0) {
		serve(n->s, c);
		return;
	}
	n->stats = c->ops->stats(c);
	say(c, "counted");
}

static struct counted *
start_counted(int threads)
{
	static struct counted n;

	n = (struct counted){ .s = server_new(threads) };
	n.s->service.serve = serve_counted;
	n.s->service.started = NULL;
	n.s->service.report = NULL;
	n.s->service.arg = &n;
	launch(n.s);
	return &n;
}

static long
resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long all, rss = -1;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%ld %ld", &all, &rss), 2);
	fclose(f);
	return rss * 4;
}

/* They are started when they are needed, and end when they are not. */
static void
test_come_and_go(void **state)
{
	struct counted *n = start_counted(MANY + 1);
	int fds[MANY], fd = dial(n->s);
	long before;

	(void)state;
	ask("few", fd, "hello", "counted");
	assert_in_range(n->stats.workers, 1, slots());
	before = resident();
	for (int i = 0; i < MANY; i++) {
		fds[i] = dial(n->s);
		fcgi_send_msg(fds[i], fcgi_request("sleep", "", true));
	}
	wait_asleep(n->s, MANY);
	before = (resident() - before) / MANY;
	print_message("%ld KB for each of %d blocked workers\n", before, MANY);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	assert_in_range(before, 0, 64);
#endif
	ask("many", fd, "hello", "counted");
	assert_int_equal(n->stats.workers, MANY + 1);
	wake_all(n->s);
	for (int i = 0; i < MANY; i++) {
		expect("woken", fds[i], "woken");
		close(fds[i]);
	}
	for (int i = 0; i < 50 && n->stats.workers > slots(); i++) {
		usleep(100 * 1000);
		ask("few again", fd, "hello", "counted");
	}
	assert_in_range(n->stats.workers, 1, slots());
	close(fd);
	stop(n->s);
}

/* An eighth of the workers is left for everything else. */
static void
test_commits(void **state)
{
	struct counted *n = start_counted(16);
	int fd = dial(n->s);

	(void)state;
	for (int i = 0; i < 20; i++)
		ask("commit", fd, "commit", "counted");
	assert_int_equal(n->entered, 14);
	ask("leave", fd, "leave", "counted");
	ask("commit", fd, "commit", "counted");
	ask("commit", fd, "commit", "counted");
	assert_int_equal(n->entered, 15);
	close(fd);
	stop(n->s);
	/* A thread that is no worker may always. */
	assert_true(prg_pool_enter_commit());
	prg_pool_leave_commit();
	prg_pool_block();
	prg_pool_unblock();
}

/* However many bodies do not come, others are answered at once. */
static void
test_slow_peers(void **state)
{
	struct server *s = start(16);
	int fds[20];
	int64_t t = now_ms();

	(void)state;
	for (int i = 0; i < 20; i++) {
		struct fcgi_msg m = fcgi_request("count", "a body", true);

		fds[i] = dial(s);
		fcgi_send(fds[i], m.p, m.len - 10);
		fcgi_release(&m);
	}
	while (s->served < 20)
		usleep(1000);
	expect_alive("beside slow peers", s);
	t = now_ms() - t;
	if (t >= IO_TIMEOUT * 1000)
		fail_msg("it waited for them, %lld ms", (long long)t);
	for (int i = 0; i < 20; i++) {
		expect("slow", fds[i], "4 broken");
		expect_closed("slow", fds[i]);
	}
	stop(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		/* First, while no memory is left over from others. */
		cmocka_unit_test(test_come_and_go),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_wake),
		cmocka_unit_test(test_one_more),
		cmocka_unit_test(test_commits),
		cmocka_unit_test(test_slow_peers)
	};

	quiet();
	return cmocka_run_group_tests_name("mt_pool", tests, NULL, NULL);
}
