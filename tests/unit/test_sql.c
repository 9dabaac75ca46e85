/*
 * test_sql.c - the app's own tables: its statements, its migrations, and what
 * it erases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>
#include <sqlite3.h>

#include "store/store.h"

struct box {
	char			 dir[32];
	char			 path[64];
	struct prg_store	*store;
	struct prg_arena	 arena;
	char			 stuck[PRG_ID_LEN + 1];	/* can't be erased */
	int			 erased;
};

static const char *const steps[] = {
	"CREATE TABLE note (id TEXT PRIMARY KEY, n INTEGER, x REAL);"
	"INSERT INTO note VALUES ('a', 1, 0.5), ('b', 2, NULL)",
	"ALTER TABLE note ADD COLUMN text TEXT",
	NULL
};

/* -- A store whose app has tables ------------------------------------------ */

static bool
erase(void *arg, struct prg_db *db, const struct prg_row *row)
{
	struct box *b = arg;
	bool stuck = strcmp(row->id.text, b->stuck) == 0;

	b->erased++;
	db->arena = &b->arena;
	assert_string_equal(row->route, "/");
	return prg_exec(db, "DELETE FROM note WHERE id = $1", "s",
	    row->id.text) != -1 && (!stuck ||
	    prg_exec(db, "DELETE FROM nowhere", "") != -1);
}

static int
open_with(struct box *b, const char *const *migrations,
    enum prg_store_mode mode, struct prg_error *err)
{
	return prg_store_open(&(struct prg_store_place){ .url = b->path,
	    .mode = mode, .app = "test", .migrations = migrations,
	    .eraser = { .run = erase, .arg = b } }, &b->store, err);
}

static int
setup(void **state)
{
	struct box *b = calloc(1, sizeof(*b));
	struct prg_error err;

	strcpy(b->dir, "/tmp/prg-sql-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->path, sizeof(b->path), "%s/test.db", b->dir);
	if (open_with(b, steps, PRG_STORE_SERVE, &err) == -1)
		fail_msg("%s", err.text);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct box *b = *state;
	char command[64];

	if (b->store != NULL)
		prg_store_close(b->store);
	prg_arena_release(&b->arena);
	snprintf(command, sizeof(command), "rm -rf %s", b->dir);
	assert_int_equal(system(command), 0);
	free(b);
	return 0;
}

static struct prg_row
row_of(int64_t expires)
{
	return (struct prg_row){ .id = prg_id_new(), .route = "/",
	    .state = PRG_STATE_DONE, .input = "{}", .result = "{}",
	    .created = 1, .modified = 1, .expires = expires };
}

static enum prg_state
state_of(struct box *b, const struct prg_row *w)
{
	struct prg_row row;

	assert_int_equal(prg_store_find(b->store, &b->arena, w->id.text, &row),
	    PRG_FOUND);
	return row.state;
}

/* The rows of a query as JSON, or the error. */
static const char *
selected(struct box *b, const char *sql)
{
	struct prg_db db;
	json_t *rows;
	char *text;

	assert_true(prg_store_borrow(b->store, &db));
	db.arena = &b->arena;
	rows = prg_select(&db, sql, "");
	text = rows != NULL ? json_dumps(rows, JSON_COMPACT) :
	    strdup(db.err.text);
	prg_arena_defer(&b->arena, free, text);
	prg_store_give_back(&db);
	return text;
}

/* -- Statements ------------------------------------------------------------ */

static const struct {
	const char	*name;
	bool		 rows;	/* prg_select(), else prg_exec() */
	bool		 writes;	/* in a record */
	const char	*sql;
	const char	*error;	/* "": none */
} statements[] = {
	{ "a query", true, false, "SELECT n FROM note;\n", "" },
	{ "a query in a record", true, true, "SELECT n FROM note", "" },
	{ "a change in a record", false, true, "UPDATE note SET n = 3", "" },
	{ "a change that returns rows", true, true,
	  "UPDATE note SET n = 3 RETURNING id", "" },
	{ "a change in a get", false, false, "UPDATE note SET n = 3",
	  "only a record can write: UPDATE note SET n = 3" },
	{ "a change in a get that returns rows", true, false,
	  "UPDATE note SET n = 3 RETURNING id", "only a record can write" },
	{ "a table in a get", false, false, "CREATE TABLE x (y)",
	  "only a record can write" },
	{ "an error of the database", true, false, "SELECT n FROM nowhere",
	  "no such table: nowhere: SELECT n FROM nowhere" },
	{ "so too in a record", false, true, "INSERT INTO nowhere VALUES (1)",
	  "no such table: nowhere" },
	{ "a constraint", false, true, "INSERT INTO note (id) VALUES ('a')",
	  "UNIQUE constraint failed: note.id" },
	{ "several statements", true, false, "SELECT 1; SELECT 2",
	  "there are several statements" },
	{ "several changes", false, true, "DELETE FROM note; DELETE FROM note",
	  "there are several statements" },
	{ "no statement", false, false, " ", "it is not a statement" },
	{ "BEGIN in a get", false, false, "BEGIN",
	  "the framework begins and ends transactions: BEGIN" },
	{ "COMMIT in a record", false, true, "COMMIT",
	  "the framework begins and ends transactions: COMMIT" },
	{ "ROLLBACK in a record", false, true, "ROLLBACK",
	  "the framework begins and ends transactions" },
	{ "SAVEPOINT in a record", false, true, "SAVEPOINT prg_row",
	  "the framework begins and ends transactions" },
	{ "RELEASE in a record", false, true, "RELEASE prg_row",
	  "the framework begins and ends transactions" },
	{ "rows that nobody takes", false, false, "SELECT n FROM note",
	  "use prg_select()" },
	{ "rows of a change that nobody takes", false, true,
	  "DELETE FROM note RETURNING id", "use prg_select()" },
	{ "no rows", true, true, "DELETE FROM note", "use prg_exec()" },
	{ "a parameter that is not given", true, false,
	  "SELECT $1", "not as many as are given" },
	{ "too many rows", true, false, "WITH RECURSIVE c (x) AS (SELECT 1"
	  " UNION ALL SELECT x + 1 FROM c) SELECT x FROM c",
	  "more than 10000 rows; add a LIMIT" },
};

static void
run(const void *row, struct prg_db *db)
{
	size_t i = (size_t)row;
	struct prg_arena a = { 0 };
	bool good;

	db->arena = &a;
	good = statements[i].rows ? prg_select(db, statements[i].sql, "") !=
	    NULL : prg_exec(db, statements[i].sql, "") != -1;
	prg_arena_release(&a);
	if (good != (statements[i].error[0] == '\0') ||
	    strstr(db->err.text, statements[i].error) == NULL)
		fail_msg("%s: \"%s\"", statements[i].name, db->err.text);
}

static bool
run_in_record(void *statement, struct prg_db *db, const struct prg_row *row)
{
	(void)row;
	run(statement, db);
	return true;
}

static void
test_statements(void **state)
{
	struct box *b = *state;
	struct prg_record record = { .run = run_in_record };
	const char *before = selected(b, "SELECT * FROM note");
	struct prg_row w;
	struct prg_db db;
	bool good;

	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]);
	    i++) {
		if (!statements[i].writes) {
			assert_true(prg_store_borrow(b->store, &db));
			run((const void *)i, &db);
			prg_store_give_back(&db);
			continue;
		}
		w = row_of(0);
		good = statements[i].error[0] == '\0';
		record.arg = (void *)i;
		assert_int_equal(prg_store_put(b->store, &w, &record),
		    good ? PRG_PUT_DONE : PRG_PUT_REFUSED);
		assert_int_equal(record.err.text[0] == '\0', good);
	}
	assert_string_not_equal(selected(b, "SELECT * FROM note"), before);
}

static const struct {
	const char	*name;
	const char	*sql;
	const char	*rows;
} queries[] = {
	{ "each type", "SELECT 1 AS i, -9007199254740993 AS l, 0.5 AS d,"
	  " 'é' AS t, NULL AS n",
	  "[{\"i\":1,\"l\":-9007199254740993,\"d\":0.5,\"t\":\"é\","
	  "\"n\":null}]" },
	{ "rows in their order", "SELECT id FROM note ORDER BY id DESC",
	  "[{\"id\":\"b\"},{\"id\":\"a\"}]" },
	{ "no rows", "SELECT id FROM note WHERE n > 10", "[]" },
	{ "bytes that are not UTF-8", "SELECT x'41ff42' AS b",
	  "[{\"b\":\"A\xef\xbf\xbd" "B\"}]" },
	{ "no number", "SELECT 9e999 AS d", "[{\"d\":null}]" },
};

static void
test_rows(void **state)
{
	const char *got;

	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
		if (strcmp(got = selected(*state, queries[i].sql),
		    queries[i].rows) != 0)
			fail_msg("%s: %s", queries[i].name, got);
}

/* Parameters go by their number, with the type that C has for them. */
static void
test_parameters(void **state)
{
	struct box *b = *state;
	const char *none = NULL;
	unsigned char small = 200;
	struct prg_db db;
	json_t *rows;
	char *text;

	assert_true(prg_store_borrow(b->store, &db));
	db.arena = &b->arena;
	rows = prg_select(&db, "SELECT $2 AS a, $1 AS b, $3 AS c, $1 AS d,"
	    " typeof($4) AS e, $5 AS f, $6 AS g, $7 AS h", "sisdsid", "x", -1,
	    none, 1.0, NULL, small, 0.25f);
	assert_string_equal(db.err.text, "");
	text = json_dumps(rows, JSON_COMPACT);
	assert_string_equal(text, "[{\"a\":-1,\"b\":\"x\",\"c\":null,"
	    "\"d\":\"x\",\"e\":\"real\",\"f\":null,\"g\":200,\"h\":0.25}]");
	free(text);
	assert_null(prg_select(&db, "SELECT $1, $2", "i", 1));
	assert_string_equal(db.err.text,
	    "its 2 parameters are not $1 and so on, or not as many as are"
	    " given: SELECT $1, $2");
	prg_store_give_back(&db);
}

#define NOT " are not $1 and so on, or not as many as are given"

#define WRONG(error, sql, ...) do {					\
	assert_true(prg_store_borrow(b->store, &db));			\
	db.arena = &b->arena;						\
	assert_null(prg_select(&db, sql, __VA_ARGS__));			\
	assert_string_equal(db.err.text, error ": " sql);		\
	prg_store_give_back(&db);					\
} while (0)

static void
test_wrong_parameters(void **state)
{
	struct box *b = *state;
	struct prg_db db;

	WRONG("\"s\" does not fit parameter 1", "SELECT $1", "s", 1);
	WRONG("\"i\" does not fit parameter 1", "SELECT $1", "i", "1");
	WRONG("\"i\" does not fit parameter 1", "SELECT $1", "i", 1.5);
	WRONG("\"si\" does not fit parameter 2", "SELECT $1", "si", "a");
	WRONG("\"s\" does not fit parameter 2", "SELECT $1", "s", "a", 2);
	WRONG("\"x\" does not fit parameter 1", "SELECT $1", "x", 2);
	WRONG("its 1 parameters" NOT, "SELECT ?1", "i", 1);
	WRONG("its 2 parameters" NOT, "SELECT $1, $3", "ii", 1, 2);
	assert_null(prg_select(NULL, "SELECT $1", "i", 1));
	assert_int_equal(prg_exec(NULL, "DELETE FROM note", ""), -1);
	assert_null(prg_db_sqlite(NULL));
}

/* -- In the transaction of a row ------------------------------------------- */

static bool
count_on(void *arg, struct prg_db *db, const struct prg_row *row)
{
	(void)row;
	assert_non_null(prg_db_sqlite(db));
	assert_int_equal(prg_exec(db, "UPDATE note SET n = n + $1", "i", 1),
	    2);
	assert_int_equal(prg_exec(db, "CREATE TABLE t (x)", ""), 0);
	((struct prg_row *)arg)->result = "{\"place\":7}";
	return true;
}

static void
test_result_of_record(void **state)
{
	struct box *b = *state;
	struct prg_row w = row_of(0), row;
	struct prg_record record = { .run = count_on, .arg = &w };

	assert_int_equal(prg_store_put(b->store, &w, &record), PRG_PUT_DONE);
	prg_store_find(b->store, &b->arena, w.id.text, &row);
	assert_string_equal(row.result, "{\"place\":7}");
	assert_string_equal(selected(b, "SELECT n FROM note ORDER BY n"),
	    "[{\"n\":2},{\"n\":3}]");
}

/* As in PostgreSQL: an error ends the transaction, whatever comes after it. */
static bool
go_on_after_error(void *arg, struct prg_db *db,
    const struct prg_row *row)
{
	(void)row;
	(void)arg;
	assert_int_equal(prg_exec(db, "UPDATE note SET n = 0", ""), 2);
	assert_int_equal(prg_exec(db, "DELETE FROM nowhere", ""), -1);
	assert_int_equal(prg_exec(db, "UPDATE note SET n = 9", ""), -1);
	return true;
}

static void
test_record_that_failed(void **state)
{
	struct box *b = *state;
	struct prg_row w = row_of(0), row;
	struct prg_record record = { .run = go_on_after_error };

	assert_int_equal(prg_store_put(b->store, &w, &record),
	    PRG_PUT_REFUSED);
	assert_string_equal(record.err.text,
	    "no such table: nowhere: DELETE FROM nowhere");
	assert_int_equal(prg_store_find(b->store, &b->arena, w.id.text, &row),
	    PRG_FOUND_NONE);
	assert_string_equal(selected(b, "SELECT n FROM note ORDER BY n"),
	    "[{\"n\":1},{\"n\":2}]");
}

/* -- Migrations ------------------------------------------------------------ */

static const char *const more_steps[] = {
	"not read again",
	"nor this one",
	"UPDATE note SET n = n + 10",
	"CREATE TABLE first (x); INSERT INTO first VALUES (1);"
	" INSERT INTO second VALUES (2)",
	NULL
};

static const char *const ends[] = { "not", "nor", "UPDATE note SET n = 0",
    "UPDATE note SET n = 5; COMMIT", NULL };

static void
test_migrations(void **state)
{
	struct box *b = *state;
	struct prg_error err;

	for (int i = 0; i < 2; i++) {
		prg_store_close(b->store);
		b->store = NULL;
		assert_int_equal(open_with(b, more_steps, PRG_STORE_SERVE,
		    &err), -1);
		assert_non_null(strstr(err.text, "migration 4 of the app: no"
		    " such table: second; nothing of it was done"));
		assert_null(b->store);
		assert_int_equal(open_with(b, more_steps, PRG_STORE_READ,
		    &err), 0);
		assert_string_equal(selected(b, "SELECT n FROM note"),
		    "[{\"n\":11},{\"n\":12}]");
		assert_non_null(strstr(selected(b, "SELECT x FROM first"),
		    "no such table"));
	}
}

static void
test_migration_that_commits(void **state)
{
	struct box *b = *state;
	struct prg_error err;

	prg_store_close(b->store);
	b->store = NULL;
	assert_int_equal(open_with(b, ends, PRG_STORE_EDIT, &err), -1);
	assert_non_null(strstr(err.text,
	    "migration 4 of the app: the framework begins and ends"));
	assert_int_equal(open_with(b, ends, PRG_STORE_READ, &err), 0);
	assert_string_equal(selected(b, "SELECT n FROM note"),
	    "[{\"n\":0},{\"n\":0}]");
}

static void
test_newer_app(void **state)
{
	static const enum prg_store_mode modes[] = { PRG_STORE_READ,
	    PRG_STORE_EDIT, PRG_STORE_SERVE };
	static const char *const one[] = { "SELECT 1", NULL };
	struct box *b = *state;
	struct prg_error err;

	prg_store_close(b->store);
	for (int i = 0; i < 6; i++) {
		b->store = NULL;
		assert_int_equal(open_with(b, i % 2 == 0 ? one : NULL,
		    modes[i / 2], &err), -1);
		assert_non_null(strstr(err.text, "it has had 2 migrations of"
		    " the app, this program knows"));
		assert_non_null(strstr(err.text, "run a newer one"));
	}
}

/* -- Erasing --------------------------------------------------------------- */

static bool
add_note(void *id, struct prg_db *db,
    const struct prg_row *row)
{
	(void)row;
	return prg_exec(db, "INSERT INTO note (id) VALUES ($1)", "s",
	    (const char *)id) == 1;
}

static struct prg_row
put_with_note(struct box *b, int64_t expires)
{
	struct prg_row w = row_of(expires);
	struct prg_record record = { .run = add_note, .arg = w.id.text };

	assert_int_equal(prg_store_put(b->store, &w, &record), PRG_PUT_DONE);
	return w;
}

static bool
has_note(struct box *b, const struct prg_row *w)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "SELECT id FROM note WHERE id = '%s'",
	    w->id.text);
	return strcmp(selected(b, sql), "[]") != 0;
}

static void
test_erase(void **state)
{
	struct box *b = *state;
	struct prg_row w = put_with_note(b, 0);

	strcpy(b->stuck, w.id.text);
	assert_int_equal(prg_store_erase(b->store, &w.id, 7), PRG_PUT_REFUSED);
	assert_true(has_note(b, &w));
	assert_int_equal(state_of(b, &w), PRG_STATE_DONE);
	b->stuck[0] = '\0';
	assert_int_equal(prg_store_erase(b->store, &w.id, 7), PRG_PUT_DONE);
	assert_false(has_note(b, &w));
	assert_int_equal(state_of(b, &w), PRG_STATE_GONE);
	b->erased = 0;
	assert_int_equal(prg_store_erase(b->store, &w.id, 8), PRG_PUT_EXISTS);
	assert_int_equal(b->erased, 0);
}

/* A draft has nothing in the app's tables. */
static void
test_erase_draft(void **state)
{
	struct box *b = *state;
	struct prg_row w = row_of(5);
	int count = 0;

	w.state = PRG_STATE_DRAFT;
	assert_int_equal(prg_store_put(b->store, &w, NULL), PRG_PUT_DONE);
	assert_int_equal(prg_store_erase(b->store, &w.id, 7), PRG_PUT_DONE);
	w = row_of(5);
	w.state = PRG_STATE_DRAFT;
	assert_int_equal(prg_store_put(b->store, &w, NULL), PRG_PUT_DONE);
	assert_int_equal(prg_store_sweep(b->store, 5, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(b->erased, 0);
}

/* One that can't be erased keeps no other, and is tried again. */
static void
test_sweep(void **state)
{
	struct box *b = *state;
	struct prg_row w[] = { put_with_note(b, 5), put_with_note(b, 5),
	    put_with_note(b, 6), put_with_note(b, 7) };
	int count = 0, more;

	strcpy(b->stuck, w[0].id.text);
	while ((more = prg_store_sweep(b->store, 6, &count)) == 1)
		;
	assert_int_equal(more, -1);
	assert_int_equal(b->erased, 3);
	assert_true(has_note(b, &w[0]) && has_note(b, &w[3]));
	assert_false(has_note(b, &w[1]) || has_note(b, &w[2]));
	assert_int_equal(state_of(b, &w[0]), PRG_STATE_DONE);
	assert_int_equal(state_of(b, &w[2]), PRG_STATE_GONE);
	b->stuck[0] = '\0';
	count = 0;
	while ((more = prg_store_sweep(b->store, 6, &count)) == 1)
		;
	assert_int_equal(more, 0);
	assert_int_equal(count, 1);
	assert_false(has_note(b, &w[0]));
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_statements),
		TEST(test_rows),
		TEST(test_parameters),
		TEST(test_wrong_parameters),
		TEST(test_result_of_record),
		TEST(test_record_that_failed),
		TEST(test_migrations),
		TEST(test_migration_that_commits),
		TEST(test_newer_app),
		TEST(test_erase),
		TEST(test_erase_draft),
		TEST(test_sweep)
	};

	if (sodium_init() == -1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
