/*
 * prg.c - one request from end to end; start reading at serve(), below.
 *
 *	gateway -> serve: read -> place -> get:  model, page -> answer
 *	                              \--> post: form, handler, row -> hold
 *	committer: the row is durable
 *	gateway -> resume: 303 -> answer
 */
#include <string.h>

#include "req.h"
#include "request/accept.h"
#include "request/route.h"

static const char *const types[] = { "text/html", "application/json" };

/* Where it leads: false if there is nothing of ours. */
static bool
find_place(struct prg_req *r)
{
	struct prg_place place = prg_routes_find(r->core->app->routes,
	    r->in.path);

	r->route = place.route;
	if (place.id != NULL)
		memcpy(r->id.text, place.id, sizeof(r->id.text));
	return place.route != NULL;
}

static enum prg_verdict
dispatch(struct prg_req *r)
{
	bool css = strcmp(r->in.path, prg_css_path) == 0;

	if (!css && !find_place(r))
		return prg_answer_error(r, PRG_NOT_FOUND, NULL);
	switch (r->in.method) {
	case PRG_METHOD_GET:
	case PRG_METHOD_HEAD:
		return css ? prg_get_stylesheet(r) : prg_get(r);
	case PRG_METHOD_POST:
		return prg_post(r);
	case PRG_METHOD_OPTIONS:
		return prg_answer_options(r);
	case PRG_METHOD_UNKNOWN:
		return prg_answer_error(r, PRG_NOT_IMPLEMENTED, NULL);
	case PRG_METHOD_OTHER:
		break;
	}
	return prg_answer_not_allowed(r);
}

static enum prg_verdict
serve(void *arg, struct prg_conn *conn)
{
	struct prg_core *core = arg;
	struct prg_req *r = prg_req_take(core, conn);
	int refused = prg_request_read(&r->arena, conn, core->options.base,
	    &r->in);

	r->json = prg_accept_best(r->in.accept, types, 2) == 1;
	if (refused != 0)
		return prg_answer_error(r, (enum prg_status)refused, r->in.why);
	return dispatch(r);
}

static void
resume(void *arg, struct prg_conn *conn)
{
	(void)arg;
	prg_posted(conn->held);
}

struct prg_service
prg_core_service(struct prg_core *core)
{
	return (struct prg_service){ serve, resume, core };
}
