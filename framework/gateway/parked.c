/*
 * parked.c - connections without a worker.
 *
 * A web server keeps its connections open, more than we have threads.  They
 * wait in one epoll set that all workers share; EPOLLONESHOT gives each to one
 * worker.
 *
 * To be rid of an idle one, the control thread asks the web server to close it,
 * by an empty STDERR record.  nginx closes an idle connection on which it reads
 * anything, and ignores that record if it has just sent a request, which is
 * then served.  If we closed it, that request would be lost, and nginx does not
 * send a POST twice.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "gateway/fastcgi.h"

enum { LOOKS = 4 };		/* at idle ones, in the time that they have */

void
prg_fcgi_listen(struct prg_fcgi *s)
{
	struct epoll_event e = {
		.events = EPOLLIN | EPOLLONESHOT, .data.ptr = s
	};

	epoll_ctl(s->epoll, EPOLL_CTL_MOD, s->conf.listen_fd, &e);
}

void
prg_fcgi_drop(struct prg_fcgi_conn *c)
{
	struct prg_fcgi *s = c->server;

	if (c->fd != -1)
		close(c->fd);
	pthread_mutex_lock(&s->lock);
	TAILQ_REMOVE(&s->all, c, all);
	if (s->full)
		prg_fcgi_listen(s);
	s->full = false;
	if (--s->nconn == 0)
		pthread_cond_signal(&s->gone);
	pthread_mutex_unlock(&s->lock);
	free(c->in.p);
	free(c);
}

static void
add_late(struct prg_fcgi_conn *c)
{
	pthread_mutex_lock(&c->server->lock);
	TAILQ_INSERT_TAIL(&c->server->late, c, late);
	c->is_late = true;
	pthread_mutex_unlock(&c->server->lock);
}

/*
 * A socket can be written to nearly always, so with EPOLLOUT epoll gives a
 * connection with more to check at once, yet after those that wait: no peer has
 * a worker to itself by sending without pause.
 *
 * As soon as epoll_ctl() has it, another worker can be given it.  That one
 * waits until we are out of the call, or it could close the descriptor under
 * us.
 */
void
prg_fcgi_park(struct prg_fcgi_conn *c)
{
	struct epoll_event e = {
		.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data.ptr = c
	};
	int op = c->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (c->more)
		e.events |= EPOLLOUT;
	if (c->deadline != 0)
		add_late(c);
	c->since = prg_clock_ms();
	c->watched = true;
	atomic_store(&c->state, PRG_FCGI_LOOKED_AT);
	if (epoll_ctl(c->server->epoll, op, c->fd, &e) == 0) {
		atomic_store(&c->state, PRG_FCGI_PARKED);
		return;
	}
	prg_log(PRG_LOG_WARNING, "cannot park: %s", strerror(errno));
	atomic_store(&c->state, PRG_FCGI_PARKED);
	prg_fcgi_take(c);
	prg_fcgi_drop(c);
}

/*
 * While draining, the state changes under the lock: the control thread shuts
 * down what is parked, and must not hit a request that has just begun.
 */
void
prg_fcgi_take(struct prg_fcgi_conn *c)
{
	struct prg_fcgi *s = c->server;
	int parked = PRG_FCGI_PARKED;
	bool lock;

	while (atomic_load(&c->state) != PRG_FCGI_PARKED)
		sched_yield();
	lock = c->deadline != 0 || atomic_load(&s->draining);
	if (lock)
		pthread_mutex_lock(&s->lock);
	if (c->is_late)
		TAILQ_REMOVE(&s->late, c, late);
	c->is_late = false;
	while (!atomic_compare_exchange_weak(&c->state, &parked,
	    PRG_FCGI_TAKEN)) {
		parked = PRG_FCGI_PARKED;
		sched_yield();
	}
	if (lock)
		pthread_mutex_unlock(&s->lock);
}

/* -- the control thread's look -------------------------------------------- */

/* Until it is done with this one, a worker that is given it waits. */
static bool
look_at(struct prg_fcgi_conn *c)
{
	int parked = PRG_FCGI_PARKED;

	return atomic_compare_exchange_strong(&c->state, &parked,
	    PRG_FCGI_LOOKED_AT);
}

static void
look_away(struct prg_fcgi_conn *c)
{
	atomic_store(&c->state, PRG_FCGI_PARKED);
}

/*
 * False if it was asked before, or has sent nothing yet, or part of a request:
 * then it would not understand.
 */
static bool
ask_to_close(struct prg_fcgi_conn *c)
{
	const struct prg_record r = { .type = FCGI_STDERR, .id = c->id };
	unsigned char p[FCGI_HEADER_LEN];

	if (c->asked || c->lingering || c->in.len > 0 || c->id == 0)
		return false;
	prg_record_write(p, &r);
	c->asked = send(c->fd, p, sizeof(p), MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    sizeof(p);
	return c->asked;
}

void
prg_fcgi_ask_idle(struct prg_fcgi *s)
{
	struct prg_fcgi_conn *c;

	TAILQ_FOREACH(c, &s->all, all)
		if (look_at(c)) {
			ask_to_close(c);
			look_away(c);
		}
}

void
prg_fcgi_shut_idle(struct prg_fcgi *s)
{
	struct prg_fcgi_conn *c;

	TAILQ_FOREACH(c, &s->all, all)
		if (atomic_load(&c->state) == PRG_FCGI_PARKED)
			shutdown(c->fd, SHUT_RD);
}

/*
 * An idle connection is asked, and at the next look shut down for reading:
 * epoll gives it to a worker, which finds a request that came in the last
 * moment before it finds the end.
 */
static void
end_idle(struct prg_fcgi *s, int64_t now)
{
	const int64_t timeout = s->conf.idle_timeout * 1000;
	struct prg_fcgi_conn *c;

	TAILQ_FOREACH(c, &s->all, all)
		if (look_at(c)) {
			if (c->deadline == 0 && c->since <= now - timeout &&
			    !ask_to_close(c))
				shutdown(c->fd, SHUT_RD);
			look_away(c);
		}
	s->idle_at = now + timeout / LOOKS;
}

void
prg_fcgi_end_late(struct prg_fcgi *s)
{
	struct prg_fcgi_conn *c, *next;
	int64_t now = prg_clock_ms();

	pthread_mutex_lock(&s->lock);
	for (c = TAILQ_FIRST(&s->late); c != NULL; c = next) {
		next = TAILQ_NEXT(c, late);
		if (c->deadline > now)
			continue;
		TAILQ_REMOVE(&s->late, c, late);
		c->is_late = false;
		shutdown(c->fd, SHUT_RDWR);
	}
	if (now >= s->idle_at)
		end_idle(s, now);
	pthread_mutex_unlock(&s->lock);
}

struct prg_gateway_stats
prg_fcgi_stats(struct prg_fcgi *s)
{
	struct prg_gateway_stats stats = { 0 };
	struct prg_fcgi_conn *c;

	prg_pool_count(s->pool, &stats.workers, &stats.idle);
	pthread_mutex_lock(&s->lock);
	TAILQ_FOREACH(c, &s->all, all)
		stats.parked += atomic_load(&c->state) != PRG_FCGI_TAKEN;
	stats.connections = s->nconn;
	stats.accepted = s->accepted;
	pthread_mutex_unlock(&s->lock);
	return stats;
}
