/*
 * periodic.c - the one thread that does what is due from time to time.
 *
 * Nothing depends on when it deletes: an expired row is gone already for all
 * who read it.  prg_store_sweep() waits for the disk a second at most, so that
 * a handler that hangs in the store's transaction is still warned about.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/log.h"
#include "serve/req.h"

enum { TICK = 1000 };		/* ms */

struct prg_periodic {
	struct prg_core		*core;
	pthread_t		 thread;
	pthread_mutex_t		 lock;		/* of 'stop' */
	pthread_cond_t		 stopped;
	bool			 stop;
};

/* Wait for the next tick; false when it is time to stop. */
static bool
rest(struct prg_periodic *p, int ms)
{
	const int64_t at = prg_clock_ms() + ms;
	const struct timespec until = { at / 1000, at % 1000 * 1000000 };
	bool stop;

	pthread_mutex_lock(&p->lock);
	while (!p->stop && pthread_cond_timedwait(&p->stopped, &p->lock,
	    &until) == 0)
		;
	stop = p->stop;
	pthread_mutex_unlock(&p->lock);
	return !stop;
}

static void
check_handlers(struct prg_core *core)
{
	struct prg_req *r;

	pthread_mutex_lock(&core->lock);
	r = core->all;
	pthread_mutex_unlock(&core->lock);
	for (; r != NULL; r = r->others)
		prg_running_check(r);
}

/* Delete a few rows; false if there are no more. */
static bool
sweep(struct prg_core *core, int *sum)
{
	bool more = prg_store_sweep(core->store, prg_now(), sum) == 1;

	if (!more && *sum > 0) {
		prg_log(PRG_LOG_INFO, "deleted %d expired submissions", *sum);
		*sum = 0;
	}
	return more;
}

static void *
run(void *arg)
{
	struct prg_periodic *p = arg;
	bool more = false;
	int sum = 0;

	for (int tick = 1; rest(p, more ? 0 : TICK); tick++) {
		check_handlers(p->core);
		if (more || tick % PRG_SWEEP_EVERY == 0)
			more = sweep(p->core, &sum);
	}
	return NULL;
}

int
prg_periodic_start(struct prg_core *core, struct prg_error *err)
{
	struct prg_periodic *p = calloc(1, sizeof(*p));
	pthread_condattr_t attr;
	int rc;

	if (p == NULL)
		return prg_error_set(err, "periodic thread: out of memory");
	p->core = core;
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->stopped, &attr);
	pthread_condattr_destroy(&attr);
	if ((rc = pthread_create(&p->thread, NULL, run, p)) != 0) {
		free(p);
		return prg_error_set(err, "periodic thread: %s", strerror(rc));
	}
	core->periodic = p;
	return 0;
}

void
prg_periodic_stop(struct prg_periodic *p)
{
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_signal(&p->stopped);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->stopped);
	free(p);
}
