/*
 * route.h - the table of routes: checked at start, searched for each request.
 */
#ifndef PRG_ROUTE_H
#define PRG_ROUTE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/id.h"
#include "prg.h"

/* The place that a path leads to. */
struct prg_place {
	const struct prg_route	*route;		/* NULL: not found */
	struct prg_id		 id;		/* "": the form itself */
	enum prg_below {
		PRG_BELOW_NONE,
		PRG_BELOW_DELETE	/* {address}/delete */
	}			 below;
};

/* Check the table.  Returns -1 with a sentence if a row is invalid. */
int	prg_routes_check(const struct prg_route *, struct prg_error *);

/* Find a decoded path without the base: "{path}", "{path}/{ID}" and below. */
struct prg_place	prg_routes_find(const struct prg_route *,
			    const char *path);

/* The route with exactly this path, or NULL. */
const struct prg_route	*prg_routes_named(const struct prg_route *,
			    const char *path);

/* The route with a form that is closest above the path; or NULL. */
const struct prg_route	*prg_routes_above(const struct prg_route *,
			    const char *path);

/* "{base}{path}/{id}". */
const char	*prg_route_address(struct prg_arena *, const char *base,
		    const struct prg_route *, const char *id);

/* Whether the route accepts a POST. */
bool	prg_route_posts(const struct prg_route *);

#endif
