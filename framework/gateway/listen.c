/*
 * listen.c - the socket on which the web server finds us.
 *
 * Whoever can connect can claim to be any user (REMOTE_USER, HTTPS): so a unix
 * socket of mode 0660 or a loopback address, and more only when asked for.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/network.h"
#include "base/text.h"
#include "gateway/listen.h"

enum { FIRST_PASSED_FD = 3 };	/* sd_listen_fds(3): SD_LISTEN_FDS_START */

struct place {
	char		path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	mode_t		mode;
};

static bool
parse_mode(const char *s, mode_t *mode)
{
	size_t len = strlen(s);

	if (len < 3 || len > 4 || strspn(s, "01234567") != len)
		return false;
	*mode = (mode_t)strtoul(s, NULL, 8);
	return *mode <= 0777;
}

/* Split "PATH[,mode=0660]". */
static int
parse_place(const char *s, struct place *p, struct prg_error *err)
{
	size_t len = strcspn(s, ",");

	p->mode = 0660;
	if (s[len] == ',' && (strncmp(s + len, ",mode=", 6) != 0 ||
	    !parse_mode(s + len + 6, &p->mode)))
		return prg_error_set(err, "--listen: unix:%s: invalid mode; "
		    "give ,mode= and an octal number up to 0777", s);
	if (len == 0)
		return prg_error_set(err, "--listen: unix:%s: missing path; "
		    "give unix:/run/app/app.sock", s);
	if (len >= sizeof(p->path))
		return prg_error_set(err, "--listen: unix:%s: path too long; "
		    "give at most %zu bytes", s, sizeof(p->path) - 1);
	memcpy(p->path, s, len);
	p->path[len] = '\0';
	return 0;
}

/*
 * The process that serves at 'path'; 0 if its number is not known, -1 if there
 * is none.  SO_PEERCRED names the process that called listen(2).
 */
static pid_t
find_server(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct ucred peer = { .pid = 0 };
	socklen_t len = sizeof(peer);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	pid_t pid = -1;

	memcpy(un.sun_path, path, strlen(path));
	if (fd == -1)
		return 0;
	if (connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0) {
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len);
		pid = peer.pid;
	} else if (errno != ECONNREFUSED && errno != ENOENT)
		pid = 0;
	close(fd);
	return pid;
}

/* Process 1 only made the socket, and we may have served here ourselves. */
static int
check_server(const char *path, const struct prg_listen *l, pid_t *before,
    struct prg_error *err)
{
	pid_t pid = find_server(path);
	char who[32] = "another process";

	*before = pid > 1 && pid != getpid() ? pid : 0;
	if (pid == -1 || l->take_over)
		return 0;
	if (pid > 0)
		snprintf(who, sizeof(who), "process %ld", (long)pid);
	return prg_error_set(err, "--listen: unix:%s: in use by %s; stop it or "
	    "give --take-over", path, who);
}

/* Whether 'path' is free or a socket, which may be replaced. */
static int
check_place(const char *path, struct prg_error *err)
{
	struct stat st;

	if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return prg_error_set(err, "--listen: unix:%s: not a socket; "
		    "remove the file or give another path", path);
	return 0;
}

/* The address beside 'path' under which the socket is made. */
static int
beside(const char *path, struct sockaddr_un *un, struct prg_error *err)
{
	int n;

	*un = (struct sockaddr_un){ .sun_family = AF_UNIX };
	n = snprintf(un->sun_path, sizeof(un->sun_path), "%s.%ld", path,
	    (long)getpid());
	if (n < 0 || (size_t)n >= sizeof(un->sun_path))
		return prg_error_set(err, "--listen: unix:%s: path too long; "
		    "give at most %zu bytes", path, sizeof(un->sun_path) - 1 -
		    ((size_t)n - strlen(path)));
	return check_place(un->sun_path, err);
}

/* Nobody can connect before listen(), so the mode is right in time. */
static int
publish(int fd, const struct sockaddr_un *un, const struct place *p)
{
	int saved;

	unlink(un->sun_path);
	if (bind(fd, (const struct sockaddr *)un, sizeof(*un)) == -1)
		return -1;
	if (chmod(un->sun_path, p->mode) == 0 &&
	    listen(fd, PRG_BACKLOG) == 0 && rename(un->sun_path, p->path) == 0)
		return 0;
	saved = errno;
	unlink(un->sun_path);
	errno = saved;
	return -1;
}

static int
open_unix(const struct prg_listen *l, pid_t *before, struct prg_error *err)
{
	const char *where = l->where + strlen("unix:");
	struct sockaddr_un un;
	struct place p;
	int fd;

	if (parse_place(where, &p, err) == -1 ||
	    check_place(p.path, err) == -1 || beside(p.path, &un, err) == -1 ||
	    check_server(p.path, l, before, err) == -1)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd != -1 && publish(fd, &un, &p) == 0)
		return fd;
	prg_error_set(err, "--listen: unix:%s: %s", where, strerror(errno));
	if (fd != -1)
		close(fd);
	return -1;
}

static int
listen_at(const struct sockaddr *sa, socklen_t len)
{
	int fd = socket(sa->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	int saved;

	if (fd == -1)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    bind(fd, sa, len) == 0 && listen(fd, PRG_BACKLOG) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static int
open_tcp(const char *where, bool anywhere, struct prg_error *err)
{
	struct sockaddr_storage ss;
	struct sockaddr *sa = (struct sockaddr *)&ss;
	socklen_t len = prg_address_read(where, &ss);
	int fd;

	if (*where == '/')
		return prg_error_set(err, "--listen: %s: invalid; give unix:%s",
		    where, where);
	if (len == 0)
		return prg_error_set(err, "--listen: %s: invalid; give "
		    "unix:PATH, or a numeric address and a port such as "
		    "127.0.0.1:9000 or [::1]:9000", where);
	if (!anywhere && !prg_networks_admit("127.0.0.0/8,::1", sa))
		return prg_error_set(err, "--listen: %s: not a loopback "
		    "address; give --listen-anywhere if only the web server "
		    "can connect to it", where);
	if ((fd = listen_at(sa, len)) == -1)
		return prg_error_set(err, "--listen: %s: %s", where,
		    strerror(errno));
	return fd;
}

int
prg_listen_open(const struct prg_listen *l, pid_t *before,
    struct prg_error *err)
{
	*before = 0;
	if (strncmp(l->where, "unix:", 5) == 0)
		return open_unix(l, before, err);
	return open_tcp(l->where, l->anywhere, err);
}

int
prg_listen_connect(const char *where, int seconds, struct prg_error *err)
{
	const struct timeval wait = { .tv_sec = seconds };
	struct sockaddr_storage ss = { .ss_family = AF_UNIX };
	bool local = strncmp(where, "unix:", 5) == 0;
	socklen_t len = sizeof(struct sockaddr_un);
	struct place p;
	int fd;

	if (local && parse_place(where + 5, &p, err) == -1)
		return -1;
	if (local)
		memcpy(((struct sockaddr_un *)&ss)->sun_path, p.path,
		    strlen(p.path));
	else if ((len = prg_address_read(where, &ss)) == 0)
		return prg_error_set(err, "--listen: %s: invalid; give the"
		    " address of the process", where);
	fd = socket(ss.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd != -1 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) == 0 &&
	    connect(fd, (struct sockaddr *)&ss, len) == 0)
		return fd;
	prg_error_set(err, "--listen: %s: %s; nobody serves there", where,
	    strerror(errno));
	if (fd != -1)
		close(fd);
	return -1;
}

static bool
is_listening(int fd)
{
	int on = 0;
	socklen_t len = sizeof(on);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 && on;
}

static int
use(int fd)
{
	return is_listening(fd) && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 ?
	    fd : -1;
}

static long long
env_number(const char *name)
{
	const char *s = getenv(name);
	long long n;

	return s != NULL && prg_digits(prg_span(s), &n) ? n : -1;
}

int
prg_listen_inherited(int *fd, struct prg_error *err)
{
	long long passed = env_number("LISTEN_PID") == getpid() ?
	    env_number("LISTEN_FDS") : 0;

	/* They were meant for this process, not for those it starts. */
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (passed > 1)
		return prg_error_set(err, "LISTEN_FDS is %lld, but one "
		    "socket is served: leave one ListenStream= in the socket "
		    "unit", passed);
	*fd = passed == 1 ? use(FIRST_PASSED_FD) : use(STDIN_FILENO);
	return 0;
}
