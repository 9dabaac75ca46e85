/*
 * pool.h - worker threads, and the slots of those that run.
 *
 * A worker that runs holds a slot; there are twice as many slots as processors.
 * A worker that is about to wait (for a byte, a commit, a lock) gives its slot to
 * a worker that is ready to go on.  All others sleep: each costs a stack, not load.
 *
 * Every function here may be called from a thread that is no worker (CGI, tests,
 * the periodic thread): it then only waits.
 */
#ifndef PRG_POOL_H
#define PRG_POOL_H

#include <semaphore.h>
#include <stdbool.h>

/* A thread that waits to be woken.  It lies on that thread's stack. */
struct prg_waiter {
	sem_t			 woken;
	bool			 worker;	/* takes a slot before it goes on */
	struct prg_waiter	*next;
};

/* Prepare a waiter of the calling thread; then let another thread find it. */
void	prg_pool_waiter(struct prg_waiter *);

/* Give the slot up, wait until prg_pool_wake(), and return with a slot. */
void	prg_pool_sleep(struct prg_waiter *);

/*
 * Wake all waiters of a list, linked by 'next', from any thread.  As many as there
 * are free slots run at once, the others as slots come free.
 */
void	prg_pool_wake(struct prg_waiter *list);

/* Give the slot up before a call that may block; take one again after it. */
void	prg_pool_block(void);
void	prg_pool_unblock(void);

/*
 * Ask before waiting for a commit.  False if an eighth of the workers at most
 * would be left for everything else: the answer is 503.  If true, call
 * prg_pool_leave_commit() after the commit.
 */
bool	prg_pool_enter_commit(void);
void	prg_pool_leave_commit(void);

#endif
