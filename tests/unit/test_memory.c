/*
 * test_memory.c - requests from memory, and what all gateways share.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/gateway.h"

/* What the service saw and does. */
struct seen {
	char		body[64];
	size_t		len;
	size_t		most;	/* bytes that one read gave */
};

static void
read_body(struct seen *s, struct prg_conn *c)
{
	long n;

	while ((n = c->ops->read(c, s->body + s->len,
	    sizeof(s->body) - s->len)) > 0) {
		s->len += (size_t)n;
		if ((size_t)n > s->most)
			s->most = (size_t)n;
	}
	assert_int_equal(n, 0);
	assert_int_equal(c->ops->read(c, s->body, sizeof(s->body)), 0);
}

static void
serve(void *arg, struct prg_conn *c)
{
	const struct prg_span parts[] = {
		prg_span("head"), prg_span(""), prg_span("body")
	};

	read_body(arg, c);
	assert_int_equal(c->ops->answer(c, parts, 3), 0);
}

static void
test_reads(void **state)
{
	static const struct {
		const char	*body;
		size_t		 chunk;
		size_t		 most;
	} rows[] = {
		{ "", 0, 0 }, { "a", 0, 1 }, { "abcdefg", 0, 7 },
		{ "abcdefg", 1, 1 }, { "abcdefg", 3, 3 }, { "ab", 100, 2 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seen s = { .len = 0 };
		struct prg_memory m = {
			.params = (char *[]){ NULL },
			.body = rows[i].body,
			.body_len = strlen(rows[i].body),
			.chunk = rows[i].chunk
		};

		prg_memory_run(&m, &(struct prg_service){
		    .serve = serve, .arg = &s });
		assert_string_equal(s.body, rows[i].body);
		assert_int_equal(s.most, rows[i].most);
		assert_int_equal(m.out_len, 8);
		assert_string_equal(m.out, "headbody");
		free(m.out);
	}
}

static void
test_params(void **state)
{
	char *params[] = {
		"A=1", "AB=2", "EMPTY=", "EQUALS=a=b", "A=3", "ODD", NULL
	};
	static const struct {
		const char	*name;
		const char	*value;
	} rows[] = {
		{ "A", "1" }, { "AB", "2" }, { "EMPTY", "" },
		{ "EQUALS", "a=b" }, { "B", NULL }, { "ABC", NULL },
		{ "", NULL }, { "ODD", NULL }
	};
	const struct prg_conn c = { .params = params };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *v = prg_conn_param(&c, rows[i].name);

		if ((v == NULL) != (rows[i].value == NULL) ||
		    (v != NULL && strcmp(v, rows[i].value) != 0))
			fail_msg("\"%s\": %s", rows[i].name,
			    v == NULL ? "none" : v);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_params)
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
