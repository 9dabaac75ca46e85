/*
 * sqlite_erase.c - what the writing thread erases: results, drafts, old IDs.
 *
 * Each function that an operation calls is above it, and runs on that thread.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/sqlite.h"

enum {
	AT_ONCE = 200,		/* rows purged before others get their turn */
	SWEEP_MS = 10,		/* to sweep before others get their turn */
	WAIT_MS = 1000		/* for a sweep */
};

/* -- One row ------------------------------------------------------------- */

static bool
is_draft(sqlite3_stmt *st)
{
	return strcmp((const char *)sqlite3_column_text(st, 3), "draft") == 0;
}

/* Let the app erase its part of the row that 'st' has found, and reset that. */
static bool
erase_part(struct prg_sqlite *s, sqlite3_stmt *st)
{
	struct prg_row row = { .route =
	    (const char *)sqlite3_column_text(st, 2) };
	const char *why = s->eraser.err.text;
	char route[64];		/* for the log */
	bool good;

	strncpy(row.id.text, (const char *)sqlite3_column_text(st, 1),
	    PRG_ID_LEN);
	snprintf(route, sizeof(route), "%s", row.route);
	good = prg_sqlite_lend(s, &s->eraser, &row);
	if (!good && s->stuck_rowid == 0)
		prg_log(PRG_LOG_ERROR, "route %s: erase: %s; submission %s"
		    " stays", route, why[0] != '\0' ? why :
		    "it returned false", prg_id_mark(&row.id).text);
	return good;
}

/* Erase the row that 'st' has found. */
static enum prg_put
erase_found(struct prg_sqlite *s, sqlite3_stmt *st, int64_t modified)
{
	int64_t rowid = sqlite3_column_int64(st, 0);

	if (s->eraser.run != NULL && !is_draft(st) && !erase_part(s, st))
		return PRG_PUT_REFUSED;
	return prg_sqlite_change(s, PRG_SQLITE_ERASE, modified, rowid) == -1 ?
	    PRG_PUT_FAIL : PRG_PUT_DONE;
}

static bool
erase(struct prg_sqlite *s, struct prg_sqlite_job *job)
{
	sqlite3_stmt *st = prg_sqlite_statement(s, PRG_SQLITE_FIND);
	int rc;

	sqlite3_bind_text(st, 1, job->row->id.text, -1, SQLITE_STATIC);
	if ((rc = sqlite3_step(st)) == SQLITE_ROW)
		job->end = erase_found(s, st, job->row->modified);
	else if (rc == SQLITE_DONE)
		job->end = PRG_PUT_EXISTS;
	else
		prg_sqlite_failed(s, s->db);
	sqlite3_reset(st);
	s->erased |= job->end == PRG_PUT_DONE;
	return job->end == PRG_PUT_DONE || job->end == PRG_PUT_EXISTS;
}

enum prg_put
prg_sqlite_erase(struct prg_store *store, const struct prg_id *id,
    int64_t modified)
{
	const struct prg_row row = { .id = *id, .modified = modified };

	return prg_sqlite_write((struct prg_sqlite *)store,
	    &(struct prg_sqlite_job){ .run = erase, .several = true,
	    .row = &row });
}

/* -- Rows that have expired ---------------------------------------------- */

/* Erase a result, or undo what the app has done and pass it over. */
static bool
sweep_result(struct prg_sqlite *s, struct prg_sqlite_job *job,
    sqlite3_stmt *st)
{
	int64_t rowid = sqlite3_column_int64(st, 0);
	int64_t expires = sqlite3_column_int64(st, 4);
	bool undoes = s->eraser.run != NULL;
	enum prg_put put;

	if (undoes && !prg_sqlite_do(s, PRG_SQLITE_SAVE))
		return false;
	put = erase_found(s, st, job->time);
	if (put == PRG_PUT_REFUSED) {
		s->stuck_expires = expires;
		s->stuck_rowid = rowid;
		prg_sqlite_do(s, PRG_SQLITE_UNDO);
	}
	job->count += put == PRG_PUT_DONE;
	return put != PRG_PUT_FAIL && (!undoes ||
	    prg_sqlite_do(s, PRG_SQLITE_RELEASE));
}

/* The next row that has expired; there may be no more. */
static bool
sweep_next(struct prg_sqlite *s, struct prg_sqlite_job *job)
{
	sqlite3_stmt *st = prg_sqlite_statement(s, PRG_SQLITE_FIND_EXPIRED);
	bool good;
	int rc;

	sqlite3_bind_int64(st, 1, job->time);
	sqlite3_bind_int64(st, 2, s->stuck_expires);
	sqlite3_bind_int64(st, 3, s->stuck_rowid);
	job->more = (rc = sqlite3_step(st)) == SQLITE_ROW;
	if (!job->more)
		good = rc == SQLITE_DONE || prg_sqlite_failed(s, s->db) == 0;
	else if (!is_draft(st))
		good = sweep_result(s, job, st);
	else {
		good = prg_sqlite_change(s, PRG_SQLITE_DELETE,
		    sqlite3_column_int64(st, 0), 0) == 1;
		job->count += good;
	}
	sqlite3_reset(st);
	return good;
}

/*
 * For a moment, as rows to be put wait: pages of the index of IDs, which are
 * random, may have to be read.  The WAL is emptied after the last rows, not
 * after each few.  Rows that the app can't erase are tried again by the next
 * sweep.
 */
static bool
sweep(struct prg_sqlite *s, struct prg_sqlite_job *job)
{
	const int64_t end = prg_clock_ms() + SWEEP_MS;
	bool good;

	do
		good = sweep_next(s, job);
	while (good && job->more && prg_clock_ms() < end);
	s->swept = true;
	s->sweep_erased |= job->count > 0;
	job->end = good ? PRG_PUT_DONE : PRG_PUT_FAIL;
	if (good && !job->more) {
		if (s->stuck_rowid != 0)
			job->end = PRG_PUT_FAIL;
		s->erased |= s->sweep_erased;
		s->stuck_expires = s->stuck_rowid = 0;
		s->sweep_erased = false;
	}
	return good;
}

/* Wait until it is settled, or for so long. */
static bool
wait_for_sweep(struct prg_sqlite *s)
{
	int64_t end = prg_clock_ms() + WAIT_MS;
	struct timespec until = { end / 1000, end % 1000 * 1000000 };
	bool settled;

	pthread_mutex_lock(&s->queue_lock);
	while (!s->sweep.settled && pthread_cond_clockwait(&s->settled,
	    &s->queue_lock, CLOCK_MONOTONIC, &until) == 0)
		;
	settled = s->sweep.settled;
	pthread_mutex_unlock(&s->queue_lock);
	return settled;
}

int
prg_sqlite_sweep(struct prg_store *store, int64_t now, int *count)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	struct prg_sqlite_job *job = &s->sweep;

	if (!s->sweeping) {
		*job = (struct prg_sqlite_job){ .run = sweep, .several = true,
		    .unwaited = true, .time = now };
		if (!prg_sqlite_enqueue(s, job))
			return -1;
	}
	s->sweeping = !wait_for_sweep(s);
	if (s->sweeping)
		return 1;
	if (job->end != PRG_PUT_DONE)
		return -1;
	*count += job->count;
	return job->more;
}

/* -- Old IDs ------------------------------------------------------------- */

static bool
purge(struct prg_sqlite *s, struct prg_sqlite_job *job)
{
	job->count = prg_sqlite_change(s, PRG_SQLITE_PURGE, job->time, AT_ONCE);
	job->end = job->count == -1 ? PRG_PUT_FAIL : PRG_PUT_DONE;
	return job->count != -1;
}

int
prg_sqlite_purge(struct prg_store *store, int64_t before)
{
	struct prg_sqlite_job job = { .run = purge, .time = before };
	int sum = 0;

	do {
		if (prg_sqlite_write((struct prg_sqlite *)store, &job) !=
		    PRG_PUT_DONE)
			return -1;
		sum += job.count;
	} while (job.count == AT_ONCE);
	return sum;
}
