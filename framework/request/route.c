/*
 * route.c - the table of routes: checked at start, searched for each request.
 */
#include <string.h>

#include "base/id.h"
#include "base/scan.h"
#include "request/route.h"

bool
prg_route_posts(const struct prg_route *r)
{
	return r->post != NULL || r->fields != NULL;
}

/* -- Checking -------------------------------------------------------------- */

static const char *
check_path(const char *path)
{
	static const char allowed[] =
	    "abcdefghijklmnopqrstuvwxyz0123456789-_./";
	unsigned char bytes[PRG_ID_BYTES];

	if (path[0] != '/')
		return "must begin with a slash";
	if (path[1] == '\0')
		return NULL;
	if (path[strlen(path) - 1] == '/' || strstr(path, "//") != NULL)
		return "has an empty segment";
	if (path[strspn(path, allowed)] != '\0')
		return "may have a-z, 0-9, '-', '_' and '.' only";
	if (strstr(path, "/.") != NULL)
		return "has a segment that begins with a dot";
	if (prg_id_parse(prg_span(strrchr(path, '/') + 1), bytes))
		return "ends like the address of a submission";
	return NULL;
}

static bool
is_within(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(path, folder, n) == 0 &&
	    (path[n] == '/' || path[n] == '\0');
}

static const char *
check_row(const struct prg_route *r)
{
	if (is_within(r->path, "/static"))
		return "is reserved for the stylesheet";
	if (is_within(r->path, "/-"))
		return "is reserved for health, metrics and app.css";
	if (r->get == NULL && r->fields == NULL)
		return "has neither a get nor fields: there is nothing to show";
	if (r->defaults != NULL && r->fields == NULL)
		return "has defaults, but no fields";
	if ((r->record != NULL || r->erase != NULL) && !prg_route_posts(r))
		return "has a record or an erase, but neither fields nor a post"
		    ": nothing is stored";
	if (r->public && (r->owner || r->removable))
		return "is public: it can't have an owner or be removable";
	if (r->public && r->no_store)
		return "is public: it can't have no_store";
	if (r->keep < 0)
		return "has a negative keep; it is in seconds";
	if (r->max_age < 0 || (r->max_age > 0 && !r->public))
		return "has a max_age, which is for public routes, in seconds";
	return NULL;
}

int
prg_routes_check(const struct prg_route *routes, struct prg_error *err)
{
	const struct prg_route *r;
	const char *wrong;

	if (routes == NULL || routes->path == NULL)
		return prg_error_set(err, "the app has no routes");
	for (r = routes; r->path != NULL; r++) {
		if ((wrong = check_path(r->path)) == NULL)
			wrong = check_row(r);
		if (wrong == NULL && prg_routes_named(routes, r->path) != r)
			wrong = "is defined twice";
		if (wrong != NULL)
			return prg_error_set(err, "route %s %s", r->path,
			    wrong);
	}
	return 0;
}

/* -- Finding --------------------------------------------------------------- */

const struct prg_route *
prg_routes_named(const struct prg_route *routes, const char *path)
{
	for (const struct prg_route *r = routes; r->path != NULL; r++)
		if (strcmp(r->path, path) == 0)
			return r;
	return NULL;
}

/* The text after "{path}/"; NULL if it does not begin like that. */
static const char *
strip_route(const struct prg_route *r, const char *path)
{
	size_t n = r->path[1] == '\0' ? 0 : strlen(r->path);

	return strncmp(path, r->path, n) == 0 && path[n] == '/' ?
	    path + n + 1 : NULL;
}

struct prg_place
prg_routes_find(const struct prg_route *routes, const char *path)
{
	struct prg_place place = { .route = prg_routes_named(routes, path) };
	unsigned char bytes[PRG_ID_BYTES];
	struct prg_span id, rest;
	const char *after;
	bool delete;

	if (place.route != NULL)
		return place;
	for (const struct prg_route *r = routes; r->path != NULL; r++) {
		if (!prg_route_posts(r) ||
		    (after = strip_route(r, path)) == NULL)
			continue;
		rest = prg_span(after);
		id = prg_take(&rest, PRG_ID_LEN);
		delete = r->removable && prg_span_is(rest, "/delete");
		if (!prg_id_parse(id, bytes) || (rest.len > 0 && !delete))
			continue;
		place.route = r;
		place.below = delete ? PRG_BELOW_DELETE : PRG_BELOW_NONE;
		memcpy(place.id.text, id.p, PRG_ID_LEN);
		break;
	}
	return place;
}

const struct prg_route *
prg_routes_above(const struct prg_route *routes, const char *path)
{
	const struct prg_route *best = NULL;

	for (const struct prg_route *r = routes; r->path != NULL; r++)
		if (prg_route_posts(r) && strip_route(r, path) != NULL &&
		    (best == NULL || strlen(r->path) > strlen(best->path)))
			best = r;
	return best;
}

const char *
prg_route_address(struct prg_arena *a, const char *base,
    const struct prg_route *r, const char *id)
{
	return prg_arena_join(a, (const char *[]){ base, r->path,
	    r->path[1] == '\0' ? "" : "/", id, NULL });
}
