/*
 * tags.c - the tags of a template, one after the other.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "page/compile.h"

enum { DELIMITER = 16 };

static const char spaces[] = " \t\r\n\f\v";

int
prg_tags_refuse(const struct prg_tags *s, unsigned line, const char *fmt, ...)
{
	char why[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return prg_error_set(s->err, "%s:%u: %s", s->file, line, why);
}

unsigned
prg_count_lines(struct prg_span s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] == '\n';
	return n;
}

int
prg_tags_begin(struct prg_tags *s, const char *file, struct prg_span text,
    struct prg_error *err)
{
	struct prg_span good = { text.p, prg_utf8_valid(text) };
	const char *nul = good.len > 0 ? memchr(text.p, '\0', good.len) : NULL;

	*s = (struct prg_tags){ .file = file, .err = err, .text = text,
	    .line = 1, .open = { "{{", 2 }, .close = { "}}", 2 } };
	if (text.len > PRG_TEMPLATE_SIZE)
		return prg_tags_refuse(s, 1, "expected at most %d bytes",
		    PRG_TEMPLATE_SIZE);
	if (nul == NULL && good.len == text.len)
		return 0;
	if (nul != NULL)
		good.len = (size_t)(nul - text.p);
	return prg_tags_refuse(s, 1 + prg_count_lines(good), "expected %s",
	    nul != NULL ? "text, not a NUL" : "UTF-8");
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static struct prg_span
trim(struct prg_span s)
{
	while (s.len > 0 && is_one_of(*s.p, spaces)) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_one_of(s.p[s.len - 1], spaces))
		s.len--;
	return s;
}

/* The part up to the first white space; 'rest' is the trimmed remainder. */
static struct prg_span
word(struct prg_span s, struct prg_span *rest)
{
	size_t n = 0;

	while (n < s.len && !is_one_of(s.p[n], spaces))
		n++;
	*rest = trim((struct prg_span){ s.p + n, s.len - n });
	return (struct prg_span){ s.p, n };
}

static int
set_delimiters(struct prg_tags *s, const struct prg_tag *t)
{
	struct prg_span rest, open = word(t->whole, &rest);
	struct prg_span none, close = word(rest, &none);

	if (open.len == 0 || close.len == 0 || none.len > 0 ||
	    open.len > DELIMITER || close.len > DELIMITER ||
	    memchr(t->whole.p, '=', t->whole.len) != NULL)
		return prg_tags_refuse(s, t->line, "expected two delimiters, "
		    "as in {{=<%% %%>=}}, of at most %d bytes", DELIMITER);
	s->open = open;
	s->close = close;
	return 0;
}

/* A name in the model: parts with dots between, or one dot. */
static int
check_dotted(const struct prg_tags *s, const struct prg_tag *t)
{
	struct prg_span n = t->name;

	if (prg_span_is(n, "."))
		return 0;
	if (n.p[0] == '.' || n.p[n.len - 1] == '.' ||
	    memmem(n.p, n.len, "..", 2) != NULL)
		return prg_tags_refuse(s, t->line, "expected a name between "
		    "the dots, not \"%.*s\"", PRG_SPAN(n));
	if (!t->dynamic && !isalnum((unsigned char)n.p[0]) &&
	    (unsigned char)n.p[0] < 0x80 && !is_one_of(n.p[0], "_-"))
		return prg_tags_refuse(s, t->line, "expected a name, not "
		    "\"%.*s\": there are no such tags", PRG_SPAN(n));
	return 0;
}

static int
check_name(const struct prg_tags *s, struct prg_tag *t)
{
	struct prg_span rest;

	if (is_one_of(t->kind, "><") && t->name.len > 0 &&
	    t->name.p[0] == '*') {
		t->dynamic = true;
		t->name = trim((struct prg_span){ t->name.p + 1,
		    t->name.len - 1 });
	}
	if (t->name.len == 0)
		return prg_tags_refuse(s, t->line,
		    "expected a name in the tag");
	word(t->name, &rest);
	if (t->kind == '/')
		return 0;
	if (rest.len > 0)
		return prg_tags_refuse(s, t->line,
		    "expected one name, not \"%.*s\"", PRG_SPAN(t->name));
	if (is_one_of(t->kind, "><$") && !t->dynamic)
		return 0;
	return check_dotted(s, t);
}

/* Find the end of the tag: "}}", "}}}" or "=}}". */
static int
find_end(struct prg_tags *s, struct prg_tag *t, const char *from)
{
	char close[DELIMITER + 2] = { t->kind == '{' ? '}' : '=' };
	size_t n = t->kind == '{' || t->kind == '=' ? 1 : 0;
	const char *p, *end = s->text.p + s->text.len;

	memcpy(close + n, s->close.p, s->close.len);
	n += s->close.len;
	p = memmem(from, (size_t)(end - from), close, n);
	if (p == NULL)
		return prg_tags_refuse(s, t->line,
		    "expected \"%.*s\" at the end of the tag", (int)n, close);
	t->end = (size_t)(p - s->text.p) + n;
	if (t->kind != '!' && t->end - t->start > PRG_TEMPLATE_TAG)
		return prg_tags_refuse(s, t->line, "expected \"%.*s\" within "
		    "%d bytes", (int)n, close, PRG_TEMPLATE_TAG);
	t->whole = trim((struct prg_span){ from, (size_t)(p - from) });
	t->name = t->whole;
	return 0;
}

static int
read_tag(struct prg_tags *s, struct prg_tag *t)
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
prg_tags_next(struct prg_tags *s, struct prg_tag *t)
{
	const char *from = s->text.p + s->pos, *p;

	p = memmem(from, s->text.len - s->pos, s->open.p, s->open.len);
	if (p == NULL)
		return 0;
	s->line += prg_count_lines((struct prg_span){ from,
	    (size_t)(p - from) });
	*t = (struct prg_tag){ .start = (size_t)(p - s->text.p),
	    .line = s->line };
	if (read_tag(s, t) == -1)
		return -1;
	s->pos = t->end;
	s->line += prg_count_lines((struct prg_span){ p, t->end - t->start });
	return 1;
}
