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

enum { ASKED = 1000 };		/* ms for an idle peer asked to close */

void
prg_fcgi_drop(struct prg_fcgi_conn *c)
{
	struct prg_fcgi *s = c->server;

	if (c->fd != -1)
		close(c->fd);
	pthread_mutex_lock(&s->lock);
	TAILQ_REMOVE(&s->all, c, all);
	if (--s->nconn == 0)
		pthread_cond_signal(&s->gone);
	prg_fcgi_resume(s);
	pthread_mutex_unlock(&s->lock);
	free(c->in.p);
	free(c);
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
	if (c->deadline == 0)
		c->idle_until = prg_clock_ms() +
		    c->server->conf.idle_timeout * 1000;
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
	bool lock = atomic_load(&s->draining);
	int parked = PRG_FCGI_PARKED;

	if (lock)
		pthread_mutex_lock(&s->lock);
	while (!atomic_compare_exchange_weak(&c->state, &parked,
	    PRG_FCGI_TAKEN)) {
		parked = PRG_FCGI_PARKED;
		sched_yield();
	}
	if (lock)
		pthread_mutex_unlock(&s->lock);
}

/* -- the control thread's look --------------------------------------------- */

/* A worker that is given a connection waits until the look at it is over. */
void
prg_fcgi_look(struct prg_fcgi *s, void (*at)(struct prg_fcgi_conn *))
{
	struct prg_fcgi_conn *c;
	int parked;

	TAILQ_FOREACH(c, &s->all, all) {
		parked = PRG_FCGI_PARKED;
		if (!atomic_compare_exchange_strong(&c->state, &parked,
		    PRG_FCGI_LOOKED_AT))
			continue;
		at(c);
		atomic_store(&c->state, PRG_FCGI_PARKED);
	}
}

/* A peer that has sent no request, or part of one, would not understand. */
static bool
is_idle(const struct prg_fcgi_conn *c)
{
	return !c->lingering && c->in.len == 0 && c->id != 0;
}

void
prg_fcgi_ask(struct prg_fcgi_conn *c)
{
	const struct prg_record r = { .type = FCGI_STDERR, .id = c->id };
	unsigned char p[FCGI_HEADER_LEN];

	if (c->asked || !is_idle(c))
		return;
	prg_record_write(p, &r);
	c->asked = send(c->fd, p, sizeof(p), MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    sizeof(p);
}

/* epoll gives it to a worker, which reads what came before the end. */
void
prg_fcgi_shut(struct prg_fcgi_conn *c)
{
	shutdown(c->fd, SHUT_RD);
}

void
prg_fcgi_end_late(struct prg_fcgi_conn *c)
{
	int64_t now = prg_clock_ms();
	bool asked = c->asked;

	if (c->deadline != 0) {
		if (now >= c->deadline)
			shutdown(c->fd, SHUT_RDWR);
	} else if (now >= c->idle_until) {
		prg_fcgi_ask(c);
		if (c->asked && !asked)
			c->idle_until = now + ASKED;
		else
			prg_fcgi_shut(c);
	}
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
