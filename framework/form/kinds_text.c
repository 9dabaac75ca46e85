/*
 * kinds_text.c - the readers of texts: lines, addresses, dates; patterns.
 */
#include <locale.h>
#include <pthread.h>
#include <regex.h>
#include <string.h>

#include "base/date.h"
#include "form/kind.h"

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct prg_span
prg_kind_trim(struct prg_span s)
{
	while (s.len > 0 && is_space(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_space(s.p[s.len - 1]))
		s.len--;
	return s;
}

/* -- Lines ---------------------------------------------------------------- */

bool
prg_read_password(const struct prg_field *f, struct prg_span s,
    struct prg_value *v)
{
	(void)f;
	v->text = prg_arena_copy(v->arena, s.p, s.len);
	return strpbrk(v->text, "\r\n") == NULL;
}

bool
prg_read_line(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	return prg_read_password(f, prg_kind_trim(s), v);
}

bool
prg_read_area(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	struct prg_buf b = prg_buf(v->arena, s.len);

	(void)f;
	prg_newlines(&b, s);
	v->text = b.p;
	return true;
}

/* -- Addresses ------------------------------------------------------------ */

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
		if (!is_alnum(s[i]) &&
		    strchr(".!#$%&'*+/=?^_`{|}~-", s[i]) == NULL)
			return false;
	for (p = s + user + 1;; p += n + 1) {
		n = strcspn(p, ".");
		if (!is_host_label(p, n))
			return false;
		if (p[n] == '\0')
			return true;
	}
}

bool
prg_read_email(const struct prg_field *f, struct prg_span s,
    struct prg_value *v)
{
	return prg_read_line(f, s, v) && is_email(v->text);
}

/*
 * An http or https URL with a host.  Browsers accept nearly anything in the
 * rest.  Refuse white space, controls and brackets, which end a URL in text, and
 * the backslash, which browsers turn into a slash.
 */
bool
prg_read_url(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	const char *p;
	size_t n;

	prg_read_line(f, s, v);
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
bool
prg_read_tel(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	size_t digits = 0;

	prg_read_line(f, s, v);
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

bool
prg_read_date(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	return prg_read_line(f, s, v) && prg_date_is_day(prg_span(v->text));
}

bool
prg_read_time(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	(void)f;
	if (!read_digits(s, "00:00", v) && !read_digits(s, "00:00:00", v))
		return false;
	return two(v->text) < 24 && two(v->text + 3) < 60 &&
	    (v->text[5] == '\0' || two(v->text + 6) < 60);
}

bool
prg_read_month(const struct prg_field *f, struct prg_span s,
    struct prg_value *v)
{
	(void)f;
	return read_digits(s, "0000-00", v) && two(v->text + 5) >= 1 &&
	    two(v->text + 5) <= 12 && strncmp(v->text, "0000", 4) != 0;
}

bool
prg_read_colour(const struct prg_field *f, struct prg_span s,
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

/* -- Patterns ------------------------------------------------------------- */

static locale_t utf8;		/* 0 if the system has none */

static void
make_locale(void)
{
	utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/*
 * Compile a pattern and match a text, unless it is NULL.  The C library matches
 * characters of the locale, which are bytes unless the app has called
 * setlocale(): use UTF-8 for this thread meanwhile.
 */
static bool
match(const char *pattern, const char *text)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	locale_t before;
	regex_t re;
	bool good;

	pthread_once(&once, make_locale);
	before = uselocale(utf8);
	good = regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) == 0;
	if (good) {
		good = text == NULL || regexec(&re, text, 0, NULL, 0) == 0;
		regfree(&re);
	}
	uselocale(before);
	return good;
}

bool
prg_pattern_is_valid(const char *pattern)
{
	return match(pattern, NULL);
}

bool
prg_pattern_matches(struct prg_arena *a, const char *pattern, const char *text)
{
	return match(prg_arena_printf(a, "^(%s)$", pattern), text);
}
