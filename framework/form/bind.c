/*
 * bind.c - from submitted values to the app's struct.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "form/field.h"
#include "form/typed.h"

/* -- Field errors --------------------------------------------------------- */

static const char *
number_text(struct prg_arena *a, double x)
{
	struct prg_number n = prg_number(x);

	return prg_arena_strdup(a, n.text);
}

/* A bound of the field, or of what its member holds. */
static const char *
bound_text(struct prg_arena *a, const struct prg_field *f, double x)
{
	if (isfinite(x))
		return number_text(a, x);
	if (prg_kind(f->kind)->member == PRG_MEMBER_INT)
		return prg_arena_printf(a, "%lld", x < 0 ? LLONG_MIN :
		    LLONG_MAX);
	return x < 0 ? "-1e308" : "1e308";
}

/* Steps count from here. */
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
	const char *min = f->from, *max = f->to, *month = NULL;
	struct prg_arena *a = errors->arena;
	double count = v->text == NULL ? 0 :
	    (double)prg_utf8_length(prg_span(v->text));

	if (kind->bounded && id != PRG_MSG_STEP) {
		min = bound_text(a, f, prg_number_min(f));
		max = bound_text(a, f, prg_number_max(f));
	} else if (kind->bounded) {
		min = number_text(a, lowest(f));
		max = number_text(a, f->max);
	} else if (kind->max > 0) {
		min = number_text(a, f->min);
		max = number_text(a, (double)prg_field_max(f));
	}
	if (id == PRG_MSG_NO_DAY)
		month = errors->messages->texts[PRG_MSG_MONTH_1 +
		    v->integer - 1];
	prg_errors_add(errors, f, prg_message_fill(a, errors->messages, id,
	    (const char *const[]){ "label", prg_field_label(f), "min", min,
	    "max", max, "step", number_text(a, f->step), "count",
	    number_text(a, count), "value", v->one, "one", v->one, "two",
	    v->two, "day", v->one, "month", month, "year", v->three, NULL }));
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
	bool low = x < prg_number_min(f) || x == -HUGE_VAL;

	if (!low && x <= prg_number_max(f) && isfinite(x))
		return is_on_step(f, x) ? PRG_MSG_NONE : PRG_MSG_STEP;
	return prg_field_has_max(f) ? PRG_MSG_RANGE : low ? PRG_MSG_MINIMUM :
	    PRG_MSG_MAXIMUM;
}

/* Times from 22:00 to 06:00 go over midnight. */
static enum prg_message_id
check_moment(const struct prg_field *f, const char *text)
{
	bool early = f->from != NULL && prg_moments_compare(text, f->from) < 0;
	bool late = f->to != NULL && prg_moments_compare(text, f->to) > 0;

	if (f->from != NULL && f->to != NULL &&
	    prg_moments_compare(f->from, f->to) > 0)
		return early && late ? PRG_MSG_RANGE : PRG_MSG_NONE;
	return early ? PRG_MSG_TOO_EARLY : late ? PRG_MSG_TOO_LATE :
	    PRG_MSG_NONE;
}

/* Read a value and check it against its row. */
static enum prg_message_id
read_value(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	const struct prg_kind_row *kind = prg_kind(f->kind);
	enum prg_message_id m = kind->read(f, s, v);

	if (m != PRG_MSG_NONE)
		return m;
	if (kind->max > 0)
		m = check_length(f, v->text);
	else if (kind->bounded)
		m = check_range(f, v->number);
	else if (kind->moment)
		m = check_moment(f, v->text);
	if (m == PRG_MSG_NONE && f->pattern != NULL &&
	    !prg_pattern_matches(f->pattern, v->text))
		m = PRG_MSG_PATTERN;
	return m;
}

bool
prg_field_can_show(struct prg_arena *a, const struct prg_field *f,
    const char *text)
{
	struct prg_value v = { .arena = a };
	struct prg_field any = *f;
	const char *plain;

	if (!prg_kind(f->kind)->strict || *text == '\0')
		return true;
	any.from = any.to = any.pattern = NULL;
	plain = prg_field_plain(a, f, prg_span(text));
	return plain != NULL && prg_span_alike(prg_span(plain),
	    prg_span(text)) &&
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

/* HTML carries no carriage return, and no other controls. */
void
prg_fields_check_hidden(const struct prg_field *f, const json_t *values,
    struct prg_field_errors *errors)
{
	struct prg_value v = { .arena = errors->arena };
	struct prg_pair p = { .repaired = false };
	const char *text, *c;

	for (; f->kind != PRG_KIND_END; f++) {
		text = json_string_value(json_object_get(values, f->name));
		if (f->kind != PRG_KIND_HIDDEN || text == NULL ||
		    *text == '\0')
			continue;
		for (c = text; *c != '\0' && (unsigned char)*c != 0x7f &&
		    ((unsigned char)*c >= ' ' || strchr("\t\n\f", *c) !=
		    NULL); c++)
			;
		p.value = prg_span(text);
		if (*c != '\0')
			add_error(errors, f, PRG_MSG_CHARACTERS, &v);
		else
			bind_value(f, &p, &v, errors);
	}
}

/* -- One field ------------------------------------------------------------ */

bool
prg_pair_is_blank(const struct prg_pair *p)
{
	return p == NULL || prg_typed_trim(p->value).len == 0;
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

/* The choices that were submitted, each once and in the order of the table. */
static bool
bind_many(const struct prg_field *f, const struct prg_pairs *pairs,
    struct prg_value *v, struct prg_field_errors *errors)
{
	const struct prg_pair *p = prg_pairs_find(pairs, f->name, NULL);
	const char **texts, **chosen;
	size_t n = 0, count = 0;

	while (f->choices[count].value != NULL)
		count++;
	texts = prg_arena_get(v->arena, (count + 1) * sizeof(*texts));
	chosen = prg_arena_get(v->arena, (count + 1) * sizeof(*chosen));
	for (; p != NULL; p = prg_pairs_find(pairs, f->name, p + 1)) {
		if (prg_pair_is_blank(p))
			continue;
		if (!bind_value(f, p, v, errors))
			return false;
		for (size_t i = 0; i < count; i++)
			if (f->choices[i].value == v->text)
				chosen[i] = v->text;
	}
	for (size_t i = 0; i < count; i++)
		if (chosen[i] != NULL)
			texts[n++] = chosen[i];
	v->texts = texts;
	return n > 0 || bind_missing(f, v, errors);
}

/* A browser always sends a slider; without one, 0 may be out of its range. */
static bool
keep_in_range(const struct prg_field *f, const void *out, struct prg_value *v)
{
	if (f->kind != PRG_KIND_RANGE)
		return false;
	*v = prg_member_get(f, out);
	if (check_range(f, (double)v->integer) == PRG_MSG_NONE)
		return false;
	v->integer = (long long)f->min;
	return true;
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
	if (prg_kind(f->kind)->exact && p != NULL ? p->value.len > 0 :
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
		if (!bind_field(f, pairs, &v, errors) &&
		    !keep_in_range(f, out, &v))
			v = prg_member_get(f, out);
		if (member == PRG_MEMBER_TEXT && v.text == NULL)
			v.text = "";
		if (member == PRG_MEMBER_TEXTS && v.texts == NULL)
			v.texts = none;
		prg_member_set(f, out, &v);
	}
}
