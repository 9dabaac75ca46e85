/*
 * test_request.c - params of the web server become a request, or are refused.
 */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "request/intake.h"

enum { MAX = 8 };		/* bytes of a body in these tests */

static const struct {
	const char	*name;
	const char	*params[8];
	int		 refused;
	enum prg_method	 method;
} rows[] = {
	{ "a plain one", { "REQUEST_METHOD=GET", "REQUEST_URI=/" }, 0,
	  PRG_METHOD_GET },
	{ "HEAD", { "REQUEST_METHOD=HEAD", "REQUEST_URI=/" }, 0,
	  PRG_METHOD_HEAD },
	{ "methods are case-sensitive", { "REQUEST_METHOD=get",
	  "REQUEST_URI=/" }, 0, PRG_METHOD_UNKNOWN },
	{ "a made-up method", { "REQUEST_METHOD=FOO", "REQUEST_URI=/" }, 0,
	  PRG_METHOD_UNKNOWN },
	{ "a method not ours", { "REQUEST_METHOD=DELETE", "REQUEST_URI=/" }, 0,
	  PRG_METHOD_OTHER },
	{ "no method", { "REQUEST_URI=/" }, 0, PRG_METHOD_UNKNOWN },
	{ "no URI", { "REQUEST_METHOD=GET" }, 400, PRG_METHOD_GET },
	{ "empty length", { "REQUEST_METHOD=GET", "REQUEST_URI=/",
	  "CONTENT_LENGTH=" }, 0, PRG_METHOD_GET },
	{ "a length with a sign", { "REQUEST_METHOD=POST", "REQUEST_URI=/",
	  "CONTENT_LENGTH=+3" }, 400, PRG_METHOD_POST },
	{ "a length in a list", { "REQUEST_METHOD=POST", "REQUEST_URI=/",
	  "CONTENT_LENGTH=3, 3" }, 400, PRG_METHOD_POST },
	{ "a length beyond 63 bits", { "REQUEST_METHOD=POST", "REQUEST_URI=/",
	  "CONTENT_LENGTH=9223372036854775808" }, 400, PRG_METHOD_POST },
	{ "two lengths", { "REQUEST_METHOD=POST", "REQUEST_URI=/",
	  "CONTENT_LENGTH=3", "CONTENT_LENGTH=4" }, 400, PRG_METHOD_POST },
	{ "the same twice", { "REQUEST_METHOD=POST", "REQUEST_URI=/",
	  "HTTP_HOST=a", "HTTP_HOST=a" }, 0, PRG_METHOD_POST },
	{ "two hosts", { "REQUEST_METHOD=POST", "REQUEST_URI=/", "HTTP_HOST=a",
	  "HTTP_HOST=b" }, 400, PRG_METHOD_POST },
	{ "two origins, one empty", { "REQUEST_METHOD=POST", "REQUEST_URI=/",
	  "HTTP_ORIGIN=", "HTTP_ORIGIN=b" }, 400, PRG_METHOD_POST },
	{ "a second type, as nginx passes it", { "REQUEST_METHOD=POST",
	  "REQUEST_URI=/", "CONTENT_TYPE=a/b", "HTTP_CONTENT_TYPE=c/d" }, 400,
	  PRG_METHOD_POST },
	{ "rejected by limit_req of nginx", { "REQUEST_METHOD=POST",
	  "REQUEST_URI=/", "REDIRECT_STATUS=429" }, 429, PRG_METHOD_POST },
	{ "as PHP wants it", { "REQUEST_METHOD=POST", "REQUEST_URI=/",
	  "REDIRECT_STATUS=200" }, 0, PRG_METHOD_POST },
	{ "a client's REDIRECT_STATUS", { "REQUEST_METHOD=POST",
	  "REQUEST_URI=/", "HTTP_REDIRECT_STATUS=429" }, 0, PRG_METHOD_POST },
	{ "a param without =", { "REQUEST_METHOD=GET", "REQUEST_URI=/", "odd" },
	  0, PRG_METHOD_GET },
};

static void
read_params(struct prg_arena *a, const char *const *params,
    struct prg_request *r, struct prg_refusal *refused)
{
	struct prg_conn c = { .params = (char **)(uintptr_t)params };

	*refused = prg_request_read(a, &c, "", r);
}

static void
test_rows(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_request r;
	struct prg_refusal refused;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		read_params(&a, rows[i].params, &r, &refused);
		if (refused.status != rows[i].refused ||
		    r.method != rows[i].method)
			fail_msg("%s: %d, method %d", rows[i].name,
			    refused.status, r.method);
		assert_int_equal(refused.why != NULL, refused.status == 400);
	}
	prg_arena_release(&a);
}

/* The address, from what various web servers send; NULL: refused with 400. */
static const struct {
	const char	*name;
	const char	*params[6];
	const char	*path;		/* below /b */
	const char	*query;
} targets[] = {
	{ "Python's: no REQUEST_URI", { "SCRIPT_NAME=/b", "PATH_INFO=",
	  "QUERY_STRING=" }, "/", "" },
	{ "no PATH_INFO", { "SCRIPT_NAME=/b" }, "/", "" },
	{ "a path and a query", { "SCRIPT_NAME=/b", "PATH_INFO=/note/x",
	  "QUERY_STRING=a=b%20c" }, "/note/x", "a=b%20c" },
	{ "PATH_INFO alone", { "SCRIPT_NAME=", "PATH_INFO=/b/note" }, "/note",
	  "" },
	{ "not decoded again", { "SCRIPT_NAME=/b", "PATH_INFO=/a%41" },
	  "/a%41", "" },
	{ "a percent sign alone", { "SCRIPT_NAME=/b", "PATH_INFO=/100%" },
	  "/100%", "" },
	{ "a question mark in the path", { "SCRIPT_NAME=/b",
	  "PATH_INFO=/a?b#c" }, "/a?b#c", "" },
	{ "dots that were decoded", { "SCRIPT_NAME=/b", "PATH_INFO=/../x" },
	  NULL, NULL },
	{ "a control byte", { "SCRIPT_NAME=/b", "PATH_INFO=/a\001" }, NULL,
	  NULL },
	{ "a line break in the query", { "SCRIPT_NAME=/b", "QUERY_STRING=a\n" },
	  NULL, NULL },
	{ "empty, all of them", { "REQUEST_URI=", "SCRIPT_NAME=", "PATH_INFO=",
	  "QUERY_STRING=a" }, NULL, NULL },
	{ "REQUEST_URI wins", { "SCRIPT_NAME=/b/x", "REQUEST_URI=/b/%79",
	  "PATH_INFO=/b/x" }, "/y", "" },
	{ "CivetWeb's: REQUEST_URI without its query", { "REQUEST_URI=/b/confirm",
	  "QUERY_STRING=wish=ID" }, "/confirm", "wish=ID" },
	{ "a query in both", { "REQUEST_URI=/b/x?a=1", "QUERY_STRING=b=2" },
	  "/x", "a=1" },
	{ "an empty query in the URI", { "REQUEST_URI=/b/x?",
	  "QUERY_STRING=b=2" }, "/x", "" },
	{ "two QUERY_STRINGs", { "REQUEST_URI=/b/x", "QUERY_STRING=a",
	  "QUERY_STRING=b" }, "/x", "a" },
};

static void
test_targets(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_refusal refused;
	struct prg_request r;

	(void)state;
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		struct prg_conn c = { .params =
		    (char **)(uintptr_t)targets[i].params };

		refused = prg_request_read(&a, &c, "/b", &r);
		if (refused.status != (targets[i].path == NULL ? 400 : 0))
			fail_msg("%s: %d", targets[i].name, refused.status);
		if (refused.status == 0 &&
		    (strcmp(r.path, targets[i].path) != 0 ||
		    strcmp(r.query, targets[i].query) != 0))
			fail_msg("%s: \"%s\", \"%s\"", targets[i].name, r.path,
			    r.query);
	}
	prg_arena_release(&a);
}

/* CONTENT_LENGTH; -1: not known, -2: refused. */
static void
test_lengths(void **state)
{
	static const struct {
		const char	*param;
		int64_t		 length;
	} lengths[] = {
		{ "CONTENT_LENGTH=", -1 }, { "CONTENT_LENGTH=0", 0 },
		{ "CONTENT_LENGTH=-1", -1 }, { "CONTENT_LENGTH=-2", -1 },
		{ "CONTENT_LENGTH=-9223372036854775807", -1 },
		{ "CONTENT_LENGTH=-", -2 }, { "CONTENT_LENGTH=--1", -2 },
		{ "CONTENT_LENGTH=-1, 5", -2 }, { "CONTENT_LENGTH=-x", -2 }
	};
	struct prg_arena a = { 0 };
	struct prg_refusal refused;
	struct prg_request r;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		const char *const params[] = { "REQUEST_METHOD=POST",
		    "REQUEST_URI=/", lengths[i].param, NULL };

		read_params(&a, params, &r, &refused);
		if (refused.status != (lengths[i].length == -2 ? 400 : 0) ||
		    (refused.status == 0 &&
		    r.content_length != lengths[i].length))
			fail_msg("%s: %d, %lld", lengths[i].param,
			    refused.status, (long long)r.content_length);
	}
	prg_arena_release(&a);
}

static void
test_lists_are_joined(void **state)
{
	static const char *const params[] = { "REQUEST_METHOD=GET",
	    "REQUEST_URI=/a?b=c", "HTTP_ACCEPT=text/html",
	    "HTTP_ACCEPT=application/json", "HTTP_COOKIE=a=1",
	    "HTTP_COOKIE=b=2", NULL };
	struct prg_arena a = { 0 };
	struct prg_request r;
	struct prg_refusal refused;

	(void)state;
	read_params(&a, params, &r, &refused);
	assert_int_equal(refused.status, 0);
	assert_string_equal(r.accept, "text/html, application/json");
	assert_string_equal(r.cookie, "a=1; b=2");
	assert_string_equal(r.path, "/a");
	assert_string_equal(r.query, "b=c");
	assert_int_equal(r.content_length, -1);
	prg_arena_release(&a);
}

/* There with the sanitizers, which have memory of their own. */
size_t	__sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static size_t
allocated(void)
{
	struct mallinfo2 m;

	if (__sanitizer_get_current_allocated_bytes != NULL)
		return __sanitizer_get_current_allocated_bytes();
	m = mallinfo2();
	return m.uordblks + m.hblkhd;
}

/* Many lines of one field take no more room than one line as long. */
static void
test_many_lines(void **state)
{
	enum { MANY = 4000 };
	const char *params[MANY + 3] = { "REQUEST_METHOD=GET",
	    "REQUEST_URI=/" };
	struct prg_arena a = { 0 };
	struct prg_request r;
	size_t before = allocated();
	struct prg_refusal refused;

	(void)state;
	for (int i = 0; i < MANY; i++)
		params[2 + i] = i % 2 == 0 ? "HTTP_ACCEPT=a/b" :
		    "HTTP_COOKIE=a=b";
	params[3] = "HTTP_ACCEPT=c/d";
	params[4] = "HTTP_COOKIE=c=d";
	read_params(&a, params, &r, &refused);
	assert_int_equal(refused.status, 0);
	assert_int_equal(strlen(r.accept), 5 * (MANY / 2) - 2);
	assert_int_equal(strlen(r.cookie), 5 * (MANY / 2) - 2);
	assert_in_range(allocated() - before, 1, 200000);
	prg_arena_release(&a);
}

/* -- The body ------------------------------------------------------------------------- */

struct source {
	struct prg_conn	 conn;		/* first */
	const char	*body;
	size_t		 chunk;
	bool		 breaks;	/* off at the end */
};

static long
read_source(struct prg_conn *c, char *p, size_t n)
{
	struct source *s = (struct source *)c;
	size_t left = strlen(s->body);

	if (left == 0)
		return s->breaks ? -1 : 0;
	n = n < s->chunk ? n : s->chunk;
	n = n < left ? n : left;
	memcpy(p, s->body, n);
	s->body += n;
	return (long)n;
}

static const struct prg_conn_ops source_ops[] = {
	{ .read = read_source },
	{ .read = read_source, .cgi = true }
};

static const struct {
	const char	*name;
	const char	*body;
	int64_t		 said;
	const char	*transfer;
	bool		 breaks;
	int		 refused;
	bool		 cgi;
} bodies[] = {
	{ "as long as said", "abc", 3, NULL, false, 0, false },
	{ "at the limit", "12345678", 8, NULL, false, 0, false },
	{ "one beyond, said so", "123456789", 9, NULL, false, 413, false },
	{ "at the limit, length not said", "12345678", -1, NULL, false, 0, false },
	{ "one beyond, length not said", "123456789", -1, NULL, false, 413, false },
	{ "shorter than said", "ab", 3, NULL, false, 400, false },
	{ "longer than said", "abcd", 3, NULL, false, 400, false },
	{ "broken off", "ab", 3, NULL, true, 400, false },
	{ "broken off, length not said", "ab", -1, NULL, true, 400, false },
	{ "nothing", "", -1, NULL, false, 0, false },
	{ "chunked, length not said", "abc", -1, "chunked", false, 411, false },
	{ "chunked, counted by the server", "abc", 3, "chunked", false, 0, false },
	{ "CGI, as long as said", "abc", 3, NULL, false, 0, true },
	{ "CGI, empty, said so", "", 0, NULL, false, 0, true },
	{ "CGI, length not said", "abc", -1, NULL, false, 411, true },
	{ "CGI, nothing, length not said", "", -1, NULL, false, 411, true },
	{ "CGI, chunked, length not said", "abc", -1, "chunked", false, 411,
	  true },
};

static void
test_bodies(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_refusal got;
	struct prg_span bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		for (size_t chunk = 1; chunk < 10; chunk++) {
			struct source s = { { .ops = &source_ops[bodies[i].cgi] },
			    bodies[i].body, chunk, bodies[i].breaks };
			const struct prg_request r = {
				.content_length = bodies[i].said,
				.transfer_encoding = bodies[i].transfer
			};
			struct prg_intake in = prg_intake(&a, &s.conn, &r, MAX);

			got = prg_intake_all(&in, &bytes);
			if (got.status != bodies[i].refused)
				fail_msg("%s, %zu at a time: %d, not %d",
				    bodies[i].name, chunk, got.status,
				    bodies[i].refused);
			if (got.status == 0 &&
			    !prg_span_is(bytes, bodies[i].body))
				fail_msg("%s: another body", bodies[i].name);
		}
	prg_arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_lists_are_joined),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_bodies)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
