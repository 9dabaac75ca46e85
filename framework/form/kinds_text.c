/*
 * kinds_text.c - readers of the kinds of field that are typed as text.
 */
#include <string.h>

#include "form/check.h"
#include "form/field.h"

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct prg_span
prg_trim(struct prg_span s)
{
	while (s.len > 0 && is_space(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_space(s.p[s.len - 1]))
		s.len--;
	return s;
}

const char *
prg_value_say(const struct prg_value *v, enum prg_message_id word,
    const struct prg_field *f, const struct prg_placeholders *holes)
{
	struct prg_placeholders h = holes != NULL ? *holes : (struct prg_placeholders){ 0 };

	h.label = prg_field_label(f);
	return prg_message_fill(v->arena, v->messages, word, &h);
}

const char *
prg_value_number(const struct prg_value *v, double x)
{
	return prg_arena_printf(v->arena, "%.15g", x);
}

static const char *
say_length(const struct prg_field *f, size_t n, const struct prg_value *v)
{
	struct prg_placeholders h = {
		.min = prg_value_number(v, f->min),
		.max = prg_value_number(v, (double)prg_field_max(f)),
		.count = prg_value_number(v, (double)n)
	};

	return prg_value_say(v, n > prg_field_max(f) ? PRG_MSG_TOO_LONG :
	    PRG_MSG_TOO_SHORT, f, &h);
}

static const char *
check_length(const struct prg_field *f, struct prg_span s,
    const struct prg_value *v)
{
	size_t n = prg_utf8_length(s);

	if (n > prg_field_max(f) || (f->min > 0 && n < (size_t)f->min))
		return say_length(f, n, v);
	return NULL;
}

const char *
prg_read_password(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	if (memchr(s.p, '\n', s.len) != NULL || memchr(s.p, '\r', s.len) != NULL)
		return prg_value_say(v, PRG_MSG_ONE_LINE, f, NULL);
	v->text = prg_arena_copy(v->arena, s.p, s.len);
	return check_length(f, s, v);
}

const char *
prg_read_line(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	return prg_read_password(f, prg_trim(s), v);
}

/* Counted after newlines are LF, as a browser's maxlength does. */
const char *
prg_read_area(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	struct prg_buf b = prg_buf(v->arena, s.len);

	prg_newlines(&b, s);
	v->text = b.p;
	return check_length(f, (struct prg_span){ b.p, b.len }, v);
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

const char *
prg_read_email(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	const char *fault = prg_read_line(f, s, v);

	if (fault == NULL && !is_email(v->text))
		fault = prg_value_say(v, PRG_MSG_NO_EMAIL, f, NULL);
	return fault;
}

/*
 * Of the web, with a host; else as browsers take it, but for what ends an address
 * in a text, and the backslash, which they take for a slash.
 */
static bool
is_url(const char *s)
{
	size_t n = strncasecmp(s, "https://", 8) == 0 ? 8 :
	    strncasecmp(s, "http://", 7) == 0 ? 7 : 0;

	if (n == 0 || strchr("/?#:@", s[n]) != NULL)
		return false;
	for (; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f ||
		    strchr("<>\\", *s) != NULL)
			return false;
	return true;
}

const char *
prg_read_url(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	const char *fault = prg_read_line(f, s, v);

	if (fault == NULL && !is_url(v->text))
		fault = prg_value_say(v, PRG_MSG_NO_URL, f, NULL);
	return fault;
}

/* Digits, at least three, however they are grouped. */
const char *
prg_read_tel(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	const char *fault = prg_read_line(f, s, v);
	size_t digits = 0, n;

	if (fault != NULL)
		return fault;
	n = strspn(v->text, "0123456789+-/(). ");
	for (size_t i = 0; i < n; i++)
		digits += v->text[i] >= '0' && v->text[i] <= '9';
	return v->text[n] == '\0' && digits >= 3 ? NULL :
	    prg_value_say(v, PRG_MSG_NO_TEL, f, NULL);
}
