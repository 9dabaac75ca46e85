/*
 * cookie.c - the Cookie header (RFC 6265bis, 5.7).
 */
#include <string.h>

#include "base/scan.h"
#include "request/cookie.h"

/* Cut the value of a "__Host-" cookie before a joined header; see cookie.h. */
static struct prg_span
cut(struct prg_span value)
{
	const char *comma = memmem(value.p, value.len, ", ", 2);

	return comma == NULL ? value :
	    (struct prg_span){ value.p, (size_t)(comma - value.p) };
}

bool
prg_cookie_find(const char *header, const char *name, struct prg_span *value)
{
	struct prg_span rest = prg_span(header != NULL ? header : "");
	struct prg_span key, text;

	while (rest.len > 0) {
		prg_span_split(rest, ';', &text, &rest);
		if (!prg_span_split(text, '=', &key, &text) ||
		    !prg_span_is(prg_span_trim(key), name))
			continue;
		*value = prg_span_trim(text);
		if (strncmp(name, "__Host-", 7) == 0)
			*value = cut(*value);
		return true;
	}
	return false;
}
