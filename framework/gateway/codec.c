/*
 * codec.c - libfcgi as a codec: it never comes near accept(), a wait or a
 * close().
 *
 * This takes members of FCGX_Request that its header asks us not to use, and
 * the first members of its stream's private data.  prg_codec_check() tests
 * before anything is served that they still mean what they did.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "gateway/fastcgi.h"

/* As FCGX_Stream_Data of libfcgi 2.4.0 to 2.4.7 begins. */
struct stream_data {
	unsigned char	*buff;
	int		 bufflen;
	unsigned char	*mbuff;
	unsigned char	*buff_stop;	/* the end of what was read */
};

/*
 * FCGX_Accept_r() reads from 'ipcFd' if there is one and the last request kept
 * it.  On a fault it closes that and tries to accept; without a listening
 * socket it returns.
 */
static int
read_from(FCGX_Request *req, int fd)
{
	FCGX_InitRequest(req, -1, FCGI_FAIL_ACCEPT_ON_INTR);
	req->ipcFd = fd;
	req->keepConnection = 1;
	req->detached = 1;
	return FCGX_Accept_r(req) == 0 ? 0 : -1;
}

int
prg_codec_read_socket(struct prg_fcgi_conn *c)
{
	c->direct = true;
	return read_from(&c->req, c->fd);
}

/*
 * The head goes through a file in memory, without the padding at which libfcgi
 * loses its place.
 */
int
prg_codec_read_bytes(struct prg_fcgi_conn *c, const struct prg_head *h,
    unsigned char *p)
{
	struct iovec v[] = {
		{ p, 2 * FCGI_HEADER_LEN },
		{ p + h->params, h->end - h->params },
		{ p + h->end, FCGI_HEADER_LEN }
	};
	ssize_t n = (ssize_t)(v[0].iov_len + v[1].iov_len + v[2].iov_len);
	int fd = memfd_create("head", MFD_CLOEXEC);

	c->direct = false;
	c->req.ipcFd = fd;
	if (fd == -1)
		return -1;
	p[6] = p[h->end + 6] = 0;
	if (pwritev(fd, v, 3, 0) != n || read_from(&c->req, fd) == -1) {
		if (c->req.ipcFd != -1)
			close(fd);
		return -1;
	}
	close(fd);
	c->data = c->req.in->data;
	c->req.in->data = c;
	c->req.in->fillBuffProc = prg_fcgi_body_fill;
	c->req.in->rdNext = c->req.in->stop;
	return 0;
}

/* The bytes that libfcgi has read and not used. */
static struct prg_span
left_over(const FCGX_Stream *in)
{
	const struct stream_data *d = in->data;

	return (struct prg_span){ (const char *)in->rdNext,
	    (size_t)(d->buff_stop - in->rdNext) };
}

int
prg_codec_end(struct prg_fcgi_conn *c)
{
	struct prg_span left = { NULL, 0 };
	int rc = 0;

	if (c->direct)
		left = left_over(c->req.in);
	else
		c->req.in->data = c->data;
	if (left.len > 0) {
		c->in = (struct prg_fcgi_input){ .p = malloc(left.len),
		    .len = left.len, .size = left.len };
		if (c->in.p != NULL)
			memcpy(c->in.p, left.p, left.len);
		else
			rc = -1;
	}
	FCGX_Free(&c->req, 0);
	return rc;
}

/* -- the test ------------------------------------------------------------- */

/* BEGIN_REQUEST with KEEP_CONN, the param A=b, the body "xy"; one byte more. */
static const unsigned char request[] = {
	1, 1, 0, 1, 0, 8, 0, 0,		0, 1, 1, 0, 0, 0, 0, 0,
	1, 4, 0, 1, 0, 4, 0, 0,		1, 1, 'A', 'b',
	1, 4, 0, 1, 0, 0, 0, 0,
	1, 5, 0, 1, 0, 2, 0, 0,		'x', 'y',
	1, 5, 0, 1, 0, 0, 0, 0,
	'+'
};

static bool
understood(FCGX_Request *r, int fd)
{
	char body[8];

	return r->ipcFd == fd && r->keepConnection != 0 &&
	    r->requestId == 1 && r->in != NULL &&
	    FCGX_GetParam("A", r->envp) != NULL &&
	    strcmp(FCGX_GetParam("A", r->envp), "b") == 0 &&
	    FCGX_GetStr(body, sizeof(body), r->in) == 2 &&
	    memcmp(body, "xy", 2) == 0 && FCGX_GetError(r->in) == 0 &&
	    left_over(r->in).len == 1 && *left_over(r->in).p == '+';
}

static bool
works(const int fd[2])
{
	FCGX_Request r;
	bool ok;

	if (write(fd[1], request, sizeof(request)) != sizeof(request) ||
	    read_from(&r, fd[0]) == -1)
		return false;
	ok = understood(&r, fd[0]);
	FCGX_Free(&r, 0);
	return ok && r.in == NULL && r.ipcFd == fd[0];
}

int
prg_codec_check(struct prg_error *err)
{
	int fd[2];
	bool ok;

	if (FCGX_Init() != 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == -1)
		return prg_error_set(err, "cannot start libfcgi");
	ok = works(fd);
	close(fd[0]);
	close(fd[1]);
	return ok ? 0 : prg_error_set(err, "this version of libfcgi is not "
	    "supported; use 2.4.2 to 2.4.7");
}
