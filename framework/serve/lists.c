/*
 * lists.c - what handlers call to read results; prg.h says who sees what.
 */
#include <string.h>

#include "base/date.h"
#include "page/model.h"
#include "serve/req.h"

enum { MAX_LIST = 1000 };

/* A list of results of a route. */
struct results {
	const char		*name;		/* in the model */
	const struct prg_route	*route;
	bool			 all;		/* by prg_list_all() */
	struct prg_rows		 rows;
	const char		*older;		/* the next page, or NULL */
};

static const struct prg_route *
find_route(struct prg_req *r, const char *caller, const char *path)
{
	const struct prg_route *route = path == NULL ? NULL :
	    prg_routes_named(r->core->app->routes, path);

	if (route == NULL)
		prg_req_mistake(r, "%s: there is no route '%s'", caller,
		    path != NULL ? path : "NULL");
	return route;
}

static struct prg_shown
shown(struct prg_req *r, const struct prg_row *row,
    const struct prg_route *route, bool listed)
{
	return (struct prg_shown){ row, route == r->route ? r->fields :
	    route->fields, prg_route_address(&r->arena, r->core->options.base,
	    route, row->id.text), &r->core->messages,
	    prg_views_names(r->core->views), .listed = listed };
}

/* -- Reading --------------------------------------------------------------- */

static size_t
size_of(const struct prg_row *row)
{
	return (row->input != NULL ? strlen(row->input) : 0) +
	    (row->result != NULL ? strlen(row->result) : 0);
}

/* Read one more than wanted: there is an older page then. */
static void
read_page(struct prg_req *r, struct results *l, int count)
{
	unsigned char bytes[PRG_ID_BYTES];
	const char *before = prg_query(r, "before");

	r->list = (struct prg_list){ l->route->path, l->all ? NULL : r->owner,
	    count + 1, l->all, before != NULL &&
	    prg_id_parse(prg_span(before), bytes) ? before : NULL };
	l->rows = prg_store_list(r->core->store, &r->arena, &r->list);
	if (l->rows.count > count) {
		l->rows.count = count;
		l->older = prg_arena_printf(&r->arena, "%s?before=%s",
		    prg_core_url(r->core, &r->arena, r->route->path),
		    l->rows.list[count - 1].id.text);
	}
	for (int i = 0; i < l->rows.count; i++)
		r->listed += size_of(&l->rows.list[i]);
}

static void
add_json(struct prg_req *r, const struct results *l)
{
	json_t *list = json_array(), *model = prg_model(r);
	struct prg_shown s;

	for (int i = 0; i < l->rows.count; i++) {
		s = shown(r, &l->rows.list[i], l->route, !l->all);
		json_array_append_new(list, prg_shown_json(&s));
	}
	json_object_set_new(model, l->name, list);
	if (l->older != NULL)
		prg_set(model, prg_name.older, "%s", l->older);
}

static void
add_recent(struct prg_req *r, const char *name, struct prg_var v)
{
	json_object_del(r->model, name);
	prg_object_set(&r->recent, name, v);
}

/* For a template: also under the names that built-in templates have for it. */
static void
add_list(struct prg_req *r, const struct results *l)
{
	uint32_t n = l->rows.count > 0 ? (uint32_t)l->rows.count : 0;
	const struct prg_object before = r->recent;
	const char *known = prg_names_find(prg_views_names(r->core->views),
	    prg_span(l->name));
	struct prg_var *list = prg_arena_room(&r->arena, n * sizeof(*list));
	struct prg_shown s;

	for (uint32_t i = 0; i < n; i++) {
		s = shown(r, &l->rows.list[i], l->route, !l->all);
		list[i] = prg_shown_model(&r->arena, &s);
	}
	r->recent = prg_object(&r->arena, before.count + 4);
	add_recent(r, known != NULL ? known : prg_arena_strdup(&r->arena,
	    l->name), prg_var_list(list, n));
	add_recent(r, prg_name.recent, prg_var_list(list, n));
	add_recent(r, prg_name.has_recent, prg_var_bool(n > 0));
	if (l->older != NULL)
		add_recent(r, prg_name.older, prg_var_text(l->older));
	for (uint32_t i = 0; i < before.count; i++)
		prg_object_set(&r->recent, before.members[i].name,
		    before.members[i].value);
}

/* Set the list, which is empty unless it may be read. */
static bool
set_list(struct prg_req *r, struct results *l, int count, bool may)
{
	const char *caller = l->all ? "prg_list_all" : "prg_recent";

	prg_req_expect_get(r, caller);
	if (l->name == NULL)
		l->name = prg_name.recent;
	if (count < 1 || count > MAX_LIST)
		prg_req_mistake(r, "%s: a count of %d is not from 1 to %d",
		    caller, count, MAX_LIST);
	if (l->route != NULL && !prg_route_posts(l->route))
		prg_req_mistake(r, "%s: route %s has no form, and so no"
		    " results", caller, l->route->path);
	if (may)
		read_page(r, l, count < 1 ? 1 : count > MAX_LIST ? MAX_LIST :
		    count);
	if (r->json)
		add_json(r, l);
	else
		add_list(r, l);
	return l->rows.count >= 0;
}

/* Results of a route without owner are for those who have their addresses. */
bool
prg_recent(struct prg_req *r, const char *name, int count)
{
	struct results l = { .name = name, .route = r->route };

	if (!r->route->public && !r->route->owner)
		prg_req_mistake(r, "prg_recent: route %s is neither public nor"
		    " of an owner; its results are not listed; a page for"
		    " staff has prg_list_all()", r->route->path);
	return set_list(r, &l, count, r->route->public || (r->route->owner &&
	    r->owner != NULL));
}

bool
prg_list_all(struct prg_req *r, const char *path, const char *name, int count)
{
	struct results l = { .name = name, .all = true,
	    .route = find_route(r, "prg_list_all", path) };

	r->staff = true;
	return set_list(r, &l, count, l.route != NULL);
}

int64_t
prg_total(struct prg_req *r)
{
	if (r->list.route == NULL)
		return 0;
	return prg_store_count(r->core->store, &r->list);
}

/* -- One ------------------------------------------------------------------- */

/*
 * Whether this visitor may see the row, as the page of its route would show it.
 */
static bool
is_open(struct prg_req *r, const struct prg_row *row,
    const struct prg_route *route)
{
	const char *visitor = route->owner ? prg_visitor_known(r) : NULL;

	return strcmp(row->route, route->path) == 0 &&
	    prg_row_state(row, prg_now()) == PRG_STATE_DONE &&
	    (!route->owner || (row->owner != NULL && visitor != NULL &&
	    strcmp(row->owner, visitor) == 0));
}

json_t *
prg_find(struct prg_req *r, const char *path, const char *id)
{
	const struct prg_route *route = find_route(r, "prg_find", path);
	unsigned char bytes[PRG_ID_BYTES];
	struct prg_shown s;
	struct prg_row row;

	if (route == NULL || id == NULL)
		return NULL;
	if (!prg_id_parse(prg_span(id), bytes) || prg_store_find(r->core->store,
	    &r->arena, id, &row) != PRG_FOUND || !is_open(r, &row, route))
		return NULL;
	s = shown(r, &row, route, false);
	return prg_json_defer(&r->arena, prg_shown_json(&s));
}
