/*
 * receive.c - from bytes on a connection to a request that can be served.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "gateway/fastcgi.h"

enum { TURN = 100 };		/* records to answer at a time */

/* By libfcgi, which closes the feed if it would not. */
static int
decode(struct prg_fcgi_worker *w, struct prg_codec *c,
    const struct prg_guard *g)
{
	struct prg_error err;

	if (w->feed.wr == -1 &&
	    prg_feed_open(&w->feed, w->server->head_max, &err) == -1)
		return -1;
	if (prg_codec_begin(c, &w->feed, g, w->buf) == 0)
		return 0;
	w->feed.rd = -1;
	prg_feed_close(&w->feed);
	return -1;
}

/* The head has passed: decode it, and serve with the rest as its body. */
static enum prg_fcgi_fate
begin(struct prg_fcgi_worker *w, struct prg_fcgi_conn *c,
    const struct prg_guard *g)
{
	c->deadline = 0;
	c->asked = false;
	c->body = (struct prg_body){
		.fd = c->fd,
		.id = g->id,
		.have = w->buf + g->head,
		.have_len = w->len - g->head,
		.whole = g->total != 0
	};
	if (decode(w, &c->codec, g) == 0) {
		prg_codec_respond(&c->codec, c->fd);
		return prg_fcgi_serve(c);
	}
	prg_fcgi_complain(c->server, PRG_FCGI_REFUSED, "libfcgi can't read it");
	return PRG_FCGI_DROP;
}

/* Take 'n' bytes out of the 'len' at 'p', and close up. */
static size_t
take_out(unsigned char *p, size_t len, size_t at, size_t n)
{
	memmove(p + at, p + at + n, len - at - n);
	return len - n;
}

static bool
answer(const struct prg_fcgi_conn *c, const struct prg_guard *g,
    const unsigned char *p)
{
	unsigned char out[PRG_GUARD_REPLY];
	size_t n = prg_guard_answer(g, p,
	    c->server->conf.max_connections, out);

	return n == 0 || send(c->fd, out, n, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    (ssize_t)n;
}

/*
 * Look at what was sent.  A record that is none of a request's, before it or
 * amid its head, is answered and taken out; after some of them it is the turn
 * of others, and there is more to look at.
 */
static struct prg_guard
look(struct prg_fcgi_worker *w, struct prg_fcgi_conn *c)
{
	struct prg_guard g;
	size_t off = 0;

	for (int left = TURN;; left--) {
		g = prg_guard_check(w->buf + off, w->len - off,
		    c->server->conf.max_params);
		if (g.verdict == PRG_GUARD_ANSWER ? left == 0 :
		    g.verdict != PRG_GUARD_END)
			break;
		if (!answer(c, &g, w->buf + off))
			g.verdict = PRG_GUARD_END;
		if (g.verdict == PRG_GUARD_END)
			break;
		if (g.at > 0) {
			w->len = take_out(w->buf, w->len, off + g.at,
			    g.head - g.at);
			continue;
		}
		off += g.head;
		c->deadline = 0;
	}
	w->len = take_out(w->buf, w->len, 0, off);
	return g;
}

/* Not all there: no thread waits for it, and it has 'io_timeout' to come. */
static enum prg_fcgi_fate
wait_for_more(struct prg_fcgi_worker *w, struct prg_fcgi_conn *c)
{
	if (w->len == c->server->head_max)
		return PRG_FCGI_DROP;
	if (c->deadline == 0 && w->len > 0)
		c->deadline = prg_clock_ms() +
		    c->server->conf.io_timeout * 1000;
	return prg_fcgi_keep(c, w->buf, w->len);
}

/*
 * Take what has come behind what was kept; false if it is not worth another
 * look. The bytes leave the socket, so that it is readable only when there are
 * new ones: SO_RCVLOWAT does not do that for unix sockets, and a peer that
 * sends a byte at a time could fill its buffer long before a head is whole.
 */
static bool
take_bytes(struct prg_fcgi_worker *w, struct prg_fcgi_conn *c)
{
	ssize_t n;

	assert(c->kept_len < c->server->head_max);
	w->len = c->kept_len;
	if (w->len > 0)
		memcpy(w->buf, c->kept, w->len);
	free(c->kept);
	c->kept = NULL;
	c->kept_len = 0;
	n = recv(c->fd, w->buf + w->len, c->server->head_max - w->len,
	    MSG_DONTWAIT);
	if (n > 0)
		w->len += (size_t)n;
	return n > 0 || (n == -1 && errno == EAGAIN);
}

static enum prg_fcgi_fate
read_request(struct prg_fcgi_worker *w, struct prg_fcgi_conn *c)
{
	struct prg_guard g;

	c->more = false;
	if (!take_bytes(w, c))
		return PRG_FCGI_DROP;
	g = look(w, c);
	switch (g.verdict) {
	case PRG_GUARD_MORE:
		return wait_for_more(w, c);
	case PRG_GUARD_PASS:
		return begin(w, c, &g);
	case PRG_GUARD_ANSWER:
		return prg_fcgi_go_on(c, w->buf, w->len);
	case PRG_GUARD_END:
		return PRG_FCGI_DROP;
	case PRG_GUARD_REFUSE:
		break;
	}
	prg_fcgi_complain(c->server, PRG_FCGI_REFUSED, "it is no request");
	return PRG_FCGI_DROP;
}

static enum prg_fcgi_fate
throw_away(struct prg_fcgi_worker *w, struct prg_fcgi_conn *c)
{
	ssize_t n = recv(c->fd, w->buf, c->server->head_max, MSG_DONTWAIT);

	return n > 0 || (n == -1 && errno == EAGAIN) ?
	    PRG_FCGI_PARK : PRG_FCGI_DROP;
}

enum prg_fcgi_fate
prg_fcgi_receive(struct prg_fcgi_worker *w, struct prg_fcgi_conn *c)
{
	if (c->gathering)
		return prg_fcgi_gather_on(c);
	if (c->deadline != 0 && prg_clock_ms() >= c->deadline)
		return PRG_FCGI_DROP;
	return c->lingering ? throw_away(w, c) : read_request(w, c);
}
