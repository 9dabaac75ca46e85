/*
 * answer.c - replies that many functions make: errors, redirects, pages.
 */
#include "base/date.h"
#include "page/model.h"
#include "request/accept.h"
#include "request/condition.h"
#include "serve/req.h"

enum { USUAL_PAGE = 4 << 10 };		/* bytes, to begin with */

/* The form at which the visitor can begin anew, unless this is its page. */
static struct prg_var
form_link(struct prg_req *r)
{
	struct prg_object o = prg_object(&r->arena, 2);
	const struct prg_route *route = r->route;

	if (route == NULL && r->in.path != NULL)
		route = prg_routes_above(r->core->app->routes, r->in.path);
	if (route == NULL || !prg_route_posts(route) || (r->post == NULL &&
	    route == r->route && r->place.id.text[0] == '\0'))
		return prg_object_var(&o);
	prg_object_set(&o, prg_name.form_url, prg_var_text(
	    prg_core_url(r->core, &r->arena, route->path)));
	prg_object_set(&o, prg_name.form_title, route->title != NULL ?
	    prg_var_text(route->title) :
	    prg_var_find(r->core->globals, prg_name.title));
	return prg_object_var(&o);
}

/* An error is JSON for clients that prefer one of its names (RFC 9457). */
struct prg_reply
prg_problem_reply(struct prg_req *r, struct prg_reply reply,
    struct prg_problem *p)
{
	if (r->trace.reason == NULL)
		r->trace.reason = p->detail;
	p->json = prg_accept_prefers(r->in.accept, "application/json",
	    "text/html") || prg_accept_prefers(r->in.accept,
	    "application/problem+json", "text/html");
	p->form = form_link(r);
	p->globals = r->core->globals;
	p->messages = &r->core->messages;
	prg_reply_problem(&reply, r->core->views, p);
	return reply;
}

struct prg_reply
prg_error_reply(struct prg_req *r, enum prg_status status, const char *detail)
{
	return prg_problem_reply(r, prg_reply(&r->arena, status),
	    &(struct prg_problem){ .detail = detail });
}

struct prg_reply
prg_limited(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_TOO_MANY_REQUESTS);

	prg_reply_header(&reply, "Retry-After",
	    prg_arena_printf(&r->arena, "%d", r->limit));
	return prg_problem_reply(r, reply,
	    &(struct prg_problem){ .detail = r->limit_text });
}

/* The methods of this address, for Allow (RFC 9110, 10.2.1). */
static const char *
methods(const struct prg_req *r)
{
	if (r->place.below == PRG_BELOW_DELETE)
		return "POST, OPTIONS";
	return prg_methods(r->route != NULL && prg_route_posts(r->route) &&
	    r->place.id.text[0] == '\0');
}

struct prg_reply
prg_not_allowed(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_METHOD_NOT_ALLOWED);

	prg_reply_header(&reply, "Allow", methods(r));
	return prg_problem_reply(r, reply,
	    &(struct prg_problem){ .detail = NULL });
}

struct prg_reply
prg_options_reply(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_NO_CONTENT);

	prg_reply_header(&reply, "Allow", methods(r));
	return reply;
}

struct prg_reply
prg_see_other(struct prg_req *r, const char *url)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_SEE_OTHER);

	prg_reply_see_other(&reply, url, &r->core->messages);
	return reply;
}

/* An address was blocked: the log says where, and with --dev the page too. */
static void
tell_blocked(struct prg_req *r, struct prg_buf *page, const char *where)
{
	prg_req_note(r, prg_arena_strdup(&r->arena, where));
	if (!r->core->options.dev)
		return;
	prg_buf_str(page, "<p><strong>");
	prg_html_escape(page, prg_span(where));
	prg_buf_str(page, "</strong></p>\n");
}

struct prg_reply
prg_page_reply(struct prg_req *r, struct prg_reply reply,
    const struct prg_view *view)
{
	struct prg_error err;

	prg_buf_reserve(&reply.body, USUAL_PAGE);
	if (prg_views_render(r->core->views, view, &reply.body, &err) == 0) {
		if (err.text[0] != '\0')
			tell_blocked(r, &reply.body, err.text);
		prg_reply_header(&reply, "Content-Type",
		    "text/html; charset=utf-8");
		return reply;
	}
	r->trace.reason = prg_arena_strdup(&r->arena, err.text);
	return prg_error_reply(r, PRG_INTERNAL_SERVER_ERROR,
	    r->core->options.dev ? r->trace.reason : NULL);
}

/* -- Conditional requests -------------------------------------------------- */

struct prg_reply
prg_cacheable(struct prg_req *r, struct prg_reply reply, int64_t modified)
{
	struct prg_validators v = { NULL, modified, prg_now() / 1000 };
	int status;

	if (reply.status != PRG_OK)
		return reply;
	v.etag = prg_reply_etag(&r->arena, &reply.body);
	if ((status = prg_condition(&r->in, &v)) == 412)
		return prg_error_reply(r, PRG_PRECONDITION_FAILED, NULL);
	prg_reply_header(&reply, "ETag", v.etag);
	if (modified != 0)
		prg_reply_header(&reply, "Last-Modified",
		    prg_date_http(v.modified).text);
	reply.status = (enum prg_status)status;
	return reply;
}
