/*
 * ask.c - a request of our own to a process that serves.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/fastcgi.h"
#include "gateway/listen.h"

static void
add_record(struct prg_buf *b, unsigned type, const char *p, size_t n)
{
	const struct prg_record r = { .version = FCGI_VERSION_1, .type = type,
	    .id = 1, .content = n };
	unsigned char head[FCGI_HEADER_LEN];

	prg_record_write(head, &r);
	prg_buf_add(b, (char *)head, sizeof(head));
	prg_buf_add(b, p, n);
}

/* The length of a text, of four bytes. */
static void
add_length(struct prg_buf *b, const char *text)
{
	size_t n = strlen(text);
	const char bytes[] = { (char)0x80, 0, (char)(n >> 8), (char)n };

	prg_buf_add(b, bytes, sizeof(bytes));
}

static struct prg_buf
request(struct prg_arena *a, const char *const *params)
{
	struct prg_buf b = prg_buf(a, PRG_FCGI_INPUT);
	struct prg_buf pairs = prg_buf(a, PRG_FCGI_PARAMS - 1);

	for (; *params != NULL; params += 2) {
		add_length(&pairs, params[0]);
		add_length(&pairs, params[1]);
		prg_buf_str(&pairs, params[0]);
		prg_buf_str(&pairs, params[1]);
	}
	add_record(&b, FCGI_BEGIN_REQUEST, "\0\1\0\0\0\0\0",
	    sizeof(FCGI_BeginRequestBody));
	add_record(&b, FCGI_PARAMS, pairs.p, pairs.len);
	add_record(&b, FCGI_PARAMS, "", 0);
	add_record(&b, FCGI_STDIN, "", 0);
	return b;
}

int
prg_listen_ask(const char *where, const char *const *params, int seconds,
    struct prg_error *err)
{
	static const char field[] = "Status: ";
	struct prg_arena a = { 0 };
	struct prg_buf b = request(&a, params);
	char answer[8192] = "", *status;
	int fd = prg_listen_connect(where, seconds, err);
	size_t len = 0;
	ssize_t n = 0;

	if (fd != -1 &&
	    send(fd, b.p, b.len, MSG_NOSIGNAL) == (ssize_t)b.len)
		while (len < sizeof(answer) - 1 && (n = read(fd, answer + len,
		    sizeof(answer) - 1 - len)) > 0)
			len += (size_t)n;
	prg_arena_release(&a);
	if (fd == -1)
		return -1;
	close(fd);
	if ((status = memmem(answer, len, field, strlen(field))) == NULL)
		return prg_error_set(err, "--listen: %s: gives no answer",
		    where);
	return atoi(status + strlen(field));
}
