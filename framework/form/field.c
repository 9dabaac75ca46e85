/*
 * field.c - one row of the table of fields, and the check of all rows.
 */
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <regex.h>
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

/* -- Patterns ------------------------------------------------------------- */

static locale_t utf8;		/* 0 if the system has none */

static void
make_locale(void)
{
	utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/*
 * Compile a pattern and match a text, unless it is NULL.  The C library matches
 * characters of the locale, which are bytes unless the app has called
 * setlocale(): use UTF-8 for this thread meanwhile.
 */
static bool
match(const char *pattern, const char *text)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	locale_t before;
	regex_t re;
	bool good;

	pthread_once(&once, make_locale);
	before = uselocale(utf8);
	good = regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) == 0;
	if (good) {
		good = text == NULL || regexec(&re, text, 0, NULL, 0) == 0;
		regfree(&re);
	}
	uselocale(before);
	return good;
}

bool
prg_pattern_is_valid(const char *pattern)
{
	return match(pattern, NULL);
}

bool
prg_pattern_matches(struct prg_arena *a, const char *pattern, const char *text)
{
	return match(prg_arena_printf(a, "^(%s)$", pattern), text);
}

/* -- The check of the table ----------------------------------------------- */

static bool
has_choices(const struct prg_field *f)
{
	return f->kind == PRG_KIND_CHOICE || f->kind == PRG_KIND_CHOICES;
}

static bool
is_valid(const struct prg_field *f, const char *text)
{
	struct prg_arena a = { 0 };
	struct prg_value v = { .arena = &a };
	bool valid = text == NULL ||
	    prg_kind(f->kind)->read(f, prg_span(text), &v);

	prg_arena_release(&a);
	return valid;
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

static const char *
wrong_row(const struct prg_field *f)
{
	const struct prg_kind_row *kind = prg_kind(f->kind);

	if (f->min > f->max && f->max != 0)
		return "min is above max";
	if (fabs(f->min) > 0x1p53 || fabs(f->max) > 0x1p53)
		return "min or max is beyond 2^53";
	if (has_choices(f) && (f->choices == NULL || f->choices->value == NULL))
		return "choices are missing";
	if (!has_choices(f) && f->choices != NULL)
		return "choices are for PRG_CHOICE and PRG_CHOICES";
	if (f->kind == PRG_KIND_RANGE && f->min >= f->max)
		return "a range needs min and max";
	if (f->step < 0 || (f->step > 0 && !kind->bounded))
		return "step is for numbers, and must be above 0";
	if (f->secret && f->kind != PRG_KIND_TEXT && !kind->secret)
		return "secret is for PRG_TEXT and PRG_PASSWORD";
	if (f->pattern != NULL && kind->member != PRG_MEMBER_TEXT)
		return "pattern is for texts";
	if (f->pattern != NULL && !prg_pattern_is_valid(f->pattern))
		return "pattern is not a POSIX extended regular expression";
	if ((f->from != NULL || f->to != NULL) && !kind->moment)
		return "from and to are for dates, times and months";
	if (!is_valid(f, f->from) || !is_valid(f, f->to))
		return "from or to is not written as the field's values are";
	return NULL;
}

int
prg_fields_check(const struct prg_field *fields, struct prg_error *err)
{
	const struct prg_field *f;
	const char *wrong, *value;

	for (f = fields; f->kind != PRG_KIND_END; f++) {
		if ((wrong = wrong_row(f)) != NULL)
			return prg_error_set(err, "field %s: %s", f->name,
			    wrong);
		if ((value = common_value(f->choices)) != NULL)
			return prg_error_set(err, "field %s: two choices have"
			    " the value %s", f->name, value);
		if (f->struct_size != fields->struct_size)
			return prg_error_set(err, "field %s: not in the same"
			    " struct as %s", f->name, fields->name);
		if (prg_field_find(fields, prg_span(f->name)) != f)
			return prg_error_set(err, "field %s: two rows have this"
			    " name", f->name);
	}
	return 0;
}
