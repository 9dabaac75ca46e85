/*
 * views.c - the templates of an app: built-in, embedded, and in a folder.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "page/views.h"

/* All templates of one moment. */
struct set {
	struct prg_arena	arena;
	struct prg_templates	templates;
};

struct prg_views {
	struct prg_views_source	 source;
	struct prg_arena	 arena;		/* of 'names' */
	struct prg_names	*names;
	struct set		 set;
};

static const char suffix[] = ".mustache";

/* The length of the template's name in that of its file; 0 if it has none. */
static size_t
template_name(const char *file)
{
	size_t n = strlen(file), end = sizeof(suffix) - 1;

	return n > end && file[0] != '.' &&
	    strcmp(file + n - end, suffix) == 0 ? n - end : 0;
}

/* -- Reading files ------------------------------------------------------- */

static int
read_file(struct prg_arena *a, const char *path, struct prg_span *text,
    struct prg_error *err)
{
	char *p = prg_arena_room(a, PRG_MAX_TEMPLATE + 1);
	FILE *f = fopen(path, "re");
	size_t n = f == NULL ? 0 : fread(p, 1, PRG_MAX_TEMPLATE + 1, f);
	int rc = 0;

	if (f == NULL || ferror(f))
		rc = prg_error_set(err, "%s: %s", path, strerror(errno));
	else if (n > PRG_MAX_TEMPLATE)
		rc = prg_error_set(err, "%s: longer than %d bytes", path,
		    PRG_MAX_TEMPLATE);
	if (f != NULL)
		fclose(f);
	*text = (struct prg_span){ p, n };
	return rc;
}

static int
add_file(struct set *set, const char *dir, const char *file,
    struct prg_error *err)
{
	struct prg_arena a = { 0 };
	const char *path = prg_arena_printf(&a, "%s/%s", dir, file);
	const char *name = prg_arena_copy(&a, file, template_name(file));
	struct prg_span text;
	int rc = read_file(&a, path, &text, err) == -1 ? -1 :
	    prg_templates_add(&set->templates, name, path, text, err);

	prg_arena_release(&a);
	return rc;
}

static int
add_dir(struct set *set, const struct prg_views_source *source,
    struct prg_error *err)
{
	DIR *dir = source->dir == NULL ? NULL : opendir(source->dir);
	const struct dirent *e;
	int rc = 0;

	if (source->dir == NULL ||
	    (dir == NULL && errno == ENOENT && source->dev))
		return 0;
	if (dir == NULL)
		return prg_error_set(err, "--templates: %s: %s", source->dir,
		    strerror(errno));
	while (rc == 0 && (e = readdir(dir)) != NULL)
		if (template_name(e->d_name) > 0)
			rc = add_file(set, source->dir, e->d_name, err);
	closedir(dir);
	return rc;
}

/* 'f' may be NULL. */
static int
add_embedded(struct set *set, const struct prg_embedded *f,
    struct prg_error *err)
{
	for (; f != NULL && f->name != NULL; f++)
		if (template_name(f->name) > 0 &&
		    prg_templates_add(&set->templates, prg_arena_copy(
		    &set->arena, f->name, template_name(f->name)), f->name,
		    (struct prg_span){ f->text, f->len }, err) == -1)
			return -1;
	return 0;
}

/* Release the set's arena when it is no longer needed, or on failure. */
static int
set_load(struct set *set, const struct prg_views *v, struct prg_error *err)
{
	set->templates = (struct prg_templates){ .arena = &set->arena,
	    .names = v->names };
	return add_embedded(set, prg_builtins, err) == -1 ||
	    add_embedded(set, v->source.embedded, err) == -1 ||
	    add_dir(set, &v->source, err) == -1 ? -1 :
	    prg_templates_link(&set->templates, err);
}

/* -- The interface ------------------------------------------------------- */

int
prg_views_open(const struct prg_views_source *source, struct prg_views **views,
    struct prg_error *err)
{
	struct prg_views *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return prg_error_set(err, "templates: out of memory");
	v->source = *source;
	v->names = prg_names_new(&v->arena);
	if (set_load(&v->set, v, err) == -1) {
		prg_views_close(v);
		return -1;
	}
	*views = v;
	return 0;
}

void
prg_views_close(struct prg_views *v)
{
	prg_arena_release(&v->set.arena);
	prg_arena_release(&v->arena);
	free(v);
}

struct prg_names *
prg_views_names(struct prg_views *v)
{
	return v->names;
}

bool
prg_views_has(struct prg_views *v, const char *name)
{
	return prg_templates_find(&v->set.templates, name) != NULL;
}

void
prg_views_provide(struct prg_views *v, const struct prg_app *app)
{
	const char *const *name = app->names;

	for (; name != NULL && *name != NULL; name++)
		prg_names_provide(v->names, *name);
	for (const struct prg_route *r = app->routes; r->path != NULL; r++)
		for (const struct prg_field *f = r->fields; f != NULL &&
		    f->kind != PRG_KIND_END; f++)
			prg_names_provide(v->names, f->name);
}

int
prg_views_unknown(struct prg_views *v, void (*say)(const char *))
{
	return prg_templates_unknown(&v->set.templates, say);
}

static int
render(const struct prg_templates *set, const struct prg_view *view,
    struct prg_buf *out, struct prg_error *err)
{
	const struct prg_template *t = prg_templates_find(set, view->name);

	if (t == NULL)
		return prg_error_set(err, "prg_show: there is no template"
		    " '%s'; add %s.mustache", view->name, view->name);
	if (prg_template_render(set, t, view->models, out, err) == 0)
		return 0;
	return prg_error_set(err, "template '%s': the page is longer than %zu "
	    "bytes or deeper than %d levels", view->name, out->max,
	    PRG_TEMPLATE_DEPTH);
}

int
prg_views_render(struct prg_views *v, const struct prg_view *view,
    struct prg_buf *out, struct prg_error *err)
{
	struct set fresh = { .arena = { 0 } };
	int rc;

	err->text[0] = '\0';
	if (!v->source.dev)
		return render(&v->set.templates, view, out, err);
	rc = set_load(&fresh, v, err);
	if (rc == 0)
		rc = render(&fresh.templates, view, out, err);
	prg_arena_release(&fresh.arena);
	return rc;
}

/* -- Stylesheets --------------------------------------------------------- */

static struct prg_span
find_file(const struct prg_embedded *f, const char *name)
{
	while (f != NULL && f->name != NULL && strcmp(f->name, name) != 0)
		f++;
	return f == NULL || f->name == NULL ? (struct prg_span){ NULL, 0 } :
	    (struct prg_span){ f->text, f->len };
}

struct prg_span
prg_stylesheet(void)
{
	return find_file(prg_builtins, "prg.css");
}

int
prg_views_stylesheet(const struct prg_views *v, struct prg_arena *a,
    struct prg_span *css, struct prg_error *err)
{
	const char *path = prg_arena_printf(a, "%s/app.css",
	    v->source.dir != NULL ? v->source.dir : "");

	*css = find_file(v->source.embedded, "app.css");
	return v->source.dir == NULL || access(path, F_OK) == -1 ? 0 :
	    read_file(a, path, css, err);
}
