/*
 * answer.c - every way in which a request can end.
 */
#include <sodium.h>

#include "base/date.h"
#include "request/condition.h"
#include "serve/req.h"
#include "request/accept.h"

enum { USUAL_PAGE = 4 << 10 };		/* bytes, to begin with */

/* Send and be done: every way through a request ends here or in hold(). */
enum prg_verdict
prg_answer(struct prg_req *r, struct prg_reply *reply)
{
	if (r->new_visitor != NULL)
		prg_reply_header(reply, "Set-Cookie", r->new_visitor);
	if (prg_reply_send(reply, r->conn, &r->in) == -1 && r->reason == NULL)
		r->reason = "the peer has left";
	prg_note_end(r, reply->status);
	prg_req_give(r);
	return PRG_CONN_DONE;
}

/* An error is JSON as well for who names what that is called (RFC 9457). */
enum prg_verdict
prg_answer_problem(struct prg_req *r, struct prg_reply *reply,
    struct prg_problem *p)
{
	if (r->reason == NULL)
		r->reason = p->detail;
	p->json = prg_accept_prefers(r->in.accept, "application/json",
	    "text/html") || prg_accept_prefers(r->in.accept,
	    "application/problem+json", "text/html");
	p->globals = r->core->globals;
	p->messages = &r->core->messages;
	prg_reply_problem(reply, r->core->views, p);
	return prg_answer(r, reply);
}

enum prg_verdict
prg_answer_error(struct prg_req *r, enum prg_status status, const char *detail)
{
	struct prg_reply reply = prg_reply(&r->arena, status);
	struct prg_problem p = { .detail = detail };

	return prg_answer_problem(r, &reply, &p);
}

/* Allow: what can be done at this place (RFC 9110, 10.2.1). */
static const char *
methods(const struct prg_req *r)
{
	if (r->place.below == PRG_BELOW_DELETE)
		return "POST, OPTIONS";
	return prg_methods(r->route != NULL && prg_route_posts(r->route) &&
	    r->place.id.text[0] == '\0');
}

enum prg_verdict
prg_answer_not_allowed(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_METHOD_NOT_ALLOWED);
	struct prg_problem p = { .detail = NULL };

	prg_reply_header(&reply, "Allow", methods(r));
	return prg_answer_problem(r, &reply, &p);
}

enum prg_verdict
prg_answer_options(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_NO_CONTENT);

	prg_reply_header(&reply, "Allow", methods(r));
	return prg_answer(r, &reply);
}

enum prg_verdict
prg_answer_see_other(struct prg_req *r, const char *url)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_SEE_OTHER);

	prg_reply_see_other(&reply, url, &r->core->messages);
	return prg_answer(r, &reply);
}

/* Make the page; one that can't be made is a 500, and says why with --dev. */
bool
prg_render(struct prg_req *r, struct prg_reply *reply,
    const struct prg_view *view)
{
	struct prg_error err;

	prg_buf_reserve(&reply->body, USUAL_PAGE);
	if (prg_views_render(r->core->views, view, &reply->body, &err) == 0) {
		prg_reply_header(reply, "Content-Type",
		    "text/html; charset=utf-8");
		return true;
	}
	r->reason = prg_arena_strdup(&r->arena, err.text);
	r->why = r->core->options.dev ? r->reason : NULL;
	return false;
}

/* -- Conditional requests ------------------------------------------------------------ */

/* A strong validator: a digest of the very bytes (H50). */
const char *
prg_etag(struct prg_arena *a, const struct prg_buf *body)
{
	static const unsigned char key[crypto_shorthash_siphashx24_KEYBYTES];
	unsigned char hash[crypto_shorthash_siphashx24_BYTES];
	char hex[2 * sizeof(hash) + 1];

	crypto_shorthash_siphashx24(hash, (const unsigned char *)body->p,
	    body->len, key);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	return prg_arena_join(a, (const char *const[]){ "\"", hex, "\"", NULL });
}

/* Send a page that may be kept, or say that the client's copy is still good. */
enum prg_verdict
prg_answer_cacheable(struct prg_req *r, struct prg_reply *reply, int64_t modified)
{
	struct prg_validators v = { prg_etag(&r->arena, &reply->body),
	    modified / 1000, prg_now() / 1000 };
	int status = prg_condition(&r->in, &v);

	if (status == 412)
		return prg_answer_error(r, PRG_PRECONDITION_FAILED, NULL);
	prg_reply_header(reply, "ETag", v.etag);
	if (modified != 0)
		prg_reply_header(reply, "Last-Modified",
		    prg_date_http(v.modified).text);
	reply->status = (enum prg_status)status;
	return prg_answer(r, reply);
}
