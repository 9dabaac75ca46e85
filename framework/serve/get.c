/*
 * get.c - a GET: the form, a draft, a result, the stylesheet.
 */
#include <string.h>

#include "base/date.h"
#include "page/model.h"
#include "serve/req.h"

enum { CSS_MAX_AGE = 365 * 24 * 3600 };

/* -- The form -------------------------------------------------------------------- */

static enum prg_verdict
get_page(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_OK);
	struct prg_id id = prg_id_new();
	struct prg_filled filled = { .id = &id };
	bool shown;

	filled.values = prg_fields_defaults(r->fields, r->route->defaults);
	shown = prg_show_form(r, &reply, &filled);
	json_decref(filled.values);
	if (!shown)
		return prg_answer_error(r, reply.status, r->why);
	return prg_route_posts(r->route) ? prg_answer(r, &reply) :
	    prg_answer_cacheable(r, &reply, 0);
}

/* -- A draft ----------------------------------------------------------------------- */

static enum prg_verdict
get_draft(struct prg_req *r, const struct prg_row *row)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_OK);
	json_t *values = json_loads(row->input, 0, NULL);
	json_t *result = json_loads(row->result, 0, NULL);
	struct prg_filled filled = { &row->id, values, true };
	json_t *first = json_object_get(result, "first");
	bool shown;

	prg_reply_shows(&reply, row->input);
	prg_errors_read(&r->faults, r->fields, json_object_get(result, "errors"));
	if (first != NULL)
		json_object_set(prg_model(r), "first", first);
	shown = prg_show_form(r, &reply, &filled);
	json_decref(values);
	json_decref(result);
	prg_reply_header(&reply, "X-Robots-Tag", "noindex, nofollow");
	return shown ? prg_answer(r, &reply) :
	    prg_answer_error(r, reply.status, r->why);
}

/* -- A result ------------------------------------------------------------------------ */

/* Fresh for as long as the app says, but not beyond the end of the result (H55). */
static const char *
public_cache_control(struct prg_req *r, const struct prg_row *row)
{
	int64_t age = r->route->max_age, left;

	if (row->expires > 0 && (left = (row->expires - prg_now()) / 1000) < age)
		age = left;
	if (age <= 0)
		return "public, no-cache";
	return prg_arena_printf(&r->arena, "public, max-age=%lld",
	    (long long)age);
}

static void
set_result_headers(struct prg_req *r, struct prg_reply *reply,
    const struct prg_row *row)
{
	prg_reply_header(reply, "Vary", r->route->owner ? "Accept, Cookie" :
	    "Accept");
	prg_reply_header(reply, "X-Robots-Tag", "noindex, nofollow");
	prg_reply_header(reply, "Cache-Control", r->route->public ?
	    public_cache_control(r, row) : "private, no-cache");
}

/* What the form to delete it sends. */
static json_t *
remove_model(struct prg_req *r, const char *url, const struct prg_id *id)
{
	struct prg_key_scope scope = prg_req_scope(r, "delete");
	struct prg_key key = prg_keys_sign(r->core->keys, id, &scope);
	json_t *m = json_object();

	json_object_set_new(m, "action", json_sprintf("%s/delete", url));
	json_object_set_new(m, "key_name", json_string(prg_key_name));
	json_object_set_new(m, "key", json_string(key.text));
	return m;
}

/* What the page of a result has besides the result itself. */
static json_t *
page_model(struct prg_req *r, const struct prg_shown *shown)
{
	json_t *m = json_object();

	if (r->route->title != NULL)
		json_object_set_new(m, "title", json_string(r->route->title));
	json_object_set_new(m, "form_url", json_string(
	    prg_route_url(&r->arena, r->core->options.base, r->route)));
	if (r->route->removable)
		json_object_set_new(m, "remove", remove_model(r, shown->url,
		    &shown->row->id));
	return m;
}

static bool
show_html(struct prg_req *r, struct prg_reply *reply,
    const struct prg_shown *shown)
{
	json_t *models[] = { r->core->globals, page_model(r, shown),
	    prg_shelf_model(r->core->shelf, &r->arena, shown), NULL };
	struct prg_view view = { r->route->result != NULL ? r->route->result :
	    "result", models };
	bool made = prg_render(r, reply, &view);

	json_decref(models[1]);
	json_decref(models[2]);
	return made;
}

bool
prg_show_result(struct prg_req *r, struct prg_reply *reply,
    const struct prg_row *row)
{
	struct prg_shown shown = { row, r->fields, prg_route_address(&r->arena,
	    r->core->options.base, r->route, row->id.text),
	    &r->core->messages };

	prg_reply_shows(reply, row->input);
	prg_reply_shows(reply, row->result);
	if (!r->json)
		return show_html(r, reply, &shown);
	prg_reply_json(reply, "application/json", prg_shown_json(&shown));
	return true;
}

static enum prg_verdict
get_done(struct prg_req *r, const struct prg_row *row)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_OK);

	if (row->location != NULL)
		return prg_answer_see_other(r, row->location);
	set_result_headers(r, &reply, row);
	if (!prg_show_result(r, &reply, row))
		return prg_answer_error(r, PRG_INTERNAL_SERVER_ERROR, r->why);
	return prg_answer_cacheable(r, &reply, row->modified);
}

/* Nobody has sent anything, so there is nothing to be sent again. */
static enum prg_verdict
answer_unread(struct prg_req *r)
{
	r->reason = "the store does not answer";
	return prg_answer_error(r, PRG_SERVICE_UNAVAILABLE,
	    r->core->messages.texts[PRG_MSG_UNAVAILABLE]);
}

/* A stranger learns no more of a row than that it might not exist (K9). */
static enum prg_verdict
get_submission(struct prg_req *r)
{
	struct prg_row row;

	switch (prg_store_find(r->core->store, &r->arena, r->place.id.text,
	    &row)) {
	case PRG_FOUND_FAIL:
		return answer_unread(r);
	case PRG_FOUND_NONE:
		return prg_answer_error(r, PRG_NOT_FOUND, NULL);
	case PRG_FOUND:
		break;
	}
	if (strcmp(row.route, r->route->path) != 0 ||
	    !prg_visitor_may_see(r, &row))
		return prg_answer_error(r, PRG_NOT_FOUND, NULL);
	switch (prg_row_state(&row, prg_now())) {
	case PRG_STATE_DRAFT:
		return get_draft(r, &row);
	case PRG_STATE_DONE:
		return get_done(r, &row);
	default:
		return prg_answer_error(r, PRG_GONE, NULL);
	}
}

enum prg_verdict
prg_get(struct prg_req *r)
{
	if (r->place.below != PRG_BELOW_NONE)
		return prg_answer_not_allowed(r);
	prg_visitor_find(r);
	return r->place.id.text[0] != '\0' ? get_submission(r) : get_page(r);
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
