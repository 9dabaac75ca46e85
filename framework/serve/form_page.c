/*
 * form_page.c - the page of a form: blank, or with submitted values and errors.
 */
#include "page/model.h"
#include "serve/req.h"

enum { GROWTH = 6 };	/* of a '"' in HTML, a control character in JSON */

/* The values of a blank form that is this request's own. */
static const json_t *
prefilled(struct prg_req *r)
{
	json_t *values = prg_json_defer(&r->arena,
	    prg_fields_defaults(r->fields, r->route->defaults));

	if (r->prefill != NULL)
		json_object_update(values, r->prefill);
	return values;
}

/*
 * The form with a key of its own.  A blank one has the controls that were made
 * at start.
 */
static struct prg_form
form_of(struct prg_req *r, const struct prg_filled *filled)
{
	struct prg_key_scope scope = prg_req_scope(r, "submit");
	struct prg_key key = prg_keys_sign(r->core->keys, filled->id, &scope);
	struct prg_form form = { .fields = r->fields, .errors = &r->errors,
	    .action = prg_core_url(r->core, &r->arena, r->route->path),
	    .values = filled->values, .key_name = prg_key_name,
	    .button = r->route->button,
	    .key = filled->draft == 0 ? prg_arena_strdup(&r->arena, key.text) :
	    prg_arena_printf(&r->arena, "%s.%d", key.text, filled->draft) };

	if (!filled->submitted && (r->prefill != NULL ||
	    r->fields != r->route->fields))
		form.values = prefilled(r);
	else if (!filled->submitted)
		form.controls = r->core->controls[r->route -
		    r->core->app->routes];
	return form;
}

/* Run the app's 'get': the page that it wants around the form. */
static struct prg_page
run_get(struct prg_req *r, const struct prg_filled *filled)
{
	struct prg_page page;

	r->submitted = filled->submitted ? filled->values : NULL;
	prg_req_enter(r, "get");
	page = r->route->get != NULL ? r->route->get(r) : prg_show(r, NULL);
	prg_req_leave(r);
	r->submitted = NULL;
	if (page.status == PRG_OK ? page.template_name == NULL : page.status !=
	    PRG_NOT_FOUND && page.status != PRG_TOO_MANY_REQUESTS)
		prg_req_mistake(r, "the handler returned no outcome of prg.h");
	/*
	 * Submitted values are shown even where the app has no page any more.
	 */
	return page.status != PRG_OK && filled->submitted ?
	    prg_show(r, NULL) : page;
}

/* For a program. */
static void
add_json(struct prg_req *r, json_t *m, const struct prg_filled *filled)
{
	struct prg_form form;
	json_t *j;

	if (r->route->title != NULL)
		json_object_set_new(m, "title", json_string(r->route->title));
	if (r->route->intro != NULL)
		json_object_set_new(m, "intro", json_string(r->route->intro));
	if (!prg_route_posts(r->route))
		return;
	form = form_of(r, filled);
	j = prg_form_json(&form);
	if (r->errors.first != NULL) {
		json_object_set(j, "values", filled->values);
		json_object_set_new(j, "errors", prg_errors_json(&r->errors));
	}
	json_object_set_new(j, "key_name", json_string(form.key_name));
	json_object_set_new(j, "key", json_string(form.key));
	json_object_set_new(m, "form", j);
}

/* The model of prg_model(), if the app has called it. */
static struct prg_var
app_model(const struct prg_req *r)
{
	return r->model != NULL ? prg_var_json(r->model) :
	    (struct prg_var){ .type = PRG_VAR_OBJECT };
}

static const char *
until(struct prg_req *r, int64_t expires)
{
	const char *const values[] = { "date", prg_moment_text(&r->arena,
	    &r->core->messages, expires), NULL };

	return prg_message_fill(&r->arena, &r->core->messages, PRG_MSG_DRAFT,
	    values);
}

/* For a template: what is on the page whatever the app's model has. */
static struct prg_var
page_model(struct prg_req *r, const struct prg_filled *filled)
{
	struct prg_object o = prg_object(&r->arena, 4);
	struct prg_form form;

	if (r->route->title != NULL)
		prg_object_set(&o, prg_name.title,
		    prg_var_text(r->route->title));
	if (r->route->intro != NULL)
		prg_object_set(&o, prg_name.intro,
		    prg_var_text(r->route->intro));
	if (filled->expires > 0)
		prg_object_set(&o, prg_name.draft,
		    prg_var_text(until(r, filled->expires)));
	if (prg_route_posts(r->route)) {
		form = form_of(r, filled);
		prg_object_set(&o, prg_name.form,
		    prg_form_model(&r->arena, &form));
	}
	return prg_object_var(&o);
}

/*
 * To prefill a hidden field with what no visitor could send is a mistake of the
 * app: returns false.  In a form that is shown again, hidden fields with an
 * error are prefilled anew.
 */
static bool
check_prefill(struct prg_req *r, const struct prg_filled *filled)
{
	struct prg_field_errors wrong = { .arena = &r->arena,
	    .messages = &r->core->messages };
	const struct prg_field *f = r->fields;
	json_t *v;

	if (r->prefill == NULL)
		return true;
	for (; filled->submitted && f->kind != PRG_KIND_END; f++)
		if (f->kind == PRG_KIND_HIDDEN &&
		    prg_errors_find(&r->errors, f) != NULL &&
		    (v = json_object_get(r->prefill, f->name)) != NULL)
			json_object_set(filled->values, f->name, v);
	if (!filled->submitted)
		prg_fields_check_hidden(r->fields, r->prefill, &wrong);
	if (wrong.first != NULL)
		r->trace.reason = prg_arena_printf(&r->arena, "the hidden field"
		    " %s is prefilled with an invalid value: %s",
		    wrong.first->field->name, wrong.first->text);
	return wrong.first == NULL;
}

/*
 * Back shows a blank form from the browser's cache, with its key.  For that
 * Vary has no Cookie: the first visit sets one.
 */
static bool
is_kept(const struct prg_req *r, const struct prg_filled *filled)
{
	bool shows = !prg_route_posts(r->route) || r->listed > 0;

	return !filled->submitted && !r->staff &&
	    !(r->route->no_store && shows);
}

struct prg_reply
prg_form_reply(struct prg_req *r, enum prg_status status,
    const struct prg_filled *filled)
{
	struct prg_reply reply = prg_reply(&r->arena, status);
	const struct prg_page page = run_get(r, filled);

	if (page.status == PRG_NOT_FOUND)
		return prg_error_reply(r, page.status, NULL);
	if (page.status == PRG_TOO_MANY_REQUESTS)
		return prg_limited(r);
	if (page.status != PRG_OK || page.template_name == NULL ||
	    !check_prefill(r, filled))
		return prg_error_reply(r, PRG_INTERNAL_SERVER_ERROR, NULL);
	prg_reply_shows(&reply, filled->text);
	reply.body.max += GROWTH * r->listed;
	prg_reply_header(&reply, "Vary", r->route->owner &&
	    !prg_route_posts(r->route) ? "Accept, Cookie" : "Accept");
	prg_reply_header(&reply, "Cache-Control", is_kept(r, filled) ?
	    "private, no-cache" : "private, no-store");
	if (!r->json)
		return prg_page_reply(r, reply,
		    &(struct prg_view){ page.template_name, (struct prg_var[]){
		    r->core->globals, prg_object_var(&r->recent),
		    app_model(r), page_model(r, filled), { 0 } } });
	add_json(r, prg_model(r), filled);
	prg_reply_json(&reply, "application/json", json_incref(prg_model(r)));
	return reply;
}
