/*
 * test_mt_fastcgi.c - the FastCGI gateway, over a real socket.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include "base/log.h"
#include "conformance.h"
#include "fcgi_client.h"
#include "gateway/gateway.h"
#include "gateway/listen.h"

enum {
	BIG = 3000000,		/* more than socket buffers hold */
	MANY = 64,
	IO_TIMEOUT = 1,
	MAX_PARAMS = 16 << 10
};

/* A gateway in a thread of its own, and what its service saw. */
struct server {
	char			dir[64];
	char			path[96];
	struct prg_fastcgi	conf;
	struct prg_service	service;
	struct prg_error	err;
	pthread_t		thread;
	int			result;
	atomic_int		served;
	atomic_int		forged;
	atomic_int		resumed;
	atomic_long		read;	/* bytes of the last body; -1: broken */
	pthread_mutex_t		lock;
	pthread_cond_t		cond;	/* something was held */
	struct prg_conn		*held[MANY];
	int			nheld;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* -- the service --------------------------------------------------------- */

static void
say(struct prg_conn *c, const char *body)
{
	char out[256];
	int n = snprintf(out, sizeof(out), "Status: 200 OK\r\n\r\n%s", body);

	c->ops->write(c, out, (size_t)n);
}

static void
say_count(struct server *s, struct prg_conn *c)
{
	char buf[1000], text[32];
	long n, sum = 0;

	while ((n = c->ops->read(c, buf, sizeof(buf))) > 0)
		sum += n;
	s->read = n == -1 ? -1 : sum;
	snprintf(text, sizeof(text), "%ld%s", sum, n == -1 ? " broken" : "");
	say(c, text);
}

static void
say_much(struct prg_conn *c)
{
	char *p = malloc(BIG);

	assert(p != NULL);
	for (size_t i = 0; i < BIG; i++)
		p[i] = (char)('a' + i % 26);
	c->ops->write(c, p, BIG);
	free(p);
}

static enum prg_verdict
keep_held(struct server *s, struct prg_conn *c)
{
	pthread_mutex_lock(&s->lock);
	assert(s->nheld < MANY);
	s->held[s->nheld++] = c;
	pthread_cond_signal(&s->cond);
	pthread_mutex_unlock(&s->lock);
	return PRG_CONN_HELD;
}

static enum prg_verdict
serve(void *arg, struct prg_conn *c)
{
	struct server *s = arg;
	const char *act = prg_conn_param(c, "ACT");

	s->served++;
	if (act == NULL)
		say(c, "no act");
	else if (strcmp(act, "count") == 0)
		say_count(s, c);
	else if (strcmp(act, "much") == 0)
		say_much(c);
	else if (strcmp(act, "forged") == 0)
		s->forged++;
	else if (strcmp(act, "hold") == 0)
		return keep_held(s, c);
	else if (strcmp(act, "hold early") == 0) {
		prg_conn_resume(c);
		return PRG_CONN_HELD;
	} else
		say(c, act);
	return PRG_CONN_DONE;
}

static enum prg_verdict
resume(void *arg, struct prg_conn *c)
{
	struct server *s = arg;

	s->resumed++;
	say(c, "resumed");
	return PRG_CONN_DONE;
}

/* Wait until 'n' requests are held. */
static void
wait_held(struct server *s, int n)
{
	pthread_mutex_lock(&s->lock);
	while (s->nheld < n)
		pthread_cond_wait(&s->cond, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

/* -- the server ---------------------------------------------------------- */

static void *
run(void *arg)
{
	struct server *s = arg;

	s->result = prg_fastcgi_run(&s->conf, &s->service, &s->err);
	return NULL;
}

static struct server *
server_new(int threads)
{
	struct server *s = calloc(1, sizeof(*s));
	char where[128];

	assert_non_null(s);
	snprintf(s->dir, sizeof(s->dir), "/tmp/prg-fastcgi-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->path, sizeof(s->path), "%s/sock", s->dir);
	snprintf(where, sizeof(where), "unix:%s", s->path);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->cond, NULL);
	s->service = (struct prg_service){ serve, resume, s };
	s->conf = (struct prg_fastcgi){
		.listen_fd = prg_listen_open(where, false, &s->err),
		.threads = threads,
		.grace = 10,
		.io_timeout = IO_TIMEOUT,
		.max_params = MAX_PARAMS
	};
	if (s->conf.listen_fd == -1)
		fail_msg("%s", s->err.text);
	return s;
}

static void
launch(struct server *s)
{
	assert_int_equal(pthread_create(&s->thread, NULL, run, s), 0);
}

static struct server *
start(int threads)
{
	struct server *s = server_new(threads);

	launch(s);
	return s;
}

static void
terminate(struct server *s)
{
	pthread_kill(s->thread, SIGTERM);
}

static void
join(struct server *s)
{
	pthread_join(s->thread, NULL);
	close(s->conf.listen_fd);
	unlink(s->path);
	rmdir(s->dir);
	if (s->result != 0)
		fail_msg("prg_fastcgi_run: %d, %s", s->result, s->err.text);
}

static void
server_free(struct server *s)
{
	pthread_cond_destroy(&s->cond);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* SIGTERM, and how many ms it took to end. */
static int64_t
stop(struct server *s)
{
	int64_t t = now_ms();

	terminate(s);
	join(s);
	server_free(s);
	return now_ms() - t;
}

static int
dial(const struct server *s)
{
	int fd = fcgi_connect(s->path);

	assert_int_not_equal(fd, -1);
	return fd;
}

/* Read one answer and see that its text is there and it ended. */
static void
expect(const char *name, int fd, const char *text)
{
	struct fcgi_answer a = fcgi_read(fd);

	if (!a.ended || a.out == NULL || strstr(a.out, text) == NULL ||
	    a.status != FCGI_REQUEST_COMPLETE)
		fail_msg("%s: no \"%s\" in: \"%s\" (ended %d, status %u, %s)",
		    name, text, a.out == NULL ? "" : a.out, a.ended, a.status,
		    strerror(a.error));
	fcgi_answer_release(&a);
}

static void
ask(const char *name, int fd, const char *act, const char *text)
{
	if (!fcgi_send_msg(fd, fcgi_request(act, "", true)))
		fail_msg("%s: cannot send: %s", name, strerror(errno));
	expect(name, fd, text);
}

static void
expect_closed(const char *name, int fd)
{
	if (!fcgi_closed(fd))
		fail_msg("%s: not closed: %s", name, strerror(errno));
	close(fd);
}

/* A new connection is answered. */
static void
expect_alive(const char *name, const struct server *s)
{
	int fd = dial(s);

	ask(name, fd, "hello", "\r\n\r\nhello");
	close(fd);
}

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
	fd = dup(old);		/* the lowest free one; we take it, they get none */
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

static void
test_tcp(void **state)
{
	struct server *s = server_new(2);
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	socklen_t len = sizeof(in);
	int fd;

	(void)state;
	close(s->conf.listen_fd);
	s->conf.listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->conf.listen_fd, (struct sockaddr *)&in, len),
	    0);
	assert_int_equal(listen(s->conf.listen_fd, 5), 0);
	assert_int_equal(getsockname(s->conf.listen_fd,
	    (struct sockaddr *)&in, &len), 0);
	launch(s);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&in, len), 0);
	for (int i = 0; i < 10; i++)
		ask("tcp", fd, "hello", "hello");
	close(fd);
	stop(s);
}

/* -- what goes over the wire --------------------------------------------- */

/*
 * One worker sees events in their order: when it has answered 'other', it has looked
 * at what was sent before.
 */
static void
test_cut(void **state)
{
	struct server *s = start(1);
	struct fcgi_msg m = fcgi_request("count", "0123456789", true);
	int fd = dial(s), other = dial(s);
	char name[32];

	(void)state;
	for (size_t cut = 1; cut < m.len; cut++) {
		snprintf(name, sizeof(name), "cut at %zu", cut);
		fcgi_send(fd, m.p, cut);
		if (cut < m.len - 8 - 10 - 8)
			ask(name, other, "hello", "hello");
		fcgi_send(fd, m.p + cut, m.len - cut);
		expect(name, fd, "\r\n\r\n10");
	}
	fcgi_release(&m);
	close(fd);
	close(other);
	stop(s);
}

static void
test_bytewise(void **state)
{
	struct server *s = start(2);
	struct fcgi_msg m = fcgi_request("count", "0123456789", true);
	int fd = dial(s);

	(void)state;
	for (int round = 0; round < 10; round++) {
		for (size_t i = 0; i < m.len; i++)
			fcgi_send(fd, m.p + i, 1);
		expect("byte at a time", fd, "\r\n\r\n10");
	}
	fcgi_release(&m);
	close(fd);
	stop(s);
}

static void
test_pipelined(void **state)
{
	struct server *s = start(2);
	struct fcgi_msg m = { 0 };
	int fd = dial(s);

	(void)state;
	for (int i = 0; i < 50; i++) {
		struct fcgi_msg one = fcgi_request(i % 3 == 0 ? "hold early" :
		    "count", "0123456789", true);

		fcgi_bytes(&m, one.p, one.len);
		fcgi_release(&one);
	}
	fcgi_send_msg(fd, m);
	/* The reads of this end go past one answer, so count what ends. */
	for (int ended = 0; ended < 50; ended++) {
		unsigned char h[FCGI_HEADER_LEN], rest[65536];
		size_t n;

		do {
			assert_int_equal(recv(fd, h, sizeof(h), MSG_WAITALL),
			    sizeof(h));
			n = (size_t)(h[4] << 8 | h[5]) + h[6];
			assert_int_equal(recv(fd, rest, n, MSG_WAITALL), n);
		} while (h[1] != FCGI_END_REQUEST);
	}
	assert_int_equal(s->served, 50);
	close(fd);
	stop(s);
}

static void
test_bodies(void **state)
{
	static const size_t sizes[] = {
		0, 1, 8000, 8192, 9000, 65535, 65536, 200000, 3000000
	};
	struct server *s = start(2);
	int fd = dial(s);
	char want[32];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *body = malloc(sizes[i] + 1);

		assert_non_null(body);
		memset(body, 'b', sizes[i]);
		body[sizes[i]] = '\0';
		fcgi_send_msg(fd, fcgi_request("count", body, true));
		snprintf(want, sizeof(want), "\r\n\r\n%zu", sizes[i]);
		expect(want + 4, fd, want);
		free(body);
	}
	close(fd);
	stop(s);
}

static void
test_big_answer(void **state)
{
	struct server *s = start(2);
	int fd = dial(s);

	(void)state;
	for (int i = 0; i < 3; i++) {
		fcgi_send_msg(fd, fcgi_request("much", "", true));
		struct fcgi_answer a = fcgi_read(fd);

		assert_true(a.ended);
		assert_int_equal(a.len, BIG);
		for (size_t k = 0; k < a.len; k++)
			if (a.out[k] != (char)('a' + k % 26))
				fail_msg("byte %zu is wrong", k);
		fcgi_answer_release(&a);
	}
	close(fd);
	stop(s);
}

/* A head with one value of 'n' bytes, in records of at most 'most'. */
static struct fcgi_msg
big_head(size_t n, size_t most)
{
	struct fcgi_msg m = { 0 }, pairs = { 0 };
	char *value = malloc(n + 1);

	assert_non_null(value);
	memset(value, 'v', n);
	value[n] = '\0';
	fcgi_pair(&pairs, "ACT", "hello");
	fcgi_pair(&pairs, "BIG", value);
	fcgi_begin(&m, true);
	for (size_t i = 0; i < pairs.len; i += most)
		fcgi_record(&m, FCGI_PARAMS, pairs.p + i,
		    pairs.len - i < most ? pairs.len - i : most);
	fcgi_record(&m, FCGI_PARAMS, NULL, 0);
	fcgi_stdin(&m, "", 0);
	fcgi_release(&pairs);
	free(value);
	return m;
}

static void
test_big_heads(void **state)
{
	enum { OTHERS = 10 + 8 };	/* bytes of ACT, and around BIG */
	static const struct {
		const char	*name;
		size_t		 n;
		size_t		 most;
		bool		 served;
	} rows[] = {
		{ "8 KB",		8 << 10, 65535, true },
		{ "8 KB, 1 KB each",	8 << 10, 1 << 10, true },
		{ "2 KB, 3 bytes each",	2 << 10, 3, true },
		{ "one under the cap",	MAX_PARAMS - OTHERS - 1, 65535, true },
		{ "at the cap",		MAX_PARAMS - OTHERS, 65535, true },
		{ "one over the cap",	MAX_PARAMS - OTHERS + 1, 65535, false },
		{ "four times the cap",	4 * MAX_PARAMS - 99, 65535, false },
		{ "in parts over it",	2 * MAX_PARAMS, 1000, false }
	};
	struct server *s = start(2);
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fd = dial(s);
		fcgi_send_msg(fd, big_head(rows[i].n, rows[i].most));
		if (rows[i].served) {
			expect(rows[i].name, fd, "hello");
			close(fd);
		} else
			expect_closed(rows[i].name, fd);
	}
	expect_alive("after big heads", s);
	stop(s);
}

/* -- hostile peers ------------------------------------------------------- */

static struct fcgi_msg
six_questions(void)
{
	struct fcgi_msg m = { 0 }, pairs = { 0 };

	for (int i = 0; i < 6; i++)
		fcgi_pair(&pairs, FCGI_MAX_CONNS, "");
	fcgi_shaped(&m, (struct fcgi_shape){ FCGI_GET_VALUES, 0, 0 },
	    pairs.p, pairs.len);
	fcgi_release(&pairs);
	return m;
}

static struct fcgi_msg
two_gigabytes(void)
{
	static const unsigned char lengths[] = {
		0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xfe, 'A'
	};
	struct fcgi_msg m = { 0 };

	fcgi_begin(&m, true);
	fcgi_record(&m, FCGI_PARAMS, lengths, sizeof(lengths));
	fcgi_record(&m, FCGI_PARAMS, NULL, 0);
	fcgi_stdin(&m, "", 0);
	return m;
}

static struct fcgi_msg
nul_in_value(void)
{
	struct fcgi_msg m = { 0 };

	fcgi_begin(&m, true);
	fcgi_record(&m, FCGI_PARAMS, "\003\003ACTa\0b", 8);
	fcgi_record(&m, FCGI_PARAMS, NULL, 0);
	fcgi_stdin(&m, "", 0);
	return m;
}

static struct fcgi_msg
other_version(void)
{
	struct fcgi_msg m = fcgi_request("hello", "", true);

	m.p[0] = 2;
	return m;
}

static struct fcgi_msg
http(void)
{
	struct fcgi_msg m = { 0 };

	fcgi_bytes(&m, "GET / HTTP/1.1\r\n\r\n", 18);
	return m;
}

static void
test_refused(void **state)
{
	static const struct {
		const char	*name;
		struct fcgi_msg	(*make)(void);
	} rows[] = {
		{ "lengths of 0x7ffffffe",	two_gigabytes },
		{ "a NUL in a value",		nul_in_value },
		{ "version 2",			other_version },
		{ "HTTP",			http }
	};
	struct server *s = start(1);
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fd = dial(s);
		fcgi_send_msg(fd, rows[i].make());
		expect_closed(rows[i].name, fd);
	}
	assert_int_equal(s->served, 0);
	expect_alive("after refusals", s);
	stop(s);
}

/* Questions are answered, and the connection is good for a request then. */
static void
test_management(void **state)
{
	static const unsigned char values[] = {
		1, 10, 0, 0, 0, 20, 0, 0, 14, 4,
		'F', 'C', 'G', 'I', '_', 'M', 'A', 'X', '_', 'C', 'O', 'N',
		'N', 'S', '1', '0', '2', '4'
	};
	static const unsigned char unknown[] = {
		1, 11, 0, 0, 0, 8, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0
	};
	struct server *s = start(1);
	struct fcgi_msg m = six_questions();
	unsigned char got[sizeof(values)];
	int fd = dial(s);

	(void)state;
	fcgi_shaped(&m, (struct fcgi_shape){ 99, 0, 3 }, "what?", 5);
	fcgi_send_msg(fd, m);
	assert_int_equal(recv(fd, got, sizeof(values), MSG_WAITALL),
	    sizeof(values));
	assert_memory_equal(got, values, sizeof(values));
	assert_int_equal(recv(fd, got, sizeof(unknown), MSG_WAITALL),
	    sizeof(unknown));
	assert_memory_equal(got, unknown, sizeof(unknown));
	ask("after questions", fd, "hello", "hello");
	close(fd);
	stop(s);
}

/* In a body they would reach libfcgi, were it reading. */
static void
test_management_in_body(void **state)
{
	static const char *const pairs[] = { "ACT", "count", NULL };
	struct server *s = start(1);
	struct fcgi_msg m = { 0 }, q = six_questions();
	int fd = dial(s);

	(void)state;
	fcgi_begin(&m, true);
	fcgi_params(&m, pairs);
	fcgi_record(&m, FCGI_STDIN, "abc", 3);
	fcgi_bytes(&m, q.p, q.len);
	fcgi_release(&q);
	fcgi_stdin(&m, "def", 3);
	fcgi_send_msg(fd, m);
	expect("GET_VALUES in a body", fd, "3 broken");
	expect_closed("GET_VALUES in a body", fd);
	expect_alive("after it", s);
	stop(s);
}

static void
test_role(void **state)
{
	static const unsigned char authorizer[8] = { 0, FCGI_AUTHORIZER, 1 };
	static const char *const pairs[] = { "ACT", "hello", NULL };
	struct server *s = start(1);
	struct fcgi_msg m = { 0 };
	struct fcgi_answer a;
	int fd = dial(s);

	(void)state;
	fcgi_record(&m, FCGI_BEGIN_REQUEST, authorizer, sizeof(authorizer));
	fcgi_params(&m, pairs);
	fcgi_send_msg(fd, m);
	a = fcgi_read(fd);
	assert_true(a.ended);
	assert_int_equal(a.status, FCGI_UNKNOWN_ROLE);
	close(fd);
	assert_int_equal(s->served, 0);
	stop(s);
}

static void
test_second_begin(void **state)
{
	static const unsigned char body[8] = { 0, FCGI_RESPONDER, 1 };
	static const char *const pairs[] = { "ACT", "count", NULL };
	struct server *s = start(1);
	struct fcgi_msg m = { 0 };
	struct fcgi_answer a;
	int fd = dial(s);

	(void)state;
	fcgi_begin(&m, true);
	fcgi_params(&m, pairs);
	fcgi_record(&m, FCGI_STDIN, "abc", 3);
	fcgi_shaped(&m, (struct fcgi_shape){ FCGI_BEGIN_REQUEST, 7, 0 },
	    body, sizeof(body));
	fcgi_shaped(&m, (struct fcgi_shape){ FCGI_STDIN, 7, 5 }, "xyz", 3);
	fcgi_send_msg(fd, m);
	a = fcgi_read(fd);
	assert_true(a.ended);
	assert_int_equal(a.status, FCGI_CANT_MPX_CONN);
	assert_int_equal(a.id, 7);
	m = (struct fcgi_msg){ 0 };
	fcgi_stdin(&m, "def", 3);
	fcgi_send_msg(fd, m);
	expect("the first goes on", fd, "\r\n\r\n6");
	ask("the next", fd, "hello", "hello");
	close(fd);
	stop(s);
}

/*
 * A body that looks like a request of somebody else's, behind as many bytes as the
 * reader might leave unread.
 */
static char *
forged_body(size_t before, size_t *len)
{
	struct fcgi_msg m = fcgi_request("forged", "", true);
	char *p = malloc(before + m.len);

	assert_non_null(p);
	memset(p, 'x', before);
	memcpy(p + before, m.p, m.len);
	*len = before + m.len;
	fcgi_release(&m);
	return p;
}

static void
test_unread_body(void **state)
{
	static const char *const pairs[] = { "ACT", "unread", NULL };
	static const struct {
		const char	*name;
		size_t		 before;
		bool		 kept;
	} rows[] = {
		{ "a small one",	0, true },
		{ "libfcgi's buffer",	8192 - 79, true },
		{ "one byte more",	8192 - 78, true },
		{ "two buffers",	16384 - 79, true },
		{ "60 KB",		60 << 10, true },
		{ "more than is drained", 300000, false },
		{ "3 MB",		3000000, false }
	};
	struct server *s = start(2);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fcgi_msg m = { 0 };
		size_t len;
		char *p = forged_body(rows[i].before, &len);
		int fd = dial(s);

		fcgi_begin(&m, true);
		fcgi_params(&m, pairs);
		fcgi_stdin(&m, p, len);
		free(p);
		fcgi_send_msg(fd, m);
		expect(rows[i].name, fd, "unread");
		if (rows[i].kept) {
			ask(rows[i].name, fd, "hello", "hello");
			close(fd);
		} else
			expect_closed(rows[i].name, fd);
		if (s->forged > 0)
			fail_msg("%s: executed", rows[i].name);
	}
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

static size_t
from_hex(const char *hex, unsigned char *out)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++) {
		const char two[3] = { hex[2 * i], hex[2 * i + 1] };

		out[i] = (unsigned char)strtoul(two, NULL, 16);
	}
	return n;
}

/* Each begins a request with a body and does not end it. */
static void
test_aborts(void **state)
{
	json_t *all = conformance_load("fastcgi-go/records.json"), *row;
	struct server *s = start(1);
	unsigned char p[1024];
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(all, "abort"), i, row) {
		const char *hex = json_string_value(json_object_get(row,
		    "hex"));
		int fd = dial(s);

		assert_in_range(strlen(hex), 1, 2 * sizeof(p));
		fcgi_send(fd, p, from_hex(hex, p));
		shutdown(fd, SHUT_WR);
		expect(json_string_value(json_object_get(row, "desc")), fd,
		    "no act");
		expect_closed("aborted", fd);
	}
	assert_int_equal(i, 2);
	expect_alive("after aborts", s);
	json_decref(all);
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

static void
expect_last(const char *name, int fd, const char *text)
{
	struct fcgi_answer a = fcgi_read(fd);

	if (!a.ended || strstr(a.out, text) == NULL || a.trailing != 1)
		fail_msg("%s: \"%s\", ended %d, trailing %zu", name,
		    a.out == NULL ? "" : a.out, a.ended, a.trailing);
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
	for (int i = 0; i < 10; i++)
		expect_closed("parked", fds[i]);
}

static void
test_stop_held(void **state)
{
	struct server *s = start(2);
	int fd = dial(s), parked = dial(s), once = dial(s);

	(void)state;
	ask("parked", parked, "hello", "hello");
	fcgi_send_msg(fd, fcgi_request("hold", "", true));
	fcgi_send_msg(once, fcgi_request("hold", "", false));
	wait_held(s, 2);
	terminate(s);
	wait_draining(s);
	fcgi_send_msg(parked, fcgi_request("hello", "", true));
	expect_last("on a parked one, while draining", parked, "hello");
	prg_conn_resume(s->held[0]);
	prg_conn_resume(s->held[1]);
	expect_last("held", fd, "resumed");
	expect("held, not kept", once, "resumed");
	expect_closed("held, not kept", once);
	join(s);
	assert_int_equal(s->resumed, 2);
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

/* The service never resumes; what it holds stays good for it. */
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
	fcgi_send_msg(fd, fcgi_request("hold", "", true));
	wait_held(s, 1);
	terminate(s);
	join(s);
	t = now_ms() - t;
	if (t < 900 || t > 4000)
		fail_msg("a grace of 1 s took %lld ms", (long long)t);
	prg_conn_resume(s->held[0]);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept_connection),
		cmocka_unit_test(test_idle_connections),
		cmocka_unit_test(test_no_descriptors),
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_bytewise),
		cmocka_unit_test(test_pipelined),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_big_answer),
		cmocka_unit_test(test_big_heads),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_management),
		cmocka_unit_test(test_management_in_body),
		cmocka_unit_test(test_role),
		cmocka_unit_test(test_second_begin),
		cmocka_unit_test(test_unread_body),
		cmocka_unit_test(test_silent_head),
		cmocka_unit_test(test_silent_body),
		cmocka_unit_test(test_never_reads),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_aborts),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_resumed_early),
		cmocka_unit_test(test_gone_while_held),
		cmocka_unit_test(test_stop_idle),
		cmocka_unit_test(test_stop_parked),
		cmocka_unit_test(test_stop_held),
		cmocka_unit_test(test_stop_queued),
		cmocka_unit_test(test_stop_inherited),
		cmocka_unit_test(test_grace_over)
	};
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	prg_log_open("test", PRG_LOG_ERROR);
	return cmocka_run_group_tests_name("mt_fastcgi", tests, NULL, NULL);
}
