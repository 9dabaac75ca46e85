/*
 * render.c - nanoseconds for a page: our templates alone.
 *
 * usage: render TEMPLATE DATA COUNT
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "page/template.h"

static struct prg_span
read_all(struct prg_arena *a, const char *path)
{
	FILE *f = fopen(path, "r");
	char *p = prg_arena_get(a, 1 << 20);
	size_t n;

	if (f == NULL)
		exit(2);
	n = fread(p, 1, 1 << 20, f);
	fclose(f);
	return (struct prg_span){ p, n };
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int
main(int argc, char **argv)
{
	struct prg_arena forever = { 0 }, a = { 0 };
	struct prg_templates set = { .arena = &forever };
	struct prg_span text, data;
	struct prg_error err;
	struct prg_buf out;
	struct prg_var models[2] = { { 0 } };
	json_t *model;
	size_t bytes = 0;
	double t;
	int n;

	if (argc != 4)
		return 2;
	text = read_all(&forever, argv[1]);
	data = read_all(&forever, argv[2]);
	n = atoi(argv[3]);
	model = json_loadb(data.p, data.len, 0, NULL);
	models[0] = prg_var_json(model);
	if (prg_templates_add(&set, "page", argv[1], text, &err) == -1) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	t = now();
	for (int i = 0; i < n; i++) {
		out = prg_buf(&a, 1 << 20);
		prg_template_render(&set, prg_templates_find(&set, "page"),
		    models, &out, NULL);
		bytes = out.len;
		prg_arena_reset(&a);
	}
	printf("%.0f %zu\n", (now() - t) / n, bytes);
	json_decref(model);
	prg_arena_release(&a);
	prg_arena_release(&forever);
	return 0;
}
