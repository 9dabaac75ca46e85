/*
 * text.c - bytes as text: UTF-8, percent-encoding, HTML, newlines.
 *
 * <ctype.h> depends on the locale and is not used.  All loops copy runs: plain
 * text is one memcpy().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char hex[] = "0123456789ABCDEF";
static const char replacement[] = "\xef\xbf\xbd";

struct prg_span
prg_span(const char *s)
{
	if (s == NULL)
		s = "";
	return (struct prg_span){ s, strlen(s) };
}

bool
prg_span_is(struct prg_span s, const char *t)
{
	size_t n = prg_span(t).len;

	return s.len == n && (n == 0 || memcmp(s.p, t, n) == 0);
}

bool
prg_span_alike(struct prg_span a, struct prg_span b)
{
	size_t i = 0;

	if (a.len != b.len)
		return false;
	while (i < a.len && prg_lower(a.p[i]) == prg_lower(b.p[i]))
		i++;
	return i == a.len;
}

static unsigned char
byte(struct prg_span s, size_t i)
{
	return (unsigned char)s.p[i];
}

static void
add(struct prg_buf *b, struct prg_span s, size_t from, size_t to)
{
	if (to > from)
		prg_buf_add(b, s.p + from, to - from);
}

/*
 * The length of the character at 'i', or of the maximal subpart of a bad one,
 * which one U+FFFD replaces (Unicode 15, 3.9).  After four first bytes, fewer
 * second bytes are valid (table 3-7): no overlong forms, no surrogates, nothing
 * past U+10FFFF.
 */
static size_t
sequence(struct prg_span s, size_t i, bool *good)
{
	unsigned char c = byte(s, i);
	unsigned char lo = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	unsigned char hi = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	size_t len = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 :
	    c < 0xf5 ? 4 : 0;
	size_t n = 1;

	for (; n < len && n < s.len - i && byte(s, i + n) >= lo &&
	    byte(s, i + n) <= hi; n++) {
		lo = 0x80;
		hi = 0xbf;
	}
	*good = n == len;
	return n;
}

/* The end of the valid text that starts at 'i'. */
static size_t
skip_good(struct prg_span s, size_t i)
{
	bool good = true;
	size_t n;

	while (i < s.len) {
		n = byte(s, i) < 0x80 ? 1 : sequence(s, i, &good);
		if (!good)
			break;
		i += n;
	}
	return i;
}

size_t
prg_utf8_valid(struct prg_span s)
{
	return skip_good(s, 0);
}

void
prg_utf8_repair(struct prg_buf *b, struct prg_span s)
{
	size_t i = 0, end;
	bool good;

	for (;;) {
		end = skip_good(s, i);
		add(b, s, i, end);
		if (end == s.len)
			return;
		i = end + sequence(s, end, &good);
		prg_buf_str(b, replacement);
	}
}

struct prg_span
prg_utf8_clean(struct prg_arena *a, struct prg_span s)
{
	struct prg_buf b;

	if (prg_utf8_valid(s) == s.len)
		return s;
	b = prg_buf(a, 3 * s.len);
	prg_utf8_repair(&b, s);
	return (struct prg_span){ b.p, b.len };
}

size_t
prg_utf8_length(struct prg_span s)
{
	size_t i, len, n = 0;
	bool good = true;

	for (i = 0; i < s.len; i += len) {
		len = byte(s, i) < 0x80 ? 1 : sequence(s, i, &good);
		n += good && len == 4 ? 2 : 1;	/* a surrogate pair */
	}
	return n;
}

uint32_t
prg_utf8_first(struct prg_span s, size_t *len)
{
	unsigned char c = byte(s, 0);
	size_t n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	uint32_t v = n == 1 ? c : c & (0x7fu >> n);

	*len = n <= s.len ? n : s.len;
	for (size_t i = 1; i < *len; i++)
		v = v << 6 | (s.p[i] & 0x3f);
	return v;
}

static int
hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that "%HH" at 'i' encodes, or -1. */
static int
percent_value(struct prg_span s, size_t i)
{
	int hi, lo;

	if (s.len - i < 3)
		return -1;
	hi = hex_value(byte(s, i + 1));
	lo = hex_value(byte(s, i + 2));
	return hi < 0 || lo < 0 ? -1 : hi * 16 + lo;
}

void
prg_percent_decode(struct prg_buf *b, struct prg_span s, bool plus)
{
	size_t i, from = 0;
	int c;

	for (i = 0; i < s.len; i++) {
		if (s.p[i] == '+' && plus) {
			add(b, s, from, i);
			prg_buf_char(b, ' ');
			from = i + 1;
		} else if (s.p[i] == '%' && (c = percent_value(s, i)) >= 0) {
			add(b, s, from, i);
			prg_buf_char(b, (char)c);
			i += 2;
			from = i + 1;
		}
	}
	add(b, s, from, s.len);
}

static bool
is_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') ||
	    c == '-' || c == '.' || c == '_' || c == '~';
}

void
prg_percent_encode(struct prg_buf *b, struct prg_span s)
{
	size_t i, from = 0;

	for (i = 0; i < s.len; i++) {
		if (is_unreserved(byte(s, i)))
			continue;
		add(b, s, from, i);
		prg_buf_add(b, (char[]){ '%', hex[byte(s, i) >> 4],
		    hex[byte(s, i) & 15] }, 3);
		from = i + 1;
	}
	add(b, s, from, s.len);
}

/* Bytes that HTML text holds as they are; most text has no others. */
static bool
is_html_plain(unsigned char c)
{
	static const bool special[128] = { ['&'] = true, ['<'] = true,
	    ['>'] = true, ['"'] = true, ['\''] = true, [0x7f] = true };

	return c >= ' ' && c < 0x80 && !special[c];
}

/* The replacement of an ASCII byte in HTML, or NULL: the byte itself. */
static const char *
html_find(unsigned char c)
{
	switch (c) {
	case '&':	return "&amp;";
	case '<':	return "&lt;";
	case '>':	return "&gt;";
	case '"':	return "&quot;";
	case '\'':	return "&#39;";
	case '\t':
	case '\n':
	case '\f':
	case '\r':	return NULL;
	default:	return replacement;
	}
}

void
prg_html_escape(struct prg_buf *b, struct prg_span s)
{
	size_t i, n, from = 0;
	const char *to;
	bool good;

	for (i = 0; i < s.len; i += n) {
		while (i < s.len && is_html_plain(byte(s, i)))
			i++;
		if (i == s.len)
			break;
		n = sequence(s, i, &good);
		to = !good ? replacement :
		    n == 1 ? html_find(byte(s, i)) : NULL;
		if (to == NULL)
			continue;
		add(b, s, from, i);
		prg_buf_str(b, to);
		from = i + n;
	}
	add(b, s, from, s.len);
}

void
prg_newlines(struct prg_buf *b, struct prg_span s)
{
	size_t i, from = 0;

	for (i = 0; i < s.len; i++) {
		if (s.p[i] != '\r')
			continue;
		add(b, s, from, i);
		from = i + 1;
		if (from == s.len || s.p[from] != '\n')
			prg_buf_char(b, '\n');
	}
	add(b, s, from, s.len);
}

bool
prg_digits(struct prg_span s, long long *out)
{
	long long v = 0;
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' ||
		    __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, s.p[i] - '0', &v))
			return false;
	}
	if (s.len > 0)
		*out = v;
	return s.len > 0;
}

static bool
is_same(const char *text, double d)
{
	return !(strtod(text, NULL) < d || strtod(text, NULL) > d);
}

struct prg_number
prg_number(double d)
{
	struct prg_number n, plain = { "" };
	char *p;

	snprintf(n.text, sizeof(n.text), "%.15g", d);
	if (!is_same(n.text, d))
		snprintf(n.text, sizeof(n.text), "%.17g", d);
	if (strchr(n.text, 'e') != NULL && d < 1e17 && d > -1e17) {
		for (int places = 0; places <= 17 && !is_same(plain.text, d);
		    places++)
			snprintf(plain.text, sizeof(plain.text), "%.*f",
			    places, d);
		if (is_same(plain.text, d))
			n = plain;
	}
	if ((p = strchr(n.text, ',')) != NULL)
		*p = '.';
	return n;
}
