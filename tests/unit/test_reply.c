/*
 * test_reply.c - a response, as it goes to the web server.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <cmocka.h>

#include "reply/reply.h"

#define EVIL	"evil"
#define DEFAULTS \
	"X-Content-Type-Options: nosniff\r\n" \
	"Content-Security-Policy: default-src 'none'; style-src 'self'; " \
	"img-src 'self' data:; form-action 'self'; base-uri 'none'; " \
	"frame-ancestors 'none'\r\n" \
	"Referrer-Policy: same-origin\r\n" \
	"Cross-Origin-Opener-Policy: same-origin\r\n" \
	"Cross-Origin-Resource-Policy: same-origin\r\n" \
	"Cache-Control: no-store\r\n"

static struct prg_arena forever;
static struct prg_messages messages;		/* in English */

/* What to answer, and what came of it. */
struct answer {
	enum prg_status		 status;
	enum prg_method		 method;
	void			(*make)(struct prg_reply *, const void *arg);
	const void		*arg;
	bool			 fastcgi;	/* else as a CGI program */
	char			*text;		/* all of it */
	const char		*body;		/* behind the empty line */
	size_t			 body_len;
	char			 log[1024];
};

static void
serve(void *arg, struct prg_conn *c)
{
	struct answer *a = arg;
	struct prg_request request = { .method = a->method };
	struct prg_arena arena = { 0 };
	struct prg_reply r = prg_reply(&arena, a->status);
	struct prg_conn_ops ops = *c->ops;

	ops.cgi = !a->fastcgi;
	c->ops = &ops;
	a->make(&r, a->arg);
	assert_int_equal(prg_reply_send(&r, c, &request), 0);
	prg_arena_release(&arena);
}

/* Put standard error into a file, or back. */
static int
redirect(int fd)
{
	int old = dup(STDERR_FILENO);

	fflush(stderr);
	dup2(fd, STDERR_FILENO);
	close(fd);
	return old;
}

static void
run(struct answer *a)
{
	const struct prg_service service = { .serve = serve, .arg = a };
	char *none[] = { NULL };
	struct prg_memory m = { .params = none };
	FILE *log = tmpfile();
	char *end;
	int old;

	assert_non_null(log);
	old = redirect(dup(fileno(log)));
	prg_memory_run(&m, &service);
	close(redirect(old));
	rewind(log);
	a->log[fread(a->log, 1, sizeof(a->log) - 1, log)] = '\0';
	fclose(log);
	assert_non_null(m.out);
	a->text = m.out;
	end = strstr(m.out, "\r\n\r\n");
	assert_non_null(end);
	a->body = end + 4;
	a->body_len = m.out_len - (size_t)(end + 4 - m.out);
	end[2] = '\0';
}

/* How often a field of this name is in the head, and the last of them. */
static int
count_fields(const struct answer *a, const char *name, const char **value)
{
	size_t n = strlen(name);
	int count = 0;

	for (const char *p = a->text; *p != '\0'; p = strstr(p, "\r\n") + 2) {
		if (strncasecmp(p, name, n) != 0 || p[n] != ':')
			continue;
		*value = p + n + 1 + strspn(p + n + 1, " ");
		count++;
	}
	return count;
}

/* The one field of this name, up to its end; "" if there is none. */
static const char *
field(const struct answer *a, const char *name)
{
	static char text[PRG_MAX_HEAD];
	const char *p = "\r\n";
	int n = count_fields(a, name, &p);

	if (n > 1)
		fail_msg("%d times %s in:\n%s", n, name, a->text);
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(p, "\r\n"), p);
	return text;
}

static void
assert_field(const struct answer *a, const char *name, const char *value)
{
	if (strcmp(field(a, name), value) != 0)
		fail_msg("no \"%s: %s\" in:\n%s", name, value, a->text);
}

static void
assert_length(const struct answer *a)
{
	char n[32];

	snprintf(n, sizeof(n), "%zu", a->body_len);
	assert_field(a, "Content-Length", n);
}

/* -- Whole ---------------------------------------------------------------- */

static void
make_plain(struct prg_reply *r, const void *arg)
{
	prg_buf_str(&r->body, arg);
	prg_reply_header(r, "Content-Type", "text/plain; charset=utf-8");
}

static void
a_plain_one(void **state)
{
	struct answer a = { .status = PRG_OK, .make = make_plain,
	    .arg = "hi\n" };

	(void)state;
	run(&a);
	assert_string_equal(a.text, "Status: 200 OK\r\n" DEFAULTS
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Length: 3\r\n");
	assert_string_equal(a.body, "hi\n");
	assert_string_equal(a.log, "");
	free(a.text);
}

/* HAProxy 2.6 makes 302 of each status that stands before a Location. */
static void
status_behind(void **state)
{
	static const enum prg_status statuses_of_posts[] = { PRG_OK, PRG_CREATED,
	    PRG_SEE_OTHER, PRG_NO_CONTENT };
	struct answer a = { .make = make_plain, .arg = "hi\n",
	    .fastcgi = true };
	char want[64];
	size_t n;

	(void)state;
	for (int i = 0; i < 4; i++) {
		a.status = statuses_of_posts[i];
		run(&a);
		n = (size_t)snprintf(want, sizeof(want), "Status: %d %s\r\n",
		    a.status, prg_status_phrase(a.status));
		if (strlen(a.text) < n ||
		    strcmp(a.text + strlen(a.text) - n, want) != 0)
			fail_msg("%s is not at the end of:\n%s", want, a.text);
		free(a.text);
	}
}

static void
make_bytes(struct prg_reply *r, const void *arg)
{
	(void)arg;
	prg_buf_add(&r->body, "\0\r\n\xff", 4);
}

static void
any_bytes_in_a_body(void **state)
{
	struct answer a = { .status = PRG_OK, .make = make_bytes };

	(void)state;
	run(&a);
	assert_length(&a);
	assert_int_equal(a.body_len, 4);
	assert_memory_equal(a.body, "\0\r\n\xff", 4);
	free(a.text);
}

/* Where there is no body, and what is said of it all the same. */
static const struct bare {
	const char	*name;
	enum prg_status	 status;
	enum prg_method	 method;
	const char	*body, *length, *type;
} bare[] = {
	{ "GET", PRG_OK, PRG_METHOD_GET, "hi", "2",
	  "text/plain; charset=utf-8" },
	{ "HEAD", PRG_OK, PRG_METHOD_HEAD, "", "2",
	  "text/plain; charset=utf-8" },
	{ "HEAD of an error", PRG_NOT_FOUND, PRG_METHOD_HEAD, "", "2",
	  "text/plain; charset=utf-8" },
	{ "POST", PRG_SEE_OTHER, PRG_METHOD_POST, "hi", "2",
	  "text/plain; charset=utf-8" },
	{ "204", PRG_NO_CONTENT, PRG_METHOD_OPTIONS, "", "", "" },
	{ "304", PRG_NOT_MODIFIED, PRG_METHOD_GET, "", "", "" },
	{ "304 to HEAD", PRG_NOT_MODIFIED, PRG_METHOD_HEAD, "", "", "" },
	{ NULL, 0, 0, NULL, NULL, NULL }
};

static void
without_a_body(void **state)
{
	struct answer a = { .make = make_plain, .arg = "hi" };

	(void)state;
	for (const struct bare *b = bare; b->name != NULL; b++) {
		a.status = b->status;
		a.method = b->method;
		run(&a);
		if (strcmp(a.body, b->body) != 0)
			fail_msg("%s: \"%s\"", b->name, a.body);
		if (strcmp(field(&a, "Content-Length"), b->length) != 0 ||
		    strcmp(field(&a, "Content-Type"), b->type) != 0)
			fail_msg("%s:\n%s", b->name, a.text);
		free(a.text);
	}
}

/* -- Fields --------------------------------------------------------------- */

struct pair {
	const char	*name, *value;
};

static void
make_field(struct prg_reply *r, const void *arg)
{
	const struct pair *p = arg;

	prg_buf_str(&r->body, "the page");
	prg_reply_header(r, "X-Before", "a");
	prg_reply_header(r, p->name, p->value);
	prg_reply_header(r, "X-Behind", "b");
}

static const struct pair overrides[] = {
	{ "X-Content-Type-Options", "sniff" },
	{ "Content-Security-Policy", "default-src 'self'" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cross-Origin-Opener-Policy", "unsafe-none" },
	{ "Cross-Origin-Resource-Policy", "cross-origin" },
	{ "Cache-Control", "private, no-cache" },
	{ NULL, NULL }
};

static void
a_default_that_is_given(void **state)
{
	struct answer a = { .status = PRG_OK, .make = make_field };

	(void)state;
	for (const struct pair *p = overrides; p->name != NULL; p++) {
		a.arg = p;
		run(&a);
		assert_field(&a, p->name, p->value);
		for (const struct pair *q = overrides; q->name != NULL; q++)
			if (field(&a, q->name)[0] == '\0')
				fail_msg("%s: no %s", p->name, q->name);
		free(a.text);
	}
}

/* All of it is a 500, and nothing of the field is anywhere. */
static void
assert_given_up(const struct answer *a, const char *name)
{
	if (strncmp(a->text, "Status: 500 Internal Server Error\r\n" DEFAULTS,
	    strlen("Status: 500 Internal Server Error\r\n" DEFAULTS)) != 0 ||
	    strcmp(a->body, "The page could not be made.\n") != 0)
		fail_msg("%s:\n%s\n%s", name, a->text, a->body);
	assert_field(a, "Content-Type", "text/plain; charset=utf-8");
	assert_field(a, "X-Before", "");
	assert_field(a, "X-Behind", "");
	assert_length(a);
	if (strcasestr(a->text, EVIL) != NULL ||
	    strcasestr(a->log, EVIL) != NULL)
		fail_msg("%s:\n%s%s", name, a->text, a->log);
	if (strstr(a->log, "response: ") == NULL)
		fail_msg("%s: not in the log", name);
}

static const struct bad {
	const char	*name;
	struct pair	 field;
} bad[] = {
	{ "a line end in a value", { "X-A", "a\r\nX-Evil: evil" } },
	{ "a line feed in a value", { "X-A", "a\nX-Evil: evil" } },
	{ "a return in a value", { "X-A", "a\rX-Evil: evil" } },
	{ "a line end in front", { "X-A", "\r\nX-Evil: evil" } },
	{ "a line end behind", { "X-A", "evil\r\n" } },
	{ "an empty line", { "X-A", "a\r\n\r\n<evil>" } },
	{ "a folded line", { "X-A", "a\r\n evil" } },
	{ "a folded line, a tab", { "X-A", "a\r\n\tevil" } },
	{ "a folded line, no return", { "X-A", "a\n evil" } },
	{ "DEL in a value", { "X-A", "evil\x7f" } },
	{ "a control in a value", { "X-A", "evil\x01" } },
	{ "a vertical tab in a value", { "X-A", "evil\v" } },
	{ "an escape in a value", { "X-A", "\x1b[31mevil" } },
	{ "a line end in Location", { "Location", "/a\r\nX-Evil: evil" } },
	{ "a line feed in Set-Cookie", { "Set-Cookie", "a=b\nX-Evil: evil" } },
	{ "a line end in Content-Type",
	  { "Content-Type", "text/html\r\nX-Evil: evil" } },
	{ "a line end in Content-Disposition",
	  { "Content-Disposition", "attachment; filename=\"a\r\nevil\"" } },
	{ "a line end in a name", { "X-A\r\nX-Evil", "evil" } },
	{ "a line feed behind a name", { "X-Evil\n", "evil" } },
	{ "a colon in a name", { "X-Evil: evil", "a" } },
	{ "a space in a name", { "X Evil", "evil" } },
	{ "a space behind a name", { "X-Evil ", "evil" } },
	{ "a tab in a name", { "X\tEvil", "evil" } },
	{ "DEL in a name", { "X-Evil\x7f", "evil" } },
	{ "no ASCII in a name", { "X-\xc3\xa9vil", "evil" } },
	{ "no name", { "", "evil" } },
	{ NULL, { NULL, NULL } }
};

static void
bad_fields(void **state)
{
	struct answer a = { .status = PRG_SEE_OTHER, .make = make_field };

	(void)state;
	for (const struct bad *b = bad; b->name != NULL; b++) {
		a.arg = &b->field;
		run(&a);
		assert_given_up(&a, b->name);
		free(a.text);
	}
}

/* tchar of RFC 9110, 5.6.2; and what a value may hold (5.5). */
static bool
fits(int c, bool in_name)
{
	if (!in_name)
		return c == '\t' || (c >= ' ' && c != 0x7f);
	return c < 0x80 && strchr("!#$%&'*+-.^_`|~0123456789"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", c) != NULL;
}

static void
every_byte_in_a_field(void **state)
{
	struct answer a = { .status = PRG_OK, .make = make_field };
	char text[] = "a?z";
	const struct pair name = { text, "b" }, value = { "X-A", text };

	(void)state;
	for (int c = 1; c < 256; c++) {
		text[1] = (char)c;
		for (int in_name = 0; in_name < 2; in_name++) {
			a.arg = in_name ? &name : &value;
			run(&a);
			if ((strstr(a.text, " 200 OK\r\n") != NULL) !=
			    fits(c, in_name) || (fits(c, in_name) &&
			    strcmp(field(&a, in_name ? text : "X-A"),
			    in_name ? "b" : text) != 0))
				fail_msg("%02x, %d:\n%s", c, in_name, a.text);
			free(a.text);
		}
	}
}

/* Whatever came before a bad field, or comes behind it. */
static void
make_bad_first(struct prg_reply *r, const void *arg)
{
	prg_reply_header(r, "X-A", "evil\n");
	prg_reply_see_other(r, "/a", &messages);
	(void)arg;
}

static void
a_bad_field_stays_bad(void **state)
{
	struct answer a = { .status = PRG_SEE_OTHER, .make = make_bad_first };

	(void)state;
	run(&a);
	assert_given_up(&a, "a redirect behind it");
	assert_field(&a, "Location", "");
	free(a.text);
}

static void
a_bad_field_to_head(void **state)
{
	struct answer a = { .status = PRG_OK, .method = PRG_METHOD_HEAD,
	    .make = make_bad_first };

	(void)state;
	run(&a);
	assert_non_null(strstr(a.text, "Status: 500 "));
	assert_int_equal(a.body_len, 0);
	free(a.text);
}

/* -- Ceilings ------------------------------------------------------------- */

/* '*arg' bytes of head, in one field. */
static void
make_head(struct prg_reply *r, const void *arg)
{
	size_t n = *(const size_t *)arg - strlen("A: \r\n");
	char *value = prg_arena_get(r->arena, n + 1);

	memset(value, 'x', n);
	prg_reply_header(r, "A", value);
}

static void
make_page(struct prg_reply *r, const void *arg)
{
	size_t n = *(const size_t *)arg;
	char *page = prg_arena_get(r->arena, n);

	memset(page, 'x', n);
	prg_buf_add(&r->body, page, n);
}

static void
make_location(struct prg_reply *r, const void *arg)
{
	size_t n = *(const size_t *)arg - strlen("Location: \r\n");
	char *url = prg_arena_get(r->arena, n + 1);

	memset(url, 'x', n);
	prg_reply_location(r, url);
}

static const struct ceiling {
	const char	*name;
	void		(*make)(struct prg_reply *, const void *);
	size_t		 n;
	bool		 good;
} ceilings[] = {
	{ "a head at its limit", make_head, PRG_MAX_HEAD, true },
	{ "one below", make_head, PRG_MAX_HEAD - 1, true },
	{ "one beyond", make_head, PRG_MAX_HEAD + 1, false },
	{ "far beyond", make_head, 10 * PRG_MAX_HEAD, false },
	{ "a Location at its limit", make_location, PRG_MAX_HEAD, true },
	{ "a Location one beyond", make_location, PRG_MAX_HEAD + 1, false },
	{ "a Location far beyond", make_location, 9 * PRG_MAX_HEAD, false },
	{ "a page at its limit", make_page, PRG_MAX_PAGE, true },
	{ "a page one below", make_page, PRG_MAX_PAGE - 1, true },
	{ "a page one beyond", make_page, PRG_MAX_PAGE + 1, false },
	{ NULL, NULL, 0, false }
};

static void
ceilings_table(void **state)
{
	struct answer a = { .status = PRG_OK };

	(void)state;
	for (const struct ceiling *c = ceilings; c->name != NULL; c++) {
		a.make = c->make;
		a.arg = &c->n;
		run(&a);
		if ((strncmp(a.text, "Status: 200 OK", 14) == 0) != c->good)
			fail_msg("%s: %.40s", c->name, a.text);
		if (!c->good)
			assert_given_up(&a, c->name);
		assert_length(&a);
		free(a.text);
	}
}

/* -- Location ------------------------------------------------------------- */

static void
make_redirect(struct prg_reply *r, const void *arg)
{
	prg_reply_location(r, arg);
}

static const struct location {
	const char	*name, *url, *location;
} locations[] = {
	{ "a path", "/a/0ujtsYcgvSTl8PAuAdqWYSMnLOv",
	  "/a/0ujtsYcgvSTl8PAuAdqWYSMnLOv" },
	{ "a query and a fragment", "/a?b=c&d;e#f", "/a?b=c&d;e#f" },
	{ "what a URI holds", "/-._~:?#[]@!$&'()*+,;=",
	  "/-._~:?#[]@!$&'()*+,;=" },
	{ "escapes stay", "/a%2Fb%c3", "/a%2Fb%c3" },
	{ "UTF-8", "/caf\xc3\xa9", "/caf%C3%A9" },
	{ "no UTF-8", "/\xff", "/%FF" },
	{ "a space", "/a b", "/a%20b" },
	{ "a line end", "/a\r\nX-Evil: b", "/a%0D%0AX-Evil:%20b" },
	{ "a tab", "/\t/a", "/%09/a" },
	{ "controls", "/\x01\x1f\x7f", "/%01%1F%7F" },
	{ "quotes", "/\"'", "/%22'" },
	{ "what HTML would mind", "/<a>&", "/%3Ca%3E&" },
	{ "what no URI holds", "/\\^`{|}", "/%5C%5E%60%7B%7C%7D" },
	{ NULL, NULL, NULL }
};

static void
locations_table(void **state)
{
	struct answer a = { .status = PRG_SEE_OTHER, .make = make_redirect };

	(void)state;
	for (const struct location *l = locations; l->name != NULL; l++) {
		a.arg = l->url;
		run(&a);
		if (strcmp(field(&a, "Location"), l->location) != 0)
			fail_msg("%s:\n%s", l->name, a.text);
		free(a.text);
	}
}

static void
every_byte_in_a_location(void **state)
{
	struct answer a = { .status = PRG_SEE_OTHER, .make = make_redirect };
	char url[] = "/?/", want[8];

	(void)state;
	a.arg = url;
	for (int c = 1; c < 256; c++) {
		url[1] = (char)c;
		snprintf(want, sizeof(want), c > ' ' && c < 0x7f &&
		    strchr("\"<>\\^`{|}", c) == NULL ? "/%c/" : "/%%%02X/", c);
		run(&a);
		assert_field(&a, "Location", want);
		free(a.text);
	}
}

static void
make_see_other(struct prg_reply *r, const void *arg)
{
	prg_reply_see_other(r, arg, &messages);
}

/* The note's link is escaped for HTML, Location is not. */
static void
see_other(void **state)
{
	struct answer a = { .status = PRG_SEE_OTHER, .make = make_see_other,
	    .method = PRG_METHOD_POST, .arg = "/a?b=1&c='\"<script>" };

	(void)state;
	run(&a);
	assert_non_null(strstr(a.text, "Status: 303 See Other\r\n"));
	assert_field(&a, "Location", "/a?b=1&c='%22%3Cscript%3E");
	assert_field(&a, "Content-Type", "text/html; charset=utf-8");
	assert_field(&a, "Cache-Control", "no-store");
	assert_length(&a);
	assert_non_null(strstr(a.body, "<a href=\"/a?b=1&amp;c=&#39;&quot;"
	    "&lt;script&gt;\">/a?b=1&amp;c=&#39;&quot;&lt;script&gt;</a>"));
	assert_null(strstr(a.body, "<script"));
	free(a.text);
}

/* -- Problems ------------------------------------------------------------- */

/* Those of RFC 9110, section 15, and RFC 6585. */
static const struct status {
	enum prg_status	 status;
	const char	*line;
} statuses[] = {
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
	{ 0, NULL }
};

/* What prg_reply_problem() takes. */
struct problem {
	struct prg_views	*views;
	struct prg_problem	 p;
};

static void
make_problem(struct prg_reply *r, const void *arg)
{
	const struct problem *p = arg;

	prg_reply_problem(r, p->views, &p->p);
}

/* The status line, and what no error is without. */
static void
assert_problem(const struct answer *a, const struct status *s,
    const char *type)
{
	size_t n = strlen("Status: ");

	if (strncmp(a->text + n, s->line, strlen(s->line)) != 0 ||
	    a->text[n + strlen(s->line)] != '\r')
		fail_msg("no \"%s\" in:\n%s", s->line, a->text);
	assert_field(a, "Content-Type", type);
	assert_field(a, "Cache-Control", "no-store");
	assert_field(a, "Vary", "Accept");
	if ((field(a, "Retry-After")[0] != '\0') !=
	    (s->status == PRG_SERVICE_UNAVAILABLE))
		fail_msg("Retry-After in:\n%s", a->text);
	assert_length(a);
}

static void
problems_in_json(void **state)
{
	const struct problem p = { .p = { .messages = &messages, .json = true } };
	struct answer a = { .make = make_problem, .arg = &p };
	json_t *j;

	(void)state;
	for (const struct status *s = statuses; s->line != NULL; s++) {
		a.status = s->status;
		run(&a);
		assert_problem(&a, s, "application/problem+json");
		j = json_loads(a.body, JSON_REJECT_DUPLICATES, NULL);
		if (j == NULL)
			fail_msg("%s: no JSON: %s", s->line, a.body);
		assert_int_equal(json_integer_value(json_object_get(j,
		    "status")), s->status);
		assert_string_equal(json_string_value(json_object_get(j,
		    "title")), s->line + 4);
		assert_string_equal(json_string_value(json_object_get(j,
		    "type")), "about:blank");
		assert_string_not_equal(json_string_value(json_object_get(j,
		    "detail")), s->line + 4);
		assert_int_equal(json_object_size(j), 4);
		json_decref(j);
		free(a.text);
	}
}

static void
what_is_wrong_in_json(void **state)
{
	struct problem p = { .p = { .detail = "Not \"so\"\n\xc3\xa9",
	    .json = true } };
	struct answer a = { .status = PRG_UNPROCESSABLE_CONTENT,
	    .make = make_problem, .arg = &p };
	json_t *want, *j;

	(void)state;
	p.p.errors = json_pack("[{s:s,s:s}]", "detail", "too long",
	    "pointer", "#/name");
	want = json_deep_copy(p.p.errors);
	run(&a);
	j = json_loads(a.body, 0, NULL);
	assert_non_null(j);
	assert_true(json_equal(json_object_get(j, "errors"), want));
	assert_string_equal(json_string_value(json_object_get(j, "detail")),
	    p.p.detail);
	json_decref(want);
	json_decref(j);
	free(a.text);
}

static void
problems_in_html(void **state)
{
	struct problem p = { .p.messages = &messages };
	struct answer a = { .make = make_problem, .arg = &p };
	char name[16], title[128];
	struct prg_error err;

	(void)state;
	assert_int_equal(prg_views_open(&(struct prg_views_source){ 0 },
	    &p.views, &err), 0);
	p.p.globals = (struct prg_var){ .type = PRG_VAR_OBJECT };
	for (const struct status *s = statuses; s->line != NULL; s++) {
		a.status = s->status;
		p.p.errors = json_pack("[s]", "x");	/* taken here too */
		run(&a);
		assert_problem(&a, s, "text/html; charset=utf-8");
		snprintf(name, sizeof(name), "title_%d", s->status);
		snprintf(title, sizeof(title), "<h1>%s</h1>",
		    prg_messages_find(&messages, name));
		if (strstr(a.body, title) == NULL ||
		    strstr(a.body, "</html>") == NULL)
			fail_msg("%s:\n%s", s->line, a.body);
		free(a.text);
	}
	prg_views_close(p.views);
}

/* What it says is text, and the app's own words are seen. */
static void
what_is_wrong_in_html(void **state)
{
	struct problem p = { .p = { .detail = "<b>&\"", .messages = &messages } };
	struct answer a = { .status = PRG_FORBIDDEN, .make = make_problem,
	    .arg = &p };
	json_t *globals = json_pack("{s:s}", "site", "Our <site>");
	struct prg_error err;

	(void)state;
	assert_int_equal(prg_views_open(&(struct prg_views_source){ 0 },
	    &p.views, &err), 0);
	p.p.globals = prg_var_json(globals);
	run(&a);
	assert_non_null(strstr(a.body, "&lt;b&gt;&amp;&quot;"));
	assert_null(strstr(a.body, "<b>"));
	assert_non_null(strstr(a.body, "Our &lt;site&gt;"));
	json_decref(globals);
	free(a.text);
	prg_views_close(p.views);
}

/* -- A peer that is gone -------------------------------------------------- */

static int
answer_nobody(struct prg_conn *c, const struct prg_span *part, int n)
{
	(void)c;
	(void)part;
	return n > 0 ? -1 : 0;
}

static void
a_peer_that_is_gone(void **state)
{
	static const struct prg_conn_ops ops = { .answer = answer_nobody };
	struct prg_request request = { .method = PRG_METHOD_GET };
	struct prg_conn c = { .ops = &ops };
	struct prg_arena arena = { 0 };
	struct prg_reply r = prg_reply(&arena, PRG_OK);

	(void)state;
	assert_int_equal(prg_reply_send(&r, &c, &request), -1);
	prg_arena_release(&arena);
}

static int
make_words(void **state)
{
	struct prg_error err;

	(void)state;
	return prg_messages_make(&forever, NULL, &messages, &err);
}

static int
release_words(void **state)
{
	(void)state;
	prg_arena_release(&forever);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_one),
		cmocka_unit_test(status_behind),
		cmocka_unit_test(any_bytes_in_a_body),
		cmocka_unit_test(without_a_body),
		cmocka_unit_test(a_default_that_is_given),
		cmocka_unit_test(bad_fields),
		cmocka_unit_test(every_byte_in_a_field),
		cmocka_unit_test(a_bad_field_stays_bad),
		cmocka_unit_test(a_bad_field_to_head),
		cmocka_unit_test(ceilings_table),
		cmocka_unit_test(locations_table),
		cmocka_unit_test(every_byte_in_a_location),
		cmocka_unit_test(see_other),
		cmocka_unit_test(problems_in_json),
		cmocka_unit_test(what_is_wrong_in_json),
		cmocka_unit_test(problems_in_html),
		cmocka_unit_test(what_is_wrong_in_html),
		cmocka_unit_test(a_peer_that_is_gone),
	};

	return cmocka_run_group_tests_name("reply", tests, make_words,
	    release_words);
}
