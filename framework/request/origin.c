/*
 * origin.c - the cross-origin gate: who may send us an unsafe request.
 *
 * An origin is read in the one way in which browsers write it, and never made
 * like another: what is written otherwise is from no browser.
 */
#include <string.h>

#include "base/text.h"
#include "request/origin.h"

#define DIGITS	"0123456789"
#define HEX	DIGITS "abcdefABCDEF"
#define ALNUM	DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum { MAX_PORT = 65535 };

/* An origin or a Host in its parts. */
struct place {
	struct prg_span	host;
	long long	port;		/* 0: none is named */
	long long	usual;		/* of the scheme; an origin's only */
};

static const struct scheme {
	const char	*prefix;
	long long	 port;
} schemes[] = {
	{ "http://",	80 },
	{ "https://",	443 },
	{ NULL,		0 }
};

static struct prg_span
skip(struct prg_span s, size_t n)
{
	return (struct prg_span){ s.p + n, s.len - n };
}

/* How many bytes at the start are of these. */
static size_t
run(struct prg_span s, const char *set)
{
	size_t n = 0;

	while (n < s.len && s.p[n] != '\0' && strchr(set, s.p[n]) != NULL)
		n++;
	return n;
}

/* How long the name, or the address in brackets, at the start is; 0: none. */
static size_t
host_length(struct prg_span s)
{
	size_t n;

	if (s.len == 0 || s.p[0] != '[')
		return run(s, ALNUM "-._");
	n = 1 + run(skip(s, 1), HEX ":.");
	return n > 1 && n < s.len && s.p[n] == ']' ? n + 1 : 0;
}

/* ":8080", as browsers write it: no zero in front. */
static bool
read_port(struct prg_span s, long long *port)
{
	if (s.len < 2 || s.p[0] != ':' || s.p[1] == '0')
		return false;
	return prg_digits(skip(s, 1), port) && *port <= MAX_PORT;
}

/* "host" or "host:port", and nothing else. */
static bool
read_place(struct prg_span s, struct place *out)
{
	struct prg_span rest;

	out->host = (struct prg_span){ s.p, host_length(s) };
	out->port = 0;
	rest = skip(s, out->host.len);
	return out->host.len > 0 &&
	    (rest.len == 0 || read_port(rest, &out->port));
}

static const struct scheme *
find_scheme(struct prg_span origin)
{
	const struct scheme *s;

	for (s = schemes; s->prefix != NULL; s++)
		if (origin.len >= strlen(s->prefix) && memcmp(origin.p,
		    s->prefix, strlen(s->prefix)) == 0)
			return s;
	return NULL;
}

/* Read an origin; what is wrong with it, or NULL. */
static const char *
read_origin(struct prg_span origin, struct place *out)
{
	const struct scheme *s = find_scheme(origin);

	for (size_t i = 0; i < origin.len; i++)
		if (origin.p[i] >= 'A' && origin.p[i] <= 'Z')
			return "has capitals";
	if (s == NULL)
		return "does not begin with http:// or https://";
	if (!read_place(skip(origin, strlen(s->prefix)), out))
		return "is not a scheme, a host and perhaps a port";
	if (out->port == s->port)
		return "has the port that goes without saying";
	out->usual = s->port;
	return NULL;
}

/* Take the next of the list; false at its end.  An empty one is one. */
static bool
take(const char **list, struct prg_span *origin)
{
	size_t n;

	if (*list == NULL)
		return false;
	n = strcspn(*list, ",");
	*origin = (struct prg_span){ *list, n };
	*list = (*list)[n] == ',' ? *list + n + 1 : NULL;
	return true;
}

static bool
is_trusted(const char *origin, const char *trusted)
{
	struct prg_span one;

	while (take(&trusted, &one))
		if (one.len > 0 && prg_span_is(one, origin))
			return true;
	return false;
}

/*
 * Whether the origin is where the request went to, as far as Host says: it
 * names no scheme, and if no port, then perhaps because the web server dropped
 * it.
 */
static bool
is_host(const struct prg_from *from)
{
	struct place o, h;
	long long port, served;

	if (from->host == NULL ||
	    read_origin(prg_span(from->origin), &o) != NULL ||
	    !read_place(prg_span(from->host), &h) ||
	    !prg_span_alike(o.host, h.host))
		return false;
	port = o.port != 0 ? o.port : o.usual;
	if (h.port != 0)
		return port == h.port;
	return o.port == 0 || (from->server_port != NULL &&
	    prg_digits(prg_span(from->server_port), &served) &&
	    port == served);
}

static struct prg_gate_result
refuse(const char *reason)
{
	return (struct prg_gate_result){ PRG_GATE_REFUSE, reason };
}

struct prg_gate_result
prg_gate(const struct prg_from *from, const char *trusted)
{
	static const struct prg_gate_result pass = { PRG_GATE_PASS, NULL };
	const char *site = from->sec_fetch_site;

	if (site != NULL &&
	    (strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0))
		return pass;
	if (from->origin != NULL && is_trusted(from->origin, trusted))
		return pass;
	if (site != NULL)
		return refuse("Sec-Fetch-Site is not same-origin");
	if (from->origin == NULL)
		return (struct prg_gate_result){ PRG_GATE_UNSURE, NULL };
	if (trusted != NULL)
		return refuse("Origin is not one of --origin");
	return is_host(from) ? pass : refuse("Origin is not Host; if it is this"
	    " site, name it with --origin");
}

int
prg_origins_check(const char *trusted, struct prg_error *err)
{
	struct prg_span one;
	struct place p;
	const char *why;

	while (take(&trusted, &one))
		if ((why = read_origin(one, &p)) != NULL)
			return prg_error_set(err, "--origin is what browsers"
			    " send, like https://example.com, with commas"
			    " between several; '%.*s' %s", (int)one.len, one.p,
			    why);
	return 0;
}

bool
prg_target_is_local(const char *path)
{
	if (path == NULL || path[0] != '/' || path[1] == '/')
		return false;
	for (const char *p = path; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '\\')
			return false;
	return true;
}
