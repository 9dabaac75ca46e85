/*
 * sweep.c - the thread that clears away what has expired.
 *
 * Nothing depends on when it comes: an expired row reads as gone already.  It takes
 * a few rows at a time, so that the committer never waits long.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "base/log.h"
#include "submission/sweep.h"

enum { AT_ONCE = 200 };

struct prg_sweep {
	struct prg_store	*store;
	int			 seconds;
	pthread_t		 thread;
	pthread_mutex_t		 lock;		/* of 'stop' */
	pthread_cond_t		 stopped;
	bool			 stop;
};

/* Wait for the next look; false: it is time to stop. */
static bool
rest(struct prg_sweep *s)
{
	struct timespec until;
	bool stop;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += s->seconds;
	pthread_mutex_lock(&s->lock);
	while (!s->stop && pthread_cond_timedwait(&s->stopped, &s->lock,
	    &until) == 0)
		;
	stop = s->stop;
	pthread_mutex_unlock(&s->lock);
	return !stop;
}

static void *
sweeper(void *arg)
{
	struct prg_sweep *s = arg;
	int n, sum;

	while (rest(s)) {
		sum = 0;
		do {
			n = prg_store_sweep(s->store, prg_now(), AT_ONCE);
			sum += n > 0 ? n : 0;
		} while (n >= AT_ONCE);
		if (sum > 0)
			prg_log(PRG_LOG_INFO, "swept %d expired submissions",
			    sum);
	}
	return NULL;
}

int
prg_sweep_start(struct prg_store *store, int seconds, struct prg_sweep **out,
    struct prg_error *err)
{
	struct prg_sweep *s = calloc(1, sizeof(*s));
	int rc;

	if (s == NULL)
		return prg_error_set(err, "sweeper: out of memory");
	s->store = store;
	s->seconds = seconds;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->stopped, NULL);
	if ((rc = pthread_create(&s->thread, NULL, sweeper, s)) != 0) {
		free(s);
		return prg_error_set(err, "sweeper: no thread: %s",
		    strerror(rc));
	}
	*out = s;
	return 0;
}

void
prg_sweep_stop(struct prg_sweep *s)
{
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_signal(&s->stopped);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->stopped);
	free(s);
}
