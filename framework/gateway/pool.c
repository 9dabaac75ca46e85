/*
 * pool.c - worker threads, and the slots of those that run.
 */
#include <errno.h>
#include <stddef.h>

#include "gateway/pool.h"

void
prg_pool_waiter(struct prg_waiter *w)
{
	sem_init(&w->woken, 0, 0);
	w->worker = false;
	w->next = NULL;
}

void
prg_pool_sleep(struct prg_waiter *w)
{
	while (sem_wait(&w->woken) == -1 && errno == EINTR)
		;
	sem_destroy(&w->woken);
}

void
prg_pool_wake(struct prg_waiter *list)
{
	struct prg_waiter *next;

	for (; list != NULL; list = next) {
		next = list->next;
		sem_post(&list->woken);
	}
}

void
prg_pool_block(void)
{
}

void
prg_pool_unblock(void)
{
}

bool
prg_pool_enter_commit(void)
{
	return true;
}

void
prg_pool_leave_commit(void)
{
}
