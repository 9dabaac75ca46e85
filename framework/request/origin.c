/*
 * origin.c - the cross-origin gate: which sites may send us a form.
 *
 * An origin is read in the one form in which browsers write it, and never
 * normalised: no browser sends another form.
 */
#include <string.h>

#include "base/scan.h"
#include "request/origin.h"

#define DIGITS	"0123456789"
#define HEX	DIGITS "abcdefABCDEF"
#define ALNUM	DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum { MAX_PORT = 65535 };

/* An origin or a Host, in its parts. */
struct site {
	struct prg_span	host;
	long long	port;		/* 0: not named */
	long long	default_port;	/* of the scheme; only of an origin */
};

static bool
take_host(struct prg_span *s)
{
	if (!prg_take_char(s, '['))
		return prg_take_run(s, ALNUM "-._").len > 0;
	return prg_take_run(s, HEX ":.").len > 0 && prg_take_char(s, ']');
}

/* Read "host" or "host:port"; browsers write the port without leading zeros. */
static bool
read_site(struct prg_span s, struct site *out)
{
	const char *start = s.p;

	if (!take_host(&s))
		return false;
	out->host = (struct prg_span){ start, (size_t)(s.p - start) };
	out->port = 0;
	if (s.len == 0)
		return true;
	return prg_take_char(&s, ':') && s.len > 0 && s.p[0] != '0' &&
	    prg_digits(s, &out->port) && out->port <= MAX_PORT;
}

/* Read an origin.  Returns NULL, or what is wrong with it. */
static const char *
read_origin(struct prg_span origin, struct site *out)
{
	for (size_t i = 0; i < origin.len; i++)
		if (origin.p[i] >= 'A' && origin.p[i] <= 'Z')
			return "has capital letters";
	if (prg_take_text(&origin, "http://"))
		out->default_port = 80;
	else if (prg_take_text(&origin, "https://"))
		out->default_port = 443;
	else
		return "does not begin with http:// or https://";
	if (!read_site(origin, out))
		return "is not a scheme, a host and an optional port";
	return out->port == out->default_port ? "names the default port" : NULL;
}

static bool
is_trusted(const char *origin, const char *trusted)
{
	struct prg_span rest = prg_span(trusted != NULL ? trusted : ""), one;

	while (rest.len > 0) {
		prg_span_split(rest, ',', &one, &rest);
		if (one.len > 0 && prg_span_is(one, origin))
			return true;
	}
	return false;
}

/*
 * Whether the origin is the Host.  Host names no scheme; if it names no port,
 * the web server may have removed it.
 */
static bool
is_host(const struct prg_request *r)
{
	struct site origin, host;
	long long port, served;

	if (r->host == NULL ||
	    read_origin(prg_span(r->origin), &origin) != NULL ||
	    !read_site(prg_span(r->host), &host) ||
	    !prg_span_alike(origin.host, host.host))
		return false;
	port = origin.port != 0 ? origin.port : origin.default_port;
	if (host.port != 0)
		return port == host.port;
	return origin.port == 0 || (r->server_port != NULL &&
	    prg_digits(prg_span(r->server_port), &served) && port == served);
}

static struct prg_gate_result
refuse(const char *reason)
{
	return (struct prg_gate_result){ PRG_GATE_REFUSE, reason };
}

struct prg_gate_result
prg_gate(const struct prg_request *r, const char *trusted)
{
	static const struct prg_gate_result pass = { PRG_GATE_PASS, NULL };
	const char *site = r->sec_fetch_site;

	if (site != NULL &&
	    (strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0))
		return pass;
	if (r->origin != NULL && is_trusted(r->origin, trusted))
		return pass;
	if (site != NULL)
		return refuse("Sec-Fetch-Site is not same-origin");
	if (r->origin == NULL)
		return (struct prg_gate_result){ PRG_GATE_UNSURE, NULL };
	if (trusted != NULL)
		return refuse("Origin is not one of --origin");
	return is_host(r) ? pass : refuse("Origin is not Host; if it is this"
	    " site, name it with --origin");
}

const char *
prg_origin_shown(struct prg_arena *a, const struct prg_request *r,
    const char *trusted)
{
	struct prg_span rest, one, first = { NULL, 0 }, host;
	struct site site;

	host = prg_span(r->host != NULL ? r->host : "");
	if (trusted == NULL)
		return !read_site(host, &site) ? "" : prg_arena_printf(a,
		    "%s://%s", prg_request_is_secure(r) ? "https" : "http",
		    r->host);
	for (rest = prg_span(trusted); rest.len > 0;) {
		prg_span_split(rest, ',', &one, &rest);
		if (first.len == 0 || (one.len > host.len && one.p[one.len -
		    host.len - 1] == '/' && prg_span_alike(host,
		    (struct prg_span){ one.p + one.len - host.len, host.len })))
			first = one;
	}
	return prg_arena_copy(a, first.p, first.len);
}

int
prg_origins_check(const char *trusted, struct prg_error *err)
{
	struct prg_span rest, one;
	const char *wrong;
	struct site site;
	bool more;

	if (trusted == NULL)
		return 0;
	rest = prg_span(trusted);
	do {
		more = prg_span_split(rest, ',', &one, &rest);
		if ((wrong = read_origin(one, &site)) != NULL)
			return prg_error_set(err, "--origin: '%.*s' %s; name"
			    " origins like https://example.com, separated by"
			    " commas", (int)one.len, one.p, wrong);
	} while (more);
	return 0;
}
