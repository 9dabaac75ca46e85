/*
 * model.c - what templates see of a submission.
 */
#include <stdlib.h>

#include "base/date.h"
#include "page/model.h"

static json_t *
load(const char *text)
{
	json_t *j = text == NULL ? NULL : json_loads(text, 0, NULL);

	return j != NULL ? j : json_object();
}

static void
set_date(json_t *model, const char *name, int64_t ms)
{
	json_object_set_new(model, name,
	    json_string(prg_date_iso(ms / 1000).text));
}

json_t *
prg_shown_json(const struct prg_shown *s)
{
	json_t *m = json_object();

	json_object_set_new(m, "id", json_string(s->row->id.text));
	json_object_set_new(m, "url", json_string(s->url));
	json_object_set_new(m, "state",
	    json_string(prg_state_name(s->row->state)));
	set_date(m, "created", s->row->created);
	set_date(m, "modified", s->row->modified);
	if (s->row->expires > 0)
		set_date(m, "expires", s->row->expires);
	json_object_set_new(m, "input", load(s->row->input));
	json_object_set_new(m, "result", load(s->row->result));
	return m;
}

/* "24 November 2026, 23:22 UTC" */
static const char *
date_text(struct prg_arena *a, const struct prg_messages *messages, int64_t ms)
{
	const struct prg_date iso = prg_date_iso(ms / 1000);
	const char *s = iso.text;	/* "2026-11-24T23:22:00Z" */
	const char *const values[] = {
		"day", prg_arena_printf(a, "%d", atoi(s + 8)),
		"month", messages->texts[PRG_MSG_MONTH_1 - 1 + atoi(s + 5)],
		"year", prg_arena_copy(a, s, 4),
		"time", prg_arena_copy(a, s + 11, 5), NULL
	};

	return prg_message_fill(a, messages, PRG_MSG_DATE_FORMAT, values);
}

static void
add_row(json_t *rows, const char *label, const char *value)
{
	json_t *row = json_object();

	json_object_set_new(row, "label", json_string(label));
	json_object_set_new(row, "value", json_string(value));
	json_array_append_new(rows, row);
}

/* What was sent, then what the app made of it. */
static json_t *
rows_of(struct prg_arena *a, const struct prg_shown *s, const json_t *m)
{
	json_t *rows = json_array();
	const json_t *input = json_object_get(m, "input"), *v;
	const struct prg_field *f = s->fields;
	const char *text;

	for (; f != NULL && f->kind != PRG_KIND_END; f++) {
		v = json_object_get(input, f->name);
		if (v == NULL || f->kind == PRG_KIND_HIDDEN)
			continue;
		text = prg_field_text(a, s->messages, f, v);
		add_row(rows, prg_field_label(f),
		    *text != '\0' ? text : "\xE2\x80\x93");
	}
	return rows;
}

json_t *
prg_shown_model(struct prg_arena *a, const struct prg_shown *s)
{
	json_t *m = prg_shown_json(s), *result = json_object_get(m, "result");
	json_t *thanks = json_object_get(result, "thanks");

	json_object_set_new(m, "rows", rows_of(a, s, m));
	json_object_set_new(m, "created_text",
	    json_string(date_text(a, s->messages, s->row->created)));
	if (s->row->expires > 0)
		json_object_set_new(m, "expires_text",
		    json_string(date_text(a, s->messages, s->row->expires)));
	if (json_is_string(thanks))
		json_object_set(m, "thanks", thanks);
	else
		json_object_set_new(m, "thanks", json_string(
		    s->messages->texts[PRG_MSG_RECEIVED]));
	return m;
}
