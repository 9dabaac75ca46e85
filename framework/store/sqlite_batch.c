/*
 * sqlite_batch.c - the thread that writes: many rows, one transaction, one
 * sync.
 *
 * A thread that has a row to store hands it over and sleeps.  The writing
 * thread takes all rows that wait, commits them together and wakes their
 * threads.  Rows that come meanwhile are the next batch, so batches grow with
 * the load.  All else that writes goes the same way and takes its turn in the
 * same queue.
 */
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/step.h"
#include "store/sqlite.h"

/*
 * If rows come in company, more are on their way while a batch is written.
 * To wait a moment for them before the sync makes fewer and larger syncs, and
 * so more rows a second, each answered sooner.  A row that comes alone does
 * not wait.
 */
enum {
	COMPANY = 8,			/* rows in the batch before */
	LINGER = 500 * 1000,		/* nanoseconds */
	IDLE_MS = 5000			/* without a row, then the WAL goes */
};

/* -- The queue ----------------------------------------------------------- */

/* Locked: all jobs that wait, in the order in which they came. */
static struct prg_sqlite_job *
take(struct prg_sqlite *s)
{
	struct prg_sqlite_job *list = s->first;

	s->first = NULL;
	s->last = &s->first;
	return list;
}

/*
 * Wait for jobs, with a limit if the WAL has pages.  Without a job returns
 * NULL, and 'stop' says whether it is time to end.
 */
static struct prg_sqlite_job *
take_first(struct prg_sqlite *s, bool *stop)
{
	const int64_t end = prg_clock_ms() + IDLE_MS;
	const struct timespec until = { end / 1000, end % 1000 * 1000000 };
	struct prg_sqlite_job *list;
	int rc = 0;

	pthread_mutex_lock(&s->queue_lock);
	while (s->first == NULL && !s->stop && rc == 0)
		rc = s->log_pages == 0 ?
		    pthread_cond_wait(&s->more, &s->queue_lock) :
		    pthread_cond_clockwait(&s->more, &s->queue_lock,
		    CLOCK_MONOTONIC, &until);
	list = take(s);
	*stop = s->stop;
	pthread_mutex_unlock(&s->queue_lock);
	return list;
}

/* Wait a moment, and add the jobs that have come to the list. */
static struct prg_sqlite_job *
take_more(struct prg_sqlite *s, struct prg_sqlite_job *list)
{
	const struct timespec moment = { .tv_nsec = LINGER };
	struct prg_sqlite_job *more;

	nanosleep(&moment, NULL);
	pthread_mutex_lock(&s->queue_lock);
	more = take(s);
	pthread_mutex_unlock(&s->queue_lock);
	while (list->next != NULL)
		list = list->next;
	list->next = more;
	return more;
}

/*
 * Tell the threads how their jobs have ended.  A woken thread may be gone
 * with its job at any time.
 */
static void
settle(struct prg_sqlite *s, struct prg_sqlite_job *list, bool good)
{
	struct prg_waiter *woken = NULL, **last = &woken;
	int rows = 0;

	pthread_mutex_lock(&s->queue_lock);
	for (; list != NULL; list = list->next) {
		rows += list->row != NULL;
		if (!good)
			list->end = PRG_PUT_FAIL;
		if (list->unwaited) {
			list->settled = true;
			pthread_cond_signal(&s->settled);
		} else {
			*last = &list->waiter;
			last = &list->waiter.next;
		}
	}
	s->stats.rows += (unsigned)rows;
	s->stats.batches += rows > 0;
	s->stats.waiting -= rows;
	pthread_mutex_unlock(&s->queue_lock);
	s->company = rows >= COMPANY;
	prg_pool_wake(woken);
}

/* -- A batch ------------------------------------------------------------- */

/* False if the transaction can't go on. */
static bool
run_job(struct prg_sqlite *s, struct prg_sqlite_job *j)
{
	bool good;

	if (j->several && !prg_sqlite_do(s, PRG_SQLITE_SAVE))
		return false;
	good = j->run(s, j);
	if (sqlite3_get_autocommit(s->db))
		return false;
	return !j->several || ((good || prg_sqlite_do(s, PRG_SQLITE_UNDO)) &&
	    prg_sqlite_do(s, PRG_SQLITE_RELEASE));
}

static bool
run_list(struct prg_sqlite *s, struct prg_sqlite_job *j)
{
	for (; j != NULL; j = j->next)
		if (!run_job(s, j))
			return false;
	return true;
}

static bool
commit(struct prg_sqlite *s, struct prg_sqlite_job *list)
{
	bool good = prg_sqlite_do(s, PRG_SQLITE_BEGIN) && run_list(s, list);

	if (good && s->company)
		good = run_list(s, take_more(s, list));
	prg_step("before-sync");
	good = good && prg_sqlite_do(s, PRG_SQLITE_COMMIT);
	prg_step("after-sync");
	if (!good && !sqlite3_get_autocommit(s->db))
		prg_sqlite_do(s, PRG_SQLITE_ROLLBACK);
	return good;
}

/*
 * Whether a batch can be written: the connection is open, and it is our turn.
 */
static bool
begin(struct prg_sqlite *s)
{
	struct prg_error err;

	if ((s->db == NULL && prg_sqlite_open_writer(s, &err) == -1) ||
	    prg_sqlite_in_place(s, &err) == -1) {
		prg_log(PRG_LOG_ERROR, "store: %s", err.text);
		return false;
	}
	if (prg_turn_take(s->turn, PRG_SQLITE_BUSY_MS))
		return true;
	prg_log(PRG_LOG_ERROR, "store: %s-turn: another process has had the"
	    " lock for %d seconds", s->path, PRG_SQLITE_BUSY_MS / 1000);
	return false;
}

static void *
write_batches(void *arg)
{
	struct prg_sqlite *s = arg;
	struct prg_sqlite_job *list;
	bool stop;

	while ((list = take_first(s, &stop)) != NULL || !stop) {
		if (!begin(s)) {
			settle(s, list, false);
			s->log_pages = 0;	/* don't try and log again */
			continue;
		}
		if (list != NULL)
			settle(s, list, commit(s, list));
		prg_sqlite_checkpoint(s, list == NULL);
		prg_turn_give(s->turn);
	}
	prg_sqlite_close_writer(s);
	return NULL;
}

/* -- Callers ------------------------------------------------------------- */

/* Locked: start the thread with the first job. */
static bool
has_thread(struct prg_sqlite *s)
{
	int rc;

	if (s->started)
		return true;
	if ((rc = pthread_create(&s->thread, NULL, write_batches, s)) != 0)
		prg_log(PRG_LOG_ERROR, "store: no thread: %s", strerror(rc));
	s->started = rc == 0;
	return s->started;
}

bool
prg_sqlite_enqueue(struct prg_sqlite *s, struct prg_sqlite_job *j)
{
	bool good;

	j->next = NULL;
	j->settled = false;
	pthread_mutex_lock(&s->queue_lock);
	if ((good = has_thread(s))) {
		*s->last = j;
		s->last = &j->next;
		s->stats.waiting += j->row != NULL;
		pthread_cond_signal(&s->more);
	}
	pthread_mutex_unlock(&s->queue_lock);
	return good;
}

enum prg_put
prg_sqlite_write(struct prg_sqlite *s, struct prg_sqlite_job *j)
{
	if (!prg_pool_enter_commit()) {
		pthread_mutex_lock(&s->queue_lock);
		s->stats.refused++;
		pthread_mutex_unlock(&s->queue_lock);
		return PRG_PUT_BUSY;
	}
	prg_pool_waiter(&j->waiter);
	if (prg_sqlite_enqueue(s, j))
		prg_pool_sleep(&j->waiter);
	prg_pool_leave_commit();
	return j->end;
}

void
prg_sqlite_stop(struct prg_sqlite *s)
{
	pthread_mutex_lock(&s->queue_lock);
	s->stop = true;
	pthread_cond_signal(&s->more);
	pthread_mutex_unlock(&s->queue_lock);
	if (s->started)
		pthread_join(s->thread, NULL);
}

struct prg_store_stats
prg_sqlite_stats(struct prg_store *store)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	struct prg_store_stats stats;

	pthread_mutex_lock(&s->queue_lock);
	stats = s->stats;
	pthread_mutex_unlock(&s->queue_lock);
	return stats;
}
