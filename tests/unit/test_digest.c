/*
 * test_digest.c - whether two forms have the same content.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "form/digest.h"

#define NOTHING	"bfe4580823ec03333e174cc1d0fc065a"

static const struct prg_form_limits limits = {
	.fields = 100, .name = 1000, .value = 1000
};
static const unsigned char secret[] = "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk";
static const unsigned char other[] = "oooooooooooooooooooooooooooooooo";

static struct prg_digest
digest(const char *form, const char *except)
{
	struct prg_arena a = { 0 };
	struct prg_pairs pairs;
	struct prg_digest d;

	assert_int_equal(prg_urlencoded_read(&a, prg_span(form), &limits,
	    &pairs).status, 0);
	d = prg_digest(&(struct prg_content){ &pairs, NULL, except, secret });
	prg_arena_release(&a);
	return d;
}

/* Rows are pairs of forms; the form key is the pair "prg". */
static const struct row {
	const char	*name, *one, *two;
	bool		 same;
} rows[] = {
	{ "the same", "a=1&b=2", "a=1&b=2", true },
	{ "nothing", "", "", true },
	{ "nothing, but a key", "", "prg=x", true },
	{ "another key", "prg=x&a=1", "prg=y&a=1", true },
	{ "a key elsewhere", "prg=x&a=1", "a=1&prg=x", true },
	{ "two keys", "prg=x&a=1&prg=y", "a=1", true },
	{ "written in another way", "a=%41+b", "a=A%20b", true },
	{ "another value", "a=1", "a=2", false },
	{ "another name", "a=1", "b=1", false },
	{ "another case", "a=x", "a=X", false },
	{ "a space behind", "a=1", "a=1+", false },
	{ "another order", "a=1&b=2", "b=2&a=1", false },
	{ "the same name, another order", "a=1&a=2", "a=2&a=1", false },
	{ "once more", "a=1", "a=1&a=1", false },
	{ "one less", "a=1&b=", "a=1", false },
	{ "an empty value, or nothing", "a=", "", false },
	{ "an empty pair, or nothing", "=", "", false },
	{ "an empty pair, or two", "=", "=&=", false },
	{ "name and value run together", "ab=c", "a=bc", false },
	{ "values run together", "a=b&c=d", "a=bc&=d", false },
	{ "a pair in a value", "a=1&b=2", "a=1%26b%3D2", false },
	{ "a NUL in it", "a=1%002", "a=1", false },
	{ "behind a NUL", "a=1%002", "a=1%003", false },
	{ "a length for text", "a=%01%00%00%00%00%00%00%00b",
	  "a=&b=", false },
	{ "a name like the key's", "prg=x", "prgx=x", false },
	{ "the key's, in another case", "Prg=x", "Prg=y", false },
	{ "a NUL behind the key's", "prg%00=x", "prg%00=y", false },
	{ NULL, NULL, NULL, false }
};

static void
digest_table(void **state)
{
	struct prg_digest one, two;

	(void)state;
	for (const struct row *r = rows; r->name != NULL; r++) {
		one = digest(r->one, "prg");
		two = digest(r->two, "prg");
		if ((strcmp(one.text, two.text) == 0) != r->same)
			fail_msg("%s: %s %s", r->name, one.text, two.text);
	}
}

/* The key counts if nobody says that it does not. */
static void
nothing_excepted(void **state)
{
	(void)state;
	assert_string_not_equal(digest("prg=x", NULL).text,
	    digest("prg=y", NULL).text);
	assert_string_equal(digest("", NULL).text, NOTHING);
}

/* A form with these files and one pair; NULL: fewer. */
static struct prg_digest
with_files(const char *one, const char *two, const unsigned char *with)
{
	struct prg_pair pair = { .name = prg_span("a"), .value = prg_span("1") };
	struct prg_pairs pairs = { .list = &pair, .count = 1 };
	struct prg_file list[] = {
		{ .name = prg_span("f"), .filename = one },
		{ .name = prg_span("f"), .filename = two, .hash = "other" }
	};
	struct prg_files files = { list, (size_t)(one != NULL) + (two != NULL) };

	return prg_digest(&(struct prg_content){ &pairs, &files, NULL,
	    with });
}

/* Files count as well: their field, their names and their bytes. */
static void
files(void **state)
{
	struct prg_digest of[] = {
		with_files(NULL, NULL, secret), with_files("x", NULL, secret),
		with_files("y", NULL, secret), with_files("x", "x", secret),
		with_files("x", "y", secret), digest("a=1&f=x", NULL),
		digest("a=1&f=x&=", NULL)
	};
	size_t n = sizeof(of) / sizeof(of[0]);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			assert_string_not_equal(of[i].text, of[j].text);
	assert_string_equal(of[0].text, digest("a=1", NULL).text);
}

/* Without the secret it tells nothing of the content. */
static void
keyed(void **state)
{
	(void)state;
	assert_string_not_equal(with_files(NULL, NULL, secret).text,
	    with_files(NULL, NULL, other).text);
}

/* BLAKE2b as others compute it: rows outlive the program that wrote them. */
static void
known_digests(void **state)
{
	(void)state;
	assert_string_equal(digest("prg=x", "prg").text, NOTHING);
	assert_string_equal(digest("name=Ann&message=Hi&prg=x", "prg").text,
	    "442ca0c8a44914411ffa18ff610869d1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digest_table),
		cmocka_unit_test(nothing_excepted),
		cmocka_unit_test(files),
		cmocka_unit_test(keyed),
		cmocka_unit_test(known_digests),
	};

	if (sodium_init() == -1)
		return 1;
	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
