/*
 * test_template.c - the language of templates.
 */
#include "conformance.h"

#include "page/template.h"

enum { PAGE = 1 << 16 };

/* -- The specification --------------------------------------------------------- */

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
run_case(const char *module, json_t *test, bool plain)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a, .plain = plain };
	struct prg_buf out = prg_buf(&a, PAGE);
	const char *name, *want;
	json_t *text;

	json_object_foreach(json_object_get(test, "partials"), name, text)
		add(&set, name, string_span(text));
	add(&set, "-", string_span(json_object_get(test, "template")));
	want = json_string_value(json_object_get(test, "expected"));
	name = json_string_value(json_object_get(test, "name"));
	if (prg_template_render(&set, prg_templates_find(&set, "-"),
	    json_object_get(test, "data"), &out) == -1)
		fail_msg("%s, %s: fails", module, name);
	if (strcmp(out.p, want) != 0)
		fail_msg("%s, %s: \"%s\" instead of \"%s\"", module, name,
		    out.p, want);
	prg_arena_release(&a);
}

static int
run_module(const struct module *m, bool plain)
{
	char path[100];
	json_t *file, *test;
	size_t i;
	int ran = 0;

	snprintf(path, sizeof(path), "mustache-spec/specs/%s.json", m->file);
	file = conformance_load(path);
	json_array_foreach(json_object_get(file, "tests"), i, test) {
		run_case(m->file, test, plain);
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
		ran += run_module(&modules[i], true);
	assert_int_equal(ran, 136 + 27 + 21);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_specification),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
