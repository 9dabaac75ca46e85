/*
 * codec_check.c - does libfcgi still do what codec.c believes it does?
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/codec.h"

/* BEGIN_REQUEST with KEEP_CONN, the param A=b, their end, no body. */
static const unsigned char request[] = {
	1, 1, 0, 1, 0, 8, 0, 0,		0, 1, 1, 0, 0, 0, 0, 0,
	1, 4, 0, 1, 0, 4, 0, 0,		1, 1, 'A', 'b',
	1, 4, 0, 1, 0, 0, 0, 0,
	1, 5, 0, 1, 0, 0, 0, 0
};

/* One byte in a padded record, the end of STDOUT, END_REQUEST. */
static const unsigned char response[] = {
	1, 6, 0, 1, 0, 1, 7, 0,		'x', 0, 0, 0, 0, 0, 0, 0,
	1, 6, 0, 1, 0, 0, 0, 0,
	1, 3, 0, 1, 0, 8, 0, 0,		0, 0, 0, 0, 0, 0, 0, 0
};

static bool
understood(const struct prg_codec *c, int fd)
{
	return c->req.ipcFd == fd && c->req.keepConnection != 0 &&
	    c->req.requestId == 1 && c->req.in != NULL &&
	    FCGX_GetParam("A", c->req.envp) != NULL &&
	    strcmp(FCGX_GetParam("A", c->req.envp), "b") == 0;
}

/* Answer elsewhere than on the feed that it was read from. */
static bool
answered(struct prg_codec *c, const int out[2])
{
	unsigned char got[sizeof(response) + 1];

	prg_codec_respond(c, out[0]);
	if (prg_codec_write(c, "x", 1) == -1 || prg_codec_end(c, false) == -1)
		return false;
	return c->req.in == NULL && c->req.ipcFd == out[0] &&
	    recv(out[1], got, sizeof(got), MSG_DONTWAIT) == sizeof(response) &&
	    memcmp(got, response, sizeof(response)) == 0;
}

static bool
try(struct prg_feed *f, const int out[2])
{
	struct prg_guard g = prg_guard_check(request, sizeof(request),
	    sizeof(request));
	struct prg_codec c = { .timeout = 1000 };
	unsigned char left;

	if (prg_codec_begin(&c, f, &g, request) == -1) {
		f->rd = -1;
		return false;
	}
	return understood(&c, f->rd) && read(f->rd, &left, 1) == -1 &&
	    errno == EAGAIN && answered(&c, out);
}

int
prg_codec_check(struct prg_error *err)
{
	struct prg_feed feed;
	int out[2] = { -1, -1 };
	bool ok;

	if (prg_feed_open(&feed, sizeof(request), err) == -1)
		return -1;
	ok = FCGX_Init() == 0 &&
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out) == 0 &&
	    try(&feed, out);
	prg_feed_close(&feed);
	for (int i = 0; i < 2; i++)
		if (out[i] != -1)
			close(out[i]);
	return ok ? 0 : prg_error_set(err, "this libfcgi does not work as "
	    "that of 2.4.2 to 2.4.7 does, so it can't be used safely");
}
