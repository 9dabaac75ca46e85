/*
 * post.c - a POST, from its gate to its 303; read prg_post() first.
 *
 *	gate -> form -> key -> claim -> bind -> post() -> put -> 303
 */
#include <string.h>

#include "base/date.h"
#include "base/step.h"
#include "request/condition.h"
#include "serve/post_form.h"
#include "serve/req.h"

/* -- Bind and check -------------------------------------------------------- */

/* Files cannot be stored yet: each is an error of its field. */
static void
refuse_files(struct prg_req *r)
{
	const struct prg_file *file;
	const struct prg_field *f;
	const char *label;

	for (size_t i = 0; i < r->post->files.count; i++) {
		file = &r->post->files.list[i];
		f = prg_field_find(r->fields, file->name);
		if (f != NULL && prg_errors_find(&r->errors, f) != NULL)
			continue;
		label = f != NULL ? prg_field_label(f) :
		    file->filename != NULL ? file->filename : file->name.p;
		prg_errors_add(&r->errors, f,
		    prg_message_fill(&r->arena, &r->core->messages,
		    PRG_MSG_FILE, (const char *const[]){ "label", label,
		    NULL }));
	}
}

/* Fill the app's struct from the form, and note the errors. */
static void
bind(struct prg_req *r)
{
	struct prg_post *p = r->post;

	r->errors.first = r->errors.last = NULL;
	p->result = NULL;
	p->input = prg_arena_get(&r->arena, r->fields->struct_size);
	if (r->route->defaults != NULL)
		memcpy(p->input, r->route->defaults, r->fields->struct_size);
	refuse_files(r);
	prg_fields_bind(r->fields, &p->pairs, p->input, &r->errors);
}

/* Add an error of the form as a whole. */
static void
add_error(struct prg_req *r, enum prg_message_id message)
{
	prg_errors_add(&r->errors, NULL, r->core->messages.texts[message]);
}

/* A form without a good key runs no handler; it only has to be sent again. */
static void
check_key(struct prg_req *r)
{
	if (r->post->key == PRG_KEY_OLD)
		add_error(r, PRG_MSG_FORM_OLD);
	else if (r->post->key == PRG_KEY_BAD || r->post->key == PRG_KEY_EARLY)
		add_error(r, PRG_MSG_FORM_UNKNOWN);
}

/* -- Store ----------------------------------------------------------------- */

static int
add_bytes(const char *p, size_t n, void *b)
{
	prg_buf_add(b, p, n);
	return 0;
}

/* JSON as it is stored; takes the reference. */
static const char *
dump(struct prg_req *r, json_t *j)
{
	struct prg_buf b = prg_buf(&r->arena, SIZE_MAX / 4);

	json_dump_callback(j, add_bytes, &b, JSON_COMPACT);
	json_decref(j);
	return b.p;
}

/* The app's SQL, on the store's thread, while this request waits. */
static bool
run_record(void *arg, struct prg_db *db, const struct prg_row *unchanged)
{
	struct prg_req *r = arg;
	struct prg_row *row = &r->post->claim.row;
	const char *result;
	bool good;

	db->arena = &r->arena;
	r->db = db;
	prg_req_enter(r, "record");
	good = r->route->record(r, db);
	prg_req_leave(r);
	if (good && r->errors.first != NULL) {
		prg_req_mistake(r, "record: it added an error and returned"
		    " true; return false after prg_field_error()");
		good = false;
	}
	result = dump(r, json_incref(prg_result(r)));
	if (strcmp(result, unchanged->result) != 0)
		row->result = result;
	return good;
}

static enum prg_put
store_result(struct prg_req *r, const char *location)
{
	struct prg_post *p = r->post;
	struct prg_record record = { .run = run_record, .arg = r };
	struct prg_row *row = &p->claim.row;
	enum prg_put put;

	*row = prg_claim_row(&p->claim, PRG_STATE_DONE, r->route->keep);
	row->route = r->route->path;
	row->owner = r->owner;
	row->location = location;
	row->input = dump(r, prg_fields_input(r->fields, &p->pairs, p->input));
	row->result = p->result == NULL ? "{}" :
	    dump(r, json_incref(p->result));
	put = prg_store_put(r->core->store, row,
	    r->route->record != NULL ? &record : NULL);
	prg_req_failed(r, "record", &record.err);
	if (put == PRG_PUT_REFUSED && r->trace.reason == NULL &&
	    r->errors.first == NULL)
		r->trace.reason = "record: it returned false";
	return put;
}

/* The submitted values and their errors. */
static struct prg_row
draft_of(struct prg_req *r)
{
	struct prg_post *p = r->post;
	json_t *result = json_object();
	struct prg_row row = prg_claim_row(&p->claim, PRG_STATE_DRAFT,
	    r->core->options.draft_age);

	row.input = dump(r, prg_fields_submitted(r->fields, &p->pairs,
	    &r->errors));
	json_object_set_new(result, "errors", prg_errors_json(&r->errors));
	if (p->first != NULL)
		json_object_set_new(result, "first", json_string(p->first));
	row.attempts = p->claim.number;
	row.route = r->route->path;
	row.owner = r->owner;
	row.result = dump(r, result);
	return row;
}

/* -- Replies --------------------------------------------------------------- */

/* A stored result: 303 to it, or 201 with it for a program. */
static struct prg_reply
stored(struct prg_req *r, const struct prg_row *row)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_CREATED);
	const char *url = prg_req_address(r, &row->id);

	prg_step("before-answer");
	if (prg_row_state(row, prg_now()) != PRG_STATE_DONE)
		return prg_see_other(r, url);	/* which is 410 */
	if (!r->json || row->location != NULL)
		return prg_see_other(r, row->location != NULL ? row->location :
		    url);
	prg_reply_location(&reply, url);
	prg_reply_header(&reply, "Content-Location", url);
	prg_reply_header(&reply, "Vary", "Accept");
	return prg_result_reply(r, reply, row);
}

/* 422 with the errors: for programs, and for routes that ask for it. */
static struct prg_reply
unprocessable(struct prg_req *r)
{
	struct prg_post *p = r->post;
	struct prg_problem problem = { .detail = NULL };
	struct prg_id fresh = prg_id_new();
	struct prg_filled filled = { .submitted = true };
	struct prg_reply reply;

	if (r->json) {
		problem.errors = prg_errors_json(&r->errors);
		return prg_problem_reply(r, prg_reply(&r->arena,
		    PRG_UNPROCESSABLE_CONTENT), &problem);
	}
	/*
	 * A named ID has no time: as the ID of a form key it would be too old.
	 */
	filled.id = p->named ? &fresh : &p->claim.id;
	filled.draft = p->claim.draft;
	filled.values = prg_fields_submitted(r->fields, &p->pairs,
	    &r->errors);
	filled.text = dump(r, json_incref(filled.values));
	reply = prg_form_reply(r, PRG_UNPROCESSABLE_CONTENT, &filled);
	json_decref(filled.values);
	return reply;
}

/* Content that differs from the first under a key that allows only one. */
static struct prg_reply
used_before(struct prg_req *r)
{
	return prg_error_reply(r, PRG_UNPROCESSABLE_CONTENT, r->post->named ?
	    "This Idempotency-Key was used for another form." :
	    "This form was sent before with different values.");
}

static struct prg_reply
unavailable(struct prg_req *r)
{
	return prg_error_reply(r, PRG_SERVICE_UNAVAILABLE,
	    r->core->options.dev ? r->trace.reason : NULL);
}

/* -- From the claim to the row --------------------------------------------- */

/*
 * The form again: a draft at its address, or 422.  PRG_PUT_EXISTS if another
 * draft is there: the claim has moved on.
 */
static enum prg_put
invalid(struct prg_req *r, struct prg_reply *reply)
{
	struct prg_post *p = r->post;
	bool draft = !r->json && !p->named && !r->route->rerender;
	struct prg_row row;
	enum prg_put put;

	if (draft && p->claim.number == 0) {
		prg_claim_move(r->core->submissions, &p->claim);
		return PRG_PUT_EXISTS;
	}
	if (!draft || !prg_ceiling_admit(r)) {
		*reply = unprocessable(r);
		return PRG_PUT_REFUSED;
	}
	row = draft_of(r);
	prg_ceiling_add(r, strlen(row.input) + strlen(row.result));
	put = prg_store_put(r->core->store, &row, NULL);
	*reply = put == PRG_PUT_DONE ?
	    prg_see_other(r, prg_req_draft(r, &row)) : unavailable(r);
	return put;
}

/* Run the handler: its next action. */
static struct prg_next
run_post(struct prg_req *r)
{
	struct prg_next next;

	prg_req_enter(r, "post");
	next = r->route->post != NULL ? r->route->post(r) : prg_created(r);
	prg_req_leave(r);
	switch (next.kind) {
	case PRG_NEXT_CREATED:
	case PRG_NEXT_REDIRECT:
	case PRG_NEXT_INVALID:
	case PRG_NEXT_MISTAKE:
	case PRG_NEXT_LIMIT:
		return next;
	case PRG_NEXT_FAIL:
		break;
	}
	if (r->trace.reason == NULL)
		r->trace.reason = "the handler returned no outcome of prg.h";
	next.kind = PRG_NEXT_FAIL;
	return next;
}

/*
 * An error decides over an outcome that forgets it, and a form that comes back
 * has one.
 */
static bool
is_invalid(struct prg_req *r, enum prg_next_kind kind)
{
	bool errors = r->errors.first != NULL;
	bool stores = kind == PRG_NEXT_CREATED || kind == PRG_NEXT_REDIRECT;

	if (errors && stores)
		prg_req_mistake(r, "%s: the post added an error; return"
		    " prg_invalid() after prg_field_error()",
		    kind == PRG_NEXT_CREATED ? "prg_created" : "prg_redirect");
	if (errors || kind != PRG_NEXT_INVALID)
		return kind == PRG_NEXT_INVALID || (errors && stores);
	prg_req_mistake(r, "prg_invalid: the post added no error; call"
	    " prg_field_error() before");
	add_error(r, PRG_MSG_DETAIL_422);
	return true;
}

/*
 * Check the form, run the handler, store what it returned.  PRG_PUT_EXISTS if
 * another process has taken the ID meanwhile; else 'reply' is the answer.
 */
static enum prg_put
run(struct prg_req *r, struct prg_reply *reply)
{
	struct prg_next next;
	enum prg_put put;

	bind(r);
	check_key(r);
	if (r->errors.first != NULL)
		return invalid(r, reply);
	next = run_post(r);
	if (is_invalid(r, next.kind))
		return invalid(r, reply);
	if (next.kind == PRG_NEXT_MISTAKE || next.kind == PRG_NEXT_LIMIT) {
		*reply = next.kind == PRG_NEXT_LIMIT ? prg_limited(r) :
		    prg_error_reply(r, PRG_INTERNAL_SERVER_ERROR, NULL);
		return PRG_PUT_FAIL;
	}
	put = next.kind == PRG_NEXT_FAIL ? PRG_PUT_FAIL :
	    store_result(r, next.location);
	if (put == PRG_PUT_REFUSED && r->errors.first != NULL)
		return invalid(r, reply);
	*reply = put == PRG_PUT_DONE ? stored(r, &r->post->claim.row) :
	    unavailable(r);
	return put;
}

/* On a route that is 'once': ask, and link to the first result. */
static enum prg_put
ask_again(struct prg_req *r, struct prg_reply *reply)
{
	bind(r);
	add_error(r, PRG_MSG_FORM_USED);
	return invalid(r, reply);
}

/* The key was used for other content: try the ID derived from both. */
static enum prg_put
used(struct prg_req *r, struct prg_reply *reply)
{
	struct prg_post *p = r->post;

	if (p->named || r->json) {
		*reply = used_before(r);
		return PRG_PUT_REFUSED;
	}
	if (p->first == NULL)
		p->first = prg_req_address(r, &p->claim.row.id);
	prg_claim_move(r->core->submissions, &p->claim);
	return PRG_PUT_EXISTS;
}

static enum prg_put
act(struct prg_req *r, struct prg_reply *reply)
{
	struct prg_claim *c = &r->post->claim;

	switch (prg_claim_take(r->core->submissions, &r->arena, c)) {
	case PRG_CLAIM_RUN:
		return r->post->first != NULL ? ask_again(r, reply) :
		    run(r, reply);
	case PRG_CLAIM_USED:
		return used(r, reply);
	case PRG_CLAIM_REPLAY:
		*reply = stored(r, &c->row);
		return PRG_PUT_DONE;
	case PRG_CLAIM_BUSY:
		*reply = prg_error_reply(r, PRG_CONFLICT, "The first request"
		    " with this Idempotency-Key has not been answered yet.");
		return PRG_PUT_REFUSED;
	case PRG_CLAIM_FAIL:
		break;
	}
	*reply = unavailable(r);
	return PRG_PUT_FAIL;
}

/* Until a row of the ID gives the answer: of this POST, or of another. */
static struct prg_reply
submit(struct prg_req *r)
{
	struct prg_claim *c = &r->post->claim;
	struct prg_reply reply;
	enum prg_put put;

	do {
		put = act(r, &reply);
		prg_claim_end(r->core->submissions, c);
		if (put == PRG_PUT_EXISTS && c->fresh)
			c->id = prg_id_new();
	} while (put == PRG_PUT_EXISTS);
	return reply;
}

/* -- Delete ---------------------------------------------------------------- */

/* The result is gone now, or was before: its address says so. */
static struct prg_reply
erase(struct prg_req *r)
{
	struct prg_id id;

	if (prg_post_judge_key(r, "delete", &id) != PRG_KEY_GOOD ||
	    strcmp(id.text, r->place.id.text) != 0)
		return prg_error_reply(r, PRG_FORBIDDEN,
		    r->core->messages.texts[PRG_MSG_DELETE_AGAIN]);
	switch (prg_store_erase(r->core->store, &id, prg_now())) {
	case PRG_PUT_DONE:
	case PRG_PUT_EXISTS:
		return prg_see_other(r, prg_req_address(r, &id));
	default:
		return unavailable(r);
	}
}

/*
 * Nobody could be shown a draft or a result that belongs to a visitor without a
 * cookie: show the form again, and store nothing.
 */
static struct prg_reply
ask_for_cookie(struct prg_req *r)
{
	r->post->claim.id = prg_id_new();
	add_error(r, PRG_MSG_NO_COOKIE);
	return unprocessable(r);
}

/* -- The whole ------------------------------------------------------------- */

/* A form under a fresh ID cannot be sent again, so it needs no digest. */
static void
prepare_claim(struct prg_req *r)
{
	struct prg_post *p = r->post;
	struct prg_content content = { r->fields, &p->pairs, &p->files, NULL };

	if (!p->claim.fresh) {
		content.secret = prg_keys_naming(r->core->keys);
		p->digest = prg_digest(&r->arena, &content);
		p->claim.digest = p->digest.text;
	}
	p->claim.age = p->named ? r->core->options.form_age : 0;
	p->claim.once = r->route->once || p->named;
	p->claim.impatient = p->named;
}

/* A page with this form exists, but has no tag and no date. */
static bool
precondition_fails(const struct prg_req *r)
{
	static const struct prg_validators form = { .etag = "" };

	return prg_condition(&r->in, &form) == 412;
}

struct prg_reply
prg_post(struct prg_req *r)
{
	struct prg_post *p = r->post = prg_arena_get(&r->arena, sizeof(*p));
	struct prg_refusal refused;

	if (r->place.below == PRG_BELOW_NONE && (r->place.id.text[0] != '\0' ||
	    !prg_route_posts(r->route)))
		return prg_not_allowed(r);
	if (!prg_post_admit(r))
		return prg_error_reply(r, PRG_FORBIDDEN, NULL);
	if ((refused = prg_post_check_head(r)).status != 0)
		return prg_post_refuse(r, &refused);
	if (precondition_fails(r))
		return prg_error_reply(r, PRG_PRECONDITION_FAILED, NULL);
	if ((refused = prg_post_read_form(r)).status != 0)
		return prg_post_refuse(r, &refused);
	prg_visitor_find(r);
	if (r->place.below == PRG_BELOW_DELETE)
		return erase(r);
	prg_req_options(r);
	if (r->unknown && r->in.idempotency_key == NULL)
		return ask_for_cookie(r);
	if ((refused = prg_post_choose_id(r)).status != 0)
		return prg_post_refuse(r, &refused);
	prepare_claim(r);
	return submit(r);
}
