/*
 * field_json.c - the values of fields as JSON: stored, submitted.
 */
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "form/field.h"
#include "form/typed.h"

/* Whether it is a number that is 0, as in a struct that nobody has filled. */
static bool
is_zero(const struct prg_field *f, const struct prg_value *v)
{
	return prg_kind(f->kind)->bounded && v->integer == 0 &&
	    fpclassify(v->number) == FP_ZERO;
}

static json_t *
value_json(const struct prg_field *f, const struct prg_value *v)
{
	json_t *list;

	switch (prg_kind(f->kind)->member) {
	case PRG_MEMBER_INT:
		return json_integer(v->integer);
	case PRG_MEMBER_NUMBER:
		return json_real(v->number);
	case PRG_MEMBER_BOOL:
		return json_boolean(v->truth);
	case PRG_MEMBER_TEXT:
		return json_string(v->text != NULL ? v->text : "");
	case PRG_MEMBER_TEXTS:
		break;
	}
	list = json_array();
	for (size_t i = 0; v->texts != NULL && v->texts[i] != NULL; i++)
		json_array_append_new(list, json_string(v->texts[i]));
	return list;
}

json_t *
prg_fields_input(const struct prg_field *f, const struct prg_pairs *pairs,
    const void *bound)
{
	json_t *input = json_object();
	struct prg_value v;

	for (; f->kind != PRG_KIND_END; f++) {
		if (prg_field_is_secret(f))
			continue;
		v = prg_member_get(f, bound);
		json_object_set_new(input, f->name, is_zero(f, &v) &&
		    prg_pair_is_blank(prg_pairs_find(pairs, f->name, NULL)) ?
		    json_null() : value_json(f, &v));
	}
	return input;
}

/* The longest value that the field can take, and three times more. */
static size_t
longest(const struct prg_field *f)
{
	size_t most = prg_field_max(f), n;

	if (most == 0)
		most = 100;
	for (const struct prg_choice *c = f->choices; c != NULL &&
	    c->value != NULL; c++)
		if ((n = strlen(c->value)) > most)
			most = n;
	return most > SIZE_MAX / 4 ? most : 4 * most;
}

/* A field of choices keeps as many values as it can have, and three times more. */
static size_t
most_values(const struct prg_field *f)
{
	size_t n = 0;

	while (f->choices != NULL && f->choices[n].value != NULL)
		n++;
	return 4 * n;
}

/* The value as it was submitted.  Texts hold no NUL: U+FFFD is in its place. */
static json_t *
submitted_json(const struct prg_field *f, struct prg_span s)
{
	struct prg_arena a = { 0 };
	struct prg_buf b;
	json_t *j;

	s = prg_typed_cut(s, longest(f));
	if (s.len == 0 || memchr(s.p, '\0', s.len) == NULL)
		return json_stringn(s.p, s.len);
	b = prg_buf(&a, 3 * s.len);
	for (size_t i = 0; i < s.len; i++)
		prg_buf_str(&b, s.p[i] == '\0' ? "\xEF\xBF\xBD" :
		    (const char[]){ s.p[i], '\0' });
	j = json_stringn(b.p, b.len);
	prg_arena_release(&a);
	return j;
}

static bool
is_many(const struct prg_field *f)
{
	return prg_kind(f->kind)->member == PRG_MEMBER_TEXTS;
}

json_t *
prg_fields_submitted(const struct prg_field *f, const struct prg_pairs *pairs)
{
	json_t *all = json_object(), *list;
	const struct prg_pair *p;

	for (; f->kind != PRG_KIND_END; f++) {
		p = prg_pairs_find(pairs, f->name, NULL);
		if (p == NULL || prg_field_is_secret(f))
			continue;
		if (!is_many(f)) {
			json_object_set_new(all, f->name,
			    submitted_json(f, p->value));
			continue;
		}
		list = json_array();
		for (; p != NULL && json_array_size(list) < most_values(f);
		    p = prg_pairs_find(pairs, f->name, p + 1))
			json_array_append_new(list,
			    submitted_json(f, p->value));
		json_object_set_new(all, f->name, list);
	}
	return all;
}

/* Whether prg_fields_submitted() does not keep all of a field. */
static bool
is_cut(const struct prg_field *f, const struct prg_pairs *pairs)
{
	const struct prg_pair *p = prg_pairs_find(pairs, f->name, NULL);
	size_t n = 0;

	for (; p != NULL; p = prg_pairs_find(pairs, f->name, p + 1)) {
		if (prg_typed_cut(p->value, longest(f)).len < p->value.len ||
		    (is_many(f) && ++n > most_values(f)))
			return true;
		if (!is_many(f))
			break;
	}
	return false;
}

void
prg_fields_say_cut(const struct prg_field *f, const struct prg_pairs *pairs,
    struct prg_field_errors *errors)
{
	for (; f->kind != PRG_KIND_END; f++)
		if (!prg_field_is_secret(f) && is_cut(f, pairs))
			prg_errors_add(errors, f, prg_message_fill(
			    errors->arena, errors->messages, PRG_MSG_CUT,
			    (const char *const[]){ "label",
			    prg_field_label(f), "max", prg_number((double)
			    longest(f)).text, NULL }));
}

/* A value as a form would submit it. */
static json_t *
default_json(const struct prg_field *f, const struct prg_value *v)
{
	switch (prg_kind(f->kind)->member) {
	case PRG_MEMBER_INT:
		return json_sprintf("%lld", v->integer);
	case PRG_MEMBER_NUMBER:
		return json_string(prg_number(v->number).text);
	case PRG_MEMBER_BOOL:
		return json_string(v->truth ? "on" : "");
	default:
		return value_json(f, v);
	}
}

json_t *
prg_fields_defaults(const struct prg_field *f, const void *defaults)
{
	json_t *values = json_object();
	struct prg_value v;

	for (; defaults != NULL && f->kind != PRG_KIND_END; f++) {
		v = prg_member_get(f, defaults);
		if (prg_kind(f->kind)->filled || !is_zero(f, &v))
			json_object_set_new(values, f->name,
			    default_json(f, &v));
	}
	return values;
}
