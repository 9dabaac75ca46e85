/*
 * fcgi_client.h - a web server's end of a FastCGI connection, made by hand.
 */
#ifndef FCGI_CLIENT_H
#define FCGI_CLIENT_H

#include <assert.h>
#include <errno.h>
#include <fastcgi.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	FCGI_ID = 1,
	FCGI_PATIENCE = 20	/* s; a test that waits longer has failed */
};

/* Records that follow each other. */
struct fcgi_msg {
	unsigned char	*p;
	size_t		 len;
	size_t		 cap;
};

static inline void
fcgi_bytes(struct fcgi_msg *m, const void *p, size_t n)
{
	if (m->p == NULL || m->cap - m->len < n) {
		m->cap = 2 * m->len + n + 1;
		m->p = realloc(m->p, m->cap);
		assert(m->p != NULL);
	}
	if (n > 0)
		memcpy(m->p + m->len, p, n);
	m->len += n;
}

static inline void
fcgi_release(struct fcgi_msg *m)
{
	free(m->p);
	*m = (struct fcgi_msg){ 0 };
}

struct fcgi_shape {
	unsigned	type;
	unsigned	id;
	unsigned	padding;
};

static inline void
fcgi_shaped(struct fcgi_msg *m, struct fcgi_shape s, const void *p, size_t n)
{
	const unsigned char head[FCGI_HEADER_LEN] = {
		1, (unsigned char)s.type, (unsigned char)(s.id >> 8),
		(unsigned char)s.id, (unsigned char)(n >> 8),
		(unsigned char)n, (unsigned char)s.padding, 0
	};
	const unsigned char padding[256] = { 0xff };

	fcgi_bytes(m, head, sizeof(head));
	fcgi_bytes(m, p, n);
	fcgi_bytes(m, padding, s.padding);
}

static inline void
fcgi_record(struct fcgi_msg *m, unsigned type, const void *p, size_t n)
{
	fcgi_shaped(m, (struct fcgi_shape){ type, FCGI_ID, 0 }, p, n);
}

static inline void
fcgi_begin(struct fcgi_msg *m, bool keep)
{
	const unsigned char body[8] = { 0, FCGI_RESPONDER, keep };

	fcgi_record(m, FCGI_BEGIN_REQUEST, body, sizeof(body));
}

static inline void
fcgi_length(struct fcgi_msg *m, size_t n)
{
	const unsigned char p[4] = {
		(unsigned char)(n >> 24 | 0x80), (unsigned char)(n >> 16),
		(unsigned char)(n >> 8), (unsigned char)n
	};

	if (n < 128)
		fcgi_bytes(m, &p[3], 1);
	else
		fcgi_bytes(m, p, 4);
}

/* A name and its value, as they stand in PARAMS. */
static inline void
fcgi_pair(struct fcgi_msg *m, const char *name, const char *value)
{
	fcgi_length(m, strlen(name));
	fcgi_length(m, strlen(value));
	fcgi_bytes(m, name, strlen(name));
	fcgi_bytes(m, value, strlen(value));
}

/* PARAMS with pairs "name", "value", ..., NULL; and the empty record. */
static inline void
fcgi_params(struct fcgi_msg *m, const char *const *pairs)
{
	struct fcgi_msg content = { 0 };

	for (; pairs[0] != NULL; pairs += 2)
		fcgi_pair(&content, pairs[0], pairs[1]);
	if (content.len > 0)
		fcgi_record(m, FCGI_PARAMS, content.p, content.len);
	fcgi_record(m, FCGI_PARAMS, NULL, 0);
	fcgi_release(&content);
}

/* STDIN in records of at most 64 KB; and the empty one. */
static inline void
fcgi_stdin(struct fcgi_msg *m, const void *p, size_t n)
{
	const char *s = p;
	size_t k;

	for (; n > 0; s += k, n -= k) {
		k = n < FCGI_MAX_LENGTH ? n : FCGI_MAX_LENGTH;
		fcgi_record(m, FCGI_STDIN, s, k);
	}
	fcgi_record(m, FCGI_STDIN, NULL, 0);
}

/* A whole request that asks the test's service to 'act'. */
static inline struct fcgi_msg
fcgi_request(const char *act, const char *body, bool keep)
{
	const char *const pairs[] = { "ACT", act, "X", "", NULL };
	struct fcgi_msg m = { 0 };

	fcgi_begin(&m, keep);
	fcgi_params(&m, pairs);
	fcgi_stdin(&m, body, strlen(body));
	return m;
}

static inline int
fcgi_connect(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	const struct timeval tv = { .tv_sec = FCGI_PATIENCE };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert(fd != -1 && strlen(path) < sizeof(un.sun_path));
	memcpy(un.sun_path, path, strlen(path));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	if (connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* To whom 'listening' is bound on loopback, from 127.0.0.'host'. */
static inline int
fcgi_connect_tcp(int listening, unsigned host)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host)
	};
	struct sockaddr *sa = (struct sockaddr *)&in;
	const struct timeval tv = { .tv_sec = FCGI_PATIENCE };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	if (bind(fd, sa, len) == 0 && getsockname(listening, sa, &len) == 0 &&
	    connect(fd, sa, len) == 0)
		return fd;
	close(fd);
	return -1;
}

static inline bool
fcgi_send(int fd, const void *p, size_t n)
{
	const char *s = p;
	ssize_t put;

	for (; n > 0; s += put, n -= (size_t)put)
		if ((put = send(fd, s, n, MSG_NOSIGNAL)) <= 0)
			return false;
	return true;
}

/* Send and release. */
static inline bool
fcgi_send_msg(int fd, struct fcgi_msg m)
{
	bool ok = fcgi_send(fd, m.p, m.len);

	fcgi_release(&m);
	return ok;
}

/* What came back. */
struct fcgi_answer {
	char		*out;		/* STDOUT, a NUL behind it */
	size_t		 len;
	bool		 ended;		/* END_REQUEST has come */
	unsigned	 status;	/* its protocol status */
	unsigned	 id;
	size_t		 trailing;	/* bytes in the same read behind it */
	int		 error;		/* errno, if not ended; 0: EOF */
};

static inline void
fcgi_answer_release(struct fcgi_answer *a)
{
	free(a->out);
	a->out = NULL;
}

/* The bytes of the records in 'm' that are whole, taken into 'a': how many. */
static inline size_t
fcgi_parse(struct fcgi_answer *a, const struct fcgi_msg *m)
{
	size_t off = 0, content, all;

	while (!a->ended && m->len - off >= FCGI_HEADER_LEN) {
		const unsigned char *h = m->p + off;

		content = (size_t)(h[4] << 8 | h[5]);
		all = FCGI_HEADER_LEN + content + h[6];
		if (m->len - off < all)
			break;
		if (h[1] == FCGI_STDOUT) {
			a->out = realloc(a->out, a->len + content + 1);
			assert(a->out != NULL);
			memcpy(a->out + a->len, h + FCGI_HEADER_LEN, content);
			a->len += content;
			a->out[a->len] = '\0';
		} else if (h[1] == FCGI_END_REQUEST) {
			a->ended = true;
			a->status = h[FCGI_HEADER_LEN + 4];
			a->id = (unsigned)(h[2] << 8 | h[3]);
		}
		off += all;
	}
	return off;
}

/* Read until END_REQUEST, or until nothing more comes. */
static inline struct fcgi_answer
fcgi_read(int fd)
{
	struct fcgi_answer a = { 0 };
	struct fcgi_msg m = { 0 };
	char buf[65536];
	size_t used;
	ssize_t n;

	while (!a.ended) {
		n = recv(fd, buf, sizeof(buf), 0);
		if (n <= 0) {
			a.error = n == 0 ? 0 : errno;
			break;
		}
		fcgi_bytes(&m, buf, (size_t)n);
		used = fcgi_parse(&a, &m);
		memmove(m.p, m.p + used, m.len - used);
		m.len -= used;
	}
	a.trailing = a.ended ? m.len : 0;
	fcgi_release(&m);
	return a;
}

/* Whether the peer closes now, having sent nothing more. */
static inline bool
fcgi_closed(int fd)
{
	char c;
	ssize_t n = recv(fd, &c, 1, 0);

	return n == 0 || (n == -1 && errno == ECONNRESET);
}

#endif
