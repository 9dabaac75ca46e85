/*
 * successor.c - another process takes over the listening socket.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "gateway/successor.h"

/*
 * The new process has it in its environment.  It says its number on READY_FD, and
 * that it serves, by one byte more.
 */
#define READY "PRG_READY_FD"
/* Beside it, if the socket was made by a process before it, and not handed over. */
#define OWN "PRG_OWN_SOCKET"

enum {
	READY_FD = 3,
	START = 30 * 1000,	/* ms that it may take to start */
	MOMENT = 1000		/* and to stop before it has */
};

/*
 * Go on as an orphan, whom the supervisor adopts.  systemd waits for the end of a
 * main process only if that is its child when it is told of it: any other it kills
 * at once when it is to stop (unit_kill_context()).
 */
static int
become_orphan(int ready)
{
	pid_t pid = fork();

	if (pid != 0)
		_exit(pid == -1);
	pid = getpid();
	(void)!write(ready, &pid, sizeof(pid));
	return ready;
}

static int ready_fd = -1;

/* Before main(): what an app begins there, threads say, a fork would not take along. */
__attribute__((constructor)) static void
begin(void)
{
	const char *s = getenv(READY);
	long long n;
	bool ours = s != NULL && prg_digits(prg_span(s), &n) && n == READY_FD &&
	    fcntl(READY_FD, F_SETFD, FD_CLOEXEC) == 0;

	unsetenv(READY);
	if (!ours)
		unsetenv(OWN);
	if (ours)
		ready_fd = become_orphan(READY_FD);
}

int
prg_successor_inherited(void)
{
	return ready_fd;
}

bool
prg_successor_owns(void)
{
	return getenv(OWN) != NULL;
}

/* To systemd, if it is there: sd_notify(3). */
static void
notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t len = path != NULL ? strlen(path) : 0;
	int fd;

	if (len == 0 || len >= sizeof(un.sun_path))
		return;
	memcpy(un.sun_path, path, len);
	if (un.sun_path[0] == '@')
		un.sun_path[0] = '\0';
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		return;
	(void)!sendto(fd, text, strlen(text), MSG_NOSIGNAL,
	    (struct sockaddr *)&un,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	close(fd);
}

void
prg_successor_ready(int inherited)
{
	if (inherited == -1) {
		notify("READY=1");
		return;
	}
	(void)!write(inherited, "", 1);
	close(inherited);
}

/* Our environment, and READY, and perhaps OWN.  free() it. */
static char **
environment(bool own)
{
	static char ready[] = READY "=3", owns[] = OWN "=1";
	size_t n = 0;
	char **env;

	while (environ[n] != NULL)
		n++;
	if ((env = calloc(n + 3, sizeof(*env))) == NULL)
		return NULL;
	memcpy(env, environ, n * sizeof(*env));
	env[n] = ready;
	if (own)
		env[n + 1] = owns;
	return env;
}

/* With all signals blocked, as it does itself: none is lost before that. */
static int
spawn(pid_t *pid, char *const *argv, const int fds[2], bool own)
{
	posix_spawn_file_actions_t actions;
	char **env = environment(own);
	int rc = ENOMEM;

	posix_spawn_file_actions_init(&actions);
	if (env != NULL && posix_spawn_file_actions_adddup2(&actions, fds[0],
	    STDIN_FILENO) == 0 && posix_spawn_file_actions_adddup2(&actions,
	    fds[1], READY_FD) == 0)
		rc = posix_spawnp(pid, argv[0], &actions, NULL, argv, env);
	posix_spawn_file_actions_destroy(&actions);
	free(env);
	return rc;
}

/* -- Waiting for it ----------------------------------------------------------- */

enum heard { HEARD, ENDED, SILENT, STOPPED };

struct wait {
	int	ready;		/* what it says */
	int	stop;		/* readable once we are to stop; or -1 */
	int64_t	until;		/* ms */
};

static enum heard
hear(const struct wait *w, void *p, size_t n)
{
	struct pollfd f[] = {
		{ .fd = w->ready, .events = POLLIN },
		{ .fd = w->stop, .events = POLLIN }
	};
	int64_t left = w->until - prg_clock_ms();

	if (poll(f, 2, left > 0 ? (int)left : 0) < 1)
		return SILENT;
	if (f[0].revents == 0)
		return STOPPED;
	return read(w->ready, p, n) == (ssize_t)n ? HEARD : ENDED;
}

/* What it says in its last moment. */
static enum heard
hear_last(int ready, void *p, size_t n)
{
	return hear(&(struct wait){ ready, -1, prg_clock_ms() + MOMENT }, p, n);
}

static void
too_late(struct prg_error *err)
{
	prg_error_set(err, "the new process did not serve within %d s",
	    START / 1000);
}

static void
too_early(int status, struct prg_error *err)
{
	if (WIFEXITED(status))
		prg_error_set(err, "the new process ended with exit code %d",
		    WEXITSTATUS(status));
	else
		prg_error_set(err, "the new process broke off");
}

/*
 * Its number, in the place of that of our child, which it leaves; perhaps in the
 * very moment in which we end that.
 */
static enum heard
learn_number(pid_t *pid, const struct wait *w, struct prg_error *err)
{
	const pid_t child = *pid;
	enum heard heard = hear(w, pid, sizeof(*pid));
	int status = 0;

	if (heard != HEARD)
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) == -1 && errno == EINTR)
		continue;
	if (heard == ENDED)
		too_early(status, err);
	else if (heard != HEARD && hear_last(w->ready, pid, sizeof(*pid)) ==
	    HEARD)
		kill(*pid, SIGKILL);
	if (heard == SILENT)
		too_late(err);
	return heard;
}

/* It may have begun to serve by now: then it stops as it should. */
static void
stop_it(pid_t pid, int ready)
{
	char c;

	kill(pid, SIGTERM);
	if (hear_last(ready, &c, 1) == SILENT)
		kill(pid, SIGKILL);
}

static enum heard
wait_until_it_serves(pid_t pid, const struct wait *w, struct prg_error *err)
{
	char c;
	enum heard heard = hear(w, &c, 1);

	switch (heard) {
	case HEARD:
		break;
	case ENDED:
		prg_error_set(err, "the new process ended before it served");
		break;
	case SILENT:
		kill(pid, SIGKILL);
		too_late(err);
		break;
	case STOPPED:
		stop_it(pid, w->ready);
		break;
	}
	return heard;
}

static void
stopping(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
}

static enum heard
wait_for(pid_t *pid, int ready, struct prg_error *err)
{
	struct wait w = { .ready = ready, .until = prg_clock_ms() + START };
	enum heard heard;
	sigset_t set;

	stopping(&set);
	w.stop = signalfd(-1, &set, SFD_CLOEXEC);
	heard = learn_number(pid, &w, err);
	if (heard == HEARD)
		heard = wait_until_it_serves(*pid, &w, err);
	if (w.stop != -1)
		close(w.stop);
	return heard;
}

/* Who serves is told, and what has told us to stop until now is for it too. */
static void
hand_over(pid_t pid)
{
	const struct timespec now = { 0 };
	char text[64];
	sigset_t set;

	snprintf(text, sizeof(text), "READY=1\nMAINPID=%ld", (long)pid);
	notify(text);
	stopping(&set);
	if (sigtimedwait(&set, NULL, &now) != -1)
		kill(pid, SIGTERM);
}

enum prg_succession
prg_successor_start(char *const *argv, int listen_fd, bool own,
    struct prg_error *err)
{
	enum heard heard = ENDED;
	int fd[2], rc;
	pid_t pid;

	if (getpid() == 1) {
		prg_error_set(err, "process 1 has no successor: all others end"
		    " with it");
		return PRG_SUCCESSION_FAILED;
	}
	if (pipe2(fd, O_CLOEXEC) == -1) {
		prg_error_set(err, "pipe: %s", strerror(errno));
		return PRG_SUCCESSION_FAILED;
	}
	rc = spawn(&pid, argv, (int[]){ listen_fd, fd[1] }, own);
	close(fd[1]);
	if (rc != 0)
		prg_error_set(err, "cannot start %s: %s", argv[0], strerror(rc));
	else
		heard = wait_for(&pid, fd[0], err);
	close(fd[0]);
	if (heard == STOPPED)
		return PRG_SUCCESSION_STOPPED;
	if (heard != HEARD)
		return PRG_SUCCESSION_FAILED;
	hand_over(pid);
	return PRG_SUCCEEDED;
}
