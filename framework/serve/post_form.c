/*
 * post_form.c - the form of a POST: from the gate to names, values and files.
 */
#include "form/multipart.h"
#include "form/param.h"
#include "request/intake.h"
#include "request/origin.h"
#include "serve/post_form.h"

enum {
	MAX_NAME = 256,			/* bytes */
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
	const struct prg_from from = { r->in.sec_fetch_site, r->in.origin,
	    r->in.host, r->in.server_port };
	struct prg_gate_result result = prg_gate(&from, r->core->options.origin);

	r->post->unsure = result.gate == PRG_GATE_UNSURE;
	if (result.gate == PRG_GATE_REFUSE)
		r->trace.reason = result.reason;
	return result.gate != PRG_GATE_REFUSE;
}

/* Whether a Content-Type is that of a form, in UTF-8. */
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
	return refuse(in.refused, in.why);
}

static struct prg_form_limits
limits_of(const struct prg_options *o)
{
	return (struct prg_form_limits){
		(size_t)o->max_fields, MAX_NAME, (size_t)o->max_value
	};
}

static struct prg_refusal
read_urlencoded(struct prg_req *r)
{
	const struct prg_form_limits limits = limits_of(&r->core->options);
	struct prg_body body = { .max = (size_t)r->core->options.max_body };
	int refused = prg_request_body(&r->arena, r->conn, &r->in, &body);
	struct prg_pairs *pairs = &r->post->pairs;

	if (refused != 0)
		return refuse(refused, body.why);
	*pairs = prg_urlencoded_read(&r->arena, body.bytes, &limits);
	return pairs->refused == 0 ? refuse(0, NULL) : refuse(pairs->refused,
	    prg_arena_printf(&r->arena, "The form has %s.", pairs->limit));
}

/* Each chunk as it arrives: the content of files is not kept. */
static struct prg_refusal
read_multipart(struct prg_req *r)
{
	const struct prg_options *o = &r->core->options;
	const struct prg_multipart_limits most = {
		limits_of(o), (size_t)o->max_files, MAX_HEAD, MAX_HEAD_LINES
	};
	struct prg_intake in = prg_intake(&r->arena, r->conn, &r->in,
	    (size_t)o->max_upload);
	struct prg_collector *c = prg_collector(&r->arena, r->in.content_type,
	    &most);
	struct prg_refusal refused;
	char chunk[CHUNK];
	size_t n;

	while ((n = prg_intake_read(&in, chunk, sizeof(chunk))) > 0 &&
	    prg_collector_feed(c, chunk, n))
		;
	refused = prg_collector_end(c, &r->post->pairs, &r->post->files);
	return in.refused != 0 ? refuse(in.refused, in.why) : refused;
}

/* The hidden field "_charset_" names the form's encoding (HTML, 4.10.22.4). */
static struct prg_refusal
check_charset(struct prg_req *r)
{
	const struct prg_pair *p = prg_pairs_find(&r->post->pairs, "_charset_",
	    NULL);

	if (p == NULL || p->value.len == 0 ||
	    prg_span_alike(p->value, prg_span("utf-8")))
		return refuse(0, NULL);
	return refuse(400, "The form is not in UTF-8.");
}

struct prg_refusal
prg_post_read_form(struct prg_req *r)
{
	struct prg_refusal refused = prg_multipart_is(r->in.content_type) ?
	    read_multipart(r) : read_urlencoded(r);

	return refused.status != 0 ? refused : check_charset(r);
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
