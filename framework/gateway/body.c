/*
 * body.c - the body of a request: its STDIN records.
 */
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "gateway/body.h"
#include "gateway/record.h"

/*
 * SO_RCVTIMEO bounds the wait for one byte, the deadline that for all of them,
 * so that a dribbling peer can't hold a worker.
 */
static size_t
receive(struct prg_body *b, void *p, size_t n)
{
	int64_t now = prg_clock_ms();
	ssize_t got;

	if (b->deadline == 0)
		b->deadline = now + b->timeout;
	if (b->whole || now >= b->deadline)
		return 0;
	got = recv(b->fd, p, n, 0);
	return got > 0 ? (size_t)got : 0;
}

/* Up to 'n' bytes, first of what we have; 0 if there are no more. */
static size_t
take(struct prg_body *b, void *p, size_t n)
{
	if (b->have_len == 0)
		return receive(b, p, n);
	if (n > b->have_len)
		n = b->have_len;
	memcpy(p, b->have, n);
	b->have += n;
	b->have_len -= n;
	return n;
}

static bool
take_all(struct prg_body *b, unsigned char *p, size_t n)
{
	size_t k;

	for (; n > 0; p += k, n -= k)
		if ((k = take(b, p, n)) == 0)
			return false;
	return true;
}

static bool
skip(struct prg_body *b, size_t n)
{
	unsigned char scratch[512];
	size_t k;

	for (; n > 0; n -= k)
		if ((k = take(b, scratch,
		    n < sizeof(scratch) ? n : sizeof(scratch))) == 0)
			return false;
	return true;
}

/* A second request on the connection: we take one at a time. */
static bool
refuse_another(const struct prg_body *b, unsigned id)
{
	unsigned char end[PRG_RECORD_END];

	prg_record_end(end, id, FCGI_CANT_MPX_CONN);
	return send(b->fd, end, sizeof(end), MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    sizeof(end);
}

/* Records of a request that was refused, or ended long ago, mean nothing. */
static bool
skip_foreign(struct prg_body *b, const struct prg_record *r)
{
	if (r->type == FCGI_BEGIN_REQUEST && !refuse_another(b, r->id))
		return false;
	return skip(b, r->content + r->padding);
}

/* Whether a record breaks the body off. */
static bool
breaks(const struct prg_body *b, const struct prg_record *r)
{
	return r->version != FCGI_VERSION_1 || r->id == FCGI_NULL_REQUEST_ID ||
	    (r->id == b->id && r->type != FCGI_STDIN);
}

/* Read the next header of ours; false if the body broke off. */
static bool
next_record(struct prg_body *b)
{
	unsigned char p[FCGI_HEADER_LEN];
	struct prg_record r;

	if (!skip(b, b->padding))
		return false;
	b->padding = 0;
	if (!take_all(b, p, sizeof(p)))
		return false;
	r = prg_record_read(p);
	if (breaks(b, &r))
		return false;
	if (r.id != b->id)
		return skip_foreign(b, &r);
	b->content = r.content;
	b->padding = r.padding;
	if (r.content == 0)
		b->end = skip(b, r.padding);
	return r.content > 0 || b->end;
}

long
prg_body_read(struct prg_body *b, char *p, size_t n)
{
	size_t got;

	while (!b->end && !b->broken && b->content == 0)
		b->broken = !next_record(b);
	if (b->broken)
		return -1;
	if (b->end || n == 0)
		return 0;
	if ((got = take(b, p, n < b->content ? n : b->content)) == 0) {
		b->broken = true;
		return -1;
	}
	b->content -= got;
	return (long)got;
}

void
prg_body_look(struct prg_body *b)
{
	b->seen = b->content + b->padding;
}

bool
prg_body_arrived(struct prg_body *b)
{
	struct prg_record r;
	size_t size;

	while (b->have_len >= FCGI_HEADER_LEN &&
	    b->seen <= b->have_len - FCGI_HEADER_LEN) {
		r = prg_record_read(b->have + b->seen);
		size = FCGI_HEADER_LEN + r.content + r.padding;
		if (breaks(b, &r))
			return true;
		if (r.id == b->id && r.content == 0)
			return size <= b->have_len - b->seen;
		b->seen += size;
	}
	return false;
}

void
prg_body_drain(struct prg_body *b, size_t max)
{
	char scratch[4096];
	size_t sum = 0;
	long n;

	while (sum <= max && (n = prg_body_read(b, scratch,
	    sizeof(scratch))) > 0)
		sum += (size_t)n;
}
