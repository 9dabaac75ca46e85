/*
 * test_target.c - the path that a request or a redirect is for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "request/target.h"

static const struct row {
	const char	*name, *uri, *base;
	int		 refused;
	const char	*path, *query;
} rows[] = {
	{ "the root", "/", "", 0, "/", "" },
	{ "a path", "/a/b", "", 0, "/a/b", "" },
	{ "a trailing slash stays", "/a/", "", 0, "/a/", "" },
	{ "a double slash stays", "//x", "", 0, "//x", "" },
	{ "one within, too", "/a//b", "", 0, "/a//b", "" },
	{ "decoded", "/a%20b%2Bc+d", "", 0, "/a b+c+d", "" },
	{ "decoded once", "/a%252e%252e", "", 0, "/a%2e%2e", "" },
	{ "UTF-8", "/%c3%a9", "", 0, "/\xc3\xa9", "" },
	{ "UTF-8, raw", "/\xc3\xa9", "", 0, "/\xc3\xa9", "" },
	{ "an encoded hash", "/a%23b", "", 0, "/a#b", "" },
	{ "an encoded question", "/a%3Fb", "", 0, "/a?b", "" },
	{ "parameters are path", "/e;p=1", "", 0, "/e;p=1", "" },
	{ "dots in a name", "/..a/b..c/...", "", 0, "/..a/b..c/...", "" },

	{ "a query", "/a?b=c", "", 0, "/a", "b=c" },
	{ "a query stays raw", "/a?b=%2F+%zz&..\\", "", 0, "/a",
	  "b=%2F+%zz&..\\" },
	{ "an empty query", "/a?", "", 0, "/a", "" },
	{ "a second question", "/a?b?c", "", 0, "/a", "b?c" },
	{ "a slash in the query", "/?/../", "", 0, "/", "/../" },

	{ "absolute", "http://h/x", "", 0, "/x", "" },
	{ "absolute, a port", "http://h:80/x?y", "", 0, "/x", "y" },
	{ "absolute, https", "HTTPS://h/x", "", 0, "/x", "" },
	{ "absolute, no path", "http://h", "", 0, "/", "" },
	{ "absolute, only a query", "http://h?x", "", 0, "/", "x" },
	{ "absolute, a slash in the query", "http://h?x/y", "", 0, "/",
	  "x/y" },
	{ "absolute, a double slash", "http://h//x", "", 0, "//x", "" },
	{ "absolute, a base", "http://h/app/x", "/app", 0, "/x", "" },
	{ "absolute, no base", "http://h", "/app", 404, "", "" },
	{ "absolute, no host", "http:///x", "", 400, "", "" },
	{ "absolute, nothing", "http://", "", 400, "", "" },
	{ "another scheme", "ftp://h/x", "", 400, "", "" },
	{ "no scheme", "://h/x", "", 400, "", "" },

	{ "the base", "/app", "/app", 0, "/", "" },
	{ "the base and a slash", "/app/", "/app", 0, "/", "" },
	{ "the base and a query", "/app?x", "/app", 0, "/", "x" },
	{ "below the base", "/app/x/", "/app", 0, "/x/", "" },
	{ "a base of two", "/a/b/c", "/a/b", 0, "/c", "" },
	{ "the base, encoded", "/%61pp/x", "/app", 0, "/x", "" },
	{ "another word", "/appx", "/app", 404, "", "" },
	{ "outside", "/x", "/app", 404, "", "" },
	{ "the root is outside", "/", "/app", 404, "", "" },
	{ "half the base", "/ap", "/app", 404, "", "" },
	{ "the base in another case", "/App/x", "/app", 404, "", "" },
	{ "a double slash before it", "//app/x", "/app", 404, "", "" },
	{ "a double slash behind it", "/app//x", "/app", 0, "//x", "" },

	{ "no slash", "x", "", 400, "", "" },
	{ "nothing", "", "", 400, "", "" },
	{ "only a query", "?x", "", 400, "", "" },
	{ "an asterisk", "*", "", 400, "", "" },
	{ "an authority", "h:80", "", 400, "", "" },
	{ "a fragment", "/a#b", "", 400, "", "" },
	{ "a fragment in the query", "/a?b#c", "", 400, "", "" },
	{ "a dot", "/.", "", 400, "", "" },
	{ "a dot within", "/a/./b", "", 400, "", "" },
	{ "two dots", "/..", "", 400, "", "" },
	{ "two dots within", "/a/../b", "", 400, "", "" },
	{ "two dots at the end", "/a/..", "", 400, "", "" },
	{ "two dots out of the base", "/app/../x", "/app", 400, "", "" },
	{ "encoded dots", "/%2e%2e/x", "", 400, "", "" },
	{ "one encoded dot", "/.%2E", "", 400, "", "" },
	{ "an encoded slash", "/a%2Fb", "", 400, "", "" },
	{ "an encoded slash, lower case", "/a%2fb", "", 400, "", "" },
	{ "a backslash", "/a\\b", "", 400, "", "" },
	{ "an encoded backslash", "/a%5Cb", "", 400, "", "" },
	{ "an encoded backslash, lower case", "/%5c..", "", 400, "", "" },
	{ "a NUL", "/a%00b", "", 400, "", "" },
	{ "a NUL before dots", "/%00/../a", "", 400, "", "" },
	{ "a line end", "/a%0d%0ab", "", 400, "", "" },
	{ "a raw line end", "/a\r\nb", "", 400, "", "" },
	{ "a line end in the query", "/a?b\nc", "", 400, "", "" },
	{ "a tab", "/a%09b", "", 400, "", "" },
	{ "the last control", "/a%1fb", "", 400, "", "" },
	{ "DEL", "/a%7fb", "", 400, "", "" },
	{ "a raw DEL", "/a\x7f" "b", "", 400, "", "" },
	{ "a bad percent", "/a%zzb", "", 400, "", "" },
	{ "a percent cut short", "/a%4", "", 400, "", "" },
	{ "a percent at the end", "/a%", "", 400, "", "" },
	{ "a percent before the query", "/a%4?1", "", 400, "", "" },
	{ "no UTF-8", "/%ff", "", 404, "", "" },
	{ "an overlong slash", "/%c0%af", "", 404, "", "" },
	{ "a surrogate", "/%ed%a0%80", "", 404, "", "" },
	{ "bad before outside", "/x%00", "/app", 400, "", "" },
	{ NULL, NULL, NULL, 0, NULL, NULL }
};

static void
target_table(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_target t;

	(void)state;
	for (const struct row *r = rows; r->name != NULL; r++) {
		t = prg_target_read(&a, r->uri, r->base);
		if (t.refused.status != r->refused || strcmp(t.path, r->path) != 0 ||
		    strcmp(t.query, r->query) != 0)
			fail_msg("%s: %d \"%s\" \"%s\"", r->name, t.refused.status,
			    t.path, t.query);
	}
	prg_arena_release(&a);
}

/* Each byte in a path, raw and encoded, is itself or refused. */
static void
every_byte(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_target t;
	char raw[4] = "/", encoded[8];
	int want;

	(void)state;
	for (int c = 1; c < 256; c++) {
		raw[1] = (char)c;
		snprintf(encoded, sizeof(encoded), "/%%%02x", c);
		want = c >= 0x80 ? 404 : c < ' ' || c == 0x7f || c == '\\' ||
		    c == '/' || c == '.' ? 400 : 0;
		t = prg_target_read(&a, encoded, "");
		if (t.refused.status != want || (want == 0 && t.path[1] != c))
			fail_msg("%s: %d %s", encoded, t.refused.status, t.path);
		if (strchr("#%?/", c) != NULL)
			continue;
		t = prg_target_read(&a, raw, "");
		if (t.refused.status != want || (want == 0 && t.path[1] != c))
			fail_msg("%02x: %d %s", c, t.refused.status, t.path);
	}
	prg_arena_release(&a);
}

static void
a_long_path(void **state)
{
	static char uri[100000];
	struct prg_arena a = { 0 };
	struct prg_target t;

	(void)state;
	memset(uri, 'x', sizeof(uri) - 1);
	uri[0] = '/';
	t = prg_target_read(&a, uri, "");
	assert_int_equal(t.refused.status, 0);
	assert_string_equal(t.path, uri);
	prg_arena_release(&a);
}

/* -- Redirects ------------------------------------------------------------ */

static const struct path {
	const char	*name, *path;
	bool		 local;
} paths[] = {
	{ "the root", "/", true },
	{ "a path", "/a/b", true },
	{ "a query", "/a?b=c&d=http://evil", true },
	{ "a fragment", "/a#b", true },
	{ "a double slash within", "/a//b", true },
	{ "dots", "/../a", true },
	{ "dots and a double slash", "/.//evil", true },
	{ "an encoded slash", "/%2fevil", true },
	{ "an encoded backslash", "/%5cevil", true },
	{ "an encoded tab", "/%09/evil", true },
	{ "UTF-8", "/caf\xc3\xa9", true },
	{ "no UTF-8", "/\xff", true },
	{ "a colon", "/http://evil", true },
	{ "an at sign", "/@evil", true },

	{ "NULL", NULL, false },
	{ "nothing", "", false },
	{ "relative", "a", false },
	{ "a dot", "./a", false },
	{ "a query only", "?a", false },
	{ "a fragment only", "#a", false },
	{ "two slashes", "//evil", false },
	{ "two slashes only", "//", false },
	{ "three slashes", "///evil", false },
	{ "a backslash second", "/\\evil", false },
	{ "a backslash first", "\\evil", false },
	{ "two backslashes", "\\\\evil", false },
	{ "a backslash and a slash", "\\/evil", false },
	{ "a backslash within", "/a\\b", false },
	{ "a backslash in the query", "/a?b\\c", false },
	{ "a tab between", "/\t/evil", false },
	{ "a line feed between", "/\n/evil", false },
	{ "a return between", "/\r/evil", false },
	{ "a tab and a backslash", "/\t\\evil", false },
	{ "a tab first", "\t/a", false },
	{ "a tab within", "/a\tb", false },
	{ "a line end within", "/a\r\nSet-Cookie: b", false },
	{ "a line end behind", "/a\n", false },
	{ "a space first", " /a", false },
	{ "a space before two slashes", " //evil", false },
	{ "a space within, to be encoded", "/a b", true },
	{ "a space behind", "/a ", true },
	{ "a control first", "\x01/a", false },
	{ "a control within", "/a\x1f", false },
	{ "DEL", "/a\x7f", false },
	{ "absolute", "http://evil", false },
	{ "absolute, one slash", "http:/\\evil", false },
	{ "absolute, no slash", "http:evil", false },
	{ "script", "javascript:alert(1)", false },
	{ "script behind a tab", "java\tscript:alert(1)", false },
	{ "data", "data:text/html,x", false },
	{ NULL, NULL, false }
};

static void
redirect_table(void **state)
{
	(void)state;
	for (const struct path *p = paths; p->name != NULL; p++)
		if (prg_target_is_local(p->path) != p->local)
			fail_msg("%s: %d", p->name, !p->local);
}

/*
 * What is left once a browser has read it (URL standard, 4.4): no control or
 * space at the ends, no tab or line end, each backslash a slash.
 */
static void
browser_reads(const char *s, char *out)
{
	size_t n = strlen(s), at = 0;

	while (n > 0 && (unsigned char)s[n - 1] <= ' ')
		n--;
	while (at < n && (unsigned char)s[at] <= ' ')
		at++;
	for (; at < n; at++)
		if (strchr("\t\n\r", s[at]) == NULL)
			*out++ = s[at] == '\\' ? '/' : s[at];
	*out = '\0';
}

/* Half of the first bytes is a slash, so that many are called local. */
static void
hostile_make(char *s, size_t max, uint32_t *seed)
{
	static const char set[] = "///\\\t\r\n%2f5c.:@?# \x01\x1f\x7f\xe2"
	    "\x80\xa8\xff" "ahttp&=;[]<>\"'";
	size_t n;

	*seed = *seed * 1664525 + 1013904223;
	n = (*seed >> 8) % max;
	for (size_t i = 0; i < n; i++) {
		*seed = *seed * 1664525 + 1013904223;
		s[i] = set[(*seed >> 8) % (sizeof(set) - 1)];
		if (i == 0 && (*seed >> 31) != 0)
			s[i] = '/';
	}
	s[n] = '\0';
}

static void
what_is_local_stays_here(void **state)
{
	char s[13], read[13];
	uint32_t seed = 1;
	int local = 0;

	(void)state;
	for (int i = 0; i < 1000000; i++) {
		hostile_make(s, sizeof(s), &seed);
		if (!prg_target_is_local(s))
			continue;
		local++;
		browser_reads(s, read);
		if (read[0] != '/' || read[1] == '/')
			fail_msg("\"%s\" is \"%s\" to a browser", s, read);
	}
	assert_true(local > 50000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(target_table),
		cmocka_unit_test(every_byte),
		cmocka_unit_test(a_long_path),
		cmocka_unit_test(redirect_table),
		cmocka_unit_test(what_is_local_stays_here),
	};

	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
