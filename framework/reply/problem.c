/*
 * problem.c - errors: a page for people, problem+json for programs (RFC 9457).
 */
#include "base/log.h"
#include "reply/reply.h"

/* The phrases of the standard (RFC 9110, 15; RFC 6585). */
static const struct {
	enum prg_status	 status;
	const char	*phrase;
} phrases[] = {
	{ PRG_OK, "OK" },
	{ PRG_CREATED, "Created" },
	{ PRG_ACCEPTED, "Accepted" },
	{ PRG_NO_CONTENT, "No Content" },
	{ PRG_SEE_OTHER, "See Other" },
	{ PRG_NOT_MODIFIED, "Not Modified" },
	{ PRG_BAD_REQUEST, "Bad Request" },
	{ PRG_FORBIDDEN, "Forbidden" },
	{ PRG_NOT_FOUND, "Not Found" },
	{ PRG_METHOD_NOT_ALLOWED, "Method Not Allowed" },
	{ PRG_NOT_ACCEPTABLE, "Not Acceptable" },
	{ PRG_CONFLICT, "Conflict" },
	{ PRG_GONE, "Gone" },
	{ PRG_LENGTH_REQUIRED, "Length Required" },
	{ PRG_PRECONDITION_FAILED, "Precondition Failed" },
	{ PRG_CONTENT_TOO_LARGE, "Content Too Large" },
	{ PRG_UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type" },
	{ PRG_UNPROCESSABLE_CONTENT, "Unprocessable Content" },
	{ PRG_TOO_MANY_REQUESTS, "Too Many Requests" },
	{ PRG_INTERNAL_SERVER_ERROR, "Internal Server Error" },
	{ PRG_NOT_IMPLEMENTED, "Not Implemented" },
	{ PRG_SERVICE_UNAVAILABLE, "Service Unavailable" },
	{ 0, "Unknown" }
};

const char *
prg_status_phrase(enum prg_status status)
{
	int i = 0;

	while (phrases[i].status != 0 && phrases[i].status != status)
		i++;
	return phrases[i].phrase;
}

/* "title" or "detail" of a status, for a person. */
static const char *
word_of(const struct prg_reply *r, const struct prg_messages *messages,
    const char *what)
{
	const char *word = prg_messages_find(messages, prg_arena_printf(r->arena,
	    "%s_%d", what, r->status));

	return word != NULL ? word : prg_status_phrase(r->status);
}

static void
answer_json(struct prg_reply *r, const struct prg_problem *p,
    const char *detail)
{
	json_t *j = json_object();

	json_object_set_new(j, "type", json_string("about:blank"));
	json_object_set_new(j, "title",
	    json_string(prg_status_phrase(r->status)));
	json_object_set_new(j, "status", json_integer(r->status));
	json_object_set_new(j, "detail", json_string(detail));
	if (p->errors != NULL)
		json_object_set_new(j, "errors", p->errors);
	prg_reply_json(r, "application/problem+json", j);
}

static void
answer_html(struct prg_reply *r, struct prg_views *views,
    const struct prg_problem *p, const char *detail)
{
	struct prg_object o = prg_object(r->arena, 3);
	struct prg_error err;

	prg_object_set(&o, prg_name.status, prg_var_integer(r->status));
	prg_object_set(&o, prg_name.title,
	    prg_var_text(word_of(r, p->messages, "title")));
	prg_object_set(&o, prg_name.detail, prg_var_text(detail));
	if (prg_views_render(views, &(struct prg_view){ "error",
	    (struct prg_var[]){ p->globals, prg_object_var(&o), { 0 } } },
	    &r->body, &err) == -1) {
		prg_log(PRG_LOG_ERROR, "%s", err.text);
		r->body.len = 0;
		prg_buf_str(&r->body, detail);
		prg_reply_header(r, "Content-Type", "text/plain; charset=utf-8");
	} else
		prg_reply_header(r, "Content-Type", "text/html; charset=utf-8");
	json_decref(p->errors);
}

void
prg_reply_problem(struct prg_reply *r, struct prg_views *views,
    const struct prg_problem *p)
{
	const char *detail = p->detail != NULL ? p->detail :
	    word_of(r, p->messages, "detail");

	if (r->status == PRG_SERVICE_UNAVAILABLE)
		prg_reply_header(r, "Retry-After", "30");
	prg_reply_header(r, "Vary", "Accept");
	if (p->json)
		answer_json(r, p, detail);
	else
		answer_html(r, views, p, detail);
}
