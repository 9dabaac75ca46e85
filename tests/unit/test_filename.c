/*
 * test_filename.c - the name that a client gives to a file.
 */
#include "conformance.h"
#include "form/collect.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define SPAN(s)		{ s, sizeof(s) - 1 }

static const struct {
	struct prg_span	 sent;
	const char	*want;		/* NULL: none */
} rows[] = {
	{ SPAN("a.txt"), "a.txt" },
	{ SPAN("a b;c\"d'.tar.gz"), "a b;c\"d'.tar.gz" },
	{ SPAN(" a "), " a " },
	{ SPAN("/tmp/a"), "a" },
	{ SPAN("C:\\d\\a"), "a" },
	{ SPAN("/x\\a"), "a" },
	{ SPAN("\\x/a"), "a" },
	{ SPAN("../../a"), "a" },
	{ SPAN("C:a"), "C:a" },
	{ SPAN(".a"), ".a" },
	{ SPAN("..."), "..." },
	{ SPAN(""), NULL },
	{ SPAN("/"), NULL },
	{ SPAN("a/"), NULL },
	{ SPAN("a\\"), NULL },
	{ SPAN("."), NULL },
	{ SPAN(".."), NULL },
	{ SPAN("/tmp/.."), NULL },
	{ SPAN("\\."), NULL },
	{ SPAN(".\n."), NULL },
	{ SPAN("\r\n"), NULL },
	{ SPAN(".\xe2\x80\xae."), NULL },
	{ SPAN("a\0b"), "ab" },
	{ SPAN("\x01\x1f" "a\x7f\t"), "a" },
	{ SPAN("\xc2\x80" "a\xc2\x9f\xc2\xa0"), "a\xc2\xa0" },
	{ SPAN("\xe2\x80\xa7" "a\xe2\x80\xa8"), "\xe2\x80\xa7" "a" },
	{ SPAN("gpj.\xe2\x80\xae" "exe"), "gpj.exe" },
	{ SPAN("a\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad" "b"), "ab" },
	{ SPAN("a\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9" "b"), "ab" },
	{ SPAN("\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa"),
	  "\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa" },
	{ SPAN("\xd7\xa9\xd7\x9c.txt"), "\xd7\xa9\xd7\x9c.txt" },
	{ SPAN("\xf0\x9f\x8e\x88"), "\xf0\x9f\x8e\x88" },
	{ SPAN("a\xff.txt"), "a\xef\xbf\xbd.txt" },
	{ SPAN("\xc3/a"), "a" },
	{ SPAN("\xc3\\\xc3"), "\xef\xbf\xbd" },
};

static void
names(void **state)
{
	struct prg_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct prg_span s = rows[i].sent;
		char *exact = malloc(s.len > 0 ? s.len : 1);
		const char *got, *want = rows[i].want;

		memcpy(exact, s.p, s.len);
		got = prg_filename_clean(&a,
		    (struct prg_span){ exact, s.len });
		if ((got == NULL) != (want == NULL) ||
		    (got != NULL && strcmp(got, want) != 0))
			fail_msg("row %zu, %s: %s", i, s.p,
			    got != NULL ? got : "(none)");
		free(exact);
	}
	prg_arena_release(&a);
}

/* 'n' bytes of 'a', then 'end': how many bytes are left. */
static const struct {
	size_t		 n;
	const char	*end;
	size_t		 left;
} cuts[] = {
	{ 254, "", 254 },
	{ 255, "", 255 },
	{ 256, "", 255 },
	{ 9000, "", 255 },
	{ 253, "\xc3\xa9", 255 },
	{ 254, "\xc3\xa9", 254 },
	{ 252, "\xe2\x98\x83", 255 },
	{ 253, "\xe2\x98\x83", 253 },
	{ 251, "\xf0\x9f\x8e\x88", 255 },
	{ 252, "\xf0\x9f\x8e\x88", 252 },
	{ 254, "\xf0\x9f\x8e\x88z", 254 },
	{ 252, "\xff", 255 },
	{ 253, "\xff", 253 },
	{ 254, "\n\n\n\n", 254 },
	{ 254, "\n\n\n\nz", 255 },
};

static void
long_names_are_cut(void **state)
{
	struct prg_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cuts); i++) {
		struct prg_buf b = prg_buf(&a, 10000);
		const char *got;

		for (size_t k = 0; k < cuts[i].n; k++)
			prg_buf_char(&b, 'a');
		prg_buf_str(&b, cuts[i].end);
		got = prg_filename_clean(&a, (struct prg_span){ b.p, b.len });
		if (strlen(got) != cuts[i].left ||
		    prg_utf8_valid(prg_span(got)) != strlen(got))
			fail_msg("%zu and %s: %zu", cuts[i].n, cuts[i].end,
			    strlen(got));
	}
	prg_arena_release(&a);
}

/*
 * Django undoes what HTML escapes; we do not: a file may be called "a&amp;b", and
 * on a page these stand as they are, escaped.
 */
static const struct {
	const char	*wire, *ours;
} other[] = {
	{ "..&#x2F;hax0rd.txt", "..&#x2F;hax0rd.txt" },
	{ "..&sol;hax0rd.txt", "..&sol;hax0rd.txt" },
};

static const char *
wanted(const json_t *c, struct prg_span wire)
{
	for (size_t i = 0; i < COUNT(other); i++)
		if (prg_span_is(wire, other[i].wire))
			return other[i].ours;
	return json_string_value(json_object_get(c, "django_result"));
}

static void
django(void **state)
{
	json_t *all = conformance_load("django-filenames/cases.json"), *c;
	struct prg_arena a = { 0 };
	size_t i;

	(void)state;
	json_array_foreach(all, i, c) {
		const json_t *wire = json_object_get(c, "wire_filename");
		struct prg_span sent = {
			json_string_value(wire), json_string_length(wire)
		};
		const char *want = wanted(c, sent);
		const char *got = prg_filename_clean(&a, sent);

		if ((got == NULL) != (want == NULL) ||
		    (got != NULL && strcmp(got, want) != 0))
			fail_msg("%s: %s", sent.p, got != NULL ? got :
			    "(none)");
	}
	assert_int_equal(i, 21);
	json_decref(all);
	prg_arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(long_names_are_cut),
		cmocka_unit_test(django),
	};

	return cmocka_run_group_tests_name("filename", tests, NULL, NULL);
}
