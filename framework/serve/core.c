/*
 * core.c - what all requests of a process share.
 */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/log.h"
#include "page/model.h"
#include "request/origin.h"
#include "serve/req.h"

static int
check_app(const struct prg_core *core, struct prg_error *err)
{
	const struct prg_route *r;
	const char *name;

	if (prg_routes_check(core->app->routes, err) == -1)
		return -1;
	for (r = core->app->routes; r->path != NULL; r++) {
		struct prg_error e;

		if (r->fields != NULL && prg_fields_check(r->fields, &e) == -1)
			return prg_error_set(err, "route %s: %s", r->path,
			    e.text);
		name = r->result != NULL ? r->result : "result";
		if (!prg_views_has(core->views, name))
			return prg_error_set(err, "route %s: there is no"
			    " template '%s'", r->path, name);
	}
	return 0;
}

/* Its URL changes with its content, so a browser may keep it for ever. */
static const char *
url_of(struct prg_core *core, int endpoint, struct prg_span css)
{
	struct prg_buf b = prg_buf(&core->arena, css.len);

	prg_buf_add(&b, css.p, css.len);
	return prg_arena_printf(&core->arena, "%s%s?%.8s", core->options.base,
	    core->endpoints[endpoint].path,
	    prg_reply_etag(&core->arena, &b) + 1);
}

/* With --dev the app's own may be written later. */
static int
mark_stylesheets(struct prg_core *core, struct prg_error *err)
{
	core->css_url = url_of(core, PRG_ENDPOINT_CSS, prg_stylesheet());
	if (prg_views_stylesheet(core->views, &core->arena, &core->app_css,
	    err) == -1)
		return -1;
	if (core->app_css.len > 0 || core->options.dev)
		core->app_css_url = url_of(core, PRG_ENDPOINT_APP_CSS,
		    core->app_css);
	return 0;
}

/* The model that the layout of every page needs. */
static struct prg_var
globals_of(struct prg_core *core)
{
	const struct prg_app *app = core->app;
	const struct prg_route *home = app->routes;
	const char *title = app->title != NULL ? app->title : app->name;
	struct prg_object o = prg_object(&core->arena, 10);

	prg_object_set(&o, prg_name.dir,
	    prg_var_text(prg_direction(core->messages.lang)));
	prg_object_set(&o, prg_name.lang, prg_var_text(core->messages.lang));
	prg_object_set(&o, prg_name.app, prg_var_text(app->name));
	prg_object_set(&o, prg_name.title, prg_var_text(title));
	prg_object_set(&o, prg_name.site, prg_var_text(
	    app->title == NULL && home->title != NULL ? home->title : title));
	prg_object_set(&o, prg_name.home, prg_var_text(prg_core_url(
	    core, &core->arena, home->path)));
	prg_object_set(&o, prg_name.messages, prg_messages_model(&core->arena,
	    prg_views_names(core->views), &core->messages));
	prg_object_set(&o, prg_name.base, prg_var_text(core->options.base));
	prg_object_set(&o, prg_name.stylesheet, prg_var_text(core->css_url));
	prg_object_set(&o, prg_name.app_stylesheet,
	    prg_var_text(core->app_css_url));
	return prg_object_var(&o);
}

/* The controls of each route's form while it is blank. */
static struct prg_var *
controls_of(struct prg_core *core)
{
	const struct prg_route *r = core->app->routes;
	const struct prg_field_errors none = { .arena = &core->arena,
	    .messages = &core->messages };
	struct prg_var *controls;
	size_t n = 0;

	while (r[n].path != NULL)
		n++;
	controls = prg_arena_get(&core->arena, n * sizeof(*controls));
	while (n-- > 0) {
		if (r[n].fields == NULL)
			continue;
		controls[n] = prg_form_controls(&core->arena,
		    &(struct prg_form){ .fields = r[n].fields,
		    .values = prg_json_defer(&core->arena, prg_fields_defaults(
		    r[n].fields, r[n].defaults)), .errors = &none });
	}
	return controls;
}

const char *
prg_core_url(const struct prg_core *core, struct prg_arena *a, const char *path)
{
	if (core->bare_base && (path[1] == '\0' || path[1] == '?'))
		path++;
	return prg_arena_join(a, (const char *[]){ core->options.base, path,
	    NULL });
}

/* -- Open and close -------------------------------------------------------- */

int
prg_core_check(struct prg_core *core, struct prg_error *err)
{
	const struct prg_views_source source = { core->app->files,
	    core->options.templates, core->options.dev };

	if (prg_views_open(&source, &core->views, err) == -1)
		return -1;
	if (check_app(core, err) == -1 || prg_messages_make(&core->arena,
	    core->app->messages, &core->messages, err) == -1)
		return -1;
	prg_views_provide(core->views, core->app);
	if (core->app->lang != NULL)
		core->messages.lang = core->app->lang;
	prg_metrics_open(core);
	if (mark_stylesheets(core, err) == -1)
		return -1;
	core->globals = globals_of(core);
	core->controls = controls_of(core);
	return 0;
}

/* Outside of a request: the memory is of this call. */
static bool
erase(void *arg, struct prg_db *db, const struct prg_row *row)
{
	const struct prg_core *core = arg;
	const struct prg_route *route =
	    prg_routes_named(core->app->routes, row->route);
	struct prg_arena a = { 0 };
	bool good;

	if (route == NULL || route->erase == NULL)
		return true;
	db->arena = &a;
	good = route->erase(db, row->id.text);
	prg_arena_release(&a);
	return good;
}

struct prg_store_place
prg_core_place(struct prg_core *core, enum prg_store_mode mode)
{
	const struct prg_route *r = core->app->routes;

	while (r->path != NULL && r->erase == NULL)
		r++;
	return (struct prg_store_place){ .url = core->options.store,
	    .mode = mode, .app = core->app->name,
	    .migrations = core->app->migrations,
	    .eraser = { .run = r->path != NULL ? erase : NULL,
	    .arg = core } };
}

int
prg_core_open(struct prg_core *core, struct prg_error *err)
{
	const struct prg_options *o = &core->options;
	const struct prg_store_place place = prg_core_place(core,
	    PRG_STORE_SERVE);

	core->started = prg_now() / 1000;
	if (prg_core_check(core, err) == -1 ||
	    (o->origin != NULL && prg_origins_check(o->origin, err) == -1) ||
	    prg_store_open(&place, &core->store, err) == -1 ||
	    prg_keys_open(core->store, o->secret_file, &core->keys, err) == -1)
		return -1;
	prg_ceiling_open(core);
	return prg_submissions_open(core->store, core->keys, &core->submissions,
	    err);
}

static void
free_requests(struct prg_core *core)
{
	struct prg_req *r;

	while ((r = core->all) != NULL) {
		core->all = r->others;
		pthread_mutex_destroy(&r->running.lock);
		prg_arena_release(&r->arena);
		free(r);
	}
}

/* In an order in which nothing uses what is closed. */
void
prg_core_close(struct prg_core *core)
{
	free_requests(core);
	if (core->submissions != NULL)
		prg_submissions_close(core->submissions);
	if (core->keys != NULL)
		prg_keys_close(core->keys);
	if (core->store != NULL)
		prg_store_close(core->store);
	if (core->views != NULL)
		prg_views_close(core->views);
	prg_arena_release(&core->arena);
}

void
prg_core_report(struct prg_core *core, const char *event)
{
	struct prg_store_stats s = prg_store_stats(core->store);
	struct prg_logfmt l;

	if (!prg_log_begin(&l, PRG_LOG_INFO, event))
		return;
	prg_logfmt_number(&l, "rows", (long long)s.rows);
	prg_logfmt_number(&l, "syncs", (long long)s.batches);
	prg_logfmt_number(&l, "refused", (long long)s.refused);
	prg_log_end(&l);
}
