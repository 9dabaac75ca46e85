/*
 * test_body.c - STDIN records as the body of a request.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance.h"
#include "fcgi_client.h"
#include "gateway/body.h"

#define STDIN(n)	"\1\5\0\1\0" n "\0\0"
#define END		STDIN("\0")

enum { BROKEN = -1 };

static const struct {
	const char	*name;
	const char	*bytes;
	size_t		 len;
	const char	*body;
	long		 end;	/* what the last read says */
	bool		 cut;	/* more might come */
} rows[] = {
#define ROW(name, bytes, body, end) \
	{ name, bytes, sizeof(bytes) - 1, body, end, false }
#define CUT(name, bytes, body) \
	{ name, bytes, sizeof(bytes) - 1, body, BROKEN, true }
	ROW("empty", END, "", 0),
	ROW("one record", STDIN("\3") "abc" END, "abc", 0),
	ROW("two records", STDIN("\3") "abc" STDIN("\1") "d" END, "abcd", 0),
	ROW("padding", "\1\5\0\1\0\3\2\0" "abcpp" "\1\5\0\1\0\0\3\0" "ppp",
	    "abc", 0),
	ROW("a record of an old request",
	    "\1\5\0\7\0\3\1\0" "xyzp" STDIN("\1") "a" END, "a", 0),
	CUT("nothing", "", ""),
	CUT("no end", STDIN("\3") "abc", "abc"),
	CUT("a cut record", STDIN("\5") "abc", "abc"),
	CUT("a cut header", STDIN("\1") "a" "\1\5\0", "a"),
	CUT("a cut end", STDIN("\1") "a" "\1\5\0\1\0\0\2\0" "p", "a"),
	ROW("ABORT", STDIN("\3") "abc" "\1\2\0\1\0\0\0\0" END, "abc", BROKEN),
	ROW("DATA", STDIN("\3") "abc" "\1\10\0\1\0\0\0\0" END, "abc", BROKEN),
	ROW("PARAMS", "\1\4\0\1\0\0\0\0" END, "", BROKEN),
	ROW("BEGIN of the same", "\1\1\0\1\0\10\0\0" "\0\1\1\0\0\0\0\0" END,
	    "", BROKEN),
	ROW("GET_VALUES", STDIN("\1") "a" "\1\11\0\0\0\0\0\0" END, "a",
	    BROKEN),
	ROW("version 2", STDIN("\1") "a" "\2\5\0\1\0\0\0\0", "a", BROKEN)
};

enum { NROWS = sizeof(rows) / sizeof(rows[0]) };

/* Read it all, 'n' bytes at most at a time: what the last read says. */
static long
read_all(struct prg_body *b, size_t n, struct fcgi_msg *out)
{
	char buf[4096];
	long got;

	while ((got = prg_body_read(b, buf, n)) > 0)
		fcgi_bytes(out, buf, (size_t)got);
	return got;
}

/* Whatever part of a body was taken with the head, and in whatever pieces. */
static void
check_row(size_t i, size_t have, size_t n)
{
	struct fcgi_msg out = { 0 };
	struct prg_body b = {
		.id = 1, .timeout = 10000,
		.have = (const unsigned char *)rows[i].bytes, .have_len = have
	};
	int fd[2];
	long end;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	b.fd = fd[0];
	fcgi_send(fd[1], rows[i].bytes + have, rows[i].len - have);
	shutdown(fd[1], SHUT_WR);
	end = read_all(&b, n, &out);
	if (end != rows[i].end || out.len != strlen(rows[i].body) ||
	    (out.len > 0 && memcmp(out.p, rows[i].body, out.len) != 0))
		fail_msg("%s, %zu taken, %zu a read: %zu bytes, then %ld",
		    rows[i].name, have, n, out.len, end);
	assert_int_equal(prg_body_read(&b, (char[1]){ 0 }, 1), end);
	if (end == 0 && (b.have_len > 0 || recv(fd[0], (char[1]){ 0 }, 1,
	    MSG_DONTWAIT) != 0))
		fail_msg("%s, %zu taken: not read to its end", rows[i].name,
		    have);
	fcgi_release(&out);
	close(fd[0]);
	close(fd[1]);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < NROWS; i++)
		for (size_t have = 0; have <= rows[i].len; have++)
			for (size_t n = 1; n < 6; n += 2)
				check_row(i, have, n);
}

/* What 'have' bytes hold is as good as all of them. */
static bool
is_enough(size_t i, size_t have)
{
	struct prg_body b = {
		.id = 1, .fd = -1, .whole = true,
		.have = (const unsigned char *)rows[i].bytes, .have_len = have
	};
	struct fcgi_msg out = { 0 };
	long end = read_all(&b, 4096, &out);
	bool same = end == rows[i].end && out.len == strlen(rows[i].body);

	fcgi_release(&out);
	return same;
}

/* As it comes, byte by byte: whether there is anything to wait for. */
static void
test_arrived(void **state)
{
	struct prg_body b;

	(void)state;
	for (size_t i = 0; i < NROWS; i++) {
		b = (struct prg_body){
			.id = 1, .have = (const unsigned char *)rows[i].bytes
		};
		prg_body_look(&b);
		for (; b.have_len < rows[i].len; b.have_len++)
			if (prg_body_arrived(&b) && !is_enough(i, b.have_len))
				fail_msg("%s: %zu bytes are not all of it",
				    rows[i].name, b.have_len);
		if (prg_body_arrived(&b) == rows[i].cut)
			fail_msg("%s: is it all there?", rows[i].name);
	}
}

/* What follows a body is not taken with it. */
static void
test_not_past(void **state)
{
	static const char bytes[] = STDIN("\3") "abc" END "next";
	struct prg_body b = { .id = 1, .timeout = 10000 };
	struct fcgi_msg out = { 0 };
	char next[8];
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	b.fd = fd[0];
	fcgi_send(fd[1], bytes, sizeof(bytes) - 1);
	assert_int_equal(read_all(&b, 4096, &out), 0);
	assert_int_equal(recv(fd[0], next, sizeof(next), MSG_DONTWAIT), 4);
	assert_memory_equal(next, "next", 4);
	fcgi_release(&out);
	close(fd[0]);
	close(fd[1]);
}

/* A byte now and then, for ever: the deadline ends it. */
static void
test_dribble(void **state)
{
	struct prg_body b = { .id = 1, .timeout = 50 };
	char c;
	int fd[2];
	long n;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	b.fd = fd[0];
	do {
		fcgi_send(fd[1], STDIN("\1") "a", 9);
		n = prg_body_read(&b, &c, 1);
	} while (n == 1);
	assert_int_equal(n, -1);
	close(fd[0]);
	close(fd[1]);
}

static void
test_drain(void **state)
{
	static const struct {
		size_t	len;
		size_t	max;
		bool	end;
	} sizes[] = {
		{ 0, 0, true }, { 10, 10, true }, { 9999, 10000, true },
		{ 10000, 10000, true }, { 100000, 10000, false }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct fcgi_msg m = { 0 };
		char *p = calloc(1, sizes[i].len + 1);

		assert_non_null(p);
		fcgi_stdin(&m, p, sizes[i].len);
		struct prg_body b = {
			.fd = -1, .id = 1, .have = m.p, .have_len = m.len
		};
		prg_body_drain(&b, sizes[i].max);
		if (b.end != sizes[i].end)
			fail_msg("%zu of %zu: end %d", sizes[i].max,
			    sizes[i].len, b.end);
		free(p);
		fcgi_release(&m);
	}
}

static int
base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c != '\0' ? strchr(digits, c) : NULL;

	return p != NULL ? (int)(p - digits) : -1;
}

static void
from_base64(const char *s, struct fcgi_msg *m)
{
	unsigned bits = 0;
	int n = 0, d;

	for (; (d = base64_digit(*s)) != -1; s++) {
		bits = bits << 6 | (unsigned)d;
		if ((n += 6) >= 8) {
			const unsigned char c = (unsigned char)(bits >>
			    (n -= 8));

			fcgi_bytes(m, &c, 1);
		}
	}
}

static void
test_conformance(void **state)
{
	json_t *all = conformance_load("fastcgi-go/records.json");
	json_t *row = json_array_get(json_object_get(all, "streams"), 1);
	struct fcgi_msg m = { 0 }, out = { 0 };
	struct prg_body b = { .fd = -1 };

	(void)state;
	from_base64(json_string_value(json_object_get(row, "base64")), &m);
	b.id = (unsigned)json_integer_value(json_object_get(row,
	    "request_id"));
	b.have = m.p;
	b.have_len = m.len;
	assert_int_equal(read_all(&b, 4096, &out), 0);
	assert_int_equal(out.len, json_integer_value(json_object_get(row,
	    "content_len")));
	for (size_t i = 0; i < out.len; i++)
		assert_int_equal(out.p[i], 0);
	assert_int_equal(b.have_len, 0);
	fcgi_release(&m);
	fcgi_release(&out);
	json_decref(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_arrived),
		cmocka_unit_test(test_not_past),
		cmocka_unit_test(test_dribble),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_conformance)
	};

	return cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
