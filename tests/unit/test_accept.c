/*
 * test_accept.c - which representation a client likes best.
 */
#include "conformance.h"
#include "request/accept.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static const char chromium[] = "text/html,application/xhtml+xml,"
    "application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7";

static const struct row {
	const char	*name, *accept, *type;
	int		 weight;
} rows[] = {
	{ "no header", NULL, "text/html", 1000 },
	{ "an empty one", "", "text/html", 1000 },
	{ "a blank one", " \t", "text/html", 1000 },
	{ "only commas", ", ,,", "text/html", 1000 },
	{ "only nonsense", "nonsense", "text/html", 1000 },
	{ "anything", "*/*", "text/html", 1000 },
	{ "all text", "text/*", "text/html", 1000 },
	{ "another type", "image/*", "text/html", -1 },
	{ "a prefix of it", "text/htm", "text/html", -1 },
	{ "any case", "TEXT/HTML;Q=0.5", "text/html", 500 },
	{ "a weight", "text/html;q=0.123", "text/html", 123 },
	{ "a weight of 0", "text/html;q=0", "text/html", 0 },
	{ "0.000", "text/html;q=0.000", "text/html", 0 },
	{ "0.001", "text/html;q=0.001", "text/html", 1 },
	{ "a point and nothing", "text/html;q=0., a/b", "text/html", 0 },
	{ "1.000", "text/html;q=1.000", "text/html", 1000 },
	{ "space around", " text/html \t;\t q=0.5 , a/b", "text/html", 500 },
	{ "empty parameters", "text/html;;q=0.5;", "text/html", 500 },
	{ "excluded", "*/*, text/html;q=0", "text/html", 0 },
	{ "excluded, before", "text/html;q=0, */*", "text/html", 0 },
	{ "excluded as all text", "text/*;q=0, */*", "text/html", 0 },
	{ "the first of equals", "a/b;q=0.3, a/b;q=0.7", "a/b", 300 },
	{ "specific wins, last", "*/*;q=0.1, a/*;q=0.2, a/b;q=0.3", "a/b",
	  300 },
	{ "specific wins, first", "a/b;q=0.3, a/*;q=0.2, */*;q=0.1", "a/b",
	  300 },
	{ "a parameter that we do not have", "a/b;q=0.3, a/b;x=1;q=0.7",
	  "a/b", 300 },
	{ "a parameter only", "a/b;x=1", "a/b", -1 },
	{ "a parameter after the weight", "a/b;q=0.7;x=1", "a/b", -1 },
	{ "a comma in quotes", "c/d;x=\",a/b;\";q=0.5", "a/b", -1 },
	{ "an escaped quote", "c/d;x=\"\\\",\", a/b;q=0.5", "a/b", 500 },
	{ "not parsed: above 1", "a/b;q=1.001, c/d", "a/b", -1 },
	{ "not parsed: q=2", "a/b;q=2, c/d", "a/b", -1 },
	{ "not parsed: four decimals", "a/b;q=0.1234, c/d", "a/b", -1 },
	{ "not parsed: no digit", "a/b;q=.5, c/d", "a/b", -1 },
	{ "not parsed: minus", "a/b;q=-1, c/d", "a/b", -1 },
	{ "not parsed: no value", "a/b;q=, c/d", "a/b", -1 },
	{ "not parsed: no equals sign", "a/b;q, c/d", "a/b", -1 },
	{ "not parsed: a quoted weight", "a/b;q=\"1\", c/d", "a/b", -1 },
	{ "not parsed: a lone asterisk", "*;q=0.2, c/d", "a/b", -1 },
	{ "not parsed: any of one", "*/b, c/d", "a/b", -1 },
	{ "not parsed: no subtype", "a/, c/d", "a/b", -1 },
	{ "not parsed: no type", "/b, c/d", "a/b", -1 },
	{ "not parsed: space in it", "a /b, c/d", "a/b", -1 },
	{ "not parsed: two words", "a/b c, c/d", "a/b", -1 },
	{ "not parsed: three parts", "a/b/c, c/d", "a/b", -1 },
	{ "not parsed: an open quote", "c/d, a/b;x=\"1", "a/b", -1 },
	{ "an open quote eats the rest", "e/f, a/b;x=\"1, c/d", "c/d", -1 },
	{ "the one after is read", "a/b;q=x, c/d;q=0.5", "c/d", 500 },
	{ "Chromium and HTML", chromium, "text/html", 1000 },
	{ "Chromium and JSON", chromium, "application/json", 800 },
	{ NULL, NULL, NULL, 0 }
};

static void
weight_table(void **state)
{
	int weight;

	(void)state;
	for (const struct row *r = rows; r->name != NULL; r++) {
		weight = prg_accept_weight(r->accept, r->type);
		if (weight != r->weight)
			fail_msg("%s: %d", r->name, weight);
	}
}

static const struct {
	const char	*name, *accept;
	bool		 json, html;	/* preferred to the other */
} preferences[] = {
	{ "no header", NULL, false, false },
	{ "curl", "*/*", false, false },
	{ "Chromium", chromium, false, true },
	{ "Firefox", "text/html,application/xhtml+xml,application/xml;q=0.9,"
	  "*/*;q=0.8", false, true },
	{ "fetch() for JSON", "application/json", true, false },
	{ "axios", "application/json, text/plain, */*", true, false },
	{ "any application", "application/*, */*", true, false },
	{ "any text", "text/*, */*", false, true },
	{ "of equal weights", "*/*;q=0.5, application/json;q=0.5", true, false },
	{ "both are named", "application/json, text/html", false, false },
	{ "HTML is named", "text/html, application/*", false, true },
	{ "JSON in UTF-8", "application/json;charset=utf-8", true, false },
	{ "JSON in UTF-8, quoted", "application/json; Charset=\"UTF-8\"", true,
	  false },
	{ "JSON in another charset", "application/json;charset=utf-16", false,
	  false },
	{ "JSON rather", "application/json, */*;q=0.9", true, false },
	{ "neither", "image/png", false, false },
	{ "both refused", "*/*;q=0", false, false },
	{ "HTML refused", "text/html;q=0, */*", true, false },
	{ "JSON refused, HTML not named", "application/json;q=0", false, false },
};

static void
preference_table(void **state)
{
	static const char html[] = "text/html", json[] = "application/json";

	(void)state;
	for (size_t i = 0; i < COUNT(preferences); i++)
		if (prg_accept_prefers(preferences[i].accept, json, html) !=
		    preferences[i].json ||
		    prg_accept_prefers(preferences[i].accept, html, json) !=
		    preferences[i].html)
			fail_msg("%s", preferences[i].name);
}

static void
rfc9110(void **state)
{
	json_t *all = conformance_load("rfc9110-accept/cases.json"), *test;
	size_t i, n = 0;

	(void)state;
	json_array_foreach(all, i, test) {
		const char *accept, *type;
		int got, want;
		double q;

		assert_int_equal(json_unpack(test, "{s:s, s:s, s:F}", "accept",
		    &accept, "type", &type, "q", &q), 0);
		if (strchr(type, ';') != NULL)
			continue;	/* we offer none with parameters */
		want = (int)(q * 1000 + 0.5);
		got = prg_accept_weight(accept, type);
		if (got != want)
			fail_msg("%s of %s: %d", type, accept, got);
		n++;
	}
	assert_int_equal(n, 6);
	json_decref(all);
}

/* The accepted offers, the best first; each followed by a space. */
static void
show_offers(const char *accept, const json_t *list, char *out)
{
	const json_t *offer;
	size_t i;

	for (int weight = 1000; weight > 0; weight--)
		json_array_foreach(list, i, offer)
			if (prg_accept_weight(accept,
			    json_string_value(offer)) == weight)
				out += sprintf(out, "%s ",
				    json_string_value(offer));
	*out = '\0';
}

static void
show_result(const json_t *result, char *out)
{
	const json_t *item;
	size_t i;

	if (json_is_string(result))
		out += sprintf(out, "%s ", json_string_value(result));
	json_array_foreach(result, i, item)
		out += sprintf(out, "%s ", json_string_value(item));
	*out = '\0';
}

/*
 * Where ranges weigh the same, negotiator follows the header: the more specific
 * range first, then the earlier.  With us the order of the offers decides.
 */
static const struct {
	const char	*accept, *theirs, *ours;
} differs[] = {
	{ "*/*;q=0.8, text/*, image/*",
	  "text/html text/plain text/xml text/javascript image/gif "
	  "image/jpeg image/png application/json application/xml audio/mp3 "
	  "application/javascript ",
	  "text/html text/plain text/xml image/gif image/jpeg image/png "
	  "text/javascript application/json application/xml audio/mp3 "
	  "application/javascript " },
	{ "text/plain, application/json;q=0.5, text/html, */*;q=0.1",
	  "text/plain text/html ", "text/html text/plain " },
	{ "text/plain, application/json;q=0.5, text/html, */*;q=0.1",
	  "text/plain text/html application/json ",
	  "text/html text/plain application/json " },
	{ "text/plain, application/json;q=0.5, text/html, */*;q=0.1",
	  "text/plain text/html image/jpeg ",
	  "text/html text/plain image/jpeg " },
	{ NULL, NULL, NULL }
};

static const char *
expected(const char *accept, const char *theirs)
{
	for (size_t i = 0; accept != NULL && differs[i].accept != NULL; i++)
		if (strcmp(differs[i].accept, accept) == 0 &&
		    strcmp(differs[i].theirs, theirs) == 0)
			return differs[i].ours;
	return theirs;
}

/* Whether the case offers media types, and none with parameters. */
static bool
is_ours(const json_t *test)
{
	const json_t *offers = json_array_get(json_object_get(test, "args"), 0),
	    *offer;
	size_t i;

	if (offers == NULL || strncmp(json_string_value(json_object_get(test,
	    "method")), "mediaType", 9) != 0)
		return false;
	json_array_foreach(offers, i, offer)
		if (strchr(json_string_value(offer), ';') != NULL)
			return false;
	return true;
}

static void
negotiator_case(const json_t *test)
{
	const char *name = json_string_value(json_object_get(test, "test"));
	const char *accept = json_string_value(json_object_get(
	    json_object_get(test, "header"), "accept"));
	const json_t *list = json_array_get(json_object_get(test, "args"), 0);
	bool one = strcmp(json_string_value(json_object_get(test, "method")),
	    "mediaType") == 0;
	char got[1024], want[1024];

	show_offers(accept, list, got);
	if (one && strchr(got, ' ') != NULL)
		strchr(got, ' ')[1] = '\0';
	show_result(json_object_get(test, "result"), want);
	if (strcmp(got, expected(accept, want)) != 0)
		fail_msg("%s: %s", name, got);
}

static void
negotiator(void **state)
{
	json_t *all = conformance_load("negotiator/cases.json"), *test;
	size_t i, n = 0;

	(void)state;
	json_array_foreach(all, i, test) {
		if (!is_ours(test))
			continue;
		negotiator_case(test);
		n++;
	}
	assert_int_equal(n, 43);
	json_decref(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weight_table),
		cmocka_unit_test(preference_table),
		cmocka_unit_test(rfc9110),
		cmocka_unit_test(negotiator),
	};

	return cmocka_run_group_tests_name("accept", tests, NULL, NULL);
}
