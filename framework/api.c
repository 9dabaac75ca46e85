/*
 * api.c - what handlers call; prg.h says what each is for.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "page/model.h"
#include "req.h"
#include "request/route.h"

enum { MAX_RECENT = 1000 };

/* -- Outcomes ------------------------------------------------------------------ */

struct prg_page
prg_show(struct prg_req *r, const char *name)
{
	if (name == NULL)
		name = r->route->fields != NULL ? "form" : "page";
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

/*
 * A path of this app: one slash, then neither slash nor backslash, and no byte
 * that a browser would drop (K20).
 */
static bool
stays_here(const char *path)
{
	if (path[0] != '/' || path[1] == '/')
		return false;
	for (const char *p = path; *p != '\0'; p++)
		if (*p <= ' ' || *p == 0x7f || *p == '\\')
			return false;
	return true;
}

struct prg_next
prg_redirect(struct prg_req *r, const char *path)
{
	if (!stays_here(path))
		return prg_fail(r, "prg_redirect: not a path of this app");
	return (struct prg_next){ PRG_NEXT_REDIRECT,
	    prg_arena_printf(&r->arena, "%s%s", r->core->options.base, path) };
}

struct prg_next
prg_again(struct prg_req *r)
{
	(void)r;
	return (struct prg_next){ PRG_NEXT_AGAIN, NULL };
}

static const char *
vprint(struct prg_arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *s;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	assert(n >= 0);
	s = prg_arena_get(a, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	return s;
}

struct prg_next
prg_fail(struct prg_req *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	r->why = vprint(&r->arena, fmt, ap);
	va_end(ap);
	prg_log(PRG_LOG_ERROR, "route %s: %s", r->route->path, r->why);
	return (struct prg_next){ PRG_NEXT_FAIL, NULL };
}

/* -- In a handler --------------------------------------------------------------- */

const void *
prg_input(struct prg_req *r)
{
	return r->input;
}

static void
decref(void *j)
{
	json_decref(j);
}

static json_t *
object_of(struct prg_req *r, json_t **j)
{
	if (*j == NULL) {
		*j = json_object();
		prg_arena_defer(&r->arena, decref, *j);
	}
	return *j;
}

json_t *
prg_result(struct prg_req *r)
{
	return object_of(r, &r->result);
}

json_t *
prg_model(struct prg_req *r)
{
	return object_of(r, &r->model);
}

void
prg_set(json_t *j, const char *name, const char *fmt, ...)
{
	struct prg_arena a = { 0 };
	va_list ap;
	const char *text;
	struct prg_buf valid;

	va_start(ap, fmt);
	text = vprint(&a, fmt, ap);
	va_end(ap);
	valid = prg_buf(&a, 3 * strlen(text));
	prg_utf8_repair(&valid, prg_span(text));
	json_object_set_new(j, name, json_string(valid.p));
	prg_arena_release(&a);
}

void
prg_fault(struct prg_req *r, const char *field, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = vprint(&r->arena, fmt, ap);
	va_end(ap);
	prg_faults_add(&r->faults, field == NULL ? NULL :
	    prg_arena_strdup(&r->arena, field), text);
}

static json_t *
entry(struct prg_req *r, const struct prg_row *row)
{
	struct prg_shown s = { row, r->route->fields,
	    prg_route_address(&r->arena, r->core->options.base, r->route,
	    row->id.text) };

	return r->json ? prg_shown_json(&s) : prg_shown_model(&r->arena, &s);
}

bool
prg_recent(struct prg_req *r, const char *name, int count)
{
	json_t *list = json_array(), *m = prg_model(r);
	struct prg_rows rows;

	assert(count >= 1 && count <= MAX_RECENT);
	rows = prg_store_recent(r->core->store, &r->arena, r->route->path,
	    count);
	for (int i = 0; i < rows.count; i++)
		json_array_append_new(list, entry(r, &rows.list[i]));
	if (!r->json) {
		json_object_set(m, "recent", list);
		json_object_set_new(m, "has_recent",
		    json_boolean(rows.count > 0));
	}
	json_object_set_new(m, name, list);
	return rows.count >= 0;
}

const char *
prg_query(struct prg_req *r, const char *name)
{
	const struct prg_form_limits limits = { 100, 256, 8192 };
	const struct prg_pair *p;

	if (!r->query_read) {
		r->query = prg_urlencoded_read(&r->arena,
		    prg_span(r->in.query), &limits);
		r->query_read = true;
	}
	p = prg_pairs_find(&r->query, name, NULL);
	if (p == NULL || memchr(p->value.p, '\0', p->value.len) != NULL)
		return NULL;
	return prg_arena_copy(&r->arena, p->value.p, p->value.len);
}

const char *
prg_address(struct prg_req *r)
{
	return prg_route_address(&r->arena, r->core->options.base, r->route,
	    r->id.text);
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
	text = vprint(&r->arena, fmt, ap);
	va_end(ap);
	return text;
}
