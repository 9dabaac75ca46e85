/*
 * asked.c - what handlers ask about the request; prg.h is its manual.
 */
#include <stdarg.h>
#include <string.h>

#include "request/cookie.h"
#include "request/origin.h"
#include "request/target.h"
#include "serve/req.h"

const char *
prg_user(struct prg_req *r)
{
	return r->core->options.trust_remote_user ? r->in.remote_user : NULL;
}

const char *
prg_remote(struct prg_req *r)
{
	return r->in.remote_addr != NULL ? r->in.remote_addr : "";
}

const char *
prg_header(struct prg_req *r, const char *name)
{
	return prg_request_header(&r->arena, r->conn,
	    name != NULL ? name : "");
}

const char *
prg_url(struct prg_req *r, const char *path)
{
	const char *url = prg_address(r);

	if (path != NULL && !prg_target_is_local(path)) {
		prg_req_mistake(r, "prg_url: not a path of this app");
		path = "/";
	}
	if (path != NULL || *url == '\0')
		url = prg_core_url(r->core, &r->arena,
		    path != NULL ? path : r->route->path);
	return prg_arena_printf(&r->arena, "%s%s", prg_origin_shown(&r->arena,
	    &r->in, r->core->options.origin), url);
}

const char *
prg_cookie(struct prg_req *r, const char *name)
{
	struct prg_span s;

	if (r->in.cookie == NULL || !prg_cookie_find(r->in.cookie, name, &s))
		return NULL;
	return prg_arena_copy(&r->arena, s.p, s.len);
}

static struct prg_pairs *
read_query(struct prg_req *r)
{
	static const struct prg_form_limits limits = {
		.fields = 100, .name = 256, .value = 8192
	};
	struct prg_pairs *pairs = prg_arena_get(&r->arena, sizeof(*pairs));

	prg_urlencoded_read(&r->arena, prg_span(r->in.query), &limits, pairs);
	return pairs;
}

const char *
prg_query(struct prg_req *r, const char *name)
{
	const struct prg_pair *p;

	if (r->query == NULL)
		r->query = read_query(r);
	p = prg_pairs_find(r->query, name, NULL);
	if (p == NULL || memchr(p->value.p, '\0', p->value.len) != NULL)
		return NULL;
	return prg_arena_copy(&r->arena, p->value.p, p->value.len);
}

void
prg_forget_visitor(struct prg_req *r)
{
	r->forgotten = true;
}

void *
prg_data(struct prg_req *r)
{
	return r->core->app->data;
}

const char *
prg_printf(struct prg_req *r, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = prg_arena_vprintf(&r->arena, fmt, ap);
	va_end(ap);
	return text;
}
