/*
 * pages.c - nanoseconds for the guestbook's form page and its result page: the
 * model, with the row's JSON, and the rendering.  No store, no gateway.
 *
 * usage: pages COUNT [form|result]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "page/model.h"
#include "page/views.h"

struct entry {
	const char	*name;
	const char	*message;
	int64_t		 stars;
};

static const struct prg_field fields[] = {
	PRG_TEXT(struct entry, name, .label = "Your name", .required = true,
	    .max = 80),
	PRG_AREA(struct entry, message, .label = "Message", .required = true,
	    .max = 2000),
	PRG_INT(struct entry, stars, .label = "Stars", .min = 1, .max = 5),
	PRG_FIELDS_END
};

static const struct prg_route routes[] = {
	{ "/", .title = "Guestbook", .fields = fields },
	PRG_ROUTES_END
};

static char input[] = "{\"name\":\"Ann Example\",\"message\":\"It was a good & "
    "<peaceful> place, we had a good time,\\nand we will come back. Thank "
    "you!\",\"stars\":5}";
static char result[] = "{\"thanks\":\"Thank you, Ann Example.\"}";

static struct prg_arena forever;
static struct prg_views *views;
static struct prg_messages messages;
static struct prg_var globals, controls;
static const struct prg_field_errors none = { .arena = &forever,
    .messages = &messages };

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
start(void)
{
	static const struct prg_app app = { .name = "guestbook",
	    .routes = routes };
	struct prg_object o = prg_object(&forever, 8);
	struct prg_error err;

	if (prg_views_open(&(struct prg_views_source){ 0 }, &views,
	    &err) == -1 ||
	    prg_messages_make(&forever, NULL, &messages, &err) == -1)
		exit(1);
	prg_views_provide(views, &app);
	prg_object_set(&o, prg_name.lang, prg_var_text("en"));
	prg_object_set(&o, prg_name.app, prg_var_text("guestbook"));
	prg_object_set(&o, prg_name.title, prg_var_text("guestbook"));
	prg_object_set(&o, prg_name.site, prg_var_text("Guestbook"));
	prg_object_set(&o, prg_name.home, prg_var_text("/"));
	prg_object_set(&o, prg_name.messages, prg_messages_model(&forever,
	    prg_views_names(views), &messages));
	prg_object_set(&o, prg_name.base, prg_var_text(""));
	prg_object_set(&o, prg_name.stylesheet,
	    prg_var_text("/-/prg.css?0123abcd"));
	globals = prg_object_var(&o);
	controls = prg_form_controls(&forever,
	    &(struct prg_form){ .fields = fields, .errors = &none });
}

static void
form_page(struct prg_arena *a, struct prg_buf *out)
{
	struct prg_form form = { .fields = fields, .action = "/",
	    .errors = &none, .key_name = "prg-key",
	    .key = "0123456789012345678901234567890123456789012345678901234567",
	    .controls = controls };
	struct prg_object o = prg_object(a, 2);
	struct prg_error err;

	prg_object_set(&o, prg_name.title, prg_var_text("Guestbook"));
	prg_object_set(&o, prg_name.form, prg_form_model(a, &form));
	if (prg_views_render(views, &(struct prg_view){ "form",
	    (struct prg_var[]){ globals, prg_object_var(&o), { 0 } } }, out,
	    &err) == -1)
		exit(1);
}

static void
result_page(struct prg_arena *a, struct prg_buf *out)
{
	struct prg_row row = { .input = input, .result = result,
	    .created = INT64_C(1795000000000), .modified = 1795000000000 };
	struct prg_shown shown = { &row, fields, "/0123456789abcdefghijklmnopq",
	    &messages, prg_views_names(views) };
	struct prg_object o = prg_object(a, 3);
	struct prg_error err;

	strcpy(row.id.text, "0123456789abcdefghijklmnopq");
	prg_object_set(&o, prg_name.title, prg_var_text("Guestbook"));
	prg_object_set(&o, prg_name.form_url, prg_var_text("/"));
	if (prg_views_render(views, &(struct prg_view){ "result",
	    (struct prg_var[]){ globals, prg_object_var(&o),
	    prg_shown_model(a, &shown), { 0 } } }, out, &err) == -1)
		exit(1);
}

static void
measure(const char *name, int n, void (*page)(struct prg_arena *,
    struct prg_buf *))
{
	struct prg_arena a = { 0 };
	struct prg_buf out;
	size_t bytes = 0;
	double t = now();

	for (int i = 0; i < n; i++) {
		out = prg_buf(&a, PRG_MAX_PAGE);
		prg_buf_reserve(&out, 4096);
		page(&a, &out);
		bytes = out.len;
		if (n == 1)
			puts(out.p);
		prg_arena_reset(&a);
	}
	printf("%s: %.0f ns, %zu bytes\n", name, (now() - t) / n, bytes);
	prg_arena_release(&a);
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 100000;

	start();
	if (argc < 3 || strcmp(argv[2], "form") == 0)
		measure("form page", n, form_page);
	if (argc < 3 || strcmp(argv[2], "result") == 0)
		measure("result page", n, result_page);
	prg_views_close(views);
	prg_arena_release(&forever);
	return 0;
}
