/*
 * submit.c - a form that was read, on its way to its one result.
 *
 *	begin -> run: bind, check, handler -> row -> hold ... stored -> 303
 *	     \-> replay: the same answer again
 *	     \-> wait for another of the same ID ... begin
 */
#include <string.h>

#include "base/date.h"
#include "base/step.h"
#include "page/model.h"
#include "serve/req.h"

static enum prg_verdict	begin(struct prg_req *);

static const char *
address(struct prg_req *r)
{
	return prg_route_address(&r->arena, r->core->options.base, r->route,
	    r->claim.id.text);
}

/* -- Waiting: for the disk, or for another request ---------------------------------- */

static void
let_go(struct prg_write *w)
{
	prg_conn_resume(((struct prg_req *)w->arg)->conn);
}

static void
wake(struct prg_claim *c)
{
	prg_conn_resume(((struct prg_req *)c->arg)->conn);
}

enum prg_verdict
prg_hold(struct prg_req *r)
{
	r->conn->held = r;
	r->write.arg = r;
	r->write.done = let_go;
	if (prg_commit_add(r->core->commit, &r->write))
		return PRG_CONN_HELD;
	prg_submission_end(r->core->submissions, &r->claim);
	return prg_answer_error(r, PRG_SERVICE_UNAVAILABLE, NULL);
}

/* It is over without a row: who waits for this ID may try. */
static enum prg_verdict
fail(struct prg_req *r, enum prg_status status, const char *detail)
{
	prg_submission_end(r->core->submissions, &r->claim);
	return prg_answer_error(r, status, detail);
}

static int
add_bytes(const char *p, size_t n, void *b)
{
	prg_buf_add(b, p, n);
	return 0;
}

/* As it is stored; takes the reference. */
static const char *
dump(struct prg_req *r, json_t *j)
{
	struct prg_buf b = prg_buf(&r->arena, SIZE_MAX / 4);

	json_dump_callback(j, add_bytes, &b, JSON_COMPACT);
	json_decref(j);
	return b.p;
}

/* -- Answers ---------------------------------------------------------------------------- */

/* A result that is stored: 303 to it, or 201 with it for a program (H20). */
static enum prg_verdict
answer_stored(struct prg_req *r, const struct prg_row *row)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_CREATED);
	const char *url = prg_route_address(&r->arena, r->core->options.base,
	    r->route, row->id.text);

	prg_step("before-answer");
	if (prg_row_state(row, prg_now()) != PRG_STATE_DONE)
		return prg_answer_see_other(r, url);	/* it is gone, and says so */
	if (!r->json || row->location != NULL)
		return prg_answer_see_other(r, row->location != NULL ?
		    row->location : url);
	prg_reply_location(&reply, url);
	prg_reply_header(&reply, "Content-Location", url);
	prg_reply_header(&reply, "Vary", "Accept");
	if (!prg_show_result(r, &reply, row))
		return prg_answer_error(r, PRG_INTERNAL_SERVER_ERROR, NULL);
	return prg_answer(r, &reply);
}

/* For programs, and routes that want it so: 422 with what is wrong. */
static enum prg_verdict
answer_422(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_UNPROCESSABLE_CONTENT);
	struct prg_problem p = { .detail = NULL };
	struct prg_id fresh = prg_id_new();
	/* A named ID is of no second: as the key of a form it would be too old. */
	struct prg_filled filled = { r->named ? &fresh : &r->claim.id, NULL,
	    true };
	bool shown;

	prg_submission_end(r->core->submissions, &r->claim);
	if (r->json) {
		p.errors = prg_errors_json(&r->faults);
		return prg_answer_problem(r, &reply, &p);
	}
	filled.values = prg_fields_typed(r->fields, &r->posted);
	prg_reply_shows(&reply, dump(r, json_incref(filled.values)));
	shown = prg_show_form(r, &reply, &filled);
	json_decref(filled.values);
	return shown ? prg_answer(r, &reply) :
	    prg_answer_error(r, reply.status, r->why);
}

/* -- Rows --------------------------------------------------------------------------------- */

/* Another process was first under this ID; if it was a fresh one, take another (K1). */
static enum prg_verdict
begin_again(struct prg_req *r)
{
	prg_submission_end(r->core->submissions, &r->claim);
	if (r->claim.fresh)
		r->claim.id = prg_id_new();
	return begin(r);
}

/* The draft is durable, or the ID has come to be another's meanwhile. */
static enum prg_verdict
drafted(struct prg_req *r)
{
	if (r->write.outcome == PRG_WRITTEN_FAIL)
		return fail(r, PRG_SERVICE_UNAVAILABLE, NULL);
	if (r->write.outcome == PRG_WRITTEN_EXISTS)
		return begin_again(r);
	prg_submission_end(r->core->submissions, &r->claim);
	return prg_answer_see_other(r, address(r));
}

/* Keep what was typed and what is wrong with it, under the result's address. */
static enum prg_verdict
draft_it(struct prg_req *r, const char *first)
{
	json_t *result = json_object();

	json_object_set_new(result, "errors", prg_errors_json(&r->faults));
	if (first != NULL)
		json_object_set_new(result, "first", json_string(first));
	r->write.row = prg_row_draft(&r->claim, r->route->path,
	    r->core->options.draft_age);
	r->write.row.owner = r->owner;
	r->write.row.input = dump(r, prg_fields_typed(r->fields, &r->posted));
	r->write.row.result = dump(r, result);
	r->write.record = NULL;
	r->go_on = drafted;
	return prg_hold(r);
}

/* What was sent does not fit, or the handler says so. */
static enum prg_verdict
again(struct prg_req *r)
{
	if (r->json || r->named || r->route->rerender)
		return answer_422(r);
	return draft_it(r, NULL);
}

/* On the committer's thread, within the transaction. */
static bool
record(struct prg_write *w, void *db)
{
	struct prg_req *r = w->arg;
	bool good;

	prg_req_enter(r, "record");
	good = r->route->record(r, db);
	prg_req_leave(r);
	return good;
}

/* The result is durable, or it is not: the second half of a POST. */
static enum prg_verdict
stored(struct prg_req *r)
{
	switch (r->write.outcome) {
	case PRG_WRITTEN:
		prg_submission_end(r->core->submissions, &r->claim);
		return answer_stored(r, &r->write.row);
	case PRG_WRITTEN_EXISTS:
		return begin_again(r);
	case PRG_WRITTEN_REFUSED:
		if (r->faults.first != NULL)
			return again(r);
		break;
	case PRG_WRITTEN_FAIL:
		break;
	}
	return fail(r, PRG_SERVICE_UNAVAILABLE, NULL);
}

static enum prg_verdict
store_it(struct prg_req *r, const char *location)
{
	json_t *input = prg_fields_input(r->fields, &r->posted, r->input);

	r->write.row = prg_row_done(&r->claim, r->route->path, r->route->keep);
	r->write.row.owner = r->owner;
	r->write.row.location = location;
	r->write.row.input = dump(r, input);
	r->write.row.result = dump(r, json_incref(prg_result(r)));
	r->write.record = r->route->record != NULL ? record : NULL;
	r->go_on = stored;
	return prg_hold(r);
}

/* -- The handler ----------------------------------------------------------------------------- */

/* Somebody chose files, and there is no place for them yet: say so. */
static void
refuse_files(struct prg_req *r)
{
	const char *label;
	const struct prg_file *file;
	const struct prg_field *f;

	for (size_t i = 0; i < r->files.count; i++) {
		file = &r->files.list[i];
		f = prg_field_find(r->fields, file->name);
		if (f != NULL && prg_errors_find(&r->faults, f) != NULL)
			continue;
		label = f != NULL ? prg_field_label(f) :
		    file->filename != NULL ? file->filename : file->name.p;
		prg_errors_add(&r->faults, f,
		    prg_message_fill(&r->arena, &r->core->messages, PRG_MSG_FILE,
		    (const char *const[]){ "label", label, NULL }));
	}
}

/* The app's struct, filled from the form; faults are on record. */
static void
bind(struct prg_req *r)
{
	size_t size = r->fields->struct_size;

	r->faults.first = r->faults.last = NULL;
	r->result = NULL;
	r->input = prg_arena_get(&r->arena, size);
	if (r->route->defaults != NULL)
		memcpy(r->input, r->route->defaults, size);
	refuse_files(r);
	prg_fields_bind(r->fields, &r->posted, r->input, &r->faults);
}

/* Of the form as a whole. */
static void
say(struct prg_req *r, enum prg_message_id word)
{
	prg_errors_add(&r->faults, NULL, r->core->messages.texts[word]);
}

/* A key that is none of ours runs nothing; the form has only to be sent again. */
static void
check_key(struct prg_req *r)
{
	if (r->key == PRG_KEY_OLD)
		say(r, PRG_MSG_FORM_OLD);
	else if (r->key == PRG_KEY_BAD)
		say(r, PRG_MSG_FORM_UNKNOWN);
}

static enum prg_verdict
run(struct prg_req *r)
{
	struct prg_next next;

	bind(r);
	check_key(r);
	if (r->faults.first != NULL)
		return again(r);
	prg_req_enter(r, "post");
	next = r->route->post != NULL ? r->route->post(r) : prg_created(r);
	prg_req_leave(r);
	switch (next.kind) {
	case PRG_NEXT_CREATED:
		return store_it(r, NULL);
	case PRG_NEXT_REDIRECT:
		return store_it(r, next.location);
	case PRG_NEXT_INVALID:
		return again(r);
	case PRG_NEXT_FAIL:
		break;
	}
	if (r->reason == NULL)
		r->reason = "the handler returned what no function of prg.h makes";
	return fail(r, PRG_SERVICE_UNAVAILABLE, NULL);
}

/* -- What it means ----------------------------------------------------------------------------- */

/* An API client's key names one content: other content is its mistake (D10). */
static enum prg_verdict
answer_key_reused(struct prg_req *r)
{
	return prg_answer_error(r, PRG_UNPROCESSABLE_CONTENT,
	    "This Idempotency-Key was used for another form.");
}

/* On a route that is 'once': ask, and link to the first result. */
static enum prg_verdict
ask_again(struct prg_req *r)
{
	const char *first = prg_route_address(&r->arena, r->core->options.base,
	    r->route, r->claim.row.id.text);

	if (r->named)
		return answer_key_reused(r);
	if (r->json)
		return prg_answer_error(r, PRG_UNPROCESSABLE_CONTENT,
		    "This form was sent before, with other content.");
	bind(r);
	say(r, PRG_MSG_FORM_USED);
	r->claim.id = prg_keys_derive(r->core->keys, &r->claim.id,
	    r->claim.digest);
	return draft_it(r, first);
}

static enum prg_verdict
begin(struct prg_req *r)
{
	r->conn->held = r;
	r->go_on = begin;
	switch (prg_submission_begin(r->core->submissions, &r->arena,
	    &r->claim)) {
	case PRG_BEGIN_RUN:
		return run(r);
	case PRG_BEGIN_WAIT:
		return PRG_CONN_HELD;	/* and may be resumed already */
	case PRG_BEGIN_BUSY:
		return prg_answer_error(r, PRG_CONFLICT, "The first request with"
		    " this Idempotency-Key is still at work.");
	case PRG_BEGIN_REPLAY:
		return answer_stored(r, &r->claim.row);
	case PRG_BEGIN_USED:
		return ask_again(r);
	case PRG_BEGIN_FAIL:
		break;
	}
	return prg_answer_error(r, PRG_SERVICE_UNAVAILABLE, NULL);
}

enum prg_verdict
prg_submit(struct prg_req *r)
{
	struct prg_content content = { .pairs = &r->posted, .files = &r->files,
	    .except = prg_key_name };

	/* Nobody can send a form under a fresh ID again. */
	if (!r->claim.fresh) {
		r->digest = prg_keys_digest(r->core->keys, &content);
		r->claim.digest = r->digest.text;
	}
	r->claim.once = r->route->once || r->named;
	r->claim.impatient = r->named;
	r->claim.wake = wake;
	r->claim.arg = r;
	return begin(r);
}
