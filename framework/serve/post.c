/*
 * post.c - a POST on its way in: the gate, the form, its key.
 */
#include <string.h>

#include "base/date.h"
#include "form/param.h"
#include "page/condition.h"
#include "serve/req.h"
#include "request/idempotency.h"
#include "request/intake.h"
#include "request/origin.h"

const char prg_key_name[] = "prg-key";

/* -- The gate ------------------------------------------------------------------------ */

/* Before anything of the body is read: may this page send to us at all? */
static bool
may_come_in(struct prg_req *r)
{
	const struct prg_from from = { r->in.sec_fetch_site, r->in.origin,
	    r->in.host, r->in.server_port };
	struct prg_gate_result result = prg_gate(&from, r->core->options.origin);

	r->unsure = result.gate == PRG_GATE_UNSURE;
	if (result.gate == PRG_GATE_REFUSE)
		r->reason = result.reason;
	return result.gate != PRG_GATE_REFUSE;
}

/* -- The form ------------------------------------------------------------------------- */

enum {
	MAX_NAME = 256,			/* bytes */
	MAX_HEAD = 8 << 10,		/* bytes in the header of a part */
	MAX_HEAD_LINES = 8,
	CHUNK = 8 << 10
};

/* Whether a Content-Type is that of a form, in UTF-8 (H38, F5). */
static bool
is_urlencoded(const char *type)
{
	struct prg_span rest = prg_span(type != NULL ? type : "");
	struct prg_param p;
	int charset;

	if (!prg_span_alike(prg_param_head(&rest),
	    prg_span("application/x-www-form-urlencoded")))
		return false;
	charset = prg_param_find(rest, "charset", &p);
	return charset == 0 ||
	    (charset == 1 && prg_span_alike(p.raw, prg_span("utf-8")));
}

static enum prg_verdict
answer_wrong_type(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena,
	    PRG_UNSUPPORTED_MEDIA_TYPE);
	struct prg_problem p = { .detail = r->why };

	if (r->in.content_encoding != NULL)
		prg_reply_header(&reply, "Accept-Encoding", "identity");
	else
		prg_reply_header(&reply, "Accept",
		    "application/x-www-form-urlencoded, multipart/form-data");
	return prg_answer_problem(r, &reply, &p);
}

static int
refuse(struct prg_req *r, int status, const char *why)
{
	r->why = why;
	return status;
}

static const struct prg_form_limits form_limits = {
	PRG_MAX_FIELDS, MAX_NAME, PRG_MAX_VALUE
};

static int
read_urlencoded(struct prg_req *r)
{
	struct prg_body body = { .max = (size_t)r->core->options.max_body };
	int refused = prg_request_body(&r->arena, r->conn, &r->in, &body);

	if (refused != 0)
		return refuse(r, refused, body.why);
	r->posted = prg_urlencoded_read(&r->arena, body.bytes, &form_limits);
	if (r->posted.refused != 0)
		return refuse(r, r->posted.refused, prg_arena_printf(&r->arena,
		    "The form has %s.", r->posted.limit));
	return 0;
}

/* As it arrives: what is in files is not kept. */
static int
read_multipart(struct prg_req *r)
{
	const struct prg_options *o = &r->core->options;
	const struct prg_multipart_limits limits = {
		form_limits, PRG_MAX_FILES, MAX_HEAD, MAX_HEAD_LINES
	};
	struct prg_intake in = prg_intake(&r->arena, r->conn, &r->in,
	    (size_t)o->max_upload);
	struct prg_collector *c = prg_collector(&r->arena, r->in.content_type,
	    &limits);
	struct prg_refusal refused;
	char chunk[CHUNK];
	size_t n;

	while ((n = prg_intake_read(&in, chunk, sizeof(chunk))) > 0 &&
	    prg_collector_feed(c, chunk, n))
		;
	refused = prg_collector_end(c, &r->posted, &r->files);
	if (in.refused != 0)
		return refuse(r, in.refused, in.why);
	return refuse(r, refused.status, refused.why);
}

/* Whether it is a form of a length that we take: 0, or the status and 'why'. */
static int
check_head(struct prg_req *r)
{
	const struct prg_options *o = &r->core->options;
	bool urlencoded = is_urlencoded(r->in.content_type);
	struct prg_intake in;

	if (r->in.content_encoding != NULL ||
	    (!urlencoded && !prg_multipart_is(r->in.content_type)))
		return 415;
	in = prg_intake(&r->arena, r->conn, &r->in,
	    (size_t)(urlencoded ? o->max_body : o->max_upload));
	return refuse(r, in.refused, in.why);
}

/* What a browser says of the form's encoding, in a hidden field of this name (F5). */
static int
check_charset(struct prg_req *r)
{
	const struct prg_pair *p = prg_pairs_find(&r->posted, "_charset_", NULL);

	if (p == NULL || p->value.len == 0 ||
	    prg_span_alike(p->value, prg_span("utf-8")))
		return 0;
	return refuse(r, 400, "The form is not in UTF-8.");
}

/* Read the form into 'posted'; 0, or the status and 'why'. */
static int
read_form(struct prg_req *r)
{
	int refused = prg_multipart_is(r->in.content_type) ?
	    read_multipart(r) : read_urlencoded(r);

	return refused != 0 ? refused : check_charset(r);
}

/* -- The key ---------------------------------------------------------------------------- */

static enum prg_key_verdict
judge_key(struct prg_req *r, const char *purpose, struct prg_id *id)
{
	bool ages = strcmp(purpose, "submit") == 0;
	const struct prg_pair *p = prg_pairs_find(&r->posted, prg_key_name,
	    NULL);
	struct prg_key_scope scope = prg_req_scope(r, purpose);
	struct prg_key_check check = {
		.text = p != NULL ? p->value : (struct prg_span){ NULL, 0 },
		.now = prg_now() / 1000,
		.age = ages ? r->core->options.form_age : 0
	};

	return prg_keys_verify(r->core->keys, &scope, &check, id);
}

/* Under which ID: the key's, the one that the client's header names, or a new one. */
static bool
choose_id(struct prg_req *r)
{
	struct prg_key_scope scope = prg_req_scope(r, "submit");
	struct prg_span name;

	if (r->in.idempotency_key != NULL) {
		if (!prg_idempotency_key(&r->arena, r->in.idempotency_key,
		    &name))
			return false;
		r->named = true;
		r->claim.id = prg_keys_name(r->core->keys, &scope, name);
		return true;
	}
	r->key = judge_key(r, "submit", &r->claim.id);
	if (r->key == PRG_KEY_NONE && r->route->key_required)
		r->key = PRG_KEY_BAD;
	r->claim.fresh = r->key != PRG_KEY_GOOD;
	if (r->claim.fresh)
		r->claim.id = prg_id_new();
	return true;
}

/* -- Deleting ------------------------------------------------------------------------------ */

/* Gone now, or gone before: its address says so. */
static enum prg_verdict
erased(struct prg_req *r)
{
	if (r->write.outcome == PRG_WRITTEN_FAIL)
		return prg_answer_error(r, PRG_SERVICE_UNAVAILABLE, NULL);
	return prg_answer_see_other(r, prg_route_address(&r->arena,
	    r->core->options.base, r->route, r->place.id.text));
}

static enum prg_verdict
erase(struct prg_req *r)
{
	struct prg_id id;

	if (judge_key(r, "delete", &id) != PRG_KEY_GOOD ||
	    strcmp(id.text, r->place.id.text) != 0)
		return prg_answer_error(r, PRG_FORBIDDEN,
		    r->core->messages.texts[PRG_MSG_DELETE_AGAIN]);
	r->write.kind = PRG_WRITE_ERASE;
	r->write.row.id = id;
	r->write.row.modified = prg_now();
	r->go_on = erased;
	return prg_hold(r);
}

/* -- All of it -------------------------------------------------------------------------------- */

static enum prg_verdict
refused(struct prg_req *r, int status)
{
	return status == 415 ? answer_wrong_type(r) :
	    prg_answer_error(r, (enum prg_status)status, r->why);
}

/* The body can be read. */
static enum prg_verdict
take_form(struct prg_req *r)
{
	int status;

	if ((status = read_form(r)) != 0)
		return refused(r, status);
	prg_visitor_find(r);
	if (r->place.below == PRG_BELOW_DELETE)
		return erase(r);
	if (!choose_id(r))
		return prg_answer_error(r, PRG_BAD_REQUEST, "Idempotency-Key is"
		    " a string in quotes, of 255 characters at most.");
	if (r->named && r->new_visitor != NULL)
		return prg_answer_error(r, PRG_FORBIDDEN, "Get the form first, and"
		    " send its cookie with the Idempotency-Key, which is its"
		    " visitor's.");
	if (r->unsure && r->route->owner && r->key != PRG_KEY_GOOD)
		return prg_answer_error(r, PRG_FORBIDDEN, NULL);
	return prg_submit(r);
}

/* What the head of the request is enough to refuse, does not wait for the body. */
enum prg_verdict
prg_post(struct prg_req *r)
{
	/* It is there, and has neither a tag that can be named nor a date. */
	static const struct prg_validators form = { .etag = "" };
	int status;

	if (r->place.below == PRG_BELOW_NONE && (r->place.id.text[0] != '\0' ||
	    !prg_route_posts(r->route)))
		return prg_answer_not_allowed(r);
	if (!may_come_in(r))
		return prg_answer_error(r, PRG_FORBIDDEN, NULL);
	if ((status = check_head(r)) != 0)
		return refused(r, status);
	if (prg_condition(&r->in, &form) == 412)
		return prg_answer_error(r, PRG_PRECONDITION_FAILED, NULL);
	r->conn->held = r;
	r->go_on = take_form;
	return PRG_CONN_WAIT;
}
