/*
 * drain.c - the way out, without losing a request.
 *
 * The web server may have put a request on a connection that we think idle, and
 * it does not send a POST twice.  So it is the web server that closes: each
 * finished request tells it not to use the connection again (codec.c), and on
 * an idle one it is asked to close it (idle.c).
 *
 * A peer that keeps an idle connection all the same is served on for a while;
 * the last look at it comes after it was shut down for reading, when nothing
 * can arrive any more.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "gateway/fastcgi.h"

enum {
	IDLE = 1000,		/* ms that idle connections are still served */
	ASK = 100		/* ms between looks for those who became idle */
};

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

static void
stop_accepting(struct prg_fcgi *s)
{
	if (!s->begun)
		return;
	epoll_ctl(s->epoll, EPOLL_CTL_DEL, s->conf.listen_fd, NULL);
	if (!s->conf.inherited)
		empty_queue(s);
}

/* Whichever comes first: something is gone, or the time is.  Locked. */
static void
wait_until(struct prg_fcgi *s, int64_t when)
{
	const struct timespec t = {
		.tv_sec = when / 1000, .tv_nsec = when % 1000 * 1000000
	};

	pthread_cond_timedwait(&s->gone, &s->lock, &t);
}

/* Have a worker look at what is parked a last time.  Locked. */
static void
shut_idle(struct prg_fcgi *s)
{
	struct prg_fcgi_conn *c;

	TAILQ_FOREACH(c, &s->all, all)
		if (atomic_load(&c->state) == PRG_FCGI_PARKED)
			shutdown(c->fd, SHUT_RD);
}

/* Locked. */
static void
wait_for_conns(struct prg_fcgi *s, int64_t end)
{
	int64_t now = prg_clock_ms(), last = now + IDLE, next;

	while (s->nconn > 0 && now < end) {
		prg_fcgi_ask_idle(s);
		next = now + ASK;
		wait_until(s, next < end ? next : end);
		if ((now = prg_clock_ms()) >= last) {
			shut_idle(s);
			last = now + IDLE;
		}
	}
}

/* A worker that is still in a request gets no more than a moment.  Locked. */
static void
stop_workers(struct prg_fcgi *s)
{
	const int64_t end = prg_clock_ms() + IDLE;

	eventfd_write(s->stop, 1);
	while (s->nworkers > 0 && (s->nconn == 0 || prg_clock_ms() < end))
		wait_until(s, end);
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

bool
prg_fcgi_drain(struct prg_fcgi *s)
{
	const int64_t end = prg_clock_ms() + s->conf.grace * 1000;
	int left;
	bool stopped;

	atomic_store(&s->draining, true);
	stop_accepting(s);
	pthread_mutex_lock(&s->lock);
	wait_for_conns(s, end);
	stop_workers(s);
	stopped = s->nworkers == 0;
	pthread_mutex_unlock(&s->lock);
	if (stopped)
		drop_parked(s);
	pthread_mutex_lock(&s->lock);
	left = s->nconn;
	pthread_mutex_unlock(&s->lock);
	if (left > 0)
		prg_log(PRG_LOG_WARNING, "%d requests had not ended when the "
		    "grace of %d s was over", left, s->conf.grace);
	return stopped && left == 0;
}
