/*
 * sqlite_jobs.c - the work of the writing thread.
 *
 * Each function that an operation calls is above it, and runs on that thread.
 */
#include <sodium.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/step.h"
#include "store/sqlite.h"

enum {
	AT_ONCE = 200,		/* rows purged before others get their turn */
	A_FEW = 20,		/* rows swept before a look at the clock */
	SWEEP_MS = 10,		/* to sweep before others get their turn */
	WAIT_MS = 1000		/* for a sweep */
};

/* Run a statement on "?1, ?2": how many rows it changed, or -1. */
static int
change(struct prg_sqlite *s, enum prg_sqlite_statement i, int64_t one, int two)
{
	sqlite3_stmt *st = prg_sqlite_statement(s, i);

	sqlite3_bind_int64(st, 1, one);
	sqlite3_bind_int(st, 2, two);
	return prg_sqlite_do(s, i) ? sqlite3_changes(s->db) : -1;
}

/* -- One row ------------------------------------------------------------- */

static void
bind_row(sqlite3_stmt *st, const struct prg_row *row)
{
	const char *texts[] = { row->id.text, row->route,
	    prg_state_name(row->state), row->owner, row->digest, row->input,
	    row->result, row->location };
	int64_t numbers[] = { row->created, row->modified, row->expires,
	    row->lease, row->attempts };
	int k = 1;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		sqlite3_bind_text(st, k++, texts[i], -1, SQLITE_STATIC);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sqlite3_bind_int64(st, k++, numbers[i]);
}

/* Run the app's SQL, and leave nothing open that others would wait for. */
static enum prg_put
record(struct prg_sqlite *s, const struct prg_sqlite_job *job)
{
	struct prg_db db = { .store = &s->store, .handle = s->db,
	    .writes = true };
	bool good;
	int rc;

	s->lent = &db;
	good = job->record->run(job->record->arg, &db);
	s->lent = NULL;
	rc = sqlite3_errcode(s->db);
	if (!good && db.err.text[0] == '\0' && rc != SQLITE_OK &&
	    rc != SQLITE_ROW && rc != SQLITE_DONE)
		prg_error_set(&db.err, "%s", sqlite3_errmsg(s->db));
	job->record->err = db.err;
	prg_sqlite_end_statements(s->db);
	return good && db.err.text[0] == '\0' ? PRG_PUT_DONE : PRG_PUT_REFUSED;
}

static bool
set_result(struct prg_sqlite *s, const struct prg_row *row)
{
	sqlite3_stmt *st = prg_sqlite_statement(s, PRG_SQLITE_SET_RESULT);

	sqlite3_bind_text(st, 1, row->result, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, row->id.text, -1, SQLITE_STATIC);
	return prg_sqlite_do(s, PRG_SQLITE_SET_RESULT);
}

static bool
put(struct prg_sqlite *s, struct prg_sqlite_job *job)
{
	const char *result = job->row->result;

	bind_row(prg_sqlite_statement(s, PRG_SQLITE_PUT), job->row);
	if (!prg_sqlite_do(s, PRG_SQLITE_PUT))
		return false;
	job->end = sqlite3_changes(s->db) > 0 ? PRG_PUT_DONE :
	    PRG_PUT_EXISTS;
	if (job->end == PRG_PUT_DONE && job->record != NULL)
		job->end = record(s, job);
	if (job->end == PRG_PUT_DONE && job->row->result != result &&
	    !set_result(s, job->row))
		job->end = PRG_PUT_FAIL;
	prg_step("after-record");
	return job->end == PRG_PUT_DONE || job->end == PRG_PUT_EXISTS;
}

enum prg_put
prg_sqlite_put(struct prg_store *store, const struct prg_row *row,
    struct prg_record *how)
{
	return prg_sqlite_write((struct prg_sqlite *)store,
	    &(struct prg_sqlite_job){ .run = put, .row = row, .record = how,
	    .several = how != NULL });
}

static bool
erase(struct prg_sqlite *s, struct prg_sqlite_job *job)
{
	sqlite3_bind_text(prg_sqlite_statement(s, PRG_SQLITE_ERASE), 3,
	    job->row->id.text, -1, SQLITE_STATIC);
	switch (change(s, PRG_SQLITE_ERASE, job->row->modified, 0)) {
	case -1:
		return false;
	case 0:
		job->end = PRG_PUT_EXISTS;
		return true;
	}
	job->end = PRG_PUT_DONE;
	s->erased = true;
	return true;
}

enum prg_put
prg_sqlite_erase(struct prg_store *store, const struct prg_id *id,
    int64_t modified)
{
	const struct prg_row row = { .id = *id, .modified = modified };

	return prg_sqlite_write((struct prg_sqlite *)store,
	    &(struct prg_sqlite_job){ .run = erase, .row = &row });
}

/* -- Many rows ----------------------------------------------------------- */

/*
 * For a moment, as rows to be put wait: pages of the index of IDs, which are
 * random, may have to be read.  The WAL is emptied after the last rows, not
 * after each few.
 */
static bool
sweep(struct prg_sqlite *s, struct prg_sqlite_job *job)
{
	const int64_t end = prg_clock_ms() + SWEEP_MS;
	int drafts, results;

	do {
		drafts = change(s, PRG_SQLITE_SWEEP_DRAFTS, job->time, A_FEW);
		results = change(s, PRG_SQLITE_SWEEP_RESULTS, job->time,
		    A_FEW);
		if (drafts == -1 || results == -1)
			return false;
		job->count += drafts + results;
		job->more = drafts + results >= A_FEW;
	} while (job->more && prg_clock_ms() < end);
	s->swept = true;
	s->erased |= job->count > 0 && !job->more;
	job->end = PRG_PUT_DONE;
	return true;
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

static bool
purge(struct prg_sqlite *s, struct prg_sqlite_job *job)
{
	job->count = change(s, PRG_SQLITE_PURGE, job->time, AT_ONCE);
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

/* -- The app's own tables ------------------------------------------------ */

static bool
schema(struct prg_sqlite *s, struct prg_sqlite_job *job)
{
	if (sqlite3_exec(s->db, (const char *)job->record->arg, NULL, NULL,
	    NULL) == SQLITE_OK)
		job->end = PRG_PUT_DONE;
	else
		prg_error_set(job->arg, "the app's schema: %s",
		    sqlite3_errmsg(s->db));
	return job->end == PRG_PUT_DONE;
}

int
prg_sqlite_schema(struct prg_store *store, const char *sql,
    struct prg_error *err)
{
	struct prg_record text = { .arg = (void *)(uintptr_t)sql };
	struct prg_sqlite *s = (struct prg_sqlite *)store;

	prg_error_set(err, "%s: can't be written to; see the log", s->path);
	return prg_sqlite_write(s, &(struct prg_sqlite_job){ .run = schema,
	    .several = true, .record = &text, .arg = err }) == PRG_PUT_DONE ?
	    0 : -1;
}

/* -- The secrets that all processes share -------------------------------- */

static bool
add_secret(struct prg_sqlite *s, const char *purpose, int64_t made)
{
	sqlite3_stmt *st = prg_sqlite_statement(s, PRG_SQLITE_ADD_SECRET);
	unsigned char bytes[PRG_SECRET_BYTES];
	bool good;

	randombytes_buf(bytes, sizeof(bytes));
	sqlite3_bind_text(st, 1, purpose, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, made);
	sqlite3_bind_blob(st, 3, bytes, sizeof(bytes), SQLITE_STATIC);
	good = prg_sqlite_do(s, PRG_SQLITE_ADD_SECRET);
	sqlite3_clear_bindings(st);
	sodium_memzero(bytes, sizeof(bytes));
	return good;
}

/* The secrets for a purpose, the newest first: how many. */
static int
read_secrets(sqlite3 *db, const char *purpose, int most,
    unsigned char out[][PRG_SECRET_BYTES])
{
	sqlite3_stmt *st;
	int n = 0;

	if (sqlite3_prepare_v2(db, "SELECT bytes FROM secret WHERE purpose = ?1"
	    " AND length(bytes) = ?2 ORDER BY made DESC LIMIT ?3", -1, &st,
	    NULL) != SQLITE_OK)
		return 0;
	sqlite3_bind_text(st, 1, purpose, -1, SQLITE_STATIC);
	sqlite3_bind_int(st, 2, PRG_SECRET_BYTES);
	sqlite3_bind_int(st, 3, most);
	while (sqlite3_step(st) == SQLITE_ROW)
		memcpy(out[n++], sqlite3_column_blob(st, 0), PRG_SECRET_BYTES);
	sqlite3_finalize(st);
	return n;
}

static bool
read_keyring(sqlite3 *db, struct prg_keyring *k)
{
	k->secrets.count = (size_t)read_secrets(db, "key", PRG_SECRETS,
	    k->secrets.bytes);
	return k->secrets.count > 0 &&
	    read_secrets(db, "naming", 1, &k->naming) == 1;
}

/* In a transaction, so that one of several processes makes them. */
static bool
make_keyring(struct prg_sqlite *s, struct prg_sqlite_job *job)
{
	if (!read_keyring(s->db, job->arg) && (!add_secret(s, "naming", 0) ||
	    !add_secret(s, "key", 0) || !read_keyring(s->db, job->arg)))
		return false;
	job->end = PRG_PUT_DONE;
	return true;
}

int
prg_sqlite_keyring(struct prg_store *store, struct prg_keyring *k)
{
	struct prg_db db;
	bool found = false;

	if (prg_sqlite_borrow(store, &db)) {
		found = read_keyring(db.handle, k);
		prg_sqlite_give_back(&db);
	}
	if (found)
		return 0;
	return prg_sqlite_write((struct prg_sqlite *)store,
	    &(struct prg_sqlite_job){ .run = make_keyring, .several = true,
	    .arg = k }) == PRG_PUT_DONE ? 0 : -1;
}

static bool
rotate(struct prg_sqlite *s, struct prg_sqlite_job *job)
{
	const int64_t *then = job->arg;
	struct prg_keyring ring = { .secrets.count = 0 };

	if (!add_secret(s, "key", job->time) ||
	    change(s, PRG_SQLITE_FORGET_SECRETS, *then, 0) == -1)
		return false;
	/* Never more than are read: an open form would be unknown. */
	if (read_keyring(s->db, &ring) && ring.secrets.count == PRG_SECRETS) {
		prg_log(PRG_LOG_ERROR, "store: %s: forms that are open need"
		    " %d secrets already; rotate later, or with --now",
		    s->path, PRG_SECRETS - 1);
		return false;
	}
	job->end = PRG_PUT_DONE;
	return true;
}

int
prg_sqlite_rotate(struct prg_store *store, int64_t now, int64_t then)
{
	return prg_sqlite_write((struct prg_sqlite *)store,
	    &(struct prg_sqlite_job){ .run = rotate, .several = true,
	    .time = now, .arg = &then }) == PRG_PUT_DONE ? 0 : -1;
}
