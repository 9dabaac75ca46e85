/*
 * multipart.c - multipart/form-data (RFC 7578, RFC 2046), read as it arrives.
 *
 * Each state is a function that takes some of the bytes and returns how many:
 *
 *	before -> tail -> head -> content -> tail -> ... -> after
 *
 * A boundary is CRLF--text, and the text has no CR.  So if bytes that looked like a
 * boundary are none, no boundary begins within them.  They are a prefix of the mark
 * and are passed on from there.
 */
#include <string.h>

#include "base/scan.h"
#include "form/multipart.h"

static size_t	tail(struct prg_multipart *, const char *, size_t);
static size_t	content(struct prg_multipart *, const char *, size_t);

static void
refuse(struct prg_multipart *m, int status, const char *why)
{
	m->refused = (struct prg_refusal){ status, why };
}

/* -- Content-Type ----------------------------------------------------------------- */

/* RFC 2046, 5.1.1 */
static bool
is_boundary(struct prg_span s)
{
	struct prg_span rest = s;

	prg_take_run(&rest, "0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? ");
	return rest.len == 0 && s.len > 0 && s.len <= PRG_MAX_BOUNDARY &&
	    s.p[s.len - 1] != ' ';
}

bool
prg_multipart_is(const char *type)
{
	struct prg_span rest = prg_span(type != NULL ? type : "");

	return prg_span_alike(prg_param_head(&rest),
	    prg_span("multipart/form-data"));
}

static void
read_type(struct prg_multipart *m, const char *type)
{
	struct prg_span rest = prg_span(type != NULL ? type : "");
	struct prg_param p;
	int charset;

	prg_param_head(&rest);
	charset = prg_param_find(rest, "charset", &p);
	if (!prg_multipart_is(type) ||
	    (charset == 1 && !prg_span_alike(p.raw, prg_span("utf-8")))) {
		refuse(m, 415, "Send the form as multipart/form-data in UTF-8.");
		return;
	}
	if (charset == -1 || prg_param_find(rest, "boundary", &p) != 1 ||
	    !is_boundary(p.raw)) {
		refuse(m, 400, "Content-Type has no valid boundary.");
		return;
	}
	memcpy(m->mark, "\r\n--", 4);
	memcpy(m->mark + 4, p.raw.p, p.raw.len);
	m->mark_len = 4 + p.raw.len;
}

/* -- Before and after the parts ---------------------------------------------------- */

/*
 * Ignore the text before the first boundary (RFC 2046, 5.1.1).  It is kept, to find
 * the boundary in it, and so has the limit of a header.  A boundary that does not
 * begin a line means that the form was damaged or has other line ends.
 */
static size_t
before(struct prg_multipart *m, const char *p, size_t n)
{
	size_t had = m->head.len, len = m->mark_len - 2, at;
	size_t from = had < len ? 0 : had - len;
	const char *found;

	if (n > m->head.max - had)
		n = m->head.max - had;
	prg_buf_add(&m->head, p, n);
	found = memmem(m->head.p + from, m->head.len - from, m->mark + 2, len);
	if (found == NULL) {
		if (m->head.len == m->head.max)
			refuse(m, 400, "The form does not begin with its"
			    " boundary.");
		return n;
	}
	at = (size_t)(found - m->head.p);
	if (at > 0 && (at < 2 || memcmp(found - 2, "\r\n", 2) != 0))
		refuse(m, 400, "The form does not begin with its boundary.");
	m->step = tail;
	return at + len - had;
}

static size_t
after(struct prg_multipart *m, const char *p, size_t n)
{
	(void)m;
	(void)p;
	return n;
}

/* -- The header of a part ------------------------------------------------------------- */

static void
begin_part(struct prg_multipart *m)
{
	struct prg_span head = { m->head.p, m->line };
	struct prg_part part;

	m->text.len = 0;
	m->refused = prg_part_read(&m->text, head, &part);
	if (m->refused.status != 0)
		return;
	m->file = part.filename.p != NULL;
	m->size = 0;
	m->inside = true;
	m->matched = 0;
	m->step = content;
	if (m->parts++ == m->limits.fields)
		refuse(m, 413, "The form has too many fields.");
	else if (m->file && m->files++ == m->limits.files)
		refuse(m, 413, "The form has too many files.");
	else
		m->refused = m->sink.begin(m->sink.arg, &part);
}

/* The last line of a header is empty. */
static void
end_line(struct prg_multipart *m)
{
	size_t len = m->head.len - m->line;

	if (len < 2 || m->head.p[m->head.len - 2] != '\r')
		refuse(m, 400, "A line of the form does not end in CRLF.");
	else if (len == 2)
		begin_part(m);
	else if (m->lines++ == m->limits.lines)
		refuse(m, 413, "A part of the form has too many header lines.");
	m->line = m->head.len;
}

static size_t
head(struct prg_multipart *m, const char *p, size_t n)
{
	const char *lf = memchr(p, '\n', n);
	size_t len = lf != NULL ? (size_t)(lf - p) + 1 : n;

	prg_buf_add(&m->head, p, len);
	if (m->head.full)
		refuse(m, 413, "A part of the form has a header that is too"
		    " long.");
	else if (lf != NULL)
		end_line(m);
	return len;
}

/* -- The content of a part ---------------------------------------------------------- */

static void
pass_on(struct prg_multipart *m, const char *p, size_t n)
{
	m->size += n;
	if (!m->file && m->size > m->limits.value)
		refuse(m, 413, "The form has a field whose value is too long.");
	else if (m->refused.status == 0)
		m->refused = m->sink.data(m->sink.arg,
		    (struct prg_span){ p, n });
}

static size_t
content(struct prg_multipart *m, const char *p, size_t n)
{
	const char *cr;
	size_t len;

	if (m->matched > 0 && *p == m->mark[m->matched]) {
		if (++m->matched == m->mark_len)
			m->step = tail;
		return 1;
	}
	if (m->matched > 0) {
		pass_on(m, m->mark, m->matched);
		m->matched = 0;
		return 0;
	}
	cr = memchr(p, '\r', n);
	len = cr != NULL ? (size_t)(cr - p) : n;
	if (len > 0) {
		pass_on(m, p, len);
		return len;
	}
	m->matched = 1;
	return 1;
}

/* -- After a boundary --------------------------------------------------------------- */

static void
end_part(struct prg_multipart *m, bool last)
{
	if (m->inside)
		m->refused = m->sink.end(m->sink.arg);
	m->inside = false;
	m->step = last ? after : head;
	m->tail_len = m->head.len = m->line = m->lines = 0;
}

/* The bytes that looked like a boundary are content. */
static size_t
no_boundary(struct prg_multipart *m)
{
	if (!m->inside) {
		refuse(m, 400, "The form does not begin with its boundary.");
		return 0;
	}
	pass_on(m, m->mark, m->mark_len);
	if (m->tail_len > 0)
		pass_on(m, m->tail, m->tail_len);
	m->tail_len = m->matched = 0;
	m->step = content;
	return 0;
}

/* White space, which some gateways add, then CRLF, or -- after the last part. */
static size_t
tail(struct prg_multipart *m, const char *p, size_t n)
{
	char last = m->tail_len > 0 ? m->tail[m->tail_len - 1] : ' ', c = *p;

	(void)n;
	if ((last == '\r' && c == '\n') || (last == '-' && c == '-')) {
		end_part(m, c == '-');
		return 1;
	}
	if (last == '\r' || last == '-' || m->tail_len > PRG_MAX_PADDING ||
	    (c != ' ' && c != '\t' && c != '\r' && c != '-'))
		return no_boundary(m);
	m->tail[m->tail_len++] = c;
	return 1;
}

/* -- The whole body ----------------------------------------------------------------- */

struct prg_multipart
prg_multipart(struct prg_arena *a, const char *type,
    const struct prg_form_limits *limits, const struct prg_part_sink *sink)
{
	struct prg_multipart m = { .sink = *sink, .limits = *limits };

	m.step = before;
	m.head = prg_buf(a, limits->head + 2);
	m.text = prg_buf(a, limits->head + 2);
	read_type(&m, type);
	return m;
}

bool
prg_multipart_feed(struct prg_multipart *m, const char *p, size_t n)
{
	size_t used;

	while (n > 0 && m->refused.status == 0) {
		used = m->step(m, p, n);
		p += used;
		n -= used;
	}
	return m->refused.status == 0;
}

struct prg_refusal
prg_multipart_end(struct prg_multipart *m)
{
	if (m->refused.status == 0 && m->step != after)
		refuse(m, 400, "The form is incomplete.");
	return m->refused;
}
