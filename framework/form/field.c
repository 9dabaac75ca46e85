/*
 * field.c - the table of fields: bound, and turned into JSON.
 */
#include <assert.h>
#include <string.h>

#include "form/check.h"
#include "form/field.h"

void
prg_errors_add(struct prg_field_errors *faults, const char *field, const char *text)
{
	struct prg_field_error *f = prg_arena_get(faults->arena, sizeof(*f));
	bool repaired;

	text = prg_pair_text(faults->arena, prg_span(text), SIZE_MAX,
	    &repaired).p;
	*f = (struct prg_field_error){ field, text, NULL };
	if (faults->last != NULL)
		faults->last->next = f;
	else
		faults->first = f;
	faults->last = f;
}

const char *
prg_errors_find(const struct prg_field_errors *faults, const char *field)
{
	for (const struct prg_field_error *f = faults->first; f != NULL; f = f->next)
		if (f->field != NULL && strcmp(f->field, field) == 0)
			return f->text;
	return NULL;
}

const struct prg_field *
prg_field_find(const struct prg_field *f, struct prg_span name)
{
	while (f->kind != PRG_KIND_END && !prg_span_is(name, f->name))
		f++;
	return f->kind != PRG_KIND_END ? f : NULL;
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
	    f->kind == PRG_KIND_EMAIL ? 254 :
	    f->kind == PRG_KIND_URL ? 2000 : 1000;
}

bool
prg_field_is_secret(const struct prg_field *f)
{
	return f->secret || f->kind == PRG_KIND_PASSWORD;
}

/* -- Members, by the width that the macros recorded ------------------------- */

static void
set_text(const struct prg_field *f, void *base, const char *s)
{
	memcpy((char *)base + f->offset, &s, sizeof(s));
}

static void
set_int(const struct prg_field *f, void *base, long long v)
{
	int narrow = (int)v;

	assert(f->size == sizeof(int) || f->size == sizeof(long long));
	memcpy((char *)base + f->offset, f->size == sizeof(int) ?
	    (const void *)&narrow : (const void *)&v, f->size);
}

/* -- Binding ---------------------------------------------------------------- */

static void
store(const struct prg_field *f, const struct prg_value *v, void *out)
{
	void *member = (char *)out + f->offset;

	switch (prg_field_member(f)) {
	case PRG_MEMBER_INT:
		set_int(f, out, v->integer);
		break;
	case PRG_MEMBER_NUMBER:
		memcpy(member, &v->number, sizeof(v->number));
		break;
	case PRG_MEMBER_BOOL:
		memcpy(member, &v->truth, sizeof(v->truth));
		break;
	case PRG_MEMBER_TEXTS:
		memcpy(member, &v->texts, sizeof(v->texts));
		break;
	case PRG_MEMBER_TEXT:
		set_text(f, out, v->text);
		break;
	}
}

/* No text is NULL, no list either. */
static void
store_nothing(const struct prg_field *f, void *out)
{
	static const char *const none[] = { NULL };
	const char *const *list = none;
	void *member = (char *)out + f->offset;
	void *is_null;

	if (prg_field_member(f) != PRG_MEMBER_TEXTS &&
	    prg_field_member(f) != PRG_MEMBER_TEXT)
		return;
	memcpy(&is_null, member, sizeof(is_null));
	if (is_null == NULL && prg_field_member(f) == PRG_MEMBER_TEXTS)
		memcpy(member, &list, sizeof(list));
	else if (is_null == NULL)
		set_text(f, out, "");
}

void
prg_fields_bind(const struct prg_field *f, const struct prg_pairs *pairs,
    void *out, struct prg_field_errors *faults)
{
	struct prg_value v;
	const char *fault;

	for (; f->kind != PRG_KIND_END; f++) {
		v = (struct prg_value){ .arena = faults->arena,
		    .messages = faults->messages };
		fault = prg_field_read(f, pairs, &v);
		if (fault != NULL)
			prg_errors_add(faults, f->name, fault);
		else if (!v.blank)
			store(f, &v, out);
		store_nothing(f, out);
	}
}
