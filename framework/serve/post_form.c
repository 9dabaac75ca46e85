/*
 * post_form.c - the form of a POST: gate, names, values and files, form key.
 */
#include <string.h>

#include "base/date.h"
#include "base/scan.h"
#include "form/multipart.h"
#include "request/idempotency.h"
#include "request/intake.h"
#include "request/origin.h"
#include "serve/post_form.h"

const char prg_key_name[] = "prg-key";

enum {
	MAX_NAME = 256,			/* bytes */
	MIN_NAME = 16,			/* characters of an Idempotency-Key */
	MAX_HEAD = 8 << 10,		/* bytes in the header of a part */
	MAX_HEAD_LINES = 8,
	CHUNK = 8 << 10
};

static struct prg_refusal
refuse(int status, const char *why)
{
	return (struct prg_refusal){ status, why };
}

/* Nothing of the body is read before this. */
bool
prg_post_admit(struct prg_req *r)
{
	struct prg_gate_result result = prg_gate(&r->in,
	    r->core->options.origin);

	r->post->unsure = result.gate == PRG_GATE_UNSURE;
	if (result.gate == PRG_GATE_REFUSE)
		r->trace.reason = result.reason;
	return result.gate != PRG_GATE_REFUSE;
}

static bool
is_urlencoded(const char *type)
{
	struct prg_span rest = prg_span(type != NULL ? type : "");

	return prg_span_alike(prg_param_head(&rest),
	    prg_span("application/x-www-form-urlencoded"));
}

struct prg_refusal
prg_post_check_head(struct prg_req *r)
{
	const struct prg_options *o = &r->core->options;
	bool urlencoded = is_urlencoded(r->in.content_type);
	struct prg_intake in;

	if (r->in.content_encoding != NULL ||
	    (!urlencoded && !prg_multipart_is(r->in.content_type)))
		return refuse(415, NULL);
	in = prg_intake(&r->arena, r->conn, &r->in,
	    (size_t)(urlencoded ? o->max_body : o->max_upload));
	return in.refused;
}

static const struct prg_form_limits limits = {
	PRG_MAX_FIELDS, MAX_NAME, PRG_MAX_VALUE, PRG_MAX_FILES, MAX_HEAD,
	MAX_HEAD_LINES, PRG_UTF8
};

/* Read it again if one of its fields names another encoding. */
static struct prg_refusal
read_urlencoded(struct prg_req *r)
{
	struct prg_intake in = prg_intake(&r->arena, r->conn, &r->in,
	    (size_t)r->core->options.max_body);
	struct prg_form_limits named = limits;
	struct prg_span body, type = prg_span(r->in.content_type);
	struct prg_refusal refused;
	const struct prg_pair *p;

	if (prg_intake_all(&in, &body).status != 0)
		return in.refused;
	prg_param_head(&type);
	named.charset = prg_charset_of(type);
	refused = prg_urlencoded_read(&r->arena, body, &named, &r->post->pairs);
	p = prg_pairs_find(&r->post->pairs, PRG_CHARSET_FIELD, NULL);
	if (p == NULL || p->value.len == 0 ||
	    prg_charset(p->value) == named.charset)
		return refused;
	named.charset = prg_charset(p->value);
	refused = prg_urlencoded_read(&r->arena, body, &named, &r->post->pairs);
	return refused.status == 415 ? refuse(400, refused.why) : refused;
}

/* Each chunk as it arrives: the content of files is not kept. */
static struct prg_refusal
read_multipart(struct prg_req *r)
{
	struct prg_intake in = prg_intake(&r->arena, r->conn, &r->in,
	    (size_t)r->core->options.max_upload);
	struct prg_collector *c = prg_collector(&r->arena, r->in.content_type,
	    &limits);
	struct prg_refusal refused;
	char chunk[CHUNK];
	size_t n;

	while ((n = prg_intake_read(&in, chunk, sizeof(chunk))) > 0 &&
	    prg_collector_feed(c, chunk, n))
		;
	refused = prg_collector_end(c, &r->post->pairs, &r->post->files);
	return in.refused.status != 0 ? in.refused : refused;
}

struct prg_refusal
prg_post_read_form(struct prg_req *r)
{
	return prg_multipart_is(r->in.content_type) ? read_multipart(r) :
	    read_urlencoded(r);
}

/* -- The key --------------------------------------------------------------- */

/* Take the draft's number from the end of a key: ".2"; 0 without one. */
static int
take_draft(struct prg_span *key)
{
	struct prg_span rest = *key;
	int n;

	prg_take(&rest, PRG_KEY_LEN);
	n = prg_take_char(&rest, '.') ? prg_draft_number(rest) : 0;
	if (n > 0)
		key->len = PRG_KEY_LEN;
	return n;
}

enum prg_key_verdict
prg_post_judge_key(struct prg_req *r, const char *purpose, struct prg_id *id)
{
	bool ages = strcmp(purpose, "submit") == 0;
	const struct prg_pair *p = prg_pairs_find(&r->post->pairs, prg_key_name,
	    NULL);
	struct prg_key_scope scope = prg_req_scope(r, purpose);
	struct prg_key_check check = {
		.text = p != NULL ? p->value : (struct prg_span){ NULL, 0 },
		.now = prg_now() / 1000,
		.age = ages ? r->core->options.form_age : 0
	};
	enum prg_key_verdict v;

	r->post->claim.draft = take_draft(&check.text);
	v = prg_keys_verify(r->core->keys, &scope, &check, id);
	if (v == PRG_KEY_BAD)
		prg_req_note(r, "the form key is not ours");
	return v;
}

/*
 * The ID that the client's Idempotency-Key names; or why it is refused.  Where
 * results have no owner, clients that chose the same key would get each other's
 * results.
 */
static struct prg_refusal
name_id(struct prg_req *r)
{
	struct prg_key_scope scope = prg_req_scope(r, "submit");
	struct prg_span name;

	if (!prg_idempotency_key(&r->arena, r->in.idempotency_key, &name))
		return refuse(400, "Idempotency-Key must be a quoted string of"
		    " at most 255 characters.");
	if (!r->route->owner && name.len < MIN_NAME)
		return refuse(400, "Idempotency-Key must have at least 16"
		    " characters here. Use a random one, such as a UUID.");
	r->post->named = true;
	r->post->claim.id = prg_id_named(prg_keys_naming(r->core->keys),
	    &scope, name);
	return refuse(0, NULL);
}

/* The ID of the form key; a new one where there is no good key. */
static void
read_key(struct prg_req *r)
{
	struct prg_post *p = r->post;

	p->key = prg_post_judge_key(r, "submit", &p->claim.id);
	if (p->key == PRG_KEY_NONE && r->route->key_required)
		p->key = PRG_KEY_BAD;
	p->claim.fresh = p->key == PRG_KEY_NONE || p->key == PRG_KEY_BAD;
	p->claim.used = p->key == PRG_KEY_OLD || p->key == PRG_KEY_EARLY;
	if (p->claim.fresh) {
		p->claim.id = prg_id_new();
		p->claim.draft = 0;
	}
}

struct prg_refusal
prg_post_choose_id(struct prg_req *r)
{
	struct prg_refusal refused = { 0, NULL };

	if (r->in.idempotency_key == NULL)
		read_key(r);
	else if ((refused = name_id(r)).status != 0)
		return refused;
	if (r->post->named && r->unknown)
		return (struct prg_refusal){ 403, "Get the form first. Send its"
		    " cookie together with the Idempotency-Key." };
	if (r->post->unsure && r->route->owner && r->post->claim.fresh)
		refused.status = 403;
	return refused;
}

/* 415 says what would be accepted (RFC 9110, 15.5.16). */
struct prg_reply
prg_post_refuse(struct prg_req *r, const struct prg_refusal *refused)
{
	struct prg_reply reply = prg_reply(&r->arena,
	    (enum prg_status)refused->status);

	if (refused->status == 415 && r->in.content_encoding != NULL)
		prg_reply_header(&reply, "Accept-Encoding", "identity");
	else if (refused->status == 415)
		prg_reply_header(&reply, "Accept",
		    "application/x-www-form-urlencoded, multipart/form-data");
	return prg_problem_reply(r, reply,
	    &(struct prg_problem){ .detail = refused->why });
}
