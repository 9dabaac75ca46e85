/*
 * body.c - a body, read from STDIN records as they come.
 *
 * A body that has come whole with its head is left to libfcgi.  Any other one
 * it reads through prg_fcgi_body_fill(): it would act on GET_VALUES and the
 * like amid it, and read on into the next request.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/fastcgi.h"

enum { ROOM = 8 << 10 };

ssize_t
prg_fcgi_fill(struct prg_fcgi_conn *c)
{
	struct prg_fcgi_input *in = &c->in;
	size_t size = in->size > 0 ? 2 * in->size : ROOM;
	unsigned char *p;
	ssize_t n;

	if (in->off > 0)
		memmove(in->p, in->p + in->off, in->len - in->off);
	in->len -= in->off;
	in->off = 0;
	if (in->len == in->size) {
		if (size > PRG_FCGI_INPUT)
			size = PRG_FCGI_INPUT;
		if (size == in->size || (p = realloc(in->p, size)) == NULL) {
			errno = ENOBUFS;
			return -1;
		}
		in->p = p;
		in->size = size;
	}
	n = recv(c->fd, in->p + in->len, in->size - in->len, MSG_DONTWAIT);
	if (n > 0)
		in->len += (size_t)n;
	return n;
}

static bool
more(struct prg_fcgi_conn *c)
{
	ssize_t n;

	do
		n = prg_fcgi_fill(c);
	while (n == -1 && errno == EAGAIN && prg_fcgi_wait(c, POLLIN));
	return n > 0;
}

/* Up to 'n' bytes where they lie; 0 if there are no more. */
static size_t
take(struct prg_fcgi_conn *c, size_t n, unsigned char **p)
{
	struct prg_fcgi_input *in = &c->in;

	if (in->off == in->len && !more(c))
		return 0;
	if (n > in->len - in->off)
		n = in->len - in->off;
	*p = in->p + in->off;
	in->off += n;
	return n;
}

/* Copy 'n' bytes to 'out', or skip them if it is NULL. */
static bool
take_all(struct prg_fcgi_conn *c, unsigned char *out, size_t n)
{
	unsigned char *p;
	size_t k;

	for (; n > 0; n -= k) {
		if ((k = take(c, n, &p)) == 0)
			return false;
		if (out != NULL) {
			memcpy(out, p, k);
			out += k;
		}
	}
	return true;
}

/* Records of other requests are skipped; a second request is refused. */
static bool
skip_other(struct prg_fcgi_conn *c, const struct prg_record *r)
{
	unsigned char end[PRG_RECORD_END];

	if (r->type == FCGI_BEGIN_REQUEST) {
		prg_record_end(end, r->id, FCGI_CANT_MPX_CONN);
		if (send(c->fd, end, sizeof(end), MSG_NOSIGNAL |
		    MSG_DONTWAIT) != sizeof(end))
			return false;
	}
	return take_all(c, NULL, r->content + r->padding);
}

/* Read the next header of the body; false if it is broken off. */
static bool
next_record(struct prg_fcgi_conn *c)
{
	unsigned char p[FCGI_HEADER_LEN];
	struct prg_fcgi_body *b = &c->body;
	struct prg_record r;

	if (!take_all(c, NULL, b->padding))
		return false;
	b->padding = 0;
	if (!take_all(c, p, sizeof(p)))
		return false;
	r = prg_record_read(p);
	if (r.version != FCGI_VERSION_1 || r.id == FCGI_NULL_REQUEST_ID ||
	    (r.id == c->id && r.type != FCGI_STDIN))
		return false;
	if (r.id != c->id)
		return skip_other(c, &r);
	b->content = r.content;
	b->padding = r.padding;
	if (r.content == 0)
		b->end = take_all(c, NULL, r.padding);
	return r.content > 0 || b->end;
}

void
prg_fcgi_body_fill(FCGX_Stream *s)
{
	struct prg_fcgi_conn *c = s->data;
	struct prg_fcgi_body *b = &c->body;
	unsigned char *p = s->stop;
	size_t n = 0;

	while (!b->end && !b->broken && b->content == 0)
		b->broken = !next_record(c);
	if (b->content > 0 && (n = take(c, b->content, &p)) == 0)
		b->broken = true;
	b->content -= n;
	s->rdNext = p;
	s->wrNext = s->stop = p + n;
	s->isClosed = n == 0;
	if (b->broken)
		s->FCGI_errno = FCGX_PROTOCOL_ERROR;
}
