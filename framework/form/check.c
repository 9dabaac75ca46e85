/*
 * check.c - one typed value: read by the rules of its field.
 *
 * Harmless differences are taken as meant (space at the ends, a sign, leading
 * zeroes), whatever else does not fit is said in words that help to mend it.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/date.h"
#include "form/check.h"
#include "form/field.h"

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct prg_span
trim(struct prg_span s)
{
	while (s.len > 0 && is_space(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_space(s.p[s.len - 1]))
		s.len--;
	return s;
}

bool
prg_field_blank(const struct prg_pair *p)
{
	return p == NULL || trim(p->value).len == 0;
}

/* -- Words -------------------------------------------------------------------- */

/* The label as it stands within a sentence: "Your name" is "your name" there. */
static const char *
within(const struct prg_field *f, struct prg_arena *a)
{
	char *s = prg_arena_strdup(a, prg_field_label(f));

	if (s[0] >= 'A' && s[0] <= 'Z' && !(s[1] >= 'A' && s[1] <= 'Z'))
		s[0] = (char)(s[0] - 'A' + 'a');
	return s;
}

static const char *
say_blank(const struct prg_field *f, struct prg_arena *a)
{
	const char *verb = f->kind == PRG_KIND_CHOICE ? "Choose" :
	    f->kind == PRG_KIND_BOOL ? "Tick" : "Enter";

	if (f->blank != NULL)
		return f->blank;
	if (f->kind == PRG_KIND_BOOL)
		return prg_arena_printf(a, "%s “%s” to go on", verb,
		    prg_field_label(f));
	return prg_arena_printf(a, "%s %s", verb, within(f, a));
}

static const char *
say_range(const struct prg_field *f, struct prg_arena *a)
{
	const char *label = prg_field_label(f);

	if (prg_field_has_max(f))
		return prg_arena_printf(a, "%s must be from %.15g to %.15g",
		    label, f->min, f->max);
	return prg_arena_printf(a, "%s must be %.15g or more", label, f->min);
}

/* -- One reader for each kind --------------------------------------------------- */

static const char *
check_length(const struct prg_field *f, struct prg_span s, struct prg_arena *a)
{
	size_t n = prg_utf8_length(s);

	if (n > prg_field_max(f))
		return prg_arena_printf(a, "%s must have %zu characters at most;"
		    " it has %zu", prg_field_label(f), prg_field_max(f), n);
	if (f->min > 0 && n < (size_t)f->min)
		return prg_arena_printf(a, "%s must have %.15g characters at"
		    " least; it has %zu", prg_field_label(f), f->min, n);
	return NULL;
}

static const char *
read_line(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	s = trim(s);
	if (memchr(s.p, '\n', s.len) != NULL || memchr(s.p, '\r', s.len) != NULL)
		return prg_arena_printf(v->arena, "%s must be on one line",
		    prg_field_label(f));
	v->text = prg_arena_copy(v->arena, s.p, s.len);
	return check_length(f, s, v->arena);
}

/* Counted after newlines are LF, as a browser's maxlength does. */
static const char *
read_area(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	struct prg_buf b = prg_buf(v->arena, s.len);

	prg_newlines(&b, s);
	v->text = b.p;
	return check_length(f, (struct prg_span){ b.p, b.len }, v->arena);
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* A label of a host name: 1 to 63 letters, digits, and hyphens within. */
static bool
is_host_label(const char *p, size_t n)
{
	if (n < 1 || n > 63 || p[0] == '-' || p[n - 1] == '-')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_alnum(p[i]) && p[i] != '-')
			return false;
	return true;
}

/* HTML standard, 4.10.5.1.5: "a valid email address". */
static bool
is_email(const char *s)
{
	size_t user = strcspn(s, "@"), n;
	const char *p;

	if (user == 0 || s[user] == '\0')
		return false;
	for (size_t i = 0; i < user; i++)
		if (!is_alnum(s[i]) && (s[i] == '\0' ||
		    strchr(".!#$%&'*+/=?^_`{|}~-", s[i]) == NULL))
			return false;
	for (p = s + user + 1;; p += n + 1) {
		n = strcspn(p, ".");
		if (!is_host_label(p, n))
			return false;
		if (p[n] == '\0')
			return true;
	}
}

static const char *
read_email(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	const char *fault = read_line(f, s, v);

	if (fault == NULL && !is_email(v->text))
		fault = prg_arena_printf(v->arena, "%s must be an email address,"
		    " like name@example.com", prg_field_label(f));
	return fault;
}

/* Digits with an optional sign, that fit in the member. */
static bool
parse_int(const struct prg_field *f, struct prg_span s, long long *out)
{
	bool minus = s.len > 0 && s.p[0] == '-';

	if (s.len > 0 && (s.p[0] == '-' || s.p[0] == '+')) {
		s.p++;
		s.len--;
	}
	if (!prg_digits(s, out))
		return false;
	if (minus)
		*out = -*out;
	return f->size != sizeof(int) || (*out >= INT_MIN && *out <= INT_MAX);
}

static bool
in_range(const struct prg_field *f, double x)
{
	return !(prg_field_has_min(f) && x < f->min) &&
	    !(prg_field_has_max(f) && x > f->max);
}

static const char *
read_int(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	if (!parse_int(f, trim(s), &v->integer))
		return prg_arena_printf(v->arena, "%s must be a whole number",
		    prg_field_label(f));
	return in_range(f, (double)v->integer) ? NULL : say_range(f, v->arena);
}

/*
 * HTML's floating-point numbers are JSON's, but for leading zeroes and a missing
 * one before the point; jansson then reads them whatever the locale.
 */
static bool
parse_number(struct prg_span s, struct prg_arena *a, double *out)
{
	const char *sign = "", *zero;
	json_t *j;
	char *text;

	if (s.len > 0 && (s.p[0] == '-' || s.p[0] == '+')) {
		sign = s.p[0] == '-' ? "-" : "";
		s.p++;
		s.len--;
	}
	while (s.len > 1 && s.p[0] == '0' && s.p[1] >= '0' && s.p[1] <= '9') {
		s.p++;
		s.len--;
	}
	if (s.len == 0 || s.len > 100 ||
	    !(s.p[0] == '.' || (s.p[0] >= '0' && s.p[0] <= '9')))
		return false;
	zero = s.p[0] == '.' ? "0" : "";
	text = prg_arena_printf(a, "%s%s%.*s", sign, zero, (int)s.len, s.p);
	j = json_loads(text, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
	if (!json_is_number(j)) {
		json_decref(j);
		return false;
	}
	*out = json_number_value(j);
	json_decref(j);
	return isfinite(*out);
}

static const char *
read_number(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	if (!parse_number(trim(s), v->arena, &v->number))
		return prg_arena_printf(v->arena, "%s must be a number",
		    prg_field_label(f));
	return in_range(f, v->number) ? NULL : say_range(f, v->arena);
}

/* A checkbox sends "on"; a program may spell out the opposite. */
static const char *
read_bool(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	v->truth = !prg_span_is(s, "false") && !prg_span_is(s, "0") &&
	    !prg_span_is(s, "off") && !prg_span_is(s, "no");
	return f->required && !v->truth ? say_blank(f, v->arena) : NULL;
}

static const char *
read_choice(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	for (const struct prg_choice *c = f->choices; c->value != NULL; c++)
		if (prg_span_is(s, c->value)) {
			v->text = c->value;
			return NULL;
		}
	return prg_arena_printf(v->arena, "%s must be one of the choices given",
	    prg_field_label(f));
}

static const char *
read_date(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	const char *label = prg_field_label(f);

	s = trim(s);
	if (!prg_date_is_day(s))
		return prg_arena_printf(v->arena, "%s must be a date, as"
		    " YYYY-MM-DD", label);
	v->text = prg_arena_copy(v->arena, s.p, s.len);
	if (f->from != NULL && strcmp(v->text, f->from) < 0)
		return prg_arena_printf(v->arena, "%s must be %s or later",
		    label, f->from);
	if (f->to != NULL && strcmp(v->text, f->to) > 0)
		return prg_arena_printf(v->arena, "%s must be %s or earlier",
		    label, f->to);
	return NULL;
}

static const char *(*const readers[])(const struct prg_field *,
    struct prg_span, struct prg_value *) = {
	[PRG_KIND_TEXT]		= read_line,
	[PRG_KIND_AREA]		= read_area,
	[PRG_KIND_EMAIL]	= read_email,
	[PRG_KIND_INT]		= read_int,
	[PRG_KIND_NUMBER]	= read_number,
	[PRG_KIND_BOOL]		= read_bool,
	[PRG_KIND_CHOICE]	= read_choice,
	[PRG_KIND_DATE]		= read_date,
	[PRG_KIND_HIDDEN]	= read_line
};

/*
 * Nothing was typed.  Texts that were sent blank are blank, so that a default can
 * be cleared; what was not sent, and numbers, stay as the defaults have them.
 */
static const char *
read_blank(const struct prg_field *f, const struct prg_pair *p,
    struct prg_value *v)
{
	if (f->required)
		return say_blank(f, v->arena);
	if (f->kind == PRG_KIND_BOOL)
		v->truth = false;		/* an unticked box is not sent */
	else if (p != NULL && f->kind != PRG_KIND_INT &&
	    f->kind != PRG_KIND_NUMBER)
		v->text = "";
	else
		v->blank = true;
	return NULL;
}

const char *
prg_field_read(const struct prg_field *f, const struct prg_pair *p,
    struct prg_value *v)
{
	if (prg_field_blank(p))
		return read_blank(f, p, v);
	if (p->repaired || memchr(p->value.p, '\0', p->value.len) != NULL)
		return prg_arena_printf(v->arena, "%s has characters that are no"
		    " text", prg_field_label(f));
	return readers[f->kind](f, p->value, v);
}

/* -- The table itself ---------------------------------------------------------- */

static const char *
wrong_row(const struct prg_field *f)
{
	if (f->min > f->max && f->max != 0)
		return "has a min above its max";
	if (f->kind == PRG_KIND_CHOICE &&
	    (f->choices == NULL || f->choices->value == NULL))
		return "has no choices";
	if (f->kind != PRG_KIND_CHOICE && f->choices != NULL)
		return "has choices, but is no PRG_CHOICE";
	if (f->kind != PRG_KIND_DATE && (f->from != NULL || f->to != NULL))
		return "has from or to, but is no PRG_DATE";
	if ((f->from != NULL && !prg_date_is_day(prg_span(f->from))) ||
	    (f->to != NULL && !prg_date_is_day(prg_span(f->to))))
		return "has a from or to that is no day YYYY-MM-DD";
	if (f->secret && f->kind != PRG_KIND_TEXT)
		return "is secret, but no PRG_TEXT";
	if (fabs(f->min) > 0x1p53 || fabs(f->max) > 0x1p53)
		return "has a min or max beyond 2^53";
	return NULL;
}

int
prg_fields_check(const struct prg_field *fields, struct prg_error *err)
{
	const struct prg_field *f, *g;
	const char *wrong;

	for (f = fields; f->kind != PRG_KIND_END; f++) {
		if ((wrong = wrong_row(f)) != NULL)
			return prg_error_set(err, "field %s %s", f->name, wrong);
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
