/*
 * target.c - the path that a request or a redirect is for.
 *
 * Servers see different paths in one URI: Apache resolves dots before it
 * decodes, nginx and lighttpd after.  So we refuse every URI on which they
 * could disagree.
 */
#include <string.h>

#include "request/target.h"

static struct prg_target
refuse(int status)
{
	return (struct prg_target){ { status, status == 404 ?
	    "There is no page at this address." :
	    "The address contains invalid characters." }, "", "" };
}

/* The text after the prefix, which may be in either case; or NULL. */
static const char *
after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncasecmp(s, prefix, n) == 0 ? s + n : NULL;
}

/* The path and query of a URI; NULL if the URI has another form. */
static const char *
strip_origin(const char *uri)
{
	const char *host;

	if (*uri == '/')
		return uri;
	if ((host = after(uri, "http://")) == NULL)
		host = after(uri, "https://");
	if (host == NULL || strcspn(host, "/?") == 0)
		return NULL;
	return host + strcspn(host, "/?");
}

static bool
has_control(const char *s)
{
	while (*s != '\0' && (unsigned char)*s >= ' ' && *s != 0x7f)
		s++;
	return *s != '\0';
}

/* Whether a '%' in the path encodes no byte, or NUL, or a slash. */
static bool
has_bad_percent(const char *s, size_t len)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	const char *end = s + len;

	while ((s = memchr(s, '%', (size_t)(end - s))) != NULL) {
		s++;
		if (strspn(s, hex) < 2 || strncmp(s, "00", 2) == 0 ||
		    strncasecmp(s, "2f", 2) == 0)
			return true;
	}
	return false;
}

static bool
has_dot_segment(const char *path)
{
	for (; path != NULL; path = strchr(path, '/')) {
		path += *path == '/';
		if (path[0] == '.' && strcspn(path, "/") ==
		    (path[1] == '.' ? 2 : 1))
			return true;
	}
	return false;
}

/* The path below the base; NULL if it is not there. */
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
	size_t len = start != NULL ? strcspn(start, "?") : 0;
	struct prg_buf b = prg_buf(a, len + 1);

	if (start == NULL || strchr(uri, '#') != NULL || has_control(uri) ||
	    has_bad_percent(start, len))
		return refuse(400);
	if (len == 0)
		prg_buf_char(&b, '/');		/* "http://host" */
	prg_percent_decode(&b, (struct prg_span){ start, len }, false);
	/* Some servers treat a backslash as a slash. */
	if (has_control(b.p) || strchr(b.p, '\\') != NULL ||
	    has_dot_segment(b.p))
		return refuse(400);
	if (prg_utf8_valid((struct prg_span){ b.p, b.len }) < b.len ||
	    (path = strip_base(b.p, base)) == NULL)
		return refuse(404);
	return (struct prg_target){ { 0, NULL }, path,
	    start[len] == '?' ? start + len + 1 : "" };
}

bool
prg_target_is_local(const char *path)
{
	return path != NULL && path[0] == '/' && path[1] != '/' &&
	    strchr(path, '\\') == NULL && !has_control(path);
}
