/*
 * test_listen.c - the listening socket: where, for whom, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fcgi_client.h"
#include "gateway/listen.h"

static char dir[] = "/tmp/prg-listen-XXXXXX";

/* "dir/name", good until the next call but three. */
static const char *
in_dir(const char *prefix, const char *name)
{
	static char paths[4][256];
	static int n;
	char *p = paths[n++ % 4];

	snprintf(p, sizeof(paths[0]), "%s%s/%s", prefix, dir, name);
	return p;
}

static bool
is_cloexec(int fd)
{
	return (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0;
}

static int
listen_at(const char *where, bool anywhere, struct prg_error *err)
{
	return prg_listen_open(&(struct prg_listen){ .where = where,
	    .anywhere = anywhere }, &(pid_t){ 0 }, err);
}

/* How many files are in the folder: what is half made must not stay. */
static int
count_files(void)
{
	char cmd[128];
	int n = -1;
	FILE *f;

	snprintf(cmd, sizeof(cmd), "ls -A %s | wc -l", dir);
	f = popen(cmd, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &n), 1);
	pclose(f);
	return n;
}

static void
test_unix(void **state)
{
	static const struct {
		const char	*name;
		mode_t		 mode;
		mode_t		 mask;
	} rows[] = {
		{ "plain",		0660, 022 },
		{ "plain",		0660, 077 },
		{ "open,mode=0666",	0666, 077 },
		{ "open,mode=666",	0666, 022 },
		{ "own,mode=0600",	0600, 0 },
		{ "none,mode=000",	0, 0 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char path[256];
		struct prg_error err;
		struct stat st;
		int fd, peer;

		snprintf(path, sizeof(path), "%s", in_dir("", rows[i].name));
		path[strcspn(path, ",")] = '\0';
		umask(rows[i].mask);
		fd = listen_at(in_dir("unix:", rows[i].name), false, &err);
		umask(022);
		if (fd == -1)
			fail_msg("%s: %s", rows[i].name, err.text);
		assert_int_equal(stat(path, &st), 0);
		if ((st.st_mode & 0777) != rows[i].mode)
			fail_msg("%s: mode %o", rows[i].name, st.st_mode);
		assert_true(is_cloexec(fd));
		peer = fcgi_connect(path);
		assert_int_not_equal(peer, -1);
		close(peer);
		close(fd);
		assert_int_equal(count_files(), 1);
		unlink(path);
	}
}

/* In a child: 0 if the server before, and the refusal, are as expected. */
static int
take_in_child(const char *where, bool take_over, pid_t expected,
    const char *says)
{
	struct prg_error err = { "" };
	int status, fd;
	pid_t before, pid = fork();

	if (pid == 0) {
		fd = prg_listen_open(&(struct prg_listen){ .where = where,
		    .take_over = take_over }, &before, &err);
		_exit(before != expected || (fd == -1) == take_over ||
		    strstr(err.text, says) == NULL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* A second server may take the path; the first keeps its connections. */
static void
test_takeover(void **state)
{
	const char *where = in_dir("unix:", "sock"), *path = in_dir("", "sock");
	struct prg_error err;
	char says[64];
	int first = listen_at(where, false, &err), second, peer, fd;

	(void)state;
	snprintf(says, sizeof(says), "in use by process %ld;",
	    (long)getpid());
	assert_int_not_equal(first, -1);
	peer = fcgi_connect(path);
	assert_int_not_equal(peer, -1);
	assert_int_equal(listen_at(where, false, &err), -1);
	assert_non_null(strstr(err.text, says));
	assert_int_equal(take_in_child(where, false, getpid(), says), 0);
	assert_int_equal(take_in_child(where, true, getpid(), ""), 0);
	close(first);
	/* One that was left behind is replaced, too. */
	second = listen_at(where, false, &err);
	assert_int_not_equal(second, -1);
	close(peer);
	peer = fcgi_connect(path);
	fd = accept(second, NULL, NULL);
	assert_int_not_equal(fd, -1);
	close(fd);
	close(peer);
	close(second);
	assert_int_equal(count_files(), 1);
	unlink(path);
}

static void
test_refused(void **state)
{
	static const struct {
		const char	*where;
		const char	*says;
	} rows[] = {
		{ "",			"127.0.0.1:9000" },
		{ "unix:",		"missing path" },
		{ "unix:,mode=0660",	"missing path" },
		{ "unix:/tmp/x,mode=",	"octal" },
		{ "unix:/tmp/x,mode=8",	"octal" },
		{ "unix:/tmp/x,mode=0888", "octal" },
		{ "unix:/tmp/x,mode=1777", "octal" },
		{ "unix:/tmp/x,mode=06600", "octal" },
		{ "unix:/tmp/x,mood=0660", "octal" },
		{ "unix:/nowhere/at/all", "No such file" },
		{ "/run/app.sock",	"give unix:/run/app.sock" },
		{ "localhost:9000",	"127.0.0.1:9000" },
		{ "9000",		"127.0.0.1:9000" },
		{ ":9000",		"127.0.0.1:9000" },
		{ "127.0.0.1",		"127.0.0.1:9000" },
		{ "127.0.0.1:",		"127.0.0.1:9000" },
		{ "127.0.0.1:0",	"127.0.0.1:9000" },
		{ "127.0.0.1:65536",	"127.0.0.1:9000" },
		{ "127.0.0.1:90a",	"127.0.0.1:9000" },
		{ "127.0.0.1:+90",	"127.0.0.1:9000" },
		{ "127.0.0.256:9000",	"127.0.0.1:9000" },
		{ "::1:9000",		"[::1]:9000" },
		{ "[::1]",		"[::1]:9000" },
		{ "[127.0.0.1]:9000",	"[::1]:9000" },
		{ "[]:9000",		"[::1]:9000" },
		{ "0.0.0.0:9000",	"loopback" },
		{ "10.0.0.1:9000",	"loopback" },
		{ "128.0.0.1:9000",	"loopback" },
		{ "[::]:9000",		"loopback" },
		{ "[::ffff:10.0.0.1]:9000", "loopback" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct prg_error err = { "" };
		int fd = listen_at(rows[i].where, false, &err);

		if (fd != -1)
			fail_msg("%s: not refused", rows[i].where);
		if (strstr(err.text, rows[i].says) == NULL)
			fail_msg("%s: no \"%s\" in \"%s\"", rows[i].where,
			    rows[i].says, err.text);
	}
}

static void
test_no_socket(void **state)
{
	const char *path = in_dir("", "file");
	struct prg_error err;
	struct stat st;
	FILE *f = fopen(path, "w");

	(void)state;
	assert_non_null(f);
	fclose(f);
	assert_int_equal(listen_at(in_dir("unix:", "file"), false, &err),
	    -1);
	assert_non_null(strstr(err.text, "not a socket"));
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(count_files(), 1);
	unlink(path);
}

static void
test_long_path(void **state)
{
	char where[256], suffix[32];
	struct prg_error err;
	size_t room, base;
	int fd;

	(void)state;
	snprintf(suffix, sizeof(suffix), ".%ld", (long)getpid());
	room = sizeof(((struct sockaddr_un *)0)->sun_path) - 1 -
	    strlen(suffix);
	for (size_t len = room; len <= room + 30; len++) {
		snprintf(where, sizeof(where), "unix:%s/", dir);
		base = strlen(where);
		memset(where + base, 'n', len + 5 - base);
		where[len + 5] = '\0';
		fd = listen_at(where, false, &err);
		if ((fd != -1) != (len == room))
			fail_msg("%zu bytes, room for %zu: %d", len, room, fd);
		if (fd == -1) {
			assert_non_null(strstr(err.text, "long"));
			continue;
		}
		close(fd);
		unlink(where + 5);
	}
	assert_int_equal(count_files(), 0);
}

/* A port that was free a moment ago. */
static int
free_port(int family)
{
	struct sockaddr_in6 a = { .sin6_family = (sa_family_t)family };
	struct sockaddr *sa = (struct sockaddr *)&a;
	socklen_t len = sizeof(a);
	int fd = socket(family, SOCK_STREAM, 0);

	if (family == AF_INET6)
		a.sin6_addr = in6addr_loopback;
	else {
		((struct sockaddr_in *)sa)->sin_addr.s_addr =
		    htonl(INADDR_LOOPBACK);
		len = sizeof(struct sockaddr_in);
	}
	if (fd == -1 || bind(fd, sa, len) == -1) {
		close(fd);
		return -1;
	}
	getsockname(fd, sa, &len);
	close(fd);
	return ntohs(a.sin6_port);	/* at the same place in both */
}

static void
test_tcp(void **state)
{
	static const struct {
		const char	*host;
		int		 family;
		bool		 anywhere;
	} rows[] = {
		{ "127.0.0.1", AF_INET, false },
		{ "0.0.0.0", AF_INET, true },
		{ "[::1]", AF_INET6, false },
		{ "[::]", AF_INET6, true }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int port = free_port(rows[i].family), on = 0, fd;
		socklen_t len = sizeof(on);
		struct prg_error err;
		char where[64];

		if (port == -1) {
			print_message("%s: not on this machine\n",
			    rows[i].host);
			continue;
		}
		snprintf(where, sizeof(where), "%s:%d", rows[i].host, port);
		fd = listen_at(where, rows[i].anywhere, &err);
		if (fd == -1)
			fail_msg("%s: %s", where, err.text);
		assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN,
		    &on, &len), 0);
		assert_int_equal(on, 1);
		assert_true(is_cloexec(fd));
		assert_int_equal(listen_at(where, true, &err), -1);
		assert_non_null(strstr(err.text, strerror(EADDRINUSE)));
		close(fd);
	}
}

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL;
}

static int
remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unix),
		cmocka_unit_test(test_takeover),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_socket),
		cmocka_unit_test(test_long_path),
		cmocka_unit_test(test_tcp)
	};

	return cmocka_run_group_tests_name("listen", tests, make_dir,
	    remove_dir);
}
