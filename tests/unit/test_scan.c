/*
 * test_scan.c - the syntax of header fields: tokens, lists, parameters.
 */
#include "base/scan.h"
#include "conformance.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define SPAN(s)		{ s, sizeof(s) - 1 }

/* A copy of its own size, so that the sanitizer sees a read past its end. */
static struct prg_span
exact(struct prg_span s)
{
	char *p = malloc(s.len > 0 ? s.len : 1);

	memcpy(p, s.p, s.len);
	return (struct prg_span){ p, s.len };
}

static const struct {
	struct prg_span	text;
	size_t		token;		/* the length of the token in front */
	const char	*trimmed;
} tokens[] = {
	{ SPAN(""), 0, "" },
	{ SPAN(" \t "), 0, "" },
	{ SPAN("a"), 1, "a" },
	{ SPAN("text/html"), 4, "text/html" },
	{ SPAN("!#$%&'*+-.^_`|~09azAZ"), 21, "!#$%&'*+-.^_`|~09azAZ" },
	{ SPAN("a\0b"), 1, "a" },
	{ SPAN("a b"), 1, "a b" },
	{ SPAN(" a\t"), 0, "a" },
	{ SPAN("\t a b \t"), 0, "a b" },
	{ SPAN("\"a\""), 0, "\"a\"" },
	{ SPAN("\xc3\xa9"), 0, "\xc3\xa9" },
	{ SPAN("\x7f"), 0, "\x7f" },
};

static void
tokens_and_blanks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tokens); i++) {
		struct prg_span text = exact(tokens[i].text), rest = text;
		struct prg_span token = prg_take_token(&rest);
		bool whole = token.len > 0 && rest.len == 0;

		if (token.p != text.p || token.len != tokens[i].token ||
		    prg_is_token(text) != whole ||
		    strncmp(prg_span_trim(text).p, tokens[i].trimmed,
		    prg_span_trim(text).len) != 0)
			fail_msg("%s: %zu", tokens[i].text.p, token.len);
		free((char *)text.p);
	}
}

static void
bytes_and_runs(void **state)
{
	struct prg_span s = prg_span("aab1;");

	(void)state;
	assert_false(prg_take_char(&s, 'b'));
	assert_true(prg_take_char(&s, 'a'));
	assert_true(prg_span_is(prg_take_run(&s, "ab"), "ab"));
	assert_true(prg_span_is(prg_take_run(&s, "ab"), ""));
	assert_false(prg_take_text(&s, "1;a"));
	assert_false(prg_take_text(&s, "2"));
	assert_true(prg_take_text(&s, ""));
	assert_true(prg_take_text(&s, "1"));
	assert_true(prg_span_is(prg_take(&s, 9), ";"));
	assert_int_equal(s.len, 0);
	assert_false(prg_take_char(&s, '\0'));
	s = (struct prg_span){ "\0", 1 };
	assert_int_equal(prg_take_run(&s, "ab").len, 0);
}

static const struct {
	const char	*text, *before, *after;	/* after NULL: no ':' */
} splits[] = {
	{ "", "", NULL },
	{ "a", "a", NULL },
	{ ":", "", "" },
	{ "a:", "a", "" },
	{ ":b", "", "b" },
	{ "a: b:c ", "a", " b:c " },
};

static void
splits_at_the_first(void **state)
{
	struct prg_span s, before;

	(void)state;
	for (size_t i = 0; i < COUNT(splits); i++) {
		s = prg_span(splits[i].text);
		if (prg_span_split(s, ':', &before, &s) !=
		    (splits[i].after != NULL) ||
		    !prg_span_is(before, splits[i].before) ||
		    !prg_span_is(s, splits[i].after != NULL ?
		    splits[i].after : ""))
			fail_msg("%s", splits[i].text);
	}
	s = (struct prg_span){ NULL, 0 };
	assert_false(prg_span_split(s, ':', &before, &s));
	assert_int_equal(before.len + s.len, 0);
}

/* The members as "[member]" each. */
static const struct {
	struct prg_span	text;
	const char	*want;
} lists[] = {
	{ SPAN(""), "" },
	{ SPAN(" , ,\t,"), "" },
	{ SPAN("a"), "[a]" },
	{ SPAN(" a , b\t,c"), "[a][b][c]" },
	{ SPAN("a;x=1, b c"), "[a;x=1][b c]" },
	{ SPAN("a=\",\",b"), "[a=\",\"][b]" },
	{ SPAN("a=\"\\\",\",b"), "[a=\"\\\",\"][b]" },
	{ SPAN("\"a\",\"b\""), "[\"a\"][\"b\"]" },
	{ SPAN("a\\,b"), "[a\\][b]" },
	{ SPAN("a,\"b,c"), "[a][\"b,c]" },
	{ SPAN("\"a\\"), "[\"a\\]" },
};

static void
members(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_span m;

	(void)state;
	for (size_t i = 0; i < COUNT(lists); i++) {
		struct prg_span text = exact(lists[i].text), rest = text;
		struct prg_buf got = prg_buf(&a, 1000);

		while (prg_take_member(&rest, &m))
			prg_buf_printf(&got, "[%.*s]", (int)m.len, m.p);
		if (strcmp(got.p, lists[i].want) != 0)
			fail_msg("%s: %s", lists[i].text.p, got.p);
		free((char *)text.p);
	}
	prg_arena_release(&a);
}

/* -- Parameters ------------------------------------------------------ */

/* The parameters as "name=value," each; '!' stands for a syntax error. */
static const struct {
	struct prg_span	text;
	const char	*want;
} params[] = {
	{ SPAN(""), "" },
	{ SPAN(";"), "" },
	{ SPAN(" ; ; \t"), "" },
	{ SPAN(";a=b"), "a=b," },
	{ SPAN("; a=b;c=d;"), "a=b,c=d," },
	{ SPAN(";a=b ; c=\"d\" "), "a=b,c=d," },
	{ SPAN(";a=\"\""), "a=," },
	{ SPAN(";a=\"b;c=d\""), "a=b;c=d," },
	{ SPAN(";a=\"b c\t\x01\xff\""), "a=b c\t\x01\xff," },
	{ SPAN(";a*=b'c'%20"), "a*=b'c'%20," },
	{ SPAN(";a"), "!" },
	{ SPAN(";a="), "!" },
	{ SPAN(";=b"), "!" },
	{ SPAN(";a =b"), "!" },
	{ SPAN(";a= b"), "!" },
	{ SPAN(";a=b c"), "a=b,!" },
	{ SPAN(";a=b,c=d"), "a=b,!" },
	{ SPAN("a=b"), "!" },
	{ SPAN(";a=\xc3\xa9"), "!" },
	{ SPAN(";a=b\xc3\xa9"), "a=b,!" },
	{ SPAN(";a=\""), "!" },
	{ SPAN(";a=\"b"), "!" },
	{ SPAN(";a=\"b\\\"c"), "!" },
	{ SPAN(";a=\"b\"c"), "!" },
	{ SPAN(";a=\"b\"c\""), "a=b\"c," },
	{ SPAN(";a=\"b\"c\"d"), "!" },
	{ SPAN(";a=\"\"\"; b=c"), "a=\",b=c," },
	{ SPAN(";a=\"b\"; c\"; d=e"), "a=b\"; c,d=e," },
	{ SPAN(";a=\"b\";c"), "!" },

	/* A backslash is literal ... */
	{ SPAN(";a=\"b\\c\""), "a=b\\c," },
	{ SPAN(";a=\"b\\\\c\""), "a=b\\\\c," },
	{ SPAN(";a=\"b\\\""), "a=b\\," },
	{ SPAN(";a=\"b\\\\\""), "a=b\\\\," },
	{ SPAN(";a=\"\\\""), "a=\\," },
	{ SPAN(";a=\"b\\\"; c=\"d\\\""), "a=b\\,c=d\\," },
	{ SPAN(";a=\"b\\\" ;; c=d"), "a=b\\,c=d," },
	/* ... unless the next quote can't end the value. */
	{ SPAN(";a=\"b \\\"c\""), "a=b \"c," },
	{ SPAN(";a=\"\\\"b\\\"\""), "a=\"b\"," },
	{ SPAN(";a=\"\\\"b\\\\c\\d\""), "a=\"b\\c\\d," },
	{ SPAN(";a=\"b\\\"; c\";d=e"), "a=b\"; c,d=e," },
	{ SPAN(";a=\"b\\\"; c=\\\"d\""), "a=b\"; c=\"d," },
};

static void
parameters(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_param p;

	(void)state;
	for (size_t i = 0; i < COUNT(params); i++) {
		struct prg_span text = exact(params[i].text), rest = text;
		struct prg_buf got = prg_buf(&a, 1000);
		int more;

		while ((more = prg_param_next(&rest, &p)) == 1) {
			prg_buf_add(&got, p.name.p, p.name.len);
			prg_buf_char(&got, '=');
			prg_param_value(&got, &p);
			prg_buf_char(&got, ',');
		}
		if (more == -1)
			prg_buf_char(&got, '!');
		if (strcmp(got.p, params[i].want) != 0)
			fail_msg("%s: %s", params[i].text.p, got.p);
		free((char *)text.p);
	}
	prg_arena_release(&a);
}

static const struct {
	const char	*text, *name;
	int		 want;
} finds[] = {
	{ ";a=b;c=d", "c", 1 },
	{ ";a=b;C=d", "c", 1 },
	{ ";a=b", "c", 0 },
	{ "", "c", 0 },
	{ ";c=d;a=b;c=d", "c", -1 },
	{ ";c=d;C=e", "c", -1 },
	{ ";c=d;a", "c", -1 },
};

static void
parameters_are_found(void **state)
{
	struct prg_param p;
	int got;

	(void)state;
	for (size_t i = 0; i < COUNT(finds); i++) {
		got = prg_param_find(prg_span(finds[i].text), finds[i].name,
		    &p);
		if (got != finds[i].want ||
		    (got == 1 && !prg_span_is(p.raw, "d")))
			fail_msg("%s: %d", finds[i].text, got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_and_blanks),
		cmocka_unit_test(bytes_and_runs),
		cmocka_unit_test(splits_at_the_first),
		cmocka_unit_test(members),
		cmocka_unit_test(parameters),
		cmocka_unit_test(parameters_are_found),
	};

	return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
