/*
 * histogram.c - how long something took, counted without a lock.
 */
#include "base/histogram.h"

const struct prg_bucket prg_buckets[PRG_BUCKETS] = {
	{ 500, "0.0005" }, { 1000, "0.001" }, { 2500, "0.0025" },
	{ 5000, "0.005" }, { 10000, "0.01" }, { 25000, "0.025" },
	{ 50000, "0.05" }, { 100000, "0.1" }, { 250000, "0.25" },
	{ 500000, "0.5" }, { 1000000, "1" }, { 2500000, "2.5" },
	{ 5000000, "5" }, { 10000000, "10" }
};

void
prg_histogram_add(struct prg_histogram *h, int64_t ns)
{
	int i = 0;

	while (i < PRG_BUCKETS && ns > prg_buckets[i].us * 1000)
		i++;
	atomic_fetch_add_explicit(&h->counts[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&h->sum, (unsigned long long)ns,
	    memory_order_relaxed);
}
