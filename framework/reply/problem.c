/*
 * problem.c - errors: a page for people, or problem+json (RFC 9457).
 */
#include "base/log.h"
#include "reply/reply.h"

/* The title or the detail of a status, for people. */
static const char *
message_of(const struct prg_reply *r, const struct prg_messages *messages,
    const char *what)
{
	const char *text = prg_messages_find(messages,
	    prg_arena_printf(r->arena, "%s_%d", what, r->status));

	return text != NULL ? text : prg_status_phrase(r->status);
}

/* Render the page "error", or just its detail if that fails. */
static void
render(struct prg_reply *r, struct prg_views *views,
    const struct prg_problem *p, json_t *problem)
{
	const struct prg_var models[] = { p->globals, prg_var_json(problem),
	    p->form, { 0 } };
	const char *type = "text/html; charset=utf-8";
	struct prg_error err;

	if (prg_views_render(views, &(struct prg_view){ "error", models },
	    &r->body, &err) == -1) {
		prg_log(PRG_LOG_ERROR, "%s", err.text);
		r->body.len = 0;
		prg_buf_str(&r->body,
		    json_string_value(json_object_get(problem, "detail")));
		type = "text/plain; charset=utf-8";
	}
	prg_reply_header(r, "Content-Type", type);
	json_decref(problem);
}

void
prg_reply_problem(struct prg_reply *r, struct prg_views *views,
    const struct prg_problem *p)
{
	const char *title = p->json ? prg_status_phrase(r->status) :
	    p->title != NULL ? p->title :
	    message_of(r, p->messages, "title");
	const char *detail = p->detail != NULL ? p->detail :
	    message_of(r, p->messages, "detail");
	json_t *j = json_pack("{s:s, s:s, s:i}", "type", "about:blank",
	    "title", title, "status", (int)r->status);

	json_object_set_new(j, "detail", json_string(detail));
	if (p->errors != NULL)
		json_object_set_new(j, "errors", p->errors);
	if (r->status == PRG_SERVICE_UNAVAILABLE)
		prg_reply_header(r, "Retry-After", "30");
	prg_reply_header(r, "Vary", "Accept");
	if (p->json)
		prg_reply_json(r, "application/problem+json", j);
	else
		render(r, views, p, j);
}
