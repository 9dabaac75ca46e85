/*
 * test_urlencoded.c - application/x-www-form-urlencoded.
 */
#include "conformance.h"
#include "form/pairs.h"

static const struct prg_form_limits plain = {
	.fields = 1000, .name = 256, .value = 1 << 20
};

/* What came, as "name=value&...", with '*' behind what was repaired. */
static char *
show(struct prg_arena *a, const struct prg_pairs *pairs)
{
	struct prg_buf b = prg_buf(a, 1 << 16);

	for (size_t i = 0; i < pairs->count; i++) {
		const struct prg_pair *p = &pairs->list[i];

		assert_int_equal(p->name.p[p->name.len], 0);
		assert_int_equal(p->value.p[p->value.len], 0);
		prg_buf_printf(&b, "%s", i > 0 ? "&" : "");
		prg_percent_encode(&b, p->name);
		prg_buf_char(&b, '=');
		prg_percent_encode(&b, p->value);
		prg_buf_printf(&b, "%s", p->repaired ? "*" : "");
	}
	return b.p;
}

static const struct row {
	const char	*name;
	struct prg_span	 body;
	const char	*want;
} rows[] = {
#define ROW(name, body, want)	{ name, { body, sizeof(body) - 1 }, want }
	ROW("nothing", "", ""),
	ROW("a pair", "a=b", "a=b"),
	ROW("order and repetition", "b=1&a=2&b=3&b=3", "b=1&a=2&b=3&b=3"),
	ROW("no value", "a", "a="),
	ROW("no value, often", "a&b&c", "a=&b=&c="),
	ROW("an empty value", "a=&b=", "a=&b="),
	ROW("no name", "=b", "=b"),
	ROW("only an equals sign", "=", "="),
	ROW("empty pieces", "&&a=b&&", "a=b"),
	ROW("only ampersands", "&&&", ""),
	ROW("the first equals sign", "a=b=c", "a=b%3Dc"),
	ROW("a semicolon", "a=b;c=d", "a=b%3Bc%3Dd"),
	ROW("brackets mean nothing", "a[b]=1", "a%5Bb%5D=1"),
	ROW("plus", "a+b=c+d", "a%20b=c%20d"),
	ROW("an encoded plus", "a=b%2Bc", "a=b%2Bc"),
	ROW("percent", "%61=%62%3d%26", "a=b%3D%26"),
	ROW("a bad percent", "a=%&b=%zz&c=%4", "a=%25&b=%25zz&c=%254"),
	ROW("a percent before a border", "a%=1&b=%4&1=2",
	    "a%25=1&b=%254&1=2"),
	ROW("decoded once", "a=%2541", "a=%2541"),
	ROW("a NUL", "a=b%00c", "a=b%00c"),
	ROW("a raw NUL", "a=b\0c", "a=b%00c"),
	ROW("a NUL in a name", "a%00b=c", "a%00b=c"),
	ROW("line ends stay", "a=b%0D%0Ac\r", "a=b%0D%0Ac%0D"),
	ROW("UTF-8", "a=%C3%A9\xc3\xa9", "a=%C3%A9%C3%A9"),
	ROW("UTF-8 of both kinds", "a=\xc3%A9", "a=%C3%A9"),
	ROW("no UTF-8", "a=%ff&b=1", "a=%EF%BF%BD*&b=1"),
	ROW("no UTF-8 in a name", "%ff=1&b=1", "%EF%BF%BD=1*&b=1"),
	ROW("cut off at the border", "a=%c3&b=%a9",
	    "a=%EF%BF%BD*&b=%EF%BF%BD*"),
	ROW("U+FFFD as sent", "a=%EF%BF%BD", "a=%EF%BF%BD"),
	ROW("overlong", "a=%c0%af", "a=%EF%BF%BD%EF%BF%BD*"),
	ROW("a surrogate", "a=%ed%a0%80",
	    "a=%EF%BF%BD%EF%BF%BD%EF%BF%BD*"),
	ROW("past U+10FFFF", "a=%f4%90%80%80",
	    "a=%EF%BF%BD%EF%BF%BD%EF%BF%BD%EF%BF%BD*"),
	ROW("a byte order mark", "%EF%BB%BFa=b", "%EF%BB%BFa=b"),
	{ NULL, { NULL, 0 }, NULL }
};

/* Read from memory that ends where the body does. */
static struct prg_refusal
read_exact(struct prg_arena *a, struct prg_span body,
    const struct prg_form_limits *limits, struct prg_pairs *pairs)
{
	char *copy = malloc(body.len > 0 ? body.len : 1);
	struct prg_refusal refused;

	memcpy(copy, body.p, body.len);
	refused = prg_urlencoded_read(a, (struct prg_span){ copy, body.len },
	    limits, pairs);
	free(copy);			/* the pairs are copies */
	return refused;
}

static void
urlencoded_table(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_refusal refused;
	struct prg_pairs pairs;

	(void)state;
	for (const struct row *r = rows; r->name != NULL; r++) {
		refused = read_exact(&a, r->body, &plain, &pairs);
		if (refused.status != 0 ||
		    strcmp(show(&a, &pairs), r->want) != 0)
			fail_msg("%s: %d %s", r->name, refused.status,
			    show(&a, &pairs));
	}
	prg_arena_release(&a);
}

static struct prg_span
json_span(const json_t *j)
{
	return (struct prg_span){
		json_string_value(j), json_string_length(j)
	};
}

static bool
same(struct prg_span a, struct prg_span b)
{
	return a.len == b.len && memcmp(a.p, b.p, a.len) == 0;
}

static bool
same_pairs(const json_t *want, const struct prg_pairs *pairs)
{
	if (json_array_size(want) != pairs->count)
		return false;
	for (size_t i = 0; i < pairs->count; i++) {
		const json_t *pair = json_array_get(want, i);

		if (!same(json_span(json_array_get(pair, 0)),
		    pairs->list[i].name) ||
		    !same(json_span(json_array_get(pair, 1)),
		    pairs->list[i].value))
			return false;
	}
	return true;
}

static void
urlencoded_conformance(void **state)
{
	json_t *all = conformance_load(
	    "wpt-urlencoded/urlencoded-parser-data.json"), *test;
	struct prg_arena a = { 0 };
	struct prg_pairs pairs;
	size_t i, n = 0;

	(void)state;
	json_array_foreach(all, i, test) {
		if (!json_is_object(test))
			continue;
		read_exact(&a, json_span(json_object_get(test, "input")),
		    &plain, &pairs);
		if (!same_pairs(json_object_get(test, "output"), &pairs))
			fail_msg("%s: %s", json_string_value(
			    json_object_get(test, "input")), show(&a, &pairs));
		n++;
	}
	assert_int_equal(n, 35);
	json_decref(all);
	prg_arena_release(&a);
}

static const struct prg_form_limits tiny = {
	.fields = 3, .name = 4, .value = 6
};

static const struct limit_row {
	const char	*name, *body;
	const char	*limit;		/* a word of it; NULL: not refused */
} limit_rows[] = {
	{ "two fields", "a&b", NULL },
	{ "three", "a&b&c", NULL },
	{ "three and emptiness", "&a&&b&c&&&&&", NULL },
	{ "four", "a&b&c&d", "fields" },
	{ "a name of 3", "abc=1", NULL },
	{ "a name of 4", "abcd=1", NULL },
	{ "a name of 5", "abcde=1", "name" },
	{ "a name of 4, encoded", "%61%62%63%64=1", NULL },
	{ "a name of 5, encoded", "%61%62%63%64%65=1", "name" },
	{ "a name of 3, repaired", "%ff=1", NULL },
	{ "a name of 6, repaired", "%ff%ff=1", "name" },
	{ "a value of 5", "a=12345", NULL },
	{ "a value of 6", "a=123456", NULL },
	{ "a value of 7", "a=1234567", "value" },
	{ "a value of 6, encoded", "a=%31%32%33%34%35%36", NULL },
	{ "a value of 7, encoded", "a=%31%32%33%34%35%36%37", "value" },
	{ "a value of 6, repaired", "a=%ff%ff", NULL },
	{ "a value of 7, repaired", "a=%ff%ffx", "value" },
	{ "the third", "a=1&b=2&c=1234567", "value" },
	{ NULL, NULL, NULL }
};

static void
limits_are_kept(void **state)
{
	const struct limit_row *r;
	struct prg_arena a = { 0 };
	struct prg_refusal refused;
	struct prg_pairs pairs;

	(void)state;
	for (r = limit_rows; r->name != NULL; r++) {
		refused = read_exact(&a, prg_span(r->body), &tiny, &pairs);
		if (r->limit == NULL && refused.status == 0)
			continue;
		if (r->limit == NULL || refused.status != 413 ||
		    strstr(refused.why, r->limit) == NULL || pairs.count != 0)
			fail_msg("%s: %d %s", r->name, refused.status,
			    refused.status != 0 ? refused.why : "");
	}
	prg_arena_release(&a);
}

/* 's' again and again, 'size' bytes of it. */
static struct prg_span
repeat(const char *s, size_t size)
{
	char *p = malloc(size);
	size_t n = strlen(s);

	for (size_t i = 0; i < size; i++)
		p[i] = s[i % n];
	return (struct prg_span){ p, size };
}

static const struct {
	const char	*piece;
	size_t		 size;
	const char	*limit;
} large[] = {
	{ "&", 10 << 20, NULL },
	{ "a=1&", 4 * 1000, NULL },
	{ "a=1&", 4 * 1001, "fields" },
	{ "a=1&", 4000000, "fields" },
	{ "%", 1 << 20, "name" },
	{ "=", 1 << 20, NULL },
	{ "=%3d", 10 << 20, "value" },
	{ NULL, 0, NULL }
};

static void
large_bodies(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_refusal refused;
	struct prg_pairs pairs;
	struct prg_span body;

	(void)state;
	for (size_t i = 0; large[i].piece != NULL; i++) {
		body = repeat(large[i].piece, large[i].size);
		refused = prg_urlencoded_read(&a, body, &plain, &pairs);
		if (large[i].limit == NULL ? refused.status != 0 :
		    refused.status != 413 ||
		    strstr(refused.why, large[i].limit) == NULL)
			fail_msg("%s of %zu: %d %s", large[i].piece, body.len,
			    refused.status,
			    refused.status != 0 ? refused.why : "");
		free((char *)body.p);
		prg_arena_reset(&a);
	}
	prg_arena_release(&a);
}

static void
pairs_are_found(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_pairs none = { 0 }, pairs;
	const struct prg_pair *p;

	(void)state;
	prg_urlencoded_read(&a, prg_span("b=1&a=2&b=3&=4&a%00=5"), &plain,
	    &pairs);
	p = prg_pairs_find(&pairs, "b", NULL);
	assert_ptr_equal(p, &pairs.list[0]);
	assert_ptr_equal(prg_pairs_find(&pairs, "b", p), p);
	p = prg_pairs_find(&pairs, "b", p + 1);
	assert_ptr_equal(p, &pairs.list[2]);
	assert_null(prg_pairs_find(&pairs, "b", p + 1));
	assert_null(prg_pairs_find(&pairs, "B", NULL));
	assert_ptr_equal(prg_pairs_find(&pairs, "", NULL), &pairs.list[3]);
	p = prg_pairs_find(&pairs, "a", NULL);
	assert_ptr_equal(p, &pairs.list[1]);
	assert_null(prg_pairs_find(&pairs, "a", p + 1));
	assert_null(prg_pairs_find(&pairs, "a", pairs.list + pairs.count));
	assert_null(prg_pairs_find(&none, "a", NULL));
	prg_arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urlencoded_table),
		cmocka_unit_test(urlencoded_conformance),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(large_bodies),
		cmocka_unit_test(pairs_are_found),
	};

	return cmocka_run_group_tests_name("urlencoded", tests, NULL, NULL);
}
