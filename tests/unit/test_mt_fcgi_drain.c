/*
 * test_mt_fcgi_drain.c - the way out, without losing a request.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sched.h>
#include <sys/wait.h>

#include "fcgi_server.h"

/* -- the way out --------------------------------------------------------- */

/* Wait until the socket refuses us: it is draining. */
static void
wait_draining(const struct server *s)
{
	int fd;

	while ((fd = fcgi_connect(s->path)) != -1) {
		close(fd);
		sched_yield();
	}
}

/* An answer, and the byte that asks to close: behind it, or later. */
static void
expect_last(const char *name, int fd, const char *text, bool later)
{
	struct fcgi_answer a = fcgi_read(fd);

	if (later && a.trailing == 0)
		expect_asked(name, fd);
	else if (a.trailing != 1)
		fail_msg("%s: trailing %zu", name, a.trailing);
	if (!a.ended || strstr(a.out, text) == NULL)
		fail_msg("%s: \"%s\", ended %d", name,
		    a.out == NULL ? "" : a.out, a.ended);
	fcgi_answer_release(&a);
	expect_closed(name, fd);
}

static void
test_stop_idle(void **state)
{
	int64_t t = stop(start(2));

	(void)state;
	if (t > 900)
		fail_msg("an unused server took %lld ms", (long long)t);
}

static void
test_stop_parked(void **state)
{
	struct server *s = start(2);
	int fds[10];
	int64_t t;

	(void)state;
	for (int i = 0; i < 10; i++) {
		fds[i] = dial(s);
		ask("parked", fds[i], "hello", "hello");
	}
	t = stop(s);
	if (t < 900 || t > 2500)
		fail_msg("parked connections: %lld ms", (long long)t);
	for (int i = 0; i < 10; i++) {
		expect_asked("parked", fds[i]);
		expect_closed("parked", fds[i]);
	}
}

/* Who closes when asked, is not waited for; who sent nothing, is not asked. */
static void
test_stop_asked(void **state)
{
	struct server *s = start(2);
	int fd = dial(s), mute = dial(s), begun = dial(s);
	char c;
	int64_t t;

	(void)state;
	ask("parked", fd, "hello", "hello");
	fcgi_send(begun, "\001\001\000", 3);
	expect_alive("after what was begun", s);
	t = now_ms();
	terminate(s);
	expect_asked("parked", fd);
	close(fd);
	if (recv(mute, &c, 1, MSG_DONTWAIT) != -1 || errno != EAGAIN)
		fail_msg("one that had sent nothing was told something");
	close(mute);
	fcgi_send(begun, "\001", 1);
	close(begun);
	join(s);
	t = now_ms() - t;
	if (t > 900)		/* at 1 s, idle ones would be closed */
		fail_msg("all had closed, and it took %lld ms", (long long)t);
	server_free(s);
}

static void
test_stop_asleep(void **state)
{
	struct server *s = start(3);
	int fd = dial(s), parked = dial(s), once = dial(s);
	int64_t t;

	(void)state;
	ask("parked", parked, "hello", "hello");
	fcgi_send_msg(fd, fcgi_request("sleep", "", true));
	fcgi_send_msg(once, fcgi_request("sleep", "", false));
	wait_asleep(s, 2);
	t = now_ms();
	terminate(s);
	wait_draining(s);
	fcgi_send_msg(parked, fcgi_request("hello", "", true));
	expect_last("on a parked one, while draining", parked, "hello", false);
	wake_all(s);
	expect_last("asleep", fd, "woken", false);
	expect("asleep, not kept", once, "woken");
	expect_closed("asleep, not kept", once);
	join(s);
	t = now_ms() - t;
	if (t > 950)		/* at 1 s, idle ones would be closed */
		fail_msg("nothing was left, and it took %lld ms", (long long)t);
	assert_int_equal(s->woken, 2);
	server_free(s);
}

/* What waits in the queue is ours, whatever comes first. */
static void
test_stop_queued(void **state)
{
	struct server *s = server_new(2);
	int fds[20];

	(void)state;
	for (int i = 0; i < 20; i++) {
		fds[i] = dial(s);
		fcgi_send_msg(fds[i], fcgi_request("hello", "", true));
	}
	launch(s);
	terminate(s);
	for (int i = 0; i < 20; i++) {
		struct fcgi_answer a = fcgi_read(fds[i]);

		if (!a.ended)
			fail_msg("queued %d: not answered", i);
		fcgi_answer_release(&a);
		close(fds[i]);
	}
	join(s);
	server_free(s);
}

/* So it is behind those who may not come in. */
static void
test_stop_behind_strangers(void **state)
{
	enum { PAIRS = 20 };
	struct server *s = server_new(1);
	int fds[PAIRS], strangers[PAIRS];

	(void)state;
	setenv("FCGI_WEB_SERVER_ADDRS", "127.0.0.1", 1);
	listen_tcp(s);
	for (int i = 0; i < PAIRS; i++) {
		strangers[i] = dial_tcp(s, 2);
		fds[i] = dial_tcp(s, 1);
		fcgi_send_msg(fds[i], fcgi_request("hello", "", false));
	}
	launch(s);
	terminate(s);
	for (int i = 0; i < PAIRS; i++) {
		expect_closed("a stranger", strangers[i]);
		expect("behind a stranger", fds[i], "hello");
		close(fds[i]);
	}
	join(s);
	server_free(s);
	unsetenv("FCGI_WEB_SERVER_ADDRS");
}

static void
test_stop_inherited(void **state)
{
	struct server *s = server_new(2);
	int fd, other;

	(void)state;
	s->conf.inherited = true;
	launch(s);
	expect_alive("inherited", s);
	terminate(s);
	pthread_join(s->thread, NULL);
	fd = dial(s);		/* waits for the successor */
	other = accept(s->conf.listen_fd, NULL, NULL);
	assert_int_not_equal(other, -1);
	close(other);
	close(fd);
	launch(s);
	expect_alive("the successor", s);
	stop(s);
}

/* The service waits on; what it has stays good for it. */
static void
test_grace_over(void **state)
{
	static struct server *s;
	int64_t t = now_ms();
	int fd;

	(void)state;
	s = server_new(2);
	s->conf.grace = 1;
	launch(s);
	fd = dial(s);
	fcgi_send_msg(fd, fcgi_request("sleep", "", true));
	wait_asleep(s, 1);
	terminate(s);
	join_with(s, 1);
	t = now_ms() - t;
	if (t < 900 || t > 4000)
		fail_msg("a grace of 1 s took %lld ms", (long long)t);
	close(fd);
}

/* -- the start ------------------------------------------------------------- */

/* Somebody serves there. */
static void
test_start_refused(void **state)
{
	struct server *s = start(1);
	struct prg_fastcgi conf = s->conf;
	struct prg_error err = { "" };
	char where[128], dir[64];

	(void)state;
	snprintf(where, sizeof(where), "unix:%s", s->path);
	snprintf(dir, sizeof(dir), "%s", s->dir);
	conf.listen = where;
	assert_int_equal(prg_fastcgi_run(&conf, &s->service, &err), -1);
	assert_non_null(strstr(err.text, "in use by"));
	expect_alive("the process before", s);
	stop(s);
	if (access(dir, F_OK) == 0)
		fail_msg("%s: something is left in it", dir);
}

/* If it was given the socket, it does not shut it. */
static void
test_start_fails(void **state)
{
	struct server *s = start(1);
	struct prg_error err = { "" };

	(void)state;
	expect_alive("the process before", s);
	setenv("FCGI_WEB_SERVER_ADDRS", "nowhere", 1);
	assert_int_equal(prg_fastcgi_run(&s->conf, &s->service, &err), -1);
	unsetenv("FCGI_WEB_SERVER_ADDRS");
	expect_alive("the process before", s);
	stop(s);
}

/* The server before ends, and serves its connections until then. */
static void
test_take_over(void **state)
{
	struct server *s = server_new(1), *new;
	char where[128];
	int fd, status;
	pid_t pid;

	(void)state;
	close(s->conf.listen_fd);
	snprintf(where, sizeof(where), "unix:%s", s->path);
	s->conf.listen = where;
	if ((pid = fork()) == 0)
		_exit(prg_fastcgi_run(&s->conf, &s->service, &s->err));
	while ((fd = fcgi_connect(s->path)) == -1)
		sched_yield();
	ask("before", fd, "hello", "hello");
	new = server_new(1);
	new->conf.listen = where;
	new->conf.take_over = true;
	launch(new);
	while (new->started == 0)
		sched_yield();
	fcgi_send_msg(fd, fcgi_request("hello", "", true));
	/* It may come before the old one has heard that it is to end. */
	expect_last("before, and after", fd, "hello", true);
	expect_alive("the new one", s);
	assert_int_equal(new->served, 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	expect_alive("the new one", s);
	stop(new);
	unlink(s->path);
	rmdir(s->dir);
	server_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		/* It forks, and so comes before any thread. */
		cmocka_unit_test(test_take_over),
		cmocka_unit_test(test_stop_idle),
		cmocka_unit_test(test_stop_parked),
		cmocka_unit_test(test_stop_asked),
		cmocka_unit_test(test_stop_asleep),
		cmocka_unit_test(test_stop_queued),
		cmocka_unit_test(test_stop_behind_strangers),
		cmocka_unit_test(test_stop_inherited),
		cmocka_unit_test(test_grace_over),
		cmocka_unit_test(test_start_refused),
		cmocka_unit_test(test_start_fails)
	};

	quiet();
	return cmocka_run_group_tests_name("mt_fcgi_drain", tests, NULL, NULL);
}
