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

static size_t
choices_count(const struct prg_field *f)
{
	size_t n = 0;

	while (f->choices != NULL && f->choices[n].value != NULL)
		n++;
	return n;
}

/* Four times the longest value that the field can have, in UTF-16 units. */
static size_t
longest(const struct prg_field *f)
{
	size_t most = prg_kind(f->kind)->max > 0 ? prg_field_max(f) : 100;

	for (size_t i = choices_count(f); i-- > 0;)
		if (strlen(f->choices[i].value) > most)
			most = strlen(f->choices[i].value);
	return 4 * most;
}

static void
add_cut_error(const struct prg_field *f, struct prg_field_errors *errors)
{
	prg_errors_add(errors, f, prg_message_fill(errors->arena,
	    errors->messages, PRG_MSG_CUT, (const char *const[]){ "label",
	    prg_field_label(f), "max", prg_number((double)longest(f)).text,
	    NULL }));
}

/* The value as it was submitted.  Texts hold no NUL: U+FFFD is in its place. */
static json_t *
submitted_json(const struct prg_field *f, struct prg_span whole, bool *cut)
{
	struct prg_span s = prg_typed_cut(whole, longest(f));
	struct prg_arena a = { 0 };
	struct prg_buf b;
	json_t *j;

	*cut |= s.len < whole.len;
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

json_t *
prg_fields_submitted(const struct prg_field *f, const struct prg_pairs *pairs,
    struct prg_field_errors *errors)
{
	json_t *all = json_object(), *list;
	const struct prg_pair *p;
	bool many, cut;
	size_t n;

	for (; f->kind != PRG_KIND_END; f++) {
		p = prg_pairs_find(pairs, f->name, NULL);
		if (p == NULL || prg_field_is_secret(f))
			continue;
		many = prg_kind(f->kind)->member == PRG_MEMBER_TEXTS;
		n = many ? 4 * choices_count(f) : 1;
		list = json_array();
		for (cut = false; p != NULL && n-- > 0;
		    p = prg_pairs_find(pairs, f->name, p + 1))
			json_array_append_new(list, submitted_json(f, p->value,
			    &cut));
		if (cut || (many && p != NULL))
			add_cut_error(f, errors);
		json_object_set(all, f->name, many ? list :
		    json_array_get(list, 0));
		json_decref(list);
	}
	return all;
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

json_t *
prg_json_text(const char *text)
{
	struct prg_arena a = { 0 };
	json_t *j = json_string(prg_utf8_clean(&a, prg_span(text)).p);

	prg_arena_release(&a);
	return j;
}
