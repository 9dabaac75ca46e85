/*
 * serve.c - a request from its decoded head to its end.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "gateway/fastcgi.h"

enum {
	LINGER = 2000,		/* ms for a peer to read what it was sent */
	DRIBBLE = 4		/* io_timeouts for one request in all */
};

/* -- the service's view -------------------------------------------------- */

static long
conn_read(struct prg_conn *conn, char *p, size_t n)
{
	return prg_body_read(&((struct prg_fcgi_conn *)conn)->body, p, n);
}

static int
conn_answer(struct prg_conn *conn, const struct prg_span *part, int n)
{
	struct prg_codec *codec = &((struct prg_fcgi_conn *)conn)->codec;
	int rc = 0;

	for (int i = 0; i < n && rc == 0; i++)
		rc = prg_codec_write(codec, part[i].p, part[i].len);
	return rc;
}

/* Of a worker that lets it be held and of who resumes it, the second has it. */
static void
meet(struct prg_fcgi_conn *c)
{
	if (atomic_fetch_add(&c->met, 1) == 1)
		prg_fcgi_make_ready(c);
}

static struct prg_gateway_stats
conn_stats(struct prg_conn *conn)
{
	return prg_fcgi_stats(((struct prg_fcgi_conn *)conn)->server);
}

static const struct prg_conn_ops conn_ops = {
	conn_read, conn_answer, conn_stats
};

/* -- the end of a request ------------------------------------------------ */

enum prg_fcgi_fate
prg_fcgi_keep(struct prg_fcgi_conn *c, const unsigned char *p, size_t n)
{
	unsigned char *kept = NULL;

	if (n > 0 && (kept = malloc(n)) == NULL)
		return PRG_FCGI_DROP;
	if (n > 0)
		memcpy(kept, p, n);
	free(c->kept);
	c->kept = kept;
	c->kept_len = n;
	return PRG_FCGI_PARK;
}

enum prg_fcgi_fate
prg_fcgi_go_on(struct prg_fcgi_conn *c, const unsigned char *p, size_t n)
{
	c->more = n > 0;
	return prg_fcgi_keep(c, p, n);
}

/* Closing now would destroy what the peer has not read yet. */
static enum prg_fcgi_fate
linger(struct prg_fcgi_conn *c)
{
	shutdown(c->fd, SHUT_WR);
	c->lingering = true;
	c->deadline = prg_clock_ms() + LINGER;
	return prg_fcgi_keep(c, NULL, 0);
}

/*
 * A body that nobody read must not stay in the socket, where it would be taken
 * for the records of the next request, whose user and address its sender could
 * choose.
 */
static bool
drained(struct prg_body *b)
{
	if (!b->end && !b->broken)
		prg_body_drain(b, PRG_FCGI_DRAIN);
	return b->end;
}

static bool
must_gather(const struct prg_fcgi_conn *c)
{
	const struct prg_body *b = &c->body;

	return !c->codec.failed && !b->end && !b->broken && !b->whole;
}

enum prg_fcgi_fate
prg_fcgi_end(struct prg_fcgi_conn *c)
{
	bool kept = c->codec.req.keepConnection != 0;
	bool whole, last;

	c->ended = true;
	if (must_gather(c)) {
		prg_codec_flush(&c->codec);
		return prg_fcgi_gather(c);
	}
	whole = !c->codec.failed && drained(&c->body);
	last = kept && whole && atomic_load(&c->server->draining);
	if (prg_codec_end(&c->codec, last) == -1 || last)
		return PRG_FCGI_DROP;
	if (!whole)
		return linger(c);
	if (!kept)
		return PRG_FCGI_DROP;
	return prg_fcgi_go_on(c, c->body.have, c->body.have_len);
}

/* -- a request ----------------------------------------------------------- */

/* What the worker's buffer holds of it goes with the worker. */
static void
hold(struct prg_fcgi_conn *c)
{
	struct prg_body *b = &c->body;

	if (prg_fcgi_keep(c, b->have, b->have_len) == PRG_FCGI_DROP) {
		b->broken = true;
		b->have_len = 0;
	} else
		b->have = c->kept;
	meet(c);
}

static enum prg_fcgi_fate
go_on(struct prg_fcgi_conn *c, enum prg_verdict v)
{
	if (c->streaming)
		prg_fcgi_streamed(c);
	switch (v) {
	case PRG_CONN_DONE:
		return prg_fcgi_end(c);
	case PRG_CONN_WAIT:
		return prg_fcgi_gather(c);
	case PRG_CONN_HELD:
		break;
	}
	hold(c);
	return PRG_FCGI_AWAY;
}

enum prg_fcgi_fate
prg_fcgi_serve(struct prg_fcgi_conn *c)
{
	const struct prg_service *service = &c->server->service;

	c->conn.ops = &conn_ops;
	c->conn.params = c->codec.req.envp;
	c->ended = false;
	c->codec.timeout = DRIBBLE * c->server->conf.io_timeout * 1000;
	c->body.timeout = c->codec.timeout;
	atomic_store(&c->met, 0);
	service->serve(service->arg, &c->conn);
	return go_on(c, PRG_CONN_DONE);
}

enum prg_fcgi_fate
prg_fcgi_resume(struct prg_fcgi_conn *c)
{
	return prg_fcgi_end(c);
}
