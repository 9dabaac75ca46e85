/*
 * watch.h - tells of work that goes on for too long.
 *
 * Who works says so in a slot of his own when he begins and when he ends; a thread
 * looks at all slots now and then.  Nothing is stopped: a line in the log says that
 * it hangs, and another how long it took in the end.
 *
 * The thread is its own, not the sweeper's: that one waits for the store, and so for
 * the very work that may hang.
 */
#ifndef PRG_WATCH_H
#define PRG_WATCH_H

#include "base/error.h"

struct prg_watch;
struct prg_watched;

/* What is under way, in words for the log; they last until it ends. */
struct prg_work {
	const char	*id;		/* of the request */
	const char	*route;
	const char	*handler;	/* "get" */
};

/* Tell of what takes 'seconds' or more. */
int	prg_watch_start(int seconds, struct prg_watch **, struct prg_error *);
void	prg_watch_stop(struct prg_watch *);

/* A new slot, good until prg_watch_stop(); NULL without memory. */
struct prg_watched	*prg_watch_slot(struct prg_watch *);

/* Begin and end, one after the other; a slot of NULL is not watched. */
void	prg_watched_begin(struct prg_watched *, const struct prg_work *);
void	prg_watched_end(struct prg_watched *);

/* How much is under way that was told of. */
int	prg_watch_count(struct prg_watch *);

#endif
