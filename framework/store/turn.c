/*
 * turn.c - processes that write to one file, one after the other.
 *
 * There are two locks: the turn, and the right to have it next.  A process
 * that gives the turn back and wants it again must become the next first, so
 * the turn goes to a process that waits.  The kernel drops the locks of a
 * process that ends.
 *
 * fcntl(2) either waits for a lock for ever or not at all, and a process that
 * was stopped keeps its locks.  So the lock is looked at, after pauses that
 * grow with the time waited: some 20 looks for a commit of 2 ms, 300 in 5
 * seconds, and the turn is noticed an eighth late at most.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/turn.h"

enum { NEXT, TURN };		/* bytes of the file that are locked */

enum { SHORTEST_US = 50, LONGEST_US = 20000 };

int
prg_turn_open(const char *path, struct prg_error *err)
{
	struct stat st, own;
	bool there = stat(path, &st) == 0;
	bool ours = !there || geteuid() == 0 || geteuid() == st.st_uid;
	char name[PATH_MAX];
	int fd;

	snprintf(name, sizeof(name), "%s-turn", path);
	fd = open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (ours ? O_CREAT : 0),
	    0600);
	if (fd == -1)
		return prg_error_set(err, "%s: %s%s", name, strerror(errno),
		    ours ? "" : "; run this as the owner of the store");
	/* Root may be led to another file here: ours is empty. */
	if (there && ours && fstat(fd, &own) == 0 && own.st_size == 0 &&
	    own.st_nlink == 1) {
		(void)!fchown(fd, st.st_uid, st.st_gid);
		(void)!fchmod(fd, st.st_mode & 0777);
	}
	return fd;
}

/* The lock of an open file: a lock of the process would end at any close(2). */
static bool
set_lock(int fd, int byte, short type)
{
	struct flock f = {
		.l_type = type, .l_whence = SEEK_SET, .l_start = byte,
		.l_len = 1
	};

	return fcntl(fd, F_OFD_SETLK, &f) == 0;
}

bool
prg_turn_pause(int64_t began, int ms)
{
	int64_t us = (prg_clock_ms() - began) * 1000 / 8;
	struct timespec pause;

	if (us * 8 >= (int64_t)ms * 1000)
		return false;
	us = us < SHORTEST_US ? SHORTEST_US : us > LONGEST_US ? LONGEST_US : us;
	pause = (struct timespec){ .tv_nsec = us * 1000 };
	nanosleep(&pause, NULL);
	return true;
}

static bool
wait_for(int fd, int byte, int64_t began, int ms)
{
	while (!set_lock(fd, byte, F_WRLCK))
		if (!prg_turn_pause(began, ms))
			return false;
	return true;
}

bool
prg_turn_take(int fd, int ms)
{
	const int64_t began = prg_clock_ms();
	bool taken;

	if (!wait_for(fd, NEXT, began, ms))
		return false;
	taken = wait_for(fd, TURN, began, ms);
	set_lock(fd, NEXT, F_UNLCK);
	return taken;
}

void
prg_turn_give(int fd)
{
	set_lock(fd, TURN, F_UNLCK);
}
