/*
 * get.c - a GET: the form, a result, the stylesheet.
 */
#include <string.h>

#include "page/model.h"
#include "req.h"
#include "request/route.h"

enum { CSS_MAX_AGE = 365 * 24 * 3600 };

static json_t *
form_model(struct prg_req *r, json_t *values)
{
	struct prg_form form = { r->route->fields,
	    prg_route_url(&r->arena, r->core->options.base, r->route), values,
	    &r->faults };

	return r->json ? prg_form_json(&form) :
	    prg_form_model(&r->arena, &form);
}

/* The app's model, and what is known without it. */
json_t *
prg_page_model(struct prg_req *r, json_t *values)
{
	json_t *m = prg_model(r);

	if (r->route->title != NULL)
		json_object_set_new(m, "title", json_string(r->route->title));
	if (r->route->fields != NULL)
		json_object_set_new(m, "form", form_model(r, values));
	return m;
}

static enum prg_verdict
get_page(struct prg_req *r)
{
	struct prg_page page = r->route->get != NULL ? r->route->get(r) :
	    prg_show(r, NULL);
	struct prg_reply reply = prg_reply(&r->arena, page.status);
	json_t *values, *m;

	if (page.status != PRG_OK)
		return prg_answer_error(r, page.status, NULL);
	values = r->route->fields == NULL ? json_object() :
	    prg_fields_defaults(r->route->fields, r->route->defaults);
	m = prg_page_model(r, values);
	json_decref(values);
	prg_reply_header(&reply, "Vary", "Accept");
	prg_reply_header(&reply, "Cache-Control", r->route->fields != NULL ?
	    "private, no-store" : "private, no-cache");
	if (r->json)
		prg_reply_json(&reply, "application/json", json_incref(m));
	else if (!prg_render(r, &reply, page.template_name, m))
		return prg_answer_error(r, PRG_INTERNAL_SERVER_ERROR, r->why);
	return r->route->fields != NULL ? prg_answer(r, &reply) :
	    prg_answer_cacheable(r, &reply, 0);
}

static void
set_result_headers(const struct prg_req *r, struct prg_reply *reply)
{
	prg_reply_header(reply, "Vary", "Accept");
	prg_reply_header(reply, "X-Robots-Tag", "noindex, nofollow");
	if (!r->route->public)
		prg_reply_header(reply, "Cache-Control", "private, no-cache");
	else if (r->route->max_age > 0)
		prg_reply_header(reply, "Cache-Control",
		    prg_arena_printf(reply->arena, "public, max-age=%d",
		    r->route->max_age));
	else
		prg_reply_header(reply, "Cache-Control", "public, no-cache");
}

static json_t *
result_model(struct prg_req *r, const struct prg_shown *shown)
{
	json_t *m = prg_shown_model(&r->arena, shown);
	json_t *thanks = json_object_get(m, "thanks");

	json_object_set_new(m, "form_url", json_string(
	    prg_route_url(&r->arena, r->core->options.base, r->route)));
	json_object_set(m, "heading", thanks);
	if (thanks == NULL)
		json_object_set_new(m, "heading", json_string("Received"));
	return m;
}

/* Fill the body with the result, as HTML or JSON. */
bool
prg_show_result(struct prg_req *r, struct prg_reply *reply,
    const struct prg_row *row)
{
	struct prg_shown shown = { row, r->route->fields, prg_address(r) };
	json_t *m;
	bool made;

	if (r->json) {
		prg_reply_json(reply, "application/json", prg_shown_json(&shown));
		return true;
	}
	m = result_model(r, &shown);
	made = prg_render(r, reply, r->route->result != NULL ? r->route->result :
	    "result", m);
	json_decref(m);
	return made;
}

static enum prg_verdict
get_result(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_OK);
	struct prg_row row;

	switch (prg_store_find(r->core->store, &r->arena, r->id.text, &row)) {
	case PRG_FOUND_FAIL:
		return prg_answer_error(r, PRG_SERVICE_UNAVAILABLE, NULL);
	case PRG_FOUND_NONE:
		return prg_answer_error(r, PRG_NOT_FOUND, NULL);
	case PRG_FOUND:
		break;
	}
	if (strcmp(row.route, r->route->path) != 0 ||
	    row.state != PRG_STATE_DONE)
		return prg_answer_error(r, PRG_NOT_FOUND, NULL);
	if (row.location != NULL) {
		reply.status = PRG_SEE_OTHER;
		prg_reply_see_other(&reply, row.location);
		return prg_answer(r, &reply);
	}
	set_result_headers(r, &reply);
	if (!prg_show_result(r, &reply, &row))
		return prg_answer_error(r, PRG_INTERNAL_SERVER_ERROR, r->why);
	return prg_answer_cacheable(r, &reply, row.modified);
}

/* For where the web server does not have the file itself. */
enum prg_verdict
prg_get_stylesheet(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_OK);
	struct prg_span css = prg_stylesheet();

	prg_buf_add(&reply.body, css.p, css.len);
	prg_reply_header(&reply, "Content-Type", "text/css; charset=utf-8");
	prg_reply_header(&reply, "Cache-Control",
	    prg_arena_printf(&r->arena, "public, max-age=%d", CSS_MAX_AGE));
	return prg_answer_cacheable(r, &reply, 0);
}

enum prg_verdict
prg_get(struct prg_req *r)
{
	return r->id.text[0] != '\0' ? get_result(r) : get_page(r);
}
