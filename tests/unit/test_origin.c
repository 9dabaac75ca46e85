/*
 * test_origin.c - the cross-origin gate.
 */
#include "conformance.h"

#include "request/origin.h"

#define GOOD	"https://good.example"
#define LIST	"https://a.example," GOOD ",http://intranet:8080"

static const char *const gates[] = { "pass", "unsure", "refuse" };

static const struct row {
	const char	*name;
	struct from {
		const char	*site, *origin, *host, *port;
	}		 from;
	const char	*trusted;
	enum prg_gate	 gate;
} rows[] = {
	/* Sec-Fetch-Site decides where it is. */
	{ "same-origin", { "same-origin", NULL, "h", "80" }, NULL,
	  PRG_GATE_PASS },
	{ "none", { "none", NULL, "h", "80" }, NULL, PRG_GATE_PASS },
	{ "same-site", { "same-site", NULL, "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "cross-site", { "cross-site", NULL, "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "an unknown one", { "same-planet", NULL, "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "an empty one", { "", NULL, "h", "80" }, NULL, PRG_GATE_REFUSE },
	{ "another case", { "Same-Origin", NULL, "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "two joined", { "same-origin, same-origin", NULL, "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "a space behind it", { "same-origin ", NULL, "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "same-origin from a no-referrer page",
	  { "same-origin", "null", "h", "80" }, NULL, PRG_GATE_PASS },
	{ "the same with a list", { "same-origin", "null", "h", "80" }, LIST,
	  PRG_GATE_PASS },
	{ "a sandboxed frame", { "cross-site", "null", "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "cross-site, though Origin is Host",
	  { "cross-site", "http://h", "h", "80" }, NULL, PRG_GATE_REFUSE },
	{ "same-site, though Origin is Host",
	  { "same-site", "http://h", "h", "80" }, NULL, PRG_GATE_REFUSE },
	{ "cross-site, trusted", { "cross-site", GOOD, "h", "80" }, LIST,
	  PRG_GATE_PASS },
	{ "same-site, trusted", { "same-site", GOOD, "h", "80" }, LIST,
	  PRG_GATE_PASS },
	{ "an unknown one, trusted", { "same-planet", GOOD, "h", "80" }, LIST,
	  PRG_GATE_PASS },
	{ "cross-site, not trusted",
	  { "cross-site", "https://evil.example", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "cross-site, no Origin", { "cross-site", NULL, "h", "80" }, LIST,
	  PRG_GATE_REFUSE },

	/* Neither: no browser of today. */
	{ "neither", { NULL, NULL, "h", "80" }, NULL, PRG_GATE_UNSURE },
	{ "neither, a list", { NULL, NULL, "h", "80" }, LIST,
	  PRG_GATE_UNSURE },
	{ "nothing at all", { NULL, NULL, NULL, NULL }, NULL,
	  PRG_GATE_UNSURE },

	/* Origin and a list. */
	{ "in the list", { NULL, GOOD, "h", "80" }, LIST, PRG_GATE_PASS },
	{ "the first", { NULL, "https://a.example", "h", "80" }, LIST,
	  PRG_GATE_PASS },
	{ "the last, with its port",
	  { NULL, "http://intranet:8080", "h", "80" }, LIST, PRG_GATE_PASS },
	{ "a list of one", { NULL, GOOD, "h", "80" }, GOOD, PRG_GATE_PASS },
	{ "another host", { NULL, "https://evil.example", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "another scheme", { NULL, "http://good.example", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "another port", { NULL, GOOD ":8443", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "its port left out", { NULL, "http://intranet", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "the usual port", { NULL, GOOD ":443", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "a lookalike behind", { NULL, GOOD ".evil", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "a lookalike, a dot", { NULL, GOOD ".", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "a lookalike in front",
	  { NULL, "https://evilgood.example", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "below it", { NULL, "https://x.good.example", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "above it", { NULL, "https://example", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "cut", { NULL, "https://good.exampl", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "a user in front", { NULL, "https://good.example@evil.example", "h",
	  "80" }, LIST, PRG_GATE_REFUSE },
	{ "a slash behind", { NULL, GOOD "/", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "capitals", { NULL, "https://GOOD.example", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "the list itself", { NULL, LIST, "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "two joined, both in the list",
	  { NULL, GOOD ", " GOOD, "h", "80" }, LIST, PRG_GATE_REFUSE },
	{ "null and a list", { NULL, "null", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "empty and a list", { NULL, "", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },
	{ "empty and an empty list", { NULL, "", "h", "80" }, "",
	  PRG_GATE_REFUSE },
	{ "empty and a comma", { NULL, "", "h", "80" }, GOOD ",",
	  PRG_GATE_REFUSE },
	{ "Host, but not in the list", { NULL, "http://h", "h", "80" }, LIST,
	  PRG_GATE_REFUSE },

	/* Origin and Host. */
	{ "Host", { NULL, "http://h", "h", "80" }, NULL, PRG_GATE_PASS },
	{ "Host, https", { NULL, "https://h", "h", "443" }, NULL,
	  PRG_GATE_PASS },
	{ "Host, TLS ends in front of the web server",
	  { NULL, "https://h", "h", "8080" }, NULL, PRG_GATE_PASS },
	{ "Host, no SERVER_PORT", { NULL, "http://h", "h", NULL }, NULL,
	  PRG_GATE_PASS },
	{ "Host with a port", { NULL, "http://h:8080", "h:8080", "8080" },
	  NULL, PRG_GATE_PASS },
	{ "Host with a port, mapped",
	  { NULL, "http://h:8080", "h:8080", "80" }, NULL, PRG_GATE_PASS },
	{ "Host without its port", { NULL, "http://h:8080", "h", "8080" },
	  NULL, PRG_GATE_PASS },
	{ "the same, https", { NULL, "https://h:8443", "h", "8443" }, NULL,
	  PRG_GATE_PASS },
	{ "Host with the usual port", { NULL, "http://h", "h:80", "80" }, NULL,
	  PRG_GATE_PASS },
	{ "the same, https", { NULL, "https://h", "h:443", "443" }, NULL,
	  PRG_GATE_PASS },
	{ "Host in capitals", { NULL, "http://www.example", "WWW.Example",
	  "80" }, NULL, PRG_GATE_PASS },
	{ "IPv4", { NULL, "http://127.0.0.1:8080", "127.0.0.1:8080", "8080" },
	  NULL, PRG_GATE_PASS },
	{ "IPv6", { NULL, "http://[::1]", "[::1]", "80" }, NULL,
	  PRG_GATE_PASS },
	{ "IPv6 and a port", { NULL, "http://[2001:db8::1]:8080",
	  "[2001:DB8::1]:8080", "8080" }, NULL, PRG_GATE_PASS },
	{ "IPv6 without its port", { NULL, "http://[::1]:8080", "[::1]",
	  "8080" }, NULL, PRG_GATE_PASS },
	{ "another IPv6", { NULL, "http://[::1]", "[::2]", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "IPv6 cut", { NULL, "http://[::1", "[::1", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "IPv6 with another end", { NULL, "http://[::1x", "[::1x", "80" },
	  NULL, PRG_GATE_REFUSE },
	{ "IPv6, empty", { NULL, "http://[]", "[]", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "IPv6, no brackets", { NULL, "http://::1", "::1", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "IPv6 with a zone", { NULL, "http://[fe80::1%25lo]",
	  "[fe80::1%25lo]", "80" }, NULL, PRG_GATE_REFUSE },
	{ "IPv6 and text", { NULL, "http://[::1]x", "[::1]x", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "a host that is not Host", { NULL, "http://evil", "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "a lookalike of Host", { NULL, "http://h.evil", "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "a lookalike of Host, in front", { NULL, "http://evilh", "h", "80" },
	  NULL, PRG_GATE_REFUSE },
	{ "a port that is not Host's",
	  { NULL, "http://h:8080", "h:9090", "9090" }, NULL,
	  PRG_GATE_REFUSE },
	{ "SERVER_PORT is nothing beside Host's",
	  { NULL, "http://h:8080", "h:9090", "8080" }, NULL,
	  PRG_GATE_REFUSE },
	{ "a port that is not SERVER_PORT",
	  { NULL, "http://h:8080", "h", "9090" }, NULL, PRG_GATE_REFUSE },
	{ "a port and no SERVER_PORT", { NULL, "http://h:8080", "h", NULL },
	  NULL, PRG_GATE_REFUSE },
	{ "an empty SERVER_PORT", { NULL, "http://h:8080", "h", "" }, NULL,
	  PRG_GATE_REFUSE },
	{ "a SERVER_PORT with text", { NULL, "http://h:8080", "h", "8080x" },
	  NULL, PRG_GATE_REFUSE },
	{ "no port, Host has one", { NULL, "http://h", "h:8080", "8080" },
	  NULL, PRG_GATE_REFUSE },
	{ "https, Host's port is http's", { NULL, "https://h", "h:80", "80" },
	  NULL, PRG_GATE_REFUSE },
	{ "no Host", { NULL, "http://h", NULL, "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "an empty Host", { NULL, "http://", "", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "a Host with a user", { NULL, "http://h", "x@h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "a Host with a path", { NULL, "http://h", "h/", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "a Host with an empty port", { NULL, "http://h", "h:", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "two Hosts joined", { NULL, "http://h", "h, h", "80" }, NULL,
	  PRG_GATE_REFUSE },

	/* What is no origin of a browser. */
	{ "an empty one", { NULL, "", "h", "80" }, NULL, PRG_GATE_REFUSE },
	{ "empty, as Host is", { NULL, "", "", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "null", { NULL, "null", "h", "80" }, NULL, PRG_GATE_REFUSE },
	{ "null, as Host is", { NULL, "null", "null", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "no scheme", { NULL, "h", "h", "80" }, NULL, PRG_GATE_REFUSE },
	{ "no host", { NULL, "http://", "h", "80" }, NULL, PRG_GATE_REFUSE },
	{ "another scheme", { NULL, "ftp://h", "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "an extension", { NULL, "moz-extension://h", "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "a file", { NULL, "file://", "h", "80" }, NULL, PRG_GATE_REFUSE },
	{ "a slash behind", { NULL, "http://h/", "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "a path", { NULL, "http://h/x", "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "a user", { NULL, "http://h@evil", "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "a user before Host", { NULL, "http://evil@h", "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "an empty port", { NULL, "http://h:", "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "the usual port", { NULL, "http://h:80", "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "zeros in front", { NULL, "http://h:08080", "h", "8080" }, NULL,
	  PRG_GATE_REFUSE },
	{ "the last port", { NULL, "http://h:65535", "h", "65535" }, NULL,
	  PRG_GATE_PASS },
	{ "one past it", { NULL, "http://h:65536", "h", "65536" }, NULL,
	  PRG_GATE_REFUSE },
	{ "far past it", { NULL, "http://h:18446744073709551696", "h", "80" },
	  NULL, PRG_GATE_REFUSE },
	{ "a port with text", { NULL, "http://h:8080x", "h", "8080" }, NULL,
	  PRG_GATE_REFUSE },
	{ "two joined", { NULL, "http://h, http://h", "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "two with a space", { NULL, "http://h http://h", "h", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ "no ASCII", { NULL, "http://\xc3\xa9", "\xc3\xa9", "80" }, NULL,
	  PRG_GATE_REFUSE },
	{ NULL, { NULL, NULL, NULL, NULL }, NULL, PRG_GATE_PASS }
};

static struct prg_gate_result
gate(struct from f, const char *trusted)
{
	const struct prg_request r = {
		.sec_fetch_site = f.site, .origin = f.origin,
		.host = f.host, .server_port = f.port
	};

	return prg_gate(&r, trusted);
}

static void
gate_table(void **state)
{
	struct prg_gate_result g;

	(void)state;
	for (const struct row *r = rows; r->name != NULL; r++) {
		g = gate(r->from, r->trusted);
		if (g.gate != r->gate)
			fail_msg("%s: %s", r->name, gates[g.gate]);
		if ((g.reason != NULL) != (g.gate == PRG_GATE_REFUSE))
			fail_msg("%s: \"%s\"", r->name, g.reason);
	}
}

/* -- Go's cases ----------------------------------------------------------- */

/* The list of a case, with commas; NULL if it is empty. */
static const char *
trusted_of(json_t *test)
{
	static char list[256];
	json_t *origins = json_object_get(test, "trusted_origins"), *o;
	size_t i;

	list[0] = '\0';
	json_array_foreach(origins, i, o) {
		strcat(list, i > 0 ? "," : "");
		strcat(list, json_string_value(o));
	}
	return list[0] != '\0' ? list : NULL;
}

/* Where we are stricter. */
static const struct stricter {
	const char	*name;
	enum prg_gate	 gate;
	const char	*reason;
} stricter[] = {
	{ "no header with no origin", PRG_GATE_UNSURE,
	  "Go lets it pass; here the route decides" },
	{ NULL, PRG_GATE_PASS, NULL }
};

static enum prg_gate
gate_of(json_t *test)
{
	const char *name = json_string_value(json_object_get(test, "name"));
	const struct stricter *s = stricter;

	while (s->name != NULL && strcmp(s->name, name) != 0)
		s++;
	if (s->name != NULL)
		return s->gate;
	return json_integer_value(json_object_get(test, "expected_status")) ==
	    200 ? PRG_GATE_PASS : PRG_GATE_REFUSE;
}

/* GET, HEAD and OPTIONS: nobody asks the gate, and a case says 200. */
static bool
is_safe(json_t *test)
{
	const char *m = json_string_value(json_object_get(test, "method"));

	return strcmp(m, "GET") == 0 || strcmp(m, "HEAD") == 0 ||
	    strcmp(m, "OPTIONS") == 0;
}

static void
the_cases_of_go(void **state)
{
	json_t *tests = conformance_load("go-crossorigin/cases.json"), *t;
	struct prg_gate_result g;
	struct from from;
	size_t i, asked = 0;

	(void)state;
	json_array_foreach(tests, i, t) {
		if (is_safe(t))
			continue;
		from = (struct from){
			json_string_value(json_object_get(t,
			    "sec_fetch_site")),
			json_string_value(json_object_get(t, "origin")),
			json_string_value(json_object_get(t, "host")), "443"
		};
		g = gate(from, trusted_of(t));
		if (g.gate != gate_of(t))
			fail_msg("%s: %s", json_string_value(
			    json_object_get(t, "name")), gates[g.gate]);
		asked++;
	}
	assert_int_equal(i, 16);
	assert_int_equal(asked, 13);
	json_decref(tests);
}

/* All twelve strings, none of which we judge otherwise. */
static void
the_origins_of_go(void **state)
{
	json_t *tests, *t;
	struct prg_error err;
	const char *origin;
	size_t i;
	int rc;

	(void)state;
	tests = conformance_load("go-crossorigin/trusted-origin-syntax.json");
	json_array_foreach(tests, i, t) {
		origin = json_string_value(json_object_get(t, "origin"));
		rc = prg_origins_check(origin, &err);
		if (rc != (json_is_true(json_object_get(t, "want_error")) ?
		    -1 : 0))
			fail_msg("\"%s\": %d", origin, rc);
	}
	assert_int_equal(i, 12);
	json_decref(tests);
}

/* -- --origin ------------------------------------------------------------- */

static const struct list {
	const char	*name, *list;
	const char	*says;		/* in the sentence; NULL: it is right */
} lists[] = {
	{ "none", NULL, NULL },
	{ "one", GOOD, NULL },
	{ "three", LIST, NULL },
	{ "a name without dots", "http://localhost:8080", NULL },
	{ "IPv4", "http://127.0.0.1", NULL },
	{ "IPv6", "https://[2001:db8::1]:8443", NULL },
	{ "an international name", "https://xn--nxasmq6b.example", NULL },
	{ "an underscore", "https://a_b.example", NULL },
	{ "the other's usual port", "http://a.example:443", NULL },
	{ "the last port", "http://h:65535", NULL },

	{ "nothing", "", "'' does not begin" },
	{ "nothing between", "http://a,,http://b", "'' does not begin" },
	{ "nothing behind", "http://a,", "'' does not begin" },
	{ "nothing in front", ",http://a", "'' does not begin" },
	{ "a space between", "http://a, http://b", "' http://b' does not" },
	{ "a space behind", "http://a ", "'http://a ' is not a scheme, a" },
	{ "the second", "http://a,b,http://c", "'b' does not begin" },
	{ "any", "*", "'*' does not begin" },
	{ "any name", "https://*.example", "'https://*.example' is not" },
	{ "null", "null", "'null' does not begin" },
	{ "another scheme", "ftp://a", "'ftp://a' does not begin" },
	{ "one slash", "http:/a", "'http:/a' does not begin" },
	{ "capitals", "https://Good.example", "has capital letters" },
	{ "capitals in the scheme", "HTTPS://good.example", "has capital letters" },
	{ "the usual port", "https://a:443", "names the default port" },
	{ "the usual port, http", "http://a:80", "names the default port" },
	{ "no host", "https://", "is not a scheme, a host" },
	{ "no host but a port", "https://:8443", "is not a scheme, a host" },
	{ "a slash", GOOD "/", "is not a scheme, a host" },
	{ "a path", GOOD "/app", "is not a scheme, a host" },
	{ "a query", GOOD "?x", "is not a scheme, a host" },
	{ "a fragment", GOOD "#x", "is not a scheme, a host" },
	{ "a user", "https://a@b", "is not a scheme, a host" },
	{ "an empty port", "https://a:", "is not a scheme, a host" },
	{ "port 0", "https://a:0", "is not a scheme, a host" },
	{ "a port too high", "https://a:65536", "is not a scheme, a host" },
	{ "a port with a sign", "https://a:+80", "is not a scheme, a host" },
	{ "no ASCII", "https://\xc3\xa9", "is not a scheme, a host" },
	{ "no brackets", "https://::1", "is not a scheme, a host" },
	{ "an open bracket", "https://[::1", "is not a scheme, a host" },
	{ NULL, NULL, NULL }
};

static void
origins_table(void **state)
{
	struct prg_error err;
	int rc;

	(void)state;
	for (const struct list *l = lists; l->name != NULL; l++) {
		err.text[0] = '\0';
		rc = prg_origins_check(l->list, &err);
		if (rc != (l->says != NULL ? -1 : 0) || (l->says != NULL &&
		    strstr(err.text, l->says) == NULL))
			fail_msg("%s: %d %s", l->name, rc, err.text);
	}
}

/* What --origin takes, an Origin can equal. */
static void
what_is_right_is_of_use(void **state)
{
	struct from from = { NULL, NULL, "h", "80" };

	(void)state;
	for (const struct list *l = lists; l->name != NULL; l++) {
		if (l->list == NULL || strchr(l->list, ',') != NULL)
			continue;
		from.origin = l->list;
		if (l->says == NULL &&
		    gate(from, l->list).gate != PRG_GATE_PASS)
			fail_msg("%s: refused", l->name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gate_table),
		cmocka_unit_test(the_cases_of_go),
		cmocka_unit_test(the_origins_of_go),
		cmocka_unit_test(origins_table),
		cmocka_unit_test(what_is_right_is_of_use),
	};

	return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}
