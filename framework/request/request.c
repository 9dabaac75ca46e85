/*
 * request.c - what the client asks for, read from the gateway's params.
 */
#include <string.h>

#include "request/intake.h"
#include "request/request.h"
#include "request/target.h"

/* What to do with a second param of one name that differs from the first (G4). */
enum repeated {
	ONCE,			/* refuse: two parsers would see two requests */
	COMMA,			/* a list (RFC 9110, 5.3) */
	SEMICOLON		/* cookies (RFC 6265bis, 5.7.3) */
};

static const struct param {
	const char	*name;
	size_t		 offset;	/* of a member of struct prg_request */
	enum repeated	 repeated;
} params[] = {
#define PARAM(name, member, repeated) \
	{ name, offsetof(struct prg_request, member), repeated }
	PARAM("REQUEST_METHOD",		method_name,		ONCE),
	PARAM("REQUEST_URI",		uri,			ONCE),
	PARAM("CONTENT_TYPE",		content_type,		ONCE),
	PARAM("HTTP_CONTENT_TYPE",	content_type,		ONCE),
	PARAM("CONTENT_LENGTH",		length_text,		ONCE),
	PARAM("HTTP_CONTENT_ENCODING",	content_encoding,	ONCE),
	PARAM("HTTP_TRANSFER_ENCODING",	transfer_encoding,	ONCE),
	PARAM("HTTP_HOST",		host,			ONCE),
	PARAM("HTTP_ORIGIN",		origin,			ONCE),
	PARAM("HTTP_SEC_FETCH_SITE",	sec_fetch_site,		ONCE),
	PARAM("HTTP_IDEMPOTENCY_KEY",	idempotency_key,	ONCE),
	PARAM("HTTPS",			https,			ONCE),
	PARAM("REQUEST_SCHEME",		scheme,			ONCE),
	PARAM("SERVER_PORT",		server_port,		ONCE),
	PARAM("REMOTE_USER",		remote_user,		ONCE),
	PARAM("REMOTE_ADDR",		remote_addr,		ONCE),
	PARAM("REQUEST_ID",		request_id,		ONCE),
	PARAM("UNIQUE_ID",		unique_id,		ONCE),
	PARAM("HTTP_X_REQUEST_ID",	x_request_id,		COMMA),
	PARAM("HTTP_ACCEPT",		accept,			COMMA),
	PARAM("HTTP_CACHE_CONTROL",	cache_control,		COMMA),
	PARAM("HTTP_COOKIE",		cookie,			SEMICOLON),
	PARAM("HTTP_IF_MATCH",		if_match,		COMMA),
	PARAM("HTTP_IF_NONE_MATCH",	if_none_match,		COMMA),
	PARAM("HTTP_IF_MODIFIED_SINCE",	if_modified_since,	ONCE),
	PARAM("HTTP_IF_UNMODIFIED_SINCE", if_unmodified_since,	ONCE),
#undef PARAM
	{ NULL, 0, ONCE }
};

static const struct {
	const char		*name;
	enum prg_method		 method;
} methods[] = {
	{ "GET",	PRG_METHOD_GET },
	{ "POST",	PRG_METHOD_POST },
	{ "HEAD",	PRG_METHOD_HEAD },
	{ "OPTIONS",	PRG_METHOD_OPTIONS },
	{ "PUT",	PRG_METHOD_OTHER },
	{ "DELETE",	PRG_METHOD_OTHER },
	{ "PATCH",	PRG_METHOD_OTHER },
	{ "TRACE",	PRG_METHOD_OTHER },
	{ "CONNECT",	PRG_METHOD_OTHER },
	{ NULL,		PRG_METHOD_UNKNOWN }
};

static const struct param *
find_param(const char *name, size_t len)
{
	for (const struct param *p = params; p->name != NULL; p++)
		if (p->name[0] == name[0] && strncmp(p->name, name, len) == 0 &&
		    p->name[len] == '\0')
			return p;
	return NULL;
}

/* The value of a param, if it is this one. */
static const char *
value_of(const char *e, const struct param *p)
{
	size_t len = strlen(p->name);

	return strncmp(e, p->name, len) == 0 && e[len] == '=' ? e + len + 1 :
	    NULL;
}

/* All values of a param, in one list. */
static const char *
join(struct prg_arena *a, char **all, const struct param *p)
{
	struct prg_buf b = prg_buf(a, SIZE_MAX / 4);
	const char *value;

	for (char **e = all; *e != NULL; e++) {
		if ((value = value_of(*e, p)) == NULL || *value == '\0')
			continue;
		if (b.len > 0)
			prg_buf_str(&b, p->repeated == COMMA ? ", " : "; ");
		prg_buf_str(&b, value);
	}
	return b.p;
}

/* How far the reading of the params has come. */
struct taking {
	struct prg_arena	*arena;
	char			**all;		/* the params */
	uint64_t		 joined;	/* a bit for each of params[] */
};

/* Take one param; false if it says otherwise than one before it. */
static bool
take(struct taking *t, struct prg_request *r, const struct param *p,
    const char *value)
{
	const char **member = (const char **)(void *)((char *)r + p->offset);
	const uint64_t bit = UINT64_C(1) << (p - params);

	if ((*value == '\0' && p->repeated != ONCE) || (t->joined & bit) != 0)
		return true;
	if (*member == NULL || strcmp(*member, value) == 0) {
		*member = value;
		return true;
	}
	if (p->repeated == ONCE)
		return false;
	*member = join(t->arena, t->all, p);
	t->joined |= bit;
	return true;
}

static int
refuse(struct prg_request *r, int status, const char *why)
{
	r->why = why;
	return status;
}

static int
take_all(struct prg_arena *a, const struct prg_conn *c, struct prg_request *r)
{
	struct taking t = { a, c->params, 0 };
	const struct param *p;
	const char *twice = NULL;
	size_t len;

	for (char **e = c->params; *e != NULL; e++) {
		len = strcspn(*e, "=");
		if ((*e)[len] == '\0' || (p = find_param(*e, len)) == NULL)
			continue;
		if (!take(&t, r, p, *e + len + 1))
			twice = p->name;
	}
	return twice == NULL ? 0 : refuse(r, 400,
	    prg_arena_printf(a, "%s was sent twice, with two values.",
	    strncmp(twice, "HTTP_", 5) == 0 ? twice + 5 : twice));
}

/* An empty param is one that is not there (G5). */
static void
drop_empty(struct prg_request *r)
{
	for (const struct param *p = params; p->name != NULL; p++) {
		const char **m = (const char **)(void *)((char *)r + p->offset);

		if (*m != NULL && **m == '\0' && m != &r->origin)
			*m = NULL;
	}
}

static enum prg_method
method_of(const char *name)
{
	size_t i = 0;

	while (methods[i].name != NULL && (name == NULL ||
	    strcmp(methods[i].name, name) != 0))
		i++;
	return methods[i].method;
}

int
prg_request_read(struct prg_arena *a, const struct prg_conn *c,
    const char *base, struct prg_request *r)
{
	struct prg_target target;
	long long length;
	int refused;

	*r = (struct prg_request){ .content_length = -1 };
	refused = take_all(a, c, r);
	drop_empty(r);
	r->method = method_of(r->method_name);
	if (refused != 0)
		return refused;
	if (r->uri == NULL)
		return refuse(r, 400, "The web server passed no REQUEST_URI.");
	target = prg_target_read(a, r->uri, base);
	r->path = target.path;
	r->query = target.query;
	if (target.refused != 0)
		return refuse(r, target.refused, target.refused == 400 ?
		    "The address holds characters that no address here has." :
		    "There is no page at this address.");
	if (r->length_text != NULL) {
		if (!prg_digits(prg_span(r->length_text), &length))
			return refuse(r, 400, "Content-Length is no number.");
		r->content_length = length;
	}
	return 0;
}

bool
prg_request_is_secure(const struct prg_request *r)
{
	return (r->https != NULL && strcmp(r->https, "off") != 0) ||
	    (r->scheme != NULL && strcmp(r->scheme, "https") == 0);
}

/* -- The body ------------------------------------------------------------------ */

int
prg_request_body(struct prg_arena *a, struct prg_conn *c,
    const struct prg_request *r, struct prg_body *b)
{
	struct prg_intake in = prg_intake(a, c, r, b->max);
	size_t len = 0, max = in.left, n;
	char *p;

	if (in.refused == 0) {
		p = prg_arena_get(a, max + 1);
		while ((n = prg_intake_read(&in, p + len, max - len)) > 0)
			len += n;
		b->bytes = (struct prg_span){ p, len };
	}
	b->why = in.why;
	return in.refused;
}

const char *
prg_methods(bool post)
{
	return post ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS";
}
