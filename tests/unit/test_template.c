/*
 * test_template.c - the language of templates.
 */
#include "conformance.h"

#include "page/template.h"

enum { PAGE = 1 << 16 };

/* -- The specification ----------------------------------------------------- */

static const struct module {
	const char	*file;
	int		 cases;
} modules[] = {
	{ "comments",		12 },
	{ "delimiters",		14 },
	{ "interpolation",	42 },
	{ "inverted",		22 },
	{ "partials",		12 },
	{ "sections",		34 },
	{ "~inheritance",	27 },
	{ "~dynamic-names",	21 }
};

static struct prg_span
string_span(const json_t *s)
{
	return (struct prg_span){ json_string_value(s), json_string_length(s) };
}

static void
add(struct prg_templates *set, const char *name, struct prg_span text)
{
	struct prg_error err;

	if (prg_templates_add(set, name, name, text, &err) == -1)
		fail_msg("%s", err.text);
}

static void
run_case(const char *module, json_t *test)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a, .plain = true };
	struct prg_buf out = prg_buf(&a, PAGE);
	const char *name, *want;
	json_t *text;

	json_object_foreach(json_object_get(test, "partials"), name, text)
		add(&set, name, string_span(text));
	add(&set, "-", string_span(json_object_get(test, "template")));
	want = json_string_value(json_object_get(test, "expected"));
	name = json_string_value(json_object_get(test, "name"));
	if (prg_template_render(&set, prg_templates_find(&set, "-"),
	    (struct prg_var[]){ prg_var_json(json_object_get(test, "data")), { 0 } }, &out, NULL) == -1)
		fail_msg("%s, %s: fails", module, name);
	if (strcmp(out.p, want) != 0)
		fail_msg("%s, %s: \"%s\" instead of \"%s\"", module, name,
		    out.p, want);
	prg_arena_release(&a);
}

static int
run_module(const struct module *m)
{
	char path[100];
	json_t *file, *test;
	size_t i;
	int ran = 0;

	snprintf(path, sizeof(path), "mustache-spec/specs/%s.json", m->file);
	file = conformance_load(path);
	json_array_foreach(json_object_get(file, "tests"), i, test) {
		run_case(m->file, test);
		ran++;
	}
	json_decref(file);
	if (ran != m->cases)
		fail_msg("%s: %d cases instead of %d", m->file, ran, m->cases);
	return ran;
}

static void
follows_the_specification(void **state)
{
	int ran = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(modules) / sizeof(*modules); i++)
		ran += run_module(&modules[i]);
	assert_int_equal(ran, 136 + 27 + 21);
}

/* -- What is broken -------------------------------------------------------- */

#define TAG	"0123456789abcdef"
#define TAG_240	TAG TAG TAG TAG TAG TAG TAG TAG TAG TAG TAG TAG TAG TAG TAG

static const struct broken {
	const char	*name;
	const char	*text;
	const char	*error;
} broken[] = {
	{ "an open section", "a\n{{#x}}\nb",
	  "t:2: expected {{/x}} before the end" },
	{ "an open inverted section", "{{^x}}",
	  "t:1: expected {{/x}} before the end" },
	{ "an open parent", "\n\n{{<x}}",
	  "t:3: expected {{/x}} before the end" },
	{ "an open block, and a tag", "{{$x}}\n {{  ",
	  "t:2: expected \"}}\" at the end of the tag" },
	{ "an open block", "{{$x}}",
	  "t:1: expected {{/x}} before the end" },
	{ "the inner of two is open", "{{#x}}\n{{#y}}\n",
	  "t:2: expected {{/y}} before the end" },
	{ "the wrong end", "{{#x}}\n\n{{/y}}",
	  "t:3: expected {{/x}} (for line 1), not {{/y}}" },
	{ "ends that cross", "{{#x}}{{#y}}{{/x}}{{/y}}",
	  "t:1: expected {{/y}} (for line 1), not {{/x}}" },
	{ "an end too many", "{{#x}}{{/x}}\n{{/x}}",
	  "t:2: expected something open for {{/x}} to close" },
	{ "an end of one part", "{{#a.b}}{{/a}}",
	  "t:1: expected {{/a.b}} (for line 1), not {{/a}}" },
	{ "no end of a tag", "a\nb {{x",
	  "t:2: expected \"}}\" at the end of the tag" },
	{ "no end of a raw tag", "{{{x}}",
	  "t:1: expected \"}}}\" at the end of the tag" },
	{ "no end of a comment", "\n{{! x }",
	  "t:2: expected \"}}\" at the end of the tag" },
	{ "no end of delimiters", "{{=<% %>}}",
	  "t:1: expected \"=}}\" at the end of the tag" },
	{ "half of an end", "{{x} }",
	  "t:1: expected \"}}\" at the end of the tag" },
	{ "nothing but a beginning", "{{",
	  "t:1: expected \"}}\" at the end of the tag" },
	{ "no name", "{{}}", "t:1: expected a name in the tag" },
	{ "a blank name", "{{#  }}", "t:1: expected a name in the tag" },
	{ "no name behind an asterisk", "{{> *}}",
	  "t:1: expected a name in the tag" },
	{ "two names", "\n{{if x}}",
	  "t:2: expected one name, not \"if x\"" },
	{ "two names of a partial", "{{> a b}}",
	  "t:1: expected one name, not \"a b\"" },
	{ "a tag that swallows text", "{{x\n}\n{{y}}",
	  "t:1: expected one name, not \"x\n}\n{{y\"" },
	{ "an unknown tag", "{{@x}}",
	  "t:1: expected a name, not \"@x\": there are no such tags" },
	{ "a filter", "{{|x}}",
	  "t:1: expected a name, not \"|x\": there are no such tags" },
	{ "a path", "{{../x}}",
	  "t:1: expected a name between the dots, not \"../x\"" },
	{ "nothing between dots", "{{a..b}}",
	  "t:1: expected a name between the dots, not \"a..b\"" },
	{ "nothing behind a dot", "{{#a.}}{{/a.}}",
	  "t:1: expected a name between the dots, not \"a.\"" },
	{ "one delimiter", "{{=<%=}}", "t:1: expected two delimiters, as in "
	  "{{=<% %>=}}, of at most 16 bytes" },
	{ "three delimiters", "\n{{=a b c=}}", "t:2: expected two delimiters, "
	  "as in {{=<% %>=}}, of at most 16 bytes" },
	{ "an equals sign for one", "{{== ===}}", "t:1: expected two "
	  "delimiters, as in {{=<% %>=}}, of at most 16 bytes" },
	{ "a long delimiter", "{{=" TAG "0 x=}}", "t:1: expected two "
	  "delimiters, as in {{=<% %>=}}, of at most 16 bytes" },
	{ "a value in a parent", "{{<p}}\n{{x}}\n{{/p}}",
	  "t:2: expected only blocks, {{$..}}, within a {{<..}}" },
	{ "a section in a parent", "{{<p}}{{#x}}{{/x}}{{/p}}",
	  "t:1: expected only blocks, {{$..}}, within a {{<..}}" },
	{ "a tag of 257 bytes", "\n{{" TAG_240 "0123456789abc}}",
	  "t:2: expected \"}}\" within 256 bytes" },
	{ "lines that are taken out", "{{! a\nb }}\n{{#x}}\n  {{/x}}\n{{/x}}",
	  "t:5: expected something open for {{/x}} to close" },
	{ "Latin-1", "{{! \xc3\xa9 }}\n<p>\xe9t\xe9</p>", "t:2: expected UTF-8" },
	{ "half a character at the end", "a\n\n\xe2\x82", "t:3: expected UTF-8" },
	{ "half of one before a tag", "\xc3{{x}}", "t:1: expected UTF-8" },
	{ "a surrogate in a comment", "\n{{! \xed\xa0\x80 }}",
	  "t:2: expected UTF-8" },
	{ "lines of a block", "{{$x}}\n  a\n  b {{y\n{{/x}}",
	  "t:3: expected one name, not \"y\n{{/x\"" }
};

/* From bytes with no NUL behind them, so that reading on is seen. */
static int
add_text(struct prg_templates *set, const char *name, const char *text,
    struct prg_error *err)
{
	size_t n = strlen(text);
	char *copy = malloc(n + 1);
	int rc;

	assert_non_null(copy);
	memcpy(copy + 1, text, n);
	rc = prg_templates_add(set, name, "t",
	    (struct prg_span){ copy + 1, n }, err);
	free(copy);
	return rc;
}

static void
refuses(struct prg_templates *set, const struct broken *row)
{
	struct prg_error err = { "nothing" };
	struct prg_buf out = prg_buf(set->arena, PAGE);

	if (add_text(set, "old", row->text, &err) == 0)
		fail_msg("%s: is accepted", row->name);
	if (strcmp(err.text, row->error) != 0)
		fail_msg("%s: \"%s\"", row->name, err.text);
	if (add_text(set, "new", row->text, &err) == 0 ||
	    prg_templates_find(set, "new") != NULL)
		fail_msg("%s: is there", row->name);
	assert_int_equal(prg_template_render(set,
	    prg_templates_find(set, "old"), (struct prg_var[]){ { 0 } }, &out, NULL), 0);
	if (strcmp(out.p, "as it was") != 0)
		fail_msg("%s: the old one became \"%s\"", row->name, out.p);
}

static void
refuses_what_is_broken(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a };

	(void)state;
	add(&set, "old", prg_span("as it was"));
	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++)
		refuses(&set, &broken[i]);
	prg_arena_release(&a);
}

static void
refuses_a_nul(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a };
	struct prg_error err;

	(void)state;
	assert_int_equal(prg_templates_add(&set, "t", "t",
	    (struct prg_span){ "a\n\0", 3 }, &err), -1);
	assert_string_equal(err.text, "t:2: expected text, not a NUL");
	prg_arena_release(&a);
}

/* -- What comes out -------------------------------------------------------- */

static const struct row {
	const char	*name;
	const char	*text;
	const char	*model;
	const char	*want;
	const char	*partial;	/* "p" */
} rows[] = {
	{ "nothing", "", "{}", "", NULL },
	{ "both quotes", "{{x}}", "{\"x\": \"<&>\\\"'\"}",
	  "&lt;&amp;&gt;&quot;&#39;", NULL },
	{ "controls", "{{x}}", "{\"x\": \"a\\u0001\\tb\"}",
	  "a\xef\xbf\xbd\tb", NULL },
	{ "a NUL", "{{x}}", "{\"x\": \"a\\u0000b\"}",
	  "a\xef\xbf\xbd" "b", NULL },
	{ "a boolean", "{{x}} {{y}}", "{\"x\": true, \"y\": false}",
	  "true false", NULL },
	{ "neither list nor object has a text", "({{x}}{{y}})",
	  "{\"x\": [1], \"y\": {\"z\": 1}}", "()", NULL },
	{ "a big integer", "{{x}}", "{\"x\": -9223372036854775808}",
	  "-9223372036854775808", NULL },
	{ "a whole real", "{{x}}", "{\"x\": 85.0}", "85", NULL },
	{ "a real", "{{x}}", "{\"x\": 0.1}", "0.1", NULL },
	{ "a long real", "{{x}}", "{\"x\": 0.30000000000000004}",
	  "0.30000000000000004", NULL },
	{ "a big real", "{{x}}", "{\"x\": 1e300}", "1e+300", NULL },
	{ "what is empty", "{{^a}}a{{/a}}{{^b}}b{{/b}}{{^c}}c{{/c}}"
	  "{{^d}}d{{/d}}{{^e}}e{{/e}}{{^f}}f{{/f}}{{^g}}g{{/g}}",
	  "{\"a\": null, \"b\": false, \"c\": 0, \"d\": 0.0, \"e\": \"\","
	  " \"f\": []}", "abcdefg", NULL },
	{ "what is not", "{{#a}}a{{/a}}{{#b}}b{{/b}}{{#c}}c{{/c}}"
	  "{{#d}}d{{/d}}{{#e}}e{{/e}}{{#f}}f{{/f}}",
	  "{\"a\": true, \"b\": -1, \"c\": 0.5, \"d\": \"0\", \"e\": [0],"
	  " \"f\": {}}", "abcdef", NULL },
	{ "null hides what is further out", "{{#a}}[{{x}}]{{/a}}",
	  "{\"x\": 1, \"a\": {\"x\": null}}", "[]", NULL },
	{ "a list of lists", "{{#a}}({{#.}}{{.}}{{/.}}){{/a}}",
	  "{\"a\": [[1, 2], [], [3]]}", "(12)()(3)", NULL },
	{ "indentation twice", "  {{>p}}\n", "{\"x\": 2}",
	  "  a\n    b\n  a\n    b\n",
	  "{{#x}}\na\n  b\n{{/x}}\n{{#x}}\na\n  b\n{{/x}}\n" },
	{ "a partial in a partial",
	  "\t{{>p}}\n", "{\"x\": {\"x\": false}}",
	  "\t(\n\t (\n\t )\n\t)\n", "(\n{{#x}}\n {{>p}}\n{{/x}}\n)\n" },
	{ "indentation of empty lines", "  {{>p}}\n", "{}",
	  "  a\n  \n  b\n", "a\n\nb\n" },
	{ "indentation before a value", "  {{>p}}\n", "{\"x\": 1}",
	  "  1\n  1,1\n", "{{x}}\n{{x}},{{x}}\n" },
	{ "indentation before a section", "  {{>p}}\n", "{\"x\": [1, 2]}",
	  "  12\n  -\n", "{{#x}}{{.}}{{/x}}\n{{^x}}{{/x}}-\n" },
	{ "no indentation within data", "  {{>p}}\n", "{\"x\": \"a\\nb\"}",
	  "  a\nb\n", "{{x}}\n" },
	{ "no indentation amid a line", " - {{>p}}\n", "{}", " - a\nb\n",
	  "a\nb" },
	{ "nor below", "  {{>p}}\n", "{\"x\": {\"x\": 0}}",
	  "  (\n  =(\n\n)\n\n  )\n",
	  "(\n{{#x}}={{>p}}{{/x}}\n)\n" },
	{ "a comment before text", "  {{>p}}\n", "{}", "  a\n",
	  "{{! c }}a\n" },
	{ "no indentation within a textarea", "  {{>p}}\n",
	  "{\"x\": \"a\\nb\"}", "  <textarea>\na\nb</textarea>\n",
	  "<textarea>\n{{x}}</textarea>\n" },
	{ "CRLF stays", "a\r\n{{#x}}\r\nb\r\n{{/x}}\r\n", "{\"x\": 1}",
	  "a\r\nb\r\n", NULL },
	{ "a partial that is not there", "a{{>none}}b{{>*x}}c",
	  "{\"x\": \"none\"}", "abc", NULL },
	{ "a name that is no string", "a{{>*x}}", "{\"x\": [1]}", "a",
	  "never" },
	{ "blocks of a section", "{{<p}}{{$b}}{{x}}{{/b}}{{/p}}",
	  "{\"l\": [{\"x\": 1}, {\"x\": 2}]}", "1;2;",
	  "{{#l}}{{$b}}{{/b}};{{/l}}" },
	{ "a block that asks for itself",
	  "{{<p}}{{$b}}x{{$b}}y{{/b}}{{/b}}{{/p}}", "{}", "xy",
	  "{{$b}}{{/b}}" },
	{ "the first of two blocks of a name",
	  "{{<p}}{{$b}}1{{/b}}{{$b}}2{{/b}}{{/p}}", "{}", "1",
	  "{{$b}}{{/b}}" },
	{ "a line for lines", "{{<p}}{{$b}}x{{/b}}{{/p}}", "{}",
	  "<p>\n  x</p>\n", "<p>\n{{$b}}\n  y\n{{/b}}\n</p>\n" },
	{ "lines of the default", "{{>p}}", "{}", "<p>\n  x\n  y\n</p>\n",
	  "<p>\n  {{$b}}\n  x\n  y\n  {{/b}}\n</p>\n" },
	{ "a parent with text behind it", " {{<p}}{{/p}} b\n", "{}",
	  " a b\n", "a" },
	{ "a block that says more below", "{{<p}}\n{{$b}}\n1\n 2\n{{/b}}\n"
	  "{{/p}}\n", "{}", "a\n  1\n   2\nz\n",
	  "a\n  {{$b}}\n  {{/b}}\nz\n" },
	{ "delimiters and raw", "{{=<% %>=}}<%{x}%><%&x%><%x%>",
	  "{\"x\": \"&\"}", "&&&amp;", NULL },
	{ "delimiters back", "{{=<% %>=}}<%x%><%={{ }}=%>{{x}}",
	  "{\"x\": 1}", "11", NULL },
	{ "a tag of 256 bytes", "{{" TAG_240 "0123456789ab}}", "{}", "",
	  NULL },
	{ "a comment of any length", "{{!" TAG_240 TAG_240 "}}", "{}", "",
	  NULL },
	{ "padding of all sorts", "{{\n\tx\r\n }}{{# x }}{{/\tx }}",
	  "{\"x\": 1}", "1", NULL }
};

static void
renders(const struct row *row)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a };
	struct prg_buf out = prg_buf(&a, PAGE);
	json_t *model = json_loads(row->model, JSON_ALLOW_NUL, NULL);
	int rc;

	if (model == NULL)
		fail_msg("%s: no JSON", row->name);
	add(&set, "-", prg_span(row->text));
	if (row->partial != NULL)
		add(&set, "p", prg_span(row->partial));
	rc = prg_template_render(&set, prg_templates_find(&set, "-"),
	    (struct prg_var[]){ prg_var_json(model), { 0 } }, &out, NULL);
	if (rc != 0 || strcmp(out.p, row->want) != 0)
		fail_msg("%s: %d, \"%s\"", row->name, rc, out.p);
	json_decref(model);
	prg_arena_release(&a);
}

static void
renders_the_model(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		renders(&rows[i]);
}

/* -- Limits ---------------------------------------------------------------- */

static int
render_to(const char *text, json_t *model, size_t max, size_t *len)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a };
	struct prg_buf out = prg_buf(&a, max);
	int rc;

	add(&set, "p", prg_span(text));
	rc = prg_template_render(&set, prg_templates_find(&set, "p"),
	    (struct prg_var[]){ prg_var_json(model), { 0 } }, &out, NULL);
	*len = out.len;
	prg_arena_release(&a);
	return rc;
}

static void
output_is_bounded(void **state)
{
	json_t *m = json_pack("{s:s}", "x", "&");
	size_t len;

	(void)state;
	assert_int_equal(render_to("12{{x}}34", m, 9, &len), 0);
	assert_int_equal(len, 9);
	assert_int_equal(render_to("12{{x}}34", m, 8, &len), -1);
	assert_int_equal(render_to("12{{x}}34", m, 0, &len), -1);
	assert_int_equal(render_to("<a href=\"{{x}}\">", m, 9, &len), -1);
	assert_int_equal(render_to("<a href=\"{{x}}\">", m, 1, &len), -1);
	assert_int_equal(render_to("", m, 0, &len), 0);
	json_decref(m);
}

/* {"x": {"x": ... null}}, so many deep. */
static json_t *
nested(int deep)
{
	json_t *m = json_null(), *outer;

	while (deep-- >= 0) {
		outer = json_object();
		json_object_set_new(outer, "x", m);
		m = outer;
	}
	json_object_set_new(m, "y", json_true());
	return m;
}

static int
render_deep(const char *text, int deep)
{
	json_t *m = nested(deep);
	size_t len;
	int rc = render_to(text, m, PAGE, &len);

	json_decref(m);
	return rc;
}

static void
depth_is_bounded(void **state)
{
	static const char one[] = "{{#x}}.{{>p}}{{/x}}";	/* two levels */
	static const char list[] = "{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}";
	json_t *m = json_pack("{s:o}", "l", json_array());
	size_t len;

	(void)state;
	assert_int_equal(render_deep(one, 10), 0);
	assert_int_equal(render_deep(one, 50), 0);
	assert_int_equal(render_deep(one, 51), -1);
	assert_int_equal(render_deep("{{#y}}{{>p}}{{/y}}", 1), -1);
	assert_int_equal(render_deep("{{#y}}{{>p}}{{>p}}{{/y}}", 1), -1);
	assert_int_equal(render_deep("{{<p}}{{$b}}{{/b}}{{/p}}", 1), -1);
	for (int i = 0; i < 100; i++)
		json_array_append_new(json_object_get(m, "l"), json_true());
	assert_int_equal(render_to(list, m, PAGE, &len), 0);
	for (int i = 0; i < 2; i++)
		json_array_append_new(json_object_get(m, "l"), json_true());
	assert_int_equal(render_to(list, m, PAGE, &len), -1);
	json_decref(m);
}

/* 'n' sections within each other. */
static int
compile_deep(int n)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a };
	struct prg_buf text = prg_buf(&a, PAGE);
	struct prg_error err;
	int rc;

	for (int i = 0; i < n; i++)
		prg_buf_str(&text, "{{#x}}");
	for (int i = 0; i < n; i++)
		prg_buf_str(&text, "{{/x}}");
	rc = add_text(&set, "t", text.p, &err);
	if (rc == -1)
		assert_string_equal(err.text, "t:1: expected no more than 100 "
		    "tags within each other");
	prg_arena_release(&a);
	return rc;
}

static void
templates_are_bounded(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a };
	char *text = prg_arena_get(&a, PRG_TEMPLATE_SIZE + 1);
	struct prg_error err;

	(void)state;
	assert_int_equal(compile_deep(PRG_TEMPLATE_DEPTH), 0);
	assert_int_equal(compile_deep(PRG_TEMPLATE_DEPTH + 1), -1);
	memset(text, 'x', PRG_TEMPLATE_SIZE + 1);
	assert_int_equal(prg_templates_add(&set, "t", "t",
	    (struct prg_span){ text, PRG_TEMPLATE_SIZE }, &err), 0);
	assert_int_equal(prg_templates_add(&set, "t", "t",
	    (struct prg_span){ text, PRG_TEMPLATE_SIZE + 1 }, &err), -1);
	assert_string_equal(err.text, "t:1: expected at most 1048576 bytes");
	prg_arena_release(&a);
}

/* -- Linking --------------------------------------------------------------- */

static const struct link_row {
	const char	*name;
	const char	*a, *b;
	const char	*error;		/* or NULL */
} link_rows[] = {
	{ "one after the other", "{{>b}}", "x", NULL },
	{ "none of this name", "\n{{>c}}", "x",
	  "a.html:2: expected a template named \"c\"" },
	{ "none, in a section", "x", "{{#x}}\n\n{{>c}}{{/x}}",
	  "b.html:3: expected a template named \"c\"" },
	{ "none, as a parent", "{{<c}}{{/c}}", "x",
	  "a.html:1: expected a template named \"c\"" },
	{ "none, in a block", "{{<b}}{{$x}}\n{{>c}}{{/x}}{{/b}}", "x",
	  "a.html:2: expected a template named \"c\"" },
	{ "itself", "x\n{{>a}}", "x",
	  "a.html:2: expected an end: \"a\" includes itself for ever" },
	{ "each other", "{{>b}}", "\n\n{{>a}}",
	  "b.html:3: expected an end: \"a\" includes itself for ever" },
	{ "each other, as parents", "{{<b}}{{/b}}", "{{<a}}{{/a}}",
	  "b.html:1: expected an end: \"a\" includes itself for ever" },
	{ "itself, if there is more", "{{#x}}{{>a}}{{/x}}", "x", NULL },
	{ "itself, in a block", "{{$x}}{{>a}}{{/x}}", "x", NULL },
	{ "twice", "{{>b}}{{>b}}", "x", NULL },
	{ "named by the model", "{{>*c}}", "x", NULL }
};

static void
links(void **state)
{
	const struct link_row *row = link_rows;
	struct prg_error err;
	int rc;

	(void)state;
	for (; row < link_rows + sizeof(link_rows) / sizeof(*row); row++) {
		struct prg_arena a = { 0 };
		struct prg_templates set = { .arena = &a };

		prg_templates_add(&set, "a", "a.html", prg_span(row->a), &err);
		prg_templates_add(&set, "b", "b.html", prg_span(row->b), &err);
		rc = prg_templates_link(&set, &err);
		if (rc == 0 && row->error != NULL)
			fail_msg("%s: is accepted", row->name);
		if (rc == -1 && (row->error == NULL ||
		    strcmp(err.text, row->error) != 0))
			fail_msg("%s: \"%s\"", row->name, err.text);
		prg_arena_release(&a);
	}
}

static void
the_later_one_counts(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a };
	struct prg_buf out = prg_buf(&a, PAGE);

	(void)state;
	add(&set, "page", prg_span("{{>part}} {{>late}}"));
	add(&set, "part", prg_span("one"));
	add(&set, "part", prg_span("two"));
	add(&set, "late", prg_span("{{>part}}"));
	assert_int_equal(prg_template_render(&set,
	    prg_templates_find(&set, "page"), (struct prg_var[]){ { 0 } }, &out, NULL), 0);
	assert_string_equal(out.p, "two two");
	assert_null(prg_templates_find(&set, "none"));
	prg_arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_specification),
		cmocka_unit_test(refuses_what_is_broken),
		cmocka_unit_test(refuses_a_nul),
		cmocka_unit_test(renders_the_model),
		cmocka_unit_test(output_is_bounded),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(templates_are_bounded),
		cmocka_unit_test(links),
		cmocka_unit_test(the_later_one_counts)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
