/*
 * endpoint.c - the built-in endpoints: stylesheets, health, metrics.
 */
#include <string.h>

#include "base/network.h"
#include "serve/req.h"

enum { CSS_MAX_AGE = 365 * 24 * 3600 };	/* seconds */

/* Its URL has a hash of its content, so a browser may keep it for ever. */
static struct prg_reply
css_reply(struct prg_req *r, struct prg_span css, bool changes)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_OK);

	prg_buf_add(&reply.body, css.p, css.len);
	prg_reply_header(&reply, "Content-Type", "text/css; charset=utf-8");
	prg_reply_header(&reply, "Cache-Control", changes ? "no-cache" :
	    prg_arena_printf(&r->arena, "public, max-age=%d", CSS_MAX_AGE));
	return prg_cacheable(r, reply, 0);
}

static struct prg_reply
stylesheet(struct prg_req *r)
{
	return css_reply(r, prg_stylesheet(), false);
}

static struct prg_reply
app_stylesheet(struct prg_req *r)
{
	bool dev = r->core->options.dev;
	struct prg_span css = r->core->app_css;
	struct prg_error err;

	if (r->core->app_css_url == NULL)
		return prg_error_reply(r, PRG_NOT_FOUND, NULL);
	if (dev && prg_views_stylesheet(r->core->views, &r->arena, &css,
	    &err) == -1)
		return prg_error_reply(r, PRG_INTERNAL_SERVER_ERROR,
		    prg_arena_strdup(&r->arena, err.text));
	return css_reply(r, css, dev);
}

/* The store is asked, as a process that cannot store is not healthy. */
static struct prg_reply
health(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_OK);
	struct prg_error err;

	if (prg_store_check(r->core->store, &err) == -1)
		return prg_error_reply(r, PRG_SERVICE_UNAVAILABLE,
		    "The store does not answer.");
	prg_reply_header(&reply, "Content-Type", "text/plain; charset=utf-8");
	prg_buf_str(&reply.body, "ok\n");
	return reply;
}

/* A CGI program serves one request and has nothing to count. */
static struct prg_reply
metrics(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_OK);
	struct prg_gateway_stats g;

	if (r->conn->ops->stats == NULL)
		return prg_error_reply(r, PRG_NOT_FOUND, NULL);
	g = r->conn->ops->stats(r->conn);
	prg_metrics_write(r->core, &g, &reply.body);
	prg_reply_header(&reply, "Content-Type",
	    "text/plain; version=0.0.4; charset=utf-8");
	return reply;
}

const struct prg_endpoint prg_endpoints[PRG_ENDPOINTS] = {
	[PRG_ENDPOINT_CSS]	= { "/static/prg.css", false, stylesheet },
	[PRG_ENDPOINT_APP_CSS]	= { "/-/app.css", false, app_stylesheet },
	[PRG_ENDPOINT_HEALTH]	= { "/-/health", true, health },
	[PRG_ENDPOINT_METRICS]	= { "/-/metrics", true, metrics }
};

/* Other clients find no page at a guarded endpoint. */
static bool
may_ask(const struct prg_req *r)
{
	return r->in.remote_addr != NULL && prg_networks_have(
	    r->core->options.status_from, r->in.remote_addr);
}

const struct prg_endpoint *
prg_endpoint_find(struct prg_req *r)
{
	const struct prg_endpoint *e = prg_endpoints;
	int i = 0;

	while (i < PRG_ENDPOINTS && strcmp(r->in.path, e[i].path) != 0)
		i++;
	if (i == PRG_ENDPOINTS || (e[i].guarded && !may_ask(r)))
		return NULL;
	r->trace.tally += 1 + i;
	return &e[i];
}
