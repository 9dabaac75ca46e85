/*
 * reply.c - a response: status, header fields, body.
 */
#include <sodium.h>
#include <string.h>

#include "base/log.h"
#include "base/scan.h"
#include "reply/reply.h"

/* The phrases of the standard (RFC 9110, 15; RFC 6585). */
static const struct {
	enum prg_status	 status;
	const char	*line;		/* the status, a space, the phrase */
} phrases[] = {
	{ PRG_OK, "200 OK" },
	{ PRG_CREATED, "201 Created" },
	{ PRG_ACCEPTED, "202 Accepted" },
	{ PRG_NO_CONTENT, "204 No Content" },
	{ PRG_SEE_OTHER, "303 See Other" },
	{ PRG_NOT_MODIFIED, "304 Not Modified" },
	{ PRG_BAD_REQUEST, "400 Bad Request" },
	{ PRG_FORBIDDEN, "403 Forbidden" },
	{ PRG_NOT_FOUND, "404 Not Found" },
	{ PRG_METHOD_NOT_ALLOWED, "405 Method Not Allowed" },
	{ PRG_NOT_ACCEPTABLE, "406 Not Acceptable" },
	{ PRG_CONFLICT, "409 Conflict" },
	{ PRG_GONE, "410 Gone" },
	{ PRG_LENGTH_REQUIRED, "411 Length Required" },
	{ PRG_PRECONDITION_FAILED, "412 Precondition Failed" },
	{ PRG_CONTENT_TOO_LARGE, "413 Content Too Large" },
	{ PRG_UNSUPPORTED_MEDIA_TYPE, "415 Unsupported Media Type" },
	{ PRG_UNPROCESSABLE_CONTENT, "422 Unprocessable Content" },
	{ PRG_TOO_MANY_REQUESTS, "429 Too Many Requests" },
	{ PRG_INTERNAL_SERVER_ERROR, "500 Internal Server Error" },
	{ PRG_NOT_IMPLEMENTED, "501 Not Implemented" },
	{ PRG_SERVICE_UNAVAILABLE, "503 Service Unavailable" },
	{ 0, "500 Unknown" }
};

static const char *
status_line(enum prg_status status)
{
	int i = 0;

	while (phrases[i].status != 0 && phrases[i].status != status)
		i++;
	return phrases[i].line;
}

const char *
prg_status_phrase(enum prg_status status)
{
	return status_line(status) + strlen("200 ");
}

/*
 * Fields of every response that does not set them itself: pages load nothing
 * from other sites, run no scripts, are in no frame and do not leak their
 * addresses.
 */
static const struct {
	const char	*name;
	const char	*line;
} defaults[] = {
#define DEFAULT(name, value) { name, name ": " value "\r\n" }
	DEFAULT("X-Content-Type-Options",	"nosniff"),
	DEFAULT("Content-Security-Policy",	"default-src 'none'; "
	    "style-src 'self'; img-src 'self' data:; form-action 'self'; "
	    "base-uri 'none'; frame-ancestors 'none'"),
	DEFAULT("Referrer-Policy",		"same-origin"),
	DEFAULT("Cross-Origin-Opener-Policy",	"same-origin"),
	DEFAULT("Cross-Origin-Resource-Policy",	"same-origin"),
	DEFAULT("Cache-Control",		"no-store"),
#undef DEFAULT
	{ NULL, NULL }
};

enum { USUAL_HEAD = 1024 };

struct prg_reply
prg_reply(struct prg_arena *a, enum prg_status status)
{
	struct prg_reply r = { .arena = a, .status = status };

	r.head = prg_buf(a, PRG_MAX_HEAD);
	prg_buf_reserve(&r.head, USUAL_HEAD);
	r.body = prg_buf(a, PRG_MAX_PAGE);
	return r;
}

static bool
is_value(const char *s)
{
	for (; *s != '\0'; s++)
		if (((unsigned char)*s < ' ' && *s != '\t') || *s == 0x7f)
			return false;
	return true;
}

void
prg_reply_header(struct prg_reply *r, const char *name, const char *value)
{
	if (!prg_is_token(prg_span(name)) || !is_value(value)) {
		r->bad = true;
		return;
	}
	if (strcmp(name, "Content-Type") == 0) {
		r->type = prg_arena_strdup(r->arena, value);
		return;
	}
	for (unsigned i = 0; defaults[i].name != NULL; i++)
		if (strcmp(name, defaults[i].name) == 0)
			r->named |= 1u << i;
	prg_buf_str(&r->head, name);
	prg_buf_add(&r->head, ": ", 2);
	prg_buf_str(&r->head, value);
	prg_buf_add(&r->head, "\r\n", 2);
}

/* The bytes of a URI (RFC 3986, 2); a '%' is taken for an escape. */
static bool
is_uri_byte(char c)
{
	static const bool no[128] = { ['"'] = true, ['<'] = true, ['>'] = true,
	    ['\\'] = true, ['^'] = true, ['`'] = true, ['{'] = true,
	    ['|'] = true, ['}'] = true };

	return c > ' ' && c < 0x7f && !no[(unsigned char)c];
}

void
prg_reply_location(struct prg_reply *r, const char *url)
{
	struct prg_buf b = prg_buf(r->arena, PRG_MAX_HEAD);
	size_t n;

	for (; *url != '\0'; url += n) {
		for (n = 0; is_uri_byte(url[n]); n++)
			;
		prg_buf_add(&b, url, n);
		if (url[n] != '\0')
			prg_buf_printf(&b, "%%%02X", (unsigned char)url[n++]);
	}
	prg_reply_header(r, "Location", b.p);
}

void
prg_reply_shows(struct prg_reply *r, const char *text)
{
	if (text != NULL)
		r->body.max += strlen("&quot;") * strlen(text);
}

static int
add_json(const char *p, size_t n, void *body)
{
	prg_buf_add(body, p, n);
	return 0;
}

void
prg_reply_json(struct prg_reply *r, const char *type, json_t *j)
{
	json_dump_callback(j, add_json, &r->body, JSON_INDENT(2));
	prg_buf_char(&r->body, '\n');
	json_decref(j);
	prg_reply_header(r, "Content-Type", type);
}

/* Replace a response that is invalid or too long by a 500. */
static void
give_up(struct prg_reply *r)
{
	prg_log(PRG_LOG_ERROR, "response: %s", r->bad ?
	    "a header field is not valid" :
	    "the page or its header is too long");
	*r = prg_reply(r->arena, PRG_INTERNAL_SERVER_ERROR);
	prg_buf_str(&r->body, "The page could not be made.\n");
	prg_reply_header(r, "Content-Type", "text/plain; charset=utf-8");
}

/* Add the fields that are left: defaults, and those of the body. */
static void
add_fields(struct prg_reply *r, bool has_body)
{
	struct prg_buf *head = &r->head;

	head->max += PRG_MAX_HEAD;
	for (unsigned i = 0; defaults[i].name != NULL; i++)
		if ((r->named & 1u << i) == 0)
			prg_buf_str(head, defaults[i].line);
	if (!has_body)
		return;
	if (r->type != NULL)
		prg_buf_str(head, prg_arena_join(r->arena, (const char *[]){
		    "Content-Type: ", r->type, "\r\n", NULL }));
	prg_buf_printf(head, "Content-Length: %zu\r\n", r->body.len);
}

const char *
prg_reply_etag(struct prg_arena *a, const struct prg_buf *body)
{
	static const unsigned char key[crypto_shorthash_siphashx24_KEYBYTES];
	unsigned char hash[crypto_shorthash_siphashx24_BYTES];
	char hex[2 * sizeof(hash) + 1];

	crypto_shorthash_siphashx24(hash, (const unsigned char *)body->p,
	    body->len, key);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	return prg_arena_join(a, (const char *[]){ "\"", hex, "\"", NULL });
}

/*
 * A CGI response (RFC 3875, 6.3).  In FastCGI the status follows the other
 * fields: HAProxy 2.6 makes 302 of any status before a Location.  In CGI it
 * goes first: BusyBox reads no other line, uWSGI takes the first of the two.
 */
int
prg_reply_send(struct prg_reply *r, struct prg_conn *c,
    const struct prg_request *request)
{
	const int first = c->ops->cgi ? 0 : 1;
	struct prg_span parts[4] = { { NULL, 0 } };
	bool has_body;

	if (r->bad || r->head.full || r->body.full)
		give_up(r);
	has_body = r->status != PRG_NO_CONTENT &&
	    r->status != PRG_NOT_MODIFIED;
	add_fields(r, has_body);
	parts[first] = prg_span(prg_arena_join(r->arena, (const char *[]){
	    "Status: ", status_line(r->status), "\r\n", NULL }));
	parts[1 - first] = (struct prg_span){ r->head.p, r->head.len };
	parts[2] = prg_span("\r\n");
	if (has_body && request->method != PRG_METHOD_HEAD)
		parts[3] = (struct prg_span){ r->body.p, r->body.len };
	return c->ops->answer(c, parts, parts[3].len > 0 ? 4 : 3);
}

static const char *
escaped(struct prg_arena *a, const char *text)
{
	struct prg_buf b = prg_buf(a, PRG_MAX_PAGE);

	prg_html_escape(&b, prg_span(text));
	return b.p;
}

/* Browsers show the note only if they do not follow the redirect. */
void
prg_reply_see_other(struct prg_reply *r, const char *url,
    const struct prg_messages *messages)
{
	const char *link = escaped(r->arena, url);
	const char *text = escaped(r->arena,
	    messages->texts[PRG_MSG_SEE_OTHER]);

	prg_reply_location(r, url);
	prg_reply_header(r, "Content-Type", "text/html; charset=utf-8");
	prg_buf_str(&r->body, prg_arena_join(r->arena, (const char *[]){
	    "<!DOCTYPE html>\n<html lang=\"",
	    escaped(r->arena, messages->lang), "\"><title>", text,
	    "</title>\n<p>", text, ": <a href=\"", link, "\">", link,
	    "</a></p></html>\n", NULL }));
}
