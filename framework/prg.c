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
#include "command/command.h"
#include "serve/req.h"
#include "request/accept.h"

/* What there is of a page. */
enum { HTML, JSON, TYPES };
static const char *const types[TYPES] = { "text/html", "application/json" };

/* What the client likes best; who names none of it gets HTML, who excludes it nothing. */
static void
read_accept(struct prg_req *r)
{
	int best = prg_accept_best(r->in.accept, types, TYPES);
	const char *or_any;

	r->json = best == JSON;
	if (best != -1)
		return;
	or_any = prg_arena_printf(&r->arena, "%s, */*;q=0.001", r->in.accept);
	r->wants_nothing = prg_accept_best(or_any, types, TYPES) == -1;
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
	int refused;

	r->began = prg_clock_ns();
	refused = prg_request_read(&r->arena, conn, core->options.base,
	    &r->in);
	prg_note_name(r);
	read_accept(r);
	if (refused != 0)
		return prg_answer_error(r, (enum prg_status)refused, r->in.why);
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

int
prg_main(int argc, char **argv, const struct prg_app *app)
{
	const struct prg_service service = { serve, resume, report, NULL, NULL };

	return prg_command_run(argc, argv, app, &service);
}
