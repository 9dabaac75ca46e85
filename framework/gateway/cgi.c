/*
 * cgi.c - the one request of a CGI program (RFC 3875).
 *
 * The rest of the body is read before the process ends, if the service did not
 * read it: Apache's mod_cgid has one socket for both directions, and a
 * reset of it takes the response along.  uWSGI leaves stdin open for ever.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "gateway/gateway.h"

enum { DRAIN_WAIT = 2000 };	/* ms for the next byte of an unread body */

struct cgi_conn {
	struct prg_conn		conn;
	long long		left;	/* bytes of the body; -1: up to EOF */
	bool			broken;
};

static long
cgi_read(struct prg_conn *conn, char *p, size_t n)
{
	struct cgi_conn *c = (struct cgi_conn *)conn;
	long got;

	if (c->broken)
		return -1;
	if (c->left >= 0 && n > (unsigned long long)c->left)
		n = (size_t)c->left;
	if (n == 0)
		return 0;
	got = (long)read(STDIN_FILENO, p, n);
	if (got == -1 || (got == 0 && c->left > 0)) {
		c->broken = true;
		return -1;
	}
	if (c->left >= 0)
		c->left -= got;
	return got;
}

static int
cgi_answer(struct prg_conn *conn, const struct prg_span *part, int n)
{
	(void)conn;
	for (int i = 0; i < n; i++)
		fwrite(part[i].p, 1, part[i].len, stdout);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : -1;
}

static const struct prg_conn_ops cgi_ops = {
	cgi_read, cgi_answer, NULL, true
};

/*
 * Only CONTENT_LENGTH bytes are ours, and no EOF need follow them (RFC 3875,
 * 4.2).  Without it a chunked body may follow, which Yaws and others do not
 * say; it is refused, and read for the sake of the answer.
 */
static long long
body_length(void)
{
	const char *length = getenv("CONTENT_LENGTH");
	const char *coding = getenv("HTTP_TRANSFER_ENCODING");
	const char *method = getenv("REQUEST_METHOD");
	long long n;

	if (length != NULL && *length != '\0' && *length != '-')
		return prg_digits(prg_span(length), &n) ? n : 0;
	return (coding != NULL && *coding != '\0') ||
	    (method != NULL && strcmp(method, "POST") == 0) ? -1 : 0;
}

static void
drain(struct cgi_conn *c)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char buf[8192];

	while (c->left != 0 && poll(&in, 1, DRAIN_WAIT) > 0 &&
	    cgi_read(&c->conn, buf, sizeof(buf)) > 0)
		continue;
}

int
prg_cgi_run(const struct prg_service *service)
{
	struct cgi_conn c = { .conn.ops = &cgi_ops };

	/*
	 * A client that sends "Proxy:" must not choose the proxy of what we
	 * call.  A client that has gone must not end what is being stored.
	 */
	unsetenv("HTTP_PROXY");
	signal(SIGPIPE, SIG_IGN);
	umask(077);
	c.conn.params = environ;
	c.left = body_length();
	service->serve(service->arg, &c.conn);
	drain(&c);
	return 0;
}
