/*
 * field_json.c - the values of fields as JSON: stored, typed, shown.
 */
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "form/check.h"
#include "form/field.h"

/* -- Members of the app's struct -------------------------------------------------- */

static const char *
get_text(const struct prg_field *f, const void *base)
{
	const char *s;

	memcpy(&s, (const char *)base + f->offset, sizeof(s));
	return s;
}

static const char *const *
get_texts(const struct prg_field *f, const void *base)
{
	const char *const *list;

	memcpy(&list, (const char *)base + f->offset, sizeof(list));
	return list;
}

static long long
get_int(const struct prg_field *f, const void *base)
{
	long long v;
	int narrow;

	if (f->size == sizeof(int)) {
		memcpy(&narrow, (const char *)base + f->offset, f->size);
		return narrow;
	}
	memcpy(&v, (const char *)base + f->offset, sizeof(v));
	return v;
}

static double
get_number(const struct prg_field *f, const void *base)
{
	double v;

	memcpy(&v, (const char *)base + f->offset, sizeof(v));
	return v;
}

static bool
get_bool(const struct prg_field *f, const void *base)
{
	bool v;

	memcpy(&v, (const char *)base + f->offset, sizeof(v));
	return v;
}

/* -- JSON --------------------------------------------------------------------- */

static json_t *
texts_json(const char *const *list)
{
	json_t *j = json_array();

	for (; list != NULL && *list != NULL; list++)
		json_array_append_new(j, json_string(*list));
	return j;
}

static json_t *
member(const struct prg_field *f, const void *bound)
{
	const char *s;

	switch (prg_field_member(f)) {
	case PRG_MEMBER_INT:
		return json_integer(get_int(f, bound));
	case PRG_MEMBER_NUMBER:
		return json_real(get_number(f, bound));
	case PRG_MEMBER_BOOL:
		return json_boolean(get_bool(f, bound));
	case PRG_MEMBER_TEXTS:
		return texts_json(get_texts(f, bound));
	case PRG_MEMBER_TEXT:
		break;
	}
	s = get_text(f, bound);
	return json_string(s != NULL ? s : "");
}

static bool
is_counted(const struct prg_field *f)
{
	return prg_field_member(f) == PRG_MEMBER_INT ||
	    prg_field_member(f) == PRG_MEMBER_NUMBER;
}

/* A number that is 0 because nobody said otherwise. */
static bool
is_unset(const struct prg_field *f, const void *bound)
{
	if (prg_field_member(f) == PRG_MEMBER_INT)
		return get_int(f, bound) == 0;
	return prg_field_member(f) == PRG_MEMBER_NUMBER &&
	    fpclassify(get_number(f, bound)) == FP_ZERO;
}

json_t *
prg_fields_input(const struct prg_field *f, const struct prg_pairs *pairs,
    const void *bound)
{
	json_t *input = json_object();
	bool blank;

	for (; f->kind != PRG_KIND_END; f++) {
		if (prg_field_is_secret(f))
			continue;
		blank = is_unset(f, bound) &&
		    prg_field_blank(prg_pairs_find(pairs, f->name, NULL));
		json_object_set_new(input, f->name, blank ? json_null() :
		    member(f, bound));
	}
	return input;
}

/* As it came, but for NULs: U+FFFD, as for what is no UTF-8. */
static json_t *
typed_text(struct prg_span s)
{
	struct prg_arena a = { 0 };
	struct prg_buf b;
	const char *p = s.p, *nul;
	json_t *j;

	if (s.len == 0 || memchr(s.p, '\0', s.len) == NULL)
		return json_stringn(s.p, s.len);
	b = prg_buf(&a, 3 * s.len);
	for (; (nul = memchr(p, '\0', s.len - (size_t)(p - s.p))) != NULL;
	    p = nul + 1) {
		prg_buf_add(&b, p, (size_t)(nul - p));
		prg_buf_str(&b, "\xEF\xBF\xBD");
	}
	prg_buf_add(&b, p, s.len - (size_t)(p - s.p));
	j = json_stringn(b.p, b.len);
	prg_arena_release(&a);
	return j;
}

/* All values of the name, as they came. */
static json_t *
typed_list(const struct prg_field *f, const struct prg_pairs *pairs)
{
	json_t *list = json_array();

	for (size_t i = 0; i < pairs->count; i++)
		if (prg_span_is(pairs->list[i].name, f->name))
			json_array_append_new(list,
			    typed_text(pairs->list[i].value));
	return list;
}

json_t *
prg_fields_typed(const struct prg_field *f, const struct prg_pairs *pairs)
{
	json_t *typed = json_object();
	const struct prg_pair *p;

	for (; f->kind != PRG_KIND_END; f++) {
		p = prg_pairs_find(pairs, f->name, NULL);
		if (p == NULL || prg_field_is_secret(f))
			continue;
		json_object_set_new(typed, f->name,
		    prg_field_member(f) == PRG_MEMBER_TEXTS ?
		    typed_list(f, pairs) :
		    typed_text(p->value));
	}
	return typed;
}

/* A value as one would type it. */
static json_t *
as_typed(const struct prg_field *f, json_t *v)
{
	json_t *typed = NULL;
	struct prg_arena a = { 0 };

	if (prg_field_member(f) == PRG_MEMBER_TEXTS)
		return v;
	if (prg_field_member(f) == PRG_MEMBER_BOOL)
		typed = json_string(json_is_true(v) ? "on" : "");
	else if (is_counted(f))
		typed = json_string(prg_field_text(&a, NULL, f, v));
	if (typed == NULL)
		return v;
	prg_arena_release(&a);
	json_decref(v);
	return typed;
}

json_t *
prg_fields_defaults(const struct prg_field *f, const void *defaults)
{
	json_t *values = json_object();

	for (; defaults != NULL && f->kind != PRG_KIND_END; f++)
		if (f->kind == PRG_KIND_RANGE || !is_unset(f, defaults))
			json_object_set_new(values, f->name,
			    as_typed(f, member(f, defaults)));
	return values;
}

static const char *
choice_label(const struct prg_field *f, const char *value)
{
	for (const struct prg_choice *c = f->choices; c != NULL &&
	    c->value != NULL; c++)
		if (strcmp(c->value, value) == 0 && c->label != NULL)
			return c->label;
	return value;
}

static const char *
list_text(struct prg_arena *a, const struct prg_field *f, const json_t *list)
{
	struct prg_buf b = prg_buf(a, SIZE_MAX / 4);
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v) {
		if (i > 0)
			prg_buf_str(&b, ", ");
		prg_buf_str(&b, choice_label(f, json_string_value(v)));
	}
	return b.p;
}

const char *
prg_field_text(struct prg_arena *a, const struct prg_messages *messages,
    const struct prg_field *f, const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_STRING:
		return choice_label(f, json_string_value(v));
	case JSON_INTEGER:
		return prg_arena_printf(a, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(v));
	case JSON_REAL:
		return prg_arena_printf(a, "%.15g", json_real_value(v));
	case JSON_ARRAY:
		return list_text(a, f, v);
	case JSON_TRUE:
		return messages->texts[PRG_MSG_YES];
	case JSON_FALSE:
		return messages->texts[PRG_MSG_NO];
	default:
		return "";
	}
}
