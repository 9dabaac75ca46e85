/*
 * clock.h - milliseconds for deadlines; they know nothing of the date.
 */
#ifndef PRG_CLOCK_H
#define PRG_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t
prg_clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

#endif
