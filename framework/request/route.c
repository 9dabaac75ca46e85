/*
 * route.c - the table of routes: checked at start, looked up for each path.
 */
#include <string.h>

#include "base/id.h"
#include "request/route.h"

bool
prg_route_posts(const struct prg_route *r)
{
	return r->post != NULL || r->fields != NULL;
}

/* -- Checking ------------------------------------------------------------------ */

static const char *
wrong_path(const char *path)
{
	unsigned char bytes[PRG_ID_BYTES];
	const char *last;

	if (path[0] != '/')
		return "must begin with a slash";
	if (path[1] == '\0')
		return NULL;
	if (path[strlen(path) - 1] == '/' || strstr(path, "//") != NULL)
		return "has an empty segment";
	if (path[strspn(path, "abcdefghijklmnopqrstuvwxyz0123456789-_./")] != '\0')
		return "may have a-z, 0-9, '-', '_' and '.' only";
	if (strstr(path, "/.") != NULL)
		return "has a segment that begins with a dot";
	last = strrchr(path, '/') + 1;
	if (prg_id_parse(prg_span(last), bytes))
		return "ends like the address of a submission";
	return NULL;
}

static const char *
wrong_row(const struct prg_route *r)
{
	if (strncmp(r->path, "/static", 7) == 0 &&
	    (r->path[7] == '/' || r->path[7] == '\0'))
		return "is where the stylesheet is";
	if (strncmp(r->path, "/-", 2) == 0 &&
	    (r->path[2] == '/' || r->path[2] == '\0'))
		return "is where prg tells how it is";
	if (r->get == NULL && r->fields == NULL)
		return "has neither a get nor fields: there is nothing to show";
	if (r->defaults != NULL && r->fields == NULL)
		return "has defaults, but no fields";
	if (r->public && (r->owner || r->removable))
		return "is public: neither an owner's nor removable";
	if (r->keep < 0)
		return "has a negative keep; it is in seconds";
	if (r->max_age < 0 || (r->max_age > 0 && !r->public))
		return "has a max_age, which is for public routes, in seconds";
	return NULL;
}

int
prg_routes_check(const struct prg_route *routes, struct prg_error *err)
{
	const struct prg_route *r, *q;
	const char *wrong;

	if (routes == NULL || routes->path == NULL)
		return prg_error_set(err, "the app has no routes");
	for (r = routes; r->path != NULL; r++) {
		if ((wrong = wrong_path(r->path)) != NULL ||
		    (wrong = wrong_row(r)) != NULL)
			return prg_error_set(err, "route %s %s", r->path, wrong);
		for (q = routes; q != r; q++)
			if (strcmp(r->path, q->path) == 0)
				return prg_error_set(err, "route %s is there"
				    " twice", r->path);
	}
	return 0;
}

/* -- Finding ------------------------------------------------------------------- */

const struct prg_route *
prg_routes_named(const struct prg_route *routes, const char *path)
{
	for (const struct prg_route *r = routes; r->path != NULL; r++)
		if (strcmp(r->path, path) == 0)
			return r;
	return NULL;
}

/* The route of which the first 'len' bytes of 'path' are the path. */
static const struct prg_route *
find_prefix(const struct prg_route *routes, const char *path, size_t len)
{
	if (len == 0)
		return prg_routes_named(routes, "/");
	if (len == 1)
		return NULL;		/* "//ID" is not below "/" */
	for (const struct prg_route *r = routes; r->path != NULL; r++)
		if (strncmp(r->path, path, len) == 0 && r->path[len] == '\0')
			return r;
	return NULL;
}

/* What there is below the address of a submission. */
static const struct {
	const char	*name;
	enum prg_below	 below;
} belows[] = {
	{ "/delete",	PRG_BELOW_DELETE },
	{ "",		PRG_BELOW_NONE }
};

/* Which of them the path ends in; 'len' is how long it is without. */
static enum prg_below
cut_below(const char *path, size_t *len)
{
	size_t n = strlen(path), k;
	int i = 0;

	for (;; i++) {
		k = strlen(belows[i].name);
		if (n >= k && strcmp(path + n - k, belows[i].name) == 0)
			break;
	}
	*len = n - k;
	return belows[i].below;
}

static bool
below_is_there(const struct prg_route *r, enum prg_below below)
{
	return below == PRG_BELOW_NONE || r->removable;
}

struct prg_place
prg_routes_find(const struct prg_route *routes, const char *path)
{
	struct prg_place place = { .route = prg_routes_named(routes, path) };
	unsigned char bytes[PRG_ID_BYTES];
	struct prg_span id;
	size_t len;

	if (place.route != NULL)
		return place;
	place.below = cut_below(path, &len);
	if (len < PRG_ID_LEN + 1)
		return place;
	len -= PRG_ID_LEN + 1;
	id = (struct prg_span){ path + len + 1, PRG_ID_LEN };
	if (path[len] != '/' || !prg_id_parse(id, bytes))
		return place;
	place.route = find_prefix(routes, path, len);
	if (place.route != NULL && (!prg_route_posts(place.route) ||
	    !below_is_there(place.route, place.below)))
		place.route = NULL;
	memcpy(place.id.text, id.p, PRG_ID_LEN);
	return place;
}

const char *
prg_route_url(struct prg_arena *a, const char *base, const struct prg_route *r)
{
	const char *const parts[] = { base, r->path, NULL };

	return prg_arena_join(a, parts);
}

const char *
prg_route_address(struct prg_arena *a, const char *base,
    const struct prg_route *r, const char *id)
{
	const char *const parts[] = { base, r->path,
	    r->path[1] == '\0' ? "" : "/", id, NULL };

	return prg_arena_join(a, parts);
}
