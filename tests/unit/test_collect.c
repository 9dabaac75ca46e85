/*
 * test_collect.c - a multipart form gives the pairs that an urlencoded one gives.
 */
#include <sodium.h>

#include "conformance.h"
#include "form/collect.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define SPAN(s)		{ s, sizeof(s) - 1 }
#define TYPE		"multipart/form-data; boundary=b"
#define NAMED(n)	"--b\r\nContent-Disposition: form-data; name=\"" n "\""
#define FIELD(n, v)	NAMED(n) "\r\n\r\n" v "\r\n"
#define FILE_(n, f, v)	NAMED(n) "; filename=\"" f "\"\r\n" \
			"Content-Type: text/x\r\n\r\n" v "\r\n"
#define END		"--b--\r\n"

static const struct prg_form_limits plain = {
	1000, 256, 1 << 20, 20, 8 << 10, 8, PRG_UTF8
};

struct form {
	struct prg_refusal	refused;
	struct prg_pairs	pairs;
	struct prg_files	files;
};

/* Collect from pieces that are gone afterwards. */
static struct form
collect(struct prg_arena *a, const char *type, struct prg_span body,
    const struct prg_form_limits *limits)
{
	struct prg_collector *c = prg_collector(a, type, limits);
	struct form f;

	for (size_t i = 0, n; i < body.len; i += n) {
		char *piece;

		n = body.len - i < 5 ? body.len - i : 5;
		piece = malloc(n);
		memcpy(piece, body.p + i, n);
		prg_collector_feed(c, piece, n);
		free(piece);
	}
	f.refused = prg_collector_end(c, &f.pairs, &f.files);
	return f;
}

/* "name=value*&...|name:filename:type:size&...", '*' behind what was repaired. */
static const char *
show(struct prg_arena *a, const struct form *f)
{
	struct prg_buf b = prg_buf(a, 1 << 16);

	if (f->refused.status != 0) {
		assert_int_equal(f->pairs.count + f->files.count, 0);
		prg_buf_printf(&b, "%d %s", f->refused.status, f->refused.why);
	}
	for (size_t i = 0; i < f->pairs.count; i++) {
		const struct prg_pair *p = &f->pairs.list[i];

		assert_int_equal(p->name.p[p->name.len], 0);
		assert_int_equal(p->value.p[p->value.len], 0);
		prg_percent_encode(&b, p->name);
		prg_buf_char(&b, '=');
		prg_percent_encode(&b, p->value);
		prg_buf_str(&b, p->repaired ? "*&" : "&");
	}
	for (size_t i = 0; i < f->files.count; i++) {
		const struct prg_file *p = &f->files.list[i];

		assert_int_equal(p->name.p[p->name.len], 0);
		prg_buf_printf(&b, "|%s:%s:%s:%llu", p->name.p,
		    p->filename != NULL ? p->filename : "(none)", p->type,
		    p->size);
	}
	return b.p;
}

static const struct {
	const char	*name;
	struct prg_span	 body;
	const char	*want;
} rows[] = {
	{ "nothing", SPAN(END), "" },
	{ "pairs", SPAN(FIELD("b", "1") FIELD("a", "2") FIELD("b", "1") END),
	  "b=1&a=2&b=1&" },
	{ "empty ones", SPAN(FIELD("", "") FIELD("a", "") END), "=&a=&" },
	{ "line ends and NULs", SPAN(FIELD("a\0b%0D%0A", "\r\nx\0\r") END),
	  "a%00b%0D%0A=%0D%0Ax%00%0D&" },
	{ "UTF-8", SPAN(FIELD("\xc3\xa9", "\xf0\x9f\x8e\x88") END),
	  "%C3%A9=%F0%9F%8E%88&" },
	{ "repaired", SPAN(FIELD("a", "\xff") FIELD("b", "x") END),
	  "a=%EF%BF%BD*&b=x&" },
	{ "a repaired name", SPAN(FIELD("\xc3", "\xa9") END),
	  "%EF%BF%BD=%EF%BF%BD*&" },
	{ "U+FFFD as sent", SPAN(FIELD("a", "\xef\xbf\xbd") END),
	  "a=%EF%BF%BD&" },
	{ "a file", SPAN(FIELD("a", "1") FILE_("f", "C:\\d\\x.txt", "123\r\n4")
	  FIELD("b", "2") END), "a=1&b=2&|f:x.txt:text/x:6" },
	{ "files of one field", SPAN(FILE_("f", "x", "1") FILE_("f", "y", "12")
	  END), "|f:x:text/x:1|f:y:text/x:2" },
	{ "no file was chosen", SPAN(FIELD("a", "1") FILE_("f", "", "") END),
	  "a=1&" },
	{ "an empty file was", SPAN(FILE_("f", "x", "") END), "|f:x:text/x:0" },
	{ "a file without a name", SPAN(FILE_("f", "", "1") END),
	  "|f:(none):text/x:1" },
	{ "a file with no good name", SPAN(FILE_("f", "/tmp/..", "") END),
	  "|f:(none):text/x:0" },
	{ "a file's name repaired", SPAN(FILE_("f\xff", "x\xff", "") END),
	  "|f\xef\xbf\xbd:x\xef\xbf\xbd:text/x:0" },
	{ "a file without a type", SPAN(NAMED("f") "; filename=x\r\n\r\n1\r\n"
	  END), "|f:x::1" },
	{ "a field and a file of one name", SPAN(FIELD("f", "1")
	  FILE_("f", "x", "12") END), "f=1&|f:x:text/x:2" },
	{ "broken off", SPAN(FIELD("a", "1") FILE_("f", "x", "1")),
	  "400 The form is incomplete." },
	{ "base64", SPAN(FIELD("a", "1") NAMED("b")
	  "\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n" END),
	  "415 A part of the form has a Content-Transfer-Encoding. Send it"
	  " unencoded." },
};

static void
forms(void **state)
{
	struct prg_arena a = { 0 };
	struct form f;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		f = collect(&a, TYPE, rows[i].body, &plain);
		if (strcmp(show(&a, &f), rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].name, show(&a, &f));
	}
	prg_arena_release(&a);
}

/* What is repaired counts as it is then, as in an urlencoded form. */
static const struct prg_form_limits tiny = { 3, 4, 6, 2, 200, 8, PRG_UTF8 };

static const struct {
	const char	*name;
	const char	*body;
	const char	*why;		/* a part of it; NULL: not refused */
} limits[] = {
	{ "a name of 4", FIELD("abcd", "") END, NULL },
	{ "a name of 5", FIELD("abcde", "") END, "name" },
	{ "a name of 4, decoded", FIELD("a%22%0D%0A", "") END, NULL },
	{ "a name of 5, decoded", FIELD("ab%22%0D%0A", "") END, "name" },
	{ "a name of 4, repaired", FIELD("x\xff", "") END, NULL },
	{ "a name of 5, repaired", FIELD("xx\xff", "") END, "name" },
	{ "a file's name of 5, repaired", FILE_("xx\xff", "x", "") END, "name" },
	{ "a value of 6", FIELD("a", "xxx\xff") END, NULL },
	{ "a value of 7", FIELD("a", "xxxx\xff") END, "value" },
	{ "a file of many", FILE_("a", "x", "1234567890") END, NULL },
	{ "two files", FILE_("a", "x", "1") FILE_("a", "x", "1") END, NULL },
	{ "three files", FILE_("a", "x", "1") FILE_("a", "x", "1")
	  FILE_("a", "x", "1") END, "files" },
	{ "three, none chosen", FILE_("a", "", "") FILE_("a", "", "")
	  FILE_("a", "", "") END, "files" },
	{ "four fields", FIELD("a", "") FIELD("a", "") FIELD("a", "")
	  FIELD("a", "") END, "fields" },
};

static void
limits_are_kept(void **state)
{
	struct prg_arena a = { 0 };
	struct form f;

	(void)state;
	for (size_t i = 0; i < COUNT(limits); i++) {
		f = collect(&a, TYPE, prg_span(limits[i].body), &tiny);
		if (limits[i].why == NULL ? f.refused.status != 0 :
		    f.refused.status != 413 ||
		    strstr(f.refused.why, limits[i].why) == NULL)
			fail_msg("%s: %s", limits[i].name, show(&a, &f));
	}
	prg_arena_release(&a);
}

/* -- What browsers send ----------------------------------------------------------- */

static struct prg_span
base64(struct prg_arena *a, const json_t *s)
{
	size_t max = json_string_length(s), len;
	unsigned char *p = prg_arena_get(a, max + 1);

	if (sodium_base642bin(p, max, json_string_value(s), max, NULL, &len,
	    NULL, sodium_base64_VARIANT_ORIGINAL) == -1)
		fail_msg("no base64: %s", json_string_value(s));
	return (struct prg_span){ (char *)p, len };
}

/* A file is its name in an urlencoded form. */
static void
check_file(struct prg_arena *a, const char *name, const struct form *f,
    const struct prg_pairs *url)
{
	const char *want = prg_filename_clean(a, url->list[0].value);

	if (f->files.count != 1 ||
	    strcmp(f->files.list[0].filename, want) != 0 ||
	    !prg_span_is(url->list[0].name, f->files.list[0].name.p))
		fail_msg("%s: %s", name, show(a, f));
}

static bool
is_same(struct prg_span a, struct prg_span b)
{
	return a.len == b.len && memcmp(a.p, b.p, a.len) == 0;
}

/* One form in both enctypes: the same pairs. */
static void
same_in_both_enctypes(void **state)
{
	json_t *all = conformance_load("wpt-form-submission/cases.json"), *c;
	struct prg_arena a = { 0 };
	size_t i, fields = 0;

	(void)state;
	json_array_foreach(all, i, c) {
		const json_t *m = json_object_get(c, "multipart/form-data");
		const char *name, *url_body, *boundary;
		struct prg_pairs url;
		struct form f;

		json_unpack(c, "{s:s,s:{s:s},s:{s:s}}", "description", &name,
		    "application/x-www-form-urlencoded", "body", &url_body,
		    "multipart/form-data", "boundary", &boundary);
		prg_urlencoded_read(&a, prg_span(url_body), &plain, &url);
		f = collect(&a, prg_arena_printf(&a,
		    "multipart/form-data; boundary=%s", boundary),
		    base64(&a, json_object_get(m, "body_base64")), &plain);
		if (json_is_object(json_object_get(c, "dom_value"))) {
			check_file(&a, name, &f, &url);
			continue;
		}
		if (f.pairs.count != 1 || url.count != 1 ||
		    !is_same(f.pairs.list[0].name, url.list[0].name) ||
		    !is_same(f.pairs.list[0].value, url.list[0].value))
			fail_msg("%s: %s", name, show(&a, &f));
		fields++;
	}
	assert_int_equal(i, 30);
	assert_int_equal(fields, 19);
	json_decref(all);
	prg_arena_release(&a);
}

/* -- Bodies of real clients --------------------------------------------------------- */

/* Line ends differ among clients. */
static char *
values(struct prg_arena *a, const struct prg_pairs *pairs)
{
	struct prg_buf b = prg_buf(a, 1 << 16), v;

	for (size_t i = 0; i < pairs->count; i++) {
		v = prg_buf(a, 1 << 16);
		prg_newlines(&v, pairs->list[i].value);
		while (v.len > 0 && v.p[v.len - 1] == '\n')
			v.p[--v.len] = '\0';
		prg_buf_printf(&b, "%s=%s;", pairs->list[i].name.p, v.p);
	}
	return b.p;
}

static void
real_clients(void **state)
{
	json_t *all = conformance_load("client-multipart/cases.json"), *c, *e;
	struct prg_arena a = { 0 };
	size_t i, j, failed = 0;

	(void)state;
	json_array_foreach(all, i, c) {
		json_t *fields = json_object_get(json_object_get(c, "expected"),
		    "fields");
		const char *client, *type, *note = "";
		char *want, *euro;
		struct prg_pairs meant = { .arena = &a };
		struct form f;

		json_unpack(c, "{s:s,s:s,s?s}", "client", &client,
		    "content_type", &type, "note", &note);
		f = collect(&a, type, base64(&a, json_object_get(c,
		    "body_base64")), &plain);
		json_array_foreach(fields, j, e)
			prg_pairs_add(&meant, &plain,
			    prg_span(json_string_value(json_array_get(e,
			    0))),
			    prg_span(json_string_value(json_array_get(e,
			    1))));
		want = values(&a, &meant);
		if (strstr(note, "lost in the client") != NULL &&
		    (euro = strstr(want, "\xe2\x82\xac")) != NULL) {
			*euro = '?';
			memmove(euro + 1, euro + 3, strlen(euro + 3) + 1);
		}
		/* Latin-1 that is not said to be, and what we do not read. */
		if (strstr(note, "nothing says so") != NULL ?
		    !f.pairs.list[0].repaired :
		    strstr(note, "quoted-printable") != NULL ?
		    f.refused.status == 0 : f.refused.status != 0 ||
		    strcmp(values(&a, &f.pairs), want) != 0) {
			print_message("%s: %s, not %s\n", client, show(&a, &f),
			    want);
			failed++;
		}
	}
	assert_int_equal(failed, 0);
	json_decref(all);
	prg_arena_release(&a);
}

/* -- Names of files, from the browser's form to us -------------------------------- */

struct name {
	struct prg_arena	*arena;
	struct prg_span		 got;
};

static struct prg_refusal
hear_name(void *arg, const struct prg_part *part)
{
	struct name *n = arg;
	struct prg_span s = part->filename;

	n->got = (struct prg_span){ prg_arena_copy(n->arena, s.p, s.len),
	    s.len };
	return (struct prg_refusal){ 0, NULL };
}

static struct prg_refusal
hear_data(void *arg, struct prg_span s)
{
	(void)arg;
	(void)s;
	return (struct prg_refusal){ 0, NULL };
}

static struct prg_refusal
hear_end(void *arg)
{
	(void)arg;
	return (struct prg_refusal){ 0, NULL };
}

static bool
same(struct prg_span s, const json_t *j)
{
	return s.len == json_string_length(j) &&
	    memcmp(s.p, json_string_value(j), s.len) == 0;
}

static void
file_names_round_trip(void **state)
{
	json_t *all = conformance_load("wpt-form-submission/filenames.json"), *c;
	struct prg_arena a = { 0 };
	size_t i;

	(void)state;
	json_array_foreach(all, i, c) {
		const json_t *wire = json_object_get(c, "wire_filename");
		struct name n = { .arena = &a };
		const struct prg_part_sink sink = {
			hear_name, hear_data, hear_end, &n
		};
		struct prg_multipart m = prg_multipart(&a, TYPE, &plain, &sink);
		struct prg_buf b = prg_buf(&a, 1000);

		prg_buf_str(&b, NAMED("f") "; filename=\"");
		prg_buf_add(&b, json_string_value(wire),
		    json_string_length(wire));
		prg_buf_str(&b, "\"\r\n\r\n\r\n" END);
		prg_multipart_feed(&m, b.p, b.len);
		if (prg_multipart_end(&m).status != 0 ||
		    !same(n.got, json_object_get(c, "dom_filename")))
			fail_msg("%s: %s", json_string_value(wire), n.got.p);
	}
	assert_int_equal(i, 39);
	json_decref(all);
	prg_arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(same_in_both_enctypes),
		cmocka_unit_test(real_clients),
		cmocka_unit_test(file_names_round_trip),
	};

	return cmocka_run_group_tests_name("collect", tests, NULL, NULL);
}
