/*
 * model.c - what templates and programs see of a submission.
 */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "page/model.h"

struct prg_var
prg_messages_model(struct prg_arena *a, struct prg_names *names,
    const struct prg_messages *messages)
{
#define NAME(id, name, placeholders, text)	name,
	static const char *const own[] = { PRG_MESSAGES(NAME) };
#undef NAME
	struct prg_object o = prg_object(a, PRG_MESSAGES_COUNT);

	for (int i = 0; i < PRG_MESSAGES_COUNT; i++)
		prg_object_set(&o, prg_names_provide(names, own[i]),
		    prg_var_text(messages->texts[i]));
	return prg_object_var(&o);
}

const char *
prg_direction(const char *lang)
{
	static const char rtl[] = " ar arc arz ckb dv fa glk he iw ji khw ks "
	    "lrc mzn nqo pnb prs ps sd syr ug ur yi adlm arab hebr nkoo rohg "
	    "syrc thaa ", *end;
	char tag[12];
	int script = -1;

	do {
		end = strchrnul(lang, '-');
		snprintf(tag, sizeof(tag), " %.*s ", (int)(end - lang), lang);
		if (script == -1 || end - lang == 4)
			script = strcasestr(rtl, tag) != NULL;
		lang = end + (*end != '\0');
	} while (*lang != '\0');
	return script == 1 ? "rtl" : NULL;
}

/* Whether an input is kept out of lists and off public pages. */
static bool
is_unlisted(const struct prg_shown *s, const char *name)
{
	const struct prg_field *f = s->listed && s->fields != NULL ?
	    prg_field_find(s->fields, prg_span(name)) : NULL;

	return f != NULL && f->unlisted;
}

/* -- For a program ------------------------------------------------------- */

static json_t *
stored_json(const char *text)
{
	json_t *j = text == NULL ? NULL : json_loads(text, 0, NULL);

	return j != NULL ? j : json_object();
}

/* NULL if there is no such moment. */
static json_t *
moment_json(int64_t ms)
{
	return ms <= 0 ? NULL : json_string(prg_date_iso(ms / 1000).text);
}

json_t *
prg_shown_json(const struct prg_shown *s)
{
	json_t *input = stored_json(s->row->input), *v;
	const char *name;
	void *next;

	json_object_foreach_safe(input, next, name, v)
		if (is_unlisted(s, name))
			json_object_del(input, name);
	return json_pack("{s:s, s:s, s:s, s:o*, s:o*, s:o*, s:o, s:o}",
	    "id", s->row->id.text, "url", s->url,
	    "state", prg_state_name(s->row->state),
	    "created", moment_json(s->row->created),
	    "modified", moment_json(s->row->modified),
	    "expires", moment_json(s->row->expires),
	    "input", input, "result", stored_json(s->row->result));
}

/* -- For a template ------------------------------------------------------ */

/* "24 November 2026, 23:22 UTC", from "2026-11-24T23:22:00Z". */
static const char *
date_text(struct prg_arena *a, const struct prg_messages *messages,
    const char *iso)
{
	int month = (iso[5] - '0') * 10 + iso[6] - '0';
	const char *day = iso + (iso[8] == '0' ? 9 : 8);
	const char *const values[] = {
		"day", prg_arena_copy(a, day, (size_t)(iso + 10 - day)),
		"month", messages->texts[PRG_MSG_MONTH_1 - 1 + month],
		"year", prg_arena_copy(a, iso, 4),
		"time", prg_arena_copy(a, iso + 11, 5), NULL
	};

	return prg_message_fill(a, messages, PRG_MSG_DATE_FORMAT, values);
}

/* A moment for programs and, if it has a second name, for people. */
static void
set_moment(struct prg_arena *a, struct prg_object *o, const char *name,
    const char *text_name, int64_t ms, const struct prg_messages *messages)
{
	const char *iso = ms == 0 ? NULL :
	    prg_arena_strdup(a, prg_date_iso(ms / 1000).text);

	prg_object_set(o, name, prg_var_text(iso));
	if (text_name != NULL)
		prg_object_set(o, text_name, prg_var_text(iso == NULL ? NULL :
		    date_text(a, messages, iso)));
}

const char *
prg_moment_text(struct prg_arena *a, const struct prg_messages *messages,
    int64_t ms)
{
	return date_text(a, messages,
	    prg_arena_strdup(a, prg_date_iso(ms / 1000).text));
}

static struct prg_span
choice_label(const struct prg_field *f, struct prg_var v)
{
	struct prg_span s = { v.text, v.len };
	const struct prg_choice *c = f->choices;

	for (; v.type == PRG_VAR_TEXT && c != NULL && c->value != NULL; c++)
		if (c->label != NULL && prg_span_is(s, c->value))
			return prg_span(c->label);
	return s;
}

static struct prg_var
list_text(struct prg_arena *a, const struct prg_field *f, struct prg_var list)
{
	struct prg_buf b = prg_buf(a, SIZE_MAX / 4);
	struct prg_span s;

	for (uint32_t i = 0; i < list.len; i++) {
		s = choice_label(f, prg_var_at(list, i));
		if (i > 0)
			prg_buf_str(&b, ", ");
		prg_buf_add(&b, s.p, s.len);
	}
	return prg_var_text(b.p);
}

/* A stored value as people read it: a dash if it is empty. */
static struct prg_var
text_of(struct prg_arena *a, const struct prg_shown *s,
    const struct prg_field *f, struct prg_var v)
{
	if (v.type == PRG_VAR_TEXT)
		v = prg_var_span(choice_label(f, v));
	else if (v.type == PRG_VAR_REAL)
		v = prg_var_text(prg_arena_strdup(a,
		    prg_number(v.real).text));
	else if (v.type == PRG_VAR_LIST)
		v = list_text(a, f, v);
	else if (v.type == PRG_VAR_TRUE || v.type == PRG_VAR_FALSE)
		v = prg_var_text(s->messages->texts[v.type == PRG_VAR_TRUE ?
		    PRG_MSG_YES : PRG_MSG_NO]);
	return v.len == 0 && v.type != PRG_VAR_INTEGER ?
	    prg_var_text("\xE2\x80\x93") : v;
}

/*
 * All lines but the last, and that: not all browsers know the CSS that breaks
 * them.
 */
static void
set_lines(struct prg_arena *a, struct prg_object *row, struct prg_var v)
{
	struct prg_span rest = { v.text, v.len }, line;
	struct prg_var *lines;
	size_t n = 0;

	for (size_t i = 0; v.type == PRG_VAR_TEXT && i < v.len; i++)
		n += v.text[i] == '\n';
	lines = prg_arena_room(a, n * sizeof(*lines));
	for (size_t i = 0; i < n; i++) {
		prg_span_split(rest, '\n', &line, &rest);
		lines[i] = prg_var_span(line);
	}
	prg_object_set(row, prg_name.lines, prg_var_list(lines, n));
	prg_object_set(row, prg_name.line, n > 0 ? prg_var_span(rest) : v);
}

/* Label and value of each input that the row has. */
static struct prg_var
rows_of(struct prg_arena *a, const struct prg_shown *s, struct prg_var input)
{
	struct prg_var *rows = prg_arena_room(a, input.len * sizeof(*rows)), v;
	const struct prg_field *f = s->fields;
	struct prg_object row;
	uint32_t n = 0;

	for (; f != NULL && f->kind != PRG_KIND_END && n < input.len; f++) {
		v = prg_var_find(input, prg_names_find(s->names,
		    prg_span(f->name)));
		if (v.type == PRG_VAR_NONE || f->kind == PRG_KIND_HIDDEN)
			continue;
		row = prg_object(a, 5);
		v = text_of(a, s, f, v);
		prg_object_set(&row, prg_name.label,
		    prg_var_text(prg_field_label(f)));
		prg_object_set(&row, prg_name.value, v);
		set_lines(a, &row, v);
		prg_object_set(&row, prg_name.area,
		    prg_var_bool(f->kind == PRG_KIND_AREA));
		rows[n++] = prg_object_var(&row);
	}
	return prg_var_list(rows, n);
}

static struct prg_var
input_of(struct prg_arena *a, const struct prg_shown *s)
{
	struct prg_var all = prg_var_parse(a, s->names, s->row->input);
	struct prg_object o;

	if (!s->listed)
		return all;
	o = prg_object(a, all.len);
	for (uint32_t i = 0; i < all.len; i++)
		if (!is_unlisted(s, all.members[i].name))
			prg_object_set(&o, all.members[i].name,
			    all.members[i].value);
	return prg_object_var(&o);
}

struct prg_var
prg_shown_model(struct prg_arena *a, const struct prg_shown *s)
{
	const struct prg_row *row = s->row;
	struct prg_var input = input_of(a, s);
	struct prg_var result = prg_var_parse(a, s->names, row->result);
	struct prg_var thanks = prg_var_find(result, prg_name.thanks);
	struct prg_object o = prg_object(a, 12);

	if (thanks.type != PRG_VAR_TEXT)
		thanks = prg_var_text(s->messages->texts[PRG_MSG_RECEIVED]);
	prg_object_set(&o, prg_name.thanks, thanks);
	prg_object_set(&o, prg_name.rows, rows_of(a, s, input));
	set_moment(a, &o, prg_name.created, prg_name.created_text,
	    row->created, s->messages);
	prg_object_set(&o, prg_name.id, prg_var_text(row->id.text));
	prg_object_set(&o, prg_name.url, prg_var_text(s->url));
	prg_object_set(&o, prg_name.input, input);
	prg_object_set(&o, prg_name.result, result);
	set_moment(a, &o, prg_name.expires, prg_name.expires_text,
	    row->expires > 0 ? row->expires : 0, s->messages);
	set_moment(a, &o, prg_name.modified, NULL, row->modified, s->messages);
	prg_object_set(&o, prg_name.state,
	    prg_var_text(prg_state_name(row->state)));
	return prg_object_var(&o);
}
