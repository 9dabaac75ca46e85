/*
 * kinds.c - the table of kinds, and the readers of numbers and choices.
 *
 * Readers accept harmless differences: white space at the ends, a plus sign,
 * leading zeroes.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "form/kind.h"

/* Skip a sign and leading zeroes.  Returns whether the sign is a minus. */
static bool
skip_sign(struct prg_span *s)
{
	bool minus = s->len > 0 && s->p[0] == '-';
	size_t n = s->len > 0 && (minus || s->p[0] == '+');

	while (n + 1 < s->len && s->p[n] == '0' && s->p[n + 1] >= '0' &&
	    s->p[n + 1] <= '9')
		n++;
	*s = (struct prg_span){ s->p + n, s->len - n };
	return minus;
}

static bool
read_int(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	bool minus;

	s = prg_kind_trim(s);
	minus = skip_sign(&s);
	if (!prg_digits(s, &v->integer))
		return false;
	if (minus)
		v->integer = -v->integer;
	return f->size != sizeof(int) ||
	    (v->integer >= INT_MIN && v->integer <= INT_MAX);
}

/*
 * HTML's floating-point numbers are JSON's, plus leading zeroes and a point
 * without a digit before it.  jansson reads them in any locale.
 */
static bool
read_number(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	bool minus;
	json_t *j;

	(void)f;
	s = prg_kind_trim(s);
	minus = skip_sign(&s);
	if (s.len == 0 || s.len > 100 ||
	    !(s.p[0] == '.' || (s.p[0] >= '0' && s.p[0] <= '9')))
		return false;
	j = json_loads(prg_arena_printf(v->arena, "%s%s%.*s", minus ? "-" : "",
	    s.p[0] == '.' ? "0" : "", (int)s.len, s.p),
	    JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
	v->number = json_is_number(j) ? json_number_value(j) : INFINITY;
	json_decref(j);
	return isfinite(v->number);
}

/* A checkbox sends "on"; API clients may also send the opposite. */
static bool
read_bool(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	v->truth = !prg_span_is(s, "false") && !prg_span_is(s, "0") &&
	    !prg_span_is(s, "off") && !prg_span_is(s, "no");
	return v->truth || !f->required;
}

static bool
read_choice(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	for (const struct prg_choice *c = f->choices; c->value != NULL; c++)
		if (prg_span_is(s, c->value)) {
			v->text = c->value;
			return true;
		}
	return false;
}

static const struct prg_kind_row kinds[] = {
	[PRG_KIND_TEXT] = { "text", "input", "text", NULL,
	    PRG_MEMBER_TEXT, prg_read_line, PRG_MSG_ONE_LINE, PRG_MSG_ENTER,
	    .max = 1000 },
	[PRG_KIND_AREA] = { "area", "area", NULL, NULL,
	    PRG_MEMBER_TEXT, prg_read_area, PRG_MSG_CHARACTERS, PRG_MSG_ENTER,
	    .max = 10000 },
	[PRG_KIND_EMAIL] = { "email", "input", "email", NULL,
	    PRG_MEMBER_TEXT, prg_read_email, PRG_MSG_EMAIL, PRG_MSG_ENTER,
	    .max = 254 },
	[PRG_KIND_URL] = { "url", "input", "url", NULL,
	    PRG_MEMBER_TEXT, prg_read_url, PRG_MSG_URL, PRG_MSG_ENTER,
	    .max = 2000, .strict = true },
	[PRG_KIND_TEL] = { "tel", "input", "tel", NULL,
	    PRG_MEMBER_TEXT, prg_read_tel, PRG_MSG_TEL, PRG_MSG_ENTER,
	    .max = 1000 },
	[PRG_KIND_PASSWORD] = { "password", "input", "password", NULL,
	    PRG_MEMBER_TEXT, prg_read_password, PRG_MSG_ONE_LINE, PRG_MSG_ENTER,
	    .max = 1000, .secret = true },
	[PRG_KIND_INT] = { "integer", "input", "text", "numeric",
	    PRG_MEMBER_INT, read_int, PRG_MSG_INTEGER, PRG_MSG_ENTER,
	    .bounded = true },
	[PRG_KIND_RANGE] = { "range", "input", "range", NULL,
	    PRG_MEMBER_INT, read_int, PRG_MSG_INTEGER, PRG_MSG_ENTER,
	    .bounded = true, .strict = true, .filled = true },
	[PRG_KIND_NUMBER] = { "number", "input", "text", "decimal",
	    PRG_MEMBER_NUMBER, read_number, PRG_MSG_NUMBER, PRG_MSG_ENTER,
	    .bounded = true },
	[PRG_KIND_BOOL] = { "bool", "checkbox", NULL, NULL,
	    PRG_MEMBER_BOOL, read_bool, PRG_MSG_TICK, PRG_MSG_TICK,
	    .max = 0 },
	[PRG_KIND_CHOICE] = { "choice", "radios", NULL, NULL,
	    PRG_MEMBER_TEXT, read_choice, PRG_MSG_CHOICE, PRG_MSG_CHOOSE,
	    .max = 0 },
	[PRG_KIND_CHOICES] = { "choices", "checkboxes", NULL, NULL,
	    PRG_MEMBER_TEXTS, read_choice, PRG_MSG_CHOICE, PRG_MSG_CHOOSE,
	    .max = 0 },
	[PRG_KIND_DATE] = { "date", "input", "date", NULL,
	    PRG_MEMBER_TEXT, prg_read_date, PRG_MSG_DATE, PRG_MSG_ENTER,
	    .moment = true, .strict = true },
	[PRG_KIND_TIME] = { "time", "input", "time", NULL,
	    PRG_MEMBER_TEXT, prg_read_time, PRG_MSG_TIME, PRG_MSG_ENTER,
	    .moment = true, .strict = true },
	[PRG_KIND_MONTH] = { "month", "input", "month", NULL,
	    PRG_MEMBER_TEXT, prg_read_month, PRG_MSG_MONTH, PRG_MSG_ENTER,
	    .moment = true, .strict = true },
	[PRG_KIND_COLOUR] = { "colour", "input", "color", NULL,
	    PRG_MEMBER_TEXT, prg_read_colour, PRG_MSG_COLOUR, PRG_MSG_ENTER,
	    .strict = true, .filled = true },
	[PRG_KIND_HIDDEN] = { "hidden", "hidden", NULL, NULL,
	    PRG_MEMBER_TEXT, prg_read_line, PRG_MSG_ONE_LINE, PRG_MSG_ENTER,
	    .max = 1000 }
};

const struct prg_kind_row *
prg_kind(enum prg_kind kind)
{
	return &kinds[kind];
}

/* -- Members of the app's struct ------------------------------------------ */

/* The member of struct prg_value that has the type. */
static const struct {
	size_t	offset, size;
} members[] = {
#define M(name)	{ offsetof(struct prg_value, name), \
		    sizeof(((struct prg_value *)0)->name) }
	[PRG_MEMBER_TEXT] = M(text),
	[PRG_MEMBER_TEXTS] = M(texts),
	[PRG_MEMBER_INT] = M(integer),
	[PRG_MEMBER_NUMBER] = M(number),
	[PRG_MEMBER_BOOL] = M(truth)
#undef M
};

static bool
is_narrow(const struct prg_field *f)
{
	return kinds[f->kind].member == PRG_MEMBER_INT &&
	    f->size == sizeof(int);
}

struct prg_value
prg_member_get(const struct prg_field *f, const void *base)
{
	const char *from = (const char *)base + f->offset;
	enum prg_member m = kinds[f->kind].member;
	struct prg_value v = { .text = NULL };
	int narrow;

	if (is_narrow(f)) {
		memcpy(&narrow, from, sizeof(narrow));
		v.integer = narrow;
	} else
		memcpy((char *)&v + members[m].offset, from, members[m].size);
	return v;
}

void
prg_member_set(const struct prg_field *f, void *base, const struct prg_value *v)
{
	char *to = (char *)base + f->offset;
	enum prg_member m = kinds[f->kind].member;
	int narrow = (int)v->integer;

	if (is_narrow(f))
		memcpy(to, &narrow, sizeof(narrow));
	else
		memcpy(to, (const char *)v + members[m].offset,
		    members[m].size);
}
