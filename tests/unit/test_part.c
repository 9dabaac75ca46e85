/*
 * test_part.c - the header of a part of multipart/form-data.
 */
#include "conformance.h"
#include "form/multipart.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define SPAN(s)		{ s, sizeof(s) - 1 }

/* Memory of just these bytes. */
static struct prg_span
exact(struct prg_span s)
{
	char *p = malloc(s.len > 0 ? s.len : 1);

	memcpy(p, s.p, s.len);
	return (struct prg_span){ p, s.len };
}

/* -- Headers ---------------------------------------------------------------------- */

#define FORM	"Content-Disposition: form-data; name=\"a\"\r\n"
#define FILE_	"Content-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n"

/* As "name|filename|type", '-' for no filename; or the status. */
static const struct {
	const char	*name;
	struct prg_span	 head;
	const char	*want;
} heads[] = {
	{ "a field", SPAN(FORM), "a|-|" },
	{ "a file", SPAN(FILE_ "Content-Type: image/png\r\n"),
	  "a|f|image/png" },
	{ "the other way round", SPAN("Content-Type: a/b\r\n"
	  "Content-Disposition: form-data; filename=f; name=a\r\n"), "a|f|a/b" },
	{ "no blanks", SPAN("content-disposition:form-data;name=a\r\n"),
	  "a|-|" },
	{ "many blanks", SPAN("Content-Disposition: \t form-data \t; \tname=a "
	  "\t\r\n"), "a|-|" },
	{ "an empty file name", SPAN("Content-Disposition: form-data; name=a;"
	  " filename=\"\"\r\n"), "a||" },
	{ "undone", SPAN("Content-Disposition: form-data; name=\"%22%0D%0A\";"
	  " filename=\"%22%0D%0A\"\r\n"), "\"\r\n|\"\r\n|" },
	{ "undone without quotes", SPAN("Content-Disposition: form-data;"
	  " name=%22\r\n"), "\"|-|" },
	{ "not undone", SPAN("Content-Disposition: form-data;"
	  " name=\"%0a%0d%41%25%2\"\r\n"), "%0a%0d%41%25%2|-|" },
	{ "undone once", SPAN("Content-Disposition: form-data;"
	  " name=\"%%2222%2%22\"\r\n"), "%\"22%2\"|-|" },
	{ "escaped and undone", SPAN("Content-Disposition: form-data;"
	  " name=\"x\\\"%22\"\r\n"), "x\"\"|-|" },
	{ "filename* beside filename", SPAN("Content-Disposition: form-data;"
	  " name=a; filename=f; filename*=utf-8''g\r\n"), "a|f|" },
	{ "an odd type", SPAN(FORM "Content-Type: nothing\r\n"), "a|-|" },
	{ "an empty type", SPAN(FORM "Content-Type:\r\n"), "a|-|" },
	{ "half a type", SPAN(FORM "Content-Type: text/\r\n"), "a|-|" },
	{ "half a type, the other", SPAN(FORM "Content-Type: /plain\r\n"),
	  "a|-|" },
	{ "two slashes", SPAN(FORM "Content-Type: a/b/c\r\n"), "a|-|" },
	{ "a type with parameters", SPAN(FORM "Content-Type: text/x ; a=b\r\n"),
	  "a|-|text/x" },
	{ "7bit", SPAN(FORM "Content-Transfer-Encoding: 7bit\r\n"), "a|-|" },
	{ "8Bit", SPAN(FORM "Content-Transfer-Encoding:8Bit \r\n"), "a|-|" },
	{ "binary", SPAN(FORM "Content-Transfer-Encoding: binary\r\n"),
	  "a|-|" },
	{ "UTF-8", SPAN(FORM "Content-Type: text/plain; charset=\"Utf-8\"\r\n"),
	  "a|-|text/plain" },
	{ "us-ascii", SPAN(FORM "Content-Type: text/plain;charset=us-ascii\r\n"),
	  "a|-|text/plain" },
	{ "a file in latin1", SPAN(FILE_ "Content-Type: text/plain;"
	  " charset=latin1\r\n"), "a|f|text/plain" },
	{ "unknown fields", SPAN("X: \x01y\r\n" FORM "!#$%&'*+-.^_`|~9:\r\n"),
	  "a|-|" },

	{ "base64", SPAN(FORM "Content-Transfer-Encoding: base64\r\n"), "415" },
	{ "base64 of a file", SPAN(FILE_
	  "Content-Transfer-Encoding: Base64\r\n"), "415" },
	{ "quoted-printable", SPAN(FORM
	  "Content-Transfer-Encoding: quoted-printable\r\n"), "415" },
	{ "no encoding", SPAN(FORM "Content-Transfer-Encoding:\r\n"), "415" },
	{ "an encoding with a parameter", SPAN(FORM
	  "Content-Transfer-Encoding: 8bit; a=b\r\n"), "415" },
	{ "latin1", SPAN(FORM "Content-Type: text/plain; charset=latin1\r\n"),
	  "a|-|text/plain|1" },
	{ "windows-1252", SPAN(FORM "Content-Type: text/plain;"
	  " charset=\"Windows-1252\"\r\n"), "a|-|text/plain|1" },
	{ "utf-16", SPAN(FORM "Content-Type: a/b; charset=\"utf-16\"\r\n"),
	  "a|-|a/b|2" },
	{ "two charsets", SPAN(FORM "Content-Type: text/plain; charset=utf-8;"
	  " charset=utf-7\r\n"), "a|-|text/plain|2" },
	{ "a broken type", SPAN(FORM "Content-Type: text/plain; charset\r\n"),
	  "a|-|text/plain|2" },
	{ "nothing", SPAN(""), "400" },
	{ "no disposition", SPAN("Content-Type: text/plain\r\n"), "400" },
	{ "an empty one", SPAN("Content-Disposition:\r\n"), "400" },
	{ "an attachment", SPAN("Content-Disposition: attachment; name=a\r\n"),
	  "400" },
	{ "form-data and more", SPAN("Content-Disposition: form-data2;"
	  " name=a\r\n"), "400" },
	{ "no name", SPAN("Content-Disposition: form-data\r\n"), "400" },
	{ "no name, but a file", SPAN("Content-Disposition: form-data;"
	  " filename=f\r\n"), "400" },
	{ "two names", SPAN("Content-Disposition: form-data; name=a;"
	  " NAME=a\r\n"), "400" },
	{ "two file names", SPAN("Content-Disposition: form-data; name=a;"
	  " filename=f; filename=f\r\n"), "400" },
	{ "filename* alone", SPAN("Content-Disposition: form-data; name=a;"
	  " filename*=utf-8''%C3%A9.txt\r\n"), "a|\xc3\xa9.txt|" },
	{ "filename* in an encoding unknown", SPAN("Content-Disposition:"
	  " form-data; name=a; filename*=utf-16''g\r\n"), "a|/|" },
	{ "filename* without any", SPAN("Content-Disposition: form-data;"
	  " name=a; filename*=g\r\n"), "a|/|" },
	{ "filename* that is raw", SPAN("Content-Disposition: form-data;"
	  " name=a; filename*=\"UTF-8''a\"b.txt\"\r\n"), "a|a\"b.txt|" },
	{ "two of filename*", SPAN("Content-Disposition: form-data; name=a;"
	  " filename*=utf-8''a; filename*=utf-8''b\r\n"), "400" },
	{ "filename* beside a name for mail", SPAN("Content-Disposition:"
	  " form-data; name=a; filename=\"=?utf-8?B?YyDDqS50eHQ=?=\";"
	  " filename*=utf-8''c%20%C3%A9.txt\r\n"), "a|c \xc3\xa9.txt|" },
	{ "a name for mail alone", SPAN("Content-Disposition: form-data;"
	  " name=a; filename=\"=?utf-8?B?YQ==?=\"\r\n"),
	  "a|=?utf-8?B?YQ==?=|" },
	{ "a name in percent-encoding", SPAN("Content-Disposition: form-data;"
	  " name=a; filename=\"a%22b%5Cc%20%C3%A9.txt\"\r\n"),
	  "a|a\"b\\c \xc3\xa9.txt|" },
	{ "percent signs of a browser's", SPAN("Content-Disposition: form-data;"
	  " name=a; filename=\"100%20%FF.txt\"\r\n"), "a|100%20%FF.txt|" },
	{ "a quote in a file's name", SPAN("Content-Disposition: form-data;"
	  " name=\"f\"; filename=\"a\"b.txt\"\r\n"), "f|a\"b.txt|" },
	{ "a quote, a backslash and more", SPAN("Content-Disposition:"
	  " form-data; name=\"f\"; filename=\"a\"b\\c \xc3\xa9.txt\"\r\n"),
	  "f|a\"b\\c \xc3\xa9.txt|" },
	{ "a quote in front, and a name behind", SPAN("Content-Disposition:"
	  " form-data; filename=\"\"a\".txt\"; name=\"f\"\r\n"),
	  "f|\"a\".txt|" },
	{ "a quote that never ends", SPAN("Content-Disposition: form-data;"
	  " name=\"f\"; filename=\"a\"b\r\n"), "400" },
	{ "no semicolon", SPAN("Content-Disposition: form-data name=a\r\n"),
	  "400" },
	{ "a quote in a name", SPAN("Content-Disposition: form-data;"
	  " name=\"a\"b\"\r\n"), "a\"b|-|" },
	{ "two of them", SPAN(FORM FORM), "400" },
	{ "two types", SPAN(FORM "Content-Type: a/b\r\nContent-Type: a/b\r\n"),
	  "400" },
	{ "two encodings", SPAN(FORM "Content-Transfer-Encoding: 8bit\r\n"
	  "Content-Transfer-Encoding: 8bit\r\n"), "400" },
	{ "no colon", SPAN(FORM "X\r\n"), "400" },
	{ "no name of a field", SPAN(FORM ": x\r\n"), "400" },
	{ "a blank before the colon", SPAN("Content-Disposition : form-data;"
	  " name=a\r\n"), "400" },
	{ "a folded line", SPAN("Content-Disposition: form-data;\r\n"
	  " name=\"a\"\r\n"), "400" },
	{ "a control byte in a field's name", SPAN(FORM "X\x01: a\r\n"),
	  "400" },
	{ "a NUL in a field's name", SPAN(FORM "X\0: a\r\n"), "400" },
	{ "DEL in a field's name", SPAN(FORM "X\x7f: a\r\n"), "400" },
	{ "a field's name that is no ASCII", SPAN(FORM "\xc3\xa9: a\r\n"),
	  "400" },
	{ "CR within a line", SPAN(FORM "X: a\rb\r\n"), "400" },
	{ "CR CR LF", SPAN(FORM "X: a\r\r\n"), "400" },
	{ "LF alone", SPAN(FORM "X: a\n"), "400" },
	{ "LF alone in front", SPAN("\n" FORM), "400" },
	{ "an empty line", SPAN("\r\n" FORM), "400" },
	{ "no line end", SPAN(FORM "X: a"), "400" },
};

static const char *
show(struct prg_arena *a, struct prg_refusal refused,
    const struct prg_part *p)
{
	if (refused.status != 0)
		return prg_arena_printf(a, "%d", refused.status);
	return prg_arena_printf(a, p->filename.p == NULL &&
	    p->charset != PRG_UTF8 ? "%s|%s|%s|%d" : "%s|%s|%s",
	    prg_arena_copy(a, p->name.p, p->name.len), p->filename.p == NULL ?
	    "-" : prg_arena_copy(a, p->filename.p, p->filename.len),
	    prg_arena_copy(a, p->type.p, p->type.len), (int)p->charset);
}

static void
headers(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_refusal refused;
	struct prg_part part;

	(void)state;
	for (size_t i = 0; i < COUNT(heads); i++) {
		struct prg_span head = exact(heads[i].head);
		struct prg_buf text = prg_buf(&a, head.len);
		const char *got;

		refused = prg_part_read(&text, head, &part);
		assert_true((refused.status == 0) == (refused.why == NULL));
		got = show(&a, refused, &part);
		if (strcmp(got, heads[i].want) != 0)
			fail_msg("%s: %s", heads[i].name, got);
		free((char *)head.p);
	}
	prg_arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers),
	};

	return cmocka_run_group_tests_name("part", tests, NULL, NULL);
}
