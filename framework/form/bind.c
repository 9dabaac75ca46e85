/*
 * bind.c - from submitted values to the app's struct.
 */
#include <math.h>
#include <string.h>

#include "form/field.h"

/* -- Field errors --------------------------------------------------------- */

static const char *
number_text(struct prg_arena *a, double x)
{
	return prg_arena_printf(a, "%.15g", x);
}

static double
lowest(const struct prg_field *f)
{
	return prg_field_has_min(f) ? f->min : 0;
}

static void
add_error(struct prg_field_errors *errors, const struct prg_field *f,
    enum prg_message_id id, const struct prg_value *v)
{
	const struct prg_kind_row *kind = prg_kind(f->kind);
	const char *min = f->from, *max = f->to;
	struct prg_arena *a = errors->arena;
	double count = v->text == NULL ? 0 :
	    (double)prg_utf8_length(prg_span(v->text));

	if (kind->bounded || kind->max > 0) {
		min = number_text(a, kind->bounded ? lowest(f) : f->min);
		max = number_text(a, kind->bounded ? f->max :
		    (double)prg_field_max(f));
	}
	prg_errors_add(errors, f, prg_message_fill(a, errors->messages, id,
	    (const char *const[]){ "label", prg_field_label(f), "min", min,
	    "max", max, "step", number_text(a, f->step), "count",
	    number_text(a, count), NULL }));
}

/* -- One value: PRG_MSG_NONE, or the message of the check that fails ------ */

static enum prg_message_id
check_length(const struct prg_field *f, const char *text)
{
	size_t n = prg_utf8_length(prg_span(text));

	if (n > prg_field_max(f))
		return PRG_MSG_TOO_LONG;
	if (f->min > 0 && n < (size_t)f->min)
		return PRG_MSG_TOO_SHORT;
	return PRG_MSG_NONE;
}

/* Whether 'x' is whole steps from the lowest, up to rounding errors. */
static bool
is_on_step(const struct prg_field *f, double x)
{
	double steps, error;

	if (!(f->step > 0))
		return true;
	steps = (x - lowest(f)) / f->step;
	error = (fabs(x) + fabs(lowest(f))) / f->step * 0x1p-50;
	return fabs(steps - round(steps)) <= error;
}

static enum prg_message_id
check_range(const struct prg_field *f, double x)
{
	if ((prg_field_has_min(f) && x < f->min) ||
	    (prg_field_has_max(f) && x > f->max))
		return prg_field_has_max(f) ? PRG_MSG_RANGE : PRG_MSG_MINIMUM;
	return is_on_step(f, x) ? PRG_MSG_NONE : PRG_MSG_STEP;
}

/* Compare dates or times as texts; "17:00" is equal to "17:00:00". */
static int
compare_moments(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	if (*a != '\0' && *b != '\0')
		return *a - *b;
	return (a[strspn(a, ":0")] != '\0') - (b[strspn(b, ":0")] != '\0');
}

static enum prg_message_id
check_moment(const struct prg_field *f, const char *text)
{
	if (f->from != NULL && compare_moments(text, f->from) < 0)
		return PRG_MSG_TOO_EARLY;
	if (f->to != NULL && compare_moments(text, f->to) > 0)
		return PRG_MSG_TOO_LATE;
	return PRG_MSG_NONE;
}

/* Read a value and check it against its row. */
static enum prg_message_id
read_value(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	const struct prg_kind_row *kind = prg_kind(f->kind);
	enum prg_message_id m = PRG_MSG_NONE;

	if (!kind->read(f, s, v))
		return kind->invalid;
	if (kind->max > 0)
		m = check_length(f, v->text);
	else if (kind->bounded)
		m = check_range(f, kind->member == PRG_MEMBER_INT ?
		    (double)v->integer : v->number);
	else if (kind->moment)
		m = check_moment(f, v->text);
	if (m == PRG_MSG_NONE && f->pattern != NULL &&
	    !prg_pattern_matches(v->arena, f->pattern, v->text))
		m = PRG_MSG_PATTERN;
	return m;
}

bool
prg_field_can_show(struct prg_arena *a, const struct prg_field *f,
    const char *text)
{
	struct prg_value v = { .arena = a };
	struct prg_field any = *f;

	any.from = any.to = any.pattern = NULL;
	return !prg_kind(f->kind)->strict || *text == '\0' ||
	    read_value(&any, prg_span(text), &v) == PRG_MSG_NONE;
}

/* Returns false, with an error, if the value is invalid. */
static bool
bind_value(const struct prg_field *f, const struct prg_pair *p,
    struct prg_value *v, struct prg_field_errors *errors)
{
	enum prg_message_id m = PRG_MSG_CHARACTERS;
	const char *own;

	if (!p->repaired && memchr(p->value.p, '\0', p->value.len) == NULL)
		m = read_value(f, p->value, v);
	if (m != PRG_MSG_NONE) {
		add_error(errors, f, m, v);
		return false;
	}
	if (f->each == NULL)
		return true;
	own = f->each(v->text != NULL ? v->text :
	    prg_arena_copy(v->arena, p->value.p, p->value.len));
	if (own != NULL)
		prg_errors_add(errors, f, own);
	return own == NULL;
}

/* -- One field ------------------------------------------------------------ */

bool
prg_pair_is_blank(const struct prg_pair *p)
{
	return p == NULL || prg_kind_trim(p->value).len == 0;
}

static bool
bind_missing(const struct prg_field *f, const struct prg_value *v,
    struct prg_field_errors *errors)
{
	if (f->required && f->blank != NULL)
		prg_errors_add(errors, f, f->blank);
	else if (f->required)
		add_error(errors, f, prg_kind(f->kind)->missing, v);
	return !f->required;
}

/* Every value of the name that is not blank. */
static bool
bind_many(const struct prg_field *f, const struct prg_pairs *pairs,
    struct prg_value *v, struct prg_field_errors *errors)
{
	const char **texts = prg_arena_get(v->arena,
	    (pairs->count + 1) * sizeof(*texts));
	const struct prg_pair *p = prg_pairs_find(pairs, f->name, NULL);
	size_t n = 0;

	for (; p != NULL; p = prg_pairs_find(pairs, f->name, p + 1)) {
		if (prg_pair_is_blank(p))
			continue;
		if (!bind_value(f, p, v, errors))
			return false;
		texts[n++] = v->text;
	}
	v->texts = texts;
	return n > 0 || bind_missing(f, v, errors);
}

/*
 * Returns whether 'v' is the value for the member.  A text that was submitted
 * blank is one, so that a user can clear a default.  A field that was not
 * submitted and a blank number keep their default.  A box that is not ticked is
 * not submitted.
 */
static bool
bind_field(const struct prg_field *f, const struct prg_pairs *pairs,
    struct prg_value *v, struct prg_field_errors *errors)
{
	enum prg_member member = prg_kind(f->kind)->member;
	const struct prg_pair *p;

	if (member == PRG_MEMBER_TEXTS)
		return bind_many(f, pairs, v, errors);
	p = prg_pairs_find(pairs, f->name, NULL);
	if (f->kind == PRG_KIND_PASSWORD && p != NULL ? p->value.len > 0 :
	    !prg_pair_is_blank(p))
		return bind_value(f, p, v, errors);
	v->text = "";
	return bind_missing(f, v, errors) && (member == PRG_MEMBER_BOOL ||
	    (member == PRG_MEMBER_TEXT && p != NULL));
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
	return prg_kind(f->kind)->member == PRG_MEMBER_INT &&
	    f->size == sizeof(int);
}

struct prg_value
prg_member_get(const struct prg_field *f, const void *base)
{
	const char *from = (const char *)base + f->offset;
	enum prg_member m = prg_kind(f->kind)->member;
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
	enum prg_member m = prg_kind(f->kind)->member;
	int narrow = (int)v->integer;

	if (is_narrow(f))
		memcpy(to, &narrow, sizeof(narrow));
	else
		memcpy(to, (const char *)v + members[m].offset,
		    members[m].size);
}

/* -- All fields ----------------------------------------------------------- */

void
prg_fields_bind(const struct prg_field *f, const struct prg_pairs *pairs,
    void *out, struct prg_field_errors *errors)
{
	static const char *const none[] = { NULL };
	enum prg_member member;
	struct prg_value v;

	for (; f->kind != PRG_KIND_END; f++) {
		member = prg_kind(f->kind)->member;
		v = (struct prg_value){ .arena = errors->arena };
		if (!bind_field(f, pairs, &v, errors))
			v = prg_member_get(f, out);
		if (member == PRG_MEMBER_TEXT && v.text == NULL)
			v.text = "";
		if (member == PRG_MEMBER_TEXTS && v.texts == NULL)
			v.texts = none;
		prg_member_set(f, out, &v);
	}
}
