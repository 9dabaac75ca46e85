/*
 * post.c - a POST: read, bound, handled, stored, sent on with 303.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/date.h"
#include "page/model.h"
#include "req.h"
#include "request/route.h"

/* The answer to input that does not fit: the form, all that was typed in it. */
static enum prg_verdict
answer_again(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_UNPROCESSABLE_CONTENT);
	struct prg_problem p = { .detail = NULL };
	json_t *values, *m, *e;

	if (r->json) {
		p.errors = json_array();
		for (const struct prg_fault *f = r->faults.first; f != NULL;
		    f = f->next) {
			e = json_object();
			json_object_set_new(e, "detail", json_string(f->text));
			json_object_set_new(e, "pointer",
			    json_sprintf("#/%s", f->field ? f->field : ""));
			json_array_append_new(p.errors, e);
		}
		return prg_answer_problem(r, &reply, &p);
	}
	values = prg_fields_typed(r->route->fields, &r->posted);
	m = prg_page_model(r, values);
	json_decref(values);
	if (!prg_render(r, &reply, "form", m))
		return prg_answer_error(r, PRG_INTERNAL_SERVER_ERROR, r->why);
	return prg_answer(r, &reply);
}

static void
let_go(struct prg_write *w)
{
	prg_conn_resume(((struct prg_req *)w->arg)->conn);
}

/* Hand the row to the committer; resume() goes on when it is durable. */
static enum prg_verdict
hold(struct prg_req *r)
{
	r->conn->held = r;
	r->write.arg = r;
	r->write.done = let_go;
	if (prg_commit_add(r->core->commit, &r->write))
		return PRG_CONN_HELD;
	return prg_answer_error(r, PRG_SERVICE_UNAVAILABLE, NULL);
}

static const char *
dump(struct prg_req *r, json_t *j)
{
	char *text = json_dumps(j, JSON_COMPACT);

	prg_arena_defer(&r->arena, free, text);
	return text;
}

static enum prg_verdict
store_result(struct prg_req *r, const char *location)
{
	int64_t now = prg_now();
	json_t *input = json_object();

	if (r->route->fields != NULL) {
		json_decref(input);
		input = prg_fields_input(r->route->fields, &r->posted,
		    r->input, r->route->defaults != NULL);
	}
	r->write.row = (struct prg_row){
		.id = r->id,
		.route = r->route->path,
		.state = PRG_STATE_DONE,
		.input = dump(r, input),
		.result = dump(r, prg_result(r)),
		.location = location,
		.created = now,
		.modified = now
	};
	json_decref(input);
	return hold(r);
}

/* What the handler said, done. */
static enum prg_verdict
go_on(struct prg_req *r, struct prg_next next)
{
	switch (next.kind) {
	case PRG_NEXT_CREATED:
		return store_result(r, NULL);
	case PRG_NEXT_REDIRECT:
		return store_result(r, next.location);
	case PRG_NEXT_AGAIN:
		return answer_again(r);
	case PRG_NEXT_FAIL:
		break;
	}
	return prg_answer_error(r, PRG_SERVICE_UNAVAILABLE, NULL);
}

/* Whether a Content-Type is that of a form, in UTF-8 (H38, F5). */
static bool
is_form_type(const char *type)
{
	static const char form[] = "application/x-www-form-urlencoded";
	size_t n = sizeof(form) - 1;
	const char *charset;

	if (type == NULL || strncasecmp(type, form, n) != 0)
		return false;
	type += n + strspn(type + n, " \t");
	if (*type == '\0')
		return true;
	if (*type != ';')
		return false;
	if ((charset = strcasestr(type, "charset=")) == NULL)
		return true;
	charset += strlen("charset=");
	charset += *charset == '"';
	return strncasecmp(charset, "utf-8", 5) == 0 &&
	    strchr("\"; \t", charset[5]) != NULL;
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

/* The app's struct, filled from the form; faults are on record. */
static void
bind(struct prg_req *r)
{
	const struct prg_field *fields = r->route->fields;

	if (fields == NULL)
		return;
	r->input = prg_arena_get(&r->arena, fields->struct_size);
	if (r->route->defaults != NULL)
		memcpy(r->input, r->route->defaults, fields->struct_size);
	prg_fields_bind(fields, &r->posted, r->input, &r->faults);
}

enum prg_verdict
prg_post(struct prg_req *r)
{
	int refused;

	if (!prg_posts_here(r))
		return prg_answer_not_allowed(r);
	if (!is_form_type(r->in.content_type) || r->in.content_encoding != NULL)
		return answer_wrong_type(r);
	if ((refused = read_form(r)) != 0)
		return prg_answer_error(r, (enum prg_status)refused, r->why);
	bind(r);
	if (r->faults.first != NULL)
		return answer_again(r);
	r->id = prg_id_new();
	return go_on(r, r->route->post != NULL ? r->route->post(r) :
	    prg_created(r));
}

/* The row is durable, or it is not: the second half of a POST. */
enum prg_verdict
prg_posted(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_SEE_OTHER);
	const char *location = r->write.row.location;
	const char *url = prg_address(r);

	if (r->write.outcome != PRG_WRITE_OK)
		return prg_answer_error(r, PRG_SERVICE_UNAVAILABLE, NULL);
	if (!r->json || location != NULL)
		prg_reply_see_other(&reply, location != NULL ? location : url);
	else {
		reply.status = PRG_CREATED;
		prg_reply_location(&reply, url);
		prg_reply_header(&reply, "Content-Location", url);
		prg_show_result(r, &reply, &r->write.row);
	}
	return prg_answer(r, &reply);
}
