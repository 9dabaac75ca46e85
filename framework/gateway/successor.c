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

enum {
	READY_FD = 3,
	START = 30 * 1000	/* ms that it may take to start */
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

int
prg_successor_inherited(void)
{
	const char *s = getenv(READY);
	long long n;
	bool ours = s != NULL && prg_digits(prg_span(s), &n) && n == READY_FD &&
	    fcntl(READY_FD, F_SETFD, FD_CLOEXEC) == 0;

	unsetenv(READY);
	return ours ? become_orphan(READY_FD) : -1;
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

/* Our environment, and READY.  free() it. */
static char **
environment(void)
{
	static char ready[] = READY "=3";
	size_t n = 0;
	char **env;

	while (environ[n] != NULL)
		n++;
	if ((env = calloc(n + 2, sizeof(*env))) == NULL)
		return NULL;
	memcpy(env, environ, n * sizeof(*env));
	env[n] = ready;
	return env;
}

/* With all signals blocked, as it does itself: none is lost before that. */
static int
spawn(pid_t *pid, char *const *argv, const int fds[2])
{
	posix_spawn_file_actions_t actions;
	char **env = environment();
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

enum heard { HEARD, ENDED, SILENT };

static enum heard
hear(int ready, void *p, size_t n, int64_t until)
{
	struct pollfd f = { .fd = ready, .events = POLLIN };
	int64_t left = until - prg_clock_ms();

	if (poll(&f, 1, left > 0 ? (int)left : 0) != 1)
		return SILENT;
	return read(ready, p, n) == (ssize_t)n ? HEARD : ENDED;
}

static int
too_late(struct prg_error *err)
{
	return prg_error_set(err, "the new process did not serve within %d s",
	    START / 1000);
}

/* Its number, in the place of that of our child, which it leaves. */
static int
learn_number(pid_t *pid, int ready, int64_t until, struct prg_error *err)
{
	const pid_t child = *pid;
	enum heard heard = hear(ready, pid, sizeof(*pid), until);
	int status = 0;

	if (heard != HEARD)
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) == -1 && errno == EINTR)
		continue;
	if (heard == HEARD)
		return 0;
	if (heard == SILENT)
		return too_late(err);
	return WIFEXITED(status) ?
	    prg_error_set(err, "the new process ended with exit code %d",
	    WEXITSTATUS(status)) :
	    prg_error_set(err, "the new process broke off");
}

static int
wait_until_it_serves(pid_t pid, int ready, int64_t until,
    struct prg_error *err)
{
	char c;

	switch (hear(ready, &c, 1, until)) {
	case HEARD:
		return 0;
	case ENDED:
		return prg_error_set(err, "the new process ended before it"
		    " served");
	case SILENT:
		break;
	}
	kill(pid, SIGKILL);
	return too_late(err);
}

static int
wait_for(pid_t *pid, int ready, struct prg_error *err)
{
	const int64_t until = prg_clock_ms() + START;

	return learn_number(pid, ready, until, err) == 0 ?
	    wait_until_it_serves(*pid, ready, until, err) : -1;
}

int
prg_successor_start(char *const *argv, int listen_fd, struct prg_error *err)
{
	char text[64];
	int fd[2], rc;
	pid_t pid;

	if (getpid() == 1)
		return prg_error_set(err, "process 1 has no successor: all others"
		    " end with it");
	if (pipe2(fd, O_CLOEXEC) == -1)
		return prg_error_set(err, "pipe: %s", strerror(errno));
	rc = spawn(&pid, argv, (int[]){ listen_fd, fd[1] });
	close(fd[1]);
	if (rc != 0)
		prg_error_set(err, "cannot start %s: %s", argv[0], strerror(rc));
	else
		rc = wait_for(&pid, fd[0], err);
	close(fd[0]);
	if (rc != 0)
		return -1;
	snprintf(text, sizeof(text), "READY=1\nMAINPID=%ld", (long)pid);
	notify(text);
	return 0;
}
