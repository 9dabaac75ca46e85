/*
 * test_idempotency.c - the Idempotency-Key header.
 */
#include "conformance.h"

#include "request/idempotency.h"

#define TEN	"0123456789"
#define FIFTY	TEN TEN TEN TEN TEN
#define C250	FIFTY FIFTY FIFTY FIFTY FIFTY
#define UUID	"8e03978e-40d5-43dd-bc93-6894a57f9324"

static const struct row {
	const char	*name, *header;
	const char	*key;		/* NULL: refused */
} rows[] = {
	{ "no header", NULL, NULL },
	{ "an empty header", "", NULL },
	{ "only spaces", "   ", NULL },
	{ "a String", "\"" UUID "\"", UUID },
	{ "a bare UUID", UUID, UUID },
	{ "a bare UUID that begins with a letter", "b" UUID, "b" UUID },
	{ "a number", "42", "42" },
	{ "base64url", "-_09azAZ", "-_09azAZ" },
	{ "an underscore first", "_a", "_a" },
	{ "an asterisk first", "*a", "*a" },
	{ "a slash in it", "a/b:c", "a/b:c" },
	{ "an empty string", "\"\"", NULL },
	{ "an empty string and a parameter", "\"\";a=1", NULL },
	{ "spaces around", "  \"a\"  ", "a" },
	{ "spaces around a token", "  a  ", "a" },
	{ "spaces in it stay", "\" a \"", " a " },
	{ "a tab before it", "\t\"a\"", NULL },
	{ "a tab behind it", "\"a\"\t", NULL },
	{ "a space in a token", "a b", NULL },

	{ "255 characters", "\"" C250 "12345\"", C250 "12345" },
	{ "256 characters", "\"" C250 "123456\"", NULL },
	{ "255 in a token", C250 "12345", C250 "12345" },
	{ "256 in a token", C250 "123456", NULL },
	{ "255 with an escape", "\"" C250 "1234\\\"\"", C250 "1234\"" },
	{ "256 with an escape", "\"" C250 "12345\\\"\"", NULL },

	{ "an escaped quote", "\"a\\\"b\"", "a\"b" },
	{ "an escaped backslash", "\"a\\\\b\"", "a\\b" },
	{ "only an escape", "\"\\\\\"", "\\" },
	{ "a backslash before the end", "\"a\\\\\"", "a\\" },
	{ "another escape", "\"a\\nb\"", NULL },
	{ "an escape cut short", "\"a\\", NULL },
	{ "an escaped end", "\"a\\\"", NULL },
	{ "no end", "\"a", NULL },
	{ "only a quote", "\"", NULL },
	{ "a quote in a token", "a\"b", NULL },
	{ "a quote behind a token", "a\"", NULL },
	{ "text behind", "\"a\"b", NULL },
	{ "a string behind", "\"a\"\"b\"", NULL },
	{ "single quotes", "'a'", NULL },
	{ "DEL", "\"a\x7f\"", NULL },
	{ "a control", "\"a\x01\"", NULL },
	{ "no ASCII", "\"\xc3\xa9\"", NULL },
	{ "no ASCII in a token", "a\xc3\xa9", NULL },
	{ "the last that fits", "\"~\"", "~" },

	{ "two", "\"a\", \"b\"", NULL },
	{ "the same twice", "\"a\", \"a\"", NULL },
	{ "two tokens", "a, b", NULL },
	{ "two, no space", "a,b", NULL },
	{ "two, one with a parameter", "\"a\";p=1, \"b\"", NULL },
	{ "a comma within", "\"a, b\"", "a, b" },
	{ "a comma behind", "\"a\",", NULL },

	{ "a parameter", "\"a\";p=1", "a" },
	{ "one of a token", "a;p=1", "a" },
	{ "one without a value", "\"a\";p", "a" },
	{ "many", "\"a\";p=1;q=\"x;y\\\"\"; r;*s=?1;t=@1;u=:YQ==:;v=a/b",
	  "a" },
	{ "the same key whatever they are", "\"a\";k=\"b\"", "a" },
	{ "spaces behind them", "\"a\";p=1  ", "a" },
	{ "a space before one", "\"a\" ;p=1", NULL },
	{ "a comma in one", "\"a\";p=\"1, 2\"", "a" },
	{ "a long one", "\"a\";p=\"" C250 C250 "\"", "a" },
	{ "one without a name", "\"a\";", NULL },
	{ "one that begins with a digit", "\"a\";1=1", NULL },
	{ "one in capitals", "\"a\";P=1", NULL },
	{ "one cut short", "\"a\";p=", NULL },
	{ "a string in one cut short", "\"a\";p=\"1", NULL },
	{ "something else", "(\"a\" \"b\")", NULL },
	{ "a boolean", "?1", NULL },
	{ "a date", "@1659578233", NULL },
	{ "bytes", ":YWJj:", NULL },
	{ NULL, NULL, NULL }
};

static void
idempotency_table(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_span key;
	bool good;

	(void)state;
	for (const struct row *r = rows; r->name != NULL; r++) {
		key = prg_span("untouched");
		good = prg_idempotency_key(&a, r->header, &key);
		if (good != (r->key != NULL) ||
		    !prg_span_is(key, good ? r->key : "untouched"))
			fail_msg("%s: %d \"%.*s\"", r->name, good,
			    (int)key.len, key.p);
	}
	prg_arena_release(&a);
}

/* Where we know better than the case. */
static const struct exception {
	const char	*name, *reason;
} exceptions[] = {
	{ "empty string", "no key" },
	{ "long string", "past our 255 characters" },
	{ NULL, NULL }
};

static bool
is_exception(const char *name)
{
	const struct exception *e = exceptions;

	while (e->name != NULL && strcmp(e->name, name) != 0)
		e++;
	return e->name != NULL;
}

/* The text that has to come out; NULL: refused. */
static const char *
expected(json_t *test)
{
	json_t *item = json_object_get(test, "expected");

	if (item == NULL || is_exception(json_string_value(
	    json_object_get(test, "name"))))
		return NULL;
	while (json_is_array(item))
		item = json_array_get(item, 0);
	return json_string_value(json_is_object(item) ?
	    json_object_get(item, "value") : item);
}

/* The lines of one field, as a gateway joins them; a NUL ends what it is in. */
static const char *
joined(struct prg_arena *a, json_t *lines)
{
	struct prg_buf b = prg_buf(a, 1 << 16);
	json_t *line;
	size_t i;

	json_array_foreach(lines, i, line) {
		if (i > 0)
			prg_buf_str(&b, ", ");
		prg_buf_str(&b, json_string_value(line));
	}
	return b.p;
}

static void
structured_fields(const char *path, size_t count)
{
	json_t *tests = conformance_load(path), *test;
	struct prg_arena a = { 0 };
	struct prg_span key;
	const char *want;
	size_t i;
	bool good;

	json_array_foreach(tests, i, test) {
		want = expected(test);
		good = prg_idempotency_key(&a,
		    joined(&a, json_object_get(test, "raw")), &key);
		if (good != (want != NULL) ||
		    (good && !prg_span_is(key, want)))
			fail_msg("%s: %d \"%.*s\"", json_string_value(
			    json_object_get(test, "name")), good,
			    good ? (int)key.len : 0, good ? key.p : "");
	}
	assert_int_equal(i, count);
	prg_arena_release(&a);
	json_decref(tests);
}

static void
strings(void **state)
{
	(void)state;
	structured_fields("structured-fields/string.json", 14);
}

static void
strings_of_every_byte(void **state)
{
	(void)state;
	structured_fields("structured-fields/string-generated.json", 256);
}

static void
tokens(void **state)
{
	(void)state;
	structured_fields("structured-fields/token.json", 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(idempotency_table),
		cmocka_unit_test(strings),
		cmocka_unit_test(strings_of_every_byte),
		cmocka_unit_test(tokens),
	};

	return cmocka_run_group_tests_name("idempotency", tests, NULL, NULL);
}
