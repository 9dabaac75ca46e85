/*
 * test_offered.c - templates that are compiled when they are needed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "page/template_program.h"

static const struct {
	const char	*name, *text;
} offers[] = {
	{ "layout", "<p>{{$main}}{{/main}}</p>" },
	{ "page", "{{<layout}}{{$main}}{{>part}}{{/main}}{{/layout}}" },
	{ "part", "<b>{{x}}</b>" },
	{ "other", "{{>part}}" },
	{ NULL, NULL }
};

static void
offer_all(struct prg_templates *set)
{
	for (int i = 0; offers[i].name != NULL; i++)
		prg_templates_offer(set, offers[i].name,
		    prg_span(offers[i].text));
}

static bool
is_compiled(const struct prg_templates *set, const char *name)
{
	const struct prg_template *t = set->first;

	while (strcmp(t->name, name) != 0)
		t = t->next;
	return t->ops != NULL;
}

static void
expect(const struct prg_templates *set, const char *name, const char *want)
{
	struct prg_arena a = { 0 };
	struct prg_buf out = prg_buf(&a, 1000);
	json_t *m = json_pack("{s:s}", "x", "<1>");

	assert_int_equal(prg_template_render(set, prg_templates_find(set, name),
	    (json_t *[]){ m, NULL }, &out), 0);
	assert_string_equal(out.p, want);
	json_decref(m);
	prg_arena_release(&a);
}

static void
what_is_found_is_compiled_with_what_it_calls(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a };
	struct prg_error err;

	(void)state;
	offer_all(&set);
	assert_int_equal(prg_templates_link(&set, &err), 0);
	for (int i = 0; offers[i].name != NULL; i++)
		assert_false(is_compiled(&set, offers[i].name));
	expect(&set, "page", "<p><b>&lt;1&gt;</b></p>");
	assert_true(is_compiled(&set, "layout") && is_compiled(&set, "part"));
	assert_false(is_compiled(&set, "other"));
	prg_templates_compile(&set);
	assert_true(is_compiled(&set, "other"));
	prg_arena_release(&a);
}

static void
one_that_is_added_takes_its_place(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a };
	struct prg_error err;

	(void)state;
	offer_all(&set);
	assert_int_equal(prg_templates_add(&set, "part", "part.mustache",
	    prg_span("<i>{{x}}</i>{{#y}}{{>other}}{{/y}}"), &err), 0);
	assert_int_equal(prg_templates_link(&set, &err), 0);
	/* Called only if there is y, but ready for that. */
	assert_true(is_compiled(&set, "other"));
	assert_false(is_compiled(&set, "page"));
	expect(&set, "page", "<p><i>&lt;1&gt;</i></p>");
	prg_arena_release(&a);
}

static void
a_circle_is_found_through_them(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_templates set = { .arena = &a };
	struct prg_error err;

	(void)state;
	offer_all(&set);
	assert_int_equal(prg_templates_add(&set, "part", "part.mustache",
	    prg_span("{{>other}}"), &err), 0);
	assert_int_equal(prg_templates_link(&set, &err), -1);
	assert_string_equal(err.text, "other:1: expected an end: \"part\""
	    " includes itself for ever");
	prg_arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_found_is_compiled_with_what_it_calls),
		cmocka_unit_test(one_that_is_added_takes_its_place),
		cmocka_unit_test(a_circle_is_found_through_them),
	};

	return cmocka_run_group_tests_name("offered", tests, NULL, NULL);
}
