/*
 * codec.c - libfcgi as a codec.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "gateway/codec.h"

enum {
	SMALL = 8184,		/* what libfcgi sends in one record */
	RECORD = 65528		/* the most in one of ours, without padding */
};

int
prg_feed_open(struct prg_feed *f, size_t size, struct prg_error *err)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC | O_NONBLOCK) == -1)
		return prg_error_set(err, "pipe: %s", strerror(errno));
	*f = (struct prg_feed){ fd[0], fd[1] };
	if (size <= INT32_MAX && fcntl(f->wr, F_SETPIPE_SZ, (int)size) != -1)
		return 0;
	prg_feed_close(f);
	return prg_error_set(err, "requests with heads of %zu bytes are more "
	    "than the system lets a pipe hold (fs.pipe-max-size), or all pipes "
	    "of a user (fs.pipe-user-pages-soft)", size);
}

void
prg_feed_close(struct prg_feed *f)
{
	if (f->rd != -1)
		close(f->rd);
	if (f->wr != -1)
		close(f->wr);
	*f = (struct prg_feed){ -1, -1 };
}

/* writev(2) has no const, yet leaves its bytes alone. */
static struct iovec
piece(const void *p, size_t n)
{
	return (struct iovec){ (void *)(uintptr_t)p, n };
}

/*
 * FCGX_Accept_r() reads from 'ipcFd' where there is one and the request before
 * let it be kept.  On a fault it closes it and tries to accept; with no socket
 * for that it returns.
 */
static int
decode(struct prg_codec *c, int fd)
{
	c->failed = false;
	c->deadline = 0;
	FCGX_InitRequest(&c->req, -1, FCGI_FAIL_ACCEPT_ON_INTR);
	c->req.ipcFd = fd;
	c->req.keepConnection = 1;
	c->req.detached = 1;
	return FCGX_Accept_r(&c->req) == 0 ? 0 : -1;
}

/* Padding after BEGIN_REQUEST libfcgi takes for a header: it is left out. */
int
prg_codec_begin(struct prg_codec *c, const struct prg_feed *f,
    const struct prg_guard *g, const unsigned char *p)
{
	struct iovec v[] = {
		piece(p, 2 * FCGI_HEADER_LEN),
		piece(p + g->params, g->end - g->params),
		piece(p + g->end, FCGI_HEADER_LEN)
	};
	size_t n = v[0].iov_len + v[1].iov_len + v[2].iov_len;

	if (writev(f->wr, v, 3) != (ssize_t)n) {
		close(f->rd);
		return -1;
	}
	return decode(c, f->rd);
}

void
prg_codec_respond(struct prg_codec *c, int fd)
{
	c->req.ipcFd = fd;
}

static int
fail(struct prg_codec *c)
{
	c->failed = true;
	return -1;
}

/* All of 'iov'; SO_SNDTIMEO bounds each wait, the deadline their sum. */
static int
send_all(struct prg_codec *c, struct iovec *iov, size_t n)
{
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = n };
	ssize_t put;

	while (m.msg_iovlen > 0) {
		if (prg_clock_ms() >= c->deadline)
			return fail(c);
		if ((put = sendmsg(c->req.ipcFd, &m, MSG_NOSIGNAL)) == -1)
			return fail(c);
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

/*
 * libfcgi makes a record, and a write(2), of every 8 KB.  Records of 64 KB past
 * it halve what a page of 100 KB costs.
 */
static int
write_records(struct prg_codec *c, const char *p, size_t n)
{
	unsigned char head[FCGI_HEADER_LEN];
	struct prg_record r = {
		.type = FCGI_STDOUT, .id = (unsigned)c->req.requestId
	};

	for (; n > 0; p += r.content, n -= r.content) {
		r.content = n < RECORD ? n : RECORD;
		prg_record_write(head, &r);
		struct iovec v[] = {
			piece(head, sizeof(head)), piece(p, r.content)
		};
		if (send_all(c, v, 2) == -1)
			return -1;
	}
	return 0;
}

void
prg_codec_flush(struct prg_codec *c)
{
	if (!c->failed && FCGX_FFlush(c->req.out) == EOF)
		c->failed = true;
}

int
prg_codec_write(struct prg_codec *c, const char *p, size_t n)
{
	if (c->failed)
		return -1;
	if (c->deadline == 0)
		c->deadline = prg_clock_ms() + c->timeout;
	if (n <= SMALL)
		return FCGX_PutStr(p, (int)n, c->req.out) == (int)n ?
		    0 : fail(c);
	prg_codec_flush(c);
	return c->failed ? -1 : write_records(c, p, n);
}

/* The last records by hand: the end of STDOUT, END_REQUEST and the odd byte. */
static void
end_last(struct prg_codec *c)
{
	const struct prg_record out = {
		.type = FCGI_STDOUT, .id = (unsigned)c->req.requestId
	};
	unsigned char p[FCGI_HEADER_LEN + PRG_RECORD_END + 1] = { 0 };

	prg_codec_flush(c);
	prg_record_write(p, &out);
	prg_record_end(p + FCGI_HEADER_LEN, out.id, FCGI_REQUEST_COMPLETE);
	if (!c->failed && send(c->req.ipcFd, p, sizeof(p),
	    MSG_NOSIGNAL) != sizeof(p))
		c->failed = true;
}

int
prg_codec_end(struct prg_codec *c, bool last)
{
	if (!c->failed && last)
		end_last(c);
	else if (!c->failed && (FCGX_FClose(c->req.err) == EOF ||
	    FCGX_FClose(c->req.out) == EOF))
		c->failed = true;
	FCGX_Free(&c->req, 0);
	return c->failed ? -1 : 0;
}
