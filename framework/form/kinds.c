/*
 * kinds.c - the table of kinds, and their readers.
 *
 * Readers accept harmless differences: white space at the ends, a plus sign,
 * leading zeroes.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/date.h"
#include "base/scan.h"
#include "form/kind.h"

static const char blanks[] = " \t\n\v\f\r";

struct prg_span
prg_kind_trim(struct prg_span s)
{
	prg_take_run(&s, blanks);
	while (s.len > 0 && s.p[s.len - 1] != '\0' &&
	    strchr(blanks, s.p[s.len - 1]) != NULL)
		s.len--;
	return s;
}

/* -- Lines ---------------------------------------------------------------- */

static bool
read_password(const struct prg_field *f, struct prg_span s,
    struct prg_value *v)
{
	(void)f;
	v->text = prg_arena_copy(v->arena, s.p, s.len);
	return strpbrk(v->text, "\r\n") == NULL;
}

static bool
read_line(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	return read_password(f, prg_kind_trim(s), v);
}

static bool
read_area(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	struct prg_buf b = prg_buf(v->arena, s.len);

	(void)f;
	prg_newlines(&b, s);
	v->text = b.p;
	return true;
}

/* -- Addresses ------------------------------------------------------------ */

#define ALNUM	"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* HTML standard, 4.10.5.1.5: "a valid email address". */
static bool
is_email(struct prg_span s)
{
	struct prg_span label;

	if (prg_take_run(&s, ALNUM ".!#$%&'*+/=?^_`{|}~-").len == 0 ||
	    !prg_take_char(&s, '@'))
		return false;
	do {
		label = prg_take_run(&s, ALNUM "-");
		if (label.len < 1 || label.len > 63 || label.p[0] == '-' ||
		    label.p[label.len - 1] == '-')
			return false;
	} while (prg_take_char(&s, '.'));
	return s.len == 0;
}

static bool
read_email(const struct prg_field *f, struct prg_span s,
    struct prg_value *v)
{
	return read_line(f, s, v) && is_email(prg_span(v->text));
}

/*
 * An http or https URL with a host.  Browsers accept nearly anything in the
 * rest.  Refuse white space, controls and brackets, which end a URL in text,
 * and the backslash, which browsers turn into a slash.
 */
static bool
read_url(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	const char *p;
	size_t n;

	read_line(f, s, v);
	p = v->text;
	n = strncasecmp(p, "https://", 8) == 0 ? 8 :
	    strncasecmp(p, "http://", 7) == 0 ? 7 : 0;
	if (n == 0 || strchr("/?#:@", p[n]) != NULL)
		return false;
	for (; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f ||
		    strchr("<>\\", *p) != NULL)
			return false;
	return true;
}

/* At least three digits, grouped in any way. */
static bool
read_tel(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	size_t digits = 0;

	read_line(f, s, v);
	for (const char *p = v->text; *p != '\0'; p++)
		digits += *p >= '0' && *p <= '9';
	return digits >= 3 &&
	    v->text[strspn(v->text, "0123456789+-/(). ")] == '\0';
}

/* -- Dates and times: texts that sort in the order of time ---------------- */

/* Read a line that is equal to the pattern, but has any digit for each 0. */
static bool
read_digits(struct prg_span s, const char *pattern, struct prg_value *v)
{
	const char *p;

	s = prg_kind_trim(s);
	v->text = p = prg_arena_copy(v->arena, s.p, s.len);
	for (; *pattern != '\0'; pattern++, p++)
		if (*pattern == '0' ? *p < '0' || *p > '9' : *p != *pattern)
			return false;
	return *p == '\0';
}

static int
two(const char *p)
{
	return (p[0] - '0') * 10 + p[1] - '0';
}

static bool
read_date(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	return read_line(f, s, v) && prg_date_is_day(prg_span(v->text));
}

static bool
read_time(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	(void)f;
	if (!read_digits(s, "00:00", v) && !read_digits(s, "00:00:00", v))
		return false;
	return two(v->text) < 24 && two(v->text + 3) < 60 &&
	    (v->text[5] == '\0' || two(v->text + 6) < 60);
}

static bool
read_month(const struct prg_field *f, struct prg_span s,
    struct prg_value *v)
{
	(void)f;
	return read_digits(s, "0000-00", v) && two(v->text + 5) >= 1 &&
	    two(v->text + 5) <= 12 && strncmp(v->text, "0000", 4) != 0;
}

static bool
read_colour(const struct prg_field *f, struct prg_span s,
    struct prg_value *v)
{
	char *p;

	(void)f;
	s = prg_kind_trim(s);
	v->text = p = prg_arena_copy(v->arena, s.p, s.len);
	for (; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'F')
			*p = (char)(*p - 'A' + 'a');
	return s.len == 7 && v->text[0] == '#' &&
	    strspn(v->text + 1, "0123456789abcdef") == 6;
}

/* -- Numbers and choices --------------------------------------------------- */

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

/* -- The table ------------------------------------------------------------ */

static const struct prg_kind_row kinds[] = {
	[PRG_KIND_TEXT] = { "text", "input", "text", NULL, PRG_MEMBER_TEXT,
	    read_line, PRG_MSG_ONE_LINE, .max = 1000 },
	[PRG_KIND_AREA] = { "area", "area", NULL, NULL, PRG_MEMBER_TEXT,
	    read_area, PRG_MSG_CHARACTERS, .max = 10000 },
	[PRG_KIND_EMAIL] = { "email", "input", "email", NULL, PRG_MEMBER_TEXT,
	    read_email, PRG_MSG_EMAIL, .max = 254 },
	[PRG_KIND_URL] = { "url", "input", "url", NULL, PRG_MEMBER_TEXT,
	    read_url, PRG_MSG_URL, .max = 2000, .strict = true },
	[PRG_KIND_TEL] = { "tel", "input", "tel", NULL, PRG_MEMBER_TEXT,
	    read_tel, PRG_MSG_TEL, .max = 1000 },
	[PRG_KIND_PASSWORD] = { "password", "input", "password", NULL,
	    PRG_MEMBER_TEXT, read_password, PRG_MSG_ONE_LINE, .max = 1000,
	    .secret = true },
	[PRG_KIND_INT] = { "integer", "input", "text", "numeric",
	    PRG_MEMBER_INT, read_int, PRG_MSG_INTEGER, .bounded = true },
	[PRG_KIND_RANGE] = { "range", "input", "range", NULL, PRG_MEMBER_INT,
	    read_int, PRG_MSG_INTEGER, .bounded = true, .strict = true,
	    .filled = true },
	[PRG_KIND_NUMBER] = { "number", "input", "text", "decimal",
	    PRG_MEMBER_NUMBER, read_number, PRG_MSG_NUMBER, .bounded = true },
	[PRG_KIND_BOOL] = { "bool", "checkbox", NULL, NULL, PRG_MEMBER_BOOL,
	    read_bool, PRG_MSG_TICK, .missing = PRG_MSG_TICK },
	[PRG_KIND_CHOICE] = { "choice", "radios", NULL, NULL, PRG_MEMBER_TEXT,
	    read_choice, PRG_MSG_CHOICE, .missing = PRG_MSG_CHOOSE },
	[PRG_KIND_CHOICES] = { "choices", "checkboxes", NULL, NULL,
	    PRG_MEMBER_TEXTS, read_choice, PRG_MSG_CHOICE,
	    .missing = PRG_MSG_CHOOSE },
	[PRG_KIND_DATE] = { "date", "input", "date", NULL, PRG_MEMBER_TEXT,
	    read_date, PRG_MSG_DATE, .moment = true, .strict = true },
	[PRG_KIND_TIME] = { "time", "input", "time", NULL, PRG_MEMBER_TEXT,
	    read_time, PRG_MSG_TIME, .moment = true, .strict = true },
	[PRG_KIND_MONTH] = { "month", "input", "month", NULL, PRG_MEMBER_TEXT,
	    read_month, PRG_MSG_MONTH, .moment = true, .strict = true },
	[PRG_KIND_COLOUR] = { "colour", "input", "color", NULL,
	    PRG_MEMBER_TEXT, read_colour, PRG_MSG_COLOUR, .strict = true,
	    .filled = true },
	[PRG_KIND_HIDDEN] = { "hidden", "hidden", NULL, NULL, PRG_MEMBER_TEXT,
	    read_line, PRG_MSG_ONE_LINE, .max = 1000 }
};

const struct prg_kind_row *
prg_kind(enum prg_kind kind)
{
	return &kinds[kind];
}
