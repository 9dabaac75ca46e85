/*
 * test_id.c - KSUIDs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/date.h"
#include "base/id.h"

#define MANY	1000000
#define ALPHABET \
	"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

enum { CHILDREN = 2, EACH = 20000 };

static const struct known {
	const char	*text, *hex;
	int64_t		 time;
	const char	*mark;		/* as coreutils' b2sum -l 128 has it */
} known[] = {
	{ "0ujtsYcgvSTl8PAuAdqWYSMnLOv",
	  "0669f7efb5a1cd34b5f99d1154fb6853345c9735",
	  107608047 + PRG_ID_EPOCH, "e09a4a6d" },
	{ "000000000000000000000000000",
	  "0000000000000000000000000000000000000000", PRG_ID_EPOCH,
	  "fbd4d691" },
	{ "aWgEPTl1tmebfsQzFP4bxwgy80V",
	  "ffffffffffffffffffffffffffffffffffffffff",
	  INT64_C(0xffffffff) + PRG_ID_EPOCH, "3f3fc701" },
	{ NULL, NULL, 0, NULL }
};

static const struct {
	const char	*name;
	struct prg_span	 text;
} bad[] = {
#define BAD(name, s)	{ name, { s, sizeof(s) - 1 } }
	BAD("nothing", ""),
	BAD("26 characters", "0ujtsYcgvSTl8PAuAdqWYSMnLO"),
	BAD("28 characters", "0ujtsYcgvSTl8PAuAdqWYSMnLOvv"),
	BAD("one past the last", "aWgEPTl1tmebfsQzFP4bxwgy80W"),
	BAD("far past the last", "zzzzzzzzzzzzzzzzzzzzzzzzzzz"),
	BAD("overflow at the first digit", "b00000000000000000000000000"),
	BAD("another case of the last", "aWgEPTl1tmebfsQzFP4bxwgy80v"),
	BAD("dots", "../../../../../../../../../"),
	BAD("dots before one", "../0ujtsYcgvSTl8PAuAdqWYSMn"),
	BAD("percent", "%2e%2e%2f0ujtsYcgvSTl8PAuAd"),
	BAD("a NUL at the end", "0ujtsYcgvSTl8PAuAdqWYSMnLO\0"),
	BAD("a NUL within", "0ujtsYcgvSTl8\0AuAdqWYSMnLOv"),
	BAD("a NUL behind", "0ujtsYcgvSTl8PAuAdqWYSMnLOv\0"),
	BAD("a space", " ujtsYcgvSTl8PAuAdqWYSMnLOv"),
	BAD("a line feed", "0ujtsYcgvSTl8PAuAdqWYSMnLO\n"),
	BAD("a dash", "0ujtsYcgvSTl8PAuAd-WYSMnLOv"),
	BAD("an underscore", "0ujtsYcgvSTl8PAuAd_WYSMnLOv"),
	BAD("a neighbour /", "/ujtsYcgvSTl8PAuAdqWYSMnLOv"),
	BAD("a neighbour :", ":ujtsYcgvSTl8PAuAdqWYSMnLOv"),
	BAD("a neighbour @", "@ujtsYcgvSTl8PAuAdqWYSMnLOv"),
	BAD("a neighbour [", "[ujtsYcgvSTl8PAuAdqWYSMnLOv"),
	BAD("a neighbour `", "`ujtsYcgvSTl8PAuAdqWYSMnLOv"),
	BAD("a neighbour {", "{ujtsYcgvSTl8PAuAdqWYSMnLOv"),
	BAD("no ASCII", "\xc3\xa9jtsYcgvSTl8PAuAdqWYSMnLOv"),
	BAD("a slash behind", "0ujtsYcgvSTl8PAuAdqWYSMnLOv/"),
	{ NULL, { NULL, 0 } }
};

static void
known_ids(void **state)
{
	unsigned char bytes[PRG_ID_BYTES], want[PRG_ID_BYTES];
	struct prg_id id;

	(void)state;
	for (const struct known *k = known; k->text != NULL; k++) {
		sodium_hex2bin(want, sizeof(want), k->hex, strlen(k->hex),
		    NULL, NULL, NULL);
		if (!prg_id_parse(prg_span(k->text), bytes))
			fail_msg("%s: refused", k->text);
		assert_memory_equal(bytes, want, sizeof(want));
		id = prg_id_format(want);
		assert_string_equal(id.text, k->text);
		assert_true(prg_id_time(&id) == k->time);
		assert_string_equal(prg_id_mark(&id).text, k->mark);
	}
}

static void
what_is_no_id_is_refused(void **state)
{
	unsigned char bytes[PRG_ID_BYTES], before[PRG_ID_BYTES];

	(void)state;
	memset(before, 'x', sizeof(before));
	for (size_t i = 0; bad[i].name != NULL; i++) {
		memset(bytes, 'x', sizeof(bytes));
		if (prg_id_parse(bad[i].text, bytes))
			fail_msg("%s: taken for an ID", bad[i].name);
		if (memcmp(bytes, before, sizeof(bytes)) != 0)
			fail_msg("%s: bytes touched", bad[i].name);
	}
}

/* Another case is another ID, never another name of the same. */
static void
case_matters(void **state)
{
	static const char text[] = "0ujtsYcgvSTl8PAuAdqWYSMnLOv";
	unsigned char bytes[PRG_ID_BYTES], other[PRG_ID_BYTES];
	char s[sizeof(text)];

	(void)state;
	assert_true(prg_id_parse(prg_span(text), bytes));
	for (size_t i = 0; i < PRG_ID_LEN; i++) {
		memcpy(s, text, sizeof(s));
		s[i] ^= 0x20;
		if (prg_id_parse(prg_span(s), other))
			assert_memory_not_equal(bytes, other, sizeof(bytes));
	}
}

static void
text_sorts_as_bytes_do(void **state)
{
	unsigned char a[PRG_ID_BYTES], b[PRG_ID_BYTES], back[PRG_ID_BYTES];
	struct prg_id s, t;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		randombytes_buf(a, sizeof(a));
		memcpy(b, a, sizeof(b));
		b[i % PRG_ID_BYTES] ^= (unsigned char)(1 << i % 8);
		s = prg_id_format(a);
		t = prg_id_format(b);
		assert_int_equal(memcmp(a, b, sizeof(a)) < 0,
		    strcmp(s.text, t.text) < 0);
		assert_true(prg_id_parse(prg_span(s.text), back));
		assert_memory_equal(a, back, sizeof(a));
	}
}

/* The hash fills a table evenly. */
static void
hashes_are_spread(void **state)
{
	enum { BUCKETS = 64, EACH_BUCKET = 200 };
	unsigned seen[BUCKETS] = { 0 };
	struct prg_id id;

	(void)state;
	for (int i = 0; i < BUCKETS * EACH_BUCKET; i++) {
		id = prg_id_new();
		seen[prg_id_hash(&id) % BUCKETS]++;
	}
	for (int i = 0; i < BUCKETS; i++)
		assert_in_range(seen[i], EACH_BUCKET / 2, EACH_BUCKET * 2);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
assert_all_differ(struct prg_id *ids, size_t n)
{
	qsort(ids, n, sizeof(*ids), compare);
	for (size_t i = 1; i < n; i++)
		if (strcmp(ids[i - 1].text, ids[i].text) == 0)
			fail_msg("%s: twice", ids[i].text);
}

static void
a_million_differ(void **state)
{
	struct prg_id *ids = malloc(MANY * sizeof(*ids));
	unsigned seen[128] = { 0 };
	int64_t t;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		ids[i] = prg_id_new();
		if (strspn(ids[i].text, ALPHABET) != PRG_ID_LEN ||
		    strlen(ids[i].text) != PRG_ID_LEN)
			fail_msg("\"%s\"", ids[i].text);
		seen[(unsigned char)ids[i].text[PRG_ID_LEN - 1]]++;
	}
	t = prg_id_time(&ids[MANY - 1]) - prg_now() / 1000;
	assert_in_range(t + 5, 0, 6);
	assert_true(prg_id_latest() == prg_id_time(&ids[MANY - 1]));
	/* Each last digit is as likely: 16129 times, give or take 127. */
	for (const char *c = ALPHABET; *c != '\0'; c++)
		assert_in_range(seen[(unsigned char)*c], 15000, 17300);
	assert_all_differ(ids, MANY);
	free(ids);
}

static void
child(int fd)
{
	struct prg_id id;

	for (int i = 0; i < EACH; i++) {
		id = prg_id_new();
		if (write(fd, &id, sizeof(id)) != sizeof(id))
			_exit(1);
	}
	_exit(0);
}

static void
children_never_repeat(void **state)
{
	struct prg_id *ids = malloc(CHILDREN * EACH * sizeof(*ids));
	size_t n = 0, size = CHILDREN * EACH * sizeof(*ids);
	int fds[2], status;
	ssize_t got;

	(void)state;
	prg_id_new();			/* whatever state there is, exists */
	assert_int_equal(pipe(fds), 0);
	for (int i = 0; i < CHILDREN; i++)
		if (fork() == 0)
			child(fds[1]);
	close(fds[1]);
	while ((got = read(fds[0], (char *)ids + n, size - n)) > 0)
		n += (size_t)got;
	close(fds[0]);
	for (int i = 0; i < CHILDREN; i++) {
		wait(&status);
		assert_int_equal(status, 0);
	}
	assert_int_equal(n, size);
	assert_all_differ(ids, CHILDREN * EACH);
	free(ids);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_ids),
		cmocka_unit_test(what_is_no_id_is_refused),
		cmocka_unit_test(case_matters),
		cmocka_unit_test(text_sorts_as_bytes_do),
		cmocka_unit_test(hashes_are_spread),
		cmocka_unit_test(a_million_differ),
		cmocka_unit_test(children_never_repeat),
	};

	if (prg_id_open() == -1)
		return 1;
	return cmocka_run_group_tests_name("id", tests, NULL, NULL);
}
