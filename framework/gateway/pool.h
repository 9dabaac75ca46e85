/*
 * pool.h - worker threads, and the slots of those that run.
 *
 * A worker that runs holds a slot; there are twice as many slots as processors.
 * A worker that is about to wait (for a byte, a commit, a lock) gives its slot
 * to a worker that is ready to go on.  All others sleep: each costs a stack,
 * not load.
 *
 * Every function here may be called from a thread that is no worker (CGI,
 * tests, the periodic thread): it then only waits.
 */
#ifndef PRG_POOL_H
#define PRG_POOL_H

#include <semaphore.h>
#include <stdbool.h>

#include "base/error.h"

struct prg_pool;

/* A thread that waits to be woken.  It lies on that thread's stack. */
struct prg_waiter {
	sem_t			 woken;
	struct prg_pool		*pool;	/* of a worker; NULL: of no worker */
	struct prg_waiter	*next;
};

/* Prepare a waiter of the calling thread; then let another thread find it. */
void	prg_pool_waiter(struct prg_waiter *);

/* Give the slot up, wait until prg_pool_wake(), and return with a slot. */
void	prg_pool_sleep(struct prg_waiter *);

/*
 * Wake all waiters of a list, linked by 'next', from any thread.  As many as
 * there are free slots run at once, the others as slots come free.
 */
void	prg_pool_wake(struct prg_waiter *list);

/* Give the slot up before a call that may block; take one again after it. */
void	prg_pool_block(void);
void	prg_pool_unblock(void);

/*
 * Ask before waiting for a commit, or for a slow peer.  False if an eighth of
 * the workers at most would be left for everything else: the answer is 503.  If
 * true, call prg_pool_leave_commit() after the wait.
 */
bool	prg_pool_enter_commit(void);
void	prg_pool_leave_commit(void);

/* -- for the gateway ----------------------------------------------------- */

/* Workers call ready(arg, data) for each event of 'epoll', with a slot. */
struct prg_pool_conf {
	int	threads;	/* at most */
	int	epoll;
	void	(*ready)(void *arg, void *data);
	void	*arg;
};

/* Start a pool with one worker; it starts others when they are needed. */
struct prg_pool	*prg_pool_start(const struct prg_pool_conf *,
		    struct prg_error *);

/*
 * Call every PRG_POOL_TICK ms while it returns true: workers run.  A slot is
 * lent if requests wait and none has come free since the last call.
 */
enum { PRG_POOL_TICK = 20 };

bool	prg_pool_tick(struct prg_pool *);

/* End the workers: false if some still run after 'ms'. */
bool	prg_pool_stop(struct prg_pool *, int ms);
void	prg_pool_free(struct prg_pool *);

void	prg_pool_count(struct prg_pool *, int *workers, int *idle);

#endif
