/*
 * test_condition.c - conditional requests: 200, 304 or 412.
 */
#include "conformance.h"

#include "base/date.h"
#include "request/condition.h"

enum { NOON = 784111777 };	/* Sun, 06 Nov 1994 08:49:37 GMT */

static const struct {
	const char	*name;
	int		 status;
	struct prg_request request;
} rows[] = {
	{ "none asked", 200, { .method = PRG_METHOD_GET } },
	{ "the tag", 304, { .method = PRG_METHOD_GET,
	  .if_none_match = "\"a\"" } },
	{ "HEAD", 304, { .method = PRG_METHOD_HEAD, .if_none_match = "\"a\"" } },
	{ "POST fails", 412, { .method = PRG_METHOD_POST,
	  .if_none_match = "\"a\"" } },
	{ "a weak one", 304, { .method = PRG_METHOD_GET,
	  .if_none_match = "W/\"a\"" } },
	{ "in a list", 304, { .method = PRG_METHOD_GET,
	  .if_none_match = "\"x\", W/\"y\",\"a\"" } },
	{ "a comma in a tag", 200, { .method = PRG_METHOD_GET,
	  .if_none_match = "\"x,\"a\"" } },
	{ "no quotes", 200, { .method = PRG_METHOD_GET, .if_none_match = "a" } },
	{ "a tag after text that is not one", 200, { .method = PRG_METHOD_GET,
	  .if_none_match = "x, \"a\"" } },
	{ "not closed", 200, { .method = PRG_METHOD_GET,
	  .if_none_match = "\"a" } },
	{ "a backslash in a tag", 304, { .method = PRG_METHOD_GET,
	  .if_none_match = "\"x\\\", \"a\"" } },
	{ "any", 304, { .method = PRG_METHOD_GET, .if_none_match = " * " } },
	{ "If-None-Match wins", 200, { .method = PRG_METHOD_GET,
	  .if_none_match = "\"x\"",
	  .if_modified_since = "Sun, 06 Nov 1994 08:49:37 GMT" } },
	{ "the same second", 304, { .method = PRG_METHOD_GET,
	  .if_modified_since = "Sun, 06 Nov 1994 08:49:37 GMT" } },
	{ "one before", 200, { .method = PRG_METHOD_GET,
	  .if_modified_since = "Sun, 06 Nov 1994 08:49:36 GMT" } },
	{ "a second later, which we did not send", 200, {
	  .method = PRG_METHOD_GET,
	  .if_modified_since = "Sun, 06 Nov 1994 08:49:38 GMT" } },
	{ "now", 200, { .method = PRG_METHOD_GET,
	  .if_modified_since = "Fri, 01 Jan 2100 00:00:00 GMT" } },
	{ "rfc850", 304, { .method = PRG_METHOD_GET,
	  .if_modified_since = "Sunday, 06-Nov-94 08:49:37 GMT" } },
	{ "asctime", 304, { .method = PRG_METHOD_GET,
	  .if_modified_since = "Sun Nov  6 08:49:37 1994" } },
	{ "no date", 200, { .method = PRG_METHOD_GET,
	  .if_modified_since = "yesterday" } },
	{ "not for POST", 200, { .method = PRG_METHOD_POST,
	  .if_modified_since = "Sun, 06 Nov 1994 08:49:37 GMT" } },
	{ "If-Match", 200, { .method = PRG_METHOD_GET, .if_match = "\"a\"" } },
	{ "If-Match is strong", 412, { .method = PRG_METHOD_GET,
	  .if_match = "W/\"a\"" } },
	{ "If-Match of another", 412, { .method = PRG_METHOD_GET,
	  .if_match = "\"x\"" } },
	{ "changed since", 412, { .method = PRG_METHOD_GET,
	  .if_unmodified_since = "Sun, 06 Nov 1994 08:49:36 GMT" } },
	{ "not changed since", 200, { .method = PRG_METHOD_GET,
	  .if_unmodified_since = "Sun, 06 Nov 1994 08:49:37 GMT" } },
	{ "both hold", 304, { .method = PRG_METHOD_GET, .if_match = "\"a\"",
	  .if_none_match = "\"a\"" } },
};

static void
test_rows(void **state)
{
	const struct prg_validators v = { "\"a\"", NOON, NOON + 1000 };
	int got;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((got = prg_condition(&rows[i].request, &v)) != rows[i].status)
			fail_msg("%s: %d, not %d", rows[i].name, got,
			    rows[i].status);
}

static const char *
text(const json_t *headers, const char *name)
{
	return json_string_value(json_object_get(headers, name));
}

/* Our own tags are strong, so a case's weak one counts without its W/. */
static void
check_case(const json_t *c)
{
	const json_t *in = json_object_get(c, "request");
	const json_t *out = json_object_get(c, "response");
	const char *etag = text(out, "etag");
	const char *date = text(out, "last-modified");
	struct prg_request r = {
		.method = PRG_METHOD_GET,
		.if_none_match = text(in, "if-none-match"),
		.if_modified_since = text(in, "if-modified-since"),
		.cache_control = text(in, "cache-control")
	};
	struct prg_validators v = { etag, 0, NOON };
	bool fresh;

	if (etag != NULL && strncmp(etag, "W/", 2) == 0)
		v.etag += 2;
	if (date != NULL)
		(void)prg_date_parse(prg_span(date), NOON, &v.modified);
	fresh = prg_condition(&r, &v) == 304;
	if (fresh != json_is_true(json_object_get(c, "fresh")))
		fail_msg("%s: %s", text(c, "test"), fresh ? "304" : "200");
}

static void
test_fresh(void **state)
{
	json_t *cases = conformance_load("fresh/cases.json"), *c;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(cases), 24);
	json_array_foreach(cases, i, c)
		check_case(c);
	json_decref(cases);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_fresh)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
