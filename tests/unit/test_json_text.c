/*
 * test_json_text.c - what is written is what jansson reads, and on one line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "form/json_text.h"

static const struct {
	const char	*json;
	const char	*text;
} rows[] = {
	{ "{}", "{}" },
	{ "[]", "[]" },
	{ "[1, -2, 1.5, 1e100, true, false, null]",
	  "[1,-2,1.5,1e100,true,false,null]" },
	{ "9223372036854775807", "9223372036854775807" },
	{ "\"\"", "\"\"" },
	{ "\"a\\\"b\\\\c/d\\ne\\tf\\u0000g\\u001fh\\u007f\"",
	  "\"a\\\"b\\\\c/d\\ne\\u0009f\\u0000g\\u001fh\x7f\"" },
	{ "\"\\u00e9 \\ud83d\\ude00 \\u2028\"",
	  "\"\xC3\xA9 \xF0\x9F\x98\x80 \xE2\x80\xA8\"" },
	{ "{\"a\\\"\": {\"b\": [{}, [\"c\"]]}, \"d\": null}",
	  "{\"a\\\"\":{\"b\":[{},[\"c\"]]},\"d\":null}" },
};

static void
test_rows(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_buf b;
	json_t *j, *again;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		j = json_loads(rows[i].json, JSON_DECODE_ANY | JSON_ALLOW_NUL,
		    NULL);
		b = prg_buf(&a, 1000);
		prg_json_add(&b, j);
		if (strcmp(b.p, rows[i].text) != 0)
			fail_msg("%s: %s", rows[i].json, b.p);
		again = json_loadb(b.p, b.len, JSON_DECODE_ANY | JSON_ALLOW_NUL,
		    NULL);
		assert_true(json_equal(j, again));
		json_decref(j);
		json_decref(again);
	}
	prg_arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
