/*
 * api.c - what handlers call; prg.h is its manual.
 *
 * A mistake of the app is one line in the log and the safest answer, never a
 * crash.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "page/model.h"
#include "request/target.h"
#include "serve/req.h"

enum { MAX_REDIRECT = 1000 };	/* bytes, if each is "%XX" */

/* -- Outcomes -------------------------------------------------------------- */

struct prg_page
prg_show(struct prg_req *r, const char *name)
{
	if (name == NULL)
		name = prg_route_posts(r->route) ? "form" : "page";
	return (struct prg_page){ PRG_OK, name };
}

struct prg_page
prg_missing(struct prg_req *r)
{
	(void)r;
	return (struct prg_page){ PRG_NOT_FOUND, NULL };
}

struct prg_next
prg_created(struct prg_req *r)
{
	(void)r;
	return (struct prg_next){ PRG_NEXT_CREATED, NULL };
}

const char *
prg_escape(struct prg_req *r, const char *text)
{
	struct prg_buf b = prg_buf(&r->arena, SIZE_MAX / 4);

	prg_percent_encode(&b, prg_span(text));
	return b.p;
}

/* Another program may serve a path that is no route's, so it is a warning. */
struct prg_next
prg_redirect(struct prg_req *r, const char *path)
{
	const struct prg_route *routes = r->core->app->routes;

	if (prg_target_is_local(path) && strlen(path) <= MAX_REDIRECT) {
		if (prg_routes_find(routes, prg_arena_copy(&r->arena, path,
		    strcspn(path, "?#"))).route == NULL)
			prg_req_mistake(r, "prg_redirect: no route of this app"
			    " has this path");
		return (struct prg_next){ PRG_NEXT_REDIRECT,
		    prg_core_url(r->core, &r->arena, path) };
	}
	prg_req_mistake(r, "prg_redirect: not a path of this app of at most"
	    " %d bytes; encode values with prg_escape()", MAX_REDIRECT);
	return (struct prg_next){ PRG_NEXT_MISTAKE, NULL };
}

struct prg_next
prg_invalid(struct prg_req *r)
{
	(void)r;
	return (struct prg_next){ PRG_NEXT_INVALID, NULL };
}

struct prg_next
prg_fail(struct prg_req *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	r->trace.reason = prg_arena_vprintf(&r->arena, fmt, ap);
	va_end(ap);
	return (struct prg_next){ PRG_NEXT_FAIL, NULL };
}

static void
set_limit(struct prg_req *r, int seconds, const char *fmt, va_list ap)
{
	if (seconds < 1)
		prg_req_mistake(r, "prg_limit: %d seconds; wait for at least 1",
		    seconds);
	r->limit = seconds < 1 ? 1 : seconds;
	r->limit_text = prg_arena_vprintf(&r->arena, fmt, ap);
}

struct prg_next
prg_limit(struct prg_req *r, int seconds, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_limit(r, seconds, fmt, ap);
	va_end(ap);
	return (struct prg_next){ PRG_NEXT_LIMIT, NULL };
}

struct prg_page
prg_limit_page(struct prg_req *r, int seconds, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_limit(r, seconds, fmt, ap);
	va_end(ap);
	return (struct prg_page){ PRG_TOO_MANY_REQUESTS, NULL };
}

/* -- JSON ------------------------------------------------------------------ */

static json_t *
object_of(struct prg_req *r, json_t **j)
{
	if (*j == NULL)
		*j = prg_json_defer(&r->arena, json_object());
	return *j;
}

/* With the lists of prg_recent(), which templates read elsewhere. */
json_t *
prg_model(struct prg_req *r)
{
	json_t *model = object_of(r, &r->model);
	const struct prg_named *m;

	prg_req_expect_get(r, "prg_model");
	for (uint32_t i = 0; i < r->recent.count; i++) {
		m = &r->recent.members[i];
		if (json_object_get(model, m->name) == NULL)
			json_object_set_new(model, m->name,
			    prg_var_to_json(m->value));
	}
	return model;
}

void
prg_set(json_t *j, const char *name, const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	json_object_set_new(j, name, prg_json_text(text));
	free(text);
}

/* -- The submission -------------------------------------------------------- */

const void *
prg_input(struct prg_req *r)
{
	const struct prg_pairs none = { .count = 0 };
	struct prg_field_errors ignored = r->errors;
	void *blank;

	if (r->post != NULL && r->post->input != NULL)
		return r->post->input;
	prg_req_mistake(r, "prg_input: there is input only in a post");
	blank = prg_arena_get(&r->arena, r->fields->struct_size);
	prg_fields_bind(r->fields, &none, blank, &ignored);
	return blank;
}

json_t *
prg_result(struct prg_req *r)
{
	json_t *unused = NULL;

	if (r->post != NULL)
		return object_of(r, &r->post->result);
	prg_req_mistake(r, "prg_result: there is a result only in a post");
	return object_of(r, &unused);
}

static const struct prg_id *
id_of(const struct prg_req *r)
{
	return r->post != NULL ? &r->post->claim.id : &r->place.id;
}

const char *
prg_id(struct prg_req *r)
{
	return id_of(r)->text;
}

const char *
prg_address(struct prg_req *r)
{
	return id_of(r)->text[0] == '\0' ? "" : prg_req_address(r, id_of(r));
}

/* -- Fields ---------------------------------------------------------------- */

static const struct prg_field *
find_field(struct prg_req *r, const char *caller, const char *name)
{
	const struct prg_field *f = prg_field_find(r->fields, prg_span(name));

	if (f == NULL)
		prg_req_mistake(r, "%s: there is no field '%s'", caller, name);
	return f;
}

void
prg_field_error(struct prg_req *r, const char *field, const char *fmt, ...)
{
	const struct prg_field *f = field == NULL ? NULL :
	    find_field(r, "prg_field_error", field);
	const char *text;
	va_list ap;

	if (r->post == NULL) {
		prg_req_mistake(r, "prg_field_error: a get has no errors to"
		    " add");
		return;
	}
	va_start(ap, fmt);
	text = prg_arena_vprintf(&r->arena, fmt, ap);
	va_end(ap);
	prg_errors_add(&r->errors, f, text);
}

void
prg_fill(struct prg_req *r, const char *field, const char *fmt, ...)
{
	const struct prg_field *f = find_field(r, "prg_fill", field);
	json_t *filled = object_of(r, &r->prefill);
	json_t *list = json_object_get(filled, field);
	const char *text;
	va_list ap;

	prg_req_expect_get(r, "prg_fill");
	if (f == NULL)
		return;
	va_start(ap, fmt);
	text = prg_arena_vprintf(&r->arena, fmt, ap);
	va_end(ap);
	if (f->choices != NULL && *text != '\0' &&
	    prg_field_plain(&r->arena, f, prg_span(text)) == NULL)
		prg_req_mistake(r, "prg_fill: field '%s' has no such choice",
		    field);
	if (f->kind == PRG_KIND_CHOICES && list != NULL)
		json_array_append_new(list, prg_json_text(text));
	else
		json_object_set_new(filled, field, f->kind !=
		    PRG_KIND_CHOICES ? prg_json_text(text) :
		    json_pack("[o]", prg_json_text(text)));
}

const char *
prg_value(struct prg_req *r, const char *field)
{
	const json_t *v = json_object_get(r->submitted, field), *one;
	struct prg_buf b = prg_buf(&r->arena, SIZE_MAX / 4);
	size_t i;

	if (!json_is_array(v))
		return json_string_value(v);
	json_array_foreach(v, i, one) {
		if (i > 0)
			prg_buf_str(&b, ", ");
		prg_buf_str(&b, json_string_value(one));
	}
	return b.p;
}
