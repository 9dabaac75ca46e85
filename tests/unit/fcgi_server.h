/*
 * fcgi_server.h - the FastCGI gateway in a thread of its own, for the tests.
 */
#ifndef FCGI_SERVER_H
#define FCGI_SERVER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "base/log.h"
#include "fcgi_client.h"
#include "gateway/gateway.h"
#include "gateway/listen.h"
#include "gateway/pool.h"

enum {
	STUCK = 600,		/* ms */
	BIG = 3000000,		/* more than socket buffers hold */
	MANY = 64,
	IO_TIMEOUT = 1,
	MAX_PARAMS = 64 << 10
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
	atomic_int		started;
	atomic_int		served;
	atomic_int		forged;
	atomic_int		woken;
	atomic_long		read;	/* bytes of the last body; -1: broken */
	pthread_mutex_t		lock;
	pthread_cond_t		cond;	/* of what follows */
	struct prg_waiter	*asleep[MANY];
	int			nasleep;
	int			reports;
};

static inline int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* -- the service --------------------------------------------------------- */

static inline void
say(struct prg_conn *c, const char *body)
{
	const struct prg_span parts[] = {
		prg_span("Status: 200 OK\r\n"), prg_span("\r\n"),
		prg_span(body)
	};

	c->ops->answer(c, parts, 3);
}

static inline void
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

static inline void
say_much(struct prg_conn *c)
{
	char *p = malloc(BIG);

	assert(p != NULL);
	for (size_t i = 0; i < BIG; i++)
		p[i] = (char)('a' + i % 26);
	c->ops->answer(c, &(struct prg_span){ p, BIG }, 1);
	free(p);
}

/* Wait as for a commit, until the test wakes it. */
static inline void
say_woken(struct server *s, struct prg_conn *c)
{
	struct prg_waiter w;

	prg_pool_waiter(&w);
	pthread_mutex_lock(&s->lock);
	assert(s->nasleep < MANY);
	s->asleep[s->nasleep++] = &w;
	pthread_cond_broadcast(&s->cond);
	pthread_mutex_unlock(&s->lock);
	prg_pool_sleep(&w);
	s->woken++;
	say(c, "woken");
}

/* Wait without a word to the pool, as an app may. */
static inline void
say_slept(struct prg_conn *c)
{
	usleep(STUCK * 1000);
	say(c, "slept");
}

static inline void
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
	else if (strcmp(act, "sleep") == 0)
		say_woken(s, c);
	else if (strcmp(act, "stuck") == 0)
		say_slept(c);
	else
		say(c, act);
}

/* Somebody asks how things are. */
static inline void
report(void *arg)
{
	struct server *s = arg;

	pthread_mutex_lock(&s->lock);
	s->reports++;
	pthread_cond_broadcast(&s->cond);
	pthread_mutex_unlock(&s->lock);
}

static inline void
started(void *arg)
{
	((struct server *)arg)->started++;
}

/* Wait until 'n' requests are asleep. */
static inline void
wait_asleep(struct server *s, int n)
{
	pthread_mutex_lock(&s->lock);
	while (s->nasleep < n)
		pthread_cond_wait(&s->cond, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

/* Wake all, in the order in which they came. */
static inline void
wake_all(struct server *s)
{
	pthread_mutex_lock(&s->lock);
	for (int i = 0; i + 1 < s->nasleep; i++)
		s->asleep[i]->next = s->asleep[i + 1];
	prg_pool_wake(s->asleep[0]);
	s->nasleep = 0;
	pthread_mutex_unlock(&s->lock);
}

/* -- the server ---------------------------------------------------------- */

static inline void *
run(void *arg)
{
	struct server *s = arg;

	s->result = prg_fastcgi_run(&s->conf, &s->service, &s->err);
	return NULL;
}

static inline struct server *
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
	s->service = (struct prg_service){
		.serve = serve, .report = report, .started = started,
		.arg = s
	};
	s->conf = (struct prg_fastcgi){
		.listen_fd = prg_listen_open(&(struct prg_listen){
		    .where = where }, &(pid_t){ 0 }, &s->err),
		.threads = threads,
		.grace = 10,
		.io_timeout = IO_TIMEOUT
	};
	if (s->conf.listen_fd == -1)
		fail_msg("%s", s->err.text);
	return s;
}

static inline void
launch(struct server *s)
{
	assert_int_equal(pthread_create(&s->thread, NULL, run, s), 0);
}

static inline struct server *
start(int threads)
{
	struct server *s = server_new(threads);

	launch(s);
	return s;
}

static inline void
terminate(struct server *s)
{
	pthread_kill(s->thread, SIGTERM);
}

/* Wait for prg_fastcgi_run() to end, with this result. */
static inline void
join_with(struct server *s, int result)
{
	pthread_join(s->thread, NULL);
	close(s->conf.listen_fd);
	unlink(s->path);
	rmdir(s->dir);
	if (s->result != result)
		fail_msg("prg_fastcgi_run: %d, %s", s->result, s->err.text);
}

static inline void
join(struct server *s)
{
	join_with(s, 0);
}

static inline void
server_free(struct server *s)
{
	pthread_cond_destroy(&s->cond);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* SIGTERM, and how many ms it took to end. */
static inline int64_t
stop(struct server *s)
{
	int64_t t = now_ms();

	terminate(s);
	join(s);
	server_free(s);
	return now_ms() - t;
}

static inline int
dial(const struct server *s)
{
	int fd = fcgi_connect(s->path);

	assert_int_not_equal(fd, -1);
	return fd;
}

/* Have it on a loopback port. */
static inline void
listen_tcp(struct server *s)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	struct sockaddr *sa = (struct sockaddr *)&in;

	close(s->conf.listen_fd);
	s->conf.listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->conf.listen_fd, sa, sizeof(in)), 0);
	assert_int_equal(listen(s->conf.listen_fd, MANY), 0);
}

/* And a connection to it, from 127.0.0.'host'. */
static inline int
dial_tcp(const struct server *s, unsigned host)
{
	int fd = fcgi_connect_tcp(s->conf.listen_fd, host);

	assert_int_not_equal(fd, -1);
	return fd;
}

/* Read one answer and see that its text is there and it ended. */
static inline void
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

static inline void
ask(const char *name, int fd, const char *act, const char *text)
{
	if (!fcgi_send_msg(fd, fcgi_request(act, "", true)))
		fail_msg("%s: cannot send: %s", name, strerror(errno));
	expect(name, fd, text);
}

static inline void
expect_closed(const char *name, int fd)
{
	if (!fcgi_closed(fd))
		fail_msg("%s: not closed: %s", name, strerror(errno));
	close(fd);
}

/* The record that makes nginx close an idle connection. */
static inline void
expect_asked(const char *name, int fd)
{
	static const unsigned char record[] = { 1, FCGI_STDERR, 0, FCGI_ID };
	unsigned char got[FCGI_HEADER_LEN];

	if (recv(fd, got, sizeof(got), MSG_WAITALL) != sizeof(got) ||
	    memcmp(got, record, sizeof(record)) != 0)
		fail_msg("%s: not asked to close", name);
}

/* A new connection is answered. */
static inline void
expect_alive(const char *name, const struct server *s)
{
	int fd = dial(s);

	ask(name, fd, "hello", "\r\n\r\nhello");
	close(fd);
}

/* Before any thread: signals are for sigwait(), the log is for people. */
static inline void
quiet(void)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	prg_log_open("test", PRG_LOG_ERROR);
}

#endif
