/*
 * pool.c - worker threads, and the slots of those that run.
 *
 * A worker without a request either watches the epoll set or is spare.  No more
 * workers watch than there are free slots, so that the kernel wakes no worker
 * that would have to wait for a slot.  Spare workers sleep on a stack.  Those
 * that were not needed for a while end.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "gateway/pool.h"

#ifndef PRG_POOL_IDLE
#define PRG_POOL_IDLE	60	/* s after which a spare worker ends */
#endif

enum {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	STACK = 2 << 20,
#else
	STACK = 256 << 10,
#endif
	LENT_AFTER = 2	/* ticks with a slot after which one may be lent */
};

struct prg_pool {
	struct prg_pool_conf	 conf;
	int			 stop;		/* eventfd */
	pthread_mutex_t		 lock;		/* of what follows */
	pthread_cond_t		 ended;
	int			 slots;
	int			 lent;		/* more slots, for a while */
	int			 running;	/* slots held */
	int			 watching;	/* workers in epoll_wait() */
	int			 nspare;
	int			 unused;	/* the least of that, of late */
	int64_t			 idle_at;	/* ms; when to end those */
	int			 workers;
	atomic_int		 commits;
	atomic_uint		 tick;
	unsigned		 given;		/* slots, in all */
	unsigned		 given_before;	/* at the last tick */
	bool			 stopping;
	struct prg_waiter	*spare;		/* a stack */
	struct prg_waiter	*ready;		/* a queue, for a slot */
	struct prg_waiter	**last;
};

/* A worker that will watch: to be posted, or started, once the lock is free. */
struct watcher {
	struct prg_waiter	*spare;
	bool			 start;
};

/* Of the calling thread. */
static _Thread_local struct prg_pool *mine;
static _Thread_local unsigned since;	/* the tick at which it took its slot */
static _Thread_local bool waited;	/* to be woken, with a request */

/* -- slots; each function here expects the lock ---------------------------- */

static bool
has_slot(const struct prg_pool *p)
{
	return p->running < p->slots + p->lent;
}

static void
queue(struct prg_pool *p, struct prg_waiter *w)
{
	w->next = NULL;
	*p->last = w;
	p->last = &w->next;
}

static struct prg_waiter *
take_ready(struct prg_pool *p)
{
	struct prg_waiter *w = p->ready;

	if (w != NULL && (p->ready = w->next) == NULL)
		p->last = &p->ready;
	return w;
}

/*
 * Give the caller's slot to a waiter, which is to be posted once the lock is
 * free, or free it if there is none.  A lent slot vanishes with a worker that
 * has run for so long.
 */
static struct prg_waiter *
give(struct prg_pool *p)
{
	struct prg_waiter *w = NULL;

	p->given++;
	if (p->lent > 0 && p->tick - since >= LENT_AFTER)
		p->lent--;
	else
		w = take_ready(p);
	if (w == NULL)
		p->running--;
	return w;
}

/*
 * If a slot is free and no worker watches, find one that will: a spare worker,
 * or a new one.
 */
static struct watcher
find_watcher(struct prg_pool *p)
{
	struct watcher found = { p->spare, false };

	if (p->watching > 0 || !has_slot(p) || p->stopping)
		return (struct watcher){ NULL, false };
	if (found.spare != NULL) {
		p->spare = found.spare->next;
		if (--p->nspare < p->unused)
			p->unused = p->nspare;
	} else if (p->workers < p->conf.threads) {
		p->workers++;
		found.start = true;
	} else
		return found;
	p->watching++;
	return found;
}

/* -- workers --------------------------------------------------------------- */

static void	*work(void *);

static int
start_worker(struct prg_pool *p)
{
	pthread_attr_t attr;
	pthread_t t;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	rc = pthread_create(&t, &attr, work, p);
	pthread_attr_destroy(&attr);
	if (rc == 0)
		return 0;
	prg_log(PRG_LOG_ERROR, "cannot start a thread: %s", strerror(rc));
	pthread_mutex_lock(&p->lock);
	p->workers--;
	p->watching--;
	pthread_mutex_unlock(&p->lock);
	return rc;
}

static void
post(struct prg_waiter *w)
{
	if (w != NULL)
		sem_post(&w->woken);
}

static void
call(struct prg_pool *p, struct watcher w)
{
	post(w.spare);
	if (w.start)
		start_worker(p);
}

static void
wait_for(struct prg_waiter *w)
{
	while (sem_wait(&w->woken) == -1 && errno == EINTR)
		continue;
	sem_destroy(&w->woken);
}

/* End the topmost 'n' spare workers.  Locked. */
static void
end_spare(struct prg_pool *p, int n)
{
	struct prg_waiter *w;

	for (; n > 0; n--) {
		w = p->spare;
		p->spare = w->next;
		p->nspare--;
		w->pool = NULL;
		sem_post(&w->woken);
	}
	p->unused = p->nspare;
}

/*
 * Give the slot up and watch, or be spare until needed to watch; false if the
 * worker is to end.
 */
static bool
rest(struct prg_pool *p)
{
	struct prg_waiter me, *next;
	bool stays, watches;

	prg_pool_waiter(&me);
	pthread_mutex_lock(&p->lock);
	next = give(p);
	stays = !p->stopping;
	watches = stays && p->watching + p->running < p->slots + p->lent;
	if (watches)
		p->watching++;
	else if (stays) {
		me.next = p->spare;
		p->spare = &me;
		p->nspare++;
	}
	pthread_mutex_unlock(&p->lock);
	post(next);
	if (watches || !stays)
		return stays;
	wait_for(&me);
	return me.pool != NULL;
}

/* An event has come: take a slot, wait for one if need be. */
static bool
stop_watching(struct prg_pool *p)
{
	struct prg_waiter me;
	struct watcher next;
	bool waits;

	prg_pool_waiter(&me);
	pthread_mutex_lock(&p->lock);
	p->watching--;
	if (p->stopping) {
		pthread_mutex_unlock(&p->lock);
		return false;
	}
	if ((waits = !has_slot(p)))
		queue(p, &me);
	else
		p->running++;
	since = p->tick;
	next = find_watcher(p);
	pthread_mutex_unlock(&p->lock);
	call(p, next);
	if (waits)
		wait_for(&me);
	return true;
}

/*
 * A worker that has waited keeps its slot for one more event, though others are
 * ready: else it would sleep, and another be woken for the event.
 */
static bool
goes_on(struct prg_pool *p, struct epoll_event *e)
{
	bool goes;

	if (!waited || epoll_wait(p->conf.epoll, e, 1, 0) < 1)
		return false;
	waited = false;
	pthread_mutex_lock(&p->lock);
	p->given++;
	since = p->tick;
	goes = !p->stopping;
	pthread_mutex_unlock(&p->lock);
	return goes;
}

static void *
work(void *arg)
{
	struct prg_pool *p = mine = arg;
	struct epoll_event e;

	/* Woken, do not interrupt the web server: it sends more requests. */
	sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){ 0 });
	do {
		while (epoll_wait(p->conf.epoll, &e, 1, -1) < 1)
			continue;
		if (!stop_watching(p))
			break;
		waited = false;
		do
			p->conf.ready(p->conf.arg, e.data.ptr);
		while (goes_on(p, &e));
	} while (rest(p));
	pthread_mutex_lock(&p->lock);
	p->workers--;
	pthread_cond_signal(&p->ended);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* -- waiting --------------------------------------------------------------- */

void
prg_pool_waiter(struct prg_waiter *w)
{
	sem_init(&w->woken, 0, 0);
	w->pool = mine;
	w->next = NULL;
}

void
prg_pool_block(void)
{
	struct prg_pool *p = mine;
	struct prg_waiter *w;
	struct watcher next;

	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	w = give(p);
	next = find_watcher(p);
	pthread_mutex_unlock(&p->lock);
	post(w);
	call(p, next);
}

void
prg_pool_unblock(void)
{
	struct prg_pool *p = mine;
	struct prg_waiter me;
	bool waits;

	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	if ((waits = !has_slot(p))) {
		prg_pool_waiter(&me);
		queue(p, &me);
	} else
		p->running++;
	since = p->tick;
	pthread_mutex_unlock(&p->lock);
	if (waits)
		wait_for(&me);
}

void
prg_pool_sleep(struct prg_waiter *w)
{
	prg_pool_block();
	wait_for(w);
	waited = true;
	if (mine != NULL)
		since = mine->tick;
}

/* Locked.  The waiters that have a slot now; the others are queued. */
static struct prg_waiter *
find_slots(struct prg_pool *p, struct prg_waiter *list)
{
	struct prg_waiter *run = NULL, *next;

	for (; list != NULL; list = next) {
		next = list->next;
		if (list->pool == p && !has_slot(p)) {
			queue(p, list);
			continue;
		}
		if (list->pool == p)
			p->running++;
		list->next = run;
		run = list;
	}
	return run;
}

/* All workers are of one pool.  A waiter may be gone once it was posted. */
void
prg_pool_wake(struct prg_waiter *list)
{
	struct prg_pool *p = NULL;
	struct prg_waiter *w;

	for (w = list; w != NULL && p == NULL; w = w->next)
		p = w->pool;
	if (p != NULL) {
		pthread_mutex_lock(&p->lock);
		list = find_slots(p, list);
		pthread_mutex_unlock(&p->lock);
	}
	while ((w = list) != NULL) {
		list = w->next;
		sem_post(&w->woken);
	}
}

bool
prg_pool_enter_commit(void)
{
	struct prg_pool *p = mine;

	if (p == NULL || atomic_fetch_add(&p->commits, 1) <
	    p->conf.threads - p->conf.threads / 8)
		return true;
	atomic_fetch_sub(&p->commits, 1);
	return false;
}

void
prg_pool_leave_commit(void)
{
	if (mine != NULL)
		atomic_fetch_sub(&mine->commits, 1);
}

/* -- the pool -------------------------------------------------------------- */

struct prg_pool *
prg_pool_start(const struct prg_pool_conf *conf, struct prg_error *err)
{
	struct prg_pool *p = calloc(1, sizeof(*p));
	struct epoll_event e = { .events = EPOLLIN };
	int rc;

	if (p == NULL) {
		prg_error_set(err, "out of memory");
		return NULL;
	}
	p->conf = *conf;
	p->slots = 2 * (int)sysconf(_SC_NPROCESSORS_ONLN);
	if (p->slots > conf->threads)
		p->slots = conf->threads;
	p->last = &p->ready;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->ended, NULL);
	p->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	epoll_ctl(conf->epoll, EPOLL_CTL_ADD, p->stop, &e);
	p->workers = p->watching = 1;
	if ((rc = start_worker(p)) == 0)
		return p;
	prg_error_set(err, "cannot start a thread: %s", strerror(rc));
	prg_pool_free(p);
	return NULL;
}

bool
prg_pool_tick(struct prg_pool *p)
{
	struct pollfd f = { .fd = p->conf.epoll, .events = POLLIN };
	int64_t now = prg_clock_ms();
	struct prg_waiter *w = NULL;
	struct watcher next = { NULL, false };
	bool busy;

	pthread_mutex_lock(&p->lock);
	p->tick++;
	busy = p->running > 0;
	if (p->running < p->slots)
		p->lent = 0;
	if (!has_slot(p) && p->given == p->given_before &&
	    (p->ready != NULL || poll(&f, 1, 0) == 1)) {
		p->lent++;
		if ((w = take_ready(p)) != NULL)
			p->running++;
		else
			next = find_watcher(p);
	}
	p->given_before = p->given;
	if (now >= p->idle_at) {
		end_spare(p, p->unused);
		p->idle_at = now + PRG_POOL_IDLE * 1000;
	}
	pthread_mutex_unlock(&p->lock);
	post(w);
	call(p, next);
	return busy;
}

/* The eventfd stays readable, so each worker that watches sees it. */
bool
prg_pool_stop(struct prg_pool *p, int ms)
{
	struct timespec t;
	bool gone;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	eventfd_write(p->stop, 1);
	end_spare(p, p->nspare);
	while (p->workers > 0 &&
	    pthread_cond_clockwait(&p->ended, &p->lock, CLOCK_MONOTONIC,
	    &t) == 0)
		continue;
	gone = p->workers == 0;
	pthread_mutex_unlock(&p->lock);
	return gone;
}

void
prg_pool_free(struct prg_pool *p)
{
	close(p->stop);
	pthread_cond_destroy(&p->ended);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

void
prg_pool_count(struct prg_pool *p, int *workers, int *idle)
{
	pthread_mutex_lock(&p->lock);
	*workers = p->workers;
	*idle = p->watching + p->nspare;
	pthread_mutex_unlock(&p->lock);
}
