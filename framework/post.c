/*
 * post.c - a POST on its way in: the gate, the form, its key.
 */
#include <string.h>

#include "base/date.h"
#include "base/log.h"
#include "req.h"
#include "request/idempotency.h"
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
		prg_log(PRG_LOG_WARNING, "route %s: refused: %s", r->route->path,
		    result.reason);
	return result.gate != PRG_GATE_REFUSE;
}

/* -- The form ------------------------------------------------------------------------- */

/* Whether a Content-Type is that of a form, in UTF-8 (H38, F5). */
static bool
is_form_type(const char *type)
{
	static const char form[] = "application/x-www-form-urlencoded";
	struct prg_span head = { type, sizeof(form) - 1 };
	const char *charset;

	if (type == NULL || strlen(type) < head.len ||
	    !prg_span_alike(head, prg_span(form)))
		return false;
	type += head.len + strspn(type + head.len, " \t");
	if (*type == '\0')
		return true;
	if (*type != ';')
		return false;
	if ((charset = strcasestr(type, "charset=")) == NULL)
		return true;
	charset += strlen("charset=");
	charset += *charset == '"';
	head = (struct prg_span){ charset, strcspn(charset, "\"; \t") };
	return prg_span_alike(head, prg_span("utf-8"));
}

static enum prg_verdict
answer_wrong_type(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena,
	    PRG_UNSUPPORTED_MEDIA_TYPE);
	struct prg_problem p = { .detail = NULL };

	if (r->in.content_encoding != NULL)
		prg_reply_header(&reply, "Accept-Encoding", "identity");
	else
		prg_reply_header(&reply, "Accept",
		    "application/x-www-form-urlencoded");
	return prg_answer_problem(r, &reply, &p);
}

/* Read the form into 'posted'; 0, or the status and 'why'. */
static int
read_form(struct prg_req *r)
{
	const struct prg_options *o = &r->core->options;
	const struct prg_form_limits limits = { (size_t)o->max_fields, 256,
	    (size_t)o->max_value };
	struct prg_body body = { .max = (size_t)o->max_body };
	int refused;

	refused = prg_request_body(&r->arena, r->conn, &r->in, &body);
	if (refused != 0) {
		r->why = body.why;
		return refused;
	}
	r->posted = prg_urlencoded_read(&r->arena, body.bytes, &limits);
	if (r->posted.refused != 0)
		r->why = prg_arena_printf(&r->arena, "The form has %s.",
		    r->posted.limit);
	return r->posted.refused;
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
		    "Open the page again and delete it there.");
	r->write.kind = PRG_WRITE_ERASE;
	r->write.row.id = id;
	r->write.row.modified = prg_now();
	r->go_on = erased;
	return prg_hold(r);
}

/* -- All of it -------------------------------------------------------------------------------- */

enum prg_verdict
prg_post(struct prg_req *r)
{
	int refused;

	if (r->place.below == PRG_BELOW_NONE && (r->place.id.text[0] != '\0' ||
	    !prg_route_posts(r->route)))
		return prg_answer_not_allowed(r);
	if (!may_come_in(r))
		return prg_answer_error(r, PRG_FORBIDDEN, NULL);
	if (!is_form_type(r->in.content_type) || r->in.content_encoding != NULL)
		return answer_wrong_type(r);
	if ((refused = read_form(r)) != 0)
		return prg_answer_error(r, (enum prg_status)refused, r->why);
	prg_visitor_find(r);
	if (r->place.below == PRG_BELOW_DELETE)
		return erase(r);
	if (!choose_id(r))
		return prg_answer_error(r, PRG_BAD_REQUEST, "Idempotency-Key is"
		    " a string in quotes, of 255 characters at most.");
	if (r->unsure && r->route->owner && r->key != PRG_KEY_GOOD)
		return prg_answer_error(r, PRG_FORBIDDEN, NULL);
	return prg_submit(r);
}
