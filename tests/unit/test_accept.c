/*
 * test_accept.c - which representation a client likes best.
 */
#include "conformance.h"
#include "request/accept.h"

enum { MAX_OFFERS = 16 };

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
	{ "another type", "image/*", "text/html", 0 },
	{ "a prefix of it", "text/htm", "text/html", 0 },
	{ "any case", "TEXT/HTML;Q=0.5", "text/html", 500 },
	{ "a weight", "text/html;q=0.123", "text/html", 123 },
	{ "a weight of 0", "text/html;q=0", "text/html", 0 },
	{ "0.000", "text/html;q=0.000", "text/html", 0 },
	{ "0.001", "text/html;q=0.001", "text/html", 1 },
	{ "a point and nothing", "text/html;q=0., a/b", "text/html", 0 },
	{ "1.000", "text/html;q=1.000", "text/html", 1000 },
	{ "space around", " text/html \t;\t q=0.5 , a/b", "text/html", 500 },
	{ "empty parameters", "text/html;;q=0.5;", "text/html", 500 },
	{ "a weight in the middle", "a/b;x=1;q=0.5;y=2", "a/b;x=1;y=2", 500 },
	{ "excluded", "*/*, text/html;q=0", "text/html", 0 },
	{ "excluded, before", "text/html;q=0, */*", "text/html", 0 },
	{ "excluded as all text", "text/*;q=0, */*", "text/html", 0 },
	{ "the first of equals", "a/b;q=0.3, a/b;q=0.7", "a/b", 300 },
	{ "specific wins, last", "*/*;q=0.1, a/*;q=0.2, a/b;q=0.3", "a/b",
	  300 },
	{ "specific wins, first", "a/b;q=0.3, a/*;q=0.2, */*;q=0.1", "a/b",
	  300 },
	{ "a parameter is more specific", "a/b;q=0.3, a/b;x=1;q=0.7",
	  "a/b;x=1", 700 },
	{ "another parameter", "a/b;q=0.3, a/b;x=1;q=0.7", "a/b;x=2", 300 },
	{ "a parameter, quoted", "a/b;x=\"1\"", "a/b;x=1", 1000 },
	{ "a parameter, escaped", "a/b;x=\"\\1\\\"\"", "a/b;x=\"1\\\"\"",
	  1000 },
	{ "a longer value", "a/b;x=11, c/d", "a/b;x=1", 0 },
	{ "a shorter value", "a/b;x=1, c/d", "a/b;x=11", 0 },
	{ "an empty value", "a/b;x=\"\"", "a/b;x=\"\"", 1000 },
	{ "a comma in quotes", "a/b;x=\",\";q=0.5", "a/b;x=\",\"", 500 },
	{ "not parsed: above 1", "a/b;q=1.001, c/d", "a/b", 0 },
	{ "not parsed: q=2", "a/b;q=2, c/d", "a/b", 0 },
	{ "not parsed: four decimals", "a/b;q=0.1234, c/d", "a/b", 0 },
	{ "not parsed: no digit", "a/b;q=.5, c/d", "a/b", 0 },
	{ "not parsed: minus", "a/b;q=-1, c/d", "a/b", 0 },
	{ "not parsed: no value", "a/b;q=, c/d", "a/b", 0 },
	{ "not parsed: no equals sign", "a/b;q, c/d", "a/b", 0 },
	{ "not parsed: a quoted weight", "a/b;q=\"1\", c/d", "a/b", 0 },
	{ "not parsed: a lone asterisk", "*;q=0.2, c/d", "a/b", 0 },
	{ "not parsed: any of one", "*/b, c/d", "a/b", 0 },
	{ "not parsed: no subtype", "a/, c/d", "a/b", 0 },
	{ "not parsed: no type", "/b, c/d", "a/b", 0 },
	{ "not parsed: space in it", "a /b, c/d", "a/b", 0 },
	{ "not parsed: two words", "a/b c, c/d", "a/b", 0 },
	{ "not parsed: three parts", "a/b/c, c/d", "a/b", 0 },
	{ "not parsed: an open quote", "c/d, a/b;x=\"1", "a/b;x=1", 0 },
	{ "an open quote eats the rest", "a/b;x=\"1, c/d", "c/d", 1000 },
	{ "the one after is read", "a/b;q=x, c/d;q=0.5", "c/d", 500 },
	{ "an offer that is none", "*/*", "html", 0 },
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

static const struct best_row {
	const char	*name, *accept;
	int		 html_json, json_html;	/* by order of the offer */
} best_rows[] = {
	{ "no header", NULL, 0, 0 },
	{ "curl", "*/*", 0, 0 },
	{ "Chromium", chromium, 0, 1 },
	{ "Firefox", "text/html,application/xhtml+xml,application/xml;q=0.9,"
	  "*/*;q=0.8", 0, 1 },
	{ "fetch() for JSON", "application/json", 1, 0 },
	{ "JSON, then anything", "application/json, text/plain, */*", 0, 0 },
	{ "JSON rather", "application/json, */*;q=0.9", 1, 0 },
	{ "neither", "image/png", -1, -1 },
	{ "both refused", "*/*;q=0", -1, -1 },
	{ "HTML refused", "text/html;q=0, */*", 1, 0 },
	{ NULL, NULL, 0, 0 }
};

static void
best_table(void **state)
{
	static const char *const offers[] = {
		"text/html", "application/json", "text/html"
	};
	const struct best_row *r;

	(void)state;
	for (r = best_rows; r->name != NULL; r++) {
		int a = prg_accept_best(r->accept, offers, 2);
		int b = prg_accept_best(r->accept, offers + 1, 2);

		if (a != r->html_json || b != r->json_html)
			fail_msg("%s: %d, %d", r->name, a, b);
	}
	assert_int_equal(prg_accept_best("*/*", offers, 0), -1);
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
		want = (int)(q * 1000 + 0.5);
		/*
		 * The table was made for another header, one that named
		 * text/html; in this one only the range of all text applies.
		 */
		if (strcmp(type, "text/html;level=3") == 0)
			want = 300;
		got = prg_accept_weight(accept, type);
		if (got != want)
			fail_msg("%s of %s: %d", type, accept, got);
		n++;
	}
	assert_int_equal(n, 9);
	json_decref(all);
}

/* The members of a header, the best first, as "type/subtype ". */
static void
show_ranges(const char *accept, char *out)
{
	struct prg_accept_range r;
	struct prg_span rest;

	for (int weight = 1000; weight > 0; weight--) {
		rest = prg_span(accept);
		while (prg_accept_next(&rest, &r))
			if (r.weight == weight)
				out += sprintf(out, "%.*s/%.*s ",
				    (int)r.type.len, r.type.p,
				    (int)r.subtype.len, r.subtype.p);
	}
	*out = '\0';
}

/* What is offered, the best first; each followed by a space. */
static void
show_offers(const char *accept, const json_t *list, char *out)
{
	const char *offers[MAX_OFFERS];
	size_t n = json_array_size(list);
	int best;

	assert_true(n <= MAX_OFFERS);
	for (size_t i = 0; i < n; i++)
		offers[i] = json_string_value(json_array_get(list, i));
	while ((best = prg_accept_best(accept, offers, n)) >= 0) {
		out += sprintf(out, "%s ", offers[best]);
		n--;
		memmove(offers + best, offers + best + 1,
		    (n - (size_t)best) * sizeof(offers[0]));
	}
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
 * range first, then the earlier.  Here the order of the offer decides (H60).
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
	{ "text/html;level=2, text/html", "text/html;level=2 text/html ",
	  "text/html text/html;level=2 " },
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

	if (list != NULL)
		show_offers(accept, list, got);
	else
		show_ranges(accept != NULL ? accept : "*/*", got);
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
		if (strncmp(json_string_value(json_object_get(test, "method")),
		    "mediaType", 9) != 0)
			continue;
		negotiator_case(test);
		n++;
	}
	assert_int_equal(n, 85);
	json_decref(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weight_table),
		cmocka_unit_test(best_table),
		cmocka_unit_test(rfc9110),
		cmocka_unit_test(negotiator),
	};

	return cmocka_run_group_tests_name("accept", tests, NULL, NULL);
}
