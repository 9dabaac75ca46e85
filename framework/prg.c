/*
 * prg.c - one request from end to end; start reading at serve(), below.
 *
 *	gateway -> serve: read -> place -> GET:  get.c -> answer.c
 *	                              \\--> POST: post.c -> waits for the body
 *	gateway -> resume: post.c, submit.c -> held
 *	committer: the row is durable
 *	gateway -> resume: submit.c -> answer.c
 */
#include <string.h>

#include "base/clock.h"
#include "serve/req.h"
#include "request/accept.h"

/*
 * A client that names neither of our types gets HTML; a client that excludes both
 * gets 406.
 */
static void
read_accept(struct prg_req *r)
{
	const char *accept = r->in.accept;

	r->json = prg_accept_prefers(accept, "application/json", "text/html");
	r->wants_nothing = prg_accept_weight(accept, "text/html") == 0 &&
	    prg_accept_weight(accept, "application/json") == 0;
}

/* Where it leads: false if there is nothing of ours. */
static bool
find_place(struct prg_req *r)
{
	r->place = prg_routes_find(r->core->app->routes, r->in.path);
	r->route = r->place.route;
	if (r->route == NULL)
		return false;
	r->fields = r->route->fields != NULL ? r->route->fields : prg_no_fields;
	r->tally = &r->core->tallies[r->route - r->core->app->routes];
	return true;
}

/* Pages of our own, by prg_own_paths[]. */
static const struct own {
	bool			(*may_ask)(const struct prg_req *);
	enum prg_verdict	(*get)(struct prg_req *);
} owns[PRG_OWNS] = {
	[PRG_OWN_CSS] = { NULL, prg_get_stylesheet },
	[PRG_OWN_HEALTH] = { prg_status_may_ask, prg_get_health },
	[PRG_OWN_METRICS] = { prg_status_may_ask, prg_get_metrics }
};

static const struct own *
find_own(struct prg_req *r)
{
	int i = 0;

	while (i < PRG_OWNS && strcmp(r->in.path, prg_own_paths[i]) != 0)
		i++;
	if (i == PRG_OWNS || (owns[i].may_ask != NULL && !owns[i].may_ask(r)))
		return NULL;
	r->tally += 1 + i;
	return &owns[i];
}

static enum prg_verdict
dispatch(struct prg_req *r)
{
	const struct own *own = find_own(r);

	if (own == NULL && !find_place(r))
		return prg_answer_error(r, PRG_NOT_FOUND, NULL);
	switch (r->in.method) {
	case PRG_METHOD_GET:
	case PRG_METHOD_HEAD:
		if (own != NULL)
			return own->get(r);
		return r->wants_nothing ? prg_answer_error(r,
		    PRG_NOT_ACCEPTABLE, NULL) : prg_get(r);
	case PRG_METHOD_POST:
		return own != NULL ? prg_answer_not_allowed(r) : prg_post(r);
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
	struct prg_refusal refused;

	r->began = prg_clock_ns();
	refused = prg_request_read(&r->arena, conn, core->options.base,
	    &r->in);
	prg_note_name(r);
	read_accept(r);
	if (refused.status != 0)
		return prg_answer_error(r, (enum prg_status)refused.status,
		    refused.why);
	return dispatch(r);
}

/*
 * What it waited for has happened: its body has come, its row is settled, or another
 * of its ID is.
 */
static enum prg_verdict
resume(void *arg, struct prg_conn *conn)
{
	struct prg_req *r = conn->held;

	(void)arg;
	return r->go_on(r);
}

static void
report(void *arg)
{
	prg_core_report(arg, "report");
}

struct prg_service
prg_core_service(struct prg_core *core)
{
	return (struct prg_service){ serve, resume, report, NULL, core };
}
