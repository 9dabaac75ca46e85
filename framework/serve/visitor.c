/*
 * visitor.c - the visitor who owns submissions, on routes that have an owner.
 *
 * A visitor is a cookie of 128 random bits and a MAC, or a user that the web
 * server has verified.  The store holds a digest of the cookie, so that a copy
 * of the store does not let its reader pose as a visitor.
 */
#include <sodium.h>
#include <string.h>

#include "request/cookie.h"
#include "serve/req.h"

enum {
	VISITOR_BYTES = 16,
	HALF = 2 * VISITOR_BYTES,	/* hex digits, as has the MAC */
	MAX_AGE = 400 * 86400		/* browsers keep no cookie for longer */
};

/* Browsers accept the first over https alone (RFC 6265bis, 4.1.3.2). */
static const char secure_name[] = "__Host-prg";
static const char plain_name[] = "prg-not-secure";

/* Sites of --origin that are all https have TLS in front of the web server. */
static bool
is_secure(const struct prg_req *r)
{
	const char *origins = r->core->options.origin;

	return prg_request_is_secure(&r->in) ||
	    (origins != NULL && strstr(origins, "http://") == NULL);
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

/* The cookie of a visitor: its first half, and the MAC of that. */
static const char *
sign(const struct prg_req *r, struct prg_arena *a, struct prg_span half)
{
	unsigned char mac[VISITOR_BYTES];
	char hex[HALF + 1];
	crypto_generichash_state h;

	crypto_generichash_init(&h, prg_keys_naming(r->core->keys),
	    PRG_SECRET_BYTES, sizeof(mac));
	prg_hash_add(&h, prg_span("visitor"));
	prg_hash_add(&h, half);
	crypto_generichash_final(&h, mac, sizeof(mac));
	sodium_bin2hex(hex, sizeof(hex), mac, sizeof(mac));
	return prg_arena_printf(a, "%.*s%s", (int)half.len, half.p, hex);
}

/* The value of a cookie that we made; or NULL. */
static const char *
find(struct prg_req *r, const char *name)
{
	struct prg_span sent;
	const char *ours;

	if (!prg_cookie_find(r->in.cookie, name, &sent) || sent.len != 2 * HALF)
		return NULL;
	ours = sign(r, &r->arena, (struct prg_span){ sent.p, HALF });
	return sodium_memcmp(ours, sent.p, sent.len) == 0 ? ours : NULL;
}

/* Over https the cookie of http is taken over, until there is one of https. */
static const char *
find_cookie(struct prg_req *r)
{
	const char *cookie = is_secure(r) ? find(r, secure_name) : NULL;

	return cookie != NULL ? cookie : find(r, plain_name);
}

static const char *
user_of(struct prg_req *r)
{
	if (!r->core->options.trust_remote_user || r->in.remote_user == NULL)
		return NULL;
	return prg_arena_printf(&r->arena, "user:%s", r->in.remote_user);
}

const char *
prg_visitor_known(struct prg_req *r)
{
	const char *user = user_of(r), *cookie;

	if (user != NULL || (cookie = find_cookie(r)) == NULL)
		return user;
	return digest_of(&r->arena, prg_span(cookie));
}

static const char *
new_cookie(struct prg_req *r)
{
	unsigned char bytes[VISITOR_BYTES];
	char hex[HALF + 1];

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2hex(hex, sizeof(hex), bytes, sizeof(bytes));
	return sign(r, &r->arena, prg_span(hex));
}

void
prg_visitor_find(struct prg_req *r)
{
	bool shown = r->place.id.text[0] != '\0' && r->post == NULL;

	if (!r->route->owner || (r->owner = user_of(r)) != NULL)
		return;
	if ((r->cookie = find_cookie(r)) == NULL) {
		r->unknown = true;
		if (shown)
			return;		/* a stranger needs no cookie */
		r->cookie = new_cookie(r);
	}
	r->owner = digest_of(&r->arena, prg_span(r->cookie));
}

/* -- Set-Cookie ------------------------------------------------------------ */

/* The cookie lasts as long as the results that it opens. */
static long
max_age(const struct prg_core *core)
{
	const struct prg_route *route = core->app->routes;
	int64_t most = 0;

	for (; route->path != NULL; route++)
		if (route->owner && (route->keep == 0 || route->keep > most))
			most = route->keep == 0 ? MAX_AGE : route->keep;
	return (long)(most < MAX_AGE ? most : MAX_AGE);
}

static void
set_cookie(struct prg_req *r, struct prg_reply *reply, const char *name,
    const char *value)
{
	prg_reply_header(reply, "Set-Cookie", prg_arena_printf(&r->arena,
	    "%s=%s; Max-Age=%ld; Path=/; HttpOnly; SameSite=Lax%s", name,
	    value, value[0] != '\0' ? max_age(r->core) : 0,
	    name == secure_name ? "; Secure" : ""));
}

void
prg_visitor_tell(struct prg_req *r, struct prg_reply *reply)
{
	bool secure = is_secure(r);
	const char *value = r->forgotten ? "" : r->cookie;

	if (value != NULL)
		set_cookie(r, reply, secure ? secure_name : plain_name, value);
	if (value != NULL && secure && find(r, plain_name) != NULL)
		set_cookie(r, reply, plain_name, "");
	if (r->forgotten)
		prg_reply_header(reply, "Clear-Site-Data", "\"cache\"");
}
