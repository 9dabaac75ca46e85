/*
 * test_mt_fastcgi.c - connections of the FastCGI gateway: many, slow, waiting.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_server.h"

/* -- connections --------------------------------------------------------- */

static void
test_kept_connection(void **state)
{
	struct server *s = start(2);
	int fd = dial(s);

	(void)state;
	for (int i = 0; i < 100; i++)
		ask("kept", fd, "hello", "\r\n\r\nhello");
	close(fd);
	fd = dial(s);
	fcgi_send_msg(fd, fcgi_request("hello", "", false));
	expect("not kept", fd, "hello");
	expect_closed("not kept", fd);
	assert_int_equal(s->served, 101);
	stop(s);
}

static void
test_idle_connections(void **state)
{
	enum { IDLE = 300 };
	struct server *s = start(2);
	int fds[IDLE];

	(void)state;
	for (int i = 0; i < IDLE; i++) {
		fds[i] = dial(s);
		if (i % 2 == 0)
			ask("idle", fds[i], "hello", "hello");
	}
	expect_alive("beside idle ones", s);
	for (int i = 0; i < IDLE; i++) {
		ask("idle again", fds[i], "hello", "hello");
		close(fds[i]);
	}
	stop(s);
}

/* One that takes the last moment for a request begins anew. */
static void
test_idle_again(void **state)
{
	struct server *s = server_new(2);
	int fd;

	(void)state;
	s->conf.idle_timeout = 1;
	launch(s);
	fd = dial(s);
	for (int i = 0; i < 3; i++) {
		ask("idle", fd, "hello", "hello");
		expect_asked("idle", fd);
	}
	expect_closed("idle, and asked", fd);
	stop(s);
}

/* -- slow and absent peers ----------------------------------------------- */

static void
test_silent_head(void **state)
{
	struct server *s = start(1);
	int fd = dial(s), mute = dial(s);
	int64_t t = now_ms();

	(void)state;
	fcgi_send(fd, "\001\001\000", 3);
	for (int i = 0; i < 10; i++)
		expect_alive("beside a silent one", s);
	assert_true(now_ms() - t < IO_TIMEOUT * 1000);
	expect_closed("a silent one", fd);
	t = now_ms() - t;
	if (t < IO_TIMEOUT * 1000 - 50 || t > 3 * IO_TIMEOUT * 1000)
		fail_msg("closed after %lld ms", (long long)t);
	ask("one that had said nothing", mute, "hello", "hello");
	close(mute);
	stop(s);
}

static void
test_silent_body(void **state)
{
	struct server *s = start(1);
	struct fcgi_msg m = fcgi_request("count", "0123456789", true);
	int fd = dial(s);

	(void)state;
	fcgi_send(fd, m.p, m.len - 8 - 5);
	expect("half a body", fd, "5 broken");
	expect_closed("half a body", fd);
	expect_alive("after half a body", s);
	fcgi_release(&m);
	stop(s);
}

/* As behind Caddy, which keeps what a slow client sends until it has 64 KB. */
static void
test_late_body(void **state)
{
	struct server *s = start(1);
	struct fcgi_msg m = fcgi_request("count", "0123456789", true);
	int fd = dial(s);

	(void)state;
	fcgi_send(fd, m.p, m.len - 8 - 5);
	usleep(2 * IO_TIMEOUT * 1000000);
	fcgi_send(fd, m.p + m.len - 8 - 5, 8 + 5);
	expect("a body that is late", fd, "10");
	fcgi_release(&m);
	close(fd);
	stop(s);
}

static void
test_never_reads(void **state)
{
	struct server *s = start(1);
	int fd = dial(s);
	int64_t t = now_ms();

	(void)state;
	fcgi_send_msg(fd, fcgi_request("much", "", true));
	expect_alive("beside one that does not read", s);
	t = now_ms() - t;
	if (t > 3 * IO_TIMEOUT * 1000)
		fail_msg("it held the worker for %lld ms", (long long)t);
	close(fd);
	stop(s);
}

static void
test_gone(void **state)
{
	static const char *const acts[] = { "much", "hello", "count" };
	struct server *s = start(1);

	(void)state;
	for (size_t i = 0; i < 30; i++) {
		struct fcgi_msg m = fcgi_request(acts[i % 3], "0123", true);
		int fd = dial(s);

		fcgi_send(fd, m.p, i % 2 == 0 ? m.len : m.len - 10);
		fcgi_release(&m);
		close(fd);
	}
	expect_alive("after peers that went", s);
	stop(s);
}

/* -- waiting requests ------------------------------------------------------ */

static void
test_asleep(void **state)
{
	struct server *s = start(MANY + 1);
	int fds[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		fds[i] = dial(s);
		fcgi_send_msg(fds[i], fcgi_request("sleep", i % 2 == 0 ?
		    "" : "a body", true));
	}
	wait_asleep(s, MANY);
	expect_alive("beside those that wait", s);
	wake_all(s);
	for (int i = 0; i < MANY; i++) {
		expect("woken", fds[i], "woken");
		ask("after", fds[i], "hello", "hello");
		close(fds[i]);
	}
	assert_int_equal(s->woken, MANY);
	stop(s);
}

static void
test_reports(void **state)
{
	struct server *s = start(1);

	(void)state;
	for (int i = 1; i <= 3; i++) {
		pthread_kill(s->thread, SIGUSR1);
		pthread_mutex_lock(&s->lock);
		while (s->reports < i)
			pthread_cond_wait(&s->cond, &s->lock);
		pthread_mutex_unlock(&s->lock);
		expect_alive("after a report", s);
	}
	stop(s);
}

static void
test_gone_while_asleep(void **state)
{
	struct server *s = start(1);
	int fd = dial(s);

	(void)state;
	fcgi_send_msg(fd, fcgi_request("sleep", "", true));
	wait_asleep(s, 1);
	close(fd);
	wake_all(s);
	expect_alive("after one that went meanwhile", s);
	stop(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept_connection),
		cmocka_unit_test(test_idle_connections),
		cmocka_unit_test(test_idle_again),
		cmocka_unit_test(test_silent_head),
		cmocka_unit_test(test_silent_body),
		cmocka_unit_test(test_late_body),
		cmocka_unit_test(test_never_reads),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_asleep),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_gone_while_asleep)
	};

	quiet();
	return cmocka_run_group_tests_name("mt_fastcgi", tests, NULL, NULL);
}
