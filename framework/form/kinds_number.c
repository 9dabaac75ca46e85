/*
 * kinds_number.c - readers of numbers, as people of many countries write them.
 *
 * A point or a comma is the decimal mark or groups the digits; apostrophes and
 * spaces only group.  A number that can mean two things is not guessed.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/scan.h"
#include "form/kind.h"
#include "form/typed.h"

enum { LONGEST = 100 };

/*
 * The digits of 's' with a '.' before the fraction, if 'point' is the decimal
 * mark and 'comma' groups the others (NUL: they are not grouped).  NULL if that
 * is impossible.  Groups have three digits, or two, as in India, but the last.
 */
static const char *
reading(struct prg_arena *a, const char *s, char point, char comma)
{
	struct prg_buf b = prg_buf(a, LONGEST + 2);
	size_t group = strspn(s, "0123456789"), groups = 1;

	prg_buf_add(&b, s, group);
	for (s += group; comma != '\0' && *s == comma; s += group, groups++) {
		if (b.p[0] == '0' || group == 0 || group > 3 ||
		    (groups > 1 && group == 1))
			return NULL;
		group = strspn(++s, "0123456789");
		prg_buf_add(&b, s, group);
	}
	if (comma != '\0' && (groups == 1 || group != 3))
		return NULL;
	if (b.len == 0 && *s == point)
		prg_buf_char(&b, '0');
	if (*s == point && s[1] != '\0') {
		prg_buf_char(&b, '.');
		group = strspn(++s, "0123456789");
		prg_buf_add(&b, s, group);
		s += group;
	}
	if (*s != '\0' || b.len == 0)
		return NULL;
	for (s = b.p; *s == '0' && s[1] >= '0';)
		s++;
	return s;
}

/* Keep whole numbers alone if 'whole', without a fraction of zeroes. */
static const char *
whole_of(struct prg_arena *a, const char *s, bool whole)
{
	size_t n = strcspn(s, ".");

	if (!whole || s[n] == '\0')
		return s;
	return s[n + strspn(s + n, ".0")] == '\0' ? prg_arena_copy(a, s, n) :
	    NULL;
}

/*
 * Take the sign and the exponent off, and find the one reading of the rest.
 * What HTML and programs send is read at once.
 */
static enum prg_message_id
read_digits(struct prg_value *v, struct prg_span typed, bool whole,
    const char **exponent)
{
	char *s = prg_typed_plain(v->arena, typed, PRG_TYPED_NUMERIC), *e;
	bool minus = *s == '-';
	const char *c, *p;

	s += minus || *s == '+' ? 1 + strspn(s + 1, " ") : 0;
	e = strpbrk(s, "eE");
	*exponent = e != NULL ? prg_arena_strdup(v->arena, e) : "";
	if (e != NULL)
		*e = '\0';
	if (strlen(s) > LONGEST)
		return PRG_MSG_NONE;
	v->one = reading(v->arena, s, '.', '\0');
	c = v->one != NULL ? "" : ".,.'. ,.,', ,\1";
	for (; *c != '\0'; c += 2) {
		p = reading(v->arena, s, c[0], c[1] != '\1' ? c[1] : '\0');
		p = p != NULL ? whole_of(v->arena, p, whole) : NULL;
		if (p != NULL && v->one != NULL && strcmp(v->one, p) != 0)
			v->two = p;
		else if (p != NULL)
			v->one = p;
	}
	if (minus && v->one != NULL)
		v->one = prg_arena_printf(v->arena, "-%s", v->one);
	if (minus && v->two != NULL)
		v->two = prg_arena_printf(v->arena, "-%s", v->two);
	return v->two != NULL ? PRG_MSG_AMBIGUOUS : PRG_MSG_NONE;
}

double
prg_number_min(const struct prg_field *f)
{
	bool low = f->min < f->max || f->min > 0;

	return low ? f->min : f->size == sizeof(int) ? INT_MIN : -HUGE_VAL;
}

double
prg_number_max(const struct prg_field *f)
{
	return f->min < f->max ? f->max : f->size == sizeof(int) ? INT_MAX :
	    HUGE_VAL;
}

enum prg_message_id
prg_read_int(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	const char *exponent;
	bool minus;

	(void)f;
	if (read_digits(v, s, true, &exponent) != PRG_MSG_NONE)
		return PRG_MSG_AMBIGUOUS;
	if (v->one == NULL || *exponent != '\0' || strchr(v->one, '.') != NULL)
		return PRG_MSG_INTEGER;
	minus = v->one[0] == '-';
	v->number = HUGE_VAL;
	if (prg_digits(prg_span(v->one + minus), &v->integer))
		v->number = (double)v->integer;
	if (minus) {
		v->integer = -v->integer;
		v->number = -v->number;
	}
	return PRG_MSG_NONE;
}

/* jansson reads a number in any locale. */
enum prg_message_id
prg_read_number(const struct prg_field *f, struct prg_span s,
    struct prg_value *v)
{
	enum prg_message_id m;
	const char *exponent;
	json_error_t e;
	json_t *j;

	(void)f;
	m = read_digits(v, s, false, &exponent);
	if (m != PRG_MSG_NONE || v->one == NULL)
		return m != PRG_MSG_NONE ? m : PRG_MSG_NUMBER;
	j = json_loads(prg_arena_printf(v->arena, "%s%s%s", v->one,
	    strchr(v->one, '.') != NULL ? "" : ".0", exponent),
	    JSON_DECODE_ANY, &e);
	if (!json_is_real(j) && json_error_code(&e) !=
	    json_error_numeric_overflow)
		return PRG_MSG_NUMBER;
	v->number = json_is_real(j) ? json_real_value(j) :
	    v->one[0] == '-' ? -HUGE_VAL : HUGE_VAL;
	json_decref(j);
	return PRG_MSG_NONE;
}
