/*
 * ready.c - requests that a worker is to go on with.
 *
 * A body that is too large to be gathered is read as it comes, by a worker that
 * may have to wait for it: half of them do so at most, so that others are left,
 * or the one if there is but one.
 */
#include <unistd.h>

#include "gateway/fastcgi.h"

static void
wake_one(struct prg_fcgi *s)
{
	const uint64_t one = 1;

	if (write(s->wake, &one, sizeof(one)) == -1)
		return;		/* full: then it is readable enough */
}

/*
 * Wakes under the lock: past it, the request may end, and the server with it.
 */
void
prg_fcgi_make_ready(struct prg_fcgi_conn *c)
{
	struct prg_fcgi *s = c->server;

	pthread_mutex_lock(&s->lock);
	TAILQ_INSERT_TAIL(&s->ready, c, ready);
	if (atomic_fetch_add(&s->nready, 1) == 0)
		wake_one(s);
	pthread_mutex_unlock(&s->lock);
}

struct prg_fcgi_conn *
prg_fcgi_take_ready(struct prg_fcgi *s)
{
	struct prg_fcgi_conn *c;
	bool more;

	if (atomic_load(&s->nready) == 0)
		return NULL;
	pthread_mutex_lock(&s->lock);
	if ((c = TAILQ_FIRST(&s->ready)) != NULL) {
		TAILQ_REMOVE(&s->ready, c, ready);
		atomic_fetch_sub(&s->nready, 1);
	}
	more = !TAILQ_EMPTY(&s->ready);
	pthread_mutex_unlock(&s->lock);
	if (more && atomic_load(&s->idle) > 0)
		wake_one(s);
	return c;
}

/* -- large bodies -------------------------------------------------------- */

bool
prg_fcgi_may_stream(struct prg_fcgi_conn *c)
{
	struct prg_fcgi *s = c->server;
	int most = s->conf.threads > 1 ? s->conf.threads / 2 : 1;
	bool may;

	pthread_mutex_lock(&s->lock);
	may = s->nstreaming < most;
	c->streaming = true;
	if (may)
		s->nstreaming++;
	else
		TAILQ_INSERT_TAIL(&s->large, c, ready);
	pthread_mutex_unlock(&s->lock);
	return may;
}

void
prg_fcgi_streamed(struct prg_fcgi_conn *c)
{
	struct prg_fcgi *s = c->server;
	struct prg_fcgi_conn *next;

	c->streaming = false;
	pthread_mutex_lock(&s->lock);
	if ((next = TAILQ_FIRST(&s->large)) != NULL)
		TAILQ_REMOVE(&s->large, next, ready);
	else
		s->nstreaming--;
	pthread_mutex_unlock(&s->lock);
	if (next != NULL)
		prg_fcgi_make_ready(next);
}
