/*
 * sqlite_jobs.c - the work of the writing thread: rows and secrets.
 *
 * Each function that an operation calls is above it, and runs on that thread.
 */
#include <sodium.h>
#include <string.h>

#include "base/log.h"
#include "base/step.h"
#include "store/sqlite.h"

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
	if (job->end == PRG_PUT_DONE && job->record != NULL &&
	    !prg_sqlite_lend(s, job->record, job->row))
		job->end = PRG_PUT_REFUSED;
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
	    prg_sqlite_change(s, PRG_SQLITE_FORGET_SECRETS, *then, 0) == -1)
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
