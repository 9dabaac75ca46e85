/*
 * fastcgi.c - FastCGI over connections that stay open.
 *
 * Left to itself libfcgi gives each open connection a blocked thread, and stops
 * answering when there are no more.  Here a worker has a connection only from
 * the moment at which a request can be read: parked.c has the others.
 *
 * The thread that calls prg_fastcgi_run() is the control thread.  It waits for
 * signals, lends slots (pool.c) and ends what is late.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "gateway/fastcgi.h"

enum {
	LOOK = 100,		/* ms between looks at deadlines */
	OWN_FDS = 128,		/* descriptors that are no connections */
	LAST = 1000		/* ms that idle ones are served at the end */
};

/* -- the control thread --------------------------------------------------- */

static void
happened(void *server, void *data)
{
	struct prg_fcgi_conn *c = data;

	if (data == server) {
		if (prg_fcgi_accept(server, &c) && c != NULL)
			prg_fcgi_receive(c);
		return;
	}
	prg_fcgi_take(c);
	prg_fcgi_receive(c);
}

/* SIGHUP then means that the terminal was closed, but not after nohup(1). */
static bool
has_terminal(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
	struct sigaction was;

	if (fd == -1)
		return false;
	close(fd);
	return sigaction(SIGHUP, NULL, &was) == 0 && was.sa_handler != SIG_IGN;
}

/* Wait for a signal up to 'ms'; 0 if none has come. */
static int
wait_signal(int ms)
{
	const struct timespec t = {
		.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L
	};
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sig = sigtimedwait(&set, NULL, &t);
	return sig == -1 ? 0 : sig;
}

/* Do the work that is due; returns the ms until the next time. */
static int
tick(struct prg_fcgi *s)
{
	int64_t now = prg_clock_ms();

	if (now >= s->look_at) {
		s->look_at = now + LOOK;
		pthread_mutex_lock(&s->lock);
		prg_fcgi_look(s, prg_fcgi_end_late);
		prg_fcgi_make_room(s);
		pthread_mutex_unlock(&s->lock);
	}
	return prg_pool_tick(s->pool) ? PRG_POOL_TICK : LOOK;
}

/* Until it is time to stop. */
static void
control(struct prg_fcgi *s)
{
	for (;;) {
		switch (wait_signal(tick(s))) {
		case SIGTERM:
		case SIGINT:
			return;
		case SIGHUP:
			if (s->in_terminal)
				return;
			break;
		case SIGUSR1:
			if (s->service.report != NULL)
				s->service.report(s->service.arg);
			break;
		}
	}
}

/* -- the way out, without losing a request --------------------------------- */

/*
 * Nobody else will look into the queue of a socket that was made for us alone.
 * A unix socket that was shut down refuses newcomers and still gives what
 * waits; a TCP one would forget it, so it comes after.
 */
static void
empty_queue(struct prg_fcgi *s)
{
	struct prg_fcgi_conn *c;

	if (s->is_unix)
		shutdown(s->conf.listen_fd, SHUT_RD);
	while (prg_fcgi_accept(s, &c))
		if (c != NULL)
			prg_fcgi_park(c);
	if (!s->is_unix)
		shutdown(s->conf.listen_fd, SHUT_RD);
}

/* Wait until the last connection has gone, for a tick at most.  Locked. */
static void
wait_gone(struct prg_fcgi *s)
{
	int64_t when = prg_clock_ms() + PRG_POOL_TICK;
	const struct timespec t = {
		.tv_sec = when / 1000, .tv_nsec = when % 1000 * 1000000
	};

	if (s->nconn > 0)
		pthread_cond_timedwait(&s->gone, &s->lock, &t);
}

/*
 * The web server may have sent a request on a connection that we think idle,
 * and it does not send a POST twice.  So it is the web server that closes: each
 * finished request tells it not to use the connection again (answer.c), and on
 * an idle one it is asked to (parked.c).  A peer that keeps an idle connection
 * all the same is served for a while; the last look at it comes after it was
 * shut down for reading, when nothing can arrive any more.
 */
static void
wait_for_connections(struct prg_fcgi *s, int64_t end)
{
	int64_t now = prg_clock_ms(), last = now + LAST;

	pthread_mutex_lock(&s->lock);
	for (; s->nconn > 0 && now < end; now = prg_clock_ms()) {
		prg_fcgi_look(s, prg_fcgi_ask);
		prg_fcgi_look(s, now < last ? prg_fcgi_end_late :
		    prg_fcgi_shut);
		wait_gone(s);
		pthread_mutex_unlock(&s->lock);
		prg_pool_tick(s->pool);
		pthread_mutex_lock(&s->lock);
	}
	pthread_mutex_unlock(&s->lock);
}

static void
drop_parked(struct prg_fcgi *s)
{
	struct prg_fcgi_conn *c, *next;

	for (c = TAILQ_FIRST(&s->all); c != NULL; c = next) {
		next = TAILQ_NEXT(c, all);
		if (atomic_load(&c->state) == PRG_FCGI_PARKED)
			prg_fcgi_drop(c);
	}
}

/* True if nothing is left.  A worker amid a request gets a moment. */
static bool
drain(struct prg_fcgi *s)
{
	int left;
	bool stopped;

	atomic_store(&s->draining, true);
	if (s->begun) {
		epoll_ctl(s->epoll, EPOLL_CTL_DEL, s->conf.listen_fd, NULL);
		if (!s->conf.inherited)
			empty_queue(s);
	}
	wait_for_connections(s, prg_clock_ms() + s->conf.grace * 1000);
	if ((stopped = prg_pool_stop(s->pool, LAST)))
		drop_parked(s);
	pthread_mutex_lock(&s->lock);
	left = s->nconn;
	pthread_mutex_unlock(&s->lock);
	if (left > 0)
		prg_log(PRG_LOG_WARNING, "%d requests had not ended when the "
		    "grace of %d s was over", left, s->conf.grace);
	return stopped && left == 0;
}

/* -- start ----------------------------------------------------------------- */

static void
server_free(struct prg_fcgi *s)
{
	if (s->pool != NULL)
		prg_pool_free(s->pool);
	if (s->conf.listen != NULL && s->conf.listen_fd != -1)
		close(s->conf.listen_fd);
	if (s->epoll != -1)
		close(s->epoll);
	pthread_cond_destroy(&s->gone);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* As many connections as there are descriptors, but for some of our own. */
static int
count_connections(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == -1)
		return 1;
	if (r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
		getrlimit(RLIMIT_NOFILE, &r);
	}
	if (r.rlim_cur > 1000000)
		r.rlim_cur = 1000000;
	return r.rlim_cur > 2 * OWN_FDS ? (int)r.rlim_cur - OWN_FDS :
	    (int)r.rlim_cur / 2;
}

static struct prg_fcgi *
server_new(const struct prg_fastcgi *conf, const struct prg_service *service)
{
	struct prg_fcgi *s = calloc(1, sizeof(*s));
	pthread_condattr_t attr;

	if (s == NULL)
		return NULL;
	s->conf = *conf;
	if (conf->listen != NULL)
		s->conf.listen_fd = -1;
	if (conf->idle_timeout == 0)
		s->conf.idle_timeout = PRG_FCGI_IDLE;
	if (conf->max_connections == 0)
		s->conf.max_connections = count_connections();
	s->service = *service;
	s->in_terminal = has_terminal();
	TAILQ_INIT(&s->all);
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->gone, &attr);
	pthread_condattr_destroy(&attr);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	return s;
}

/* The socket comes last: until then the process before us serves. */
static int
start(struct prg_fcgi *s, struct prg_error *err)
{
	const struct prg_pool_conf pool = {
		.threads = s->conf.threads, .epoll = s->epoll,
		.ready = happened, .arg = s
	};

	if (s->epoll == -1)
		return prg_error_set(err, "cannot wait for connections: %s",
		    strerror(errno));
	if ((s->pool = prg_pool_start(&pool, err)) == NULL)
		return -1;
	if (prg_fcgi_begin(s, err) == -1) {
		prg_pool_stop(s->pool, LAST);
		return -1;
	}
	if (s->service.started != NULL)
		s->service.started(s->service.arg);
	if (s->served_by > 0)
		kill(s->served_by, SIGTERM);
	return 0;
}

/*
 * A request that outlives the grace still uses the server, so its memory is
 * left to the end of the process.
 */
int
prg_fastcgi_run(const struct prg_fastcgi *conf,
    const struct prg_service *service, struct prg_error *err)
{
	struct prg_fcgi *s;

	if (prg_codec_check(err) == -1)
		return -1;
	if ((s = server_new(conf, service)) == NULL)
		return prg_error_set(err, "out of memory");
	if (start(s, err) == -1) {
		server_free(s);
		return -1;
	}
	control(s);
	if (!drain(s))
		return 1;
	server_free(s);
	return 0;
}
