/*
 * test_template_safety.c - no value becomes markup, code or a foreign address.
 */
#include "conformance.h"

#include "page/template.h"

enum { PAGE = 1 << 16 };

static int
add(struct prg_templates *set, const char *name, const char *text,
    struct prg_error *err)
{
	return prg_templates_add(set, name, "t", prg_span(text), err);
}

/* -- Refused --------------------------------------------------------------- */

static const struct unsafe {
	const char	*name;
	const char	*text;
	const char	*error;
} unsafe[] = {
	/* Where there is code. */
	{ "a script", "<script>\nvar a = {{x}};</script>",
	  "t:2: a {{x}} can't stand in <script>" },
	{ "a string in a script", "<script>\nvar a = \"{{x}}\"</script>",
	  "t:2: a {{x}} can't stand in <script>" },
	{ "raw in a script", "<script>{{{x}}}</script>",
	  "t:1: a {{{x}}} can't stand in <script>" },
	{ "a script of another type",
	  "<script type=\"module\">{{{x}}}</script>",
	  "t:1: a {{{x}}} can't stand in <script>" },
	{ "the first of two types", "<script type=\"module\" "
	  "type=\"application/json\">{{{x}}}</script>",
	  "t:1: a {{{x}}} can't stand in <script>" },
	{ "a type that is a value", "<script type=\"{{x}}\"></script>",
	  "t:1: a {{x}} can't stand in the type of a script" },
	{ "a type if the model says so",
	  "<script{{#x}} type=\"application/json\"{{/x}}>1</script>",
	  "t:1: expected {{/x}} where {{#x}} stands: in a tag, not "
	  "somewhere else in a tag" },
	{ "a style sheet", "<p>\n<style>\np { color: {{x}} }</style>",
	  "t:3: a {{x}} can't stand in <style>" },
	{ "upper case", "<STYLE>{{x}}</STYLE>",
	  "t:1: a {{x}} can't stand in <style>" },
	{ "an end that is none", "<style></styles>{{x}}</style>",
	  "t:1: a {{x}} can't stand in <style>" },
	{ "onclick", "<p\nonclick=\"go('{{x}}')\">",
	  "t:2: a {{x}} can't stand in the value of onclick" },
	{ "ONERROR", "<img ONERROR='{{x}}'>",
	  "t:1: a {{x}} can't stand in the value of onerror" },
	{ "any on", "<svg onwhatever=\"{{x}}\">",
	  "t:1: a {{x}} can't stand in the value of onwhatever" },
	{ "style=", "<p style=\"color: {{x}}\">",
	  "t:1: a {{x}} can't stand in the value of style" },
	{ "srcdoc=", "<iframe srcdoc=\"{{x}}\"></iframe>",
	  "t:1: a {{x}} can't stand in the value of srcdoc" },
	{ "srcset=", "<img srcset=\"{{x}} 2x\">",
	  "t:1: a {{x}} can't stand in the value of srcset" },
	{ "an attribute of SVG that sets others",
	  "<set attributeName=\"href\" to=\"{{x}}\">",
	  "t:1: a {{x}} can't stand in the value of to" },
	{ "which it sets", "<animate attributeName=\"{{x}}\">",
	  "t:1: a {{x}} can't stand in the value of attributename" },
	{ "JSON, escaped",
	  "<script type=\"application/json\">{{x}}</script>",
	  "t:1: a {{x}} can't stand in JSON: write {{{..}}}" },
	{ "a part of JSON",
	  "<script type=\"application/json\">\n[{{{x}}}]</script>",
	  "t:2: a {{{x}}} can't stand in JSON but as the whole of it" },
	{ "JSON twice",
	  "<script type=\"application/json\">{{{x}}}{{{x}}}</script>",
	  "t:1: a {{{x}}} can't stand in JSON but as the whole of it" },
	{ "a comment in a script", "<script>\n<!-- </script>",
	  "t:2: expected no <!-- in a script" },

	/* Where there is markup. */
	{ "a comment", "<!--\n{{x}} -->",
	  "t:2: a {{x}} can't stand in a comment" },
	{ "a section in a comment", "<!-- {{#x}} -->{{/x}}",
	  "t:1: a {{#x}} can't stand in a comment" },
	{ "a comment that goes on", "<!-- > --!x> {{x}} -->",
	  "t:1: a {{x}} can't stand in a comment" },
	{ "a declaration", "<!DOCTYPE {{x}}>",
	  "t:1: a {{x}} can't stand in a declaration" },
	{ "a bogus comment", "<?php {{x}} ?>",
	  "t:1: a {{x}} can't stand in a declaration" },
	{ "CDATA", "<svg>\n<![CDATA[ {{x}} ]]></svg>",
	  "t:2: expected no CDATA: HTML has none" },
	{ "no quotes", "<p title={{x}}>",
	  "t:1: a {{x}} can't stand in a value without quotes" },
	{ "no quotes, later", "<p title=a{{x}}>",
	  "t:1: a {{x}} can't stand in a value without quotes" },
	{ "no quotes, a section", "<p title={{#x}}a{{/x}}>",
	  "t:1: a {{#x}} can't stand in a value without quotes" },
	{ "the name of an attribute", "<p {{x}}=\"a\">",
	  "t:1: a {{x}} can't stand in a tag" },
	{ "a part of it", "<p data-{{x}}=\"a\">",
	  "t:1: a {{x}} can't stand in the name of an attribute" },
	{ "all attributes", "<p\n {{{x}}}>",
	  "t:2: a {{{x}}} can't stand in a tag" },
	{ "behind a value", "<p title=\"a\"{{x}}>",
	  "t:1: a {{x}} can't stand in a tag" },
	{ "the name of a tag", "<h{{x}}>",
	  "t:1: a {{x}} can't stand in the name of a tag" },
	{ "all of the name", "<{{x}}>",
	  "t:1: a {{x}} can't stand in the name of a tag" },
	{ "the name of an end", "</{{x}}>",
	  "t:1: a {{x}} can't stand in the name of a tag" },
	{ "raw in an attribute", "<p title=\"{{{x}}}\">", "t:1: a {{{x}}} "
	  "can't stand in the value of an attribute: write {{..}}" },
	{ "raw in a title", "<title>\n{{&x}}</title>",
	  "t:2: a {{{x}}} can't stand in <title>: write {{..}}" },
	{ "raw in a textarea", "<textarea>{{{x}}}</textarea>",
	  "t:1: a {{{x}}} can't stand in <textarea>: write {{..}}" },
	{ "tags in a title", "<title>\n<b>{{x}}</b></title>",
	  "t:2: expected no tags in <title>" },
	{ "the end of a title", "<title></tit{{x}}le>",
	  "t:1: a {{x}} can't stand in the end of <title>" },
	{ "a quote too few", "<p title=\"a>\n{{{x}}}",
	  "t:2: a {{{x}}} can't stand in the value of an attribute: "
	  "write {{..}}" },
	{ "attributes without a space", "<p title=\"a\"class=\"b\">",
	  "t:1: expected a space before the next attribute" },
	{ "a quote in a name", "<p\ntitle=\"a\" \">",
	  "t:2: expected the name of an attribute" },
	{ "a tag in a tag", "<p\n<b>",
	  "t:2: expected the name of an attribute" },
	{ "no value", "<p title=>",
	  "t:1: expected the value of the attribute" },
	{ "a partial in a tag", "<p {{>x}}>",
	  "t:1: a {{>x}} can't stand in a tag" },
	{ "a partial in a value", "<p title=\"{{>x}}\">",
	  "t:1: a {{>x}} can't stand in the value of title" },
	{ "a partial in a title", "<title>{{>x}}</title>",
	  "t:1: a {{>x}} can't stand in <title>" },
	{ "a parent in a script", "<script>{{<x}}{{/x}}</script>",
	  "t:1: a {{<x}} can't stand in <script>" },
	{ "a block in a value", "<p class=\"{{$x}}{{/x}}\">",
	  "t:1: a {{$x}} can't stand in the value of class" },

	/* Where a section leads somewhere else. */
	{ "a section that opens a tag", "{{#x}}\n<p {{/x}}>",
	  "t:2: expected {{/x}} where {{#x}} stands: in the text, "
	  "not in a tag" },
	{ "a section that opens a comment", "{{#x}}<!--{{/x}}-->",
	  "t:1: expected {{/x}} where {{#x}} stands: in the text, "
	  "not in a comment" },
	{ "a section that opens a script", "{{^x}}<script>{{/x}}</script>",
	  "t:1: expected {{/x}} where {{^x}} stands: in the text, "
	  "not in <script>" },
	{ "a block that opens a title", "{{$x}}<title>{{/x}}</title>",
	  "t:1: expected {{/x}} where {{$x}} stands: in the text, "
	  "not in <title>" },
	{ "a block of a parent that does", "{{<p}}{{$x}}<title>{{/x}}{{/p}}",
	  "t:1: expected {{/x}} where {{$x}} stands: in the text, "
	  "not in <title>" },
	{ "a section that leaves a value",
	  "<p title=\"{{#x}}\" onclick=\"{{/x}}{{y}}\">", "t:1: expected "
	  "{{/x}} where {{#x}} stands: in the value of title, not in the "
	  "value of onclick" },
	{ "into one of its name", "<p title=\"{{#x}}\" title=\"{{/x}}\">",
	  "t:1: expected {{/x}} where {{#x}} stands: in the value of title, "
	  "not somewhere else in the value of title" },
	{ "a section that ends the tag", "<p{{#x}}>{{/x}}>",
	  "t:1: expected {{/x}} where {{#x}} stands: in a tag, "
	  "not in the text" },
	{ "and begins another", "<p{{#x}}><p{{/x}}>",
	  "t:1: expected {{/x}} where {{#x}} stands: in a tag, "
	  "not in the name of a tag" },
	{ "half a name, maybe", "<p {{#x}}on{{/x}}click=\"{{y}}\">",
	  "t:1: expected a space before the next attribute" },
	{ "half a name, twice", "<p {{#x}}click=\"{{y}}\" on{{/x}}>",
	  "t:1: expected {{/x}} where {{#x}} stands: in a tag, "
	  "not in the name of an attribute" },
	{ "the rest of a name", "<p on{{#x}}click=\"{{y}}\"{{/x}}>",
	  "t:1: expected a space before the next attribute" },
	{ "a value for a name", "<p onclick {{#x}}=\"{{y}}\"{{/x}}>",
	  "t:1: expected the name of an attribute" },
	{ "the rest of a tag's name", "<s{{#x}}cript{{/x}}>",
	  "t:1: expected a space before the next attribute" },
	{ "a template that ends in a tag", "<p>\n<p",
	  "t:2: expected the end in the text, not in the name of a tag" },
	{ "a template that ends in a value", "<p title=\"\n\n",
	  "t:3: expected the end in the text, not in the value of title" },
	{ "a template that ends in a script", "<script>",
	  "t:1: expected the end in the text, not in <script>" },
	{ "a template that begins a tag", "a <",
	  "t:1: expected the end in the text, not in the name of a tag" },

	/* Where an address is not what it seems. */
	{ "javascript:", "<a href=\"javascript:go('{{x}}')\">",
	  "t:1: a {{x}} can't stand in an address that begins like this" },
	{ "spelled otherwise", "<a href=\"&#106;avascript:{{x}}\">",
	  "t:1: a {{x}} can't stand in an address that begins like this" },
	{ "over two lines", "<a href=\"java\nscript:{{x}}\">",
	  "t:2: a {{x}} can't stand in an address that begins like this" },
	{ "behind a form feed", "<a href=\"\f javascript:go('{{x}}')\">",
	  "t:1: a {{x}} can't stand in an address that begins like this" },
	{ "behind a control", "<a href=\" \001javascript:go('{{x}}')\">",
	  "t:1: a {{x}} can't stand in an address that begins like this" },
	{ "data:", "<img src=\"data:{{x}}\">",
	  "t:1: a {{x}} can't stand in an address that begins like this" },
	{ "a section that begins javascript:",
	  "<a href=\"{{#x}}javascript:{{/x}}{{y}}\">",
	  "t:1: a {{y}} can't stand in an address that begins like this" },
	{ "an address that may have begun",
	  "<a href=\"{{#x}}{{x}}{{/x}}{{y}}\">",
	  "t:1: a {{y}} can't stand in an address that a section may or may "
	  "not have begun: put all of it into the section" },
	{ "a reference behind a value",
	  "<a href=\"{{x}}&colon;alert(1)\">", "t:1: expected no character "
	  "reference or line break behind a value in an address" },
	{ "a slash as a reference", "<a href=\"{{x}}&sol;evil.example\">",
	  "t:1: expected no character reference or line break behind a value "
	  "in an address" },
	{ "half of \"..\" as a reference", "<a href=\"/a/{{x}}&period;/b\">",
	  "t:1: expected no character reference or line break behind a value "
	  "in an address" },
	{ "before the value", "<a href=\"/a/&period;{{x}}/b\">",
	  "t:1: a {{x}} can't stand in an address that begins like this" },
	{ "a line break behind a value", "<a href=\"{{x}}\n:alert(1)\">",
	  "t:1: expected no character reference or line break behind a value "
	  "in an address" },
	{ "the base of all addresses", "<base href=\"{{x}}\">",
	  "t:1: a {{x}} can't stand in the value of href" },
	{ "an address in a refresh",
	  "<meta http-equiv=\"refresh\" content=\"3; url={{x}}\">",
	  "t:1: a {{x}} can't stand in the content of a <meta> with "
	  "http-equiv" },
	{ "the other way round",
	  "<meta content=\"3; url={{x}}\"\nhttp-equiv=\"refresh\">",
	  "t:2: expected no http-equiv where content has a value" },
	{ "what makes it one", "<meta http-equiv=\"{{x}}\" content=\"a\">",
	  "t:1: a {{x}} can't stand in the value of http-equiv" }
};

static void
refuses_what_is_unsafe(void **state)
{
	const struct unsafe *row = unsafe;
	struct prg_error err;

	(void)state;
	for (; row < unsafe + sizeof(unsafe) / sizeof(*row); row++) {
		struct prg_arena a = { 0 };
		struct prg_templates set = { .arena = &a };

		if (add(&set, "t", row->text, &err) == 0)
			fail_msg("%s: is accepted", row->name);
		if (strcmp(err.text, row->error) != 0)
			fail_msg("%s: \"%s\"", row->name, err.text);
		set.plain = true;
		if (add(&set, "t", row->text, &err) == -1)
			fail_msg("%s: not even plain: %s", row->name,
			    err.text);
		prg_arena_release(&a);
	}
}

/* -- Accepted -------------------------------------------------------------- */

static void
render(const char *name, struct prg_templates *set, const char *model,
    struct prg_buf *out)
{
	json_t *m = json_loads(model, JSON_ALLOW_NUL, NULL);
	struct prg_error blocked = { "" };
	int rc;

	if (m == NULL)
		fail_msg("%s: no JSON", name);
	rc = prg_template_render(set, prg_templates_find(set, "t"),
	    (struct prg_var[]){ prg_var_json(m), { 0 } }, out, &blocked);
	json_decref(m);
	if (rc == -1)
		fail_msg("%s: fails", name);
	if ((strncmp(blocked.text, "t:1: the address is blocked: ", 29) == 0) !=
	    (strstr(out->p, "about:invalid#blocked") != NULL))
		fail_msg("%s: said \"%s\" of %s", name, blocked.text, out->p);
}

static const struct safe {
	const char	*name;
	const char	*text;
	const char	*model;
	const char	*want;
} safe[] = {
	{ "text", "<p>{{x}}</p>", "{\"x\": \"<b>\"}", "<p>&lt;b&gt;</p>" },
	{ "raw text", "<p>{{{x}}}</p>", "{\"x\": \"<b>\"}", "<p><b></p>" },
	{ "a less-than sign", "1 < {{x}} <3 << {{x}}", "{\"x\": 2}",
	  "1 < 2 <3 << 2" },
	{ "an attribute", "<p title=\"{{x}}\">", "{\"x\": \"\\\"'>\"}",
	  "<p title=\"&quot;&#39;&gt;\">" },
	{ "single quotes, spaces, capitals", "<P\nTitle = '{{x}}' >",
	  "{\"x\": \"'\"}", "<P\nTitle = '&#39;' >" },
	{ "some of a value", "<p class=\"a {{x}} b\">", "{\"x\": 1}",
	  "<p class=\"a 1 b\">" },
	{ "data-", "<p data-x=\"{{x}}\">", "{\"x\": \"</p>\"}",
	  "<p data-x=\"&lt;/p&gt;\">" },
	{ "no attribute", "<p title>{{x}}</p>", "{\"x\": 1}",
	  "<p title>1</p>" },
	{ "literal values without quotes", "<p title=a>{{x}}</p>",
	  "{\"x\": 1}", "<p title=a>1</p>" },
	{ "an empty tag", "<br/><hr />{{x}}", "{\"x\": 1}",
	  "<br/><hr />1" },
	{ "an attribute, maybe", "<input{{#x}} checked{{/x}}>",
	  "{\"x\": true}", "<input checked>" },
	{ "space outside", "<input {{#x}}checked{{/x}}>", "{\"x\": true}",
	  "<input checked>" },
	{ "space on both sides", "<input {{#x}}checked{{/x}} {{#y}}a{{/y}} />",
	  "{\"x\": true}", "<input checked  />" },
	{ "attributes of a list", "<p{{#x}} a=\"{{.}}\"{{/x}} b>",
	  "{\"x\": [1, 2]}", "<p a=\"1\" a=\"2\" b>" },
	{ "a value, maybe", "<p class=\"a{{#x}} {{x}}{{/x}}\">",
	  "{\"x\": \"b\"}", "<p class=\"a b\">" },
	{ "a tag, maybe", "{{#x}}<b>{{/x}}c{{#x}}</b>{{/x}}", "{\"x\": 1}",
	  "<b>c</b>" },
	{ "a title", "<title>{{x}} - b</title>", "{\"x\": \"</title>\"}",
	  "<title>&lt;/title&gt; - b</title>" },
	{ "a less-than sign in a title", "<title>a < {{x}}</title>{{{x}}}",
	  "{\"x\": 1}", "<title>a < 1</title>1" },
	{ "a block in a title", "<title>{{$y}}a {{x}}{{/y}}</title>",
	  "{\"x\": 1}", "<title>a 1</title>" },
	{ "a section in a style", "<style>{{#x}}p { }{{/x}}</style>{{x}}",
	  "{\"x\": 1}", "<style>p { }</style>1" },
	{ "a script without values", "<script>if (a<!b) \"</\"</script >{{x}}",
	  "{\"x\": 1}", "<script>if (a<!b) \"</\"</script >1" },
	{ "after comments", "<!----><!--><!---><!-- a -- > -->{{x}}",
	  "{\"x\": 1}", "<!----><!--><!---><!-- a -- > -->1" },
	{ "after one of an old sort", "<!-- a --!>{{x}}", "{\"x\": 1}",
	  "<!-- a --!>1" },
	{ "after a declaration", "<!DOCTYPE html><?x?></>{{x}}",
	  "{\"x\": 1}", "<!DOCTYPE html><?x?></>1" },
	{ "a description", "<meta name=\"a\" content=\"{{x}}\">",
	  "{\"x\": \"b\"}", "<meta name=\"a\" content=\"b\">" },
	{ "a refresh without values",
	  "<meta http-equiv=\"refresh\" content=\"3\">{{x}}", "{\"x\": 1}",
	  "<meta http-equiv=\"refresh\" content=\"3\">1" },
	{ "javascript: of the author's", "<a href=\"javascript:a\">{{x}}",
	  "{\"x\": 1}", "<a href=\"javascript:a\">1" },
	{ "a newline that would be lost", "<textarea>{{x}}</textarea>",
	  "{\"x\": \"\\nb\"}", "<textarea>\n\nb</textarea>" },
	{ "and one that is there", "<textarea>\n{{x}}</textarea>",
	  "{\"x\": \"\\nb\"}", "<textarea>\n\nb</textarea>" },
	{ "none", "<textarea>{{x}}</textarea><p>{{y}}</p>",
	  "{\"x\": \"a\", \"y\": \"\\n\"}",
	  "<textarea>a</textarea><p>\n</p>" },
	{ "in <pre> too", "<pre>{{#x}}{{.}}{{/x}}</pre>", "{\"x\": \"\\na\"}",
	  "<pre>\n\na</pre>" },
	{ "behind a section that is left out",
	  "<textarea>{{#a}}{{a}}{{/a}}{{^a}}{{x}}{{/a}}</textarea>",
	  "{\"x\": \"\\nb\"}", "<textarea>\n\nb</textarea>" },
	{ "behind one that is not",
	  "<textarea>{{#a}}{{a}}{{/a}}{{x}}</textarea>",
	  "{\"a\": 1, \"x\": \"\\nb\"}", "<textarea>1\nb</textarea>" },
	{ "behind tags that are left out",
	  "<pre>{{#a}}<b>c</b>{{/a}}{{{x}}}</pre>", "{\"x\": \"\\nb\"}",
	  "<pre>\n\nb</pre>" },
	{ "behind tags that are not", "<pre>{{#a}}<b></b>{{/a}}{{x}}</pre>",
	  "{\"a\": 1, \"x\": \"\\nb\"}", "<pre><b></b>\nb</pre>" },
	{ "behind a start tag in a section", "{{#a}}<pre>{{/a}}{{x}}",
	  "{\"a\": 1, \"x\": \"\\nb\"}", "<pre>\n\nb" },
	{ "behind nothing", "<pre>{{a}}{{x}}</pre>", "{\"x\": \"\\nb\"}",
	  "<pre>\n\nb</pre>" },
	{ "in a block", "<textarea>{{$v}}{{x}}{{/v}}</textarea>",
	  "{\"x\": \"\\nb\"}", "<textarea>\n\nb</textarea>" },

	{ "JSON", "<script type=\"application/json\">{{{x}}}</script>",
	  "{\"x\": {\"a\": [1, 2.5, null, \"\\\"\"]}}",
	  "<script type=\"application/json\">{\"a\":[1,2.5,null,\"\\\"\"]}"
	  "</script>" },
	{ "JSON that ends the script",
	  "<script id=\"a\" TYPE='application/JSON'>\n {{{x}}}\n</script>",
	  "{\"x\": \"</script><!--&\"}",
	  "<script id=\"a\" TYPE='application/JSON'>\n "
	  "\"\\u003c/script\\u003e\\u003c!--\\u0026\"\n</script>" },
	{ "JSON with odd line breaks",
	  "<script type=application/json>{{{x}}}</script>",
	  "{\"x\": \"\xe2\x80\xa8 \xe2\x80\xa9 \xe2\x80\xaa\"}",
	  "<script type=application/json>\"\\u2028 \\u2029 \xe2\x80\xaa\""
	  "</script>" },
	{ "JSON of nothing",
	  "<script type=\"application/json\">{{{x}}}</script>", "{}",
	  "<script type=\"application/json\">null</script>" },

	{ "a query", "<a href=\"/a?b={{x}}&amp;c={{y}}\">",
	  "{\"x\": \"1&2=\\\"/ é\", \"y\": 5}",
	  "<a href=\"/a?b=1%262%3D%22%2F%20%C3%A9&amp;c=5\">" },
	{ "a path", "<a href=\"/a/{{x}}/b\">", "{\"x\": \"c/d e?\"}",
	  "<a href=\"/a/c/d%20e%3F/b\">" },
	{ "a path that goes up", "<a href=\"/a/{{x}}\">",
	  "{\"x\": \"../../b\"}", "<a href=\"/a/..%2F..%2Fb\">" },
	{ "a path that goes nowhere", "<a href=\"/a/{{x}}\">",
	  "{\"x\": \"b/.\"}", "<a href=\"/a/b%2F.\">" },
	{ "dots that are names", "<a href=\"/a/{{x}}\">",
	  "{\"x\": \"b.c/...\"}", "<a href=\"/a/b.c/...\">" },
	{ "a part that is a dot", "<a href=\"/a/{{x}}/b\">",
	  "{\"x\": \".\"}", "<a href=\"about:invalid#blocked\">" },
	{ "a part that goes up", "<a href=\"/a/{{x}}/b\">",
	  "{\"x\": \"..\"}", "<a href=\"about:invalid#blocked\">" },
	{ "the form's address", "<form action=\"/items/{{x}}/delete\">",
	  "{\"x\": \"..\"}", "<form action=\"about:invalid#blocked\">" },
	{ "two halves", "<a href=\"/a/{{x}}{{x}}/b\">", "{\"x\": \".\"}",
	  "<a href=\"about:invalid#blocked\">" },
	{ "half of it is the author's", "<a href=\"/a/%2E{{x}}?b\">",
	  "{\"x\": \".\"}", "<a href=\"about:invalid#blocked\">" },
	{ "behind the base", "<a href=\"{{x}}/{{y}}/b\">",
	  "{\"x\": \"/a\", \"y\": \"..\"}",
	  "<a href=\"about:invalid#blocked\">" },
	{ "at another host", "<a href=\"https://example.org/a/{{x}}\">",
	  "{\"x\": \"..\"}", "<a href=\"about:invalid#blocked\">" },
	{ "the author's own", "<a href=\"../a/{{x}}\">", "{\"x\": \"b\"}",
	  "<a href=\"../a/b\">" },
	{ "dots in a query", "<a href=\"/a/b?{{x}}\">", "{\"x\": \"..\"}",
	  "<a href=\"/a/b?..\">" },
	{ "three of them", "<a href=\"/a/{{x}}{{x}}\">", "{\"x\": \"..\"}",
	  "<a href=\"/a/....\">" },
	{ "a part of a host", "<a href=\"https://{{x}}.example.com/\">",
	  "{\"x\": \"evil.example/\"}",
	  "<a href=\"https://evil.example%2F.example.com/\">" },
	{ "the end of one", "<a href=\"//example.com{{x}}\">",
	  "{\"x\": \"/a@b:1\"}", "<a href=\"//example.com%2Fa%40b%3A1\">" },
	{ "one, with a path that may be left out",
	  "<a href=\"https://a{{#x}}/{{x}}{{/x}}{{y}}\">",
	  "{\"y\": \"/b\"}", "<a href=\"https://a%2Fb\">" },
	{ "a path behind it", "<a href=\"https://{{x}}.example.com/{{y}}\">",
	  "{\"x\": \"a\", \"y\": \"b/c\"}",
	  "<a href=\"https://a.example.com/b/c\">" },
	{ "a fragment", "<a href=\"#f-{{x}}\">", "{\"x\": \"a b\"}",
	  "<a href=\"#f-a%20b\">" },
	{ "another host, of the author's",
	  "<a href=\"https://example.org/{{x}}\">", "{\"x\": \"@b\"}",
	  "<a href=\"https://example.org/%40b\">" },
	{ "without its scheme", "<img src=\"//example.org/{{x}}\">",
	  "{\"x\": \"a\"}", "<img src=\"//example.org/a\">" },
	{ "a mail", "<a href=\"mailto:{{x}}\">", "{\"x\": \"a@b\"}",
	  "<a href=\"mailto:a%40b\">" },
	{ "a telephone", "<a href=\"tel:{{x}}\">", "{\"x\": \"+1\"}",
	  "<a href=\"tel:%2B1\">" },
	{ "base and path", "<a href=\"{{x}}{{y}}?z={{y}}\">",
	  "{\"x\": \"/a\", \"y\": \"/b\"}", "<a href=\"/a/b?z=%2Fb\">" },
	{ "one or the other",
	  "<a href=\"{{#x}}{{x}}{{/x}}{{^x}}/none{{/x}}\">",
	  "{\"x\": \"/a?b\"}", "<a href=\"/a?b\">" },
	{ "the other", "<a href=\"{{#x}}{{x}}{{/x}}{{^x}}/none{{/x}}\">",
	  "{}", "<a href=\"/none\">" },
	{ "a query, maybe", "<a href=\"/a{{#x}}?b={{x}}{{/x}}&amp;{{y}}\">",
	  "{\"x\": \"/\", \"y\": \"/\"}", "<a href=\"/a?b=%2F&amp;%2F\">" },
	{ "two addresses", "<a href=\"{{x}}\" ping=\"{{y}}\">",
	  "{\"x\": \"a:b\", \"y\": \"/b\"}",
	  "<a href=\"about:invalid#blocked\" ping=\"/b\">" }
};

static void
accepts_what_is_safe(void **state)
{
	const struct safe *row = safe;
	struct prg_error err;

	(void)state;
	for (; row < safe + sizeof(safe) / sizeof(*row); row++) {
		struct prg_arena a = { 0 };
		struct prg_templates set = { .arena = &a };
		struct prg_buf out = prg_buf(&a, PAGE);

		if (add(&set, "t", row->text, &err) == -1)
			fail_msg("%s: %s", row->name, err.text);
		render(row->name, &set, row->model, &out);
		if (strcmp(out.p, row->want) != 0)
			fail_msg("%s: \"%s\"", row->name, out.p);
		prg_arena_release(&a);
	}
}

/* A raw value in a block is raw in the text only, wherever the block is put. */
static void
nothing_is_raw_in_a_title(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a };
	struct prg_buf out = prg_buf(&a, PAGE);
	struct prg_error err;

	(void)state;
	assert_int_equal(add(&set, "p", "<title>{{$b}}{{/b}}</title>{{$b}}"
	    "{{/b}}", &err), 0);
	assert_int_equal(add(&set, "q", "{{{x}}}", &err), 0);
	assert_int_equal(add(&set, "t", "{{<p}}{{$b}}{{{x}}}{{>q}}{{/b}}"
	    "{{/p}}", &err), 0);
	render("title", &set, "{\"x\": \"</title>\"}", &out);
	assert_string_equal(out.p, "<title>&lt;/title&gt;&lt;/title&gt;"
	    "</title></title></title>");
	prg_arena_release(&a);
}

/* Wherever the block and the partial are put, and only there. */
static void
no_newline_is_lost(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a };
	struct prg_buf out = prg_buf(&a, PAGE);
	struct prg_error err;

	(void)state;
	assert_int_equal(add(&set, "p", "<textarea>{{$b}}{{/b}}</textarea>"
	    "{{$b}}{{/b}}", &err), 0);
	assert_int_equal(add(&set, "q", "{{x}}", &err), 0);
	assert_int_equal(add(&set, "t", "{{<p}}{{$b}}{{x}}{{/b}}{{/p}}<pre>"
	    "{{>q}}</pre>{{>q}}", &err), 0);
	render("newline", &set, "{\"x\": \"\\nb\"}", &out);
	assert_string_equal(out.p, "<textarea>\n\nb</textarea>\nb<pre>\n\nb"
	    "</pre>\nb");
	prg_arena_release(&a);
}

/* -- Addresses ------------------------------------------------------------- */

#define BLOCKED	"about:invalid#blocked"

static const struct address {
	const char	*value;		/* as JSON has it */
	const char	*want;
} addresses[] = {
	{ "", "" },
	{ "/", "/" },
	{ "/a/b?c=d&e#f", "/a/b?c=d&amp;e#f" },
	{ "a", "a" },
	{ "./a:b", "./a:b" },
	{ "../a", "../a" },
	{ "?a:b", "?a:b" },
	{ "#a:b", "#a:b" },
	{ "/a:b", "/a:b" },
	{ "a/b:c", "a/b:c" },
	{ "http://a/", "http://a/" },
	{ "https://a/", "https://a/" },
	{ "HTTPS://a/", "HTTPS://a/" },
	{ "ht\\ntps://a/", "ht\ntps://a/" },
	{ "mailto:a@b", "mailto:a@b" },
	{ " /a", " /a" },
	{ "javascript:alert(1)", BLOCKED },
	{ "JaVaScRiPt:alert(1)", BLOCKED },
	{ "\\u0001javascript:alert(1)", BLOCKED },
	{ "\\u0000javascript:alert(1)", BLOCKED },
	{ " \\t\\n javascript:alert(1)", BLOCKED },
	{ "java\\nscript:alert(1)", BLOCKED },
	{ "java\\tscript:alert(1)", BLOCKED },
	{ "java\\rscript:alert(1)", BLOCKED },
	{ "javascript\\n:alert(1)", BLOCKED },
	{ "javascript:\\n//alert(1)", BLOCKED },
	{ "data:text/html,<script>", BLOCKED },
	{ "vbscript:a", BLOCKED },
	{ "file:///etc/passwd", BLOCKED },
	{ "blob:a", BLOCKED },
	{ "view-source:a", BLOCKED },
	{ "about:blank", BLOCKED },
	{ "tel:1", BLOCKED },
	{ "x:y", BLOCKED },
	{ ":a", BLOCKED },
	{ "httpx:a", BLOCKED },
	{ "http s://a", "http s://a" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaahttp:", BLOCKED },
	{ "//evil", BLOCKED },
	{ "/\\\\evil", BLOCKED },
	{ "\\\\/evil", BLOCKED },
	{ "\\\\\\\\evil", BLOCKED },
	{ "///evil", BLOCKED },
	{ " //evil", BLOCKED },
	{ "/\\n/evil", BLOCKED },
	{ "\\u0001//evil", BLOCKED },
	{ "&#x6a;avascript:a", "&amp;#x6a;avascript:a" },
	{ "%6aavascript:a", "%6aavascript:a" },
	{ "\\\"onclick=", "&quot;onclick=" }
};

static void
addresses_are_checked(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a };
	const struct address *row = addresses;
	struct prg_error err;

	(void)state;
	assert_int_equal(add(&set, "t", "<a href=\"{{x}}\">", &err), 0);
	for (; row < addresses + sizeof(addresses) / sizeof(*row); row++) {
		struct prg_buf out = prg_buf(&a, PAGE);

		render(row->value, &set, prg_arena_printf(&a,
		    "{\"x\": \"%s\"}", row->value), &out);
		if (strcmp(out.p, prg_arena_printf(&a, "<a href=\"%s\">",
		    row->want)) != 0)
			fail_msg("%s: became %s", row->value, out.p);
	}
	prg_arena_release(&a);
}

/* The places that are addresses; the value comes in whole, or in parts. */
static const struct {
	const char	*text;
	const char	*model;
	bool		 blocked;
} places[] = {
	{ "<a href='{{x}}'>", "{\"x\": \"j:\"}", true },
	{ "<img src=\"{{x}}\">", "{\"x\": \"j:\"}", true },
	{ "<form action=\"{{x}}\">", "{\"x\": \"j:\"}", true },
	{ "<button formaction=\"{{x}}\">", "{\"x\": \"j:\"}", true },
	{ "<video poster=\"{{x}}\">", "{\"x\": \"j:\"}", true },
	{ "<q cite=\"{{x}}\">", "{\"x\": \"j:\"}", true },
	{ "<object data=\"{{x}}\">", "{\"x\": \"j:\"}", true },
	{ "<a ping=\"{{x}}\">", "{\"x\": \"j:\"}", true },
	{ "<use XLINK:HREF=\"{{x}}\">", "{\"x\": \"j:\"}", true },
	{ "<a title=\"{{x}}\">", "{\"x\": \"j:\"}", false },
	{ "<a href=\" {{x}}\">", "{\"x\": \"j:\"}", true },
	{ "<a href=\"\001{{x}}\">", "{\"x\": \"j:\"}", true },
	{ "<a href=\"\f/{{x}}\">", "{\"x\": \"/evil\"}", true },
	{ "<a href=\"\f{{x}}\">", "{\"x\": \"j:\"}", true },
	{ "<a href=\"{{x}}script:\">", "{\"x\": \"java\"}", true },
	{ "<a href=\"java{{x}}\">", "{\"x\": \"script:a\"}", false },
	{ "<a href=\"java{{x}}:a\">", "{\"x\": \"script\"}", true },
	{ "<a href=\"{{x}}{{y}}\">", "{\"x\": \"j\", \"y\": \":\"}", false },
	{ "<a href=\"{{#x}}{{.}}{{/x}}\">", "{\"x\": [\"j\", \":\"]}", true },
	{ "<a href=\"/{{x}}\">", "{\"x\": \"/evil\"}", true },
	{ "<a href=\"/{{x}}/{{y}}\">", "{\"x\": \"\", \"y\": \"evil\"}", true },
	{ "<a href=\"/{{x}}/{{y}}\">", "{\"x\": \"a\", \"y\": \"b\"}", false },
	{ "<a href=\"{{x}}/{{y}}\">", "{\"x\": \"/\", \"y\": \"evil\"}", true },
	{ "<a href=\"{{x}}/{{y}}\">", "{\"x\": \"\", \"y\": \"/evil\"}", true },
	{ "<a href=\"/{{#x}}{{x}}{{/x}}/{{y}}\">", "{\"y\": \"evil\"}", true },
	{ "<a href=\"{{#x}}/{{x}}{{/x}}/evil\">", "{\"x\": \"a\"}", false },
	{ "<a href=\"/a/{{x}}/{{y}}\">", "{\"x\": \"\", \"y\": \"e\"}", false },
	{ "<script src=\"{{x}}\"></script>", "{\"x\": \"/a.js\"}", false },
	{ "<script src=\"{{x}}\"></script>", "{\"x\": \"https://a/\"}", true },
	{ "<iframe src=\"{{x}}\"></iframe>", "{\"x\": \"https://a/\"}", true },
	{ "<embed src=\"{{x}}\">", "{\"x\": \"https://a/\"}", true },
	{ "<img src=\"{{x}}\">", "{\"x\": \"https://a/\"}", false }
};

static void
addresses_are_known(void **state)
{
	struct prg_error err;
	bool blocked;

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		struct prg_arena a = { 0 };
		struct prg_templates set = { .arena = &a };
		struct prg_buf out = prg_buf(&a, PAGE);

		if (add(&set, "t", places[i].text, &err) == -1)
			fail_msg("%s: %s", places[i].text, err.text);
		render(places[i].text, &set, places[i].model, &out);
		blocked = strstr(out.p, BLOCKED) != NULL;
		if (blocked != places[i].blocked)
			fail_msg("%s with %s: %s", places[i].text,
			    places[i].model, out.p);
		prg_arena_release(&a);
	}
}

/* -- The specification's templates ----------------------------------------- */

static const char *const modules[] = {
	"comments", "delimiters", "interpolation", "inverted", "partials",
	"sections", "~inheritance", "~dynamic-names"
};

/* How many of the case's templates are refused as HTML. */
static int
count_refused(json_t *test)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a };
	struct prg_error err;
	const char *name;
	json_t *text;
	int refused;

	refused = add(&set, "-", json_string_value(json_object_get(test,
	    "template")), &err) == -1;
	json_object_foreach(json_object_get(test, "partials"), name, text)
		refused += add(&set, name, json_string_value(text), &err) == -1;
	if (refused > 0)
		assert_non_null(strstr(err.text, "in the name of a tag"));
	prg_arena_release(&a);
	return refused;
}

/* All but three pass as HTML; those have a '<' that would begin a tag. */
static void
the_specification_is_mostly_html(void **state)
{
	int refused = 0, ran = 0;
	char path[100];
	json_t *file, *test;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(modules) / sizeof(*modules); i++) {
		snprintf(path, sizeof(path), "mustache-spec/specs/%s.json",
		    modules[i]);
		file = conformance_load(path);
		json_array_foreach(json_object_get(file, "tests"), j, test) {
			refused += count_refused(test);
			ran++;
		}
		json_decref(file);
	}
	assert_int_equal(ran, 184);
	assert_int_equal(refused, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_is_unsafe),
		cmocka_unit_test(accepts_what_is_safe),
		cmocka_unit_test(nothing_is_raw_in_a_title),
		cmocka_unit_test(no_newline_is_lost),
		cmocka_unit_test(addresses_are_checked),
		cmocka_unit_test(addresses_are_known),
		cmocka_unit_test(the_specification_is_mostly_html)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
