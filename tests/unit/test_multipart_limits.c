/*
 * test_multipart_limits.c - what multipart refuses to begin with, its ceilings,
 * and who listens to it.
 */
#include "conformance.h"
#include "transcript.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define TYPE		"multipart/form-data; boundary=b"
#define BEGIN		"--b\r\nContent-Disposition: form-data; name=a"
#define FIELD(v)	BEGIN "\r\n\r\n" v "\r\n"
#define FILE_		BEGIN "; filename=f\r\n\r\n1234567890\r\n"
#define END		"--b--\r\n"

static const struct prg_form_limits plain = {
	1000, 256, 1 << 20, 20, 8 << 10, 8, PRG_UTF8
};

/* -- Content-Type ------------------------------------------------------------------ */

#define SEVENTY	"0123456789012345678901234567890123456789012345678901234567" \
		"890123456789"

static const struct {
	const char	*type;
	const char	*boundary;	/* NULL: refused */
	int		 refused;
} types[] = {
	{ "multipart/form-data; boundary=b", "b", 0 },
	{ "Multipart/Form-Data;BOUNDARY=b", "b", 0 },
	{ " multipart/form-data ; boundary=b ;", "b", 0 },
	{ "multipart/form-data; boundary=\"b\"", "b", 0 },
	{ "multipart/form-data; a=b; boundary=b; c=\"d;boundary=e\"", "b", 0 },
	{ "multipart/form-data; charset=UTF-8; boundary=b", "b", 0 },
	{ "multipart/form-data; boundary=\"aZ09'()+_,-./:=? b\"",
	  "aZ09'()+_,-./:=? b", 0 },
	{ "multipart/form-data; boundary='+_-.b", "'+_-.b", 0 },
	{ "multipart/form-data; boundary=" SEVENTY, SEVENTY, 0 },
	{ "multipart/form-data; boundary=\" b\"", " b", 0 },

	{ "multipart/form-data; boundary=" SEVENTY "0", NULL, 400 },
	{ "multipart/form-data; boundary=\"\"", NULL, 400 },
	{ "multipart/form-data; boundary=", NULL, 400 },
	{ "multipart/form-data; boundary=\"b \"", NULL, 400 },
	{ "multipart/form-data; boundary=\"b", NULL, 400 },
	{ "multipart/form-data; boundary=\"a\\b\"", NULL, 400 },
	{ "multipart/form-data; boundary=\"a\tb\"", NULL, 400 },
	{ "multipart/form-data; boundary=\"a\r\nb\"", NULL, 400 },
	{ "multipart/form-data; boundary=\"a;b\"", NULL, 400 },
	{ "multipart/form-data; boundary=\"\xc3\xa9\"", NULL, 400 },
	{ "multipart/form-data; boundary=a%b", NULL, 400 },
	{ "multipart/form-data; boundary=a:b", NULL, 400 },
	{ "multipart/form-data; boundary=a b", NULL, 400 },
	{ "multipart/form-data; boundary=b; boundary=b", NULL, 400 },
	{ "multipart/form-data; boundary=b; Boundary=c", NULL, 400 },
	{ "multipart/form-data; boundary=b, multipart/form-data; boundary=c",
	  NULL, 400 },
	{ "multipart/form-data; boundary=b; c", NULL, 400 },
	{ "multipart/form-data; charset=utf-8; charset=utf-8; boundary=b", NULL,
	  400 },
	{ "multipart/form-data", NULL, 400 },
	{ "multipart/form-data;", NULL, 400 },
	{ "multipart/form-data; bound=b", NULL, 400 },
	{ "multipart/form-data; charset=latin1; boundary=b", "b", 0 },
	{ "multipart/form-data boundary=b", NULL, 415 },
	{ "multipart/form-data2; boundary=b", NULL, 415 },
	{ "multipart/mixed; boundary=b", NULL, 415 },
	{ "text/plain; boundary=b", NULL, 415 },
	{ "", NULL, 415 },
	{ NULL, NULL, 415 },
};

static void
content_types(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_span body;
	const char *why;
	json_t *got;

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		body = prg_span(prg_arena_printf(&a, "--%s\r\n"
		    "Content-Disposition: form-data; name=a\r\n\r\nx\r\n"
		    "--%s--\r\n", types[i].boundary, types[i].boundary));
		got = transcript(types[i].type, body, 0, &plain);
		why = json_string_value(json_object_get(got, "why"));
		if (json_integer_value(json_object_get(got, "refused")) !=
		    types[i].refused || (types[i].refused == 0 ?
		    json_array_size(json_object_get(got, "parts")) != 1 :
		    strstr(why, types[i].refused == 400 ? "boundary" : "UTF-8")
		    == NULL))
			fail_msg("%s: %s", types[i].type,
			    json_dumps(got, JSON_COMPACT));
		json_decref(got);
	}
	prg_arena_release(&a);
}

static void
its_type(void **state)
{
	(void)state;
	assert_true(prg_multipart_is("multipart/form-data"));
	assert_true(prg_multipart_is(" Multipart/form-data ;x"));
	assert_false(prg_multipart_is("multipart/form-data2"));
	assert_false(prg_multipart_is("multipart/form"));
	assert_false(prg_multipart_is(""));
	assert_false(prg_multipart_is(NULL));
}

/* -- Ceilings ---------------------------------------------------------------------- */

/* The header has 40 bytes without what is added to it. */
static const struct prg_form_limits tiny = { 3, 4, 6, 2, 60, 3, PRG_UTF8 };

static const struct {
	const char	*name, *body;
	const char	*why;		/* a part of it; NULL: not refused */
} limits[] = {
	{ "three fields", FIELD("") FIELD("") FIELD("") END, NULL },
	{ "four", FIELD("") FIELD("") FIELD("") FIELD("") END, "fields" },
	{ "four, cut off", FIELD("") FIELD("") FIELD("") FIELD(""), "fields" },
	{ "two files", FILE_ FILE_ END, NULL },
	{ "two files and a field", FILE_ FIELD("") FILE_ END, NULL },
	{ "three files", FILE_ FILE_ FILE_ END, "files" },
	{ "files are fields too", FILE_ FILE_ FIELD("") FIELD("") END,
	  "fields" },
	{ "a value of 5", FIELD("12345") END, NULL },
	{ "a value of 6", FIELD("123456") END, NULL },
	{ "a value of 7", FIELD("1234567") END, "value" },
	{ "a value of 6 lookalikes", FIELD("\r\n--\r\n") END, NULL },
	{ "a value of 7 lookalikes", FIELD("\r\n--b-\r") END, "value" },
	{ "each on its own", FIELD("123456") FIELD("123456") END, NULL },
	{ "a header of 60", BEGIN "\r\nX:5678901234567890\r\n\r\n\r\n" END,
	  NULL },
	{ "a header of 61", BEGIN "\r\nX:56789012345678901\r\n\r\n\r\n" END,
	  "header that is too long" },
	{ "one without end", BEGIN "\r\nX:5678901234567890123456789012345678",
	  "header that is too long" },
	{ "a header of 60 each", BEGIN "\r\nX:5678901234567890\r\n\r\n\r\n"
	  BEGIN "\r\nX:5678901234567890\r\n\r\n\r\n" END, NULL },
	{ "three header fields", BEGIN "\r\nX:\r\nY:\r\n\r\n\r\n" END, NULL },
	{ "four", BEGIN "\r\nX:\r\nY:\r\nZ:\r\n\r\n\r\n" END,
	  "too many header lines" },
	{ "three each", BEGIN "\r\nX:\r\nY:\r\n\r\n\r\n"
	  BEGIN "\r\nX:\r\nY:\r\n\r\n\r\n" END, NULL },
};

static void
limits_are_kept(void **state)
{
	static const size_t chunks[] = { 0, 1, 7 };
	const char *why;
	json_t *got;

	(void)state;
	for (size_t i = 0; i < COUNT(limits); i++)
		for (size_t k = 0; k < COUNT(chunks); k++) {
			got = transcript(TYPE, prg_span(limits[i].body),
			    chunks[k], &tiny);
			why = json_string_value(json_object_get(got, "why"));
			if (limits[i].why == NULL ? why != NULL :
			    why == NULL || strstr(why, limits[i].why) ==
			    NULL || json_integer_value(json_object_get(got,
			    "refused")) != 413)
				fail_msg("%s: %s", limits[i].name, why != NULL ?
				    why : "not refused");
			json_decref(got);
		}
}

/* -- Sinks ------------------------------------------------------------------------- */

struct listener {
	char	calls[32];	/* "bde": begin, data, end */
	char	refuses;	/* which */
};

static struct prg_refusal
hear(struct listener *l, char call)
{
	size_t n = strlen(l->calls);

	assert_true(n < sizeof(l->calls) - 1);
	if (n == 0 || call != 'd' || l->calls[n - 1] != 'd')
		l->calls[n] = call;
	return (struct prg_refusal){ call == l->refuses ? 507 : 0, "no" };
}

static struct prg_refusal
hear_begin(void *arg, const struct prg_part *part)
{
	assert_true(prg_span_is(part->name, "a"));
	return hear(arg, 'b');
}

static struct prg_refusal
hear_data(void *arg, struct prg_span s)
{
	assert_true(s.len > 0);
	return hear(arg, 'd');
}

static struct prg_refusal
hear_end(void *arg)
{
	return hear(arg, 'e');
}

static const struct {
	const char	*body;
	char		 refuses;
	const char	*calls;
	int		 status;
} heard[] = {
	{ FIELD("x") FILE_ FIELD("") END, 0, "bdebdebe", 0 },
	{ FIELD("x") FIELD("\r\n--b-"), 0, "bdebd", 400 },
	{ FIELD("x") FILE_ END, 'b', "b", 507 },
	{ FIELD("") FILE_ END, 'd', "bebd", 507 },
	{ FIELD("\r\n--b x") FILE_ END, 'd', "bd", 507 },
	{ FIELD("x") FILE_ END, 'e', "bde", 507 },
	{ END FIELD("x"), 'b', "", 0 },
};

static void
sinks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(heard); i++)
		for (size_t chunk = 1; chunk < 40; chunk++) {
			struct listener l = { "", heard[i].refuses };
			const struct prg_part_sink sink = {
				hear_begin, hear_data, hear_end, &l
			};
			struct prg_arena a = { 0 };
			struct prg_multipart m = prg_multipart(&a, TYPE,
			    &plain, &sink);
			const char *p = heard[i].body;
			size_t left = strlen(p), n;

			for (; left > 0; p += n, left -= n) {
				n = left < chunk ? left : chunk;
				transcript_feed(&m, p, n);
			}
			if (prg_multipart_end(&m).status != heard[i].status ||
			    strcmp(l.calls, heard[i].calls) != 0)
				fail_msg("row %zu, %zu at a time: %d %s", i,
				    chunk, m.refused.status, l.calls);
			prg_arena_release(&a);
		}
}

/* Text before the first boundary may be as long as a header, not longer. */
static void
preambles(void **state)
{
	static const size_t sizes[] = { 0, 8000, 9000, 1 << 20 };
	static const size_t chunks[] = { 0, 1, 4093 };
	struct prg_arena a = { 0 };
	json_t *got;

	(void)state;
	for (size_t i = 0; i < COUNT(sizes) * COUNT(chunks); i++) {
		size_t n = sizes[i / COUNT(chunks)];
		struct prg_buf b = prg_buf(&a, 2 << 20);

		for (size_t k = 0; k < n; k++)
			prg_buf_char(&b, 'x');
		prg_buf_str(&b, "\r\n" FIELD("x") END);
		got = transcript(TYPE, (struct prg_span){ b.p, b.len },
		    chunks[i % COUNT(chunks)], &plain);
		if (json_integer_value(json_object_get(got, "refused")) !=
		    (n > 8192 ? 400 : 0))
			fail_msg("%zu bytes: %s", n, json_dumps(got, 0));
		json_decref(got);
		prg_arena_reset(&a);
	}
	prg_arena_release(&a);
}

/* -- Large ones -------------------------------------------------------------------- */

/* In place of a value: 'piece' again and again, 'size' bytes. */
static const struct {
	const char	*piece;
	size_t		 size;
} large[] = {
	{ "x", 4 << 20 },
	{ "\r", 4 << 20 },
	{ "\r\n", 4 << 20 },
	{ "\r\n--", 4 << 20 },
	{ "\r\n--b  x", 4 << 20 },
	{ "\r\n--b\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\r", 4 << 20 },
	{ "\r\n--b-", 4 << 20 },
};

static void
large_files(void **state)
{
	struct prg_arena a = { 0 };
	json_t *got, *part;

	(void)state;
	for (size_t i = 0; i < COUNT(large); i++) {
		struct prg_buf b = prg_buf(&a, 5 << 20);
		size_t n = strlen(large[i].piece), times = large[i].size / n;

		prg_buf_str(&b, BEGIN "; filename=f\r\n\r\n");
		for (size_t k = 0; k < times; k++)
			prg_buf_add(&b, large[i].piece, n);
		prg_buf_str(&b, "\r\n" END);
		got = transcript(TYPE, (struct prg_span){ b.p, b.len }, 4093,
		    &plain);
		part = json_array_get(json_object_get(got, "parts"), 0);
		if ((size_t)json_integer_value(json_object_get(part, "size")) !=
		    times * n)
			fail_msg("row %zu: %s", i, json_dumps(got, 0));
		json_decref(got);
		prg_arena_reset(&a);
	}
	prg_arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_types),
		cmocka_unit_test(its_type),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(sinks),
		cmocka_unit_test(preambles),
		cmocka_unit_test(large_files),
	};

	return cmocka_run_group_tests_name("multipart limits", tests, NULL,
	    NULL);
}
