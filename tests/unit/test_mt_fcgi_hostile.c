/*
 * test_mt_fcgi_hostile.c - peers that mean harm, or break off.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>

#include "conformance.h"
#include "fcgi_server.h"

/* -- hostile peers ------------------------------------------------------- */

static struct fcgi_msg
six_questions(void)
{
	struct fcgi_msg m = { 0 }, pairs = { 0 };

	for (int i = 0; i < 6; i++)
		fcgi_pair(&pairs, FCGI_MAX_CONNS, "");
	fcgi_shaped(&m, (struct fcgi_shape){ FCGI_GET_VALUES, 0, 0 },
	    pairs.p, pairs.len);
	fcgi_release(&pairs);
	return m;
}

static struct fcgi_msg
two_gigabytes(void)
{
	static const unsigned char lengths[] = {
		0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xfe, 'A'
	};
	struct fcgi_msg m = { 0 };

	fcgi_begin(&m, true);
	fcgi_record(&m, FCGI_PARAMS, lengths, sizeof(lengths));
	fcgi_record(&m, FCGI_PARAMS, NULL, 0);
	fcgi_stdin(&m, "", 0);
	return m;
}

static struct fcgi_msg
nul_in_value(void)
{
	struct fcgi_msg m = { 0 };

	fcgi_begin(&m, true);
	fcgi_record(&m, FCGI_PARAMS, "\003\003ACTa\0b", 8);
	fcgi_record(&m, FCGI_PARAMS, NULL, 0);
	fcgi_stdin(&m, "", 0);
	return m;
}

static struct fcgi_msg
other_version(void)
{
	struct fcgi_msg m = fcgi_request("hello", "", true);

	m.p[0] = 2;
	return m;
}

static struct fcgi_msg
http(void)
{
	struct fcgi_msg m = { 0 };

	fcgi_bytes(&m, "GET / HTTP/1.1\r\n\r\n", 18);
	return m;
}

static void
test_refused(void **state)
{
	static const struct {
		const char	*name;
		struct fcgi_msg	(*make)(void);
	} rows[] = {
		{ "lengths of 0x7ffffffe",	two_gigabytes },
		{ "a NUL in a value",		nul_in_value },
		{ "version 2",			other_version },
		{ "HTTP",			http }
	};
	struct server *s = start(1);
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fd = dial(s);
		fcgi_send_msg(fd, rows[i].make());
		expect_closed(rows[i].name, fd);
	}
	assert_int_equal(s->served, 0);
	expect_alive("after refusals", s);
	stop(s);
}

/* Questions are answered, and the connection is good for a request then. */
static void
test_management(void **state)
{
	static const unsigned char values[] = {
		1, 10, 0, 0, 0, 17, 0, 0, 14, 1,
		'F', 'C', 'G', 'I', '_', 'M', 'A', 'X', '_', 'C', 'O', 'N',
		'N', 'S', '5'
	};
	static const unsigned char unknown[] = {
		1, 11, 0, 0, 0, 8, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0
	};
	struct server *s = server_new(1);
	struct fcgi_msg m = six_questions();
	unsigned char got[sizeof(values)];
	int fd = dial(s);

	(void)state;
	s->conf.max_connections = 5;
	launch(s);
	fcgi_shaped(&m, (struct fcgi_shape){ 99, 0, 3 }, "what?", 5);
	fcgi_send_msg(fd, m);
	assert_int_equal(recv(fd, got, sizeof(values), MSG_WAITALL),
	    sizeof(values));
	assert_memory_equal(got, values, sizeof(values));
	assert_int_equal(recv(fd, got, sizeof(unknown), MSG_WAITALL),
	    sizeof(unknown));
	assert_memory_equal(got, unknown, sizeof(unknown));
	ask("after questions", fd, "hello", "hello");
	close(fd);
	stop(s);
}

/* In a body they would reach libfcgi, were it reading. */
static void
test_management_in_body(void **state)
{
	static const char *const pairs[] = { "ACT", "count", NULL };
	struct server *s = start(1);
	struct fcgi_msg m = { 0 }, q = six_questions();
	int fd = dial(s);

	(void)state;
	fcgi_begin(&m, true);
	fcgi_params(&m, pairs);
	fcgi_record(&m, FCGI_STDIN, "abc", 3);
	fcgi_bytes(&m, q.p, q.len);
	fcgi_release(&q);
	fcgi_stdin(&m, "def", 3);
	fcgi_send_msg(fd, m);
	expect("GET_VALUES in a body", fd, "3 broken");
	expect_closed("GET_VALUES in a body", fd);
	expect_alive("after it", s);
	stop(s);
}

static void
test_role(void **state)
{
	static const unsigned char authorizer[8] = { 0, FCGI_AUTHORIZER, 1 };
	static const char *const pairs[] = { "ACT", "hello", NULL };
	struct server *s = start(1);
	struct fcgi_msg m = { 0 };
	struct fcgi_answer a;
	int fd = dial(s);

	(void)state;
	fcgi_record(&m, FCGI_BEGIN_REQUEST, authorizer, sizeof(authorizer));
	fcgi_params(&m, pairs);
	fcgi_send_msg(fd, m);
	a = fcgi_read(fd);
	assert_true(a.ended);
	assert_int_equal(a.status, FCGI_UNKNOWN_ROLE);
	close(fd);
	assert_int_equal(s->served, 0);
	stop(s);
}

static void
test_second_begin(void **state)
{
	static const unsigned char body[8] = { 0, FCGI_RESPONDER, 1 };
	static const char *const pairs[] = { "ACT", "count", NULL };
	struct server *s = start(1);
	struct fcgi_msg m = { 0 };
	struct fcgi_answer a;
	int fd = dial(s);

	(void)state;
	fcgi_begin(&m, true);
	fcgi_params(&m, pairs);
	fcgi_record(&m, FCGI_STDIN, "abc", 3);
	fcgi_shaped(&m, (struct fcgi_shape){ FCGI_BEGIN_REQUEST, 7, 0 },
	    body, sizeof(body));
	fcgi_shaped(&m, (struct fcgi_shape){ FCGI_STDIN, 7, 5 }, "xyz", 3);
	fcgi_send_msg(fd, m);
	a = fcgi_read(fd);
	assert_true(a.ended);
	assert_int_equal(a.status, FCGI_CANT_MPX_CONN);
	assert_int_equal(a.id, 7);
	m = (struct fcgi_msg){ 0 };
	fcgi_stdin(&m, "def", 3);
	fcgi_send_msg(fd, m);
	expect("the first goes on", fd, "\r\n\r\n6");
	ask("the next", fd, "hello", "hello");
	close(fd);
	stop(s);
}

/* Each is to be told of its end, and they read just enough to keep one waiting. */
static void
test_many_begins(void **state)
{
	static const char *const pairs[] = { "ACT", "count", NULL };
	struct server *s = start(1);
	struct pollfd one = { .fd = dial(s), .events = POLLIN };
	struct pollfd other = { .fd = dial(s), .events = POLLIN };
	struct fcgi_msg m = { 0 };
	int n;
	char buf[4096];

	(void)state;
	fcgi_begin(&m, true);
	fcgi_params(&m, pairs);
	for (int i = 0; i < 4000; i++)
		fcgi_shaped(&m, (struct fcgi_shape){ FCGI_BEGIN_REQUEST, 7, 0 },
		    NULL, 0);
	fcgi_send_msg(one.fd, m);
	assert_int_equal(poll(&one, 1, FCGI_PATIENCE * 1000), 1);
	fcgi_send_msg(other.fd, fcgi_request("hello", "", true));
	for (n = 0; n < 8 && poll(&other, 1, IO_TIMEOUT * 500) == 0; n++)
		assert_int_not_equal(recv(one.fd, buf, sizeof(buf), 0), -1);
	if (n == 8)
		fail_msg("they held the worker for %d s", n * IO_TIMEOUT / 2);
	expect("another", other.fd, "hello");
	close(other.fd);
	close(one.fd);
	stop(s);
}

/*
 * A body that looks like a request of somebody else's, behind as many bytes as
 * the reader might leave unread.
 */
static char *
forged_body(size_t before, size_t *len)
{
	struct fcgi_msg m = fcgi_request("forged", "", true);
	char *p = malloc(before + m.len);

	assert_non_null(p);
	memset(p, 'x', before);
	memcpy(p + before, m.p, m.len);
	*len = before + m.len;
	fcgi_release(&m);
	return p;
}

static void
test_unread_body(void **state)
{
	static const char *const pairs[] = { "ACT", "unread", NULL };
	static const struct {
		const char	*name;
		size_t		 before;
		bool		 kept;
	} rows[] = {
		{ "a small one",	0, true },
		{ "libfcgi's buffer",	8192 - 79, true },
		{ "one byte more",	8192 - 78, true },
		{ "two buffers",	16384 - 79, true },
		{ "60 KB",		60 << 10, true },
		{ "more than is drained", 300000, false },
		{ "3 MB",		3000000, false }
	};
	struct server *s = start(2);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fcgi_msg m = { 0 };
		size_t len;
		char *p = forged_body(rows[i].before, &len);
		int fd = dial(s);

		fcgi_begin(&m, true);
		fcgi_params(&m, pairs);
		fcgi_stdin(&m, p, len);
		free(p);
		fcgi_send_msg(fd, m);
		expect(rows[i].name, fd, "unread");
		if (rows[i].kept) {
			ask(rows[i].name, fd, "hello", "hello");
			close(fd);
		} else
			expect_closed(rows[i].name, fd);
		if (s->forged > 0)
			fail_msg("%s: executed", rows[i].name);
	}
	stop(s);
}

/* The answer is not lost with what is thrown away behind it. */
static void
test_unread_tcp(void **state)
{
	const size_t huge = 20 << 20;	/* more than the kernel buffers */
	static const char *const pairs[] = { "ACT", "unread", NULL };
	struct server *s = server_new(2);
	struct fcgi_msg m = { 0 };
	char *p = calloc(1, huge);
	int fd;

	(void)state;
	listen_tcp(s);
	launch(s);
	fd = dial_tcp(s, 1);
	assert_non_null(p);
	fcgi_begin(&m, true);
	fcgi_params(&m, pairs);
	fcgi_stdin(&m, p, huge);
	free(p);
	assert_true(fcgi_send_msg(fd, m));
	expect("20 MB over TCP", fd, "unread");
	close(fd);
	stop(s);
}

/* -- broken off ---------------------------------------------------------- */

static size_t
from_hex(const char *hex, unsigned char *out)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++) {
		const char two[3] = { hex[2 * i], hex[2 * i + 1] };

		out[i] = (unsigned char)strtoul(two, NULL, 16);
	}
	return n;
}

/* Each begins a request with a body and does not end it. */
static void
test_aborts(void **state)
{
	json_t *all = conformance_load("fastcgi-go/records.json"), *row;
	struct server *s = start(1);
	unsigned char p[1024];
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(all, "abort"), i, row) {
		const char *hex = json_string_value(json_object_get(row,
		    "hex"));
		int fd = dial(s);

		assert_in_range(strlen(hex), 1, 2 * sizeof(p));
		fcgi_send(fd, p, from_hex(hex, p));
		shutdown(fd, SHUT_WR);
		expect(json_string_value(json_object_get(row, "desc")), fd,
		    "no act");
		expect_closed("aborted", fd);
	}
	assert_int_equal(i, 2);
	expect_alive("after aborts", s);
	json_decref(all);
	stop(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_management),
		cmocka_unit_test(test_management_in_body),
		cmocka_unit_test(test_role),
		cmocka_unit_test(test_second_begin),
		cmocka_unit_test(test_many_begins),
		cmocka_unit_test(test_unread_body),
		cmocka_unit_test(test_unread_tcp),
		cmocka_unit_test(test_aborts)
	};

	quiet();
	return cmocka_run_group_tests_name("mt_fcgi_hostile", tests, NULL, NULL);
}
