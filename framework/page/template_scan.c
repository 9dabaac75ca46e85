/*
 * template_scan.c - the tags of a template, one after the other.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "page/template_scan.h"

enum { DELIMITER = 16 };

int
prg_scan_refuse(const struct prg_scan *s, unsigned line, const char *fmt, ...)
{
	char why[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return prg_error_set(s->err, "%s:%u: %s", s->file, line, why);
}

unsigned
prg_scan_lines(struct prg_span s)
{
	const char *p = s.p, *end = s.p + s.len;
	unsigned n = 0;

	for (; p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
		n++;
	return n;
}

struct prg_scan
prg_scan(const char *file, struct prg_span text, struct prg_error *err)
{
	return (struct prg_scan){ .file = file, .err = err, .text = text,
	    .line = 1, .open = { "{{", 2 }, .close = { "}}", 2 } };
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
is_space(char c)
{
	return is_one_of(c, " \t\r\n\f\v");
}

static struct prg_span
trim(struct prg_span s)
{
	while (s.len > 0 && is_space(*s.p)) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_space(s.p[s.len - 1]))
		s.len--;
	return s;
}

/* The part up to the first whitespace; 'rest' is what comes behind. */
static struct prg_span
word(struct prg_span s, struct prg_span *rest)
{
	size_t n = 0;

	while (n < s.len && !is_space(s.p[n]))
		n++;
	*rest = trim((struct prg_span){ s.p + n, s.len - n });
	return (struct prg_span){ s.p, n };
}

static int
set_delimiters(struct prg_scan *s, const struct prg_tag *t)
{
	struct prg_span rest, open = word(t->whole, &rest);
	struct prg_span none, close = word(rest, &none);

	if (open.len == 0 || close.len == 0 || none.len > 0 ||
	    open.len > DELIMITER || close.len > DELIMITER ||
	    memchr(t->whole.p, '=', t->whole.len) != NULL)
		return prg_scan_refuse(s, t->line, "expected two delimiters, "
		    "as in {{=<%% %%>=}}, of at most %d bytes", DELIMITER);
	s->open = open;
	s->close = close;
	return 0;
}

/* The first byte of a name, unless the tag is of a kind that we don't have. */
static bool
starts_name(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 ||
	    c == '_' || c == '-';
}

static bool
has_empty_part(struct prg_span s)
{
	if (s.p[0] == '.' || s.p[s.len - 1] == '.')
		return true;
	return memmem(s.p, s.len, "..", 2) != NULL;
}

/* A name in the model: parts with dots between, or one dot. */
static int
check_dotted(const struct prg_scan *s, const struct prg_tag *t)
{
	if (prg_span_is(t->name, "."))
		return 0;
	if (has_empty_part(t->name))
		return prg_scan_refuse(s, t->line,
		    "expected a name between the dots, not \"%.*s\"",
		    PRG_SPAN(t->name));
	if (!t->dynamic && !starts_name(t->name.p[0]))
		return prg_scan_refuse(s, t->line,
		    "expected a name, not \"%.*s\": there are no such tags",
		    PRG_SPAN(t->name));
	return 0;
}

static int
check_name(const struct prg_scan *s, struct prg_tag *t)
{
	struct prg_span rest;

	if (is_one_of(t->kind, "><") && t->name.len > 0 &&
	    t->name.p[0] == '*') {
		t->dynamic = true;
		t->name = trim((struct prg_span){ t->name.p + 1,
		    t->name.len - 1 });
	}
	if (t->name.len == 0)
		return prg_scan_refuse(s, t->line,
		    "expected a name in the tag");
	word(t->name, &rest);
	if (t->kind == '/')
		return 0;
	if (rest.len > 0)
		return prg_scan_refuse(s, t->line,
		    "expected one name, not \"%.*s\"", PRG_SPAN(t->name));
	if (is_one_of(t->kind, "><$") && !t->dynamic)
		return 0;
	return check_dotted(s, t);
}

/* Find where the tag ends, and what it ends with: "}}", "}}}" or "=}}". */
static int
find_end(struct prg_scan *s, struct prg_tag *t, const char *from)
{
	char close[DELIMITER + 2] = { t->kind == '{' ? '}' : '=' };
	size_t n = t->kind == '{' || t->kind == '=' ? 1 : 0;
	const char *p, *end = s->text.p + s->text.len;

	memcpy(close + n, s->close.p, s->close.len);
	n += s->close.len;
	p = memmem(from, (size_t)(end - from), close, n);
	if (p == NULL)
		return prg_scan_refuse(s, t->line,
		    "expected \"%.*s\" at the end of the tag", (int)n, close);
	t->end = (size_t)(p - s->text.p) + n;
	if (t->kind != '!' && t->end - t->start > PRG_TEMPLATE_TAG)
		return prg_scan_refuse(s, t->line, "expected \"%.*s\" within "
		    "%d bytes", (int)n, close, PRG_TEMPLATE_TAG);
	t->whole = trim((struct prg_span){ from, (size_t)(p - from) });
	t->name = t->whole;
	return 0;
}

static int
read_tag(struct prg_scan *s, struct prg_tag *t)
{
	const char *p = s->text.p + t->start + s->open.len;

	if (p < s->text.p + s->text.len && is_one_of(*p, "#^/><$!=&{"))
		t->kind = *p++;
	if (find_end(s, t, p) == -1)
		return -1;
	if (t->kind == '=')
		return set_delimiters(s, t);
	if (t->kind == '{')
		t->kind = '&';
	return t->kind == '!' ? 0 : check_name(s, t);
}

int
prg_scan_tag(struct prg_scan *s, struct prg_tag *t)
{
	const char *from = s->text.p + s->pos, *p;

	p = memmem(from, s->text.len - s->pos, s->open.p, s->open.len);
	if (p == NULL)
		return 0;
	s->line += prg_scan_lines((struct prg_span){ from,
	    (size_t)(p - from) });
	*t = (struct prg_tag){ .start = (size_t)(p - s->text.p),
	    .line = s->line };
	if (read_tag(s, t) == -1)
		return -1;
	s->pos = t->end;
	s->line += prg_scan_lines((struct prg_span){ p, t->end - t->start });
	return 1;
}
