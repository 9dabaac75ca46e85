/*
 * starts.c - what it costs to run programs, from start to end, in turn.
 *
 * usage: starts TIMES PROGRAM ...
 * A line for each: the median in microseconds.
 * They have our environment, and nowhere to read from or write to.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WARM_UP = 20 };

extern char **environ;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double
run(char *program)
{
	char *argv[] = { program, NULL };
	double start = now();
	int rc, status;
	pid_t pid;

	if ((rc = posix_spawn(&pid, program, NULL, NULL, argv, environ)) != 0) {
		fprintf(stderr, "starts: %s: %s\n", program, strerror(rc));
		exit(1);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "starts: %s has failed\n", program);
		exit(1);
	}
	return now() - start;
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
median(double *list, int n)
{
	qsort(list, (size_t)n, sizeof(*list), compare);
	return list[n / 2];
}

/* Standard input and output are nowhere; where the output was. */
static FILE *
go_nowhere(void)
{
	int out = fcntl(1, F_DUPFD_CLOEXEC, 3);
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (out == -1 || fd == -1 || dup2(fd, 0) == -1 || dup2(fd, 1) == -1)
		return NULL;
	return fdopen(out, "w");
}

int
main(int argc, char **argv)
{
	int times = argc > 2 ? atoi(argv[1]) : 0, n = argc - 2;
	double *took, t;
	FILE *f;

	if (times <= 0) {
		fprintf(stderr, "usage: starts TIMES PROGRAM ...\n");
		return 2;
	}
	took = calloc((size_t)(n * times), sizeof(*took));
	if (took == NULL || (f = go_nowhere()) == NULL)
		return 1;
	for (int i = -WARM_UP; i < times; i++)
		for (int k = 0; k < n; k++) {
			t = run(argv[2 + k]);
			if (i >= 0)
				took[k * times + i] = t;
		}
	for (int k = 0; k < n; k++)
		fprintf(f, "%.1f\n", median(took + k * times, times));
	return 0;
}
