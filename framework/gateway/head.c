/*
 * head.c - check the head of a request before libfcgi reads it.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "gateway/head.h"

/* The content of successive records, without headers and padding. */
struct stream {
	const unsigned char	*p;	/* next byte of this record's content */
	size_t			 len;	/* bytes of it */
	size_t			 padding;
	size_t			 left;	/* bytes of all content */
};

/* The answers to GET_VALUES: one request at a time on each connection. */
static const struct {
	const char	*name;
	const char	*value;		/* NULL: the number of connections */
} values[] = {
	{ FCGI_MAX_CONNS,	NULL },
	{ FCGI_MAX_REQS,	NULL },
	{ FCGI_MPXS_CONNS,	"0" }
};

enum { NVALUES = sizeof(values) / sizeof(values[0]) };

struct prg_record
prg_record_read(const unsigned char *p)
{
	return (struct prg_record){
		.version = p[0],
		.type = p[1],
		.id = (unsigned)(p[2] << 8 | p[3]),
		.content = (size_t)(p[4] << 8 | p[5]),
		.padding = p[6]
	};
}

void
prg_record_write(unsigned char *p, const struct prg_record *r)
{
	p[0] = FCGI_VERSION_1;
	p[1] = (unsigned char)r->type;
	p[2] = (unsigned char)(r->id >> 8);
	p[3] = (unsigned char)r->id;
	p[4] = (unsigned char)(r->content >> 8);
	p[5] = (unsigned char)r->content;
	p[6] = (unsigned char)r->padding;
	p[7] = 0;
}

void
prg_record_end(unsigned char p[PRG_RECORD_END], unsigned id, unsigned status)
{
	const struct prg_record r = {
		.type = FCGI_END_REQUEST, .id = id, .content = 8
	};

	prg_record_write(p, &r);
	memset(p + FCGI_HEADER_LEN, 0, 8);
	p[FCGI_HEADER_LEN + 4] = (unsigned char)status;
}

static size_t
record_size(const struct prg_record *r)
{
	return FCGI_HEADER_LEN + r->content + r->padding;
}

/* Read the header at 'off'; false if it is not all there. */
static bool
header(const unsigned char *p, size_t n, size_t off, struct prg_record *r)
{
	if (n < off || n - off < FCGI_HEADER_LEN)
		return false;
	*r = prg_record_read(p + off);
	return true;
}

static struct stream
stream(const unsigned char *first, size_t left)
{
	struct prg_record r = prg_record_read(first);

	return (struct stream){
		first + FCGI_HEADER_LEN, r.content, r.padding, left
	};
}

/* The next span of at most 'n' bytes, without crossing a record. */
static size_t
next_span(struct stream *s, size_t n, const unsigned char **span)
{
	struct prg_record r;

	while (s->len == 0) {
		s->p += s->padding;
		r = prg_record_read(s->p);
		s->p += FCGI_HEADER_LEN;
		s->len = r.content;
		s->padding = r.padding;
	}
	if (n > s->len)
		n = s->len;
	*span = s->p;
	s->p += n;
	s->len -= n;
	s->left -= n;
	return n;
}

/* A length of one byte, or four if the first bit is set (FastCGI 1.0, 3.4). */
static bool
read_length(struct stream *s, size_t *len)
{
	const unsigned char *span;
	size_t n;

	if (s->left == 0)
		return false;
	next_span(s, 1, &span);
	n = *span;
	if (n & 0x80) {
		if (s->left < 3)
			return false;
		n &= 0x7f;
		for (int i = 0; i < 3; i++) {
			next_span(s, 1, &span);
			n = n << 8 | *span;
		}
	}
	*len = n;
	return true;
}

/* Pass over 'n' bytes, none of which is a NUL or 'bad'. */
static bool
pass(struct stream *s, size_t n, int bad)
{
	const unsigned char *span;
	size_t k;

	for (; n > 0; n -= k) {
		k = next_span(s, n, &span);
		if (memchr(span, '\0', k) != NULL ||
		    (bad != 0 && memchr(span, bad, k) != NULL))
			return false;
	}
	return true;
}

static bool
check_pair(struct stream *s)
{
	size_t name, value;

	if (!read_length(s, &name) || !read_length(s, &value))
		return false;
	if (name == 0 || name > s->left || value > s->left - name)
		return false;
	return pass(s, name, '=') && pass(s, value, 0);
}

static bool
check_pairs(const unsigned char *first, size_t len)
{
	struct stream s = stream(first, len);

	while (s.left > 0)
		if (!check_pair(&s))
			return false;
	return true;
}

/* A record that does not belong to the request must only be complete. */
static enum prg_head_verdict
check_other(struct prg_head *g, const struct prg_record *r, size_t n)
{
	g->head = g->at + record_size(r);
	return g->head <= n ? PRG_HEAD_ANSWER : PRG_HEAD_MORE;
}

/* Find the empty PARAMS record, and check those before it. */
static enum prg_head_verdict
check_params(struct prg_head *g, const unsigned char *p, size_t n, size_t max)
{
	struct prg_record r;
	size_t off = g->params, sum = 0;

	for (; header(p, n, off, &r); off += record_size(&r)) {
		g->at = off;
		if (r.version != FCGI_VERSION_1)
			return PRG_HEAD_REFUSE;
		if (r.id != g->id)
			return check_other(g, &r, n);
		if (r.type == FCGI_ABORT_REQUEST)
			return PRG_HEAD_END;
		if (r.type != FCGI_PARAMS || (sum += r.content) > max)
			return PRG_HEAD_REFUSE;
		if (r.content == 0) {
			g->end = off;
			g->head = off + record_size(&r);
			if (g->head > n)
				return PRG_HEAD_MORE;
			return check_pairs(p + g->params, sum) ?
			    PRG_HEAD_PASS : PRG_HEAD_REFUSE;
		}
	}
	return PRG_HEAD_MORE;
}

/*
 * Find the end of the body.  libfcgi stops at the header of the last record of
 * a stream, so padding after it is one more thing that only we read.
 */
static void
find_total(struct prg_head *g, const unsigned char *p, size_t n)
{
	struct prg_record r;
	size_t off = g->head;

	while (header(p, n, off, &r)) {
		if (r.version != FCGI_VERSION_1 || r.type != FCGI_STDIN ||
		    r.id != g->id)
			return;
		off += record_size(&r);
		if (r.content > 0)
			continue;
		if (off <= n)
			g->total = off;
		g->plain = off == n && r.padding == 0 &&
		    prg_record_read(p).padding == 0 &&
		    g->head - g->end == FCGI_HEADER_LEN;
		return;
	}
}

static enum prg_head_verdict
check(struct prg_head *g, const unsigned char *p, size_t n, size_t max)
{
	struct prg_record r;

	if (n > 0 && p[0] != FCGI_VERSION_1)
		return PRG_HEAD_REFUSE;
	if (!header(p, n, 0, &r))
		return PRG_HEAD_MORE;
	if (r.id == FCGI_NULL_REQUEST_ID || r.type != FCGI_BEGIN_REQUEST)
		return check_other(g, &r, n);
	if (r.content != 8)
		return PRG_HEAD_REFUSE;
	g->id = r.id;
	g->params = record_size(&r);
	if (n < FCGI_HEADER_LEN + r.content)
		return PRG_HEAD_MORE;
	if ((p[8] << 8 | p[9]) != FCGI_RESPONDER)
		return PRG_HEAD_END;
	return check_params(g, p, n, max);
}

struct prg_head
prg_head_check(const unsigned char *p, size_t n, size_t max)
{
	struct prg_head g = { .verdict = PRG_HEAD_MORE };

	g.verdict = check(&g, p, n, max);
	if (g.verdict == PRG_HEAD_PASS)
		find_total(&g, p, n);
	return g;
}

/* The index of the value that the 'n' bytes at 'p' name; -1 if unknown. */
static int
find_value(const unsigned char *p, size_t n)
{
	for (int i = 0; i < NVALUES; i++)
		if (n == strlen(values[i].name) &&
		    memcmp(p, values[i].name, n) == 0)
			return i;
	return -1;
}

/* The values that a GET_VALUES asks for, each once. */
static void
find_asked(const unsigned char *p, bool asked[NVALUES])
{
	struct prg_record r = prg_record_read(p);
	struct stream s = stream(p, r.content);
	const unsigned char *span;
	size_t name, value, k;
	int i;

	while (read_length(&s, &name) && read_length(&s, &value)) {
		if (name > s.left || value > s.left - name)
			return;
		k = name > 0 ? next_span(&s, name, &span) : 0;
		if (k > 0 && (i = find_value(span, k)) != -1)
			asked[i] = true;
		if (value > 0)
			next_span(&s, value, &span);
	}
}

static size_t
add_value(unsigned char *out, const char *name, const char *value)
{
	size_t n = strlen(name), v = strlen(value);

	out[0] = (unsigned char)n;
	out[1] = (unsigned char)v;
	memcpy(out + 2, name, n);
	memcpy(out + 2 + n, value, v);
	return 2 + n + v;
}

static size_t
answer_values(const unsigned char *p, int conns, unsigned char *out)
{
	struct prg_record r = { .type = FCGI_GET_VALUES_RESULT };
	bool asked[NVALUES] = { false };
	const char *value;
	char number[16];

	snprintf(number, sizeof(number), "%d", conns);
	find_asked(p, asked);
	for (int i = 0; i < NVALUES; i++) {
		if (!asked[i] || (values[i].value == NULL && conns == 0))
			continue;
		value = values[i].value != NULL ? values[i].value : number;
		r.content += add_value(out + FCGI_HEADER_LEN + r.content,
		    values[i].name, value);
	}
	prg_record_write(out, &r);
	return FCGI_HEADER_LEN + r.content;
}

static size_t
answer_unknown(unsigned type, unsigned char *out)
{
	const struct prg_record r = { .type = FCGI_UNKNOWN_TYPE, .content = 8 };

	prg_record_write(out, &r);
	memset(out + FCGI_HEADER_LEN, 0, 8);
	out[FCGI_HEADER_LEN] = (unsigned char)type;
	return FCGI_HEADER_LEN + 8;
}

/* The protocol status of a request that is not served. */
static unsigned
end_status(const struct prg_head *g, const struct prg_record *r)
{
	if (g->verdict == PRG_HEAD_ANSWER)
		return FCGI_CANT_MPX_CONN;
	return r->type == FCGI_ABORT_REQUEST ?
	    FCGI_REQUEST_COMPLETE : FCGI_UNKNOWN_ROLE;
}

size_t
prg_head_answer(const struct prg_head *g, const unsigned char *p, int conns,
    unsigned char out[PRG_HEAD_REPLY])
{
	const struct prg_record r = prg_record_read(p + g->at);

	if (r.id == FCGI_NULL_REQUEST_ID)
		return r.type == FCGI_GET_VALUES ?
		    answer_values(p + g->at, conns, out) :
		    answer_unknown(r.type, out);
	if (r.type != FCGI_BEGIN_REQUEST && g->verdict != PRG_HEAD_END)
		return 0;
	prg_record_end(out, r.id, end_status(g, &r));
	return PRG_RECORD_END;
}
