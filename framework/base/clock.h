/*
 * clock.h - time for deadlines and durations; it knows nothing of the date.
 */
#ifndef PRG_CLOCK_H
#define PRG_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t
prg_clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline int64_t
prg_clock_ms(void)
{
	return prg_clock_ns() / 1000000;
}

#endif
