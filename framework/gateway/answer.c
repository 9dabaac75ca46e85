/*
 * answer.c - a response as FastCGI records.
 *
 * libfcgi copies a response and makes a write(2) of every 8 KB.  Here each
 * record of up to 64 KB is one sendmsg(2), the last one with the end of the
 * request.
 */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "gateway/fastcgi.h"

enum {
	RECORD = 65528,		/* content of one record, without padding */
	PIECES = 16,		/* of a record: a header, parts, the end */
	TAIL = FCGI_HEADER_LEN + PRG_RECORD_END + 1,
	PATIENCE = 4
};

/*
 * A peer may take a few times io_timeout to send the body, and as long to read
 * the response, but only io_timeout until it goes on reading.  Caddy passes on
 * nothing of a slow client's body before it has 64 KB.  If seven eighths of the
 * workers wait, no other one does: slow peers, however many, cannot keep others
 * from being answered.
 */
bool
prg_fcgi_wait(struct prg_fcgi_conn *c, short event)
{
	struct pollfd f = { .fd = c->fd, .events = event };
	const int timeout = c->server->conf.io_timeout * 1000;
	int64_t now = prg_clock_ms();
	int n;

	if (c->wait_until == 0)
		c->wait_until = now + PATIENCE * timeout;
	if (now >= c->wait_until || !prg_pool_enter_commit())
		return false;
	prg_pool_block();
	n = poll(&f, 1, event == POLLIN ? (int)(c->wait_until - now) : timeout);
	prg_pool_unblock();
	prg_pool_leave_commit();
	return n == 1;
}

static int
send_all(struct prg_fcgi_conn *c, struct iovec *v, size_t n)
{
	struct msghdr m = { .msg_iov = v, .msg_iovlen = n };
	ssize_t put;

	while (m.msg_iovlen > 0) {
		put = sendmsg(c->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (put == -1 && errno == EAGAIN && prg_fcgi_wait(c, POLLOUT))
			continue;
		if (put == -1)
			return -1;
		for (; m.msg_iovlen > 0 && (size_t)put >= m.msg_iov->iov_len;
		    m.msg_iov++, m.msg_iovlen--)
			put -= (ssize_t)m.msg_iov->iov_len;
		if (m.msg_iovlen > 0) {
			m.msg_iov->iov_base = (char *)m.msg_iov->iov_base + put;
			m.msg_iov->iov_len -= (size_t)put;
		}
	}
	return 0;
}

/* sendmsg(2) has no const, and changes nothing. */
static struct iovec
piece(const void *p, size_t n)
{
	return (struct iovec){ (void *)(uintptr_t)p, n };
}

/* The parts of a response that are not sent yet. */
struct rest {
	const struct prg_span	*part;
	int			 n;
	size_t			 used;	/* bytes of the first */
};

/* Add pieces of at most 'max' bytes to 'v'; returns how many bytes. */
static size_t
add_content(struct rest *r, size_t max, struct iovec *v, size_t *nv)
{
	size_t sum = 0, k;

	while (r->n > 0 && sum < max && *nv < PIECES - 1) {
		k = r->part->len - r->used;
		if (k > max - sum)
			k = max - sum;
		v[(*nv)++] = piece(r->part->p + r->used, k);
		sum += k;
		r->used += k;
		if (r->used == r->part->len) {
			r->part++;
			r->n--;
			r->used = 0;
		}
	}
	return sum;
}

/* The end of STDOUT, END_REQUEST, and the odd byte. */
static struct iovec
end(const struct prg_fcgi_conn *c, unsigned char p[TAIL])
{
	const struct prg_record r = { .type = FCGI_STDOUT, .id = c->id };

	prg_record_write(p, &r);
	prg_record_end(p + FCGI_HEADER_LEN, c->id, FCGI_REQUEST_COMPLETE);
	p[TAIL - 1] = 0;
	return piece(p, c->last ? TAIL : TAIL - 1);
}

int
prg_fcgi_answer(struct prg_fcgi_conn *c, const struct prg_span *part, int n)
{
	struct prg_record r = { .type = FCGI_STDOUT, .id = c->id };
	struct rest rest = { part, n, 0 };
	unsigned char head[FCGI_HEADER_LEN], tail[TAIL];
	struct iovec v[PIECES];
	size_t nv;

	c->answered = true;
	c->last = c->req.keepConnection && atomic_load(&c->server->draining);
	c->wait_until = 0;
	do {
		nv = 1;
		v[0] = piece(head, sizeof(head));
		r.content = add_content(&rest, RECORD, v, &nv);
		prg_record_write(head, &r);
		if (rest.n == 0)
			v[nv++] = end(c, tail);
		/* An empty record would be the end. */
		c->failed = r.content > 0 ? send_all(c, v, nv) == -1 :
		    send_all(c, v + 1, nv - 1) == -1;
	} while (rest.n > 0 && !c->failed);
	return c->failed ? -1 : 0;
}
