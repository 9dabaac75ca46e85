/*
 * kinds.c - one reader for each kind of field.
 *
 * Harmless differences are taken as meant (space at the ends, a sign, leading
 * zeroes); whatever else does not fit is said in messages that help to mend it.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/date.h"
#include "form/check.h"
#include "form/field.h"
#include "form/pattern.h"

/* -- Numbers ---------------------------------------------------------------------- */

static bool
in_range(const struct prg_field *f, double x)
{
	return !(prg_field_has_min(f) && x < f->min) &&
	    !(prg_field_has_max(f) && x > f->max);
}

/* From the minimum, or 0: whole steps, but for the last bits of the doubles. */
static bool
on_step(const struct prg_field *f, double x)
{
	double base = prg_field_has_min(f) ? f->min : 0;
	double steps, error;

	if (!(f->step > 0))
		return true;
	steps = (x - base) / f->step;
	error = (fabs(x) + fabs(base)) / f->step * 0x1p-50;
	return fabs(steps - round(steps)) <= error;
}

static const char *
check_range(const struct prg_field *f, double x, const struct prg_value *v)
{
	struct prg_placeholders h;

	if (in_range(f, x) && on_step(f, x))
		return NULL;
	h = (struct prg_placeholders){
		.min = prg_value_number(v, prg_field_has_min(f) ? f->min : 0),
		.max = prg_value_number(v, f->max),
		.count = prg_value_number(v, f->step)
	};
	return prg_value_say(v, in_range(f, x) ? PRG_MSG_NO_STEP :
	    prg_field_has_max(f) ? PRG_MSG_RANGE : PRG_MSG_MINIMUM, f, &h);
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

static const char *
read_int(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	if (!parse_int(f, prg_trim(s), &v->integer))
		return prg_value_say(v, PRG_MSG_NO_INT, f, NULL);
	return check_range(f, (double)v->integer, v);
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
	if (!parse_number(prg_trim(s), v->arena, &v->number))
		return prg_value_say(v, PRG_MSG_NO_NUMBER, f, NULL);
	return check_range(f, v->number, v);
}

/* -- Choices ------------------------------------------------------------------------ */

/* A checkbox sends "on"; a program may spell out the opposite. */
static const char *
read_bool(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	v->truth = !prg_span_is(s, "false") && !prg_span_is(s, "0") &&
	    !prg_span_is(s, "off") && !prg_span_is(s, "no");
	return f->required && !v->truth ?
	    prg_value_say(v, PRG_MSG_TICK, f, NULL) : NULL;
}

static const char *
read_choice(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	for (const struct prg_choice *c = f->choices; c->value != NULL; c++)
		if (prg_span_is(s, c->value)) {
			v->text = c->value;
			return NULL;
		}
	return prg_value_say(v, PRG_MSG_NO_CHOICE, f, NULL);
}

/* -- Moments: texts that sort as they follow each other ------------------------------- */

/* Whether 's' has digits where the picture has 0, else the picture's own. */
static bool
fits_picture(struct prg_span s, const char *picture)
{
	if (s.len != strlen(picture))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (picture[i] == '0' ? s.p[i] < '0' || s.p[i] > '9' :
		    s.p[i] != picture[i])
			return false;
	return true;
}

static int
two(const char *p)
{
	return (p[0] - '0') * 10 + p[1] - '0';
}

static bool
is_time(struct prg_span s)
{
	if (!fits_picture(s, "00:00") && !fits_picture(s, "00:00:00"))
		return false;
	return two(s.p) < 24 && two(s.p + 3) < 60 &&
	    (s.len == 5 || two(s.p + 6) < 60);
}

static bool
is_month(struct prg_span s)
{
	return fits_picture(s, "0000-00") && two(s.p + 5) >= 1 &&
	    two(s.p + 5) <= 12 && memcmp(s.p, "0000", 4) != 0;
}

bool
prg_kind_is_moment(enum prg_kind kind, struct prg_span s)
{
	return kind == PRG_KIND_TIME ? is_time(s) :
	    kind == PRG_KIND_MONTH ? is_month(s) : prg_date_is_day(s);
}

/* Texts that sort as what they stand for; "17:00" is the same as "17:00:00". */
static int
compare(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	if (*a != '\0' && *b != '\0')
		return *a - *b;
	return (a[strspn(a, ":0")] != '\0') - (b[strspn(b, ":0")] != '\0');
}

static const char *
read_moment(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	const struct prg_placeholders h = { .min = f->from, .max = f->to };

	s = prg_trim(s);
	if (!prg_kind_is_moment(f->kind, s))
		return prg_value_say(v, f->kind == PRG_KIND_TIME ?
		    PRG_MSG_NO_TIME : f->kind == PRG_KIND_MONTH ?
		    PRG_MSG_NO_MONTH : PRG_MSG_NO_DATE, f, NULL);
	v->text = prg_arena_copy(v->arena, s.p, s.len);
	if (f->from != NULL && compare(v->text, f->from) < 0)
		return prg_value_say(v, PRG_MSG_TOO_EARLY, f, &h);
	if (f->to != NULL && compare(v->text, f->to) > 0)
		return prg_value_say(v, PRG_MSG_TOO_LATE, f, &h);
	return NULL;
}

static const char *
read_colour(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	char *p;

	s = prg_trim(s);
	v->text = p = prg_arena_copy(v->arena, s.p, s.len);
	for (char *q = p; *q != '\0'; q++)
		if (*q >= 'A' && *q <= 'F')
			*q = (char)(*q - 'A' + 'a');
	if (s.len == 7 && p[0] == '#' &&
	    strspn(p + 1, "0123456789abcdef") == 6)
		return NULL;
	return prg_value_say(v, PRG_MSG_NO_COLOUR, f, NULL);
}

/* -- All of them ------------------------------------------------------------------------ */

static const char *(*const readers[])(const struct prg_field *,
    struct prg_span, struct prg_value *) = {
	[PRG_KIND_TEXT]		= prg_read_line,
	[PRG_KIND_AREA]		= prg_read_area,
	[PRG_KIND_EMAIL]	= prg_read_email,
	[PRG_KIND_URL]		= prg_read_url,
	[PRG_KIND_TEL]		= prg_read_tel,
	[PRG_KIND_PASSWORD]	= prg_read_password,
	[PRG_KIND_INT]		= read_int,
	[PRG_KIND_RANGE]	= read_int,
	[PRG_KIND_NUMBER]	= read_number,
	[PRG_KIND_BOOL]		= read_bool,
	[PRG_KIND_CHOICE]	= read_choice,
	[PRG_KIND_CHOICES]	= read_choice,
	[PRG_KIND_DATE]		= read_moment,
	[PRG_KIND_TIME]		= read_moment,
	[PRG_KIND_MONTH]	= read_moment,
	[PRG_KIND_COLOUR]	= read_colour,
	[PRG_KIND_HIDDEN]	= prg_read_line
};

const char *
prg_kind_read(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	const char *fault = readers[f->kind](f, s, v);

	if (fault == NULL && f->pattern != NULL &&
	    !prg_pattern_fits(v->arena, f->pattern, v->text))
		fault = prg_value_say(v, PRG_MSG_PATTERN, f, NULL);
	if (fault == NULL && f->each != NULL)
		fault = f->each(v->text != NULL ? v->text :
		    prg_arena_copy(v->arena, s.p, s.len));
	return fault;
}
