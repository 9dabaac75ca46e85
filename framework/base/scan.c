/*
 * scan.c - the syntax of header fields (RFC 9110, 5.6).
 */
#include <string.h>

#include "base/scan.h"

static bool
is_tchar(char c)
{
	return (c >= 'a' && c <= 'z') || c == '-' || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("!#$%&'*+.^_`|~", c) != NULL);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void
skip_blanks(struct prg_span *s)
{
	while (s->len > 0 && is_blank(s->p[0]))
		prg_take(s, 1);
}

bool
prg_is_token(struct prg_span s)
{
	return prg_take_token(&s).len > 0 && s.len == 0;
}

struct prg_span
prg_span_trim(struct prg_span s)
{
	skip_blanks(&s);
	while (s.len > 0 && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

/* The offset of the first 'c', or of the end. */
static size_t
offset_of(char c, struct prg_span s)
{
	const char *p = s.len > 0 ? memchr(s.p, c, s.len) : NULL;

	return p != NULL ? (size_t)(p - s.p) : s.len;
}

bool
prg_span_split(struct prg_span s, char c, struct prg_span *before,
    struct prg_span *after)
{
	*before = prg_take(&s, offset_of(c, s));
	*after = s;
	return prg_take_char(after, c);
}

struct prg_span
prg_take(struct prg_span *s, size_t n)
{
	struct prg_span taken = { s->p, n < s->len ? n : s->len };

	if (taken.len > 0)
		*s = (struct prg_span){ s->p + taken.len, s->len - taken.len };
	return taken;
}

bool
prg_take_char(struct prg_span *s, char c)
{
	if (s->len == 0 || s->p[0] != c)
		return false;
	prg_take(s, 1);
	return true;
}

bool
prg_take_text(struct prg_span *s, const char *text)
{
	struct prg_span rest = *s;

	if (!prg_span_is(prg_take(&rest, strlen(text)), text))
		return false;
	*s = rest;
	return true;
}

struct prg_span
prg_take_token(struct prg_span *s)
{
	size_t n = 0;

	while (n < s->len && is_tchar(s->p[n]))
		n++;
	return prg_take(s, n);
}

struct prg_span
prg_take_run(struct prg_span *s, const char *set)
{
	size_t n = 0;

	while (n < s->len && s->p[n] != '\0' && strchr(set, s->p[n]) != NULL)
		n++;
	return prg_take(s, n);
}

/* The offset of the next comma outside of quoted strings, or of the end. */
static size_t
member_length(struct prg_span s)
{
	bool quoted = false;
	size_t n;

	for (n = 0; n < s.len && (quoted || s.p[n] != ','); n++) {
		if (s.p[n] == '"')
			quoted = !quoted;
		else if (s.p[n] == '\\' && quoted && n + 1 < s.len)
			n++;
	}
	return n;
}

bool
prg_take_member(struct prg_span *list, struct prg_span *member)
{
	while (list->len > 0) {
		*member = prg_span_trim(prg_take(list, member_length(*list)));
		prg_take_char(list, ',');
		if (member->len > 0)
			return true;
	}
	return false;
}

/* -- Parameters ------------------------------------------------------ */

struct prg_span
prg_param_head(struct prg_span *s)
{
	return prg_span_trim(prg_take(s, offset_of(';', *s)));
}

static void
take_semicolons(struct prg_span *s)
{
	do
		skip_blanks(s);
	while (prg_take_char(s, ';'));
}

/* Whether a value can end before 's': nothing or a parameter follows. */
static bool
can_end(struct prg_span s)
{
	skip_blanks(&s);
	if (s.len > 0 && s.p[0] != ';')
		return false;
	take_semicolons(&s);
	if (s.len == 0)
		return true;
	return prg_take_token(&s).len > 0 && prg_take_char(&s, '=') &&
	    s.len > 0 && (s.p[0] == '"' || is_tchar(s.p[0]));
}

static bool
is_escape(struct prg_span s, size_t i)
{
	return s.p[i] == '\\' && i + 1 < s.len &&
	    (s.p[i + 1] == '"' || s.p[i + 1] == '\\');
}

/* The offset of the next quote, or of the end. */
static size_t
find_quote(struct prg_span s, bool escaped)
{
	size_t i = 0;

	while (i < s.len && s.p[i] != '"')
		i += escaped && is_escape(s, i) ? 2 : 1;
	return i;
}

/* Take the rest of a quoted string. */
static bool
take_quoted(struct prg_span *s, struct prg_param *p)
{
	struct prg_span rest;

	for (int escaped = 0; escaped < 2; escaped++) {
		rest = *s;
		p->raw = prg_take(&rest, find_quote(rest, escaped));
		p->escaped = escaped;
		if (!prg_take_char(&rest, '"'))
			return false;
		if (can_end(rest)) {
			*s = rest;
			return true;
		}
	}
	p->escaped = false;
	for (rest = *s; prg_take(&rest, find_quote(rest, false)),
	    prg_take_char(&rest, '"');)
		if (can_end(rest)) {
			p->raw = prg_take(s, s->len - rest.len - 1);
			*s = rest;
			return true;
		}
	return false;
}

int
prg_param_next(struct prg_span *s, struct prg_param *p)
{
	*p = (struct prg_param){ .escaped = false };
	skip_blanks(s);
	if (s->len > 0 && s->p[0] != ';')
		return -1;
	take_semicolons(s);
	if (s->len == 0)
		return 0;
	p->name = prg_take_token(s);
	if (p->name.len == 0 || !prg_take_char(s, '='))
		return -1;
	if (prg_take_char(s, '"'))
		return take_quoted(s, p) ? 1 : -1;
	/* An extended value (RFC 8187) of libsoup's has raw quotes. */
	p->raw = p->name.p[p->name.len - 1] == '*' ?
	    prg_span_trim(prg_take(s, offset_of(';', *s))) : prg_take_token(s);
	return p->raw.len > 0 ? 1 : -1;
}

void
prg_param_value(struct prg_buf *b, const struct prg_param *p)
{
	for (size_t i = 0; i < p->raw.len; i++) {
		if (p->escaped && is_escape(p->raw, i))
			i++;
		prg_buf_char(b, p->raw.p[i]);
	}
}

int
prg_param_find(struct prg_span s, const char *name, struct prg_param *out)
{
	struct prg_param p;
	int found = 0, more;

	while ((more = prg_param_next(&s, &p)) == 1)
		if (prg_span_alike(p.name, prg_span(name)) && found++ == 0)
			*out = p;
	return more == -1 || found > 1 ? -1 : found;
}
