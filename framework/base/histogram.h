/*
 * histogram.h - how long something took, counted without a lock.
 */
#ifndef PRG_HISTOGRAM_H
#define PRG_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

enum { PRG_BUCKETS = 14 };

/* The longest time that falls into each but the last. */
extern const struct prg_bucket {
	int64_t		 us;
	const char	*seconds;	/* the same */
} prg_buckets[PRG_BUCKETS];

struct prg_histogram {
	atomic_ullong	counts[PRG_BUCKETS + 1];
	atomic_ullong	sum;		/* nanoseconds */
};

void	prg_histogram_add(struct prg_histogram *, int64_t ns);

#endif
