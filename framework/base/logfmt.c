/*
 * logfmt.c - a line of key=value pairs, for people and for programs.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/logfmt.h"
#include "base/text.h"

enum {
	LONGEST = 6,		/* of what stands for one character: \u001b */
	END = 5			/* of a value that was cut, and the line: ..." */
};

static const struct escape {
	char	byte;
	char	text[3];
} escapes[] = {
	{ '"', "\\\"" }, { '\\', "\\\\" },
	{ '\n', "\\n" }, { '\r', "\\r" }, { '\t', "\\t" },
	{ '\0', "" }
};

static void
add(struct prg_logfmt *l, const char *p, size_t n)
{
	memcpy(l->text + l->len, p, n);
	l->len += n;
}

/* The length of the character at 'p'; 0 if it is none. */
static size_t
character(const char *p, size_t len)
{
	for (size_t n = 1; n <= 4 && n <= len; n++)
		if (prg_utf8_valid((struct prg_span){ p, n }) == n)
			return n;
	return 0;
}

/* Those of ASCII and, in UTF-8, of Latin-1: a terminal obeys either. */
static bool
is_control(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;

	return (n == 1 && (*u < ' ' || *u == 0x7f)) ||
	    (n == 2 && u[0] == 0xc2 && u[1] < 0xa0);
}

static bool
needs_quotes(const char *p, size_t len)
{
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = character(p + i, len - i);
		if (n == 0 || is_control(p + i, n) ||
		    strchr(" \"=\\", p[i]) != NULL)
			return true;
	}
	return len == 0;
}

/* What stands for a character within quotes: its length. */
static size_t
escape(const char *p, size_t n, char out[LONGEST + 1])
{
	const struct escape *e = escapes;

	if (n == 0)
		return (size_t)snprintf(out, LONGEST + 1, "\\ufffd");
	while (e->byte != '\0' && e->byte != *p)
		e++;
	if (e->byte != '\0')
		return (size_t)snprintf(out, LONGEST + 1, "%s", e->text);
	if (is_control(p, n))
		return (size_t)snprintf(out, LONGEST + 1, "\\u%04x",
		    (unsigned char)p[n - 1]);
	memcpy(out, p, n);
	return n;
}

/* Add the value as far as it fits, with room for what says that it was cut. */
static void
add_value(struct prg_logfmt *l, const char *p)
{
	char out[LONGEST + 1];
	size_t len = strlen(p), n, k;

	for (; len > 0; p += n, len -= n) {
		n = character(p, len);
		k = escape(p, n, out);
		if (l->len + k > PRG_LOGFMT_MAX - END) {
			add(l, "...", 3);
			return;
		}
		add(l, out, k);
		n += n == 0;
	}
}

/* Begin a pair; false if there is no room for one of any use. */
static bool
add_key(struct prg_logfmt *l, const char *key)
{
	size_t n = strlen(key);

	if (l->len + 1 + n + 2 + LONGEST > PRG_LOGFMT_MAX - END)
		return false;
	if (l->len > 0)
		add(l, " ", 1);
	add(l, key, n);
	add(l, "=", 1);
	return true;
}

void
prg_logfmt_text(struct prg_logfmt *l, const char *key, const char *value)
{
	bool quoted = needs_quotes(value, strlen(value));

	if (!add_key(l, key))
		return;
	if (quoted)
		add(l, "\"", 1);
	add_value(l, value);
	if (quoted)
		add(l, "\"", 1);
}

void
prg_logfmt_number(struct prg_logfmt *l, const char *key, long long n)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", n);
	prg_logfmt_text(l, key, text);
}

void
prg_logfmt_ms(struct prg_logfmt *l, const char *key, long long ns)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld.%02lld", ns / 1000000,
	    ns / 10000 % 100);
	prg_logfmt_text(l, key, text);
}
