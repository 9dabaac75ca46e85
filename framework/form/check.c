/*
 * check.c - the values of a field: blank or not, one or many; the table itself.
 */
#include <math.h>
#include <string.h>

#include "form/check.h"
#include "form/field.h"
#include "form/pattern.h"

static const enum prg_member members[] = {
	[PRG_KIND_TEXT]		= PRG_MEMBER_TEXT,
	[PRG_KIND_AREA]		= PRG_MEMBER_TEXT,
	[PRG_KIND_EMAIL]	= PRG_MEMBER_TEXT,
	[PRG_KIND_URL]		= PRG_MEMBER_TEXT,
	[PRG_KIND_TEL]		= PRG_MEMBER_TEXT,
	[PRG_KIND_PASSWORD]	= PRG_MEMBER_TEXT,
	[PRG_KIND_INT]		= PRG_MEMBER_INT,
	[PRG_KIND_RANGE]	= PRG_MEMBER_INT,
	[PRG_KIND_NUMBER]	= PRG_MEMBER_NUMBER,
	[PRG_KIND_BOOL]		= PRG_MEMBER_BOOL,
	[PRG_KIND_CHOICE]	= PRG_MEMBER_TEXT,
	[PRG_KIND_CHOICES]	= PRG_MEMBER_TEXTS,
	[PRG_KIND_DATE]		= PRG_MEMBER_TEXT,
	[PRG_KIND_TIME]		= PRG_MEMBER_TEXT,
	[PRG_KIND_MONTH]	= PRG_MEMBER_TEXT,
	[PRG_KIND_COLOUR]	= PRG_MEMBER_TEXT,
	[PRG_KIND_HIDDEN]	= PRG_MEMBER_TEXT
};

enum prg_member
prg_field_member(const struct prg_field *f)
{
	return members[f->kind];
}

bool
prg_field_blank(const struct prg_pair *p)
{
	return p == NULL || prg_trim(p->value).len == 0;
}

/* -- Reading ---------------------------------------------------------------------- */

static const char *
say_blank(const struct prg_field *f, const struct prg_value *v)
{
	if (f->blank != NULL)
		return f->blank;
	return prg_value_say(v, f->kind == PRG_KIND_BOOL ? PRG_MSG_TICK :
	    f->kind == PRG_KIND_CHOICE || f->kind == PRG_KIND_CHOICES ?
	    PRG_MSG_CHOOSE : PRG_MSG_ENTER, f, NULL);
}

/*
 * Nothing was typed.  Texts that were sent blank are blank, so that a default can
 * be cleared; what was not sent, and numbers, stay as the defaults have them.
 */
static const char *
read_blank(const struct prg_field *f, const struct prg_pair *p,
    struct prg_value *v)
{
	if (f->required)
		return say_blank(f, v);
	if (prg_field_member(f) == PRG_MEMBER_BOOL)
		v->truth = false;		/* an unticked box is not sent */
	else if (p != NULL && prg_field_member(f) == PRG_MEMBER_TEXT)
		v->text = "";
	else
		v->blank = true;
	return NULL;
}

static const char *
read_one(const struct prg_field *f, const struct prg_pair *p,
    struct prg_value *v)
{
	if (p->repaired || memchr(p->value.p, '\0', p->value.len) != NULL)
		return prg_value_say(v, PRG_MSG_NO_TEXT, f, NULL);
	return prg_kind_read(f, p->value, v);
}

/* Every value of the name that is not blank; no choice that is ticked is none. */
static const char *
read_many(const struct prg_field *f, const struct prg_pairs *pairs,
    struct prg_value *v)
{
	const char **texts = prg_arena_get(v->arena,
	    (pairs->count + 1) * sizeof(*texts));
	const struct prg_pair *p = NULL;
	const char *fault = NULL;
	size_t n = 0;

	while (fault == NULL &&
	    (p = prg_pairs_find(pairs, f->name, p)) != NULL) {
		if (!prg_field_blank(p)) {
			fault = read_one(f, p, v);
			texts[n++] = v->text;
		}
		if (++p == pairs->list + pairs->count)
			break;
	}
	v->texts = texts;
	if (fault == NULL && n == 0 && f->required)
		return say_blank(f, v);
	return fault;
}

const char *
prg_field_read(const struct prg_field *f, const struct prg_pairs *pairs,
    struct prg_value *v)
{
	const struct prg_pair *p;
	bool blank;

	if (prg_field_member(f) == PRG_MEMBER_TEXTS)
		return read_many(f, pairs, v);
	p = prg_pairs_find(pairs, f->name, NULL);
	blank = f->kind == PRG_KIND_PASSWORD && p != NULL ?
	    p->value.len == 0 : prg_field_blank(p);
	return blank ? read_blank(f, p, v) : read_one(f, p, v);
}

/* -- The table itself ------------------------------------------------------------------ */

static bool
is_moment(const struct prg_field *f)
{
	return f->kind == PRG_KIND_DATE || f->kind == PRG_KIND_TIME ||
	    f->kind == PRG_KIND_MONTH;
}

static bool
has_choices(const struct prg_field *f)
{
	return f->kind == PRG_KIND_CHOICE || f->kind == PRG_KIND_CHOICES;
}

static const char *
wrong_moment(const struct prg_field *f)
{
	if (!is_moment(f))
		return "has from or to, but is no date, time or month";
	if ((f->from != NULL &&
	    !prg_kind_is_moment(f->kind, prg_span(f->from))) ||
	    (f->to != NULL && !prg_kind_is_moment(f->kind, prg_span(f->to))))
		return "has a from or to that is not written as its values are";
	return NULL;
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
	enum prg_member m = prg_field_member(f);
	bool counts = m == PRG_MEMBER_INT || m == PRG_MEMBER_NUMBER;

	if (f->min > f->max && f->max != 0)
		return "has a min above its max";
	if (has_choices(f) && (f->choices == NULL || f->choices->value == NULL))
		return "has no choices";
	if (!has_choices(f) && f->choices != NULL)
		return "has choices, but is no PRG_CHOICE or PRG_CHOICES";
	if (f->kind == PRG_KIND_RANGE && f->min >= f->max)
		return "is a range without min and max";
	if (f->step < 0 || (f->step > 0 && !counts))
		return "has a step, which is for numbers and above 0";
	if (f->secret && f->kind != PRG_KIND_TEXT && f->kind != PRG_KIND_PASSWORD)
		return "is secret, but no PRG_TEXT or PRG_PASSWORD";
	if (f->pattern != NULL && m != PRG_MEMBER_TEXT)
		return "has a pattern, but no text";
	if (f->pattern != NULL && !prg_pattern_check(f->pattern))
		return "has a pattern that is no POSIX extended regular expression";
	if (fabs(f->min) > 0x1p53 || fabs(f->max) > 0x1p53)
		return "has a min or max beyond 2^53";
	return f->from != NULL || f->to != NULL ? wrong_moment(f) : NULL;
}

int
prg_fields_check(const struct prg_field *fields, struct prg_error *err)
{
	const struct prg_field *f, *g;
	const char *wrong, *value;

	for (f = fields; f->kind != PRG_KIND_END; f++) {
		if ((wrong = wrong_row(f)) != NULL)
			return prg_error_set(err, "field %s %s", f->name, wrong);
		if ((value = common_value(f->choices)) != NULL)
			return prg_error_set(err, "field %s has the choice %s"
			    " twice", f->name, value);
		if (f->struct_size != fields->struct_size)
			return prg_error_set(err, "field %s is of another struct"
			    " than %s", f->name, fields->name);
		for (g = fields; g != f; g++)
			if (strcmp(f->name, g->name) == 0)
				return prg_error_set(err, "field %s is there"
				    " twice", f->name);
	}
	return 0;
}
