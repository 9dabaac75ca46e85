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
		assert_int_equal(refused.why != NULL, refused.status != 0);
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

static const struct prg_conn_ops source_ops = { .read = read_source };

static const struct {
	const char	*name;
	const char	*body;
	int64_t		 said;
	const char	*transfer;
	bool		 breaks;
	int		 refused;
} bodies[] = {
	{ "as long as said", "abc", 3, NULL, false, 0 },
	{ "at the limit", "12345678", 8, NULL, false, 0 },
	{ "one beyond, said so", "123456789", 9, NULL, false, 413 },
	{ "at the limit, length not said", "12345678", -1, NULL, false, 0 },
	{ "one beyond, length not said", "123456789", -1, NULL, false, 413 },
	{ "shorter than said", "ab", 3, NULL, false, 400 },
	{ "longer than said", "abcd", 3, NULL, false, 400 },
	{ "broken off", "ab", 3, NULL, true, 400 },
	{ "broken off, length not said", "ab", -1, NULL, true, 400 },
	{ "nothing", "", -1, NULL, false, 0 },
	{ "chunked, length not said", "abc", -1, "chunked", false, 411 },
	{ "chunked, counted by the server", "abc", 3, "chunked", false, 0 },
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
			struct source s = { { .ops = &source_ops },
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
		cmocka_unit_test(test_lists_are_joined),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_bodies)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
