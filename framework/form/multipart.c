/*
 * multipart.c - multipart/form-data (RFC 7578, RFC 2046), read as it arrives.
 *
 * Bytes are held back until the current state can take some of them:
 *
 *	before -> tail -> head -> content -> tail -> ... -> after
 *
 * A state returns how many it has taken.  0 in the same state means that it
 * needs more.  No state needs more than a header may have.
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

/* -- Content-Type --------------------------------------------------------- */

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

	prg_param_head(&rest);
	m->limits.charset = prg_charset_of(rest);
	if (!prg_multipart_is(type)) {
		refuse(m, 415, "Send the form as multipart/form-data in"
		    " UTF-8.");
		return;
	}
	if (prg_param_find(rest, "charset", &p) == -1 ||
	    prg_param_find(rest, "boundary", &p) != 1 ||
	    !is_boundary(p.raw)) {
		refuse(m, 400, "Content-Type has no valid boundary.");
		return;
	}
	memcpy(m->mark, "\r\n--", 4);
	memcpy(m->mark + 4, p.raw.p, p.raw.len);
	m->mark_len = 4 + p.raw.len;
}

/* -- Before and after the parts ------------------------------------------- */

/*
 * Ignore the text before the first boundary (RFC 2046, 5.1.1), up to the size
 * of a header.  A boundary that does not begin a line means that the form was
 * damaged or has other line ends.
 */
static size_t
before(struct prg_multipart *m, const char *p, size_t n)
{
	size_t len = m->mark_len - 2, from = m->seen < len ? 0 : m->seen - len;
	const char *found = memmem(p + from, n - from, m->mark + 2, len);

	m->seen = n;
	if (found == NULL && n < m->room)
		return 0;
	if (found == NULL || (found != p && (found - p < 2 ||
	    memcmp(found - 2, "\r\n", 2) != 0))) {
		refuse(m, 400, "The form does not begin with its boundary.");
		return 0;
	}
	m->step = tail;
	return (size_t)(found - p) + len;
}

static size_t
after(struct prg_multipart *m, const char *p, size_t n)
{
	(void)m;
	(void)p;
	return n;
}

/* -- The header of a part ------------------------------------------------- */

static void
begin_part(struct prg_multipart *m, struct prg_span header)
{
	struct prg_part part;

	m->text.len = 0;
	m->refused = prg_part_read(&m->text, header, &part);
	if (m->refused.status != 0)
		return;
	m->file = part.filename.p != NULL;
	m->size = 0;
	m->inside = true;
	m->step = content;
	if (m->parts++ == m->limits.fields)
		refuse(m, 413, "The form has too many fields.");
	else if (m->file && m->files++ == m->limits.files)
		refuse(m, 413, "The form has too many files.");
	else
		m->refused = m->sink.begin(m->sink.arg, &part);
}

/* The last line is empty. */
static size_t
head(struct prg_multipart *m, const char *p, size_t n)
{
	size_t end, max = m->limits.head + 2;
	const char *lf;

	while ((lf = memchr(p + m->seen, '\n', n - m->seen)) != NULL &&
	    (end = (size_t)(lf - p) + 1) <= max) {
		if (end - m->line == 2 && lf[-1] == '\r') {
			begin_part(m, (struct prg_span){ p, m->line });
			return end;
		}
		if (end - m->line < 2 || lf[-1] != '\r')
			refuse(m, 400, "A line of the form does not end in"
			    " CRLF.");
		else if (m->lines++ == m->limits.lines)
			refuse(m, 413, "A part of the form has too many header"
			    " lines.");
		if (m->refused.status != 0)
			return 0;
		m->line = m->seen = end;
	}
	m->seen = n;
	if (n > max)
		refuse(m, 413, "A part of the form has a header that is too"
		    " long.");
	return 0;
}

/* -- The content of a part ------------------------------------------------ */

static void
pass_on(struct prg_multipart *m, const char *p, size_t n)
{
	m->size += n;
	if (!m->file && m->size > m->limits.value)
		refuse(m, 413, "The form has a field whose value is too long.");
	else if (n > 0)
		m->refused = m->sink.data(m->sink.arg,
		    (struct prg_span){ p, n });
}

/* Pass on all but what may be the beginning of a boundary. */
static size_t
content(struct prg_multipart *m, const char *p, size_t n)
{
	const char *found = memmem(p, n, m->mark, m->mark_len);
	size_t len = found != NULL ? (size_t)(found - p) :
	    n < m->mark_len ? 0 : n - m->mark_len + 1;

	pass_on(m, p, len);
	if (found == NULL)
		return len;
	m->step = tail;
	return len + m->mark_len;
}

/* -- After a boundary ----------------------------------------------------- */

static void
end_part(struct prg_multipart *m, bool last)
{
	if (m->inside)
		m->refused = m->sink.end(m->sink.arg);
	m->inside = false;
	m->step = last ? after : head;
	m->seen = m->line = m->lines = 0;
}

/* Blanks, which some gateways add, then CRLF, or -- after the last part. */
static size_t
tail(struct prg_multipart *m, const char *p, size_t n)
{
	size_t k = 0;

	while (k < n && k < PRG_MAX_PADDING && (p[k] == ' ' || p[k] == '\t'))
		k++;
	if (k == n || (k + 1 == n && (p[k] == '\r' || p[k] == '-')))
		return 0;
	if (k + 1 < n && (memcmp(p + k, "\r\n", 2) == 0 ||
	    memcmp(p + k, "--", 2) == 0)) {
		end_part(m, p[k] == '-');
		return k + 2;
	}
	if (m->inside) {
		m->step = content;
		pass_on(m, m->mark, m->mark_len);
	} else
		refuse(m, 400, "The form does not begin with its boundary.");
	return 0;
}

/* -- The whole body ------------------------------------------------------- */

struct prg_multipart
prg_multipart(struct prg_arena *a, const char *type,
    const struct prg_form_limits *limits, const struct prg_part_sink *sink)
{
	struct prg_multipart m = { .sink = *sink, .limits = *limits };

	m.step = before;
	m.room = 3 + (limits->head > 256 ? limits->head : 256);
	m.hold = prg_arena_room(a, m.room);
	m.text = prg_buf(a, limits->head + 2);
	read_type(&m, type);
	return m;
}

/* Let the states take what they can of the bytes held back. */
static void
take(struct prg_multipart *m)
{
	size_t (*step)(struct prg_multipart *, const char *, size_t);
	size_t used, done = 0;

	do {
		step = m->step;
		used = step(m, m->hold + done, m->held - done);
		done += used;
	} while (m->refused.status == 0 && (used > 0 || m->step != step));
	m->held -= done;
	memmove(m->hold, m->hold + done, m->held);
}

bool
prg_multipart_feed(struct prg_multipart *m, const char *p, size_t n)
{
	size_t some;

	for (; n > 0 && m->refused.status == 0; p += some, n -= some) {
		some = n < m->room - m->held ? n : m->room - m->held;
		memcpy(m->hold + m->held, p, some);
		m->held += some;
		take(m);
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
