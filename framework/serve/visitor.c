/*
 * visitor.c - the visitor who owns submissions, on routes that have an owner.
 *
 * A visitor is a cookie of 128 random bits, or a user that the web server has
 * verified.  The store holds a digest of the cookie, so that a copy of the
 * store does not let its reader pose as a visitor.
 */
#include <sodium.h>
#include <string.h>

#include "request/cookie.h"
#include "serve/req.h"

enum { VISITOR_BYTES = 16, VISITOR_LEN = 2 * VISITOR_BYTES };

/* Browsers take the first over https alone (RFC 6265bis, 4.1.3.2). */
static const char *
cookie_name(const struct prg_req *r)
{
	return prg_request_is_secure(&r->in) ? "__Host-prg" : "prg-not-secure";
}

static const char *
digest_of(struct prg_arena *a, struct prg_span cookie)
{
	unsigned char hash[VISITOR_BYTES];
	char hex[2 * sizeof(hash) + 1];

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)cookie.p,
	    cookie.len, NULL, 0);
	return prg_arena_printf(a, "visitor:%s",
	    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash)));
}

/* Whether a cookie has the form of ours. */
static bool
is_visitor(struct prg_span s)
{
	return s.len == VISITOR_LEN &&
	    strspn(s.p, "0123456789abcdef") >= VISITOR_LEN;
}

const char *
prg_visitor_known(struct prg_req *r)
{
	struct prg_span cookie;

	if (r->core->options.trust_remote_user && r->in.remote_user != NULL)
		return prg_arena_printf(&r->arena, "user:%s", r->in.remote_user);
	if (r->in.cookie == NULL || !prg_cookie_find(r->in.cookie,
	    cookie_name(r), &cookie) || !is_visitor(cookie))
		return NULL;
	return digest_of(&r->arena, cookie);
}

/* Make a visitor, to be told by Set-Cookie. */
static const char *
new_visitor(struct prg_req *r)
{
	unsigned char bytes[VISITOR_BYTES];
	char hex[VISITOR_LEN + 1];

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2hex(hex, sizeof(hex), bytes, sizeof(bytes));
	r->new_visitor = prg_arena_printf(&r->arena,
	    "%s=%s; Path=/; HttpOnly; SameSite=Lax%s", cookie_name(r), hex,
	    prg_request_is_secure(&r->in) ? "; Secure" : "");
	return digest_of(&r->arena, prg_span(hex));
}

void
prg_visitor_find(struct prg_req *r)
{
	if (!r->route->owner)
		return;
	if ((r->owner = prg_visitor_known(r)) == NULL)
		r->owner = new_visitor(r);
}
