/*
 * commit.c - the committer: many rows, one transaction, one sync.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "submission/commit.h"

/*
 * When rows come in company, more are on their way while a batch is written: to
 * wait a moment for them before the sync makes fewer and larger syncs, and so more
 * rows a second, each answered sooner.  A row that comes alone is not kept waiting.
 */
enum {
	COMPANY = 8,			/* rows in the batch before */
	LINGER = 200 * 1000		/* nanoseconds */
};

struct prg_commit {
	struct prg_store	*store;
	pthread_mutex_t		 lock;		/* of all below */
	pthread_cond_t		 more;
	pthread_t		 thread;
	bool			 started;	/* the thread: with the first row */
	struct prg_write	*first;
	struct prg_write	**last;
	int			 waiting;	/* in the queue or in the batch */
	int			 queue;
	bool			 stop;
	struct prg_commit_stats	 stats;
	bool			 company;	/* the last batch was a large one; the
						   thread's own */
};

/* Locked: all that waits, in the order in which it came. */
static struct prg_write *
take(struct prg_commit *c)
{
	struct prg_write *list = c->first;

	c->first = NULL;
	c->last = &c->first;
	return list;
}

/* Wait for a row; NULL: stop. */
static struct prg_write *
take_first(struct prg_commit *c)
{
	struct prg_write *list;

	pthread_mutex_lock(&c->lock);
	while (c->first == NULL && !c->stop)
		pthread_cond_wait(&c->more, &c->lock);
	list = take(c);
	pthread_mutex_unlock(&c->lock);
	return list;
}

/* What has come meanwhile, if there was reason to wait for it; once a batch. */
static struct prg_write *
take_more(void *arg)
{
	const struct timespec moment = { .tv_nsec = LINGER };
	struct prg_commit *c = arg;
	struct prg_write *list;

	if (!c->company)
		return NULL;
	c->company = false;
	nanosleep(&moment, NULL);
	pthread_mutex_lock(&c->lock);
	list = take(c);
	pthread_mutex_unlock(&c->lock);
	return list;
}

/* They wait no more: said before they are let go, so that each may come again. */
static void
count(struct prg_commit *c, const struct prg_write *list)
{
	int n = 0;

	for (const struct prg_write *w = list; w != NULL; w = w->next)
		n++;
	pthread_mutex_lock(&c->lock);
	c->waiting -= n;
	c->stats.batches++;
	c->stats.rows += (uint64_t)n;
	pthread_mutex_unlock(&c->lock);
	c->company = n >= COMPANY;
}

/* 'done' may end the life of the row's memory, so look at 'next' before. */
static void
let_go(struct prg_write *w)
{
	struct prg_write *next;

	for (; w != NULL; w = next) {
		next = w->next;
		w->done(w);
	}
}

static void *
committer(void *arg)
{
	struct prg_commit *c = arg;
	struct prg_batch batch = { .more = take_more, .arg = c };

	while ((batch.list = take_first(c)) != NULL) {
		prg_store_commit(c->store, &batch);
		count(c, batch.list);
		let_go(batch.list);
	}
	return NULL;
}

int
prg_commit_start(struct prg_store *store, int queue, struct prg_commit **out,
    struct prg_error *err)
{
	struct prg_commit *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return prg_error_set(err, "committer: out of memory");
	c->store = store;
	c->queue = queue;
	c->last = &c->first;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->more, NULL);
	*out = c;
	return 0;
}

/* Locked: whether there is somebody to take a row. */
static bool
has_thread(struct prg_commit *c)
{
	int rc;

	if (c->started)
		return true;
	if ((rc = pthread_create(&c->thread, NULL, committer, c)) != 0)
		prg_log(PRG_LOG_ERROR, "committer: no thread: %s",
		    strerror(rc));
	c->started = rc == 0;
	return c->started;
}

bool
prg_commit_add(struct prg_commit *c, struct prg_write *w)
{
	bool fits;

	w->next = NULL;
	pthread_mutex_lock(&c->lock);
	fits = c->waiting < c->queue && !c->stop && has_thread(c);
	if (fits) {
		*c->last = w;
		c->last = &w->next;
		c->waiting++;
		pthread_cond_signal(&c->more);
	} else
		c->stats.refused++;
	pthread_mutex_unlock(&c->lock);
	return fits;
}

struct prg_commit_stats
prg_commit_stats(struct prg_commit *c)
{
	struct prg_commit_stats stats;

	pthread_mutex_lock(&c->lock);
	stats = c->stats;
	stats.waiting = c->waiting;
	pthread_mutex_unlock(&c->lock);
	return stats;
}

void
prg_commit_stop(struct prg_commit *c)
{
	pthread_mutex_lock(&c->lock);
	c->stop = true;
	pthread_cond_signal(&c->more);
	pthread_mutex_unlock(&c->lock);
	if (c->started)
		pthread_join(c->thread, NULL);
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->more);
	free(c);
}
