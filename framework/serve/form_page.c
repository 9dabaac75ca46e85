/*
 * form.c - a form page: blank, or with what was typed and what is wrong with it.
 */
#include "page/model.h"
#include "serve/req.h"

static struct prg_form
form_of(struct prg_req *r, const struct prg_filled *filled)
{
	return (struct prg_form){ r->fields,
	    prg_route_url(&r->arena, r->core->options.base, r->route),
	    filled->values, &r->faults };
}

/* The blank form is the same each time, but for its key: made once, then shared. */
static json_t *
html_model(struct prg_req *r, const struct prg_filled *filled)
{
	struct prg_form form;

	if (!filled->typed && r->fill == NULL)
		return json_copy(prg_core_blank(r->core, r->route));
	form = form_of(r, filled);
	return prg_form_model(&r->arena, &form);
}

static json_t *
json_model(struct prg_req *r, const struct prg_filled *filled)
{
	struct prg_form form = form_of(r, filled);
	json_t *m = prg_form_json(&form);

	if (r->faults.first != NULL) {
		json_object_set(m, "values", filled->values);
		json_object_set_new(m, "errors", prg_errors_json(&r->faults));
	}
	return m;
}

static json_t *
form_model(struct prg_req *r, const struct prg_filled *filled)
{
	struct prg_key_scope scope = prg_req_scope(r, "submit");
	struct prg_key key = prg_keys_sign(r->core->keys, filled->id, &scope);
	json_t *m = r->json ? json_model(r, filled) : html_model(r, filled);

	json_object_set_new(m, "key_name", json_string(prg_key_name));
	json_object_set_new(m, "key", json_string(key.text));
	return m;
}

/*
 * The app's own page around the form: a draft looks as the blank form does, with
 * whatever the app shows beside it.
 */
bool
prg_show_form(struct prg_req *r, struct prg_reply *reply,
    const struct prg_filled *filled)
{
	json_t *m = prg_model(r), *models[] = { r->core->globals, m, NULL };
	struct prg_view view = { NULL, models };
	struct prg_page page;

	r->typed = filled->typed ? filled->values : NULL;
	prg_req_enter(r, "get");
	page = r->route->get != NULL ? r->route->get(r) : prg_show(r, NULL);
	prg_req_leave(r);
	r->typed = NULL;
	/* What was typed is there, whatever the app's page has come to miss (H24). */
	if (page.status != PRG_OK && filled->typed)
		page = prg_show(r, NULL);
	if (page.status != PRG_OK) {
		reply->status = page.status;
		return false;
	}
	if (r->route->title != NULL)
		json_object_set_new(m, "title", json_string(r->route->title));
	if (r->fill != NULL && !filled->typed)
		json_object_update(filled->values, r->fill);
	if (prg_route_posts(r->route))
		json_object_set_new(m, "form", form_model(r, filled));
	prg_reply_header(reply, "Vary", r->route->owner ? "Accept, Cookie" :
	    "Accept");
	/* Back shows a blank form as the browser kept it, with its key (H58). */
	prg_reply_header(reply, "Cache-Control", filled->typed ?
	    "private, no-store" : "private, no-cache");
	if (r->json) {
		prg_reply_json(reply, "application/json", json_incref(m));
		return true;
	}
	view.name = page.template_name;
	if (prg_render(r, reply, &view))
		return true;
	reply->status = PRG_INTERNAL_SERVER_ERROR;
	return false;
}
