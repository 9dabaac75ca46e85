/*
 * watch.c - tells of work that goes on for too long.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/watch.h"

enum { LOOKS = 4 };		/* within the time that something may take */

struct prg_watched {
	struct prg_watched	*next;		/* in the list of all */
	pthread_mutex_t		 lock;		/* of what follows */
	int64_t			 since;		/* ns; 0: nothing is under way */
	struct prg_work		 work;
	bool			 told;
};

struct prg_watch {
	pthread_t		 thread;
	int64_t			 limit;		/* ns */
	pthread_mutex_t		 lock;		/* of what follows */
	pthread_cond_t		 stopped;
	bool			 stop;
	struct prg_watched	*slots;
};

/* -- Who works ------------------------------------------------------------------ */

struct prg_watched *
prg_watch_slot(struct prg_watch *w)
{
	struct prg_watched *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_lock(&w->lock);
	s->next = w->slots;
	w->slots = s;
	pthread_mutex_unlock(&w->lock);
	return s;
}

void
prg_watched_begin(struct prg_watched *s, const struct prg_work *work)
{
	if (s == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	s->since = prg_clock_ns();
	s->work = *work;
	s->told = false;
	pthread_mutex_unlock(&s->lock);
}

/* Locked. */
static void
tell(const struct prg_watched *s, const char *event)
{
	struct prg_logfmt l;

	if (!prg_log_begin(&l, PRG_LOG_WARNING, event))
		return;
	prg_logfmt_text(&l, "id", s->work.id);
	prg_logfmt_text(&l, "route", s->work.route);
	prg_logfmt_text(&l, "handler", s->work.handler);
	prg_logfmt_ms(&l, "ms", prg_clock_ns() - s->since);
	prg_log_end(&l);
}

void
prg_watched_end(struct prg_watched *s)
{
	if (s == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	if (s->told)
		tell(s, "handler-ended");
	s->since = 0;
	s->told = false;
	pthread_mutex_unlock(&s->lock);
}

/* -- Who watches ---------------------------------------------------------------- */

static void
look(struct prg_watched *s, int64_t limit)
{
	pthread_mutex_lock(&s->lock);
	if (s->since != 0 && !s->told && prg_clock_ns() - s->since >= limit) {
		s->told = true;
		tell(s, "handler-hangs");
	}
	pthread_mutex_unlock(&s->lock);
}

/* Wait for the next look.  Locked; false: it is time to stop. */
static bool
rest(struct prg_watch *w)
{
	const int64_t at = prg_clock_ns() + w->limit / LOOKS;
	const struct timespec until = { at / 1000000000, at % 1000000000 };

	while (!w->stop && pthread_cond_timedwait(&w->stopped, &w->lock,
	    &until) == 0)
		;
	return !w->stop;
}

static void *
watcher(void *arg)
{
	struct prg_watch *w = arg;

	pthread_mutex_lock(&w->lock);
	while (rest(w))
		for (struct prg_watched *s = w->slots; s != NULL; s = s->next)
			look(s, w->limit);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

int
prg_watch_count(struct prg_watch *w)
{
	int n = 0;

	pthread_mutex_lock(&w->lock);
	for (struct prg_watched *s = w->slots; s != NULL; s = s->next) {
		pthread_mutex_lock(&s->lock);
		n += s->told;
		pthread_mutex_unlock(&s->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return n;
}

/* -- Start and stop ------------------------------------------------------------- */

static void
release(struct prg_watch *w)
{
	struct prg_watched *s;

	while ((s = w->slots) != NULL) {
		w->slots = s->next;
		pthread_mutex_destroy(&s->lock);
		free(s);
	}
	pthread_cond_destroy(&w->stopped);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

int
prg_watch_start(int seconds, struct prg_watch **out, struct prg_error *err)
{
	struct prg_watch *w = calloc(1, sizeof(*w));
	pthread_condattr_t attr;
	int rc;

	if (w == NULL)
		return prg_error_set(err, "watcher: out of memory");
	w->limit = (int64_t)seconds * 1000000000;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->stopped, &attr);
	pthread_condattr_destroy(&attr);
	if ((rc = pthread_create(&w->thread, NULL, watcher, w)) != 0) {
		release(w);
		return prg_error_set(err, "watcher: no thread: %s",
		    strerror(rc));
	}
	*out = w;
	return 0;
}

void
prg_watch_stop(struct prg_watch *w)
{
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->stopped);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	release(w);
}
