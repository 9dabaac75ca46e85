/*
 * reply.c - a response: status, header fields, body, sent at once.
 */
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "reply/reply.h"

/*
 * On every response that does not say otherwise (HTTP.md section 6): nothing from
 * elsewhere is loaded, nothing runs, nobody frames us or learns our addresses.
 */
static const struct {
	const char	*name;		/* to the letter */
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
	return (struct prg_reply){
		.arena = a,
		.status = status,
		.head = prg_buf(a, PRG_MAX_HEAD),
		.body = prg_buf(a, PRG_MAX_PAGE)
	};
}

/* RFC 9110, 5.6.2; letters and hyphens, which most are, first. */
static bool
is_token_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
	    (c > ' ' && c < 0x7f && strchr("\"(),/:;<=>?@[\\]{}", c) == NULL);
}

static bool
is_token(const char *s)
{
	const char *p = s;

	while (is_token_byte(*p))
		p++;
	return p > s && *p == '\0';
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
	if (!is_token(name) || !is_value(value)) {
		r->bad = name;
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

/* What a URI may hold as it is (RFC 3986, 2), '%' being an escape already made. */
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

/* A field or page that can't go out as it is: say so to the log, and 500. */
static void
give_up(struct prg_reply *r)
{
	prg_log(PRG_LOG_ERROR, "response: %s", r->bad != NULL ?
	    "a header field would have held a control byte" :
	    "the page or its header is too long");
	*r = prg_reply(r->arena, PRG_INTERNAL_SERVER_ERROR);
	prg_buf_str(&r->body, "The page could not be made.\n");
	prg_reply_header(r, "Content-Type", "text/plain; charset=utf-8");
}

static bool
has_body(const struct prg_reply *r)
{
	return r->status != PRG_NO_CONTENT && r->status != PRG_NOT_MODIFIED;
}

/* CGI's header (RFC 3875, 6.3): the status, what was said, the defaults. */
static void
add_head(const struct prg_reply *r, struct prg_buf *out)
{
	prg_buf_str(out, "Status: ");
	prg_buf_number(out, r->status);
	prg_buf_char(out, ' ');
	prg_buf_str(out, prg_status_phrase(r->status));
	prg_buf_add(out, "\r\n", 2);
	prg_buf_add(out, r->head.p, r->head.len);
	for (unsigned i = 0; defaults[i].name != NULL; i++)
		if ((r->named & 1u << i) == 0)
			prg_buf_str(out, defaults[i].line);
	if (has_body(r)) {
		if (r->type != NULL) {
			prg_buf_str(out, "Content-Type: ");
			prg_buf_str(out, r->type);
			prg_buf_add(out, "\r\n", 2);
		}
		prg_buf_str(out, "Content-Length: ");
		prg_buf_number(out, r->body.len);
		prg_buf_add(out, "\r\n", 2);
	}
	prg_buf_add(out, "\r\n", 2);
}

int
prg_reply_send(struct prg_reply *r, struct prg_conn *c,
    const struct prg_request *request)
{
	struct prg_buf out;

	if (r->bad != NULL || r->head.full || r->body.full)
		give_up(r);
	out = prg_buf(r->arena, r->body.len + 2 * PRG_MAX_HEAD);
	prg_buf_reserve(&out, r->head.len + r->body.len + USUAL_HEAD);
	add_head(r, &out);
	if (has_body(r) && request->method != PRG_METHOD_HEAD)
		prg_buf_add(&out, r->body.p, r->body.len);
	return c->ops->answer(c, &(struct prg_span){ out.p, out.len }, 1);
}

/* The short note is for what does not follow by itself (H6). */
void
prg_reply_see_other(struct prg_reply *r, const char *url,
    const struct prg_messages *messages)
{
	struct prg_span to = prg_span(url),
	    word = prg_span(messages->texts[PRG_MSG_SEE_OTHER]);

	prg_reply_location(r, url);
	prg_reply_header(r, "Content-Type", "text/html; charset=utf-8");
	prg_buf_str(&r->body, "<!DOCTYPE html>\n<html lang=\"");
	prg_html_escape(&r->body, prg_span(messages->lang));
	prg_buf_str(&r->body, "\"><title>");
	prg_html_escape(&r->body, word);
	prg_buf_str(&r->body, "</title>\n<p>");
	prg_html_escape(&r->body, word);
	prg_buf_str(&r->body, ": <a href=\"");
	prg_html_escape(&r->body, to);
	prg_buf_str(&r->body, "\">");
	prg_html_escape(&r->body, to);
	prg_buf_str(&r->body, "</a></p></html>\n");
}
