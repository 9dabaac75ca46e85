/*
 * turn.c - processes that write to one file, one after the other.
 *
 * There are two locks.  Who has the turn has one; the other is for the one who is
 * next.  Who gives the turn back and wants it again has to become the next first,
 * so it goes to whoever waits.  The locks are the kernel's: they end with the
 * process.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/turn.h"

enum { NEXT, TURN };		/* bytes of the file that are locked */

enum { LOOK_US = 100 };		/* between two looks */

int
prg_turn_open(const char *path)
{
	size_t size = strlen(path) + sizeof("-turn");
	char *name = malloc(size);
	int fd = -1;

	if (name == NULL)
		return -1;
	snprintf(name, size, "%s-turn", path);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	free(name);
	return fd;
}

/* Of the open file, not of the process: the locks of POSIX end at any close(2). */
static bool
set_lock(int fd, int byte, short type)
{
	struct flock f = {
		.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1
	};

	return fcntl(fd, F_OFD_SETLK, &f) == 0;
}

/* Blocking would be for ever, if who has it was stopped. */
static bool
wait_for(int fd, int byte, int64_t end)
{
	const struct timespec moment = { .tv_nsec = LOOK_US * 1000 };

	while (!set_lock(fd, byte, F_WRLCK)) {
		if (prg_clock_ms() >= end)
			return false;
		nanosleep(&moment, NULL);
	}
	return true;
}

void
prg_turn_take(int fd, int ms)
{
	const int64_t end = prg_clock_ms() + ms;

	if (fd == -1 || !wait_for(fd, NEXT, end))
		return;
	wait_for(fd, TURN, end);
	set_lock(fd, NEXT, F_UNLCK);
}

void
prg_turn_give(int fd)
{
	if (fd != -1)
		set_lock(fd, TURN, F_UNLCK);
}
