/*
 * test_inherited.c - the listening socket that a process is started with.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/listen.h"

static char where[64];

static bool
is_cloexec(int fd)
{
	return (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0;
}

enum { AT_3 = 1, AT_0 = 2, MINE = 4, NONE = 8, FILE_3 = 16 };

/*
 * In a child: what prg_listen_inherited() says with these; 99 if it is wrong.
 */
static int
inherit(int how, const char *nfds)
{
	struct prg_error err;
	char pid[32];
	int fd, result;

	fd = prg_listen_open(&(struct prg_listen){ .where = where },
	    &(pid_t){ 0 }, &err);
	if (fd == -1)
		return 99;
	dup2(open("/dev/null", O_RDWR), 0);
	if (how & FILE_3)
		dup2(0, 3);
	else if (how & AT_3 && fd != 3)
		dup2(fd, 3);
	else if (how & AT_3)
		fcntl(3, F_SETFD, 0);
	if (how & AT_0)
		dup2(fd, 0);
	snprintf(pid, sizeof(pid), "%ld", (long)getpid() + !(how & MINE));
	if (!(how & NONE)) {
		setenv("LISTEN_PID", pid, 1);
		setenv("LISTEN_FDS", nfds, 1);
		setenv("LISTEN_FDNAMES", "x", 1);
	}
	if (prg_listen_inherited(&result, &err) == -1)
		return strstr(err.text, "LISTEN_FDS is 2") != NULL ? 51 : 96;
	if (getenv("LISTEN_PID") != NULL || getenv("LISTEN_FDS") != NULL ||
	    getenv("LISTEN_FDNAMES") != NULL)
		return 98;
	if (result != -1 && !is_cloexec(result))
		return 97;
	return result == -1 ? 50 : result;
}

static void
test_inherited(void **state)
{
	static const struct {
		const char	*name;
		int		 how;
		const char	*nfds;
		int		 fd;
	} rows[] = {
		{ "LISTEN_FDS",			AT_3 | MINE, "1", 3 },
		{ "two of them",		AT_3 | MINE, "2", 51 },
		{ "two of another process",	AT_3, "2", 50 },
		{ "and descriptor 0",		AT_3 | AT_0 | MINE, "1", 3 },
		{ "of another process",		AT_3, "1", 50 },
		{ "of another, and 0",		AT_3 | AT_0, "1", 0 },
		{ "no LISTEN_FDS",		AT_3 | MINE, "0", 50 },
		{ "odd LISTEN_FDS",		AT_3 | MINE, "x", 50 },
		{ "descriptor 0 alone",		AT_0 | NONE, "", 0 },
		{ "nothing",			NONE, "", 50 },
		{ "a file as descriptor 3",	FILE_3 | MINE, "1", 50 }
	};

	char dir[] = "/tmp/prg-inherited-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(where, sizeof(where), "unix:%s/sock", dir);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0)
			_exit(inherit(rows[i].how, rows[i].nfds));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (!WIFEXITED(status) ||
		    WEXITSTATUS(status) != rows[i].fd)
			fail_msg("%s: %d, not %d", rows[i].name,
			    WEXITSTATUS(status), rows[i].fd);
	}
	unlink(where + strlen("unix:"));
	assert_int_equal(rmdir(dir), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_inherited) };

	return cmocka_run_group_tests_name("inherited", tests, NULL, NULL);
}
