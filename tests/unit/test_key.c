/*
 * test_key.c - the form key, and the IDs made of others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "form/key.h"

#define ID	"0ujtsYcgvSTl8PAuAdqWYSMnLOv"
#define MADE	(INT64_C(107608047) + PRG_ID_EPOCH)
#define DIGEST	"3c6be82dcd1bc033fbb34aec77465deb"

static const struct prg_id id = { ID };
static const struct prg_key_scope scope = { "submit", "/order", NULL };
static const struct prg_key_scope owned = { "submit", "/order", "ann" };
static const char *const verdicts[] = { "good", "old", "early",
    "none", "bad" };

static const unsigned char naming[PRG_SECRET_BYTES] = { 1, 2, 3 };

/* 'count' secrets; the bytes of the one at 'i' count up from 'first' + i. */
static struct prg_secrets
secrets_make(size_t count, int first)
{
	struct prg_secrets s = { .count = count };

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < PRG_SECRET_BYTES; j++)
			s.bytes[i][j] = (unsigned char)(first + (int)(i + j));
	return s;
}

/* What comes of a key a second after it was made. */
static enum prg_key_verdict
verify(const struct prg_secrets *s, const struct prg_key_scope *sc,
    struct prg_span text)
{
	const struct prg_key_check check = { text, MADE + 1, 3600 };
	struct prg_id got = { "untouched" };
	enum prg_key_verdict v = prg_key_verify(s, sc, &check, &got);

	assert_string_equal(got.text, v == PRG_KEY_GOOD ? ID : "untouched");
	return v;
}

static void
round_trip(void **state)
{
	const struct prg_secrets s = secrets_make(1, 0);
	struct prg_key k = prg_key_sign(&s, &id, &scope);

	(void)state;
	assert_int_equal(strlen(k.text), PRG_KEY_LEN);
	assert_int_equal(verify(&s, &scope, prg_span(k.text)), PRG_KEY_GOOD);
	k = prg_key_sign(&s, &id, &owned);
	assert_int_equal(verify(&s, &owned, prg_span(k.text)), PRG_KEY_GOOD);
}

/* Keyed BLAKE2b as others compute it: forms outlive the program's version. */
static void
known_keys(void **state)
{
	const struct prg_secrets s = secrets_make(1, 0);

	(void)state;
	assert_string_equal(prg_key_sign(&s, &id, &scope).text,
	    ID ".9yuFNgA1k3UwxaDgT-V-bQ");
	assert_string_equal(prg_key_sign(&s, &id, &owned).text,
	    ID ".8a0VFDPnlT_30Rennz8pZQ");
}

/* Each character as any other byte, NUL too. */
static void
every_change_is_refused(void **state)
{
	const struct prg_secrets s = secrets_make(1, 0);
	const struct prg_key good = prg_key_sign(&s, &id, &scope);
	struct prg_key k;

	(void)state;
	for (size_t i = 0; i < PRG_KEY_LEN; i++) {
		for (int c = 0; c < 256; c++) {
			k = good;
			k.text[i] = (char)c;
			if (k.text[i] != good.text[i] && verify(&s, &scope,
			    (struct prg_span){ k.text, PRG_KEY_LEN }) !=
			    PRG_KEY_BAD)
				fail_msg("taken, at %zu: %02x", i, c);
		}
	}
}

static void
a_cut_key_is_refused(void **state)
{
	const struct prg_secrets s = secrets_make(1, 0);
	const struct prg_key k = prg_key_sign(&s, &id, &scope);
	char longer[PRG_KEY_LEN + 2];
	char *exact;

	(void)state;
	for (size_t n = 0; n < PRG_KEY_LEN; n++) {
		/* A block of its own, so that a sanitizer sees the end. */
		exact = test_malloc(n + 1);
		memcpy(exact + 1, k.text, n);
		if (verify(&s, &scope, (struct prg_span){ exact + 1, n }) !=
		    PRG_KEY_BAD)
			fail_msg("%zu characters are taken", n);
		memcpy(exact + 1, k.text + PRG_KEY_LEN - n, n);
		if (verify(&s, &scope, (struct prg_span){ exact + 1, n }) !=
		    PRG_KEY_BAD)
			fail_msg("the last %zu characters are taken", n);
		test_free(exact);
	}
	memcpy(longer, k.text, PRG_KEY_LEN);
	for (int c = 0; c < 256; c++) {
		longer[PRG_KEY_LEN] = (char)c;
		assert_int_equal(verify(&s, &scope,
		    (struct prg_span){ longer, PRG_KEY_LEN + 1 }),
		    PRG_KEY_BAD);
	}
}

static void
none_was_sent(void **state)
{
	const struct prg_secrets s = secrets_make(1, 0);

	(void)state;
	assert_int_equal(verify(&s, &scope, (struct prg_span){ NULL, 0 }),
	    PRG_KEY_NONE);
}

static const struct foreign {
	const char		*name;
	struct prg_key_scope	 scope;
} foreign[] = {
	{ "another route", { "submit", "/orders", "ann" } },
	{ "the route in another case", { "submit", "/Order", "ann" } },
	{ "no route", { "submit", "", "ann" } },
	{ "another purpose", { "delete", "/order", "ann" } },
	{ "another owner", { "submit", "/order", "bob" } },
	{ "an owner's name cut", { "submit", "/order", "an" } },
	{ "nobody's", { "submit", "/order", NULL } },
	{ "of one without a name", { "submit", "/order", "" } },
	{ "owner and purpose swapped", { "ann", "/order", "submit" } },
	{ "bytes moved to the route", { "submi", "t/order", "ann" } },
	{ "bytes moved to the owner", { "submit", "/orde", "rann" } },
	{ NULL, { NULL, NULL, NULL } }
};

static void
a_foreign_key_is_refused(void **state)
{
	const struct prg_secrets s = secrets_make(1, 0);
	const struct prg_key k = prg_key_sign(&s, &id, &owned);
	struct prg_key other;

	(void)state;
	for (const struct foreign *f = foreign; f->name != NULL; f++) {
		other = prg_key_sign(&s, &id, &f->scope);
		if (verify(&s, &f->scope, prg_span(k.text)) != PRG_KEY_BAD ||
		    verify(&s, &owned, prg_span(other.text)) != PRG_KEY_BAD)
			fail_msg("%s: taken", f->name);
	}
}

static void
nobody_is_not_one_without_a_name(void **state)
{
	static const struct prg_key_scope unnamed = { "submit", "/order", "" };
	const struct prg_secrets s = secrets_make(1, 0);
	struct prg_key k = prg_key_sign(&s, &id, &scope);

	(void)state;
	assert_int_equal(verify(&s, &unnamed, prg_span(k.text)), PRG_KEY_BAD);
	k = prg_key_sign(&s, &id, &unnamed);
	assert_int_equal(verify(&s, &scope, prg_span(k.text)), PRG_KEY_BAD);
	assert_int_equal(verify(&s, &unnamed, prg_span(k.text)),
	    PRG_KEY_GOOD);
}

static const struct age {
	const char		*name;
	int64_t			 later, age;
	enum prg_key_verdict	 verdict;
} ages[] = {
	{ "at once", 0, 3600, PRG_KEY_GOOD },
	{ "at the limit", 3600, 3600, PRG_KEY_GOOD },
	{ "one beyond", 3601, 3600, PRG_KEY_OLD },
	{ "far beyond", INT64_C(1) << 40, 3600, PRG_KEY_OLD },
	{ "a second, at the limit", 1, 1, PRG_KEY_GOOD },
	{ "a second, beyond", 2, 1, PRG_KEY_OLD },
	{ "good for ever", INT64_C(1) << 40, 0, PRG_KEY_GOOD },
	{ "a clock behind, at the limit", -300, 3600, PRG_KEY_GOOD },
	{ "a clock behind, one beyond", -301, 3600, PRG_KEY_EARLY },
	{ "good for ever, whatever the clock says", -301, 0, PRG_KEY_GOOD },
	{ "before there were IDs", -MADE, 3600, PRG_KEY_EARLY },
	{ NULL, 0, 0, PRG_KEY_NONE }
};

static void
ages_table(void **state)
{
	const struct prg_secrets s = secrets_make(1, 0);
	struct prg_key k = prg_key_sign(&s, &id, &scope);
	struct prg_key_check check = { .text = prg_span(k.text) };
	enum prg_key_verdict v;
	struct prg_id got;

	(void)state;
	for (const struct age *a = ages; a->name != NULL; a++) {
		check.now = MADE + a->later;
		check.age = a->age;
		v = prg_key_verify(&s, &scope, &check, &got);
		if (v != a->verdict || strcmp(got.text, ID) != 0)
			fail_msg("%s: %s", a->name, verdicts[v]);
		got = (struct prg_id){ "" };
	}
	/* What is forged is not called old: that would say "once good". */
	k.text[PRG_KEY_LEN - 2] ^= 1;
	check.now = MADE + 3601;
	assert_int_equal(prg_key_verify(&s, &scope, &check, &got),
	    PRG_KEY_BAD);
}

enum { LONG_RUN = 200 };	/* the bytes of secrets repeat after 256 */

/* 'count' secrets from the one of 'first' on; a key is signed by that of 20. */
static const struct rotation {
	const char		*name;
	size_t			 count;
	int			 first;
	enum prg_key_verdict	 verdict;
} rotations[] = {
	{ "signed by the first", 1, 20, PRG_KEY_GOOD },
	{ "by the first of two", 2, 20, PRG_KEY_GOOD },
	{ "by the second", 2, 19, PRG_KEY_GOOD },
	{ "by the last", LONG_RUN, 20 - LONG_RUN + 1, PRG_KEY_GOOD },
	{ "in the middle", LONG_RUN, 20 - LONG_RUN / 2, PRG_KEY_GOOD },
	{ "by one that is gone", LONG_RUN, 20 - LONG_RUN, PRG_KEY_BAD },
	{ "by one to come", LONG_RUN, 21, PRG_KEY_BAD },
	{ "by another", 1, 21, PRG_KEY_BAD },
	{ "no secrets", 0, 20, PRG_KEY_BAD },
	{ NULL, 0, 0, PRG_KEY_NONE }
};

static void
rotation_table(void **state)
{
	const struct prg_secrets signer = secrets_make(1, 20);
	const struct prg_key k = prg_key_sign(&signer, &id, &scope);
	struct prg_secrets s;
	enum prg_key_verdict v;

	(void)state;
	for (const struct rotation *r = rotations; r->name != NULL; r++) {
		s = secrets_make(r->count, r->first);
		v = verify(&s, &scope, prg_span(k.text));
		if (v != r->verdict)
			fail_msg("%s: %s", r->name, verdicts[v]);
	}
	s = secrets_make(2, 20);
	assert_string_equal(prg_key_sign(&s, &id, &scope).text, k.text);
}

/* -- IDs made of others --------------------------------------------------- */

static void
assert_id(const struct prg_id *got)
{
	unsigned char bytes[PRG_ID_BYTES];

	if (!prg_id_parse(prg_span(got->text), bytes))
		fail_msg("%s is no ID", got->text);
}

static void
derived_ids(void **state)
{
	const struct prg_id one = prg_id_derive(naming, &id, DIGEST);
	const struct prg_id other = { "0ujtsYcgvSTl8PAuAdqWYSMnLOw" };
	struct prg_id two;

	(void)state;
	assert_id(&one);
	assert_string_equal(one.text, "0ujtsTBn0vCH5DxuYifJy5ubbzP");
	assert_true(prg_id_time(&one) == MADE);
	two = prg_id_derive(naming, &id, DIGEST);
	assert_string_equal(two.text, one.text);
	two = prg_id_derive(naming, &id, DIGEST "0");
	assert_string_not_equal(two.text, one.text);
	two = prg_id_derive(naming, &id, "");
	assert_string_not_equal(two.text, one.text);
	two = prg_id_derive(naming, &other, DIGEST);
	assert_string_not_equal(two.text, one.text);
	two = prg_id_derive(naming, &one, DIGEST);	/* changed once more */
	assert_string_not_equal(two.text, one.text);
	assert_true(prg_id_time(&two) == MADE);
	two = prg_id_derive((const unsigned char[PRG_SECRET_BYTES]){ 1, 2, 4 },
	    &id, DIGEST);
	assert_string_not_equal(two.text, one.text);
}

/* The first and the last second, so that the time is kept to the byte. */
static void
derived_at_the_edges(void **state)
{
	static const char *const edges[] = {
		"000000000000000000000000000", "aWgEPTl1tmebfsQzFP4bxwgy80V"
	};
	struct prg_id edge, got;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		memcpy(edge.text, edges[i], sizeof(edge.text));
		got = prg_id_derive(naming, &edge, DIGEST);
		assert_id(&got);
		assert_true(prg_id_time(&got) == prg_id_time(&edge));
		assert_string_not_equal(got.text, edge.text);
	}
}

static const struct named {
	const char		*name;
	struct prg_key_scope	 scope;
	int			 secret;
	struct prg_span		 key;
} named[] = {
#define KEY(s)	{ s, sizeof(s) - 1 }
	{ "the first", { "submit", "/order", NULL }, 0, KEY("k1") },
	{ "another secret", { "submit", "/order", NULL }, 1, KEY("k1") },
	{ "another route", { "submit", "/orders", NULL }, 0, KEY("k1") },
	{ "another purpose", { "delete", "/order", NULL }, 0, KEY("k1") },
	{ "an owner", { "submit", "/order", "ann" }, 0, KEY("k1") },
	{ "one without a name", { "submit", "/order", "" }, 0, KEY("k1") },
	{ "another key", { "submit", "/order", NULL }, 0, KEY("k2") },
	{ "a key cut", { "submit", "/order", NULL }, 0, KEY("k") },
	{ "a NUL behind it", { "submit", "/order", NULL }, 0, KEY("k1\0") },
	{ NULL, { NULL, NULL, NULL }, 0, { NULL, 0 } }
};

static struct prg_id
name_of(const struct named *n)
{
	const struct prg_secrets s = secrets_make(1, n->secret);

	return prg_id_named(s.bytes[0], &n->scope, n->key);
}

static void
named_ids(void **state)
{
	struct prg_id one, two;

	(void)state;
	one = name_of(named);
	assert_string_equal(one.text, "000002dNgvhUuTgUrCpWAQbEiWH");
	assert_true(prg_id_time(&one) == PRG_ID_EPOCH);
	for (const struct named *n = named; n->name != NULL; n++) {
		one = name_of(n);
		assert_id(&one);
		two = name_of(n);
		assert_string_equal(one.text, two.text);
		for (const struct named *m = named; m < n; m++) {
			two = name_of(m);
			if (strcmp(one.text, two.text) == 0)
				fail_msg("%s is %s", n->name, m->name);
		}
	}
}

/* -- No two lists of fields are one --------------------------------------- */

enum { BYTES = 6, MOST = 512 };

struct seen {
	char	texts[MOST][PRG_KEY_LEN + 1];
	size_t	count;
};

static void
see(struct seen *seen, const char *text)
{
	for (size_t i = 0; i < seen->count; i++)
		if (strcmp(seen->texts[i], text) == 0)
			fail_msg("%s comes twice", text);
	assert_true(seen->count < MOST);
	strcpy(seen->texts[seen->count++], text);
}

/* The same six bytes cut into purpose, route, owner and key in every way. */
static void
no_bytes_move(void **state)
{
	static const char text[] = "aaaaaa";
	const struct prg_secrets s = secrets_make(1, 0);
	struct seen keys = { .count = 0 }, ids = { .count = 0 };
	char f[3][BYTES + 1];
	const struct prg_key_scope cut = { f[0], f[1], f[2] };
	const struct prg_key_scope nobody = { f[0], f[1], NULL };
	struct prg_span key;

	(void)state;
	for (size_t n = 0; n < 7 * 7 * 7; n++) {
		const size_t len[] = { n % 7, n / 7 % 7, n / 49 };

		if (len[0] + len[1] + len[2] > BYTES)
			continue;
		for (size_t i = 0; i < 3; i++) {
			memcpy(f[i], text, len[i]);
			f[i][len[i]] = '\0';
		}
		key = (struct prg_span){ text,
		    BYTES - len[0] - len[1] - len[2] };
		see(&ids, prg_id_named(s.bytes[0], &cut, key).text);
		if (len[2] == 0)
			see(&ids, prg_id_named(s.bytes[0], &nobody, key).text);
		if (key.len > 0)
			continue;
		see(&keys, prg_key_sign(&s, &id, &cut).text);
		if (len[2] == 0)
			see(&keys, prg_key_sign(&s, &id, &nobody).text);
	}
	assert_int_equal(ids.count, 84 + 28);
	assert_int_equal(keys.count, 28 + 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(known_keys),
		cmocka_unit_test(every_change_is_refused),
		cmocka_unit_test(a_cut_key_is_refused),
		cmocka_unit_test(none_was_sent),
		cmocka_unit_test(a_foreign_key_is_refused),
		cmocka_unit_test(nobody_is_not_one_without_a_name),
		cmocka_unit_test(ages_table),
		cmocka_unit_test(rotation_table),
		cmocka_unit_test(derived_ids),
		cmocka_unit_test(derived_at_the_edges),
		cmocka_unit_test(named_ids),
		cmocka_unit_test(no_bytes_move),
	};

	if (sodium_init() == -1)
		return 1;
	return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
