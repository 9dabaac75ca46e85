/*
 * test_mt_fcgi_wire.c - requests in whatever shape they arrive.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_server.h"

/* -- what goes over the wire --------------------------------------------- */

/*
 * One worker sees events in their order: when it has answered 'other', it has
 * looked at what was sent before.
 */
static void
test_cut(void **state)
{
	struct server *s = start(1);
	struct fcgi_msg m = fcgi_request("count", "0123456789", true);
	int fd = dial(s), other = dial(s);
	char name[32];

	(void)state;
	for (size_t cut = 1; cut < m.len; cut++) {
		snprintf(name, sizeof(name), "cut at %zu", cut);
		fcgi_send(fd, m.p, cut);
		if (cut < m.len - 8 - 10 - 8)
			ask(name, other, "hello", "hello");
		fcgi_send(fd, m.p + cut, m.len - cut);
		expect(name, fd, "\r\n\r\n10");
	}
	fcgi_release(&m);
	close(fd);
	close(other);
	stop(s);
}

static void
test_bytewise(void **state)
{
	struct server *s = start(2);
	struct fcgi_msg m = fcgi_request("count", "0123456789", true);
	int fd = dial(s);

	(void)state;
	for (int round = 0; round < 10; round++) {
		for (size_t i = 0; i < m.len; i++)
			fcgi_send(fd, m.p + i, 1);
		expect("byte at a time", fd, "\r\n\r\n10");
	}
	fcgi_release(&m);
	close(fd);
	stop(s);
}

/* Read to the end of an answer, and no farther. */
static void
pass_answer(int fd)
{
	unsigned char h[FCGI_HEADER_LEN], rest[65536];
	size_t n;

	do {
		assert_int_equal(recv(fd, h, sizeof(h), MSG_WAITALL),
		    sizeof(h));
		n = (size_t)(h[4] << 8 | h[5]) + h[6];
		assert_int_equal(recv(fd, rest, n, MSG_WAITALL), n);
	} while (h[1] != FCGI_END_REQUEST);
}

static void
test_pipelined(void **state)
{
	struct server *s = start(2);
	struct fcgi_msg m = { 0 };
	int fd = dial(s);

	(void)state;
	for (int i = 0; i < 50; i++) {
		struct fcgi_msg one = fcgi_request("count",
		    "0123456789", true);

		fcgi_bytes(&m, one.p, one.len);
		fcgi_release(&one);
	}
	fcgi_send_msg(fd, m);
	for (int ended = 0; ended < 50; ended++)
		pass_answer(fd);
	assert_int_equal(s->served, 50);
	close(fd);
	stop(s);
}

/* Two requests in two sends: the second may come while the first is looked at. */
static void
test_close_behind(void **state)
{
	enum { ROUNDS = 3000 };
	struct server *s = start(2);
	struct fcgi_msg m = fcgi_request("count", "0123456789", true);
	int fd = dial(s);

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		fcgi_send(fd, m.p, m.len);
		for (volatile int k = 0; k < i % 500 * 20; k++)
			continue;
		fcgi_send(fd, m.p, m.len);
		pass_answer(fd);
		pass_answer(fd);
	}
	assert_int_equal(s->served, 2 * ROUNDS);
	fcgi_release(&m);
	close(fd);
	stop(s);
}

/* libfcgi gets out of step at padding where there is no content. */
static void
test_padding(void **state)
{
	static const unsigned char body[8] = { 0, FCGI_RESPONDER, 1 };
	struct server *s = start(1);
	int fd = dial(s);

	(void)state;
	for (unsigned where = 0; where < 32; where++) {
		struct fcgi_msg m = { 0 }, pairs = { 0 };

		fcgi_pair(&pairs, "ACT", "count");
		fcgi_shaped(&m, (struct fcgi_shape){ FCGI_BEGIN_REQUEST,
		    FCGI_ID, where & 1 ? 9 : 0 }, body, sizeof(body));
		fcgi_shaped(&m, (struct fcgi_shape){ FCGI_PARAMS, FCGI_ID,
		    where & 2 ? 8 : 0 }, pairs.p, pairs.len);
		fcgi_shaped(&m, (struct fcgi_shape){ FCGI_PARAMS, FCGI_ID,
		    where & 4 ? 255 : 0 }, NULL, 0);
		fcgi_shaped(&m, (struct fcgi_shape){ FCGI_STDIN, FCGI_ID,
		    where & 8 ? 5 : 0 }, "abc", 3);
		fcgi_shaped(&m, (struct fcgi_shape){ FCGI_STDIN, FCGI_ID,
		    where & 16 ? 1 : 0 }, NULL, 0);
		fcgi_release(&pairs);
		fcgi_send_msg(fd, m);
		expect("padding", fd, "\r\n\r\n3");
	}
	close(fd);
	stop(s);
}

static void
test_bodies(void **state)
{
	static const size_t sizes[] = {
		0, 1, 8000, 8192, 9000, 65535, 65536, 200000, 3000000
	};
	struct server *s = start(2);
	int fd = dial(s);
	char want[32];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *body = malloc(sizes[i] + 1);

		assert_non_null(body);
		memset(body, 'b', sizes[i]);
		body[sizes[i]] = '\0';
		fcgi_send_msg(fd, fcgi_request("count", body, true));
		snprintf(want, sizeof(want), "\r\n\r\n%zu", sizes[i]);
		expect(want + 4, fd, want);
		free(body);
	}
	close(fd);
	stop(s);
}

static void
test_big_answer(void **state)
{
	struct server *s = start(2);
	int fd = dial(s);

	(void)state;
	for (int i = 0; i < 3; i++) {
		fcgi_send_msg(fd, fcgi_request("much", "", true));
		struct fcgi_answer a = fcgi_read(fd);

		assert_true(a.ended);
		assert_int_equal(a.len, BIG);
		for (size_t k = 0; k < a.len; k++)
			if (a.out[k] != (char)('a' + k % 26))
				fail_msg("byte %zu is wrong", k);
		fcgi_answer_release(&a);
	}
	close(fd);
	stop(s);
}

/* A head with one value of 'n' bytes, in records of at most 'most'. */
static struct fcgi_msg
big_head(size_t n, size_t most)
{
	struct fcgi_msg m = { 0 }, pairs = { 0 };
	char *value = malloc(n + 1);

	assert_non_null(value);
	memset(value, 'v', n);
	value[n] = '\0';
	fcgi_pair(&pairs, "ACT", "hello");
	fcgi_pair(&pairs, "BIG", value);
	fcgi_begin(&m, true);
	for (size_t i = 0; i < pairs.len; i += most)
		fcgi_record(&m, FCGI_PARAMS, pairs.p + i,
		    pairs.len - i < most ? pairs.len - i : most);
	fcgi_record(&m, FCGI_PARAMS, NULL, 0);
	fcgi_stdin(&m, "", 0);
	fcgi_release(&pairs);
	free(value);
	return m;
}

static void
test_big_heads(void **state)
{
	enum { OTHERS = 10 + 8 };	/* bytes of ACT, and around BIG */
	static const struct {
		const char	*name;
		size_t		 n;
		size_t		 most;
		bool		 served;
	} rows[] = {
		{ "8 KB",		8 << 10, 65535, true },
		{ "8 KB, 1 KB each",	8 << 10, 1 << 10, true },
		{ "2 KB, 3 bytes each",	2 << 10, 3, true },
		{ "one under the cap",	MAX_PARAMS - OTHERS - 1, 65535, true },
		{ "at the cap",		MAX_PARAMS - OTHERS, 65535, true },
		{ "one over the cap",	MAX_PARAMS - OTHERS + 1, 65535, false },
		{ "four times the cap",	4 * MAX_PARAMS - 99, 65535, false },
		{ "in parts over it",	2 * MAX_PARAMS, 1000, false }
	};
	struct server *s = start(2);
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fd = dial(s);
		fcgi_send_msg(fd, big_head(rows[i].n, rows[i].most));
		if (rows[i].served) {
			expect(rows[i].name, fd, "hello");
			close(fd);
		} else
			expect_closed(rows[i].name, fd);
	}
	expect_alive("after big heads", s);
	stop(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_bytewise),
		cmocka_unit_test(test_pipelined),
		cmocka_unit_test(test_close_behind),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_big_answer),
		cmocka_unit_test(test_big_heads)
	};

	quiet();
	return cmocka_run_group_tests_name("mt_fcgi_wire", tests, NULL, NULL);
}
