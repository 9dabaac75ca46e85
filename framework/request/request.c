/*
 * request.c - the request, read from the params of the gateway.
 */
#include <ctype.h>
#include <string.h>

#include "request/request.h"
#include "request/target.h"

/*
 * A param that comes twice with two values is joined (RFC 9110, 5.3; cookies
 * RFC 6265bis, 5.7.3) or, without a separator, refused: two parsers could see
 * two requests.  The shortest names come first.
 */
static const struct param {
	const char	*name;
	size_t		 len;		/* of the name */
	size_t		 offset;	/* of a member of struct prg_request */
	const char	*separator;
} params[] = {
#define PARAM(name, member, separator) \
	{ name, sizeof(name) - 1, offsetof(struct prg_request, member), \
	  separator }
	PARAM("HTTPS",			https,			NULL),
	PARAM("HTTP_HOST",		host,			NULL),
	PARAM("UNIQUE_ID",		unique_id,		NULL),
	PARAM("REQUEST_ID",		request_id,		NULL),
	PARAM("REQUEST_URI",		uri,			NULL),
	PARAM("HTTP_ORIGIN",		origin,			NULL),
	PARAM("SERVER_PORT",		server_port,		NULL),
	PARAM("REMOTE_USER",		remote_user,		NULL),
	PARAM("REMOTE_ADDR",		remote_addr,		NULL),
	PARAM("HTTP_ACCEPT",		accept,			", "),
	PARAM("HTTP_COOKIE",		cookie,			"; "),
	PARAM("CONTENT_TYPE",		content_type,		NULL),
	PARAM("HTTP_IF_MATCH",		if_match,		", "),
	PARAM("REQUEST_METHOD",		method_name,		NULL),
	PARAM("CONTENT_LENGTH",		length_text,		NULL),
	PARAM("REQUEST_SCHEME",		scheme,			NULL),
	PARAM("REDIRECT_STATUS",	redirect_status,	NULL),
	PARAM("HTTP_CONTENT_TYPE",	content_type,		NULL),
	PARAM("HTTP_X_REQUEST_ID",	x_request_id,		", "),
	PARAM("HTTP_CACHE_CONTROL",	cache_control,		", "),
	PARAM("HTTP_IF_NONE_MATCH",	if_none_match,		", "),
	PARAM("HTTP_SEC_FETCH_SITE",	sec_fetch_site,		NULL),
	PARAM("HTTP_IDEMPOTENCY_KEY",	idempotency_key,	NULL),
	PARAM("HTTP_CONTENT_ENCODING",	content_encoding,	NULL),
	PARAM("HTTP_TRANSFER_ENCODING",	transfer_encoding,	NULL),
	PARAM("HTTP_IF_MODIFIED_SINCE",	if_modified_since,	NULL),
	PARAM("HTTP_IF_UNMODIFIED_SINCE", if_unmodified_since,	NULL),
#undef PARAM
	{ NULL, SIZE_MAX, 0, NULL }
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

static enum prg_method
method_of(const char *name)
{
	size_t i = 0;

	while (methods[i].name != NULL && (name == NULL ||
	    strcmp(methods[i].name, name) != 0))
		i++;
	return methods[i].method;
}

static struct prg_refusal
bad_request(const char *why)
{
	return (struct prg_refusal){ 400, why };
}

static const struct param *
find_param(const char *name, size_t len)
{
	const struct param *p = params;

	while (p->len < len)
		p++;
	while (p->len == len && memcmp(p->name, name, len) != 0)
		p++;
	return p->len == len ? p : NULL;
}

/* All values of a param, joined. */
static const char *
join(struct prg_arena *a, char **all, const struct param *p)
{
	struct prg_buf b = prg_buf(a, SIZE_MAX / 4);

	for (char **e = all; *e != NULL; e++) {
		if (strncmp(*e, p->name, p->len) != 0 || (*e)[p->len] != '=' ||
		    (*e)[p->len + 1] == '\0')
			continue;
		if (b.len > 0)
			prg_buf_str(&b, p->separator);
		prg_buf_str(&b, *e + p->len + 1);
	}
	return b.p;
}

static const char **
member_of(struct prg_request *r, const struct param *p)
{
	return (const char **)(void *)((char *)r + p->offset);
}

/* Set the members.  Returns a param with two values that can't be joined. */
static const struct param *
read_params(struct prg_arena *a, char **all, struct prg_request *r)
{
	const struct param *p, *twice = NULL;
	uint64_t joined = 0, bit;	/* by index in params */
	const char *eq, **member;

	for (char **e = all; *e != NULL; e++) {
		if ((eq = strchr(*e, '=')) == NULL ||
		    (p = find_param(*e, (size_t)(eq - *e))) == NULL)
			continue;
		member = member_of(r, p);
		bit = UINT64_C(1) << (p - params);
		if ((joined & bit) != 0 ||
		    (eq[1] == '\0' && p->separator != NULL))
			continue;
		if (*member == NULL || strcmp(*member, eq + 1) == 0)
			*member = eq + 1;
		else if (p->separator == NULL)
			twice = p;
		else {
			*member = join(a, all, p);
			joined |= bit;
		}
	}
	return twice;
}

/* FastCGI servers send empty params for missing ones. */
static void
drop_empty(struct prg_request *r)
{
	for (const struct param *p = params; p->name != NULL; p++) {
		const char **member = member_of(r, p);

		if (*member != NULL && **member == '\0' &&
		    member != &r->origin)
			*member = NULL;
	}
}

/* A decoded path, encoded so that it can be decoded like a URI. */
static const char *
encoded(struct prg_arena *a, const char *s)
{
	struct prg_buf b = prg_buf(a, SIZE_MAX / 4);

	for (; *s != '\0'; s++)
		if (strchr("%?#", *s) != NULL)
			prg_buf_printf(&b, "%%%02X", (unsigned)*s);
		else
			prg_buf_char(&b, *s);
	return b.p;
}

static const char *
param_text(const struct prg_conn *c, const char *name)
{
	const char *value = prg_conn_param(c, name);

	return value != NULL ? value : "";
}

/*
 * RFC 3875 has no REQUEST_URI, and some servers leave the query out of it.
 * Returns "" if the web server sent no address at all.
 */
static const char *
uri_of(struct prg_arena *a, const struct prg_conn *c, const char *uri)
{
	const char *query = param_text(c, "QUERY_STRING");

	if (uri == NULL)
		uri = encoded(a, prg_arena_printf(a, "%s%s",
		    param_text(c, "SCRIPT_NAME"), param_text(c, "PATH_INFO")));
	return *uri == '\0' || *query == '\0' || strchr(uri, '?') != NULL ?
	    uri : prg_arena_printf(a, "%s?%s", uri, query);
}

/* Caddy says -1 for a body whose length it does not know. */
static struct prg_refusal
read_length(struct prg_request *r)
{
	struct prg_span text = prg_span(r->length_text != NULL ?
	    r->length_text : "");
	long long length;

	if (text.len == 0 || (text.len > 1 && *text.p == '-' && prg_digits(
	    prg_span(text.p + 1), &length)))
		return (struct prg_refusal){ 0, NULL };
	if (!prg_digits(text, &length))
		return bad_request("Content-Length is not a number.");
	r->content_length = length;
	return (struct prg_refusal){ 0, NULL };
}

struct prg_refusal
prg_request_read(struct prg_arena *a, const struct prg_conn *c,
    const char *base, struct prg_request *r)
{
	const struct param *twice;
	struct prg_target target;
	const char *uri;

	*r = (struct prg_request){ .content_length = -1 };
	twice = read_params(a, c->params, r);
	drop_empty(r);
	r->method = method_of(r->method_name);
	/* nginx lets the app make the page of what limit_req rejects. */
	if (r->redirect_status != NULL &&
	    strcmp(r->redirect_status, "429") == 0)
		return (struct prg_refusal){ 429, NULL };
	if (twice != NULL)
		return bad_request(prg_arena_printf(a,
		    "%s was sent twice, with two values.", twice->name +
		    (strncmp(twice->name, "HTTP_", 5) == 0 ? 5 : 0)));
	uri = uri_of(a, c, r->uri);
	if (*uri == '\0')
		return bad_request("The web server sent neither REQUEST_URI"
		    " nor SCRIPT_NAME.");
	target = prg_target_read(a, uri, base);
	r->path = target.path;
	r->query = target.query;
	return target.refused.status != 0 ? target.refused : read_length(r);
}

const char *
prg_request_header(struct prg_arena *a, const struct prg_conn *c,
    const char *name)
{
	bool plain = strcasecmp(name, "Content-Type") == 0 ||
	    strcasecmp(name, "Content-Length") == 0;
	char *param = prg_arena_printf(a, "%s%s", plain ? "" : "HTTP_", name);
	const struct param p = { param, strlen(param), 0, ", " };
	const char *joined;

	for (; *param != '\0'; param++)
		*param = *param == '-' ? '_' : (char)toupper(*param);
	joined = join(a, c->params, &p);
	return *joined != '\0' ? joined : NULL;
}

bool
prg_request_is_secure(const struct prg_request *r)
{
	return (r->https != NULL && strcmp(r->https, "off") != 0) ||
	    (r->scheme != NULL && strcmp(r->scheme, "https") == 0);
}

const char *
prg_methods(bool post)
{
	return post ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS";
}
