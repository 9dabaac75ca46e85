/*
 * test_mt_template.c - one set of templates and one model in many threads.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "page/template.h"

enum { THREADS = 4, TIMES = 200 };

static const struct {
	const char	*name;
	const char	*text;
} texts[] = {
	{ "layout", "<title>{{$title}}none{{/title}}</title>\n"
	  "  {{$main}}{{/main}}\n" },
	{ "row", "<li><a href=\"{{url}}?q={{q}}\">{{n}}</a>\n" },
	{ "page", "{{<layout}}{{$title}}{{title}}{{/title}}{{$main}}\n"
	  "{{#rows}}\n  {{>row}}\n{{/rows}}\n{{/main}}{{/layout}}\n"
	  "<script type=\"application/json\">{{{rows}}}</script>\n" }
};

static const char model_text[] = "{\"title\": \"A & B\", \"rows\": ["
    "{\"url\": \"/a\", \"q\": \"1&2\", \"n\": 1.5},"
    "{\"url\": \"javascript:x\", \"q\": \"\", \"n\": -7}]}";

struct shared {
	struct prg_templates		 set;
	const struct prg_template	*page;
	json_t				*model;
	const char			*want;
};

/* How many came out otherwise. */
static void *
render_often(void *arg)
{
	const struct shared *s = arg;
	struct prg_arena a = { 0 };
	struct prg_buf out;
	uintptr_t wrong = 0;

	for (int i = 0; i < TIMES; i++) {
		out = prg_buf(&a, 4096);
		if (prg_template_render(&s->set, s->page,
		    (struct prg_var[]){ prg_var_json(s->model), { 0 } },
		    &out, NULL) == -1 || strcmp(out.p, s->want) != 0)
			wrong++;
		prg_arena_reset(&a);
	}
	prg_arena_release(&a);
	return (void *)wrong;
}

static void
compile(struct shared *s)
{
	struct prg_error err;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (prg_templates_add(&s->set, texts[i].name, texts[i].name,
		    prg_span(texts[i].text), &err) == -1)
			fail_msg("%s", err.text);
	s->page = prg_templates_find(&s->set, "page");
	s->model = json_loads(model_text, 0, NULL);
	assert_non_null(s->model);
}

static void
threads_share(void **state)
{
	struct prg_arena a = { 0 };
	struct shared s = { .set = { .arena = &a } };
	struct prg_buf out = prg_buf(&a, 4096);
	pthread_t threads[THREADS];
	void *wrong;

	(void)state;
	compile(&s);
	assert_int_equal(prg_template_render(&s.set, s.page,
	    (struct prg_var[]){ prg_var_json(s.model), { 0 } }, &out, NULL), 0);
	assert_non_null(strstr(out.p, "\"about:invalid#blocked\""));
	s.want = out.p;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
		    render_often, &s), 0);
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
	json_decref(s.model);
	prg_arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_share)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
