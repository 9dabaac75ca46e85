/*
 * sqlite_sql.c - the app's own statements.
 *
 * Parameters are named $1, $2 and so on, as in PostgreSQL.  SQLite numbers them
 * in the order in which the statement has them, so they are bound by name.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "form/field.h"
#include "store/sqlite.h"

enum { MOST_ROWS = 10000 };

/* Keep the first error, with its statement.  Returns -1. */
static int __attribute__((format(printf, 3, 4)))
fail(struct prg_db *db, const char *sql, const char *fmt, ...)
{
	struct prg_error why;
	va_list ap;

	if (db->err.text[0] != '\0')
		return -1;
	va_start(ap, fmt);
	vsnprintf(why.text, sizeof(why.text), fmt, ap);
	va_end(ap);
	return prg_error_set(&db->err, "%s: %s", why.text, sql);
}

/* Bind $1, $2 and so on; the statement must have these and no other. */
static int
bind(struct prg_db *db, sqlite3_stmt *st, const struct prg_arg *p)
{
	int given = 0, at = 1;
	char name[16];

	for (; p->kind != PRG_ARG_END && at != 0; p++) {
		snprintf(name, sizeof(name), "$%d", ++given);
		at = sqlite3_bind_parameter_index(st, name);
		if (p->kind == PRG_ARG_TEXT)
			sqlite3_bind_text(st, at, p->text, -1, SQLITE_STATIC);
		else if (p->kind == PRG_ARG_INT)
			sqlite3_bind_int64(st, at, p->integer);
		else
			sqlite3_bind_double(st, at, p->number);
	}
	if (at != 0 && sqlite3_bind_parameter_count(st) == given)
		return 0;
	return fail(db, sqlite3_sql(st), "its %d parameters are not $1 and so"
	    " on, or not as many as are given",
	    sqlite3_bind_parameter_count(st));
}

/* Why a statement may not be run here, or NULL. */
static const char *
objection(const struct prg_db *db, sqlite3_stmt *st, const char *rest,
    bool rows)
{
	bool reads = sqlite3_stmt_readonly(st) != 0;
	int columns = sqlite3_column_count(st);

	if (st == NULL)
		return "it is not a statement";
	if (rest[strspn(rest, " \t\r\n;")] != '\0')
		return "there are several statements; run one at a time";
	if (reads && columns == 0)
		return "the framework begins and ends transactions";
	if (!reads && !db->writes)
		return "only a record can write";
	if (rows == (columns == 0))
		return rows ? "it returns no rows; use prg_exec()" :
		    "it returns rows; use prg_select()";
	return NULL;
}

static json_t *
column_json(sqlite3_stmt *st, int i)
{
	json_t *j = NULL;

	switch (sqlite3_column_type(st, i)) {
	case SQLITE_INTEGER:
		return json_integer(sqlite3_column_int64(st, i));
	case SQLITE_FLOAT:
		j = json_real(sqlite3_column_double(st, i));
		break;		/* NULL for infinity */
	case SQLITE_TEXT:
	case SQLITE_BLOB:
		j = prg_json_text((const char *)sqlite3_column_text(st, i));
		break;
	}
	return j != NULL ? j : json_null();
}

static json_t *
row_json(sqlite3_stmt *st)
{
	json_t *row = json_object();

	for (int i = 0; i < sqlite3_column_count(st); i++)
		json_object_set_new(row, sqlite3_column_name(st, i),
		    column_json(st, i));
	return row;
}

/* Run it to its end, and add its rows: how many rows it changed, or -1. */
static int
run(struct prg_db *db, sqlite3_stmt *st, json_t *rows)
{
	int before = sqlite3_total_changes(db->handle), rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		if (json_array_size(rows) == MOST_ROWS)
			return fail(db, sqlite3_sql(st), "it returns more than"
			    " %d rows; add a LIMIT", MOST_ROWS);
		else
			json_array_append_new(rows, row_json(st));
	if (rc != SQLITE_DONE)
		return fail(db, sqlite3_sql(st), "%s",
		    sqlite3_errmsg(db->handle));
	return sqlite3_total_changes(db->handle) == before ? 0 :
	    sqlite3_changes(db->handle);
}

int
prg_sqlite_sql(struct prg_db *db, const char *sql, const struct prg_arg *p,
    json_t *rows)
{
	const char *rest, *why;
	sqlite3_stmt *st;
	int n = -1;

	if (db->writes && db->err.text[0] != '\0')
		return -1;
	if (sqlite3_prepare_v2(db->handle, sql, -1, &st, &rest) != SQLITE_OK)
		return fail(db, sql, "%s", sqlite3_errmsg(db->handle));
	if ((why = objection(db, st, rest, rows != NULL)) != NULL)
		fail(db, sql, "%s", why);
	else if (bind(db, st, p) == 0)
		n = run(db, st, rows);
	sqlite3_finalize(st);
	return n;
}

/* Nothing stays open that others would wait for. */
bool
prg_sqlite_lend(struct prg_sqlite *s, struct prg_record *record,
    const struct prg_row *row)
{
	struct prg_db db = { .store = &s->store, .handle = s->db,
	    .writes = true };
	bool good;
	int rc;

	s->lent = &db;
	good = record->run(record->arg, &db, row);
	s->lent = NULL;
	rc = sqlite3_errcode(s->db);
	if (!good && db.err.text[0] == '\0' && rc != SQLITE_OK &&
	    rc != SQLITE_ROW && rc != SQLITE_DONE)
		prg_error_set(&db.err, "%s", sqlite3_errmsg(s->db));
	prg_sqlite_end_statements(s->db);
	record->err = db.err;
	return good && db.err.text[0] == '\0';
}

struct sqlite3 *
prg_db_sqlite(struct prg_db *db)
{
	return db != NULL && db->store->ops->sql == prg_sqlite_sql ?
	    db->handle : NULL;
}
