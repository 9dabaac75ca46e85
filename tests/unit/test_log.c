/*
 * test_log.c - nothing in a value looks like another pair or another line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"

static const struct {
	const char	*value;
	const char	*pair;
} rows[] = {
	{ "a",			"k=a" },
	{ "",			"k=\"\"" },
	{ "/a/b",		"k=/a/b" },
	{ "a-b_c.d:e,f;g",	"k=a-b_c.d:e,f;g" },
	{ "a b",		"k=\"a b\"" },
	{ " ",			"k=\" \"" },
	{ "a=b",		"k=\"a=b\"" },
	{ "\"",			"k=\"\\\"\"" },
	{ "a\" level=error",	"k=\"a\\\" level=error\"" },
	{ "\\",			"k=\"\\\\\"" },
	{ "a\\\" b",		"k=\"a\\\\\\\" b\"" },
	{ "a\nlevel=error",	"k=\"a\\nlevel=error\"" },
	{ "\r\t",		"k=\"\\r\\t\"" },
	{ "\x1b[31m",		"k=\"\\u001b[31m\"" },
	{ "\x01",		"k=\"\\u0001\"" },
	{ "\x7f",		"k=\"\\u007f\"" },
	{ "\u00e4\u20ac\U0001f600", "k=\"\u00e4\u20ac\U0001f600\"" },
	{ "\u00e4 b",		"k=\"\u00e4 b\"" },
	{ "\xc2\x9b" "31m",	"k=\"\\u009b31m\"" },
	{ "\xc2\xa0",		"k=\"\xc2\xa0\"" },
	{ "\xff",		"k=\"\\ufffd\"" },
	{ "a\xc3",		"k=\"a\\ufffd\"" },
	{ "\xe2\x82" "b",	"k=\"\\ufffd\\ufffd" "b\"" },
	{ "\xc0\x80",		"k=\"\\ufffd\\ufffd\"" },
	{ "\xed\xa0\x80",	"k=\"\\ufffd\\ufffd\\ufffd\"" }
};

static void
test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct prg_logfmt l = { .len = 0 };

		prg_logfmt_text(&l, "k", rows[i].value);
		if (l.len != strlen(rows[i].pair) ||
		    memcmp(l.text, rows[i].pair, l.len) != 0)
			fail_msg("%s became %.*s", rows[i].pair, (int)l.len,
			    l.text);
	}
}

static void
test_pairs(void **state)
{
	static const char want[] = "a=b n=-12 ms=1234.05 zero=0.00 c=\"d e\"";
	struct prg_logfmt l = { .len = 0 };

	(void)state;
	prg_logfmt_text(&l, "a", "b");
	prg_logfmt_number(&l, "n", -12);
	prg_logfmt_ms(&l, "ms", 1234056789);
	prg_logfmt_ms(&l, "zero", 9999);
	prg_logfmt_text(&l, "c", "d e");
	assert_int_equal(l.len, strlen(want));
	assert_memory_equal(l.text, want, l.len);
}

/* A value after any other one is closed, and the line has room for its end. */
static void
check_cut(const char *unit, size_t before)
{
	static char value[3 * PRG_LOGFMT_MAX], pad[PRG_LOGFMT_MAX + 1];
	struct prg_logfmt l = { .len = 0 };
	size_t n = strlen(unit);
	bool quoted = strcmp(unit, "a") != 0;

	memset(pad, 'p', before);
	pad[before] = '\0';
	for (size_t i = 0; i + n < sizeof(value); i += n)
		memcpy(value + i, unit, n + 1);
	prg_logfmt_text(&l, "p", pad);
	n = l.len;
	prg_logfmt_text(&l, "k", value);
	assert_true(l.len < PRG_LOGFMT_MAX);
	if (l.len == n)
		return;			/* no room for any of it */
	assert_memory_equal(l.text + n, quoted ? " k=\"" : " k=", quoted ? 4 : 3);
	assert_memory_equal(l.text + l.len - (quoted ? 4 : 3),
	    quoted ? "...\"" : "...", quoted ? 4 : 3);
	prg_logfmt_text(&l, "too", "much");
	assert_true(l.len < PRG_LOGFMT_MAX);
}

static void
test_cut(void **state)
{
	static const char *const units[] = { "a", "\u20ac", " ", "\"", "\x1b",
	    "\xff" };

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		for (size_t before = 0; before <= PRG_LOGFMT_MAX; before++)
			check_cut(units[i], before);
}

/* A character is not cut in two. */
static void
test_cut_whole(void **state)
{
	struct prg_logfmt l = { .len = 0 };
	char value[3 * PRG_LOGFMT_MAX + 1] = "";

	(void)state;
	for (size_t i = 0; i < PRG_LOGFMT_MAX; i++)
		memcpy(value + 3 * i, "\u20ac", 4);
	prg_logfmt_text(&l, "k", value);
	assert_int_equal((l.len - strlen("k=\"...\"")) % 3, 0);
	assert_memory_equal(l.text + l.len - 7, "\u20ac...\"", 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_cut_whole)
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
