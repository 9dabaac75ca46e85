/*
 * test_value.c - values that templates read: JSON text of a row, look-ups,
 * names, the directions of languages.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "page/model.h"

/* -- JSON ---------------------------------------------------------------- */

static const struct {
	const char	*name;
	const char	*text;
	const char	*want;
} rows[] = {
	{ "nothing", NULL, "{}" },
	{ "an empty text", "", "{}" },
	{ "an empty object", "{}", "{}" },
	{ "all types", "{\"a\":1,\"b\":-2,\"c\":1.5,\"d\":\"e\",\"f\":true,"
	  "\"g\":false,\"h\":null,\"i\":[1,[],{}],\"j\":{\"k\":{\"l\":0}}}",
	  NULL },
	{ "escapes", "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\tz\"}",
	  "{\"a\":\"\\\"\\\\/\\b\\f\\n\\r\\tz\"}" },
	{ "code points", "{\"a\":\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"}",
	  "{\"a\":\"Aé€😀\"}" },
	{ "half of a pair", "{\"a\":\"\\ud83dx\\ude00\"}",
	  "{}" },
	{ "a NUL", "{\"a\":\"\\u0000\"}", "{}" },
	{ "an escaped name", "{\"\\u0061b\":1}", "{\"ab\":1}" },
	{ "the largest integer", "{\"a\":9223372036854775807}", NULL },
	{ "the smallest", "{\"a\":-9223372036854775808}", NULL },
	{ "an integer too many", "{\"a\":9223372036854775808}", "{}" },
	{ "more tokens than usual", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,"
	  "17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34]", NULL },
	{ "a list", "[]", NULL },
	{ "a text", "\"a\"", "{}" },
	{ "a name without a value", "{\"a\"}", "{}" },
	{ "an end too few", "{\"a\":[1}", "{}" },
	{ "half an object", "{\"a\":", "{}" },
	{ "no JSON", "a", "{}" }
};

static void
reads_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct prg_arena a = { 0 };
		const char *want = rows[i].want != NULL ? rows[i].want :
		    rows[i].text;
		json_t *expected = json_loads(want, 0, NULL), *got;

		got = prg_var_to_json(prg_var_parse(&a, prg_names_new(&a),
		    rows[i].text));
		if (expected == NULL || !json_equal(expected, got))
			fail_msg("%s: not %s", rows[i].name, want);
		json_decref(expected);
		json_decref(got);
		prg_arena_release(&a);
	}
}

/* -- Look-ups ------------------------------------------------------------ */

static void
finds_members(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_names *names = prg_names_new(&a);
	const char *mine = prg_names_add(names, prg_span("mine"));
	json_t *j = json_pack("{s:{s:i}}", "mine", "title", 3);
	struct prg_var app = prg_var_json(j), row = prg_var_parse(&a, names,
	    "{\"title\":\"t\",\"mine\":{\"title\":2},\"other\":1}");

	(void)state;
	assert_int_equal(prg_var_find(row, prg_name.title).type, PRG_VAR_TEXT);
	assert_int_equal(prg_var_find(prg_var_find(row, mine),
	    prg_name.title).integer, 2);
	assert_int_equal(prg_var_find(prg_var_find(app, mine),
	    prg_name.title).integer, 3);
	assert_int_equal(prg_var_find(row, prg_name.url).type, PRG_VAR_NONE);
	assert_int_equal(prg_var_find(app, prg_name.url).type, PRG_VAR_NONE);
	assert_int_equal(prg_var_find(prg_var_find(row, prg_name.title),
	    mine).type, PRG_VAR_NONE);
	json_decref(j);
	prg_arena_release(&a);
}

static void
names_are_stored_once(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_names *names = prg_names_new(&a);
	const char *x = prg_names_add(names, (struct prg_span){ "xyz", 1 });

	(void)state;
	assert_ptr_equal(prg_names_find(names, prg_span("title")),
	    prg_name.title);
	assert_ptr_equal(prg_names_add(names, prg_span("title")),
	    prg_name.title);
	assert_string_equal(x, "x");
	assert_ptr_equal(prg_names_add(names, prg_span("x")), x);
	assert_null(prg_names_find(names, prg_span("xy")));
	assert_true(prg_names_provided(names, "title"));
	assert_false(prg_names_provided(names, "x"));
	assert_ptr_equal(prg_names_provide(names, "x"), x);
	assert_true(prg_names_provided(names, "x"));
	prg_arena_release(&a);
}

/* -- Directions ---------------------------------------------------------- */

static void
languages_have_a_direction(void **state)
{
	static const char *const tags[][2] = {
		{ "ar", "rtl" }, { "AR-eg", "rtl" }, { "he", "rtl" },
		{ "fa-IR", "rtl" }, { "ur", "rtl" }, { "ps", "rtl" },
		{ "yi", "rtl" }, { "dv", "rtl" }, { "ckb", "rtl" },
		{ "az-Arab", "rtl" }, { "uz-arab-AF", "rtl" },
		{ "ar-Latn", NULL }, { "he-Latn-IL", NULL },
		{ "en", NULL }, { "", NULL }, { "a", NULL },
		{ "de-CH-1996", NULL }, { "el", NULL }, { "arn", NULL }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if ((prg_direction(tags[i][0]) == NULL) != (tags[i][1] == NULL))
			fail_msg("%s", tags[i][0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_json),
		cmocka_unit_test(finds_members),
		cmocka_unit_test(names_are_stored_once),
		cmocka_unit_test(languages_have_a_direction)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
