/*
 * test_kept.c - rows are given again from memory, and never when they have changed.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>
#include <sqlite3.h>

#include "store/kept.h"

static const struct prg_row ann = {
	.id = { "0ujtsYcgvSTl8PAuAdqWYSMnLOv" }, .route = "/", .input = "{}",
	.result = "{\"a\":1}", .created = 5
};

/* -- By itself ---------------------------------------------------------------- */

struct kept {
	struct prg_kept		*kept;
	struct prg_arena	 arena;
};

static int
setup_kept(void **state)
{
	struct kept *k = calloc(1, sizeof(*k));

	k->kept = prg_kept_open();
	*state = k;
	return 0;
}

static int
teardown_kept(void **state)
{
	struct kept *k = *state;

	prg_kept_close(k->kept);
	prg_arena_release(&k->arena);
	free(k);
	return 0;
}

static struct prg_look
look_for(const char *name, int count, uint32_t stamp)
{
	return (struct prg_look){ name, count, { { stamp } } };
}

/* Twice, since what is read at a state for the first time is not kept. */
static void
put(struct kept *k, const struct prg_look *look, struct prg_rows rows)
{
	prg_kept_put(k->kept, look, rows);
	prg_kept_put(k->kept, look, rows);
}

static void
test_given_again(void **state)
{
	struct kept *k = *state;
	struct prg_look look = look_for("/", 2, 1);
	struct prg_row bob = ann, list[] = { ann, ann };
	struct prg_rows rows;

	bob.owner = "bob";
	bob.input = NULL;
	list[1] = bob;
	put(k, &look, (struct prg_rows){ list, 2 });
	memset(list, 0, sizeof(list));
	rows = prg_kept_find(k->kept, &look, &k->arena);
	assert_int_equal(rows.count, 2);
	assert_string_equal(rows.list[0].id.text, ann.id.text);
	assert_string_equal(rows.list[0].input, "{}");
	assert_string_equal(rows.list[0].result, "{\"a\":1}");
	assert_null(rows.list[0].owner);
	assert_int_equal(rows.list[0].created, 5);
	assert_string_equal(rows.list[1].owner, "bob");
	assert_null(rows.list[1].input);
}

/* What is found lives as long as the arena, whatever takes its slot. */
static void
test_copies(void **state)
{
	struct kept *k = *state;
	struct prg_look look = look_for("/", 1, 1);
	struct prg_row row = ann;
	struct prg_rows rows;

	put(k, &look, (struct prg_rows){ &row, 1 });
	rows = prg_kept_find(k->kept, &look, &k->arena);
	row.input = "other";
	put(k, &look, (struct prg_rows){ &row, 1 });
	assert_string_equal(rows.list[0].input, "{}");
}

static void
test_none(void **state)
{
	struct kept *k = *state;
	struct prg_look look = look_for("/", 3, 1);

	put(k, &look, (struct prg_rows){ NULL, 0 });
	assert_int_equal(prg_kept_find(k->kept, &look, &k->arena).count, 0);
}

static const struct {
	const char	*what;
	const char	*name;
	int		 count;
	uint32_t	 stamp;
} others[] = {
	{ "another state",	"/", 2, 2 },
	{ "another length",	"/", 3, 1 },
	{ "another name",	"/b", 2, 1 }
};

static void
test_other_looks(void **state)
{
	struct kept *k = *state;
	struct prg_look look = look_for("/", 2, 1);
	struct prg_row row = ann;

	put(k, &look, (struct prg_rows){ &row, 1 });
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		look = look_for(others[i].name, others[i].count,
		    others[i].stamp);
		if (prg_kept_find(k->kept, &look, &k->arena).count != -1)
			fail_msg("%s is given the rows", others[i].what);
	}
}

static void
test_changing(void **state)
{
	struct kept *k = *state;
	struct prg_row row = ann;
	struct prg_look look;

	for (uint32_t i = 1; i < 5; i++) {
		look = look_for("/", 1, i);
		prg_kept_put(k->kept, &look, (struct prg_rows){ &row, 1 });
		assert_int_equal(prg_kept_find(k->kept, &look,
		    &k->arena).count, -1);
	}
}

/* Not kept: what is large, a list from which time removes rows, a failure. */
static void
test_not_kept(void **state)
{
	struct kept *k = *state;
	char *large = calloc(1, PRG_KEPT_LARGEST + 1);
	struct prg_look list = look_for("/", 2, 1), one = look_for("/", 0, 1);
	struct prg_row row = ann;

	row.input = memset(large, 'x', PRG_KEPT_LARGEST);
	put(k, &list, (struct prg_rows){ &row, 1 });
	assert_int_equal(prg_kept_find(k->kept, &list, &k->arena).count, -1);
	free(large);
	row = ann;
	row.expires = 1;
	put(k, &list, (struct prg_rows){ &row, 1 });
	assert_int_equal(prg_kept_find(k->kept, &list, &k->arena).count, -1);
	put(k, &list, (struct prg_rows){ &row, -1 });
	assert_int_equal(prg_kept_find(k->kept, &list, &k->arena).count, -1);
	put(k, &one, (struct prg_rows){ &row, 1 });
	assert_int_equal(prg_kept_find(k->kept, &one, &k->arena).count, 1);
}

/* -- In the store --------------------------------------------------------------- */

static const struct change {
	const char	*what;
	const char	*sql;		/* by another process */
	enum prg_found	 found;
	const char	*input;
	int		 listed;
} changes[] = {
	{ "nothing", NULL, PRG_FOUND, "{}", 1 },
	{ "another row", "INSERT INTO submission (id, route, state, created,"
	    " modified) VALUES ('x', '/', 'done', 1, 1)", PRG_FOUND, "{}", 2 },
	{ "an update", "UPDATE submission SET input = '{\"b\":2}'", PRG_FOUND,
	    "{\"b\":2}", 1 },
	{ "a deletion", "DELETE FROM submission", PRG_FOUND_NONE, NULL, 0 },
	{ "what is undone", "BEGIN; DELETE FROM submission; ROLLBACK",
	    PRG_FOUND, "{}", 1 },
	{ "a checkpoint, and one byte", "PRAGMA wal_checkpoint(TRUNCATE);"
	    "UPDATE submission SET input = '{1'", PRG_FOUND, "{1", 1 },
	{ "VACUUM", "UPDATE submission SET input = '{2'; VACUUM", PRG_FOUND,
	    "{2", 1 }
};

static void
change(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
look_around(struct prg_store *store, const struct change *c)
{
	struct prg_arena arena = { 0 };
	struct prg_row row;
	enum prg_found found = prg_store_find(store, &arena, ann.id.text, &row);
	struct prg_rows rows = prg_store_list(store, &arena,
	    &(struct prg_list){ "/", NULL, 9 });

	if (found != c->found || (found == PRG_FOUND &&
	    strcmp(row.input, c->input) != 0) || rows.count != c->listed)
		fail_msg("%s: found %d, %s, %d rows", c->what, found,
		    found == PRG_FOUND ? row.input : "", rows.count);
	prg_arena_release(&arena);
}

static void
test_changes(void **state)
{
	char dir[] = "/tmp/prg-kept-XXXXXX", path[64], command[64];
	struct prg_write w = { .row = ann };
	struct prg_store *store;
	struct prg_error err;

	(void)state;
	w.row.state = PRG_STATE_DONE;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		snprintf(path, sizeof(path), "%s/%zu.db", dir, i);
		assert_int_equal(prg_store_open(path, &store, &err), 0);
		assert_int_equal(prg_store_commit(store,
		    &(struct prg_batch){ .list = &w }), 0);
		for (int k = 0; k < 3; k++)
			look_around(store, &changes[0]);
		if (changes[i].sql != NULL)
			change(path, changes[i].sql);
		for (int k = 0; k < 3; k++)
			look_around(store, &changes[i]);
		prg_store_close(store);
	}
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
}

/* Another process that lets nobody read: it ends when 'fd' is closed. */
static pid_t
lock_out_readers(const char *path, int fd[2])
{
	struct flock all = { .l_type = F_WRLCK, .l_start = 120, .l_len = 8 };
	char shm[80], c = '!';
	pid_t pid;
	int file;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	if ((pid = fork()) == 0) {
		snprintf(shm, sizeof(shm), "%s-shm", path);
		file = open(shm, O_RDWR);
		if (fcntl(file, F_SETLK, &all) == -1)
			c = '?';
		close(fd[0]);
		if (write(fd[1], &c, 1) == 1)
			read(fd[1], &c, 1);
		_exit(0);
	}
	close(fd[1]);
	assert_int_equal(read(fd[0], &c, 1), 1);
	assert_int_equal(c, '!');
	return pid;
}

/* What is kept is given without a lock of SQLite's. */
static void
test_from_memory(void **state)
{
	char dir[] = "/tmp/prg-kept-XXXXXX", path[64], command[64];
	struct prg_write w = { .row = ann };
	struct prg_store *store;
	struct prg_error err;
	int fd[2];
	pid_t pid;

	(void)state;
	w.row.state = PRG_STATE_DONE;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a.db", dir);
	assert_int_equal(prg_store_open(path, &store, &err), 0);
	assert_int_equal(prg_store_commit(store,
	    &(struct prg_batch){ .list = &w }), 0);
	for (int k = 0; k < 2; k++)
		look_around(store, &changes[0]);
	pid = lock_out_readers(path, fd);
	look_around(store, &changes[0]);
	close(fd[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	prg_store_close(store);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
}

int
main(void)
{
#define KEPT(f) cmocka_unit_test_setup_teardown(f, setup_kept, teardown_kept)
	const struct CMUnitTest tests[] = {
		KEPT(test_given_again),
		KEPT(test_copies),
		KEPT(test_none),
		KEPT(test_other_looks),
		KEPT(test_changing),
		KEPT(test_not_kept),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_from_memory)
	};

	if (sodium_init() == -1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
