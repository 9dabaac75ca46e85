/*
 * field.c - one row of the table of fields, and the check of all rows.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "form/field.h"

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

size_t
prg_field_max(const struct prg_field *f)
{
	return f->max > 0 ? (size_t)f->max : prg_kind(f->kind)->max;
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

bool
prg_field_is_secret(const struct prg_field *f)
{
	return f->secret || prg_kind(f->kind)->secret;
}

/* -- The check of the table ----------------------------------------------- */

static bool
has_choices(const struct prg_field *f)
{
	return f->kind == PRG_KIND_CHOICE || f->kind == PRG_KIND_CHOICES;
}

/* Whether it is written as the values are that it is compared with. */
static bool
is_plain(const struct prg_field *f, const char *text)
{
	struct prg_arena a = { 0 };
	const char *plain = text == NULL ? NULL :
	    prg_field_plain(&a, f, prg_span(text));
	bool good = text == NULL || (plain != NULL && strcmp(plain, text) == 0);

	prg_arena_release(&a);
	return good;
}

/* The value that two choices have, or NULL. */
static const char *
common_value(const struct prg_choice *choices)
{
	const struct prg_choice *c, *d;

	for (c = choices; c != NULL && c->value != NULL; c++)
		for (d = choices; d != c; d++)
			if (strcmp(c->value, d->value) == 0)
				return c->value;
	return NULL;
}

/* Why no value at all, or not every one, can fit; or NULL. */
static const char *
wrong_bounds(const struct prg_field *f)
{
	const struct prg_kind_row *kind = prg_kind(f->kind);
	bool whole = kind->member == PRG_MEMBER_INT;
	double most = kind->max > 0 ? (double)prg_field_max(f) : f->max;

	if (f->min > most && (f->max != 0 || kind->max > 0))
		return "min is above max";
	if (fabs(f->min) > 0x1p53 || fabs(f->max) > 0x1p53)
		return "min or max is beyond 2^53";
	if (whole && f->size == sizeof(int) &&
	    (f->min < INT_MIN || f->min > INT_MAX || f->max > INT_MAX))
		return "min or max is beyond an int";
	if (whole && (f->min > floor(f->min) || f->max > floor(f->max) ||
	    f->step > floor(f->step)))
		return "min, max and step of a whole number must be whole";
	if (f->kind == PRG_KIND_RANGE && f->min >= f->max)
		return "a range needs min and max";
	if (f->step < 0 || (f->step > 0 && !kind->bounded))
		return "step is for numbers, and must be above 0";
	if ((f->from != NULL || f->to != NULL) && !kind->moment)
		return "from and to are for dates, times and months";
	if (!is_plain(f, f->from) || !is_plain(f, f->to))
		return "from or to is not written as the field's values are";
	if (f->kind != PRG_KIND_TIME && f->from != NULL && f->to != NULL &&
	    prg_moments_compare(f->from, f->to) > 0)
		return "from is after to";
	return NULL;
}

static const char *
wrong_row(const struct prg_field *f)
{
	const struct prg_kind_row *kind = prg_kind(f->kind);

	if (f->options != NULL && (!has_choices(f) || f->choices != NULL))
		return "options are for PRG_CHOICE and PRG_CHOICES, without"
		    " choices";
	if (has_choices(f) && f->options == NULL &&
	    (f->choices == NULL || f->choices->value == NULL))
		return "choices are missing";
	if (!has_choices(f) && f->choices != NULL)
		return "choices are for PRG_CHOICE and PRG_CHOICES";
	if (f->secret && f->kind != PRG_KIND_TEXT && !kind->secret)
		return "secret is for PRG_TEXT and PRG_PASSWORD";
	if (f->pattern != NULL && kind->member != PRG_MEMBER_TEXT)
		return "pattern is for texts";
	return f->pattern != NULL ? prg_pattern_check(f->pattern) : NULL;
}

/*
 * Whether this looks like a row.  Without PRG_FIELDS_END the table goes on with
 * whatever the compiler put behind it.
 */
static bool
is_row(const struct prg_field *f)
{
	return f->kind <= PRG_KIND_HIDDEN && f->name != NULL && f->size > 0 &&
	    f->offset + f->size <= f->struct_size;
}

int
prg_fields_check(const struct prg_field *fields, struct prg_error *err)
{
	const struct prg_field *f;
	const char *wrong, *value;

	for (f = fields; f->kind != PRG_KIND_END; f++) {
		if (!is_row(f))
			return f == fields ? prg_error_set(err,
			    "the table of fields has no row") :
			    prg_error_set(err, "field %s: PRG_FIELDS_END is"
			    " missing behind it", f[-1].name);
		if ((wrong = wrong_bounds(f)) != NULL ||
		    (wrong = wrong_row(f)) != NULL)
			return prg_error_set(err, "field %s: %s", f->name,
			    wrong);
		if ((value = common_value(f->choices)) != NULL)
			return prg_error_set(err, "field %s: two choices have"
			    " the value %s", f->name, value);
		if (f->struct_size != fields->struct_size)
			return prg_error_set(err, "field %s: not in the same"
			    " struct as %s; is PRG_FIELDS_END missing before"
			    " it?", f->name, fields->name);
		if (prg_field_find(fields, prg_span(f->name)) != f)
			return prg_error_set(err, "field %s: two rows have this"
			    " name", f->name);
	}
	return 0;
}
