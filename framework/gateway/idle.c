/*
 * idle.c - connections that nobody has, looked at from outside.
 *
 * They are walked through now and then, so that a request pays for nothing but a
 * look at the clock.
 *
 * To be rid of one, the web server is asked to close it, by an empty STDERR record:
 * nginx closes an idle connection on which it reads anything, and passes over that
 * record if it has put a request there at this very moment, which is then served.
 * Were it closed from here, that request would be lost, and nginx does not send a
 * POST twice.
 */
#include <sys/socket.h>

#include "gateway/fastcgi.h"

enum { LOOKS = 4 };		/* within the time that one may be idle */

/* Nothing is sent to a peer that has not sent a request yet, or part of one. */
static bool
may_ask(const struct prg_fcgi_conn *c)
{
	return !c->asked && !c->lingering && c->kept_len == 0 &&
	    c->body.id != FCGI_NULL_REQUEST_ID;
}

/* False if that was done before, or would not be understood. */
static bool
ask_to_close(struct prg_fcgi_conn *c)
{
	const struct prg_record r = { .type = FCGI_STDERR, .id = c->body.id };
	unsigned char p[FCGI_HEADER_LEN];

	if (!may_ask(c))
		return false;
	prg_record_write(p, &r);
	c->asked = send(c->fd, p, sizeof(p), MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    sizeof(p);
	return c->asked;
}

/* While it is PARKING, nobody else touches it. */
void
prg_fcgi_ask_idle(struct prg_fcgi *s)
{
	struct prg_fcgi_conn *c;
	int parked;

	TAILQ_FOREACH(c, &s->all, all) {
		parked = PRG_FCGI_PARKED;
		if (!atomic_compare_exchange_strong(&c->state, &parked,
		    PRG_FCGI_PARKING))
			continue;
		ask_to_close(c);
		atomic_store(&c->state, PRG_FCGI_PARKED);
	}
}

/*
 * One that is still there at the next look is shut down for reading, so that epoll
 * gives it to a worker, who finds a request that came in the last moment before he
 * finds the end.  While we look, whoever is given it waits.  What has a deadline of
 * its own is not idle, it is late.
 */
static void
end_idle(struct prg_fcgi_conn *c, int64_t before)
{
	int parked = PRG_FCGI_PARKED;

	if (!atomic_compare_exchange_strong(&c->state, &parked,
	    PRG_FCGI_PARKING))
		return;
	if (c->deadline == 0 && c->since <= before && !ask_to_close(c))
		shutdown(c->fd, SHUT_RD);
	atomic_store(&c->state, PRG_FCGI_PARKED);
}

int64_t
prg_fcgi_end_idle(struct prg_fcgi *s, int64_t now)
{
	const int64_t timeout = s->conf.idle_timeout * 1000;
	struct prg_fcgi_conn *c;

	if (s->idle_at > now)
		return s->idle_at;
	TAILQ_FOREACH(c, &s->all, all)
		end_idle(c, now - timeout);
	return s->idle_at = now + timeout / LOOKS;
}

struct prg_gateway_stats
prg_fcgi_stats(struct prg_fcgi *s)
{
	struct prg_gateway_stats stats = { .idle = atomic_load(&s->idle) };
	struct prg_fcgi_conn *c;
	int state;

	pthread_mutex_lock(&s->lock);
	TAILQ_FOREACH(c, &s->all, all) {
		state = atomic_load(&c->state);
		stats.parked += state != PRG_FCGI_TAKEN &&
		    state != PRG_FCGI_GATHERING;
	}
	stats.connections = s->nconn;
	stats.workers = s->nworkers;
	stats.accepted = s->accepted;
	pthread_mutex_unlock(&s->lock);
	return stats;
}
