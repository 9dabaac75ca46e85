/*
 * test_store.c - submissions in SQLite: what is written is found again, and
 * what can't be opened is refused with a sentence.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
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
};

static int
open_at(const char *path, enum prg_store_mode mode, struct prg_store **out,
    struct prg_error *err)
{
	return prg_store_open(&(struct prg_store_place){ .url = path,
	    .mode = mode, .app = "test" }, out, err);
}

static void
path_in(struct box *b, const char *name)
{
	snprintf(b->path, sizeof(b->path), "%s/%s", b->dir, name);
}

static int
setup(void **state)
{
	struct box *b = calloc(1, sizeof(*b));
	struct prg_error err;

	strcpy(b->dir, "/tmp/prg-store-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	path_in(b, "test.db");
	if (open_at(b->path, PRG_STORE_SERVE, &b->store, &err) == -1)
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
row_of(const char *route, int64_t created)
{
	return (struct prg_row){
		.id = prg_id_new(),
		.route = route,
		.state = PRG_STATE_DONE,
		.input = "{\"name\":\"Ann\"}",
		.result = "{}",
		.created = created,
		.modified = created
	};
}

static void
assert_put(struct prg_store *s, const struct prg_row *row, enum prg_put end)
{
	assert_int_equal(prg_store_put(s, row, NULL), end);
}

static void
test_write_and_find(void **state)
{
	struct box *b = *state;
	struct prg_row w = row_of("/", 1234567890123), row;

	assert_int_equal(prg_store_find(b->store, &b->arena, w.id.text, &row),
	    PRG_FOUND_NONE);
	assert_put(b->store, &w, PRG_PUT_DONE);
	assert_int_equal(prg_store_find(b->store, &b->arena, w.id.text, &row),
	    PRG_FOUND);
	assert_string_equal(row.id.text, w.id.text);
	assert_string_equal(row.route, "/");
	assert_int_equal(row.state, PRG_STATE_DONE);
	assert_string_equal(row.input, w.input);
	assert_null(row.location);
	assert_null(row.owner);
	assert_int_equal(row.created, 1234567890123);
	assert_int_equal(prg_store_stats(b->store).rows, 1);
	assert_int_equal(prg_store_stats(b->store).batches, 1);
}

static void
test_same_id(void **state)
{
	struct box *b = *state;
	struct prg_row first = row_of("/", 1), second = row_of("/", 3), row;

	second.id = first.id;
	second.input = "{\"name\":\"Bob\"}";
	assert_put(b->store, &first, PRG_PUT_DONE);
	assert_put(b->store, &second, PRG_PUT_EXISTS);
	prg_store_find(b->store, &b->arena, first.id.text, &row);
	assert_string_equal(row.input, first.input);
}

/* How SQLite finds the rows. */
static void
assert_plan(struct box *b, const char *sql, const char *index)
{
	struct prg_db db;
	char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
	sqlite3_stmt *st;
	bool found = false;

	assert_true(prg_store_borrow(b->store, &db));
	assert_int_equal(sqlite3_prepare_v2(db.handle, explain, -1, &st, NULL),
	    SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		found |= strstr((const char *)sqlite3_column_text(st, 3),
		    index) != NULL;
	assert_true(found);
	sqlite3_finalize(st);
	sqlite3_free(explain);
	prg_store_give_back(&db);
}

/* Lists are in the order of storing, whatever the clock said. */
static void
test_list(void **state)
{
	static const int64_t clock[] = { 104, 103, 102, 101, 100 };
	struct box *b = *state;
	struct prg_row w;
	struct prg_rows rows;

	for (int i = 0; i < 5; i++) {
		w = row_of(i == 4 ? "/other" : "/", clock[i]);
		w.location = i == 3 ? "/elsewhere" : NULL;
		w.owner = i == 0 ? "bob" : "ann";
		assert_put(b->store, &w, PRG_PUT_DONE);
	}
	rows = prg_store_list(b->store, &b->arena,
	    (&(struct prg_list){ .route = "/", .count = 2 }));
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.list[0].created, 102);
	assert_int_equal(rows.list[1].created, 103);
	rows = prg_store_list(b->store, &b->arena,
	    (&(struct prg_list){ .route = "/", .owner = "ann",
	    .count = 10 }));
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.list[0].created, 102);
	assert_string_equal(rows.list[1].owner, "ann");
	assert_int_equal(prg_store_count(b->store, (&(struct prg_list){
	    .route = "/", .owner = "ann", .count = 1 })), 2);
	rows = prg_store_list(b->store, &b->arena,
	    (&(struct prg_list){ .count = 100 }));
	assert_int_equal(rows.count, 5);
}

/* Pages of 2 of the results, and of all that staff may list, till the end. */
static void
test_list_pages(void **state)
{
	static const char *const locations[] = { NULL, "/away", NULL, NULL,
	    "/away", NULL, NULL };
	static const int64_t ends[] = { 0, 0, 0, 1, 0, INT64_MAX, 0 };
	static const char *const pages[] = { "6520", "654210" };
	struct box *b = *state;
	struct prg_list list = { .route = "/", .count = 2 };
	struct prg_rows rows;
	struct prg_row w;
	char got[16];

	for (int i = 0; i < 7; i++) {
		w = row_of("/", i);
		w.location = locations[i];
		w.expires = ends[i];
		assert_put(b->store, &w, PRG_PUT_DONE);
	}
	for (int all = 0; all < 2; all++) {
		list.all = all == 1;
		list.before = NULL;
		got[0] = '\0';
		while ((rows = prg_store_list(b->store, &b->arena,
		    &list)).count > 0) {
			for (int i = 0; i < rows.count; i++)
				sprintf(got + strlen(got), "%d",
				    (int)rows.list[i].created);
			list.before = rows.list[rows.count - 1].id.text;
		}
		assert_string_equal(got, pages[all]);
		list.before = "000000000000000000000000000";
		assert_int_equal(prg_store_list(b->store, &b->arena,
		    &list).count, 2);
		assert_int_equal(prg_store_count(b->store, &list),
		    strlen(got));
	}
	assert_plan(b, "SELECT input FROM submission WHERE route = '/' AND"
	    " state = 'done' AND rowid < ifnull((SELECT rowid FROM submission"
	    " WHERE id = 'x'), 9) ORDER BY rowid DESC LIMIT 2",
	    "submission_recent (route=? AND rowid<?)");
}

/* A corrected draft is the last one stored. */
static void
test_list_corrected(void **state)
{
	struct box *b = *state;
	struct prg_row w[2] = { row_of("/", 1), row_of("/", 2) };
	struct prg_rows rows;

	w[0].state = PRG_STATE_DRAFT;
	assert_put(b->store, &w[0], PRG_PUT_DONE);
	assert_put(b->store, &w[1], PRG_PUT_DONE);
	w[0].state = PRG_STATE_DONE;
	assert_put(b->store, &w[0], PRG_PUT_DONE);
	rows = prg_store_list(b->store, &b->arena,
	    (&(struct prg_list){ .route = "/", .count = 10 }));
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.list[0].created, 1);
}

/* -- A draft gives way, anything else stays ------------------------------ */

static const struct {
	const char	*name;
	enum prg_state	 first, second;
	const char	*owner;		/* of the second; the first has "ann" */
	const char	*route;
	enum prg_put	 end;
} replacements[] = {
	{ "a draft by a result", PRG_STATE_DRAFT, PRG_STATE_DONE, "ann", "/",
	  PRG_PUT_DONE },
	{ "a draft by a draft", PRG_STATE_DRAFT, PRG_STATE_DRAFT, "ann", "/",
	  PRG_PUT_DONE },
	{ "a result by a result", PRG_STATE_DONE, PRG_STATE_DONE, "ann", "/",
	  PRG_PUT_EXISTS },
	{ "a result by a draft", PRG_STATE_DONE, PRG_STATE_DRAFT, "ann", "/",
	  PRG_PUT_EXISTS },
	{ "what is gone by a result", PRG_STATE_GONE, PRG_STATE_DONE, "ann",
	  "/", PRG_PUT_EXISTS },
	{ "a draft of another owner", PRG_STATE_DRAFT, PRG_STATE_DONE, "bob",
	  "/", PRG_PUT_EXISTS },
	{ "a draft by nobody", PRG_STATE_DRAFT, PRG_STATE_DONE, NULL, "/",
	  PRG_PUT_EXISTS },
	{ "a draft of another route", PRG_STATE_DRAFT, PRG_STATE_DONE, "ann",
	  "/other", PRG_PUT_EXISTS },
};

static void
test_replacement(void **state)
{
	struct box *b = *state;
	struct prg_row row;

	for (size_t i = 0; i < sizeof(replacements) / sizeof(replacements[0]);
	    i++) {
		struct prg_row one = row_of("/", 1);
		struct prg_row two = row_of(replacements[i].route, 2);
		enum prg_put end;

		one.state = replacements[i].first;
		one.owner = "ann";
		two.id = one.id;
		two.state = replacements[i].second;
		two.owner = replacements[i].owner;
		assert_put(b->store, &one, PRG_PUT_DONE);
		end = prg_store_put(b->store, &two, NULL);
		if (end != replacements[i].end)
			fail_msg("%s: %d", replacements[i].name, end);
		prg_store_find(b->store, &b->arena, one.id.text, &row);
		if (row.created != (end == PRG_PUT_DONE ? 2 : 1))
			fail_msg("%s: another row", replacements[i].name);
	}
}

/* -- A draft gives way to the next one of it ------------------------------ */

static const struct {
	const char	*name;
	int		 number;
	const char	*digest;
	enum prg_put	 end;
} next_drafts[] = {
	{ "the next", 3, "other", PRG_PUT_DONE },
	{ "the same", 2, "same", PRG_PUT_DONE },
	{ "another in its place", 2, "other", PRG_PUT_EXISTS },
	{ "one that was before it", 1, "other", PRG_PUT_EXISTS },
	{ "the one after the next", 4, "other", PRG_PUT_EXISTS },
	{ "one without a digest", 2, NULL, PRG_PUT_EXISTS },
};

static void
test_next_draft(void **state)
{
	struct box *b = *state;

	for (size_t i = 0; i < sizeof(next_drafts) / sizeof(next_drafts[0]);
	    i++) {
		struct prg_row row = row_of("/", 1), got;
		enum prg_put end;

		row.state = PRG_STATE_DRAFT;
		row.attempts = 2;
		row.digest = "same";
		assert_put(b->store, &row, PRG_PUT_DONE);
		row.attempts = next_drafts[i].number;
		row.digest = next_drafts[i].digest;
		end = prg_store_put(b->store, &row, NULL);
		if (end != next_drafts[i].end)
			fail_msg("%s: %d", next_drafts[i].name, end);
		prg_store_find(b->store, &b->arena, row.id.text, &got);
		if (got.attempts != (end == PRG_PUT_DONE ? row.attempts : 2))
			fail_msg("%s: number %d", next_drafts[i].name,
			    got.attempts);
	}
}

static void
test_erase(void **state)
{
	struct box *b = *state;
	struct prg_row w = row_of("/", 1), row;

	w.digest = "d";
	assert_put(b->store, &w, PRG_PUT_DONE);
	assert_int_equal(prg_store_erase(b->store, &w.id, 7), PRG_PUT_DONE);
	prg_store_find(b->store, &b->arena, w.id.text, &row);
	assert_int_equal(row.state, PRG_STATE_GONE);
	assert_int_equal(row.modified, 7);
	assert_null(row.input);
	assert_null(row.result);
	assert_string_equal(row.digest, "d");
	assert_int_equal(prg_store_erase(b->store, &w.id, 8), PRG_PUT_EXISTS);
	assert_int_equal(prg_store_purge(b->store, 7), 0);
	assert_plan(b, "DELETE FROM submission WHERE rowid IN (SELECT rowid"
	    " FROM submission WHERE state = 'gone' AND modified < 8 LIMIT 1)",
	    "submission_gone");
	assert_int_equal(prg_store_purge(b->store, 8), 1);
	assert_int_equal(prg_store_find(b->store, &b->arena, w.id.text, &row),
	    PRG_FOUND_NONE);
}

static void
test_sweep(void **state)
{
	struct box *b = *state;
	struct prg_row draft = row_of("/", 1), done = row_of("/", 1),
	    later = row_of("/", 1), never = row_of("/", 1), row;
	int count = 0;

	draft.state = PRG_STATE_DRAFT;
	draft.expires = done.expires = 1000;
	later.expires = 1001;
	assert_put(b->store, &draft, PRG_PUT_DONE);
	assert_put(b->store, &done, PRG_PUT_DONE);
	assert_put(b->store, &later, PRG_PUT_DONE);
	assert_put(b->store, &never, PRG_PUT_DONE);
	assert_int_equal(prg_store_sweep(b->store, 999, &count), 0);
	assert_int_equal(count, 0);
	assert_int_equal(prg_store_sweep(b->store, 1000, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(prg_store_find(b->store, &b->arena, draft.id.text,
	    &row), PRG_FOUND_NONE);
	prg_store_find(b->store, &b->arena, done.id.text, &row);
	assert_int_equal(row.state, PRG_STATE_GONE);
	assert_null(row.input);
	prg_store_find(b->store, &b->arena, later.id.text, &row);
	assert_int_equal(row.state, PRG_STATE_DONE);
}

/* A few for a moment, until there are no more. */
static void
test_sweep_in_steps(void **state)
{
	struct box *b = *state;
	struct prg_row w;
	int more, sum = 0;

	for (int i = 0; i < 65; i++) {
		w = row_of("/", 1);
		w.state = i % 2 == 0 ? PRG_STATE_DRAFT : PRG_STATE_DONE;
		w.expires = 1 + i;
		assert_put(b->store, &w, PRG_PUT_DONE);
	}
	while ((more = prg_store_sweep(b->store, 1000, &sum)) == 1)
		;
	assert_int_equal(more, 0);
	assert_int_equal(sum, 65);
	assert_int_equal(prg_store_list(b->store, &b->arena,
	    (&(struct prg_list){ .count = 100 })).count, 32);
	assert_plan(b, "SELECT rowid FROM submission WHERE expires > 0 AND"
	    " expires <= 5 AND (expires, rowid) > (1, 2)"
	    " ORDER BY expires, rowid LIMIT 1", "submission_expires");
}

/* The number of times that a text is in a file beside the store. */
static int
count_in(const struct box *b, const char *suffix, const char *text)
{
	char path[80], part[4096];
	int n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s%s", b->path, suffix);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	for (size_t len; (len = fread(part, 1, sizeof(part), f)) > 0;)
		n += memmem(part, len, text, strlen(text)) != NULL;
	fclose(f);
	return n;
}

/* What was erased can't be read in the store's files. */
static void
test_erased_everywhere(void **state)
{
	struct box *b = *state;
	struct prg_row w = row_of("/", 1);

	w.input = "{\"text\":\"SECRET-4711\"}";
	assert_put(b->store, &w, PRG_PUT_DONE);
	assert_int_equal(count_in(b, "-wal", "SECRET-4711"), 1);
	assert_int_equal(prg_store_erase(b->store, &w.id, 7), PRG_PUT_DONE);
	/* The WAL is emptied after the erasing thread was woken. */
	w = row_of("/", 1);
	assert_put(b->store, &w, PRG_PUT_DONE);
	assert_int_equal(count_in(b, "-wal", "SECRET-4711"), 0);
	assert_int_equal(count_in(b, "", "SECRET-4711"), 0);
}

/* -- record: both or neither --------------------------------------------- */

static bool
take_one(void *good, struct prg_db *db,
    const struct prg_row *row)
{
	(void)row;
	sqlite3_exec(db->handle, "UPDATE stock SET n = n - 1", NULL, NULL,
	    NULL);
	return good != NULL;
}

static void
make_stock(struct box *b)
{
	struct prg_error err;

	assert_int_equal(prg_store_migrate(b->store, (const char *const[]){
	    "CREATE TABLE stock (n INTEGER CHECK (n >= 0));"
	    "INSERT INTO stock VALUES (10)", NULL }, &err), 0);
}

static int
stock(struct prg_store *s)
{
	sqlite3_stmt *st;
	struct prg_db db;
	int n;

	assert_true(prg_store_borrow(s, &db));
	assert_int_equal(sqlite3_prepare_v2(db.handle, "SELECT n FROM stock",
	    -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	prg_store_give_back(&db);
	return n;
}

static void
test_record(void **state)
{
	struct prg_record good = { .run = take_one, .arg = *state };
	struct prg_record bad = { .run = take_one };
	struct box *b = *state;
	struct prg_row one = row_of("/", 1), two = row_of("/", 1), row;

	make_stock(b);
	assert_int_equal(prg_store_put(b->store, &one, &good), PRG_PUT_DONE);
	assert_int_equal(prg_store_put(b->store, &two, &bad),
	    PRG_PUT_REFUSED);
	assert_int_equal(prg_store_put(b->store, &one, &good),
	    PRG_PUT_EXISTS);
	assert_int_equal(stock(b->store), 9);
	assert_int_equal(prg_store_find(b->store, &b->arena, two.id.text,
	    &row), PRG_FOUND_NONE);
	assert_put(b->store, &two, PRG_PUT_DONE);
}

static bool
end_it_all(void *sql, struct prg_db *db,
    const struct prg_row *row)
{
	(void)row;
	assert_int_equal(sqlite3_exec(db->handle, sql, NULL, NULL, NULL),
	    SQLITE_AUTH);
	return true;
}

/* An app that breaks the rules loses its row, and no other. */
static void
test_record_that_ends_all(void **state)
{
	static char *const sql[] = { "ROLLBACK", "COMMIT", "END" };
	struct box *b = *state;
	struct prg_record good = { .run = take_one, .arg = b };
	struct prg_row other, w, row;

	make_stock(b);
	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		w = row_of("/", 1);
		other = row_of("/", 1);
		assert_int_equal(prg_store_put(b->store, &w,
		    (&(struct prg_record){ .run = end_it_all,
		    .arg = sql[i] })), PRG_PUT_REFUSED);
		assert_int_equal(prg_store_find(b->store, &b->arena, w.id.text,
		    &row), PRG_FOUND_NONE);
		assert_int_equal(prg_store_put(b->store, &other, &good),
		    PRG_PUT_DONE);
	}
	assert_int_equal(stock(b->store), 7);
}

/* A statement that its app leaves in the middle of its rows. */
static bool
leave_open(void *out, struct prg_db *db,
    const struct prg_row *row)
{
	sqlite3_stmt *st;

	(void)row;
	assert_int_equal(sqlite3_prepare_v2(db->handle,
	    "SELECT 1 FROM submission", -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	*(sqlite3_stmt **)out = st;
	return true;
}

/*
 * It would keep the writer from seeing, and so from following, another
 * process.
 */
static void
test_record_left_open(void **state)
{
	struct box *b = *state;
	struct prg_row w[] = { row_of("/", 1), row_of("/", 1), row_of("/", 1) };
	struct prg_store *other;
	struct prg_error err;
	sqlite3_stmt *st;

	assert_int_equal(open_at(b->path, PRG_STORE_SERVE, &other, &err), 0);
	assert_int_equal(prg_store_put(b->store, &w[0],
	    (&(struct prg_record){ .run = leave_open, .arg = &st })),
	    PRG_PUT_DONE);
	assert_put(other, &w[1], PRG_PUT_DONE);
	assert_put(b->store, &w[2], PRG_PUT_DONE);
	sqlite3_finalize(st);
	prg_store_close(other);
}

/* A reader would see for ever what it saw then. */
static void
test_lent_and_left_open(void **state)
{
	static const char *const leave[] = { "SELECT 1 FROM submission",
	    "BEGIN; SELECT 1 FROM submission" };
	struct box *b = *state;
	struct prg_row w = row_of("/", 1), row;
	sqlite3_stmt *st;
	struct prg_db db;

	assert_put(b->store, &w, PRG_PUT_DONE);
	assert_true(prg_store_borrow(b->store, &db));
	sqlite3_prepare_v2(db.handle, leave[0], -1, &st, NULL);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	prg_store_give_back(&db);
	for (int i = 0; i < 2; i++) {
		w = row_of("/", 1);
		assert_put(b->store, &w, PRG_PUT_DONE);
		assert_int_equal(prg_store_find(b->store, &b->arena, w.id.text,
		    &row), PRG_FOUND);
		assert_true(prg_store_borrow(b->store, &db));
		assert_int_equal(sqlite3_exec(db.handle, leave[1], NULL, NULL,
		    NULL), SQLITE_OK);
		prg_store_give_back(&db);
	}
	sqlite3_finalize(st);
}

/* However many handlers have one, a row is found. */
static void
test_many_lent(void **state)
{
	enum { MANY = 100 };
	struct box *b = *state;
	struct prg_db db[MANY];
	struct prg_row row;

	for (int i = 0; i < MANY; i++) {
		assert_true(prg_store_borrow(b->store, &db[i]));
		assert_int_equal(prg_store_find(b->store, &b->arena,
		    "000000000000000000000000000", &row), PRG_FOUND_NONE);
	}
	for (int i = 0; i < MANY; i++)
		prg_store_give_back(&db[i]);
}

/* -- Secrets ------------------------------------------------------------- */

static void
test_secrets(void **state)
{
	struct box *b = *state;
	struct prg_keyring one, two, three, four;
	struct prg_store *other;
	struct prg_error err;

	assert_int_equal(prg_store_keyring(b->store, &one), 0);
	assert_int_equal(one.secrets.count, 1);
	assert_int_equal(open_at(b->path, PRG_STORE_SERVE, &other, &err), 0);
	assert_int_equal(prg_store_keyring(other, &two), 0);
	assert_memory_equal(one.naming, two.naming, PRG_SECRET_BYTES);
	assert_memory_equal(one.secrets.bytes, two.secrets.bytes,
	    PRG_SECRET_BYTES);
	assert_int_equal(prg_store_rotate(other, 1000, 900), 0);
	assert_int_equal(prg_store_keyring(b->store, &three), 0);
	assert_int_equal(three.secrets.count, 2);
	assert_memory_equal(three.secrets.bytes[1], one.secrets.bytes[0],
	    PRG_SECRET_BYTES);
	assert_memory_equal(three.naming, one.naming, PRG_SECRET_BYTES);
	assert_int_equal(prg_store_rotate(other, 1100, 1000), 0);
	assert_int_equal(prg_store_keyring(b->store, &four), 0);
	assert_int_equal(four.secrets.count, 2);	/* less the first */
	assert_memory_equal(four.secrets.bytes[1], three.secrets.bytes[0],
	    PRG_SECRET_BYTES);
	prg_store_close(other);
}

static void
test_two_processes(void **state)
{
	struct box *b = *state;
	struct prg_row one = row_of("/", 1), two = row_of("/", 2), row;
	struct prg_store *other;
	struct prg_error err;

	two.id = one.id;
	assert_int_equal(open_at(b->path, PRG_STORE_SERVE, &other, &err), 0);
	assert_put(b->store, &one, PRG_PUT_DONE);
	assert_put(other, &two, PRG_PUT_EXISTS);
	assert_int_equal(prg_store_find(other, &b->arena, one.id.text, &row),
	    PRG_FOUND);
	prg_store_close(other);
}

static void
test_write_ahead_log(void **state)
{
	struct box *b = *state;
	sqlite3 *db;
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &st, NULL);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_string_equal(sqlite3_column_text(st, 0), "wal");
	sqlite3_finalize(st);
	sqlite3_close(db);
}

/* The size of a file beside the database, or -1. */
static long
size_of(const struct box *b, const char *suffix)
{
	char path[80];
	struct stat st;

	snprintf(path, sizeof(path), "%s%s", b->path, suffix);
	return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

/* Who only reads leaves the log for the next one, with nothing in it. */
static void
test_log_is_left(void **state)
{
	struct box *b = *state;
	struct prg_row w = row_of("/", 1), row;
	struct prg_error err;

	assert_put(b->store, &w, PRG_PUT_DONE);
	assert_true(size_of(b, "-wal") > 0);
	prg_store_close(b->store);
	assert_int_equal(size_of(b, "-wal"), -1);
	assert_int_equal(open_at(b->path, PRG_STORE_SERVE, &b->store, &err), 0);
	assert_int_equal(prg_store_find(b->store, &b->arena, w.id.text, &row),
	    PRG_FOUND);
	prg_store_close(b->store);
	assert_int_equal(size_of(b, "-wal"), 0);
	assert_int_equal(open_at(b->path, PRG_STORE_SERVE, &b->store, &err), 0);
}

/* The first is the one that opened the store. */
static void
test_what_is_lent_reads(void **state)
{
	struct box *b = *state;
	struct prg_db db[2];

	for (int i = 0; i < 2; i++) {
		assert_true(prg_store_borrow(b->store, &db[i]));
		assert_int_equal(sqlite3_exec(db[i].handle, "SELECT * FROM"
		    " submission", NULL, NULL, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db[i].handle, "DELETE FROM"
		    " submission", NULL, NULL, NULL), SQLITE_READONLY);
	}
	for (int i = 0; i < 2; i++)
		prg_store_give_back(&db[i]);
}

/* -- Whose database it is ------------------------------------------------ */

/* Run SQL as another program would, and close the database again. */
static void
run_sql(const char *path, const char *sql)
{
	sqlite3 *db;
	char *why = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	sqlite3_close(db);
}

static char *
read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "r");
	char *p = malloc(1 << 20);

	assert_non_null(f);
	assert_non_null(p);
	*len = fread(p, 1, 1 << 20, f);
	fclose(f);
	return p;
}

static int
count_files(const char *dir)
{
	DIR *d = opendir(dir);
	int n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

static const enum prg_store_mode modes[] = { PRG_STORE_SERVE, PRG_STORE_EDIT,
    PRG_STORE_READ };

static const struct {
	const char	*name;
	const char	*sql;
	const char	*says;
} foreign[] = {
	{ "another program's", "CREATE TABLE contacts (name)",
	  "not a prg store; name another file" },
	{ "with our version", "CREATE TABLE contacts (name);"
	  "PRAGMA user_version = 2", "not a prg store" },
	{ "with a version and no table", "PRAGMA user_version = 7",
	  "not a prg store" },
	{ "with our names", "CREATE TABLE submission (id); CREATE TABLE"
	  " secret (id)", "not a prg store" },
	{ "with a WAL", "PRAGMA journal_mode = WAL; CREATE TABLE contacts (n)",
	  "not a prg store" },
	{ "of another app", "CREATE TABLE prg (version INTEGER, app TEXT);"
	  "INSERT INTO prg VALUES (3, 'other')", "store of \"other\"" },
	{ "of a newer program", "CREATE TABLE prg (version INTEGER, app TEXT);"
	  "INSERT INTO prg VALUES (99, 'test')", "run a newer one" },
};

/* It is refused, and neither changed nor given files beside it. */
static void
test_foreign(void **state)
{
	struct box *b = *state;
	struct prg_store *other;
	struct prg_error err;
	size_t before, after;
	char *old, *new;

	prg_store_close(b->store);
	b->store = NULL;
	for (size_t i = 0; i < 3 * sizeof(foreign) / sizeof(foreign[0]); i++) {
		path_in(b, "other.db");
		unlink(b->path);
		run_sql(b->path, foreign[i / 3].sql);
		old = read_file(b->path, &before);
		if (open_at(b->path, modes[i % 3], &other, &err) == 0)
			fail_msg("%s: opened", foreign[i / 3].name);
		if (strstr(err.text, foreign[i / 3].says) == NULL)
			fail_msg("%s: %s", foreign[i / 3].name, err.text);
		new = read_file(b->path, &after);
		assert_int_equal(before, after);
		assert_memory_equal(old, new, before);
		/* test.db, its turn and this one. */
		assert_int_equal(count_files(b->dir), 3);
		free(old);
		free(new);
	}
}

static void
test_missing(void **state)
{
	struct box *b = *state;
	struct prg_store *other;
	struct prg_error err;
	int files = count_files(b->dir);

	path_in(b, "none.db");
	for (int i = 1; i < 3; i++) {
		assert_int_equal(open_at(b->path, modes[i], &other, &err), -1);
		assert_non_null(strstr(err.text, "there is no store"));
		assert_int_equal(count_files(b->dir), files);
	}
	close(open(b->path, O_CREAT | O_WRONLY, 0600));
	for (int i = 1; i < 3; i++) {
		assert_int_equal(open_at(b->path, modes[i], &other, &err), -1);
		assert_non_null(strstr(err.text, "not a prg store"));
		assert_int_equal(count_files(b->dir), files + 1);
	}
	assert_int_equal(open_at(b->path, PRG_STORE_SERVE, &other, &err), 0);
	prg_store_close(other);
	assert_int_equal(open_at("", PRG_STORE_SERVE, &other, &err), -1);
	assert_int_equal(open_at(":memory:", PRG_STORE_SERVE, &other, &err),
	    -1);
	assert_non_null(strstr(err.text, "not a path"));
}

/* Reading changes nothing, and makes no file beside the store. */
static void
test_reading(void **state)
{
	struct box *b = *state;
	struct prg_row w = row_of("/", 1), row;
	struct prg_store *other;
	struct prg_error err;
	size_t before, after;
	char *old, *new;

	assert_put(b->store, &w, PRG_PUT_DONE);
	for (int served = 1; served >= 0; served--) {
		if (!served) {
			prg_store_close(b->store);
			b->store = NULL;
		}
		old = read_file(b->path, &before);
		assert_int_equal(open_at(b->path, PRG_STORE_READ, &other, &err),
		    0);
		assert_int_equal(prg_store_find(other, &b->arena, w.id.text,
		    &row), PRG_FOUND);
		prg_store_close(other);
		new = read_file(b->path, &after);
		assert_int_equal(before, after);
		assert_memory_equal(old, new, before);
		assert_int_equal(count_files(b->dir), served ? 4 : 2);
		free(old);
		free(new);
	}
}

/* The names that a path may have are no part of a URL. */
static void
test_odd_name(void **state)
{
	struct box *b = *state;
	struct prg_store *other;
	struct prg_error err;

	path_in(b, "a?b#c%41.db");
	assert_int_equal(open_at(b->path, PRG_STORE_SERVE, &other, &err), 0);
	prg_store_close(other);
	assert_int_equal(open_at(b->path, PRG_STORE_READ, &other, &err), 0);
	prg_store_close(other);
}

/*
 * Stores of versions 1 and 2, as they were, and as a dump that was read back.
 */
static const char version_1[] =
	"CREATE TABLE submission (id TEXT PRIMARY KEY, route TEXT NOT NULL,"
	" state TEXT NOT NULL, owner TEXT, digest TEXT, input TEXT,"
	" result TEXT, location TEXT, created INTEGER NOT NULL,"
	" modified INTEGER NOT NULL,"
	" expires INTEGER NOT NULL DEFAULT 0, lease INTEGER NOT NULL DEFAULT 0,"
	" attempts INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE INDEX submission_recent ON submission (route, created)"
	" WHERE state = 'done' AND location IS NULL;"
	"CREATE INDEX submission_owner ON submission (owner, route, created)"
	" WHERE owner IS NOT NULL;"
	"CREATE INDEX submission_expires ON submission (expires)"
	" WHERE expires > 0;"
	"CREATE TABLE secret (purpose TEXT NOT NULL, made INTEGER NOT NULL,"
	" bytes BLOB NOT NULL, PRIMARY KEY (purpose, made)) STRICT,"
	" WITHOUT ROWID;"
	"INSERT INTO submission (id, route, state, created, modified) VALUES"
	" ('000000000000000000000000001', '/', 'done', 1, 1);";

static const char *const olds[] = {
	"PRAGMA user_version = 1",
	"PRAGMA user_version = 1; PRAGMA journal_mode = WAL",
	"CREATE INDEX submission_gone ON submission (modified) WHERE state ="
	" 'gone'; PRAGMA user_version = 2",
	"SELECT 1",
	"CREATE INDEX submission_gone ON submission (modified) WHERE state ="
	" 'gone'",
};

static void
test_migration(void **state)
{
	struct box *b = *state;
	struct prg_store *other;
	struct prg_error err;
	struct prg_row row;

	for (size_t i = 0; i < 3 * sizeof(olds) / sizeof(olds[0]); i++) {
		path_in(b, "old.db");
		unlink(b->path);
		run_sql(b->path, version_1);
		run_sql(b->path, olds[i / 3]);
		if (open_at(b->path, modes[i % 3], &other, &err) == -1)
			fail_msg("%s: %s", olds[i / 3], err.text);
		assert_int_equal(prg_store_find(other, &b->arena,
		    "000000000000000000000000001", &row), PRG_FOUND);
		prg_store_close(other);
		if (modes[i % 3] == PRG_STORE_READ)
			continue;
		run_sql(b->path, "UPDATE prg SET version = version WHERE"
		    " version = 4 AND app = 'test'; SELECT"
		    " iif(changes() = 1, 1, abs(-9223372036854775808))");
	}
}

static void
test_read_back(void **state)
{
	struct box *b = *state;
	struct prg_row w = row_of("/", 1), row;
	struct prg_store *other;
	struct prg_error err;
	char command[200];

	assert_put(b->store, &w, PRG_PUT_DONE);
	snprintf(command, sizeof(command), "sqlite3 %s .dump | sqlite3"
	    " %s/dump.db", b->path, b->dir);
	if (system(command) != 0)
		skip();
	path_in(b, "dump.db");
	for (int i = 2; i >= 0; i--) {
		if (open_at(b->path, modes[i], &other, &err) == -1)
			fail_msg("%s", err.text);
		assert_int_equal(prg_store_find(other, &b->arena, w.id.text,
		    &row), PRG_FOUND);
		if (i < 2)
			assert_put(other, &w, PRG_PUT_EXISTS);
		prg_store_close(other);
	}
}

/* -- Files that people move ---------------------------------------------- */

/* Nothing is acknowledged until the file is back; then all goes on. */
static void
test_moved(void **state)
{
	struct box *b = *state;
	struct prg_row w[] = { row_of("/", 1), row_of("/", 1), row_of("/", 1) };
	struct prg_error err;
	struct prg_row row;
	char old[80];

	snprintf(old, sizeof(old), "%s/old", b->dir);
	assert_put(b->store, &w[0], PRG_PUT_DONE);
	assert_int_equal(prg_store_check(b->store, &err), 0);
	assert_int_equal(rename(b->path, old), 0);
	assert_put(b->store, &w[1], PRG_PUT_FAIL);
	assert_int_equal(prg_store_check(b->store, &err), -1);
	assert_non_null(strstr(err.text, "moved or replaced"));
	close(open(b->path, O_CREAT | O_WRONLY, 0600));
	assert_put(b->store, &w[1], PRG_PUT_FAIL);
	assert_int_equal(rename(old, b->path), 0);
	assert_int_equal(prg_store_check(b->store, &err), 0);
	assert_put(b->store, &w[2], PRG_PUT_DONE);
	assert_int_equal(prg_store_find(b->store, &b->arena, w[0].id.text,
	    &row), PRG_FOUND);
}

/* A WAL without its database is not written over. */
static void
test_moved_and_closed(void **state)
{
	struct box *b = *state;
	struct prg_row w = row_of("/", 1), row;
	struct prg_error err;
	char old[80];

	snprintf(old, sizeof(old), "%s/old", b->dir);
	assert_put(b->store, &w, PRG_PUT_DONE);
	assert_int_equal(rename(b->path, old), 0);
	prg_store_close(b->store);
	b->store = NULL;
	assert_true(size_of(b, "-wal") > 0);
	assert_int_equal(open_at(b->path, PRG_STORE_SERVE, &b->store, &err),
	    -1);
	assert_non_null(strstr(err.text, "-wal holds rows"));
	close(open(b->path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(open_at(b->path, PRG_STORE_SERVE, &b->store, &err),
	    -1);
	assert_true(size_of(b, "-wal") > 0);
	assert_int_equal(rename(old, b->path), 0);
	assert_int_equal(open_at(b->path, PRG_STORE_SERVE, &b->store, &err), 0);
	assert_int_equal(prg_store_find(b->store, &b->arena, w.id.text, &row),
	    PRG_FOUND);
}

/* The open file still has the rows of a WAL that was removed. */
static void
test_log_removed(void **state)
{
	struct box *b = *state;
	struct prg_row w = row_of("/", 1), row;
	struct prg_error err;
	char log[80];

	snprintf(log, sizeof(log), "%s-wal", b->path);
	assert_put(b->store, &w, PRG_PUT_DONE);
	assert_int_equal(unlink(log), 0);
	assert_int_equal(prg_store_check(b->store, &err), -1);
	assert_non_null(strstr(err.text, "-wal: the file was removed"));
	row = row_of("/", 1);
	assert_put(b->store, &row, PRG_PUT_FAIL);
	prg_store_close(b->store);
	assert_int_equal(open_at(b->path, PRG_STORE_SERVE, &b->store, &err), 0);
	assert_int_equal(prg_store_find(b->store, &b->arena, w.id.text, &row),
	    PRG_FOUND);
}

/* Files beside the store have its owner and mode, whoever made them. */
static void
test_owner(void **state)
{
	static const char *const suffixes[] = { "-wal", "-shm", "-turn" };
	struct box *b = *state;
	struct prg_row w = row_of("/", 1);
	struct prg_error err;
	struct stat st;
	char path[80];

	if (geteuid() != 0)
		skip();
	prg_store_close(b->store);
	snprintf(path, sizeof(path), "%s-turn", b->path);
	unlink(path);
	assert_int_equal(chown(b->path, 65534, 65534), 0);
	assert_int_equal(chmod(b->path, 0640), 0);
	assert_int_equal(open_at(b->path, PRG_STORE_EDIT, &b->store, &err), 0);
	assert_put(b->store, &w, PRG_PUT_DONE);
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", b->path, suffixes[i]);
		assert_int_equal(stat(path, &st), 0);
		if (st.st_uid != 65534 || (st.st_mode & 0777) != 0640)
			fail_msg("%s: %d %o", path, (int)st.st_uid,
			    st.st_mode & 0777);
	}
}

/* -- What can't be opened ------------------------------------------------ */

static void
make_garbage(const char *path)
{
	FILE *f = fopen(path, "w");

	for (int i = 0; i < 5000; i++)
		fputs("no database ", f);
	fclose(f);
}

static void
make_newer(const char *path)
{
	sqlite3 *db;

	sqlite3_open(path, &db);
	sqlite3_exec(db, "CREATE TABLE prg (version INTEGER, app TEXT);"
	    "INSERT INTO prg VALUES (99, 'test')", NULL, NULL, NULL);
	sqlite3_close(db);
}

static void
make_folder(const char *path)
{
	mkdir(path, 0700);
}

static const struct {
	const char	*name;
	void		(*make)(const char *);
	const char	*says;		/* is in the sentence */
} refusals[] = {
	{ "garbage.db",		make_garbage,	"not a prg store" },
	{ "newer.db",		make_newer,	"run a newer one" },
	{ "folder.db",		make_folder,	"folder.db: can't be opened" },
	{ "none/such.db",	NULL,		"none; create it" },
};

static void
test_refused(void **state)
{
	struct box *b = *state;
	struct prg_store *other;
	struct prg_error err;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		path_in(b, refusals[i].name);
		if (refusals[i].make != NULL)
			refusals[i].make(b->path);
		if (open_at(b->path, PRG_STORE_SERVE, &other, &err) != -1)
			fail_msg("%s: opened", refusals[i].name);
		if (strstr(err.text, refusals[i].says) == NULL)
			fail_msg("%s: no \"%s\" in: %s", refusals[i].name,
			    refusals[i].says, err.text);
	}
	assert_int_equal(open_at("mysql:x", PRG_STORE_SERVE, &other, &err), -1);
	assert_non_null(strstr(err.text, "sqlite:PATH"));
}

static const struct {
	const char	*name;
	unsigned	 folder, file;	/* modes; no file: 0 */
	const char	*says;		/* "%s" is the folder */
} forbidden[] = {
	{ "a new store in a folder that is another user's", 0755, 0,
	  "user nobody can't create files in %s: Permission denied; give it"
	  " write permission (w and x) on that folder" },
	{ "a folder that can't be entered", 0700, 0644,
	  "user nobody can't create files in %s: Permission denied" },
	{ "a store in such a folder", 0755, 0666,
	  "user nobody can't create files in %s: Permission denied" },
	{ "a store of another user", 0777, 0644,
	  "test.db: user nobody can't write to it: Permission denied" },
};

static void
test_no_permission(void **state)
{
	struct box *b = *state;
	struct prg_store *other;
	struct prg_error err;
	char says[200];
	int rc;

	if (geteuid() != 0)
		skip();
	prg_store_close(b->store);
	b->store = NULL;
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
		path_in(b, forbidden[i].file != 0 ? "test.db" : "new.db");
		assert_int_equal(chmod(b->dir, forbidden[i].folder), 0);
		if (forbidden[i].file != 0)
			assert_int_equal(chmod(b->path, forbidden[i].file), 0);
		assert_int_equal(seteuid(65534), 0);
		rc = open_at(b->path, PRG_STORE_SERVE, &other, &err);
		assert_int_equal(seteuid(0), 0);
		snprintf(says, sizeof(says), forbidden[i].says, b->dir);
		if (rc != -1 || strstr(err.text, says) == NULL)
			fail_msg("%s: %s", forbidden[i].name, err.text);
	}
}

/* A database that another program holds locked: nothing is written or dies. */
static void
test_locked(void **state)
{
	struct box *b = *state;
	struct prg_row w = row_of("/", 1);
	sqlite3 *db;

	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_put(b->store, &w, PRG_PUT_FAIL);
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(db);
	assert_put(b->store, &w, PRG_PUT_DONE);
}

static sem_t waits;

/* Who waits for a lock, sleeps: that is told. */
__attribute__((visibility("default"))) int
nanosleep(const struct timespec *t, struct timespec *left)
{
	sem_post(&waits);
	return clock_nanosleep(CLOCK_MONOTONIC, 0, t, left);
}

static void *
let_go(void *db)
{
	sem_wait(&waits);
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(db);
	return NULL;
}

/* Who comes to a new store while another makes it, waits. */
static void
test_first_start(void **state)
{
	struct box *b = *state;
	struct prg_store *other;
	struct prg_error err;
	pthread_t t;
	sqlite3 *db;

	sem_init(&waits, 0, 0);
	path_in(b, "new.db");
	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(pthread_create(&t, NULL, let_go, db), 0);
	if (open_at(b->path, PRG_STORE_SERVE, &other, &err) == -1)
		fail_msg("%s", err.text);
	prg_store_close(other);
	pthread_join(t, NULL);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_write_and_find),
		TEST(test_same_id),
		TEST(test_list),
		TEST(test_list_pages),
		TEST(test_list_corrected),
		TEST(test_replacement),
		TEST(test_next_draft),
		TEST(test_erase),
		TEST(test_sweep),
		TEST(test_sweep_in_steps),
		TEST(test_erased_everywhere),
		TEST(test_record),
		TEST(test_record_that_ends_all),
		TEST(test_record_left_open),
		TEST(test_lent_and_left_open),
		TEST(test_many_lent),
		TEST(test_secrets),
		TEST(test_two_processes),
		TEST(test_write_ahead_log),
		TEST(test_log_is_left),
		TEST(test_what_is_lent_reads),
		TEST(test_foreign),
		TEST(test_missing),
		TEST(test_reading),
		TEST(test_odd_name),
		TEST(test_migration),
		TEST(test_read_back),
		TEST(test_moved),
		TEST(test_moved_and_closed),
		TEST(test_log_removed),
		TEST(test_owner),
		TEST(test_refused),
		TEST(test_no_permission),
		TEST(test_first_start),
		TEST(test_locked)
	};

	if (sodium_init() == -1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
