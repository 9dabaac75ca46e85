/*
 * cookie.c - the Cookie header (RFC 6265bis, 5.7), as servers really send it.
 */
#include <string.h>

#include "request/cookie.h"

static const char host_prefix[] = "__Host-";

static struct prg_span
trim(struct prg_span s)
{
	while (s.len > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* Whether the cookie has this name; its value then. */
static bool
cookie_read(struct prg_span s, const char *name, struct prg_span *value)
{
	const char *eq = memchr(s.p, '=', s.len);
	size_t n;

	if (eq == NULL)
		return false;
	n = (size_t)(eq - s.p);
	if (!prg_span_is(trim((struct prg_span){ s.p, n }), name))
		return false;
	*value = trim((struct prg_span){ eq + 1, s.len - n - 1 });
	return true;
}

static bool
find(const char *s, const char *name, struct prg_span *value)
{
	size_t n;

	for (int i = 0; i < PRG_MAX_COOKIES; i++) {
		n = strcspn(s, ";");
		if (cookie_read((struct prg_span){ s, n }, name, value))
			return true;
		s += n;
		if (*s == '\0')
			break;
		s++;
	}
	return false;
}

/* The value up to a ", ". */
static struct prg_span
cut(struct prg_span v)
{
	for (size_t i = 0; i + 1 < v.len; i++)
		if (v.p[i] == ',' && v.p[i + 1] == ' ')
			v.len = i;
	return v;
}

bool
prg_cookie_find(const char *header, const char *name, struct prg_span *value)
{
	bool host = strncmp(name, host_prefix, strlen(host_prefix)) == 0;

	if (header == NULL || !find(header, name, value))
		return false;
	if (host)
		*value = cut(*value);
	return true;
}
