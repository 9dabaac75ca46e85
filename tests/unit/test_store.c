/*
 * test_store.c - submissions in SQLite: what is written is found again, and what
 * can't be opened is refused with a sentence.
 */
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
	if (prg_store_open(b->path, &b->store, &err) == -1)
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

static int
commit(struct prg_store *s, struct prg_write *list)
{
	return prg_store_commit(s, &(struct prg_batch){ .list = list });
}

static struct prg_write
write_of(const char *route, int64_t created)
{
	return (struct prg_write){ .row = {
		.id = prg_id_new(),
		.route = route,
		.state = PRG_STATE_DONE,
		.input = "{\"name\":\"Ann\"}",
		.result = "{}",
		.created = created,
		.modified = created
	} };
}

static void
test_write_and_find(void **state)
{
	struct box *b = *state;
	struct prg_write w = write_of("/", 1234567890123);
	struct prg_row row;

	assert_int_equal(prg_store_find(b->store, &b->arena, w.row.id.text,
	    &row), PRG_FOUND_NONE);
	assert_int_equal(commit(b->store, &w), 0);
	assert_int_equal(w.outcome, PRG_WRITTEN);
	assert_int_equal(prg_store_find(b->store, &b->arena, w.row.id.text,
	    &row), PRG_FOUND);
	assert_string_equal(row.id.text, w.row.id.text);
	assert_string_equal(row.route, "/");
	assert_int_equal(row.state, PRG_STATE_DONE);
	assert_string_equal(row.input, w.row.input);
	assert_null(row.location);
	assert_null(row.owner);
	assert_int_equal(row.created, 1234567890123);
}

static void
test_same_id(void **state)
{
	struct box *b = *state;
	struct prg_write first = write_of("/", 1), other = write_of("/", 2),
	    second = write_of("/", 3);
	struct prg_row row;

	second.row.id = first.row.id;
	second.row.input = "{\"name\":\"Bob\"}";
	first.next = &other;
	other.next = &second;
	assert_int_equal(commit(b->store, &first), 0);
	assert_int_equal(first.outcome, PRG_WRITTEN);
	assert_int_equal(other.outcome, PRG_WRITTEN);
	assert_int_equal(second.outcome, PRG_WRITTEN_EXISTS);
	prg_store_find(b->store, &b->arena, first.row.id.text, &row);
	assert_string_equal(row.input, first.row.input);
}

static struct prg_write *
one_more(void *arg)
{
	struct prg_write **more = arg, *w = *more;

	*more = NULL;
	return w;
}

/* What comes while a batch is written is in it. */
static void
test_more(void **state)
{
	struct box *b = *state;
	struct prg_write first = write_of("/", 1), late = write_of("/", 2);
	struct prg_write *more = &late;
	struct prg_batch batch = { &first, one_more, &more };
	struct prg_row row;

	assert_int_equal(prg_store_commit(b->store, &batch), 0);
	assert_int_equal(late.outcome, PRG_WRITTEN);
	assert_ptr_equal(batch.list->next, &late);
	assert_int_equal(prg_store_find(b->store, &b->arena, late.row.id.text,
	    &row), PRG_FOUND);
}

static void
test_list(void **state)
{
	struct box *b = *state;
	struct prg_write w[5];
	struct prg_rows rows;

	for (int i = 0; i < 5; i++) {
		w[i] = write_of(i == 4 ? "/other" : "/", 100 + i);
		w[i].row.location = i == 3 ? "/elsewhere" : NULL;
		w[i].next = i < 4 ? &w[i + 1] : NULL;
	}
	assert_int_equal(commit(b->store, w), 0);
	rows = prg_store_list(b->store, &b->arena,
	    &(struct prg_list){ "/", NULL, 2 });
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.list[0].created, 102);
	assert_int_equal(rows.list[1].created, 101);
	rows = prg_store_list(b->store, &b->arena,
	    &(struct prg_list){ NULL, NULL, 100 });
	assert_int_equal(rows.count, 5);
}

static void
test_owned(void **state)
{
	struct box *b = *state;
	struct prg_write w[3];
	struct prg_rows rows;

	for (int i = 0; i < 3; i++) {
		w[i] = write_of("/", 100 + i);
		w[i].row.owner = i == 1 ? "bob" : "ann";
		w[i].next = i < 2 ? &w[i + 1] : NULL;
	}
	assert_int_equal(commit(b->store, w), 0);
	rows = prg_store_list(b->store, &b->arena,
	    &(struct prg_list){ "/", "ann", 10 });
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.list[0].created, 102);
	assert_string_equal(rows.list[1].owner, "ann");
}

/* -- A draft gives way, anything else stays ----------------------------------------- */

static const struct {
	const char	*name;
	enum prg_state	 first, second;
	const char	*owner;		/* of the second; the first has "ann" */
	const char	*route;
	enum prg_written outcome;
} replacements[] = {
	{ "a draft by a result", PRG_STATE_DRAFT, PRG_STATE_DONE, "ann", "/",
	  PRG_WRITTEN },
	{ "a draft by a draft", PRG_STATE_DRAFT, PRG_STATE_DRAFT, "ann", "/",
	  PRG_WRITTEN },
	{ "a result by a result", PRG_STATE_DONE, PRG_STATE_DONE, "ann", "/",
	  PRG_WRITTEN_EXISTS },
	{ "a result by a draft", PRG_STATE_DONE, PRG_STATE_DRAFT, "ann", "/",
	  PRG_WRITTEN_EXISTS },
	{ "what is gone by a result", PRG_STATE_GONE, PRG_STATE_DONE, "ann", "/",
	  PRG_WRITTEN_EXISTS },
	{ "a draft of another owner", PRG_STATE_DRAFT, PRG_STATE_DONE, "bob",
	  "/", PRG_WRITTEN_EXISTS },
	{ "a draft by nobody", PRG_STATE_DRAFT, PRG_STATE_DONE, NULL, "/",
	  PRG_WRITTEN_EXISTS },
	{ "a draft of another route", PRG_STATE_DRAFT, PRG_STATE_DONE, "ann",
	  "/other", PRG_WRITTEN_EXISTS },
};

static void
test_replacement(void **state)
{
	struct box *b = *state;
	struct prg_row row;

	for (size_t i = 0; i < sizeof(replacements) / sizeof(replacements[0]);
	    i++) {
		struct prg_write one = write_of("/", 1);
		struct prg_write two = write_of(replacements[i].route, 2);
		bool taken = replacements[i].outcome == PRG_WRITTEN;

		one.row.state = replacements[i].first;
		one.row.owner = "ann";
		two.row.id = one.row.id;
		two.row.state = replacements[i].second;
		two.row.owner = replacements[i].owner;
		commit(b->store, &one);
		commit(b->store, &two);
		if (two.outcome != replacements[i].outcome)
			fail_msg("%s: %d", replacements[i].name, two.outcome);
		prg_store_find(b->store, &b->arena, one.row.id.text, &row);
		if (row.created != (taken ? 2 : 1))
			fail_msg("%s: another row", replacements[i].name);
	}
}

/* How SQLite finds the rows. */
static void
assert_plan(struct box *b, const char *sql, const char *index)
{
	void *db, *lent = prg_store_borrow(b->store, &db);
	char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
	sqlite3_stmt *st;
	bool found = false;

	assert_int_equal(sqlite3_prepare_v2(db, explain, -1, &st, NULL),
	    SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		found |= strstr((const char *)sqlite3_column_text(st, 3),
		    index) != NULL;
	assert_true(found);
	sqlite3_finalize(st);
	sqlite3_free(explain);
	prg_store_give_back(b->store, lent);
}

static void
test_erase(void **state)
{
	struct box *b = *state;
	struct prg_write w = write_of("/", 1), e = { .kind = PRG_WRITE_ERASE };
	struct prg_row row;

	w.row.digest = "d";
	commit(b->store, &w);
	e.row.id = w.row.id;
	e.row.modified = 7;
	assert_int_equal(commit(b->store, &e), 0);
	assert_int_equal(e.outcome, PRG_WRITTEN);
	prg_store_find(b->store, &b->arena, w.row.id.text, &row);
	assert_int_equal(row.state, PRG_STATE_GONE);
	assert_int_equal(row.modified, 7);
	assert_null(row.input);
	assert_null(row.result);
	assert_string_equal(row.digest, "d");
	assert_int_equal(commit(b->store, &e), 0);
	assert_int_equal(e.outcome, PRG_WRITTEN_EXISTS);
	assert_int_equal(prg_store_purge(b->store, 7), 0);
	assert_plan(b, "DELETE FROM submission WHERE rowid IN (SELECT rowid FROM"
	    " submission WHERE state = 'gone' AND modified < 8 LIMIT 1)",
	    "submission_gone");
	assert_int_equal(prg_store_purge(b->store, 8), 1);
	assert_int_equal(prg_store_find(b->store, &b->arena, w.row.id.text,
	    &row), PRG_FOUND_NONE);
}

static void
test_sweep(void **state)
{
	struct box *b = *state;
	struct prg_write draft = write_of("/", 1), done = write_of("/", 1),
	    later = write_of("/", 1), never = write_of("/", 1);
	struct prg_row row;

	draft.row.state = PRG_STATE_DRAFT;
	draft.row.expires = done.row.expires = 1000;
	later.row.expires = 1001;
	draft.next = &done;
	done.next = &later;
	later.next = &never;
	commit(b->store, &draft);
	assert_int_equal(prg_store_sweep(b->store, 999, 10), 0);
	assert_int_equal(prg_store_sweep(b->store, 1000, 10), 2);
	assert_int_equal(prg_store_find(b->store, &b->arena, draft.row.id.text,
	    &row), PRG_FOUND_NONE);
	prg_store_find(b->store, &b->arena, done.row.id.text, &row);
	assert_int_equal(row.state, PRG_STATE_GONE);
	assert_null(row.input);
	prg_store_find(b->store, &b->arena, later.row.id.text, &row);
	assert_int_equal(row.state, PRG_STATE_DONE);
}

/* -- record: both or neither ---------------------------------------------------------- */

static bool
take_one(struct prg_write *w, void *db)
{
	sqlite3_exec(db, "UPDATE stock SET n = n - 1", NULL, NULL, NULL);
	return w->arg == NULL;
}

static int
stock(struct prg_store *s)
{
	sqlite3_stmt *st;
	void *db, *lent = prg_store_borrow(s, &db);
	int n;

	assert_int_equal(sqlite3_prepare_v2(db, "SELECT n FROM stock", -1, &st,
	    NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	prg_store_give_back(s, lent);
	return n;
}

static void
test_record(void **state)
{
	struct box *b = *state;
	struct prg_write good = write_of("/", 1), bad = write_of("/", 1),
	    again = write_of("/", 1), plain = write_of("/", 1);
	struct prg_error err;
	struct prg_row row;

	assert_int_equal(prg_store_schema(b->store,
	    "CREATE TABLE IF NOT EXISTS stock (n INTEGER);"
	    "INSERT INTO stock VALUES (10)", &err), 0);
	again.row.id = good.row.id;
	good.record = bad.record = again.record = take_one;
	bad.arg = &bad;
	good.next = &bad;
	bad.next = &again;
	again.next = &plain;
	assert_int_equal(commit(b->store, &good), 0);
	assert_int_equal(good.outcome, PRG_WRITTEN);
	assert_int_equal(bad.outcome, PRG_WRITTEN_REFUSED);
	assert_int_equal(again.outcome, PRG_WRITTEN_EXISTS);
	assert_int_equal(plain.outcome, PRG_WRITTEN);
	assert_int_equal(stock(b->store), 9);
	assert_int_equal(prg_store_find(b->store, &b->arena, bad.row.id.text,
	    &row), PRG_FOUND_NONE);
	assert_int_equal(prg_store_schema(b->store, "CREATE TABEL x", &err), -1);
	assert_non_null(strstr(err.text, "TABEL"));
}

static bool
end_it_all(struct prg_write *w, void *db)
{
	(void)w;
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

/* An app that breaks the rules loses its batch, but nothing is half-written. */
static void
test_record_that_ends_all(void **state)
{
	struct box *b = *state;
	struct prg_write w = write_of("/", 1), other = write_of("/", 1);
	struct prg_row row;

	w.record = end_it_all;
	w.next = &other;
	assert_int_equal(commit(b->store, &w), -1);
	assert_int_equal(other.outcome, PRG_WRITTEN_FAIL);
	assert_int_equal(prg_store_find(b->store, &b->arena, other.row.id.text,
	    &row), PRG_FOUND_NONE);
	assert_int_equal(commit(b->store, &other), 0);
}

/* A statement that its app leaves in the middle of its rows. */
static bool
leave_open(struct prg_write *w, void *db)
{
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_prepare_v2(db, "SELECT 1 FROM submission", -1,
	    &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	if (w != NULL)
		*(sqlite3_stmt **)w->arg = st;
	return true;
}

/* It would keep the writer from seeing, and so from following, another process. */
static void
test_record_left_open(void **state)
{
	struct box *b = *state;
	struct prg_write w[] = { write_of("/", 1), write_of("/", 1),
	    write_of("/", 1) };
	struct prg_store *other;
	struct prg_error err;
	sqlite3_stmt *st;

	assert_int_equal(prg_store_open(b->path, &other, &err), 0);
	w[0].record = leave_open;
	w[0].arg = &st;
	assert_int_equal(commit(b->store, &w[0]), 0);
	assert_int_equal(commit(other, &w[1]), 0);
	assert_int_equal(commit(b->store, &w[2]), 0);
	sqlite3_finalize(st);
	prg_store_close(other);
}

/* A reader would see for ever what it saw then. */
static void
test_lent_and_left_open(void **state)
{
	static const char *const leave[] = { "SELECT 1 FROM submission", "BEGIN;"
	    " SELECT 1 FROM submission" };
	struct box *b = *state;
	struct prg_write w = write_of("/", 1);
	struct prg_row row;
	sqlite3_stmt *st;
	void *db, *lent;

	commit(b->store, &w);
	lent = prg_store_borrow(b->store, &db);
	sqlite3_prepare_v2(db, leave[0], -1, &st, NULL);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	prg_store_give_back(b->store, lent);
	for (int i = 0; i < 2; i++) {
		w = write_of("/", 1);
		assert_int_equal(commit(b->store, &w), 0);
		assert_int_equal(prg_store_find(b->store, &b->arena,
		    w.row.id.text, &row), PRG_FOUND);
		lent = prg_store_borrow(b->store, &db);
		assert_int_equal(sqlite3_exec(db, leave[1], NULL, NULL, NULL),
		    SQLITE_OK);
		prg_store_give_back(b->store, lent);
	}
	sqlite3_finalize(st);
}

/* -- Secrets ------------------------------------------------------------------------------ */

static void
test_secrets(void **state)
{
	struct box *b = *state;
	struct prg_keyring one, two, three, four;
	struct prg_store *other;
	struct prg_error err;

	assert_int_equal(prg_store_keyring(b->store, &one), 0);
	assert_int_equal(one.secrets.count, 1);
	assert_int_equal(prg_store_open(b->path, &other, &err), 0);
	assert_int_equal(prg_store_keyring(other, &two), 0);
	assert_memory_equal(one.naming, two.naming, PRG_SECRET_BYTES);
	assert_memory_equal(one.secrets.bytes, two.secrets.bytes,
	    PRG_SECRET_BYTES);
	assert_int_equal(prg_store_rotate(other, 1000, 100), 0);
	assert_int_equal(prg_store_keyring(b->store, &three), 0);
	assert_int_equal(three.secrets.count, 2);
	assert_memory_equal(three.secrets.bytes[1], one.secrets.bytes[0],
	    PRG_SECRET_BYTES);
	assert_memory_equal(three.naming, one.naming, PRG_SECRET_BYTES);
	assert_int_equal(prg_store_rotate(other, 1100, 100), 0);
	assert_int_equal(prg_store_keyring(b->store, &four), 0);
	assert_int_equal(four.secrets.count, 2);	/* the first is forgotten */
	assert_memory_equal(four.secrets.bytes[1], three.secrets.bytes[0],
	    PRG_SECRET_BYTES);
	prg_store_close(other);
}

static void
test_two_processes(void **state)
{
	struct box *b = *state;
	struct prg_write one = write_of("/", 1), two = write_of("/", 2);
	struct prg_store *other;
	struct prg_error err;
	struct prg_row row;

	two.row.id = one.row.id;
	assert_int_equal(prg_store_open(b->path, &other, &err), 0);
	assert_int_equal(commit(b->store, &one), 0);
	assert_int_equal(commit(other, &two), 0);
	assert_int_equal(two.outcome, PRG_WRITTEN_EXISTS);
	assert_int_equal(prg_store_find(other, &b->arena, one.row.id.text,
	    &row), PRG_FOUND);
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
	struct prg_write w = write_of("/", 1);
	struct prg_error err;

	assert_int_equal(commit(b->store, &w), 0);
	assert_true(size_of(b, "-wal") > 0);
	prg_store_close(b->store);
	assert_int_equal(size_of(b, "-wal"), -1);
	assert_int_equal(prg_store_open(b->path, &b->store, &err), 0);
	prg_store_close(b->store);
	assert_int_equal(size_of(b, "-wal"), 0);
	assert_int_equal(prg_store_open(b->path, &b->store, &err), 0);
}

/* The first is the one that opened the store. */
static void
test_what_is_lent_reads(void **state)
{
	struct box *b = *state;
	void *db[2], *lent[2];

	for (int i = 0; i < 2; i++) {
		lent[i] = prg_store_borrow(b->store, &db[i]);
		assert_int_equal(sqlite3_exec(db[i], "SELECT * FROM submission",
		    NULL, NULL, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db[i], "DELETE FROM submission",
		    NULL, NULL, NULL), SQLITE_READONLY);
	}
	for (int i = 0; i < 2; i++)
		prg_store_give_back(b->store, lent[i]);
}

/* -- What can't be opened ---------------------------------------------------------- */

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
	sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL);
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
	{ "garbage.db",		make_garbage,	"not a database" },
	{ "newer.db",		make_newer,	"run a newer one" },
	{ "folder.db",		make_folder,	"folder.db: can't be opened" },
	{ "none/such.db",	NULL,		"No such file or directory" },
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
		if (prg_store_open(b->path, &other, &err) != -1)
			fail_msg("%s: opened", refusals[i].name);
		if (strstr(err.text, refusals[i].says) == NULL)
			fail_msg("%s: no \"%s\" in: %s", refusals[i].name,
			    refusals[i].says, err.text);
	}
	assert_int_equal(prg_store_open("mysql:x", &other, &err), -1);
	assert_non_null(strstr(err.text, "sqlite:PATH"));
}

static void
test_read_only(void **state)
{
	struct box *b = *state;
	struct prg_store *other;
	struct prg_error err;

	if (geteuid() == 0 && seteuid(65534) == -1)
		skip();
	if (prg_store_open(b->path, &other, &err) != -1)
		fail_msg("a store of another user was opened");
	assert_true(geteuid() == getuid() || seteuid(0) == 0);
	assert_non_null(strstr(err.text, "can't be"));
}

/* A database that another program holds locked: nothing is written, nothing dies. */
static void
test_locked(void **state)
{
	struct box *b = *state;
	struct prg_write w = write_of("/", 1);
	sqlite3 *db;

	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(commit(b->store, &w), -1);
	assert_int_equal(w.outcome, PRG_WRITTEN_FAIL);
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(db);
	assert_int_equal(commit(b->store, &w), 0);
	assert_int_equal(w.outcome, PRG_WRITTEN);
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
	if (prg_store_open(b->path, &other, &err) == -1)
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
		TEST(test_more),
		TEST(test_list),
		TEST(test_owned),
		TEST(test_replacement),
		TEST(test_erase),
		TEST(test_sweep),
		TEST(test_record),
		TEST(test_record_that_ends_all),
		TEST(test_record_left_open),
		TEST(test_lent_and_left_open),
		TEST(test_secrets),
		TEST(test_two_processes),
		TEST(test_write_ahead_log),
		TEST(test_log_is_left),
		TEST(test_what_is_lent_reads),
		TEST(test_refused),
		TEST(test_read_only),
		TEST(test_first_start),
		TEST(test_locked)
	};

	if (sodium_init() == -1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
