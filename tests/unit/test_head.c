/*
 * test_head.c - what the guard lets through to libfcgi, and what not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <stdio.h>

#include "conformance.h"
#include "fcgi_client.h"
#include "gateway/head.h"

#define BEGIN	"\1\1\0\1\0\10\0\0" "\0\1\1\0\0\0\0\0"
#define END	"\1\4\0\1\0\0\0\0"
#define STDIN	"\1\5\0\1\0\0\0\0"
/* PARAMS of 'n' bytes, an octal escape. */
#define PARAMS(n) "\1\4\0\1\0" n "\0\0"

static const char *const verdicts[] = {
	"MORE", "PASS", "ANSWER", "END", "REFUSE"
};

struct row {
	const char		*name;
	const char		*bytes;
	size_t			 len;
	enum prg_head_verdict	 verdict;
};

#define ROW(name, bytes, verdict) \
	{ name, bytes, sizeof(bytes) - 1, PRG_HEAD_##verdict }

enum { MAX = 64 };

static const struct row rows[] = {
	ROW("nothing", "", MORE),
	ROW("no params", BEGIN END, PASS),
	ROW("a pair", BEGIN PARAMS("\4") "\1\1Ab" END, PASS),
	ROW("an empty value", BEGIN PARAMS("\3") "\1\0A" END, PASS),
	ROW("'=' in a value", BEGIN PARAMS("\5") "\1\2A=b" END, PASS),
	ROW("a name in two records",
	    BEGIN PARAMS("\3") "\2\1A" PARAMS("\2") "Bc" END, PASS),
	ROW("lengths in two records",
	    BEGIN PARAMS("\1") "\1" PARAMS("\3") "\1Ab" END, PASS),
	ROW("a length of four bytes in four records",
	    BEGIN PARAMS("\2") "\1\200" PARAMS("\1") "\0" PARAMS("\1") "\0"
	    PARAMS("\3") "\1Ab" END, PASS),
	ROW("padding everywhere",
	    "\1\1\0\1\0\10\3\0" "\0\1\1\0\0\0\0\0" "ppp"
	    "\1\4\0\1\0\4\2\0" "\1\1Ab" "pp" "\1\4\0\1\0\0\1\0" "p", PASS),
	ROW("another id", "\1\1\1\2\0\10\0\0" "\0\1\0\0\0\0\0\0"
	    "\1\4\1\2\0\0\0\0", PASS),

	ROW("version 0", "\0", REFUSE),
	ROW("version 2", "\2\1\0\1\0\10\0\0" "\0\1\1\0\0\0\0\0" END, REFUSE),
	ROW("PARAMS first", END, ANSWER),
	ROW("STDIN first", STDIN, ANSWER),
	ROW("ABORT first", "\1\2\0\1\0\0\0\0", ANSWER),
	ROW("a short BEGIN", "\1\1\0\1\0\7\0\0" "\0\1\1\0\0\0\0" END, REFUSE),
	ROW("a long BEGIN", "\1\1\0\1\0\11\0\0" "\0\1\1\0\0\0\0\0\0" END,
	    REFUSE),
	ROW("STDIN before the end of PARAMS", BEGIN STDIN, REFUSE),
	ROW("ABORT in PARAMS", BEGIN "\1\2\0\1\0\0\0\0", END),
	ROW("BEGIN twice", BEGIN BEGIN, REFUSE),
	ROW("PARAMS of another", BEGIN "\1\4\0\2\0\0\0\0", ANSWER),
	ROW("GET_VALUES in PARAMS", BEGIN "\1\11\0\0\0\0\0\0", ANSWER),
	ROW("version 2 in PARAMS", BEGIN "\2\4\0\1\0\0\0\0", REFUSE),
	ROW("no name", BEGIN PARAMS("\3") "\0\1b" END, REFUSE),
	ROW("nothing at all", BEGIN PARAMS("\2") "\0\0" END, REFUSE),
	ROW("a NUL in a name", BEGIN PARAMS("\5") "\2\1A\0b" END, REFUSE),
	ROW("a NUL in a value", BEGIN PARAMS("\5") "\1\2Ab\0" END, REFUSE),
	ROW("'=' in a name", BEGIN PARAMS("\5") "\2\1A=b" END, REFUSE),
	ROW("only a name's length", BEGIN PARAMS("\1") "\1" END, REFUSE),
	ROW("a cut length", BEGIN PARAMS("\3") "\1\200\0" END, REFUSE),
	ROW("a value too long", BEGIN PARAMS("\4") "\1\2Ab" END, REFUSE),
	ROW("a name too long", BEGIN PARAMS("\4") "\3\0Ab" END, REFUSE),
	ROW("a value too short", BEGIN PARAMS("\5") "\1\1Abc" END, REFUSE),
	ROW("lengths of 0x7ffffffe", BEGIN PARAMS("\11")
	    "\377\377\377\376\377\377\377\376A" END, REFUSE),
	ROW("lengths of 0x7fffffff", BEGIN PARAMS("\11")
	    "\377\377\377\377\377\377\377\377A" END, REFUSE),
	ROW("over the cap, yet to come", BEGIN PARAMS("\101"), REFUSE),
	ROW("at the cap, yet to come", BEGIN PARAMS("\100"), MORE),

	ROW("an authorizer", "\1\1\0\1\0\10\0\0" "\0\2\1\0\0\0\0\0", END),
	ROW("a filter", "\1\1\0\1\0\10\0\0" "\0\3\1\0\0\0\0\0", END),
	ROW("role 257", "\1\1\0\1\0\10\0\0" "\1\1\1\0\0\0\0\0", END),
	ROW("GET_VALUES", "\1\11\0\0\0\0\0\0", ANSWER),
	ROW("GET_VALUES, not whole", "\1\11\0\0\0\5\0\0" "\3\0AB", MORE),
	ROW("an unknown question", "\1\143\0\0\0\0\0\0", ANSWER),
	ROW("BEGIN with id 0", "\1\1\0\0\0\10\0\0" "\0\1\1\0\0\0\0\0", ANSWER)
};

enum { NROWS = sizeof(rows) / sizeof(rows[0]) };

/* A copy without a byte behind it, for the sanitizer to watch. */
static struct prg_head
check(const char *bytes, size_t len)
{
	unsigned char *p = malloc(len > 0 ? len : 1);
	struct prg_head g;

	assert_non_null(p);
	memcpy(p, bytes, len);
	g = prg_head_check(p, len, MAX);
	free(p);
	return g;
}

static void
test_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < NROWS; i++) {
		struct prg_head g = check(rows[i].bytes, rows[i].len);

		if (g.verdict != rows[i].verdict)
			fail_msg("%s: %s, not %s", rows[i].name,
			    verdicts[g.verdict], verdicts[rows[i].verdict]);
	}
}

/* No prefix of what passes is refused, nor passes. */
static void
test_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < NROWS; i++) {
		if (rows[i].verdict != PRG_HEAD_PASS &&
		    rows[i].verdict != PRG_HEAD_ANSWER)
			continue;
		for (size_t n = 0; n < rows[i].len; n++) {
			struct prg_head g = check(rows[i].bytes, n);

			if (g.verdict != PRG_HEAD_MORE)
				fail_msg("%s: %s after %zu bytes",
				    rows[i].name, verdicts[g.verdict], n);
		}
	}
}

static void
test_offsets(void **state)
{
	static const char bytes[] =
	    "\1\1\0\1\0\10\3\0" "\0\1\1\0\0\0\0\0" "ppp"
	    "\1\4\0\1\0\4\2\0" "\1\1Ab" "pp"
	    "\1\4\0\1\0\0\1\0" "p"
	    "\1\5\0\1\0\2\1\0" "xyp" STDIN "next";
	struct prg_head g = check(bytes, sizeof(bytes) - 1);

	(void)state;
	assert_int_equal(g.verdict, PRG_HEAD_PASS);
	assert_int_equal(g.id, 1);
	assert_int_equal(g.params, 16 + 3);
	assert_int_equal(g.end, 16 + 3 + 8 + 4 + 2);
	assert_int_equal(g.head, 16 + 3 + 8 + 4 + 2 + 8 + 1);
	assert_int_equal(g.total, sizeof(bytes) - 1 - 4);
	g = check(bytes, sizeof(bytes) - 1 - 4 - 1);
	assert_int_equal(g.verdict, PRG_HEAD_PASS);
	assert_int_equal(g.total, 0);
}

/* One record of PARAMS of 'n' bytes with one value that fills it. */
static enum prg_head_verdict
check_size(size_t n)
{
	struct fcgi_msg m = { 0 }, pair = { 0 };
	char value[256];
	struct prg_head g;

	memset(value, 'v', sizeof(value));
	value[n - (n < 132 ? 3 : 6)] = '\0';
	fcgi_pair(&pair, "A", value);
	assert_int_equal(pair.len, n);
	fcgi_begin(&m, true);
	fcgi_record(&m, FCGI_PARAMS, pair.p, pair.len);
	fcgi_record(&m, FCGI_PARAMS, NULL, 0);
	g = prg_head_check(m.p, m.len, MAX);
	fcgi_release(&pair);
	fcgi_release(&m);
	return g.verdict;
}

static void
test_cap(void **state)
{
	(void)state;
	assert_int_equal(check_size(MAX - 1), PRG_HEAD_PASS);
	assert_int_equal(check_size(MAX), PRG_HEAD_PASS);
	assert_int_equal(check_size(MAX + 1), PRG_HEAD_REFUSE);
}

/* A value of exactly the size that these bytes say, and one byte less of it. */
static void
check_length(size_t size, const unsigned char *length, size_t n)
{
	struct fcgi_msg pair = { 0 }, m = { 0 };
	char *value = calloc(1, size + 1);
	struct prg_head g;

	assert_non_null(value);
	memset(value, 'v', size);
	fcgi_bytes(&pair, "\1", 1);
	fcgi_bytes(&pair, length, n);
	fcgi_bytes(&pair, "A", 1);
	fcgi_bytes(&pair, value, size);
	for (int less = 0; less < 2 && (size_t)less <= size; less++) {
		fcgi_begin(&m, true);
		for (size_t i = 0, k; i < pair.len - (size_t)less; i += k) {
			k = pair.len - (size_t)less - i;
			k = k < FCGI_MAX_LENGTH ? k : FCGI_MAX_LENGTH;
			fcgi_record(&m, FCGI_PARAMS, pair.p + i, k);
		}
		fcgi_record(&m, FCGI_PARAMS, NULL, 0);
		g = prg_head_check(m.p, m.len, SIZE_MAX);
		if (g.verdict != (less ? PRG_HEAD_REFUSE : PRG_HEAD_PASS))
			fail_msg("%zu, %d less: %s", size, less,
			    verdicts[g.verdict]);
		fcgi_release(&m);
	}
	fcgi_release(&pair);
	free(value);
}

static void
test_lengths(void **state)
{
	json_t *all = conformance_load("fastcgi-go/records.json"), *row;
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(all, "length_encoding"), i, row) {
		const char *hex = json_string_value(json_object_get(row,
		    "hex"));
		unsigned char p[4];
		size_t n = strlen(hex) / 2;

		assert_in_range(n, 1, sizeof(p));
		for (size_t k = 0; k < n; k++)
			sscanf(hex + 2 * k, "%2hhx", &p[k]);
		check_length((size_t)json_integer_value(json_object_get(row,
		    "size")), p, n);
	}
	assert_int_equal(i, 5);
	json_decref(all);
}

/* -- answers ------------------------------------------------------------- */

#define ASK_CONNS	"\16\0" "FCGI_MAX_CONNS"
#define ASK_REQS	"\15\0" "FCGI_MAX_REQS"
#define ASK_MPXS	"\17\0" "FCGI_MPXS_CONNS"
#define CONNS		"\16\4" "FCGI_MAX_CONNS" "4096"
#define REQS		"\15\4" "FCGI_MAX_REQS" "4096"
#define MPXS		"\17\1" "FCGI_MPXS_CONNS" "0"

static const struct {
	const char	*name;
	const char	*ask;
	size_t		 ask_len;
	const char	*answer;
	size_t		 answer_len;
} answers[] = {
#define ANSWER(name, ask, answer) \
	{ name, ask, sizeof(ask) - 1, answer, sizeof(answer) - 1 }
	ANSWER("no question", "\1\11\0\0\0\0\0\0", "\1\12\0\0\0\0\0\0"),
	ANSWER("three questions",
	    "\1\11\0\0\0\60\3\0" ASK_MPXS ASK_CONNS ASK_REQS "ppp",
	    "\1\12\0\0\0\71\0\0" CONNS REQS MPXS),
	ANSWER("six times the same",
	    "\1\11\0\0\0\140\0\0" ASK_CONNS ASK_CONNS ASK_CONNS ASK_CONNS
	    ASK_CONNS ASK_CONNS, "\1\12\0\0\0\24\0\0" CONNS),
	ANSWER("a value that is ignored",
	    "\1\11\0\0\0\22\0\0" "\16\2" "FCGI_MAX_CONNS" "99",
	    "\1\12\0\0\0\24\0\0" CONNS),
	ANSWER("an unknown name, and one",
	    "\1\11\0\0\0\26\0\0" "\3\1ABCd" ASK_CONNS,
	    "\1\12\0\0\0\24\0\0" CONNS),
	ANSWER("no name", "\1\11\0\0\0\2\0\0" "\0\0", "\1\12\0\0\0\0\0\0"),
	ANSWER("a name too long", "\1\11\0\0\0\5\0\0" "\200\0\1\0\0",
	    "\1\12\0\0\0\0\0\0"),
	ANSWER("lengths of 0x7ffffffe", "\1\11\0\0\0\10\0\0"
	    "\377\377\377\376\377\377\377\376", "\1\12\0\0\0\0\0\0"),
	ANSWER("type 99", "\1\143\0\0\0\1\0\0" "x",
	    "\1\13\0\0\0\10\0\0" "\143\0\0\0\0\0\0\0"),
	ANSWER("ABORT of nothing", "\1\2\0\1\0\0\0\0", ""),
	ANSWER("a second request", BEGIN "\1\1\0\2\0\10\0\0"
	    "\0\1\1\0\0\0\0\0",
	    "\1\3\0\2\0\10\0\0" "\0\0\0\0\1\0\0\0"),
	ANSWER("its params", BEGIN "\1\4\0\2\0\4\0\0" "\1\1Ab", ""),
	ANSWER("a question in PARAMS", BEGIN "\1\11\0\0\0\20\0\0" ASK_CONNS,
	    "\1\12\0\0\0\24\0\0" CONNS),
	ANSWER("ABORT in PARAMS", BEGIN "\1\2\0\1\0\0\0\0",
	    "\1\3\0\1\0\10\0\0" "\0\0\0\0\0\0\0\0"),
	ANSWER("another role", "\1\1\1\2\0\10\0\0" "\0\2\1\0\0\0\0\0",
	    "\1\3\1\2\0\10\0\0" "\0\0\0\0\3\0\0\0")
};

static void
test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		unsigned char out[PRG_HEAD_REPLY];
		unsigned char *p = malloc(answers[i].ask_len);
		struct prg_head g;
		size_t n;

		assert_non_null(p);
		memcpy(p, answers[i].ask, answers[i].ask_len);
		g = prg_head_check(p, answers[i].ask_len, MAX);
		n = prg_head_answer(&g, p, 4096, out);
		free(p);
		if (n != answers[i].answer_len ||
		    memcmp(out, answers[i].answer, n) != 0)
			fail_msg("%s: another answer, of %zu bytes",
			    answers[i].name, n);
	}
}

/* The most that can be, which must fit, and what is not known. */
static void
test_no_limit(void **state)
{
	static const unsigned char ask[] =
	    "\1\11\0\0\0\60\0\0" ASK_MPXS ASK_CONNS ASK_REQS;
	struct prg_head g = prg_head_check(ask, sizeof(ask) - 1, MAX);
	unsigned char out[PRG_HEAD_REPLY];

	(void)state;
	assert_int_equal(prg_head_answer(&g, ask, INT_MAX, out),
	    8 + 26 + 25 + 18);
	assert_int_equal(prg_head_answer(&g, ask, 0, out), 8 + 18);
	assert_memory_equal(out + 8, MPXS, 18);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_no_limit)
	};

	return cmocka_run_group_tests_name("head", tests, NULL, NULL);
}
