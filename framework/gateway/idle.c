/*
 * idle.c - connections that nobody has, looked at from outside.
 *
 * They are walked through now and then, so that a request pays for nothing but a
 * look at the clock.
 */
#include <sys/socket.h>

#include "gateway/fastcgi.h"

enum { LOOKS = 4 };		/* within the time that one may be idle */

/*
 * Shut down for reading, so that epoll gives it to a worker, who finds a request
 * that came in the last moment before he finds the end.  While we look, whoever is
 * given it waits.  What has a deadline of its own is not idle, it is late.
 */
static void
end_idle(struct prg_fcgi_conn *c, int64_t before)
{
	int parked = PRG_FCGI_PARKED;

	if (!atomic_compare_exchange_strong(&c->state, &parked,
	    PRG_FCGI_PARKING))
		return;
	if (c->deadline == 0 && c->since <= before)
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

	pthread_mutex_lock(&s->lock);
	TAILQ_FOREACH(c, &s->all, all)
		stats.parked += atomic_load(&c->state) != PRG_FCGI_TAKEN;
	stats.connections = s->nconn;
	stats.workers = s->nworkers;
	stats.accepted = s->accepted;
	pthread_mutex_unlock(&s->lock);
	return stats;
}
