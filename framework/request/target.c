/*
 * target.c - the path that a request is for.
 *
 * Servers see different paths in one URI: Apache resolves dots before it
 * decodes, nginx and lighttpd after.  So it is read here, once, and what they
 * could disagree about is refused.
 */
#include <string.h>

#include "request/target.h"

static struct prg_target
refuse(int status)
{
	return (struct prg_target){ status, "", "" };
}

/* What follows the prefix, in either case; NULL if it is not there. */
static const char *
after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return prg_span_alike((struct prg_span){ s, strnlen(s, n) },
	    prg_span(prefix)) ? s + n : NULL;
}

/* Where the path begins, or would; NULL if the URI is of another form. */
static const char *
strip_origin(const char *uri)
{
	const char *host;

	if (*uri == '/')
		return uri;
	if ((host = after(uri, "http://")) == NULL &&
	    (host = after(uri, "https://")) == NULL)
		return NULL;
	return *host == '\0' || *host == '/' || *host == '?' ? NULL :
	    host + strcspn(host, "/?");
}

static bool
has_control(struct prg_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return true;
	return false;
}

/* Whether a '%' begins no byte, or hides a slash. */
static bool
has_bad_percent(struct prg_span s)
{
	static const char hex[] = "0123456789abcdefABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != '%')
			continue;
		if (strspn(s.p + i + 1, hex) < 2)
			return true;
		if (s.p[i + 1] == '2' && (s.p[i + 2] | 0x20) == 'f')
			return true;
	}
	return false;
}

static bool
has_dot_segment(const char *path)
{
	const char *p = path;
	size_t n;

	for (; *p != '\0'; p += n) {
		p++;
		n = strcspn(p, "/");
		if ((n == 1 && p[0] == '.') ||
		    (n == 2 && p[0] == '.' && p[1] == '.'))
			return true;
	}
	return false;
}

/* What follows the base; NULL if the path is not below it. */
static const char *
strip_base(const char *path, const char *base)
{
	size_t n = strlen(base);

	if (strncmp(path, base, n) != 0)
		return NULL;
	if (path[n] == '\0')
		return "/";
	return path[n] == '/' ? path + n : NULL;
}

struct prg_target
prg_target_read(struct prg_arena *a, const char *uri, const char *base)
{
	const char *start = strip_origin(uri), *path;
	struct prg_span raw, text;
	struct prg_buf b;

	if (start == NULL || strchr(uri, '#') != NULL ||
	    has_control(prg_span(uri)))
		return refuse(400);
	raw = (struct prg_span){ start, strcspn(start, "?") };
	if (has_bad_percent(raw))
		return refuse(400);
	b = prg_buf(a, raw.len + 1);
	if (raw.len == 0)
		prg_buf_char(&b, '/');		/* "http://host" */
	prg_percent_decode(&b, raw, false);
	text = (struct prg_span){ b.p, b.len };
	/* A backslash is a slash to some. */
	if (has_control(text) || strchr(b.p, '\\') != NULL ||
	    has_dot_segment(b.p))
		return refuse(400);
	if (prg_utf8_valid(text) < text.len ||
	    (path = strip_base(b.p, base)) == NULL)
		return refuse(404);
	start += raw.len;
	return (struct prg_target){ 0, path, *start == '?' ? start + 1 : "" };
}
