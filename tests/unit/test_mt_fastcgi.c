/*
 * test_mt_fastcgi.c - connections of the FastCGI gateway: many, slow, held.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/resource.h>

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

static void
test_no_descriptors(void **state)
{
	struct server *s = start(2);
	struct rlimit was, less;
	int old = dial(s), fd;

	(void)state;
	ask("before", old, "hello", "hello");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	less = was;
	fd = dup(old);	/* the lowest free one; none is left for them */
	close(fd);
	less.rlim_cur = (rlim_t)fd + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &less), 0);
	fd = dial(s);
	fcgi_send_msg(fd, fcgi_request("hello", "", true));
	for (int i = 0; i < 100; i++)
		ask("others go on", old, "hello", "hello");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
	expect("accepted later", fd, "hello");
	close(fd);
	close(old);
	stop(s);
}

/* Idle ones make room once somebody waits, and not before. */
static void
test_full(void **state)
{
	struct server *s = server_new(2);
	int fds[2], third;
	int64_t t;
	char c;

	(void)state;
	s->conf.max_connections = 2;
	launch(s);
	for (int i = 0; i < 2; i++) {
		fds[i] = dial(s);
		ask("one of two", fds[i], "hello", "hello");
	}
	usleep(300 * 1000);
	if (recv(fds[0], &c, 1, MSG_DONTWAIT) != -1 || errno != EAGAIN)
		fail_msg("asked to close, and nobody waits");
	t = now_ms();
	third = dial(s);
	fcgi_send_msg(third, fcgi_request("hello", "", true));
	for (int i = 0; i < 2; i++) {
		expect_asked("one of two", fds[i]);
		close(fds[i]);
	}
	expect("the third", third, "hello");
	t = now_ms() - t;
	if (t > 1000)
		fail_msg("the third waited for %lld ms", (long long)t);
	close(third);
	stop(s);
}

static void
test_tcp(void **state)
{
	struct server *s = server_new(2);
	int fd;

	(void)state;
	listen_tcp(s);
	launch(s);
	fd = dial_tcp(s, 1);
	for (int i = 0; i < 10; i++)
		ask("tcp", fd, "hello", "hello");
	close(fd);
	stop(s);
}

static void
test_strangers(void **state)
{
	struct server *s = server_new(2);
	int fd;

	(void)state;
	setenv("FCGI_WEB_SERVER_ADDRS", "10.9.8.7", 1);
	listen_tcp(s);
	launch(s);
	fd = dial_tcp(s, 1);
	expect_closed("not on the list", fd);
	stop(s);
	setenv("FCGI_WEB_SERVER_ADDRS", "10.9.8.7,127.0.0.1", 1);
	s = server_new(2);
	listen_tcp(s);
	launch(s);
	fd = dial_tcp(s, 1);
	ask("on the list", fd, "hello", "hello");
	close(fd);
	stop(s);
	unsetenv("FCGI_WEB_SERVER_ADDRS");
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

/* -- held requests ------------------------------------------------------- */

static void
test_held(void **state)
{
	struct server *s = start(2);
	int fds[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		fds[i] = dial(s);
		fcgi_send_msg(fds[i], fcgi_request("hold", i % 2 == 0 ?
		    "" : "a body", true));
	}
	wait_held(s, MANY);
	expect_alive("beside held ones", s);
	for (int i = 0; i < MANY; i++)
		prg_conn_resume(s->held[i]);
	for (int i = 0; i < MANY; i++) {
		expect("held", fds[i], "resumed");
		ask("after", fds[i], "hello", "hello");
		close(fds[i]);
	}
	assert_int_equal(s->resumed, MANY);
	stop(s);
}

static void
test_resumed_early(void **state)
{
	struct server *s = start(2);
	int fd = dial(s);

	(void)state;
	for (int i = 0; i < 200; i++)
		ask("resumed before it is held", fd, "hold early", "resumed");
	close(fd);
	stop(s);
}

static void
test_held_again(void **state)
{
	struct server *s = start(2);
	int fd = dial(s);

	(void)state;
	for (int i = 0; i < 200; i++)
		ask("held again", fd, "hold twice", "resumed");
	assert_int_equal(s->resumed, 400);
	close(fd);
	stop(s);
}

/* Each waits for the other, so both must have a worker. */
static void
test_resumed_together(void **state)
{
	struct server *s = start(2);
	int a = dial(s), b = dial(s);

	(void)state;
	for (int i = 1; i <= 100; i++) {
		fcgi_send_msg(a, fcgi_request("hold for two", "", true));
		fcgi_send_msg(b, fcgi_request("hold for two", "", true));
		wait_held(s, 2);
		s->nheld = 0;
		prg_conn_resume(s->held[0]);
		prg_conn_resume(s->held[1]);
		expect("one of two", a, "together");
		expect("the other", b, "together");
	}
	close(a);
	close(b);
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
test_gone_while_held(void **state)
{
	struct server *s = start(1);
	int fd = dial(s);

	(void)state;
	fcgi_send_msg(fd, fcgi_request("hold", "", true));
	wait_held(s, 1);
	close(fd);
	prg_conn_resume(s->held[0]);
	expect_alive("after one that went while held", s);
	stop(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept_connection),
		cmocka_unit_test(test_idle_connections),
		cmocka_unit_test(test_no_descriptors),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_silent_head),
		cmocka_unit_test(test_silent_body),
		cmocka_unit_test(test_never_reads),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_resumed_early),
		cmocka_unit_test(test_held_again),
		cmocka_unit_test(test_resumed_together),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_gone_while_held)
	};

	quiet();
	return cmocka_run_group_tests_name("mt_fastcgi", tests, NULL, NULL);
}
