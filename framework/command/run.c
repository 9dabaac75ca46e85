/*
 * run.c - messages about a run: to stderr, and to systemd.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "command/command.h"

int
prg_run_fail(const struct prg_run *run, const char *object, const char *reason)
{
	fprintf(stderr, "%s: %s%s%s\n", run->core.app->name, object,
	    reason[0] != '\0' ? ": " : "", reason);
	return 1;
}

/* As sd_notify(3) does. */
void
prg_run_ready(void)
{
	static const char text[] = "READY=1";
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len = path != NULL ? strlen(path) : 0;
	int fd;

	if (len == 0 || len >= sizeof(un.sun_path) ||
	    (fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		return;
	memcpy(un.sun_path, path, len);
	if (path[0] == '@')	/* an abstract socket, unix(7) */
		un.sun_path[0] = '\0';
	(void)!sendto(fd, text, sizeof(text) - 1, MSG_NOSIGNAL,
	    (struct sockaddr *)&un,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	close(fd);
}
