/*
 * test_cookie.c - the Cookie header.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "request/cookie.h"

static const struct row {
	const char	*name, *header, *cookie;
	const char	*value;		/* NULL: not found */
} rows[] = {
	{ "no header", NULL, "a", NULL },
	{ "an empty header", "", "a", NULL },
	{ "one", "a=1", "a", "1" },
	{ "the second", "a=1; b=2; c=3", "b", "2" },
	{ "the last", "a=1; b=2; c=3", "c", "3" },
	{ "not there", "a=1; b=2", "c", NULL },
	{ "the first of two", "a=1; a=2", "a", "1" },
	{ "an empty value", "a=; b=2", "a", "" },
	{ "no space behind it", "a=1;b=2", "b", "2" },
	{ "much space", " \ta \t=\t 1 \t; b=2", "a", "1" },
	{ "a semicolon at the end", "a=1;", "a", "1" },
	{ "empty ones", ";; ;a=1", "a", "1" },
	{ "an equals sign in it", "a=b=c==", "a", "b=c==" },
	{ "quotes stay", "a=\"1\"", "a", "\"1\"" },
	{ "a quote hides nothing", "a=\"1; b=2\"", "b", "2\"" },
	{ "a quote hides nothing, before", "a=\"1; b=2\"", "a", "\"1" },
	{ "percent stays", "a=%41", "a", "%41" },
	{ "any byte", "a=\xff\x01", "a", "\xff\x01" },
	{ "another case", "A=1", "a", NULL },
	{ "a prefix of it", "ab=1", "a", NULL },
	{ "it is a prefix", "a=1", "ab", NULL },
	{ "a suffix of it", "ba=1", "a", NULL },
	{ "no equals sign", "a; b=2", "a", NULL },
	{ "no name", "=1; a=2", "a", "2" },
	{ "a comma is part of it", "a=1, b=2", "a", "1, b=2" },
	{ "nothing behind a comma", "a=1, b=2", "b", NULL },
	{ "a name in a value", "a=b=1", "b", NULL },

	{ "__Host-", "a=1; __Host-x=2; b=3", "__Host-x", "2" },
	{ "__Host-, first", "__Host-x=2", "__Host-x", "2" },
	{ "none planted behind a comma", "a=1, __Host-x=2", "__Host-x", NULL },
	{ "__Host- before a comma", "__Host-x=2, a=1", "__Host-x", "2" },
	{ "__Host- between", "a=1; b=1, __Host-x=2, c=3; d=4", "__Host-x",
	  NULL },
	{ "nor behind two", "a=1, b=2, __Host-x=3", "__Host-x", NULL },
	{ "__Host- of its own wins", "a=1, __Host-x=bad; __Host-x=2",
	  "__Host-x", "2" },
	{ "a comma without space", "a=1,__Host-x=2", "__Host-x", NULL },
	{ "a comma without space in it", "__Host-x=1,2", "__Host-x", "1,2" },
	{ "a comma at the end", "__Host-x=2,", "__Host-x", "2," },
	{ "another __Host-", "a=1, __Host-y=2", "__Host-x", NULL },
	{ "another case of __Host-", "a=1, __host-x=2", "__Host-x", NULL },
	{ NULL, NULL, NULL, NULL }
};

static void
cookie_table(void **state)
{
	struct prg_span v;
	bool found;

	(void)state;
	for (const struct row *r = rows; r->name != NULL; r++) {
		v = prg_span("untouched");
		found = prg_cookie_find(r->header, r->cookie, &v);
		if (found != (r->value != NULL) ||
		    !prg_span_is(v, found ? r->value : "untouched"))
			fail_msg("%s: %d \"%.*s\"", r->name, found, (int)v.len,
			    v.p);
	}
}

/* A header of 'n' cookies, the last of which is the one. */
static void
header_make(char *s, int n, const char *separator)
{
	for (int i = 1; i < n; i++)
		s += sprintf(s, "c%d=%d%s", i, i, separator);
	strcpy(s, "__Host-x=2");
}

static void
all_are_looked_at(void **state)
{
	static const char *const separators[] = { "; ", ";" };
	static const int counts[] = { 1, 50, 51, 180, 4000 };
	static char header[64 << 10];
	struct prg_span v;

	(void)state;
	for (size_t i = 0; i < 10; i++) {
		header_make(header, counts[i / 2], separators[i % 2]);
		assert_true(prg_cookie_find(header, "__Host-x", &v));
		assert_true(prg_span_is(v, "2"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cookie_table),
		cmocka_unit_test(all_are_looked_at),
	};

	return cmocka_run_group_tests_name("cookie", tests, NULL, NULL);
}
