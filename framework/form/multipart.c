/*
 * multipart.c - multipart/form-data (RFC 7578, RFC 2046), as it arrives.
 *
 * One function for each state takes some of the bytes:
 *
 *	before -> tail -> head -> content -> tail -> ... -> after
 *
 * A boundary is CRLF--text.  No CR is in the text, so when bytes that looked like
 * one turn out not to be, no boundary can begin within them: they need not be kept
 * to be looked at again, they are a piece of the mark itself.
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

/* What may be in a boundary: RFC 2046, 5.1.1; a space not at its end. */
static bool
is_boundary(struct prg_span s)
{
	static const char others[] = "'()+_,-./:=? ";

	for (size_t i = 0; i < s.len; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') &&
		    !(s.p[i] >= 'a' && s.p[i] <= 'z') &&
		    !(s.p[i] >= 'A' && s.p[i] <= 'Z') &&
		    (s.p[i] == '\0' || strchr(others, s.p[i]) == NULL))
			return false;
	return s.len > 0 && s.len <= PRG_MAX_BOUNDARY &&
	    s.p[s.len - 1] != ' ';
}

bool
prg_multipart_is(const char *type)
{
	struct prg_span rest = prg_span(type != NULL ? type : "");

	return prg_span_alike(prg_param_head(&rest),
	    prg_span("multipart/form-data"));
}

/* Where in the mark to go on after 'matched' bytes, if the next is another. */
static void
learn_mark(struct prg_multipart *m)
{
	const char *dashes = m->mark + 2;
	size_t len = m->mark_len - 2, k = 0;

	for (size_t i = 1; i < len; i++) {
		while (k > 0 && dashes[i] != dashes[k])
			k = m->back[k - 1];
		k += dashes[i] == dashes[k];
		m->back[i] = (unsigned char)k;
	}
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
		refuse(m, 415, "Forms are taken as multipart/form-data in"
		    " UTF-8.");
		return;
	}
	if (charset == -1 || prg_param_find(rest, "boundary", &p) != 1 ||
	    !is_boundary(p.raw)) {
		refuse(m, 400, "Content-Type has no boundary, or none that"
		    " is good.");
		return;
	}
	memcpy(m->mark, "\r\n--", 4);
	memcpy(m->mark + 4, p.raw.p, p.raw.len);
	m->mark_len = 4 + p.raw.len;
	learn_mark(m);
}

/* -- Before the parts, and after ---------------------------------------------------- */

/*
 * The text in front of the first boundary is ignored (RFC 2046, 5.1.1), unless the
 * boundary is in it but not on a line of its own: then the form came to harm on
 * its way, or ends its lines in another way.
 */
static size_t
before(struct prg_multipart *m, const char *p, size_t n)
{
	const char *dashes = m->mark + 2;
	size_t len = m->mark_len - 2;

	for (size_t i = 0; i < n; i++) {
		m->column++;
		while (m->matched > 0 && p[i] != dashes[m->matched])
			m->matched = m->back[m->matched - 1];
		m->matched += p[i] == dashes[m->matched];
		if (m->matched == len) {
			if (m->column != len)
				refuse(m, 400, "The form does not begin with"
				    " its boundary.");
			m->step = tail;
			return i + 1;
		}
		if (p[i] == '\n' && m->after_cr)
			m->column = 0;
		m->after_cr = p[i] == '\r';
	}
	return n;
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
	const struct prg_form_limits *max = &m->limits.form;
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
	if (m->parts++ == max->fields)
		refuse(m, 413, "The form has too many fields.");
	else if (m->file && m->files++ == m->limits.files)
		refuse(m, 413, "The form has too many files.");
	else if (part.name.len > max->name)
		refuse(m, 413, "The form has a field whose name is too long.");
	else
		m->refused = m->sink.begin(m->sink.arg, &part);
}

/* A line is whole: the last one is empty. */
static void
end_line(struct prg_multipart *m)
{
	size_t len = m->head.len - m->line;

	if (len < 2 || m->head.p[m->head.len - 2] != '\r')
		refuse(m, 400, "The lines of the form must end in CR and LF.");
	else if (len == 2)
		begin_part(m);
	else if (m->lines++ == m->limits.lines)
		refuse(m, 413, "A part of the form has too many header fields.");
	m->line = m->head.len;
}

static size_t
head(struct prg_multipart *m, const char *p, size_t n)
{
	const char *lf = memchr(p, '\n', n);
	size_t len = lf != NULL ? (size_t)(lf - p) + 1 : n;

	prg_buf_add(&m->head, p, len);
	if (m->head.full)
		refuse(m, 413, "A part of the form has too long a header.");
	else if (lf != NULL)
		end_line(m);
	return len;
}

/* -- What is in it ---------------------------------------------------------------------- */

static void
pass_on(struct prg_multipart *m, const char *p, size_t n)
{
	m->size += n;
	if (!m->file && m->size > m->limits.form.value)
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

/* -- Behind a boundary -------------------------------------------------------------------- */

static void
end_part(struct prg_multipart *m, bool last)
{
	if (m->inside)
		m->refused = m->sink.end(m->sink.arg);
	m->inside = false;
	m->step = last ? after : head;
	m->tail_len = m->head.len = m->line = m->lines = 0;
}

/* It was no boundary after all. */
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

/* Blanks, which some gateways add, then CRLF, or -- after the last part. */
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

/* -- All of it ------------------------------------------------------------------------------ */

struct prg_multipart
prg_multipart(struct prg_arena *a, const char *type,
    const struct prg_multipart_limits *limits, const struct prg_part_sink *sink)
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
		refuse(m, 400, "The form broke off on its way.");
	return m->refused;
}
