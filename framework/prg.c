/*
 * prg.c - one request from end to end; start reading at serve(), below.
 *
 *	gateway -> serve -> respond -> an endpoint
 *	                           \-> GET:  prg_get(), serve/get.c
 *	                           \-> POST: prg_post(), serve/post.c
 */
#include <stdio.h>

#include "command/command.h"
#include "request/accept.h"
#include "serve/req.h"

/*
 * A client that names neither of our types gets HTML; a client that excludes
 * both gets 406.  Pages are HTML only, unless the route is for programs too.
 */
static void
negotiate(struct prg_req *r)
{
	const char *html = "text/html", *json = "application/json";
	bool both = r->in.method == PRG_METHOD_POST || r->route == NULL ||
	    r->route->api;

	r->json = both && prg_accept_prefers(r->in.accept, json, html);
	r->unacceptable = prg_accept_weight(r->in.accept, html) == 0 &&
	    (!both || prg_accept_weight(r->in.accept, json) == 0);
}

/* Match the path with the table of routes. */
static bool
find_route(struct prg_req *r)
{
	const struct prg_route *routes = r->core->app->routes;

	r->place = prg_routes_find(routes, r->in.path);
	if ((r->route = r->place.route) == NULL)
		return false;
	if (r->route->fields != NULL)
		r->fields = r->route->fields;
	r->trace.tally = &r->core->metrics.tallies[r->route - routes];
	return true;
}

static struct prg_reply
dispatch(struct prg_req *r)
{
	const struct prg_endpoint *endpoint = prg_endpoint_find(r);

	if (endpoint == NULL && !find_route(r))
		return prg_error_reply(r, PRG_NOT_FOUND, NULL);
	negotiate(r);
	switch (r->in.method) {
	case PRG_METHOD_GET:
	case PRG_METHOD_HEAD:
		return endpoint != NULL ? endpoint->get(r) : prg_get(r);
	case PRG_METHOD_POST:
		return endpoint != NULL ? prg_not_allowed(r) : prg_post(r);
	case PRG_METHOD_OPTIONS:
		return prg_options_reply(r);
	case PRG_METHOD_UNKNOWN:
		return prg_error_reply(r, PRG_NOT_IMPLEMENTED, NULL);
	case PRG_METHOD_OTHER:
		break;
	}
	return prg_not_allowed(r);
}

static struct prg_reply
respond(struct prg_req *r)
{
	struct prg_refusal refused = prg_request_read(&r->arena, r->conn,
	    r->core->options.base, &r->in);

	prg_trace_name(r);
	return refused.status == 0 ? dispatch(r) :
	    prg_error_reply(r, (enum prg_status)refused.status, refused.why);
}

void
prg_answer(struct prg_req *r)
{
	struct prg_reply reply = respond(r);

	prg_visitor_tell(r, &reply);
	if (prg_reply_send(&reply, r->conn, &r->in) == -1 &&
	    r->trace.reason == NULL)
		r->trace.reason = "the peer has left";
	prg_trace_end(r, reply.status);
}

/* Every request passes through here, on a thread of its own. */
static void
serve(void *arg, struct prg_conn *conn)
{
	struct prg_req *r = prg_req_take(arg, conn);

	prg_answer(r);
	prg_req_give(r);
}

int
prg_main_(int argc, char **argv, const struct prg_app *app, unsigned long abi)
{
	if (abi != PRG_ABI_) {
		fprintf(stderr, "%s: built for another libprg (ABI %lu), not"
		    " for " PRG_VERSION " (ABI %lu); compile it again\n",
		    argv[0], abi, (unsigned long)PRG_ABI_);
		return 2;
	}
	return prg_command_run(argc, argv, app, serve);
}
