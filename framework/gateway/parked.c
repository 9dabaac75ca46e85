/*
 * parked.c - connections while no worker has them.
 *
 * A web server keeps its connections open, more than we have threads.  They
 * wait in one epoll set that all workers share; EPOLLONESHOT gives each to one
 * worker.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "gateway/fastcgi.h"

static int
watch(struct prg_fcgi *s, int fd, void *what, unsigned events)
{
	struct epoll_event e = { .events = events, .data.ptr = what };

	return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e);
}

static void
init_lists(struct prg_fcgi *s)
{
	pthread_condattr_t attr;

	TAILQ_INIT(&s->all);
	TAILQ_INIT(&s->late);
	TAILQ_INIT(&s->ready);
	TAILQ_INIT(&s->large);
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->gone, &attr);
	pthread_condattr_destroy(&attr);
}

/*
 * The timer and 'wake' are edges, so nobody has to read them; 'stop' stays
 * readable and so reaches every worker.
 */
int
prg_fcgi_open(struct prg_fcgi *s, struct prg_error *err)
{
	init_lists(s);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (watch(s, s->timer, &s->timer, EPOLLIN | EPOLLET) == 0 &&
	    watch(s, s->wake, &s->wake, EPOLLIN | EPOLLET) == 0 &&
	    watch(s, s->stop, &s->stop, EPOLLIN) == 0) {
		prg_fcgi_tick(s);
		return 0;
	}
	prg_error_set(err, "cannot wait for connections: %s", strerror(errno));
	prg_fcgi_close(s);
	return -1;
}

void
prg_fcgi_close(struct prg_fcgi *s)
{
	const int fds[] = { s->epoll, s->timer, s->wake, s->stop,
	    s->conf.listen != NULL ? s->conf.listen_fd : -1 };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] != -1)
			close(fds[i]);
	pthread_cond_destroy(&s->gone);
	pthread_mutex_destroy(&s->lock);
}

void
prg_fcgi_set_timer(struct prg_fcgi *s, int64_t when)
{
	struct itimerspec t = { .it_value = {
		.tv_sec = when / 1000, .tv_nsec = when % 1000 * 1000000
	} };

	if (s->timer_at != 0 && s->timer_at <= when)
		return;
	s->timer_at = when;
	timerfd_settime(s->timer, TFD_TIMER_ABSTIME, &t, NULL);
}

void
prg_fcgi_drop(struct prg_fcgi_conn *c)
{
	struct prg_fcgi *s = c->server;

	close(c->fd);
	pthread_mutex_lock(&s->lock);
	TAILQ_REMOVE(&s->all, c, all);
	if (s->full)
		prg_fcgi_listen(s);
	s->full = false;
	if (--s->nconn == 0)
		pthread_cond_signal(&s->gone);
	pthread_mutex_unlock(&s->lock);
	free(c->kept);
	free(c);
}

/* -- parking ------------------------------------------------------------- */

static void
add_late(struct prg_fcgi_conn *c)
{
	struct prg_fcgi *s = c->server;

	pthread_mutex_lock(&s->lock);
	TAILQ_INSERT_TAIL(&s->late, c, late);
	c->is_late = true;
	prg_fcgi_set_timer(s, c->deadline);
	pthread_mutex_unlock(&s->lock);
}

static int
parked_state(const struct prg_fcgi_conn *c)
{
	return c->gathering ? PRG_FCGI_GATHERING : PRG_FCGI_PARKED;
}

/*
 * A socket can be written to nearly always, so epoll gives one that has more at
 * once, yet after those it has waiting: no peer has a worker to itself by
 * sending without pause.
 *
 * As soon as epoll_ctl() has it, another worker can be given it: that one waits
 * until we are out of the call, or it could close the descriptor under us.
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
	else if (c->server->conf.idle_timeout > 0)
		c->since = prg_clock_ms();
	c->watched = true;
	atomic_store(&c->state, PRG_FCGI_PARKING);
	if (epoll_ctl(c->server->epoll, op, c->fd, &e) == 0) {
		atomic_store(&c->state, parked_state(c));
		return;
	}
	prg_log(PRG_LOG_WARNING, "cannot park: %s", strerror(errno));
	atomic_store(&c->state, parked_state(c));
	prg_fcgi_take(c);
	if (c->gathering)
		prg_fcgi_gather_no_more(c);
	else
		prg_fcgi_drop(c);
}

/*
 * While draining, the state changes under the lock: drain.c shuts down what is
 * parked, and must not hit a request that has just begun.
 */
void
prg_fcgi_take(struct prg_fcgi_conn *c)
{
	struct prg_fcgi *s = c->server;
	int parked;
	bool lock;

	while (atomic_load(&c->state) == PRG_FCGI_PARKING)
		sched_yield();
	lock = c->deadline != 0 || atomic_load(&s->draining);
	if (lock)
		pthread_mutex_lock(&s->lock);
	if (c->is_late) {
		TAILQ_REMOVE(&s->late, c, late);
		c->is_late = false;
	}
	parked = parked_state(c);
	while (!atomic_compare_exchange_weak(&c->state, &parked,
	    PRG_FCGI_TAKEN)) {
		parked = parked_state(c);
		sched_yield();
	}
	if (lock)
		pthread_mutex_unlock(&s->lock);
}

/*
 * Shut down what is late, find who is next; a request is still answered.
 * Locked.
 */
static void
sweep(struct prg_fcgi *s, int64_t now)
{
	struct prg_fcgi_conn *c, *next;

	for (c = TAILQ_FIRST(&s->late); c != NULL; c = next) {
		next = TAILQ_NEXT(c, late);
		if (c->deadline > now) {
			prg_fcgi_set_timer(s, c->deadline);
			continue;
		}
		TAILQ_REMOVE(&s->late, c, late);
		c->is_late = false;
		shutdown(c->fd, c->gathering ? SHUT_RD : SHUT_RDWR);
	}
}

void
prg_fcgi_tick(struct prg_fcgi *s)
{
	int64_t now = prg_clock_ms();
	bool paused;

	pthread_mutex_lock(&s->lock);
	paused = s->paused;
	s->paused = false;
	s->timer_at = 0;
	sweep(s, now);
	prg_fcgi_make_room(s);
	if (s->conf.idle_timeout > 0)
		prg_fcgi_set_timer(s, prg_fcgi_end_idle(s, now));
	pthread_mutex_unlock(&s->lock);
	if (paused)
		prg_fcgi_listen(s);
}
