/*
 * form_page.c - the page of a form: blank, or with submitted values and errors.
 */
#include "page/model.h"
#include "serve/req.h"

json_t *
prg_errors_json(const struct prg_field_errors *errors)
{
	json_t *list = json_array(), *e;

	for (const struct prg_field_error *f = errors->first; f != NULL;
	    f = f->next) {
		e = json_object();
		json_object_set_new(e, "detail", json_string(f->text));
		if (f->field != NULL)
			json_object_set_new(e, "pointer",
			    json_sprintf("#/%s", f->field));
		json_array_append_new(list, e);
	}
	return list;
}

static json_t *
json_model(struct prg_req *r, const struct prg_form *form)
{
	json_t *m = prg_form_json(form);

	if (r->errors.first != NULL) {
		json_object_set(m, "values", form->values);
		json_object_set_new(m, "errors", prg_errors_json(&r->errors));
	}
	return m;
}

static json_t *
form_model(struct prg_req *r, const struct prg_filled *filled)
{
	struct prg_key_scope scope = prg_req_scope(r, "submit");
	struct prg_key key = prg_keys_sign(r->core->keys, filled->id, &scope);
	const struct prg_form form = { r->fields,
	    prg_route_url(&r->arena, r->core->options.base, r->route),
	    filled->values, &r->errors };
	json_t *m = r->json ? json_model(r, &form) :
	    prg_form_model(&r->arena, &form);

	json_object_set_new(m, "key_name", json_string(prg_key_name));
	json_object_set_new(m, "key", json_string(key.text));
	return m;
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
	/* Submitted values are shown even where the app has no page any more. */
	return page.status != PRG_OK && filled->submitted ?
	    prg_show(r, NULL) : page;
}

static void
set_model(struct prg_req *r, const struct prg_filled *filled)
{
	json_t *m = prg_model(r);

	if (r->route->title != NULL)
		json_object_set_new(m, "title", json_string(r->route->title));
	if (r->prefill != NULL && !filled->submitted)
		json_object_update(filled->values, r->prefill);
	if (prg_route_posts(r->route))
		json_object_set_new(m, "form", form_model(r, filled));
}

/* Back shows a blank form from the browser's cache, with its key. */
struct prg_reply
prg_form_reply(struct prg_req *r, enum prg_status status,
    const struct prg_filled *filled)
{
	struct prg_reply reply = prg_reply(&r->arena, status);
	const struct prg_page page = run_get(r, filled);
	json_t *models[] = { r->core->globals, prg_model(r), NULL };

	if (page.status != PRG_OK)
		return prg_error_reply(r, page.status, NULL);
	set_model(r, filled);
	prg_reply_shows(&reply, filled->text);
	prg_reply_header(&reply, "Vary", r->route->owner ? "Accept, Cookie" :
	    "Accept");
	prg_reply_header(&reply, "Cache-Control", filled->submitted ?
	    "private, no-store" : "private, no-cache");
	if (!r->json)
		return prg_page_reply(r, reply,
		    &(struct prg_view){ page.template_name, models });
	prg_reply_json(&reply, "application/json", json_incref(prg_model(r)));
	return reply;
}
