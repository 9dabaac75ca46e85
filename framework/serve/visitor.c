/*
 * visitor.c - whose a submission is, on routes that have an owner.
 *
 * A cookie of 128 random bits, or the user that the web server verified.  The store
 * holds a digest of it, so that who reads the store can't pose as the visitor.
 */
#include <sodium.h>
#include <string.h>

#include "base/log.h"
#include "serve/req.h"
#include "request/cookie.h"

enum { VISITOR_BYTES = 16, VISITOR_LEN = 2 * VISITOR_BYTES };

/* Browsers take the first over https alone; the other one says what it is. */
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

static const char *
mint(struct prg_arena *a)
{
	unsigned char bytes[VISITOR_BYTES];
	char hex[VISITOR_LEN + 1];

	randombytes_buf(bytes, sizeof(bytes));
	return prg_arena_strdup(a,
	    sodium_bin2hex(hex, sizeof(hex), bytes, sizeof(bytes)));
}

/* The form of what mint() makes; anything else is nobody's. */
static bool
is_visitor(struct prg_span s)
{
	if (s.len != VISITOR_LEN)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (memchr("0123456789abcdef", s.p[i], 16) == NULL)
			return false;
	return true;
}

void
prg_visitor_find(struct prg_req *r)
{
	const char *header = r->in.cookie != NULL ? r->in.cookie : "";
	struct prg_span cookie;

	if (!r->route->owner)
		return;
	if (r->core->options.trust_remote_user && r->in.remote_user != NULL) {
		r->owner = prg_arena_printf(&r->arena, "user:%s",
		    r->in.remote_user);
		return;
	}
	if (!prg_cookie_find(header, cookie_name(r), &cookie) ||
	    !is_visitor(cookie)) {
		cookie = prg_span(mint(&r->arena));
		r->new_visitor = prg_arena_printf(&r->arena,
		    "%s=%s; Path=/; HttpOnly; SameSite=Lax%s", cookie_name(r),
		    cookie.p, prg_request_is_secure(&r->in) ? "; Secure" : "");
	}
	r->owner = digest_of(&r->arena, cookie);
}

bool
prg_visitor_may_see(const struct prg_req *r, const struct prg_row *row)
{
	if (!r->route->owner)
		return true;
	return row->owner != NULL && strcmp(row->owner, r->owner) == 0;
}
