/*
 * get.c - a GET: the form, a draft, a result.
 */
#include <string.h>

#include "base/date.h"
#include "page/model.h"
#include "request/origin.h"
#include "serve/req.h"

/* -- The form -------------------------------------------------------------- */

static struct prg_reply
get_form(struct prg_req *r)
{
	struct prg_id id = prg_id_new();
	struct prg_reply reply = prg_form_reply(r, PRG_OK,
	    &(struct prg_filled){ .id = &id });

	return prg_route_posts(r->route) ? reply : prg_cacheable(r, reply, 0);
}

/* -- A draft --------------------------------------------------------------- */

/*
 * Each draft of a submission has a URL of its own: some browsers do not fetch a
 * page again that they show.
 */
static struct prg_reply
get_draft(struct prg_req *r, const struct prg_row *row)
{
	json_t *values = json_loads(row->input, 0, NULL);
	json_t *result = json_loads(row->result, 0, NULL);
	json_t *first = json_object_get(result, "first");
	struct prg_filled filled = { &row->id, row->attempts, row->expires,
	    true, values, row->input };
	struct prg_reply reply;

	prg_errors_read(&r->errors, r->fields,
	    json_object_get(result, "errors"));
	if (first != NULL)
		json_object_set(prg_model(r), "first", first);
	reply = prg_form_reply(r, PRG_OK, &filled);
	json_decref(values);
	json_decref(result);
	prg_reply_header(&reply, "X-Robots-Tag", "noindex, nofollow");
	return reply;
}

/* -- A result -------------------------------------------------------------- */

/* Fresh for as long as the app says, but not beyond the end of the result. */
static const char *
public_cache_control(struct prg_req *r, const struct prg_row *row)
{
	int64_t age = r->route->max_age;
	int64_t left = (row->expires - prg_now()) / 1000;

	if (row->expires > 0 && left < age)
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
	    public_cache_control(r, row) : r->route->no_store ?
	    "private, no-store" : "private, no-cache");
}

/* The form that deletes the result. */
static struct prg_var
remove_model(struct prg_req *r, const char *url, const struct prg_id *id)
{
	struct prg_key_scope scope = prg_req_scope(r, "delete");
	struct prg_key key = prg_keys_sign(r->core->keys, id, &scope);
	struct prg_object o = prg_object(&r->arena, 3);

	prg_object_set(&o, prg_name.action, prg_var_text(
	    prg_arena_printf(&r->arena, "%s/delete", url)));
	prg_object_set(&o, prg_name.key_name, prg_var_text(prg_key_name));
	prg_object_set(&o, prg_name.key,
	    prg_var_text(prg_arena_strdup(&r->arena, key.text)));
	return prg_object_var(&o);
}

/* The part of the page that does not come from the row. */
static struct prg_var
page_model(struct prg_req *r, const struct prg_shown *shown)
{
	struct prg_object o = prg_object(&r->arena, 4);

	if (r->route->title != NULL)
		prg_object_set(&o, prg_name.title,
		    prg_var_text(r->route->title));
	prg_object_set(&o, prg_name.address, prg_var_text(prg_arena_printf(
	    &r->arena, "%s%s", prg_origin_shown(&r->arena, &r->in,
	    r->core->options.origin), shown->url)));
	prg_object_set(&o, prg_name.form_url, prg_var_text(
	    prg_core_url(r->core, &r->arena, r->route->path)));
	if (r->route->removable)
		prg_object_set(&o, prg_name.remove,
		    remove_model(r, shown->url, &shown->row->id));
	return prg_object_var(&o);
}

static struct prg_reply
result_page(struct prg_req *r, struct prg_reply reply,
    const struct prg_shown *shown)
{
	return prg_page_reply(r, reply, &(struct prg_view){
	    r->route->result != NULL ? r->route->result : "result",
	    (struct prg_var[]){ r->core->globals, page_model(r, shown),
	    prg_shown_model(&r->arena, shown), { 0 } } });
}

struct prg_reply
prg_result_reply(struct prg_req *r, struct prg_reply reply,
    const struct prg_row *row)
{
	struct prg_shown shown = { row, r->fields, prg_req_address(r, &row->id),
	    &r->core->messages, prg_views_names(r->core->views),
	    .listed = r->route->public };

	prg_reply_shows(&reply, row->input);
	prg_reply_shows(&reply, row->result);
	if (!r->json)
		return result_page(r, reply, &shown);
	prg_reply_json(&reply, "application/json", prg_shown_json(&shown));
	return reply;
}

/*
 * The date of the page in seconds; 0 if it has none.  The page depends on the
 * templates too, which are read at start.  In the first second of a process the
 * process before it may have sent the same date, so there is none.  A page with
 * a key can change at any time.  JSON has no date, as HTML would have the same.
 */
static int64_t
page_date(const struct prg_req *r, const struct prg_row *row)
{
	int64_t start = r->core->started + 1, date = row->modified / 1000;

	if (r->json || r->route->removable || r->core->options.dev ||
	    prg_now() / 1000 <= start)
		return 0;
	return date > start ? date : start;
}

static struct prg_reply
get_result(struct prg_req *r, const struct prg_row *row)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_OK);

	if (row->location != NULL)
		return prg_see_other(r, row->location);
	set_result_headers(r, &reply, row);
	return prg_cacheable(r, prg_result_reply(r, reply, row),
	    page_date(r, row));
}

/* -- A submission ---------------------------------------------------------- */

/* Nothing was sent, so the message of a 503 to a POST would be wrong. */
static struct prg_reply
unreadable(struct prg_req *r)
{
	r->trace.reason = "the store does not answer";
	return prg_error_reply(r, PRG_SERVICE_UNAVAILABLE,
	    r->core->messages.texts[PRG_MSG_UNAVAILABLE]);
}

/* To all but its owner a row looks as if it did not exist. */
static bool
may_see(struct prg_req *r, const struct prg_row *row)
{
	if (strcmp(row->route, r->route->path) != 0)
		return false;
	if (!r->route->owner || (row->owner != NULL && r->owner != NULL &&
	    strcmp(row->owner, r->owner) == 0))
		return true;
	prg_req_note(r, "it belongs to another visitor");
	return false;
}

/* On an owner's route the visitor may have lost the cookie. */
static struct prg_reply
not_found(struct prg_req *r)
{
	const char **texts = r->core->messages.texts;
	struct prg_problem p = { .title = texts[PRG_MSG_NOT_YOURS],
	    .detail = texts[PRG_MSG_NOT_YOURS_DETAIL] };

	if (!r->route->owner)
		return prg_error_reply(r, PRG_NOT_FOUND, NULL);
	if (r->trace.reason == NULL)
		r->trace.reason = "there is no such submission";
	return prg_problem_reply(r, prg_reply(&r->arena, PRG_NOT_FOUND), &p);
}

static struct prg_reply
get_submission(struct prg_req *r)
{
	int asked = prg_draft_number(prg_span(r->in.query));
	struct prg_row row;
	enum prg_found found = prg_store_find(r->core->store, &r->arena,
	    r->place.id.text, &row);

	if (found == PRG_FOUND_FAIL)
		return unreadable(r);
	if (found == PRG_FOUND_NONE || !may_see(r, &row))
		return not_found(r);
	switch (prg_row_state(&row, prg_now())) {
	case PRG_STATE_DRAFT:
		return asked == prg_row_draft(&row) ? get_draft(r, &row) :
		    prg_see_other(r, prg_req_draft(r, &row));
	case PRG_STATE_DONE:
		return asked > 0 ? prg_see_other(r, prg_req_address(r,
		    &row.id)) : get_result(r, &row);
	default:
		return prg_error_reply(r, PRG_GONE, NULL);
	}
}

struct prg_reply
prg_get(struct prg_req *r)
{
	if (r->place.below != PRG_BELOW_NONE)
		return prg_not_allowed(r);
	if (r->unacceptable)
		return prg_error_reply(r, PRG_NOT_ACCEPTABLE, NULL);
	prg_visitor_find(r);
	prg_req_options(r);
	return r->place.id.text[0] != '\0' ? get_submission(r) : get_form(r);
}
