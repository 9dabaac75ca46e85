/*
 * problem.c - errors: a page for people, problem+json for programs (RFC 9457).
 */
#include "base/log.h"
#include "reply/reply.h"

/* The phrase of the standard, and our words for a person. */
static const struct status {
	enum prg_status	 status;
	const char	*phrase;
	const char	*title;
	const char	*detail;
} statuses[] = {
	{ PRG_OK, "OK", NULL, NULL },
	{ PRG_CREATED, "Created", NULL, NULL },
	{ PRG_ACCEPTED, "Accepted", NULL, NULL },
	{ PRG_NO_CONTENT, "No Content", NULL, NULL },
	{ PRG_SEE_OTHER, "See Other", NULL, NULL },
	{ PRG_NOT_MODIFIED, "Not Modified", NULL, NULL },
	{ PRG_BAD_REQUEST, "Bad Request", "This can’t be understood",
	    "The request is broken." },
	{ PRG_FORBIDDEN, "Forbidden", "Not from there",
	    "Open the form on this site and send it again." },
	{ PRG_NOT_FOUND, "Not Found", "Nothing is here",
	    "There is no page at this address. Check it for typing errors." },
	{ PRG_METHOD_NOT_ALLOWED, "Method Not Allowed", "That can’t be done here",
	    "This address does not take such a request." },
	{ PRG_NOT_ACCEPTABLE, "Not Acceptable", "Not in that form",
	    "This page can be had as text/html and as application/json." },
	{ PRG_CONFLICT, "Conflict", "Something is in the way",
	    "Look at its state now, then try again." },
	{ PRG_GONE, "Gone", "No longer here",
	    "What was at this address has been deleted, or was kept for a time"
	    " that is over." },
	{ PRG_LENGTH_REQUIRED, "Length Required", "How long is it?",
	    "Send the form with a Content-Length." },
	{ PRG_PRECONDITION_FAILED, "Precondition Failed", "It has changed",
	    "It is not in the state that the request asks for." },
	{ PRG_CONTENT_TOO_LARGE, "Content Too Large", "That is too much",
	    "The form is larger than what is taken here." },
	{ PRG_UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type",
	    "Not in that encoding",
	    "Send the form as application/x-www-form-urlencoded or as"
	    " multipart/form-data, in UTF-8." },
	{ PRG_UNPROCESSABLE_CONTENT, "Unprocessable Content",
	    "There is a problem", "Some values do not fit." },
	{ PRG_TOO_MANY_REQUESTS, "Too Many Requests", "Not so fast",
	    "Wait a little, then try again." },
	{ PRG_INTERNAL_SERVER_ERROR, "Internal Server Error",
	    "Something broke here",
	    "The error is in the log, and it is not yours." },
	{ PRG_NOT_IMPLEMENTED, "Not Implemented", "That is not known here",
	    "This server does not know the method of the request." },
	{ PRG_SERVICE_UNAVAILABLE, "Service Unavailable", "Not just now",
	    "Nothing was stored and nothing is lost: go back and send the form "
	    "again in a minute." },
	{ 0, "Unknown", "Unknown", "Unknown" }
};

static const struct status *
find(enum prg_status status)
{
	const struct status *s = statuses;

	while (s->status != 0 && s->status != status)
		s++;
	return s;
}

const char *
prg_status_phrase(enum prg_status status)
{
	return find(status)->phrase;
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
	json_t *m = json_object(), *models[] = { p->globals, m, NULL };
	struct prg_view view = { "error", models };
	struct prg_error err;

	json_object_set_new(m, "status", json_integer(r->status));
	json_object_set_new(m, "title", json_string(find(r->status)->title));
	json_object_set_new(m, "detail", json_string(detail));
	if (prg_views_render(views, &view, &r->body, &err) == -1) {
		prg_log(PRG_LOG_ERROR, "%s", err.text);
		r->body.len = 0;
		prg_buf_str(&r->body, detail);
		prg_reply_header(r, "Content-Type", "text/plain; charset=utf-8");
	} else
		prg_reply_header(r, "Content-Type", "text/html; charset=utf-8");
	json_decref(m);
	json_decref(p->errors);
}

void
prg_reply_problem(struct prg_reply *r, struct prg_views *views,
    const struct prg_problem *p)
{
	const char *detail = p->detail != NULL ? p->detail :
	    find(r->status)->detail;

	if (r->status == PRG_SERVICE_UNAVAILABLE)
		prg_reply_header(r, "Retry-After", "30");
	prg_reply_header(r, "Vary", "Accept");
	if (p->json)
		answer_json(r, p, detail);
	else
		answer_html(r, views, p, detail);
}
