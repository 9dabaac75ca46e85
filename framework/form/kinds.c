/*
 * kinds.c - the table of kinds, and their readers.
 *
 * Readers accept harmless differences: white space at the ends, characters
 * that nobody sees, the digits and hyphens of other scripts.
 */
#include <math.h>
#include <string.h>

#include "base/date.h"
#include "base/scan.h"
#include "form/kind.h"
#include "form/typed.h"

/* -- Lines ---------------------------------------------------------------- */

static enum prg_message_id
read_password(const struct prg_field *f, struct prg_span s,
    struct prg_value *v)
{
	(void)f;
	v->text = prg_arena_copy(v->arena, s.p, s.len);
	return strpbrk(v->text, "\r\n") == NULL ? PRG_MSG_NONE :
	    PRG_MSG_ONE_LINE;
}

static enum prg_message_id
read_line(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	return read_password(f, prg_typed_trim(s), v);
}

static enum prg_message_id
read_area(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	struct prg_buf b = prg_buf(v->arena, s.len);

	(void)f;
	prg_newlines(&b, s);
	v->text = b.p;
	return PRG_MSG_NONE;
}

/* -- Dates and times: texts that sort in the order of time ---------------- */

/*
 * Read up to three numbers that have one of 'marks' between them, always the
 * same.  Returns how many there are, or 0 if the value has another form.
 */
static int
read_parts(struct prg_span typed, const char *marks, struct prg_value *v,
    struct prg_span parts[3])
{
	char *s = prg_typed_plain(v->arena, typed, PRG_TYPED_NUMERIC), *to = s;
	char mark;
	int n = 0;

	for (char *p = s; *p != '\0'; p++)
		if (*p != ' ')
			*to++ = *p;
	*to = '\0';
	v->text = s;
	typed = prg_span(s);
	mark = s[strspn(s, "0123456789")];
	do {
		if (n == 3)
			return 0;
		parts[n] = prg_take_run(&typed, "0123456789");
		if (parts[n].len == 0 || parts[n++].len > 4)
			return 0;
	} while (mark != '\0' && strchr(marks, mark) != NULL &&
	    prg_take_char(&typed, mark));
	return typed.len == 0 ? n : 0;
}

static int
number_of(struct prg_span s)
{
	long long n = 0;

	prg_digits(s, &n);
	return (int)n;
}

static void
swap(struct prg_span *a, struct prg_span *b)
{
	struct prg_span c = *a;

	*a = *b;
	*b = c;
}

/* The value has the form, but does not exist. */
static enum prg_message_id
no_such(struct prg_value *v)
{
	v->one = v->text;
	return PRG_MSG_NO_SUCH;
}

static enum prg_message_id
read_date(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	struct prg_span p[3];
	int year, month, day;

	(void)f;
	if (read_parts(s, "-/.", v, p) != 3)
		return PRG_MSG_DATE;
	/* All write 30.11.2026, but 05/11/2026 is in May or in November. */
	if (p[2].len == 4 && v->text[p[0].len] == '.')
		swap(&p[0], &p[2]);
	if (p[0].len != 4 || p[1].len > 2 || p[2].len > 2)
		return PRG_MSG_DATE;
	year = number_of(p[0]);
	month = number_of(p[1]);
	day = number_of(p[2]);
	v->one = prg_arena_printf(v->arena, "%d", day);
	v->three = prg_arena_printf(v->arena, "%d", year);
	v->integer = month;
	v->text = prg_arena_printf(v->arena, "%04d-%02d-%02d", year, month,
	    day);
	if (prg_date_is_day(prg_span(v->text)))
		return PRG_MSG_NONE;
	return month >= 1 && month <= 12 && year > 0 && day > 0 ?
	    PRG_MSG_NO_DAY : no_such(v);
}

static enum prg_message_id
read_month(const struct prg_field *f, struct prg_span s,
    struct prg_value *v)
{
	struct prg_span p[3];
	int month;

	(void)f;
	if (read_parts(s, "-/.", v, p) != 2)
		return PRG_MSG_MONTH;
	if (p[1].len == 4)
		swap(&p[0], &p[1]);
	if (p[0].len != 4 || p[1].len > 2)
		return PRG_MSG_MONTH;
	month = number_of(p[1]);
	v->text = prg_arena_printf(v->arena, "%.4s-%02d", p[0].p, month);
	return month >= 1 && month <= 12 && number_of(p[0]) > 0 ?
	    PRG_MSG_NONE : no_such(v);
}

static enum prg_message_id
read_time(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	struct prg_span p[3];
	int n = read_parts(s, ":.", v, p);

	(void)f;
	if (n < 2 || p[0].len > 2 || p[1].len != 2 ||
	    (n == 3 && p[2].len != 2))
		return PRG_MSG_TIME;
	v->text = prg_arena_printf(v->arena, "%02d:%.2s%s%.*s",
	    number_of(p[0]), p[1].p, n == 3 ? ":" : "", n == 3 ? 2 : 0,
	    n == 3 ? p[2].p : "");
	return number_of(p[0]) < 24 && number_of(p[1]) < 60 &&
	    (n == 2 || number_of(p[2]) < 60) ? PRG_MSG_NONE : no_such(v);
}

static enum prg_message_id
read_colour(const struct prg_field *f, struct prg_span s,
    struct prg_value *v)
{
	char *p;

	(void)f;
	v->text = p = prg_typed_plain(v->arena, s, PRG_TYPED_NUMERIC);
	for (; *p != '\0'; p++)
		*p = prg_lower(*p);
	return p - v->text == 7 && v->text[0] == '#' &&
	    strspn(v->text + 1, "0123456789abcdef") == 6 ? PRG_MSG_NONE :
	    PRG_MSG_COLOUR;
}

/* -- Boxes and choices ----------------------------------------------------- */

/* A browser sends "on"; programs send what their language prints. */
int
prg_tick(struct prg_span s)
{
	static const char *const words[] = {
		"", "off", "false", "no", "0", "on", "true", "yes", "1"
	};
	int i = sizeof(words) / sizeof(words[0]) - 1;

	s = prg_typed_trim(s);
	while (i >= 0 && !prg_span_alike(s, prg_span(words[i])))
		i--;
	return i < 0 ? -1 : i > 4;
}

static enum prg_message_id
read_bool(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	int tick = prg_tick(s);

	v->truth = tick == 1;
	return tick == -1 ? PRG_MSG_TICK_OR_NOT :
	    f->required && tick == 0 ? PRG_MSG_TICK : PRG_MSG_NONE;
}

static enum prg_message_id
read_choice(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	const char *seen = prg_typed_plain(v->arena, s, PRG_TYPED_SEEN);

	for (const struct prg_choice *c = f->choices; c->value != NULL; c++)
		if (prg_span_is(s, c->value) || strcmp(seen, c->value) == 0) {
			v->text = c->value;
			return PRG_MSG_NONE;
		}
	return PRG_MSG_CHOICE;
}

/* -- The table ------------------------------------------------------------ */

static const struct prg_kind_row kinds[] = {
	[PRG_KIND_TEXT] = { "text", "input", "text", NULL, PRG_MEMBER_TEXT,
	    read_line, .max = 1000 },
	[PRG_KIND_AREA] = { "area", "area", NULL, NULL, PRG_MEMBER_TEXT,
	    read_area, .max = 10000 },
	[PRG_KIND_EMAIL] = { "email", "input", "email", NULL, PRG_MEMBER_TEXT,
	    prg_read_email, .max = 254 },
	[PRG_KIND_URL] = { "url", "input", "url", NULL, PRG_MEMBER_TEXT,
	    prg_read_url, .max = 2000, .strict = true },
	[PRG_KIND_TEL] = { "tel", "input", "tel", NULL, PRG_MEMBER_TEXT,
	    prg_read_tel, .max = 1000 },
	[PRG_KIND_PASSWORD] = { "password", "input", "password", NULL,
	    PRG_MEMBER_TEXT, read_password, .max = 1000,
	    .exact = true, .secret = true },
	[PRG_KIND_INT] = { "integer", "input", "text", "numeric",
	    PRG_MEMBER_INT, prg_read_int, .bounded = true },
	[PRG_KIND_RANGE] = { "range", "input", "range", NULL, PRG_MEMBER_INT,
	    prg_read_int, .bounded = true, .strict = true,
	    .filled = true },
	[PRG_KIND_NUMBER] = { "number", "input", "text", "decimal",
	    PRG_MEMBER_NUMBER, prg_read_number, .bounded = true },
	[PRG_KIND_BOOL] = { "bool", "checkbox", NULL, NULL, PRG_MEMBER_BOOL,
	    read_bool, .missing = PRG_MSG_TICK },
	[PRG_KIND_CHOICE] = { "choice", "radios", NULL, NULL, PRG_MEMBER_TEXT,
	    read_choice, .missing = PRG_MSG_CHOOSE },
	[PRG_KIND_CHOICES] = { "choices", "checkboxes", NULL, NULL,
	    PRG_MEMBER_TEXTS, read_choice,
	    .missing = PRG_MSG_CHOOSE },
	[PRG_KIND_DATE] = { "date", "input", "date", NULL, PRG_MEMBER_TEXT,
	    read_date, .moment = true, .strict = true },
	[PRG_KIND_TIME] = { "time", "input", "time", NULL, PRG_MEMBER_TEXT,
	    read_time, .moment = true, .strict = true },
	[PRG_KIND_MONTH] = { "month", "input", "month", NULL, PRG_MEMBER_TEXT,
	    read_month, .moment = true, .strict = true },
	[PRG_KIND_COLOUR] = { "colour", "input", "color", NULL,
	    PRG_MEMBER_TEXT, read_colour, .strict = true,
	    .filled = true },
	[PRG_KIND_HIDDEN] = { "hidden", "hidden", NULL, NULL, PRG_MEMBER_TEXT,
	    read_area, .max = 1000, .exact = true }
};

const struct prg_kind_row *
prg_kind(enum prg_kind kind)
{
	return &kinds[kind];
}

const char *
prg_field_plain(struct prg_arena *a, const struct prg_field *f,
    struct prg_span s)
{
	struct prg_value v = { .arena = a };

	if (prg_kind(f->kind)->read(f, s, &v) != PRG_MSG_NONE ||
	    isinf(v.number))
		return NULL;
	switch (prg_kind(f->kind)->member) {
	case PRG_MEMBER_INT:
		return prg_arena_printf(a, "%lld", v.integer);
	case PRG_MEMBER_NUMBER:
		return prg_arena_printf(a, "%.17g", v.number);
	case PRG_MEMBER_BOOL:
		return v.truth ? "on" : "";
	default:
		return v.text;
	}
}

int
prg_moments_compare(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	if (*a != '\0' && *b != '\0')
		return *a - *b;
	return (a[strspn(a, ":0")] != '\0') - (b[strspn(b, ":0")] != '\0');
}
