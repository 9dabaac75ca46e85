/*
 * sqlite_scan.c - all results of a route, for as long as that takes.
 *
 * Some rows at a time: a reader in the middle of the WAL keeps it from being
 * emptied.
 */
#include <string.h>

#include "base/date.h"
#include "store/sqlite.h"

enum { SOME = 1000 };		/* rows of one query */

#define SCAN(order)							\
	"SELECT id, state, created, input, rowid FROM submission"	\
	" WHERE rowid BETWEEN ?1 AND ?2 AND route = ?3"			\
	" AND created >= ?4 AND state NOT IN ('draft', 'gone')"		\
	" AND (expires = 0 OR expires > ?5)"				\
	" ORDER BY rowid " order " LIMIT ?6"

static const char *
text_of(sqlite3_stmt *st, int i)
{
	return (const char *)sqlite3_column_text(st, i);
}

/* False if the one who asked has enough. */
static bool
hand_over(const struct prg_scan *scan, sqlite3_stmt *st)
{
	struct prg_row row = { .route = scan->route,
	    .state = prg_state_of(text_of(st, 1)),
	    .created = sqlite3_column_int64(st, 2), .input = text_of(st, 3) };

	strncpy(row.id.text, text_of(st, 0), PRG_ID_LEN);
	return scan->row(scan->arg, &row);
}

/* Go through some of the rows that are left: 1 if there may be more. */
static int
scan_some(const struct prg_scan *scan, sqlite3_stmt *st, int64_t left[2])
{
	int rc, n = 0;

	sqlite3_bind_int64(st, 1, left[0]);
	sqlite3_bind_int64(st, 2, left[1]);
	sqlite3_bind_int64(st, 5, prg_now());
	for (; (rc = sqlite3_step(st)) == SQLITE_ROW; n++) {
		if (!hand_over(scan, st))
			break;
		if (scan->newest)
			left[1] = sqlite3_column_int64(st, 4) - 1;
		else
			left[0] = sqlite3_column_int64(st, 4) + 1;
	}
	sqlite3_reset(st);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return -1;
	return rc == SQLITE_DONE && n == SOME;
}

static int
last_row(sqlite3 *db, int64_t *last)
{
	sqlite3_stmt *st = NULL;
	int rc = -1;

	if (sqlite3_prepare_v2(db, "SELECT max(rowid) FROM submission", -1,
	    &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
		*last = sqlite3_column_int64(st, 0);
		rc = 1;
	}
	sqlite3_finalize(st);
	return rc;
}

int
prg_sqlite_scan(struct prg_store *store, const struct prg_scan *scan)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	int64_t left[2] = { INT64_MIN, INT64_MAX };
	sqlite3_stmt *st = NULL;
	struct prg_db db;
	int rc = -1;

	if (!prg_sqlite_borrow(store, &db))
		return -1;
	if (prg_sqlite_prepare(db.handle, scan->newest ? SCAN("DESC") :
	    SCAN("ASC"), &st) == SQLITE_OK)
		rc = last_row(db.handle, &left[1]);
	sqlite3_bind_text(st, 3, scan->route, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 4, scan->since);
	sqlite3_bind_int(st, 6, SOME);
	while (rc == 1)
		rc = scan_some(scan, st, left);
	if (rc == -1)
		prg_sqlite_failed(s, db.handle);
	sqlite3_finalize(st);
	prg_sqlite_give_back(&db);
	return rc;
}
