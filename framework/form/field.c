/*
 * field.c - the table of fields: bound, and turned into JSON.
 */
#include <assert.h>
#include <string.h>

#include "form/check.h"
#include "form/field.h"

void
prg_faults_add(struct prg_faults *faults, const char *field, const char *text)
{
	struct prg_fault *f = prg_arena_get(faults->arena, sizeof(*f));

	*f = (struct prg_fault){ field, text, NULL };
	if (faults->last != NULL)
		faults->last->next = f;
	else
		faults->first = f;
	faults->last = f;
}

const char *
prg_faults_find(const struct prg_faults *faults, const char *field)
{
	for (const struct prg_fault *f = faults->first; f != NULL; f = f->next)
		if (f->field != NULL && strcmp(f->field, field) == 0)
			return f->text;
	return NULL;
}

const char *
prg_field_label(const struct prg_field *f)
{
	return f->label != NULL ? f->label : f->name;
}

bool
prg_field_has_min(const struct prg_field *f)
{
	return f->min < f->max || f->min > 0;
}

bool
prg_field_has_max(const struct prg_field *f)
{
	return f->min < f->max;
}

size_t
prg_field_max(const struct prg_field *f)
{
	if (f->max > 0)
		return (size_t)f->max;
	return f->kind == PRG_KIND_AREA ? 10000 :
	    f->kind == PRG_KIND_EMAIL ? 254 : 1000;
}

/* -- Members, by the width that the macros recorded ------------------------- */

static void
set_text(const struct prg_field *f, void *base, const char *s)
{
	memcpy((char *)base + f->offset, &s, sizeof(s));
}

static const char *
get_text(const struct prg_field *f, const void *base)
{
	const char *s;

	memcpy(&s, (const char *)base + f->offset, sizeof(s));
	return s;
}

static void
set_int(const struct prg_field *f, void *base, long long v)
{
	int narrow = (int)v;

	assert(f->size == sizeof(int) || f->size == sizeof(long long));
	memcpy((char *)base + f->offset, f->size == sizeof(int) ?
	    (const void *)&narrow : (const void *)&v, f->size);
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

/* -- Binding ---------------------------------------------------------------- */

static bool
is_text(const struct prg_field *f)
{
	return f->kind != PRG_KIND_INT && f->kind != PRG_KIND_NUMBER &&
	    f->kind != PRG_KIND_BOOL;
}

static void
store(const struct prg_field *f, const struct prg_value *v, void *out)
{
	switch (f->kind) {
	case PRG_KIND_INT:
		set_int(f, out, v->integer);
		break;
	case PRG_KIND_NUMBER:
		memcpy((char *)out + f->offset, &v->number, sizeof(double));
		break;
	case PRG_KIND_BOOL:
		memcpy((char *)out + f->offset, &v->truth, sizeof(bool));
		break;
	default:
		set_text(f, out, v->text);
	}
}

void
prg_fields_bind(const struct prg_field *f, const struct prg_pairs *pairs,
    void *out, struct prg_faults *faults)
{
	struct prg_value v;
	const char *fault;

	for (; f->kind != PRG_KIND_END; f++) {
		if (is_text(f) && get_text(f, out) == NULL)
			set_text(f, out, "");
		v = (struct prg_value){ .arena = faults->arena };
		fault = prg_field_read(f, prg_pairs_find(pairs, f->name, NULL),
		    &v);
		if (fault != NULL)
			prg_faults_add(faults, f->name, fault);
		else if (!v.blank)
			store(f, &v, out);
	}
}

/* -- JSON --------------------------------------------------------------------- */

static json_t *
member(const struct prg_field *f, const void *bound)
{
	const char *s;

	switch (f->kind) {
	case PRG_KIND_INT:
		return json_integer(get_int(f, bound));
	case PRG_KIND_NUMBER:
		return json_real(get_number(f, bound));
	case PRG_KIND_BOOL:
		return json_boolean(get_bool(f, bound));
	default:
		s = get_text(f, bound);
		return json_string(s != NULL ? s : "");
	}
}

json_t *
prg_fields_input(const struct prg_field *f, const struct prg_pairs *pairs,
    const void *bound, bool defaults)
{
	json_t *input = json_object();
	bool blank;

	for (; f->kind != PRG_KIND_END; f++) {
		if (f->secret)
			continue;
		blank = !is_text(f) && f->kind != PRG_KIND_BOOL &&
		    prg_field_blank(prg_pairs_find(pairs, f->name, NULL));
		json_object_set_new(input, f->name, blank && !defaults ?
		    json_null() : member(f, bound));
	}
	return input;
}

json_t *
prg_fields_typed(const struct prg_field *f, const struct prg_pairs *pairs)
{
	json_t *typed = json_object();
	const struct prg_pair *p;

	for (; f->kind != PRG_KIND_END; f++) {
		p = prg_pairs_find(pairs, f->name, NULL);
		if (p == NULL || f->secret)
			continue;
		json_object_set_new(typed, f->name,
		    json_stringn(p->value.p, p->value.len));
	}
	return typed;
}

json_t *
prg_fields_defaults(const struct prg_field *f, const void *defaults)
{
	json_t *values = json_object(), *v;
	struct prg_arena a = { 0 };

	for (; defaults != NULL && f->kind != PRG_KIND_END; f++) {
		v = member(f, defaults);
		if (f->kind != PRG_KIND_BOOL)
			json_object_set_new(values, f->name,
			    json_string(prg_field_text(&a, f, v)));
		else if (json_is_true(v))
			json_object_set_new(values, f->name, json_string("on"));
		json_decref(v);
	}
	prg_arena_release(&a);
	return values;
}

static const char *
choice_label(const struct prg_field *f, const char *value)
{
	for (const struct prg_choice *c = f->choices; c->value != NULL; c++)
		if (strcmp(c->value, value) == 0 && c->label != NULL)
			return c->label;
	return value;
}

const char *
prg_field_text(struct prg_arena *a, const struct prg_field *f, const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_STRING:
		return f->kind == PRG_KIND_CHOICE ?
		    choice_label(f, json_string_value(v)) :
		    json_string_value(v);
	case JSON_INTEGER:
		return prg_arena_printf(a, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(v));
	case JSON_REAL:
		return prg_arena_printf(a, "%.15g", json_real_value(v));
	case JSON_TRUE:
		return "Yes";
	case JSON_FALSE:
		return "No";
	default:
		return "";
	}
}
