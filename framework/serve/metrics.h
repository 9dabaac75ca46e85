/*
 * metrics.h - the record of each request: its counts, its log line, its
 * handler.
 */
#ifndef PRG_METRICS_H
#define PRG_METRICS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "prg.h"

struct prg_core;
struct prg_req;

enum {
	PRG_STATUS_FIRST = 200,
	PRG_STATUSES = 304,		/* to 503 */
	PRG_BUCKETS = 14
};

/* The counts of a route. */
struct prg_tally {
	atomic_ullong	statuses[PRG_STATUSES];
	atomic_ullong	times[PRG_BUCKETS + 1];
	atomic_ullong	sum;			/* nanoseconds */
};

/*
 * One for each route, one for no match, then those of the built-in endpoints.
 */
struct prg_metrics {
	struct prg_tally	*tallies;
	size_t			 count, nroutes;
	atomic_ullong		 serial;	/* of the names of requests */
	atomic_int		 slow;		/* handlers with a warning */
};

/* The trace of one request. */
struct prg_trace {
	int64_t			 began;		/* ns */
	const char		*name;		/* in the log */
	struct prg_tally	*tally;
	const char		*reason;	/* for the log; or NULL */
	bool			 mistaken;	/* the reason is the app's */
	bool			 noted;		/* at level info at least */
};

/* The handler that a request runs. */
struct prg_running {
	pthread_mutex_t		 lock;		/* of those below */
	const char		*handler;	/* "get"; NULL: none */
	int64_t			 since;		/* ns */
	bool			 warned;
};

void	prg_metrics_open(struct prg_core *);

/*
 * Begin a trace; then name it, after the web server's ID for it if it has one.
 */
void	prg_trace_begin(struct prg_req *);
void	prg_trace_name(struct prg_req *);

/* The request was answered: count it and write its log line. */
void	prg_trace_end(struct prg_req *, enum prg_status);

/* Enter and leave a handler; prg_running_check() warns about slow ones. */
void	prg_running_enter(struct prg_req *, const char *handler);
void	prg_running_leave(struct prg_req *);
void	prg_running_check(struct prg_req *);

#endif
