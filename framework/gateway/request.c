/*
 * request.c - one request, from its first byte to its end.
 *
 * Nearly all requests come whole: then libfcgi reads them from the socket,
 * after a look at them there.  Bytes of any other one are taken from the socket
 * before it is parked, so that it is readable only when there are new ones:
 * SO_RCVLOWAT does not do that for unix sockets.  A slow peer therefore holds
 * no worker before its head is complete.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "gateway/fastcgi.h"

enum {
	PEEK = 8192,		/* what libfcgi reads at once */
	TURN = 100,		/* records to answer in one go */
	UNREAD = 64 << 10,	/* bytes of a body that may be discarded */
	LINGER = 2000		/* ms for a peer to read what it was sent */
};

/* -- the service's view --------------------------------------------------- */

static long
conn_read(struct prg_conn *conn, char *p, size_t n)
{
	FCGX_Stream *in = ((struct prg_fcgi_conn *)conn)->req.in;
	int most = n < UNREAD ? (int)n : UNREAD;
	int got = FCGX_GetStr(p, most, in);

	return got == 0 && n > 0 && FCGX_GetError(in) != 0 ? -1 : got;
}

static int
conn_answer(struct prg_conn *conn, const struct prg_span *part, int n)
{
	return prg_fcgi_answer((struct prg_fcgi_conn *)conn, part, n);
}

static struct prg_gateway_stats
conn_stats(struct prg_conn *conn)
{
	return prg_fcgi_stats(((struct prg_fcgi_conn *)conn)->server);
}

static const struct prg_conn_ops conn_ops = {
	conn_read, conn_answer, conn_stats, false
};

/* -- the end of a request ------------------------------------------------- */

static void
drop_input(struct prg_fcgi_conn *c)
{
	free(c->in.p);
	c->in = (struct prg_fcgi_input){ NULL, 0, 0, 0 };
}

/* Closing now would destroy what the peer has not read yet. */
static void
linger(struct prg_fcgi_conn *c)
{
	shutdown(c->fd, SHUT_WR);
	drop_input(c);
	c->lingering = true;
	c->deadline = prg_clock_ms() + LINGER;
	prg_fcgi_park(c);
}

/*
 * An unread body must not stay in the socket: it would be taken for the records
 * of the next request, and its sender could choose that request's user and
 * address.
 */
static bool
drained(struct prg_fcgi_conn *c)
{
	char scratch[4096];
	int n, sum = 0;

	while (sum <= UNREAD && (n = FCGX_GetStr(scratch, sizeof(scratch),
	    c->req.in)) > 0)
		sum += n;
	return c->req.in->isClosed && FCGX_GetError(c->req.in) == 0;
}

static void
end(struct prg_fcgi_conn *c)
{
	bool keep = c->req.keepConnection != 0, whole;

	if (!c->answered)
		prg_fcgi_answer(c, NULL, 0);
	whole = !c->failed && drained(c);
	if (prg_codec_end(c) == -1 || c->failed || (whole && (!keep ||
	    c->last))) {
		prg_fcgi_drop(c);
		return;
	}
	if (!whole) {
		linger(c);
		return;
	}
	if (!(c->more = c->in.len > c->in.off))
		drop_input(c);
	prg_fcgi_park(c);
}

/* -- the beginning -------------------------------------------------------- */

static void
serve(struct prg_fcgi_conn *c, const struct prg_head *h)
{
	const struct prg_service *service = &c->server->service;

	c->conn.ops = &conn_ops;
	c->conn.params = c->req.envp;
	c->id = h->id;
	c->asked = c->answered = c->last = c->failed = false;
	c->deadline = c->wait_until = 0;
	c->body = (struct prg_fcgi_body){ 0, 0, false, false };
	service->serve(service->arg, &c->conn);
	end(c);
}

static void
refuse(struct prg_fcgi_conn *c, const char *why)
{
	prg_fcgi_complain(c->server, PRG_FCGI_REFUSED, why);
	prg_fcgi_drop(c);
}

/* Take 'n' bytes at offset 'at' of what has come out of it. */
static void
take_out(struct prg_fcgi_input *in, size_t at, size_t n)
{
	unsigned char *p = in->p + in->off + at;

	memmove(p, p + n, in->len - in->off - at - n);
	in->len -= n;
}

static bool
reply(const struct prg_fcgi_conn *c, const struct prg_head *h)
{
	unsigned char out[PRG_HEAD_REPLY];
	size_t n = prg_head_answer(h, c->in.p + c->in.off,
	    c->server->conf.max_connections, out);

	return n == 0 || send(c->fd, out, n, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    (ssize_t)n;
}

/*
 * Check what has come.  A record that is not the request's, before it or amid
 * its head, is answered and removed.
 */
static struct prg_head
check(struct prg_fcgi_conn *c)
{
	struct prg_fcgi_input *in = &c->in;
	struct prg_head h;

	for (int left = TURN;; left--) {
		h = prg_head_check(in->p + in->off, in->len - in->off,
		    PRG_FCGI_PARAMS);
		if (h.verdict == PRG_HEAD_ANSWER ? left == 0 :
		    h.verdict != PRG_HEAD_END)
			return h;
		if (!reply(c, &h))
			h.verdict = PRG_HEAD_END;
		if (h.verdict == PRG_HEAD_END)
			return h;
		if (h.at > 0)
			take_out(in, h.at, h.head - h.at);
		else {
			in->off += h.head;
			c->deadline = 0;
		}
	}
}

/* No thread waits for the rest, and it has io_timeout to come. */
static void
wait_for_more(struct prg_fcgi_conn *c)
{
	struct prg_fcgi_input *in = &c->in;

	if (in->len - in->off == PRG_FCGI_INPUT) {
		refuse(c, "its head is too long");
		return;
	}
	if (in->off == in->len)
		drop_input(c);
	if (c->deadline == 0 && in->len > 0)
		c->deadline = prg_clock_ms() +
		    c->server->conf.io_timeout * 1000;
	prg_fcgi_park(c);
}

static void
serve_taken(struct prg_fcgi_conn *c, const struct prg_head *h)
{
	unsigned char *p = c->in.p + c->in.off;

	c->in.off += h->head;
	if (prg_codec_read_bytes(c, h, p) == 0)
		serve(c, h);
	else
		refuse(c, "libfcgi cannot read it");
}

/* Take what has come out of the socket, behind what was taken before. */
static void
receive_taken(struct prg_fcgi_conn *c)
{
	ssize_t n = prg_fcgi_fill(c);
	struct prg_head h;

	if (n == 0 || (n == -1 && errno != EAGAIN && errno != ENOBUFS)) {
		prg_fcgi_drop(c);
		return;
	}
	h = check(c);
	switch (h.verdict) {
	case PRG_HEAD_ANSWER:
		c->more = true;
		prg_fcgi_park(c);
		return;
	case PRG_HEAD_MORE:
		wait_for_more(c);
		return;
	case PRG_HEAD_PASS:
		serve_taken(c, &h);
		return;
	case PRG_HEAD_END:
		prg_fcgi_drop(c);
		return;
	case PRG_HEAD_REFUSE:
		break;
	}
	refuse(c, "it is not a FastCGI request");
}

static void
receive_new(struct prg_fcgi_conn *c)
{
	unsigned char p[PEEK];
	ssize_t n = recv(c->fd, p, sizeof(p), MSG_PEEK | MSG_DONTWAIT);
	struct prg_head h;

	if (n <= 0) {
		if (n == -1 && errno == EAGAIN)
			prg_fcgi_park(c);
		else
			prg_fcgi_drop(c);
		return;
	}
	h = prg_head_check(p, (size_t)n, PRG_FCGI_PARAMS);
	if (h.verdict != PRG_HEAD_PASS || !h.plain) {
		receive_taken(c);
		return;
	}
	if (prg_codec_read_socket(c) == 0) {
		serve(c, &h);
		return;
	}
	c->fd = -1;
	refuse(c, "libfcgi cannot read it");
}

static void
throw_away(struct prg_fcgi_conn *c)
{
	char p[PEEK];
	ssize_t n = recv(c->fd, p, sizeof(p), MSG_DONTWAIT);

	if (n > 0 || (n == -1 && errno == EAGAIN))
		prg_fcgi_park(c);
	else
		prg_fcgi_drop(c);
}

void
prg_fcgi_receive(struct prg_fcgi_conn *c)
{
	c->more = false;
	if (c->deadline != 0 && prg_clock_ms() >= c->deadline)
		prg_fcgi_drop(c);
	else if (c->lingering)
		throw_away(c);
	else if (c->in.len > c->in.off)
		receive_taken(c);
	else
		receive_new(c);
}
