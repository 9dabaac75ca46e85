/*
 * fsync.c - a slow disk: each sync takes PRG_SLOW_MS milliseconds more.
 *
 * For LD_PRELOAD.  What is synced is as durable as ever; the delay stands for a
 * disk that turns, or one behind a network.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef int	sync_fn(int);

static void
wait_for_disk(void)
{
	const char *text = getenv("PRG_SLOW_MS");
	long ms = text != NULL ? atol(text) : 0;
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) == -1)
		;
}

/* The function of this name in the library behind us. */
static sync_fn *
behind(const char *name)
{
	union {
		void	*object;
		sync_fn	*function;
	} u = { dlsym(RTLD_NEXT, name) };

	return u.function;
}

int
fsync(int fd)
{
	wait_for_disk();
	return behind("fsync")(fd);
}

int
fdatasync(int fd)
{
	wait_for_disk();
	return behind("fdatasync")(fd);
}
