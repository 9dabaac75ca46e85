/*
 * gather.c - a body that is slow to come.
 *
 * No worker waits for it.  What has come is kept and the connection parked,
 * until all is here, or nothing more will come, or it is more than we care to
 * keep.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "gateway/fastcgi.h"

enum {
	GATHER = 17 << 16,	/* bytes kept, records and all: 1 MB and more */
	FIRST = 4 << 10		/* room for them, at first */
};

/* The service goes on, or the end does. */
static enum prg_fcgi_fate
gathered(struct prg_fcgi_conn *c)
{
	c->gathering = false;
	c->deadline = 0;
	if (!c->ended && !c->body.whole && !prg_fcgi_may_stream(c))
		return PRG_FCGI_AWAY;
	return prg_fcgi_resume(c);
}

/* Nothing more will come that is of use. */
static enum prg_fcgi_fate
all_there(struct prg_fcgi_conn *c)
{
	c->body.whole = true;
	return gathered(c);
}

static bool
grow(struct prg_fcgi_conn *c)
{
	size_t size = 2 * c->kept_size;
	unsigned char *p;

	if (size < FIRST)
		size = FIRST;
	if (size > c->kept_max)
		size = c->kept_max;
	if ((p = realloc(c->kept, size)) == NULL)
		return false;
	c->kept = p;
	c->kept_size = size;
	c->body.have = p;
	return true;
}

/*
 * Take what has come: how much of the 'room' for it, 0 if it is nothing, -1 if
 * nothing will.  What is behind the body's end must fit into a worker's buffer,
 * so no more than half of one is taken at a time.
 */
static ssize_t
take(struct prg_fcgi_conn *c, size_t *room)
{
	const size_t most = c->server->head_max / 2;
	ssize_t n;

	if (c->kept_len == c->kept_size && !grow(c))
		return -1;
	*room = c->kept_size - c->kept_len;
	if (*room > most)
		*room = most;
	n = recv(c->fd, c->kept + c->kept_len, *room, MSG_DONTWAIT);
	if (n <= 0)
		return n == -1 && errno == EAGAIN ? 0 : -1;
	c->kept_len += (size_t)n;
	c->body.have_len = c->kept_len;
	return n;
}

static enum prg_fcgi_fate
wait_for_more(struct prg_fcgi_conn *c)
{
	int64_t next = prg_clock_ms() + c->server->conf.io_timeout * 1000;

	c->deadline = next < c->until ? next : c->until;
	return PRG_FCGI_PARK;
}

enum prg_fcgi_fate
prg_fcgi_gather_on(struct prg_fcgi_conn *c)
{
	size_t room;
	ssize_t n;

	if (c->deadline != 0 && prg_clock_ms() >= c->deadline)
		return all_there(c);
	do {
		if (c->kept_len >= c->kept_max)
			return c->ended ? all_there(c) : gathered(c);
		n = take(c, &room);
		if (n == -1 || (n > 0 && prg_body_arrived(&c->body)))
			return all_there(c);
	} while (n == (ssize_t)room);
	return wait_for_more(c);
}

/* For what is thrown away there is less patience. */
enum prg_fcgi_fate
prg_fcgi_gather(struct prg_fcgi_conn *c)
{
	struct prg_body *b = &c->body;

	prg_body_look(b);
	if (b->whole || b->end || b->broken || prg_body_arrived(b))
		return all_there(c);
	if (prg_fcgi_keep(c, b->have, b->have_len) == PRG_FCGI_DROP) {
		b->have_len = 0;
		return all_there(c);
	}
	b->have = c->kept;
	c->kept_size = c->kept_len;
	c->kept_max = c->ended ? PRG_FCGI_DRAIN : GATHER;
	c->until = prg_clock_ms() +
	    (c->ended ? c->server->conf.io_timeout * 1000 : b->timeout);
	c->gathering = true;
	return prg_fcgi_gather_on(c);
}

void
prg_fcgi_gather_no_more(struct prg_fcgi_conn *c)
{
	c->gathering = false;
	c->deadline = 0;
	c->body.whole = true;
	prg_fcgi_make_ready(c);
}
