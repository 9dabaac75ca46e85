/*
 * test_mt_fcgi_arrive.c - connections as they come: how many, and whose.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/resource.h>

#include "fcgi_server.h"

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
	if (t > 10000)		/* and not for --idle-timeout */
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
test_peers(void **state)
{
	static const struct {
		const char	*list;
		const char	*says;	/* NULL: all may connect */
	} rows[] = {
		{ "localhost", "FCGI_WEB_SERVER_ADDRS: 'localhost' is neither" },
		{ "127.0.0.1;10.0.0.1", "write 10.0.0.1," },
		{ "127.0.0.1,10.0.0.1/8", "bits behind" },
		{ "", NULL },
		{ " , ", NULL }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct server *s = server_new(1);
		int fd;

		setenv("FCGI_WEB_SERVER_ADDRS", rows[i].list, 1);
		listen_tcp(s);
		launch(s);
		if (rows[i].says == NULL) {
			fd = dial_tcp(s, 1);
			ask(rows[i].list, fd, "hello", "hello");
			close(fd);
			stop(s);
			continue;
		}
		join_with(s, -1);
		if (strstr(s->err.text, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].list, s->err.text);
		server_free(s);
	}
	unsetenv("FCGI_WEB_SERVER_ADDRS");
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_descriptors),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_strangers)
	};

	quiet();
	return cmocka_run_group_tests_name("mt_fcgi_arrive", tests, NULL, NULL);
}
