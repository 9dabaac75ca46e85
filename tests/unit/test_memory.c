/*
 * test_memory.c - requests from memory, and what all gateways share.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/gateway.h"

/* What the service saw and does. */
struct seen {
	char		body[64];
	size_t		len;
	size_t		most;	/* bytes that one read gave */
	pthread_t	thread;
	struct prg_conn	*conn;
	int		resumed;
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

static enum prg_verdict
serve_done(void *arg, struct prg_conn *c)
{
	read_body(arg, c);
	assert_int_equal(c->ops->write(c, "head", 4), 0);
	assert_int_equal(c->ops->write(c, "", 0), 0);
	assert_int_equal(c->ops->write(c, "body", 4), 0);
	return PRG_CONN_DONE;
}

static enum prg_verdict
serve_early(void *arg, struct prg_conn *c)
{
	((struct seen *)arg)->conn = c;
	prg_conn_resume(c);
	return PRG_CONN_HELD;
}

static void *
resume_from_afar(void *arg)
{
	prg_conn_resume(((struct seen *)arg)->conn);
	return NULL;
}

static enum prg_verdict
serve_held(void *arg, struct prg_conn *c)
{
	struct seen *s = arg;

	s->conn = c;
	c->held = s;
	pthread_create(&s->thread, NULL, resume_from_afar, s);
	return PRG_CONN_HELD;
}

/* The first time that is held, again. */
static enum prg_verdict
resume(void *arg, struct prg_conn *c)
{
	struct seen *s = arg;

	assert_ptr_equal(c, s->conn);
	if (s->resumed++ == 0) {
		prg_conn_resume(c);
		return PRG_CONN_HELD;
	}
	c->ops->write(c, "resumed", 7);
	return PRG_CONN_DONE;
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
		    .serve = serve_done, .resume = resume, .arg = &s });
		assert_string_equal(s.body, rows[i].body);
		assert_int_equal(s.most, rows[i].most);
		assert_int_equal(m.out_len, 8);
		assert_string_equal(m.out, "headbody");
		assert_int_equal(s.resumed, 0);
		free(m.out);
	}
}

static void
test_held(void **state)
{
	struct seen s = { .len = 0 };
	struct prg_memory m = { .params = (char *[]){ NULL } };

	(void)state;
	prg_memory_run(&m, &(struct prg_service){
	    .serve = serve_held, .resume = resume, .arg = &s });
	pthread_join(s.thread, NULL);
	assert_int_equal(s.resumed, 2);
	assert_string_equal(m.out, "resumed");
	free(m.out);
	prg_memory_run(&m, &(struct prg_service){
	    .serve = serve_early, .resume = resume, .arg = &s });
	assert_int_equal(s.resumed, 3);
	assert_string_equal(m.out, "resumed");
	free(m.out);
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
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_params)
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
