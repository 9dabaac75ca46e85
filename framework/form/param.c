/*
 * param.c - a field value with parameters: form-data; name="a"; filename=b.
 */
#include <string.h>

#include "form/param.h"

static bool
is_tchar(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') ||
	    (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool
prg_param_is_token(struct prg_span s)
{
	size_t i = 0;

	while (i < s.len && is_tchar(s.p[i]))
		i++;
	return i == s.len && i > 0;
}

/* Take 'n' bytes off the front. */
static struct prg_span
take(struct prg_span *rest, size_t n)
{
	struct prg_span s = { rest->p, n };

	*rest = (struct prg_span){ rest->p + n, rest->len - n };
	return s;
}

static void
skip_blanks(struct prg_span *rest)
{
	size_t n = 0;

	while (n < rest->len && is_blank(rest->p[n]))
		n++;
	take(rest, n);
}

static struct prg_span
take_token(struct prg_span *rest)
{
	size_t n = 0;

	while (n < rest->len && is_tchar(rest->p[n]))
		n++;
	return take(rest, n);
}

static bool
begins_with(struct prg_span s, char c)
{
	return s.len > 0 && s.p[0] == c;
}

struct prg_span
prg_param_head(struct prg_span *rest)
{
	const char *p = rest->len > 0 ? memchr(rest->p, ';', rest->len) : NULL;
	struct prg_span s = take(rest,
	    p != NULL ? (size_t)(p - rest->p) : rest->len);

	skip_blanks(&s);
	while (s.len > 0 && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

/* Whether a value may have ended here: no more, or another parameter. */
static bool
may_end(struct prg_span rest)
{
	skip_blanks(&rest);
	if (rest.len == 0)
		return true;
	if (!begins_with(rest, ';'))
		return false;
	while (begins_with(rest, ';')) {
		take(&rest, 1);
		skip_blanks(&rest);
	}
	if (rest.len == 0)
		return true;
	if (take_token(&rest).len == 0 || !begins_with(rest, '='))
		return false;
	take(&rest, 1);
	return begins_with(rest, '"') || (rest.len > 0 && is_tchar(rest.p[0]));
}

/* Where the quote that ends the value is; its length if there is none. */
static size_t
find_quote(struct prg_span s, bool escaped)
{
	size_t i = 0;

	while (i < s.len && s.p[i] != '"')
		i += escaped && s.p[i] == '\\' && i + 1 < s.len &&
		    (s.p[i + 1] == '"' || s.p[i + 1] == '\\') ? 2 : 1;
	return i < s.len ? i : s.len;
}

/* Read on from behind the quote that opens the value. */
static bool
take_quoted(struct prg_span *rest, struct prg_param *p)
{
	static const bool readings[] = { false, true };
	struct prg_span after;
	size_t n;

	for (size_t i = 0; i < 2; i++) {
		n = find_quote(*rest, readings[i]);
		if (n == rest->len)
			return false;
		after = (struct prg_span){ rest->p + n + 1, rest->len - n - 1 };
		if (may_end(after)) {
			p->raw = (struct prg_span){ rest->p, n };
			p->escaped = readings[i];
			*rest = after;
			return true;
		}
	}
	return false;
}

int
prg_param_next(struct prg_span *rest, struct prg_param *p)
{
	*p = (struct prg_param){ .escaped = false };
	skip_blanks(rest);
	if (rest->len > 0 && !begins_with(*rest, ';'))
		return -1;
	while (begins_with(*rest, ';')) {
		take(rest, 1);
		skip_blanks(rest);
	}
	if (rest->len == 0)
		return 0;
	p->name = take_token(rest);
	if (p->name.len == 0 || !begins_with(*rest, '='))
		return -1;
	take(rest, 1);
	if (begins_with(*rest, '"')) {
		take(rest, 1);
		return take_quoted(rest, p) ? 1 : -1;
	}
	p->raw = take_token(rest);
	return p->raw.len > 0 ? 1 : -1;
}

void
prg_param_value(struct prg_buf *b, const struct prg_param *p)
{
	struct prg_span s = p->raw;

	for (size_t i = 0; i < s.len; i++) {
		if (p->escaped && s.p[i] == '\\' && i + 1 < s.len &&
		    (s.p[i + 1] == '"' || s.p[i + 1] == '\\'))
			i++;
		prg_buf_char(b, s.p[i]);
	}
}

int
prg_param_find(struct prg_span rest, const char *name, struct prg_param *out)
{
	struct prg_param p;
	int found = 0, more;

	while ((more = prg_param_next(&rest, &p)) == 1) {
		if (!prg_span_alike(p.name, prg_span(name)))
			continue;
		if (found++ == 0)
			*out = p;
	}
	return more == -1 || found > 1 ? -1 : found;
}
