/*
 * answer.c - a response as FastCGI records.
 *
 * libfcgi copies it and makes a write(2) of every 8 KB.  Here it is one
 * sendmsg(2), from where it lies, with the end of the request.
 */
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "gateway/fastcgi.h"

enum {
	RECORD = 65528,		/* content of one record, without padding */
	PIECES = 32,
	TAIL = FCGI_HEADER_LEN + PRG_RECORD_END + 1
};

/* Pieces that have not been sent; 'head' has the headers among them. */
struct out {
	struct prg_fcgi_conn	*c;
	int64_t			 deadline;
	struct iovec		 iov[PIECES];
	size_t			 n;
	unsigned char		 head[PIECES][FCGI_HEADER_LEN];
};

/* Try at once; wait for a slow peer without a slot. */
static ssize_t
send_some(struct out *o, struct msghdr *m)
{
	const int fd = o->c->fd;
	ssize_t put = sendmsg(fd, m, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (put != -1 || errno != EAGAIN)
		return put;
	if (o->deadline == 0)
		o->deadline = prg_clock_ms() + PRG_FCGI_PATIENCE * 1000 *
		    o->c->server->conf.io_timeout;
	if (prg_clock_ms() >= o->deadline || !prg_pool_enter_commit())
		return -1;
	prg_pool_block();
	put = sendmsg(fd, m, MSG_NOSIGNAL);
	prg_pool_unblock();
	prg_pool_leave_commit();
	return put;
}

static int
flush(struct out *o)
{
	struct msghdr m = { .msg_iov = o->iov, .msg_iovlen = o->n };
	ssize_t put;

	o->n = 0;
	while (m.msg_iovlen > 0) {
		if ((put = send_some(o, &m)) == -1)
			return -1;
		while (m.msg_iovlen > 0 &&
		    (size_t)put >= m.msg_iov->iov_len) {
			put -= (ssize_t)m.msg_iov->iov_len;
			m.msg_iov++;
			m.msg_iovlen--;
		}
		if (m.msg_iovlen > 0) {
			m.msg_iov->iov_base = (char *)m.msg_iov->iov_base + put;
			m.msg_iov->iov_len -= (size_t)put;
		}
	}
	return 0;
}

static int
add(struct out *o, const void *p, size_t n)
{
	if (o->n == PIECES && flush(o) == -1)
		return -1;
	/* sendmsg(2) has no const, and changes nothing. */
	o->iov[o->n++] = (struct iovec){ (void *)(uintptr_t)p, n };
	return 0;
}

static int
add_header(struct out *o, size_t content)
{
	const struct prg_record r = {
		.type = FCGI_STDOUT, .id = o->c->id, .content = content
	};

	if (o->n == PIECES && flush(o) == -1)
		return -1;
	prg_record_write(o->head[o->n], &r);
	return add(o, o->head[o->n], FCGI_HEADER_LEN);
}

static size_t
min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Records of STDOUT that have the content of all parts. */
static int
add_content(struct out *o, const struct prg_span *part, int n)
{
	size_t all = 0, left = 0, k;
	struct prg_span s;

	for (int i = 0; i < n; i++)
		all += part[i].len;
	for (int i = 0; i < n; i++)
		for (s = part[i]; s.len > 0; s.p += k, s.len -= k) {
			if (left == 0) {
				left = min(all, RECORD);
				all -= left;
				if (add_header(o, left) == -1)
					return -1;
			}
			k = min(s.len, left);
			left -= k;
			if (add(o, s.p, k) == -1)
				return -1;
		}
	return 0;
}

/* The end of STDOUT, END_REQUEST, and the odd byte. */
static size_t
write_tail(const struct prg_fcgi_conn *c, unsigned char p[TAIL])
{
	const struct prg_record r = { .type = FCGI_STDOUT, .id = c->id };

	prg_record_write(p, &r);
	prg_record_end(p + FCGI_HEADER_LEN, c->id, FCGI_REQUEST_COMPLETE);
	p[TAIL - 1] = 0;
	return c->last ? TAIL : TAIL - 1;
}

int
prg_fcgi_answer(struct prg_fcgi_conn *c, const struct prg_span *part, int n)
{
	struct out o = { .c = c };
	unsigned char tail[TAIL];

	c->answered = true;
	c->last = c->req.keepConnection && atomic_load(&c->server->draining);
	if (add_content(&o, part, n) == 0 &&
	    add(&o, tail, write_tail(c, tail)) == 0 && flush(&o) == 0)
		return 0;
	c->failed = true;
	return -1;
}
