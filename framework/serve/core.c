/*
 * core.c - what all requests of a process share.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "serve/req.h"
#include "request/origin.h"

const char *const prg_own_paths[PRG_OWNS] = {
	[PRG_OWN_CSS] = "/static/prg.css",
	[PRG_OWN_HEALTH] = "/-/health",
	[PRG_OWN_METRICS] = "/-/metrics"
};

const struct prg_field prg_no_fields[] = { PRG_FIELDS_END };

/* -- The pool of requests -------------------------------------------------------- */

static struct prg_req *
req_new(struct prg_core *core)
{
	struct prg_req *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		prg_log(PRG_LOG_ERROR, "out of memory");
		abort();
	}
	if (core->watch != NULL)
		r->watched = prg_watch_slot(core->watch);
	return r;
}

/* Give back what prg_db() lent. */
static void
give_db(struct prg_req *r)
{
	if (r->lent != NULL)
		prg_store_give_back(r->core->store, r->lent);
	r->lent = NULL;
}

struct prg_req *
prg_req_take(struct prg_core *core, struct prg_conn *conn)
{
	struct prg_req *r;

	pthread_mutex_lock(&core->lock);
	if ((r = core->pool) != NULL)
		core->pool = r->next;
	pthread_mutex_unlock(&core->lock);
	if (r == NULL)
		r = req_new(core);
	*r = (struct prg_req){ .core = core, .arena = r->arena, .conn = conn,
	    .watched = r->watched, .tally = &core->tallies[core->nroutes] };
	r->faults.arena = &r->arena;
	r->faults.messages = &core->messages;
	return r;
}

void
prg_req_give(struct prg_req *r)
{
	struct prg_core *core = r->core;

	give_db(r);
	prg_arena_reset(&r->arena);
	pthread_mutex_lock(&core->lock);
	r->next = core->pool;
	core->pool = r;
	pthread_mutex_unlock(&core->lock);
}

void
prg_req_enter(struct prg_req *r, const char *handler)
{
	prg_watched_begin(r->watched, &(struct prg_work){ r->name,
	    r->route->path, handler });
}

void
prg_req_leave(struct prg_req *r)
{
	prg_watched_end(r->watched);
	give_db(r);
}

struct prg_key_scope
prg_req_scope(const struct prg_req *r, const char *purpose)
{
	return (struct prg_key_scope){ purpose, r->route->path, r->owner };
}

/* -- The process ---------------------------------------------------------------------------- */

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

/* Its address changes when it does, so that it can be kept for ever. */
static void
mark_stylesheet(struct prg_core *core)
{
	struct prg_span css = prg_stylesheet();
	struct prg_buf b = prg_buf(&core->arena, css.len);

	prg_buf_add(&b, css.p, css.len);
	core->css_url = prg_arena_printf(&core->arena, "%s%s?%.8s",
	    core->options.base, prg_own_paths[PRG_OWN_CSS],
	    prg_etag(&core->arena, &b) + 1);
}

/* -- What every page has --------------------------------------------------------- */

static json_t *
globals_of(const struct prg_core *core)
{
	const struct prg_app *app = core->app;
	const struct prg_route *home = app->routes;
	struct prg_arena a = { 0 };
	json_t *m = json_object();

	json_object_set_new(m, "lang", json_string(core->messages.lang));
	json_object_set_new(m, "app", json_string(app->name));
	json_object_set_new(m, "title", json_string(app->name));
	json_object_set_new(m, "site",
	    json_string(home->title != NULL ? home->title : app->name));
	json_object_set_new(m, "home", json_string(
	    prg_route_url(&a, core->options.base, home)));
	json_object_set_new(m, "messages", prg_messages_json(&core->messages));
	json_object_set_new(m, "base", json_string(core->options.base));
	json_object_set_new(m, "stylesheet", json_string(core->css_url));
	prg_arena_release(&a);
	return m;
}

/*
 * The controls of a blank form are most of its page, and are always the same unless
 * templates of the app's own draw them: drawn once, then put there as they are.
 */
static void
draw_controls(const struct prg_core *core, json_t *blank)
{
	static const char *const drawn_by[] = { "controls", "field", "hint", NULL };
	json_t *models[] = { core->globals, blank, NULL };
	struct prg_view view = { drawn_by[0], models };
	struct prg_arena a = { 0 };
	struct prg_buf out = prg_buf(&a, PRG_MAX_PAGE);
	struct prg_error err;

	if (prg_views_are_builtin(core->views, drawn_by) && prg_views_render(
	    core->views, &view, &out, &err) == 0 && out.len > 0)
		json_object_set_new(blank, "drawn",
		    json_stringn(out.p, out.len - 1));
	prg_arena_release(&a);
}

static json_t *
make_blank(const struct prg_core *core, const struct prg_route *route)
{
	struct prg_arena a = { 0 };
	struct prg_field_errors none = { .arena = &a, .messages = &core->messages };
	struct prg_form form = { route->fields != NULL ? route->fields :
	    prg_no_fields, prg_route_url(&a, core->options.base, route),
	    prg_fields_defaults(route->fields != NULL ? route->fields :
	    prg_no_fields, route->defaults), &none };
	json_t *m = prg_form_model(&a, &form);

	draw_controls(core, m);
	json_decref(form.values);
	prg_arena_release(&a);
	return m;
}

json_t *
prg_core_blank(struct prg_core *core, const struct prg_route *route)
{
	json_t **m = &core->blanks[route - core->app->routes];

	if (*m == NULL)
		*m = make_blank(core, route);
	return *m;
}

static void
make_models(struct prg_core *core)
{
	core->globals = globals_of(core);
	core->blanks = prg_arena_get(&core->arena,
	    core->nroutes * sizeof(*core->blanks));
}

static void
free_models(struct prg_core *core)
{
	const struct prg_route *r = core->app->routes;

	json_decref(core->globals);
	for (size_t i = 0; core->blanks != NULL && r[i].path != NULL; i++)
		json_decref(core->blanks[i]);
	if (core->shelf != NULL)
		prg_shelf_close(core->shelf);
}

/* -- What is counted --------------------------------------------------------------- */

/* One for each route, one for what is nowhere, then those of our own pages. */
static void
make_tallies(struct prg_core *core)
{
	while (core->app->routes[core->nroutes].path != NULL)
		core->nroutes++;
	core->ntallies = core->nroutes + 1 + PRG_OWNS;
	core->tallies = prg_arena_get(&core->arena,
	    core->ntallies * sizeof(*core->tallies));
	memset(core->tallies, 0, core->ntallies * sizeof(*core->tallies));
	randombytes_buf(&core->serial, sizeof(core->serial));
}

const char *
prg_tally_route(const struct prg_core *core, const struct prg_tally *t)
{
	size_t i = (size_t)(t - core->tallies);

	if (i < core->nroutes)
		return core->app->routes[i].path;
	return i == core->nroutes ? "-" : prg_own_paths[i - core->nroutes - 1];
}

/* -- Open and close ---------------------------------------------------------------- */

int
prg_core_check(struct prg_core *core, struct prg_error *err)
{
	if (prg_views_open(core->options.templates, core->options.dev,
	    &core->views, err) == -1)
		return -1;
	if (check_app(core, err) == -1 || prg_messages_make(&core->arena,
	    core->app->messages, &core->messages, err) == -1)
		return -1;
	if (core->app->lang != NULL)
		core->messages.lang = core->app->lang;
	make_tallies(core);
	mark_stylesheet(core);
	make_models(core);
	return 0;
}

enum { SWEEP_SECONDS = 60 };

int
prg_core_open(struct prg_core *core, struct prg_error *err)
{
	const struct prg_options *o = &core->options;

	if (prg_core_check(core, err) == -1 ||
	    (o->origin != NULL && prg_origins_check(o->origin, err) == -1) ||
	    prg_store_open(o->store, &core->store, err) == -1 ||
	    (core->app->schema != NULL &&
	    prg_store_schema(core->store, core->app->schema, err) == -1) ||
	    prg_keys_open(core->store, o->secret_file, &core->keys, err) == -1 ||
	    prg_submissions_open(core->store, core->keys, &core->submissions,
	    err) == -1 ||
	    prg_commit_start(core->store, PRG_QUEUE, &core->commit, err) ==
	    -1)
		return -1;
	return 0;
}

int
prg_core_start(struct prg_core *core, struct prg_error *err)
{
	const struct prg_route *r = core->app->routes;

	prg_views_compile(core->views);
	for (; r->path != NULL; r++)
		prg_core_blank(core, r);
	if ((core->shelf = prg_shelf_open()) == NULL)
		return prg_error_set(err, "out of memory");
	if (prg_watch_start(PRG_SLOW_HANDLER, &core->watch, err) == -1)
		return -1;
	return prg_sweep_start(core->store, SWEEP_SECONDS, &core->sweep, err);
}

/* In the order in which they may still use each other. */
void
prg_core_close(struct prg_core *core)
{
	struct prg_req *r;

	if (core->sweep != NULL)
		prg_sweep_stop(core->sweep);
	if (core->commit != NULL)
		prg_commit_stop(core->commit);
	if (core->submissions != NULL)
		prg_submissions_close(core->submissions);
	if (core->keys != NULL)
		prg_keys_close(core->keys);
	if (core->store != NULL)
		prg_store_close(core->store);
	free_models(core);
	if (core->views != NULL)
		prg_views_close(core->views);
	while ((r = core->pool) != NULL) {
		core->pool = r->next;
		prg_arena_release(&r->arena);
		free(r);
	}
	if (core->watch != NULL)
		prg_watch_stop(core->watch);
	prg_arena_release(&core->arena);
}

void
prg_core_report(struct prg_core *core, const char *event)
{
	struct prg_commit_stats s = prg_commit_stats(core->commit);
	struct prg_logfmt l;

	if (!prg_log_begin(&l, PRG_LOG_INFO, event))
		return;
	prg_logfmt_number(&l, "rows", (long long)s.rows);
	prg_logfmt_number(&l, "syncs", (long long)s.batches);
	prg_logfmt_number(&l, "refused", (long long)s.refused);
	prg_log_end(&l);
}
