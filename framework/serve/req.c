/*
 * req.c - the requests of a process, each used again and again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "serve/req.h"

/* A route without a table of fields has this one. */
static const struct prg_field no_fields[] = { PRG_FIELDS_END };

static struct prg_req *
req_new(struct prg_core *core)
{
	struct prg_req *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		prg_log(PRG_LOG_ERROR, "out of memory");
		abort();
	}
	r->core = core;
	pthread_mutex_init(&r->running.lock, NULL);
	pthread_mutex_lock(&core->lock);
	r->others = core->all;
	core->all = r;
	pthread_mutex_unlock(&core->lock);
	return r;
}

/* Forget the last request, but keep what outlives it. */
static void
clear(struct prg_req *r)
{
	struct prg_req kept = *r;

	prg_arena_reset(&kept.arena);
	r->arena = kept.arena;
	r->place = (struct prg_place){ .route = NULL };
	r->route = NULL;
	r->fields = no_fields;
	r->json = r->unacceptable = false;
	r->owner = r->cookie = NULL;
	r->unknown = r->forgotten = false;
	r->listed = 0;
	r->list = (struct prg_list){ .route = NULL };
	r->staff = false;
	r->limit = 0;
	r->errors = (struct prg_field_errors){ .arena = &r->arena,
	    .messages = &r->core->messages };
	r->model = r->prefill = r->submitted = NULL;
	r->recent = (struct prg_object){ .count = 0 };
	r->query = NULL;
	r->post = NULL;
}

struct prg_req *
prg_req_take(struct prg_core *core, struct prg_conn *conn)
{
	struct prg_req *r;

	pthread_mutex_lock(&core->lock);
	if ((r = core->pool) != NULL)
		core->pool = r->next;
	pthread_mutex_unlock(&core->lock);
	if (r == NULL)
		r = req_new(core);
	clear(r);
	r->conn = conn;
	prg_trace_begin(r);
	return r;
}

/* Give back what prg_db() lent, and log what has failed. */
static void
give_db(struct prg_req *r)
{
	if (r->db == &r->lent) {
		prg_req_failed(r, r->running.handler, &r->db->err);
		prg_store_give_back(r->db);
	}
	r->db = NULL;
}

void
prg_req_give(struct prg_req *r)
{
	struct prg_core *core = r->core;

	prg_arena_reset(&r->arena);
	pthread_mutex_lock(&core->lock);
	r->next = core->pool;
	core->pool = r;
	pthread_mutex_unlock(&core->lock);
}

void
prg_req_enter(struct prg_req *r, const char *handler)
{
	prg_running_enter(r, handler);
}

void
prg_req_leave(struct prg_req *r)
{
	give_db(r);
	prg_running_leave(r);
}

void
prg_req_failed(struct prg_req *r, const char *handler,
    const struct prg_error *why)
{
	const char *reason = r->trace.reason;

	if (why->text[0] == '\0')
		return;
	r->trace.mistaken = true;
	r->trace.reason = prg_arena_printf(&r->arena, "%s%s%s: %s", reason !=
	    NULL ? reason : "", reason != NULL ? "; " : "", handler, why->text);
}

void
prg_req_expect_get(struct prg_req *r, const char *caller)
{
	const char *handler = r->running.handler;

	if (handler != NULL && strcmp(handler, "get") != 0)
		prg_req_mistake(r, "%s: %s shows no page; use prg_result(), or"
		    " call it in the get", caller, handler);
}

struct prg_key_scope
prg_req_scope(const struct prg_req *r, const char *purpose)
{
	return (struct prg_key_scope){ purpose, r->route->path, r->owner };
}

void
prg_req_note(struct prg_req *r, const char *reason)
{
	r->trace.noted = true;
	if (r->trace.reason == NULL)
		r->trace.reason = reason;
}

void
prg_req_mistake(struct prg_req *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	r->trace.mistaken = true;
	r->trace.reason = prg_arena_vprintf(&r->arena, fmt, ap);
	va_end(ap);
}

const char *
prg_req_draft(struct prg_req *r, const struct prg_row *row)
{
	return prg_arena_printf(&r->arena, "%s?%d",
	    prg_req_address(r, &row->id), prg_row_draft(row));
}

const char *
prg_req_address(struct prg_req *r, const struct prg_id *id)
{
	return prg_route_address(&r->arena, r->core->options.base, r->route,
	    id->text);
}
