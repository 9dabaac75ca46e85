/*
 * test_wal.c - the writer puts together what SQLite writes to the WAL: few calls a
 * commit, and to everybody else the file is what it would be without.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>
#include <sqlite3.h>

#include "store/store.h"

enum { MANY = 2000 };

struct box {
	char			 dir[32];
	char			 path[64];
	struct prg_store	*store;
	struct prg_write	 list[MANY];
	char			 large[4000];
};

static int
setup(void **state)
{
	struct box *b = calloc(1, sizeof(*b));
	struct prg_error err;

	assert_non_null(b);
	strcpy(b->dir, "/tmp/prg-wal-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->path, sizeof(b->path), "%s/test.db", b->dir);
	memset(b->large, 'x', sizeof(b->large) - 1);
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

	prg_store_close(b->store);
	snprintf(command, sizeof(command), "rm -rf %s", b->dir);
	assert_int_equal(system(command), 0);
	free(b);
	return 0;
}

static bool
refuse(struct prg_write *w, void *db)
{
	(void)w;
	(void)db;
	return false;
}

/* A list of new rows. */
static void
fill(struct box *b, int n, const char *input,
    bool (*record)(struct prg_write *, void *))
{
	for (int i = 0; i < n; i++)
		b->list[i] = (struct prg_write){
			.row = {
				.id = prg_id_new(), .route = "/",
				.state = PRG_STATE_DONE, .input = input,
				.result = "{}", .created = 1, .modified = 1
			},
			.record = record,
			.next = i + 1 < n ? &b->list[i + 1] : NULL
		};
}

/* New rows in one transaction; with a 'record', all of them are to be refused. */
static void
commit(struct box *b, int n, const char *input,
    bool (*record)(struct prg_write *, void *))
{
	fill(b, n, input, record);
	assert_int_equal(prg_store_commit(b->store, &(struct prg_batch){
	    .list = b->list }), 0);
	for (int i = 0; i < n; i++)
		assert_int_equal(b->list[i].outcome, record == NULL ?
		    PRG_WRITTEN : PRG_WRITTEN_REFUSED);
}

/* What another program sees: the first column of the only row. */
static void
assert_sql(const char *path, const char *sql, const char *want)
{
	sqlite3 *db;
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	if (strcmp((const char *)sqlite3_column_text(st, 0), want) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", sql,
		    (const char *)sqlite3_column_text(st, 0), want);
	sqlite3_finalize(st);
	sqlite3_close(db);
}

static void
assert_whole(const char *path, int rows)
{
	char want[16];

	snprintf(want, sizeof(want), "%d", rows);
	assert_sql(path, "SELECT count(*) FROM submission", want);
	assert_sql(path, "PRAGMA integrity_check", "ok");
}

/* Of this process, so far. */
static long
write_calls(void)
{
	FILE *f = fopen("/proc/self/io", "r");
	char line[80];
	long n = -1;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "syscw: %ld", &n) == 1)
			break;
	fclose(f);
	assert_true(n >= 0);
	return n;
}

/* IDs are random within a second: 30 of them among 2000 are on about 20 pages. */
static void
test_few_writes(void **state)
{
	struct box *b = *state;
	long before;

	commit(b, MANY, "{}", NULL);
	before = write_calls();
	commit(b, 30, "{}", NULL);
	assert_in_range(write_calls() - before, 1, 2);
	assert_whole(b->path, MANY + 30);
}

/* More than waits at once, and more than SQLite keeps in memory till the end. */
static void
test_large(void **state)
{
	struct box *b = *state;

	commit(b, MANY, b->large, NULL);
	assert_whole(b->path, MANY);
	commit(b, 1, "{}", NULL);
	assert_whole(b->path, MANY + 1);
}

/* What was written of a transaction that is undone, gives way to the next. */
static void
test_undone(void **state)
{
	struct box *b = *state;

	commit(b, MANY, b->large, refuse);
	commit(b, 3, "{}", NULL);
	assert_whole(b->path, 3);
}

/* An app that ends the transaction, which is not its own. */
static bool
roll_back(struct prg_write *w, void *db)
{
	(void)w;
	assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL),
	    SQLITE_OK);
	return false;
}

/* What was written of it before must not be written later, over another's commits. */
static void
test_rolled_back(void **state)
{
	struct box *b = *state, *other = calloc(1, sizeof(*other));
	struct prg_error err;

	assert_non_null(other);
	assert_int_equal(prg_store_open(b->path, &other->store, &err), 0);
	commit(b, 10, "{}", NULL);
	assert_sql(b->path, "PRAGMA wal_checkpoint(PASSIVE)", "0");
	fill(b, 600, b->large, NULL);
	b->list[599].record = roll_back;
	assert_int_equal(prg_store_commit(b->store, &(struct prg_batch){
	    .list = b->list }), -1);
	for (int i = 0; i < 4; i++)
		commit(other, 100, b->large, NULL);
	commit(b, 1, "{}", NULL);
	assert_whole(b->path, 411);
	prg_store_close(other->store);
	free(other);
}

/* Others may empty the log between two commits. */
static void
test_emptied(void **state)
{
	static const char *const modes[] = {
		"PRAGMA wal_checkpoint(PASSIVE)",
		"PRAGMA wal_checkpoint(RESTART)",
		"PRAGMA wal_checkpoint(TRUNCATE)"
	};
	struct box *b = *state;

	for (int i = 0; i < 12; i++) {
		commit(b, 20, i % 2 == 0 ? "{}" : b->large, NULL);
		assert_sql(b->path, modes[i % 3], "0");	/* not busy */
		assert_whole(b->path, 20 * (i + 1));
	}
}

/* -- What the disk is told ---------------------------------------------------------- */

static long written, unsynced;		/* bytes */

static ssize_t
count_pwrite(int fd, const void *p, size_t n, off_t at)
{
	written += (long)n;
	unsynced += (long)n;
	return pwrite(fd, p, n, at);
}

/* Here SQLite's library finds it before the C library's. */
__attribute__((visibility("default"))) int
fdatasync(int fd)
{
	unsynced = 0;
	return (int)syscall(SYS_fdatasync, fd);
}

static void
set_pwrite(ssize_t (*fn)(int, const void *, size_t, off_t))
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)fn);
	vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)fn);
}

/* A commit is over when the disk has it all, not before. */
static void
test_synced(void **state)
{
	static const int rows[] = { 1, 30, MANY };
	struct box *b = *state;

	set_pwrite(count_pwrite);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		written = 0;
		commit(b, rows[i], b->large, NULL);
		assert_true(written >= rows[i] * (long)sizeof(b->large));
		assert_int_equal(unsynced, 0);
	}
	set_pwrite(NULL);
}

/* It is there as soon as the commit is over: a copy of the files has it. */
static void
test_copied(void **state)
{
	struct box *b = *state;
	char copy[80], command[400];

	commit(b, 30, b->large, NULL);
	snprintf(copy, sizeof(copy), "%s/copy.db", b->dir);
	snprintf(command, sizeof(command), "cp %s %s && cp %s-wal %s-wal",
	    b->path, copy, b->path, copy);
	assert_int_equal(system(command), 0);
	assert_whole(copy, 30);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_few_writes),
		TEST(test_large),
		TEST(test_undone),
		TEST(test_rolled_back),
		TEST(test_emptied),
		TEST(test_synced),
		TEST(test_copied)
	};

	if (sodium_init() == -1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
