/*
 * kinds_number.c - readers of numbers, as people of many countries write them.
 *
 * A point or a comma is the decimal mark or groups the digits, apostrophes and
 * spaces only group.  A number that can mean two things is not guessed.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/scan.h"
#include "form/kind.h"
#include "form/typed.h"

enum { LONGEST = 100 };

/* A number while it is taken apart: ASCII digits, and its marks. */
struct number {
	bool	 minus;
	char	 whole[LONGEST + 1];	/* without leading zeroes */
	char	*fraction;		/* behind the decimal mark; or "" */
	char	*power;			/* "e3", or "" */
	char	 marks;			/* a mark that groups, or 0 */
	bool	 doubtful;		/* "1,234" */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Remove a mark that groups digits.  The groups behind the first have three
 * digits each, or two, as in India, but for the last.
 */
static bool
ungroup(char *s, char mark)
{
	char *to = s, *p = s;
	size_t n, last = 3;

	for (; *p != '\0'; p += n + (p[n] == mark)) {
		n = strcspn(p, (char[]){ mark, '\0' });
		if (p[n] == mark && (n == 0 || n > 3))
			return false;
		if (p > s && n != 3 && (n != 2 || p[n] != mark))
			return false;
		memmove(to, p, n);
		to += n;
		last = n;
	}
	*to = '\0';
	return last == 3;
}

/* The decimal mark in 's', or NULL; sets the mark that groups. */
static char *
find_decimal(struct number *n, char *s, bool whole)
{
	char *point = strrchr(s, '.'), *comma = strrchr(s, ','), *mark, *other;
	const char *set = strpbrk(s, "' ");

	if (point == NULL && comma == NULL) {
		n->marks = set != NULL ? *set : '\0';
		return NULL;
	}
	mark = comma == NULL || (point != NULL && point > comma) ? point :
	    comma;
	other = mark == point ? comma : point;
	n->marks = other != NULL ? *other : set != NULL ? *set : '\0';
	if (strchr(s, *mark) != mark) {
		n->marks = *mark;
		return NULL;
	}
	/* Alone, with three digits behind it and up to three before it. */
	if (*mark == ',' && n->marks == '\0' && strlen(mark) == 4 &&
	    mark > s && mark - s <= 3 && *s != '0') {
		if (whole && strcmp(mark, ",000") != 0) {
			n->marks = ',';
			return NULL;
		}
		n->doubtful = true;
	}
	return mark;
}

/* False if it is no number. */
static bool
take_apart(struct prg_arena *a, struct prg_span typed, bool whole,
    struct number *n)
{
	char *s = prg_typed_plain(a, typed, PRG_TYPED_NUMERIC), *mark;
	bool signs = *s == '-' || *s == '+';

	*n = (struct number){ .minus = *s == '-' };
	s += signs;
	s += signs && *s == ' ';
	if (strlen(s) > LONGEST)
		return false;
	n->power = strpbrk(s, "eE");
	n->power = n->power != NULL ? n->power : s + strlen(s);
	n->fraction = prg_arena_strdup(a, "");
	memcpy(n->whole, s, (size_t)(n->power - s));
	if ((mark = find_decimal(n, n->whole, whole)) != NULL) {
		n->fraction = prg_arena_strdup(a, mark + 1);
		*mark = '\0';
		if (*n->fraction == '\0')
			return false;
	}
	if (n->marks != '\0' && !ungroup(n->whole, n->marks))
		return false;
	if (n->whole[0] == '\0' && mark != NULL)
		memcpy(n->whole, "0", sizeof("0"));
	s = n->whole + strspn(n->whole, "0");
	if (s > n->whole && !is_digit(*s))
		s--;
	memmove(n->whole, s, strlen(s) + 1);
	return n->whole[0] != '\0' &&
	    n->whole[strspn(n->whole, "0123456789")] == '\0' &&
	    n->fraction[strspn(n->fraction, "0123456789")] == '\0';
}

/* Ask which of the two numbers it is. */
static enum prg_message_id
ask(struct prg_value *v, const struct number *n, bool whole)
{
	const char *sign = n->minus ? "-" : "";

	v->one = prg_arena_printf(v->arena, "%s%s%s", sign, n->whole,
	    n->fraction);
	v->two = prg_arena_printf(v->arena, "%s%s%s%s", sign, n->whole,
	    whole ? "" : ".", whole ? "" : n->fraction);
	return PRG_MSG_AMBIGUOUS;
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
	struct number n;

	(void)f;
	if (!take_apart(v->arena, s, true, &n) || *n.power != '\0' ||
	    (*n.fraction != '\0' && !n.doubtful))
		return PRG_MSG_INTEGER;
	if (n.doubtful)
		return ask(v, &n, true);
	if (!prg_digits(prg_span(n.whole), &v->integer)) {
		v->integer = LLONG_MAX;
		v->number = HUGE_VAL;
	} else
		v->number = (double)v->integer;
	if (n.minus) {
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
	struct number n;
	json_error_t e;
	json_t *j;

	(void)f;
	if (!take_apart(v->arena, s, false, &n))
		return PRG_MSG_NUMBER;
	if (n.doubtful)
		return ask(v, &n, false);
	j = json_loads(prg_arena_printf(v->arena, "%s%s.%s%s", n.minus ? "-" :
	    "", n.whole, *n.fraction != '\0' ? n.fraction : "0", n.power),
	    JSON_DECODE_ANY, &e);
	if (!json_is_real(j) && json_error_code(&e) !=
	    json_error_numeric_overflow)
		return PRG_MSG_NUMBER;
	v->number = json_is_real(j) ? json_real_value(j) :
	    n.minus ? -HUGE_VAL : HUGE_VAL;
	json_decref(j);
	return PRG_MSG_NONE;
}
