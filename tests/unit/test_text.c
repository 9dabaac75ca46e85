/*
 * test_text.c - UTF-8, percent-encoding, HTML, newlines, digits.
 */
#include <ctype.h>

#include "base/text.h"
#include "conformance.h"

#define FFFD	"\xef\xbf\xbd"
#define SPAN(s)	{ s, sizeof(s) - 1 }

enum { MAX = 1 << 16 };

static struct prg_arena arena;

/* Fails unless 'b' holds these bytes and nothing else. */
static void
expect(const char *name, const struct prg_buf *b, struct prg_span want)
{
	if (b->len != want.len || memcmp(b->p, want.p, want.len) != 0)
		fail_msg("%s: %zu bytes: \"%s\"", name, b->len, b->p);
}

/* The bytes at an address of their own, so that a read past them is seen. */
static struct prg_span
exact(const char *p, size_t n)
{
	char *q = malloc(n > 0 ? n : 1);

	memcpy(q, p, n);
	return (struct prg_span){ q, n };
}

static const struct utf8_row {
	const char	*name;
	struct prg_span	 in;
	size_t		 valid, length;
	struct prg_span	 repaired;
} utf8_rows[] = {
	{ "nothing", SPAN(""), 0, 0, SPAN("") },
	{ "ASCII", SPAN("0123456789abcdef"), 16, 16,
	  SPAN("0123456789abcdef") },
	{ "a NUL", SPAN("a\0b"), 3, 3, SPAN("a\0b") },
	{ "two bytes", SPAN("\xc3\xa9"), 2, 1, SPAN("\xc3\xa9") },
	{ "three bytes", SPAN("\xe2\x82\xac"), 3, 1, SPAN("\xe2\x82\xac") },
	{ "four bytes", SPAN("\xf0\x9f\x98\x80"), 4, 2,
	  SPAN("\xf0\x9f\x98\x80") },
	{ "after eight", SPAN("12345678\xc3\xa9z"), 11, 10,
	  SPAN("12345678\xc3\xa9z") },
	{ "bad in the ninth", SPAN("12345678\xff" "12345678"), 8, 17,
	  SPAN("12345678" FFFD "12345678") },
	{ "the last one", SPAN("\xf4\x8f\xbf\xbf"), 4, 2,
	  SPAN("\xf4\x8f\xbf\xbf") },
	{ "past the last", SPAN("\xf4\x90\x80\x80"), 0, 4,
	  SPAN(FFFD FFFD FFFD FFFD) },
	{ "overlong slash", SPAN("\xc0\xaf"), 0, 2, SPAN(FFFD FFFD) },
	{ "overlong, three", SPAN("\xe0\x80\xaf"), 0, 3,
	  SPAN(FFFD FFFD FFFD) },
	{ "overlong, four", SPAN("\xf0\x80\x80\xaf"), 0, 4,
	  SPAN(FFFD FFFD FFFD FFFD) },
	{ "a surrogate", SPAN("\xed\xa0\x80"), 0, 3, SPAN(FFFD FFFD FFFD) },
	{ "cut after two of three", SPAN("a\xe2\x82"), 1, 2,
	  SPAN("a" FFFD) },
	{ "cut after three of four", SPAN("\xf0\x9f\x98"), 0, 1, SPAN(FFFD) },
	{ "broken off", SPAN("\xe2\x82(\xc3\xa9"), 0, 3,
	  SPAN(FFFD "(\xc3\xa9") },
	{ "broken off by another", SPAN("\xf0\x9f\xc3\xa9"), 0, 2,
	  SPAN(FFFD "\xc3\xa9") },
	{ "only continuations", SPAN("\x80\xbf"), 0, 2, SPAN(FFFD FFFD) },
	{ "a byte order mark", SPAN("\xef\xbb\xbfx"), 4, 2,
	  SPAN("\xef\xbb\xbfx") },
	{ "Unicode 3.9, table 3-8",
	  SPAN("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41"), 0, 9,
	  SPAN(FFFD FFFD FFFD FFFD FFFD FFFD FFFD FFFD "A") },
	{ "Unicode 3.9, table 3-11",
	  SPAN("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41"), 0, 5,
	  SPAN(FFFD FFFD FFFD FFFD "A") },
	{ NULL, { NULL, 0 }, 0, 0, { NULL, 0 } }
};

static void
utf8_table(void **state)
{
	const struct utf8_row *r;
	struct prg_span in;
	struct prg_buf b;

	(void)state;
	for (r = utf8_rows; r->name != NULL; r++) {
		in = exact(r->in.p, r->in.len);
		if (prg_utf8_valid(in) != r->valid)
			fail_msg("%s: valid %zu", r->name, prg_utf8_valid(in));
		if (prg_utf8_length(in) != r->length)
			fail_msg("%s: long %zu", r->name, prg_utf8_length(in));
		b = prg_buf(&arena, MAX);
		prg_utf8_repair(&b, in);
		expect(r->name, &b, r->repaired);
		free((char *)in.p);
	}
}

/* Write a code point, good or not, as UTF-8 would have it; its length. */
static size_t
encode(unsigned c, char *p)
{
	static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (n == 1) {
		p[0] = (char)c;
		return 1;
	}
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		p[i] = (char)(0x80 | (c & 0x3f));
	p[0] = (char)(leads[n] | c);
	return n;
}

static void
every_code_point(void **state)
{
	char text[4];
	size_t n, want;

	(void)state;
	for (unsigned c = 0; c < 0x200000; c++) {
		n = encode(c, text);
		want = c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : n;
		if (prg_utf8_valid((struct prg_span){ text, n }) != want)
			fail_msg("U+%04X", c);
	}
}

/* "C2 A9" as bytes. */
static struct prg_span
from_hex(const char *s, const char *end)
{
	char *p = prg_arena_get(&arena, strlen(s));
	size_t n = 0;
	unsigned c;

	for (; s < end; s++) {
		if (!isxdigit((unsigned char)*s))
			continue;
		sscanf(s++, "%2x", &c);
		p[n++] = (char)c;
	}
	return (struct prg_span){ p, n };
}

/* num:valid:text, num:valid hex:HEX or num:invalid hex:HEX:SKIPPED:REPLACED */
static void
utf8_case(const char *line)
{
	const char *kind = line + strcspn(line, ":") +
	    strspn(strchr(line, ':'), ": ");
	const char *in = strchr(kind, ':') + 1, *end = strchr(in, '\n');
	bool good = strncmp(kind, "valid", 5) == 0;
	struct prg_buf b = prg_buf(&arena, MAX);
	struct prg_span bytes, want;

	if (!good)
		end = strchr(in, ':');
	bytes = strncmp(kind, "valid:", 6) == 0 ?
	    (struct prg_span){ in, (size_t)(end - in) } : from_hex(in, end);
	want = bytes;
	if (!good) {
		in = strchr(end + 1, ':') + 1;
		want = from_hex(in, in + strlen(in));
	}
	if ((prg_utf8_valid(bytes) == bytes.len) != good)
		fail_msg("%s", line);
	prg_utf8_repair(&b, bytes);
	expect(line, &b, want);
}

static void
utf8_conformance(void **state)
{
	const char *path = "utf8tests/utf8tests.txt";
	char line[1024];
	int n = 0;
	FILE *f;

	(void)state;
	if ((f = fopen(conformance_path(path), "r")) == NULL)
		conformance_missing(path);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (line[0] == '#' || strchr(line, ':') == NULL)
			continue;
		utf8_case(line);
		n++;
	}
	fclose(f);
	assert_int_equal(n, 222);
}

typedef void filter(struct prg_buf *, struct prg_span);

static void
decode(struct prg_buf *b, struct prg_span s)
{
	prg_percent_decode(b, s, false);
}

static void
decode_plus(struct prg_buf *b, struct prg_span s)
{
	prg_percent_decode(b, s, true);
}

static const struct filter_row {
	const char	*name;
	filter		*fn;
	struct prg_span	 in, out;
} filter_rows[] = {
	{ "decode nothing", decode, SPAN(""), SPAN("") },
	{ "decode plain", decode, SPAN("abc"), SPAN("abc") },
	{ "decode either case", decode, SPAN("%4a%4A%6D"), SPAN("JJm") },
	{ "decode a NUL", decode, SPAN("a%00b"), SPAN("a\0b") },
	{ "decode any byte", decode, SPAN("%ff%80%7F"), SPAN("\xff\x80\x7f") },
	{ "a bad one", decode, SPAN("%zz%4g%g4"), SPAN("%zz%4g%g4") },
	{ "cut short", decode, SPAN("a%4"), SPAN("a%4") },
	{ "only a percent", decode, SPAN("%"), SPAN("%") },
	{ "percents", decode, SPAN("%%%41%"), SPAN("%%A%") },
	{ "once only", decode, SPAN("%2541"), SPAN("%41") },
	{ "a hole in it", decode, SPAN("%4\0" "1"), SPAN("%4\0" "1") },
	{ "a plus stays", decode, SPAN("a+b%2B"), SPAN("a+b+") },
	{ "a plus is a space", decode_plus, SPAN("a+b%2B+"), SPAN("a b+ ") },
	{ "a plus is no digit", decode_plus, SPAN("%+1%1+"), SPAN("% 1%1 ") },

	{ "encode nothing", prg_percent_encode, SPAN(""), SPAN("") },
	{ "encode unreserved", prg_percent_encode, SPAN("azAZ09-._~"),
	  SPAN("azAZ09-._~") },
	{ "encode the neighbours", prg_percent_encode, SPAN("@[`{/:,"),
	  SPAN("%40%5B%60%7B%2F%3A%2C") },
	{ "encode others", prg_percent_encode, SPAN("a b\0\xc3\xa9\x7f+%"),
	  SPAN("a%20b%00%C3%A9%7F%2B%25") },

	{ "escape nothing", prg_html_escape, SPAN(""), SPAN("") },
	{ "escape plain", prg_html_escape, SPAN("plain"), SPAN("plain") },
	{ "escape the five", prg_html_escape, SPAN("<a b='c' d=\"e\">&"),
	  SPAN("&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;") },
	{ "escape what is escaped", prg_html_escape, SPAN("&amp;"),
	  SPAN("&amp;amp;") },
	{ "keep space", prg_html_escape, SPAN("\t\n\f\r "),
	  SPAN("\t\n\f\r ") },
	{ "no controls", prg_html_escape, SPAN("a\0b\x01\x0b\x1f\x7f"),
	  SPAN("a" FFFD "b" FFFD FFFD FFFD FFFD) },
	{ "keep UTF-8", prg_html_escape, SPAN("\xc3\xa9\xf0\x9f\x98\x80<"),
	  SPAN("\xc3\xa9\xf0\x9f\x98\x80&lt;") },
	{ "a bad part eats no bracket", prg_html_escape, SPAN("\xe2\x82<\xc3"),
	  SPAN(FFFD "&lt;" FFFD) },

	{ "newlines of nothing", prg_newlines, SPAN(""), SPAN("") },
	{ "LF stays", prg_newlines, SPAN("a\nb\n"), SPAN("a\nb\n") },
	{ "CRLF", prg_newlines, SPAN("a\r\nb\r\n"), SPAN("a\nb\n") },
	{ "CR", prg_newlines, SPAN("a\rb\r"), SPAN("a\nb\n") },
	{ "mixed", prg_newlines, SPAN("\r\r\n\n\r"), SPAN("\n\n\n\n") },
	{ NULL, NULL, { NULL, 0 }, { NULL, 0 } }
};

static void
filter_table(void **state)
{
	const struct filter_row *r;
	struct prg_span in;
	struct prg_buf b;

	(void)state;
	for (r = filter_rows; r->name != NULL; r++) {
		in = exact(r->in.p, r->in.len);
		b = prg_buf(&arena, MAX);
		r->fn(&b, in);
		expect(r->name, &b, r->out);
		free((char *)in.p);
	}
}

static void
what_is_encoded_decodes(void **state)
{
	struct prg_buf b = prg_buf(&arena, MAX), c = prg_buf(&arena, MAX);
	char bytes[256];

	(void)state;
	for (int i = 0; i < 256; i++)
		bytes[i] = (char)i;
	prg_percent_encode(&b, (struct prg_span){ bytes, 256 });
	prg_percent_decode(&c, (struct prg_span){ b.p, b.len }, true);
	expect("all bytes", &c, (struct prg_span){ bytes, 256 });
}

static void
a_full_buffer_is_noticed(void **state)
{
	const struct filter_row *r;
	struct prg_buf b;

	(void)state;
	for (r = filter_rows; r->name != NULL; r++) {
		if (r->out.len == 0)
			continue;
		b = prg_buf(&arena, r->out.len);
		r->fn(&b, r->in);
		if (b.full)
			fail_msg("%s: full at the limit", r->name);
		b = prg_buf(&arena, r->out.len - 1);
		r->fn(&b, r->in);
		if (!b.full || b.len > r->out.len - 1)
			fail_msg("%s: %zu bytes", r->name, b.len);
	}
}

static const struct {
	struct prg_span	in;
	long long	value;		/* -1: refused */
} digit_rows[] = {
	{ SPAN("0"), 0 },		{ SPAN("42"), 42 },
	{ SPAN("007"), 7 },		{ SPAN(""), -1 },
	{ SPAN("9223372036854775807"), INT64_MAX },
	{ SPAN("9223372036854775808"), -1 },
	{ SPAN("9223372036854775810"), -1 },
	{ SPAN("92233720368547758070"), -1 },
	{ SPAN("99999999999999999999999999"), -1 },
	{ SPAN("000000000000000000000000000000001"), 1 },
	{ SPAN("+1"), -1 },		{ SPAN("-1"), -1 },
	{ SPAN(" 1"), -1 },		{ SPAN("1 "), -1 },
	{ SPAN("0x1"), -1 },		{ SPAN("1e3"), -1 },
	{ SPAN("3, 3"), -1 },		{ SPAN("1.0"), -1 },
	{ SPAN("1\0"), -1 },		{ SPAN("\xd9\xa1"), -1 },
	{ SPAN("/"), -1 },		{ SPAN(":"), -1 },
	{ { NULL, 0 }, 0 }
};

static void
digit_table(void **state)
{
	long long v;

	(void)state;
	for (size_t i = 0; digit_rows[i].in.p != NULL; i++) {
		v = -1;
		if (prg_digits(digit_rows[i].in, &v) != (v >= 0) ||
		    v != digit_rows[i].value)
			fail_msg("\"%s\": %lld", digit_rows[i].in.p, v);
	}
}

static void
spans_are_compared(void **state)
{
	(void)state;
	assert_true(prg_span_is(prg_span("ab"), "ab"));
	assert_false(prg_span_is(prg_span("ab"), "abc"));
	assert_false(prg_span_is(prg_span("ab"), "a"));
	assert_false(prg_span_is((struct prg_span)SPAN("a\0"), "a"));
	assert_true(prg_span_is((struct prg_span){ NULL, 0 }, ""));
	assert_true(prg_span_alike(prg_span("aBI@[`{"), prg_span("AbI@[`{")));
	assert_false(prg_span_alike(prg_span("@["), prg_span("`{")));
	assert_false(prg_span_alike(prg_span("ab"), prg_span("abc")));
	assert_false(prg_span_alike(prg_span("\xc3\x89"),
	    prg_span("\xc3\xa9")));
}

static int
release(void **state)
{
	(void)state;
	prg_arena_release(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_table),
		cmocka_unit_test(every_code_point),
		cmocka_unit_test(utf8_conformance),
		cmocka_unit_test(filter_table),
		cmocka_unit_test(what_is_encoded_decodes),
		cmocka_unit_test(a_full_buffer_is_noticed),
		cmocka_unit_test(digit_table),
		cmocka_unit_test(spans_are_compared),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, release);
}
