/*
 * libfcgi.c - the guestbook by hand: blocking threads on libfcgi and SQLite.
 *
 * usage: rival SOCKET THREADS STORE
 * As one writes it without a framework: the form, a POST that is durable before it
 * is answered with 303, the page of the result.
 */
#include <errno.h>
#include <fcgiapp.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { ID_BYTES = 16, ID_LEN = 2 * ID_BYTES, MAX_BODY = 64 << 10, BACKLOG = 1024 };

struct entry {
	char	id[ID_LEN + 1];
	char	name[321];
	char	message[8001];
	int	stars;
	time_t	created;
};

struct worker {
	sqlite3		*db;
	sqlite3_stmt	*put, *find;
	FCGX_Request	 req;
	char		 body[MAX_BODY + 1];
};

static const char *store;
static int listener;
/* SQLite has one writer; a mutex is a better queue for it than its busy handler. */
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;

static const char head[] =
    "X-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'"
    " data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Content-Type: text/html; charset=utf-8\r\n\r\n";

static const char page_start[] = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
    "<meta charset=\"utf-8\">\n<meta name=\"viewport\""
    " content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n";

static const char page_top[] = "<link rel=\"icon\" href=\"data:,\">\n"
    "<link rel=\"stylesheet\" href=\"/static/prg.css\">\n</head>\n<body>\n"
    "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n"
    "<header><a href=\"/\">Guestbook</a></header>\n<main id=\"main\">\n";

static const char page_end[] = "</main>\n</body>\n</html>\n";

/* -- Text ------------------------------------------------------------------- */

static void
put(FCGX_Stream *out, const char *s)
{
	FCGX_PutStr(s, (int)strlen(s), out);
}

static void
put_escaped(FCGX_Stream *out, const char *s)
{
	size_t n;

	while (*s != '\0') {
		n = strcspn(s, "&<>\"'");
		FCGX_PutStr(s, (int)n, out);
		s += n;
		switch (*s) {
		case '&':	put(out, "&amp;"); break;
		case '<':	put(out, "&lt;"); break;
		case '>':	put(out, "&gt;"); break;
		case '"':	put(out, "&quot;"); break;
		case '\'':	put(out, "&#39;"); break;
		default:	return;
		}
		s++;
	}
}

static int
hex(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The value of a field of the body, decoded; false: not there, or too long. */
static bool
field(const char *body, const char *name, char *to, size_t max)
{
	size_t len = strlen(name), n = 0;
	const char *p = body;

	while (strncmp(p, name, len) != 0 || p[len] != '=') {
		if ((p = strchr(p, '&')) == NULL)
			return false;
		p++;
	}
	for (p += len + 1; *p != '\0' && *p != '&'; p++, n++) {
		if (n == max)
			return false;
		to[n] = *p == '+' ? ' ' : *p;
		if (*p == '%' && hex(p[1]) >= 0 && hex(p[2]) >= 0) {
			to[n] = (char)(hex(p[1]) << 4 | hex(p[2]));
			p += 2;
		}
	}
	to[n] = '\0';
	return true;
}

static bool
is_id(const char *s)
{
	return strlen(s) == ID_LEN && s[strspn(s, "0123456789abcdef")] == '\0';
}

static void
new_id(char id[ID_LEN + 1])
{
	unsigned char bytes[ID_BYTES];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		abort();
	for (int i = 0; i < ID_BYTES; i++)
		sprintf(id + 2 * i, "%02x", bytes[i]);
}

/* -- Pages ------------------------------------------------------------------ */

static void
refuse(struct worker *w, const char *status)
{
	FCGX_FPrintF(w->req.out, "Status: %s\r\n%s%s", status, head, status);
}

static void
show_form(struct worker *w)
{
	FCGX_Stream *out = w->req.out;
	char id[ID_LEN + 1];

	new_id(id);
	put(out, "Cache-Control: private, no-cache\r\n");
	put(out, head);
	put(out, page_start);
	put(out, "<title>Guestbook</title>\n");
	put(out, page_top);
	put(out, "<h1>Guestbook</h1>\n<form method=\"post\" action=\"/\""
	    " accept-charset=\"utf-8\">\n<input type=\"hidden\" name=\"id\" value=\"");
	put(out, id);
	put(out, "\">\n<div class=\"field\">\n<label for=\"f-name\">Your name</label>\n"
	    "<input type=\"text\" id=\"f-name\" name=\"name\" value=\"\""
	    " maxlength=\"80\" required>\n</div>\n<div class=\"field\">\n"
	    "<label for=\"f-message\">Message</label>\n<textarea id=\"f-message\""
	    " name=\"message\" rows=\"6\" maxlength=\"2000\" required></textarea>\n"
	    "</div>\n<div class=\"field\">\n<label for=\"f-stars\">Stars"
	    " <span class=\"optional\">(optional)</span></label>\n"
	    "<input type=\"text\" id=\"f-stars\" name=\"stars\" value=\"\""
	    " inputmode=\"numeric\">\n</div>\n"
	    "<button type=\"submit\">Send</button>\n</form>\n");
	put(out, page_end);
}

static void
put_row(FCGX_Stream *out, const char *label, const char *value)
{
	put(out, "<div><dt>");
	put(out, label);
	put(out, "</dt><dd>");
	put_escaped(out, value);
	put(out, "</dd></div>\n");
}

static void
put_received(FCGX_Stream *out, const struct entry *e)
{
	char text[128];
	struct tm tm;

	gmtime_r(&e->created, &tm);
	strftime(text, sizeof(text), "<div><dt>Received on</dt><dd><time datetime="
	    "\"%Y-%m-%dT%H:%M:%SZ\">%e %B %Y, %H:%M UTC</time></dd></div>\n", &tm);
	put(out, "<dl class=\"rows meta\">\n");
	put(out, text);
	put(out, "<div><dt>Reference</dt><dd><code>");
	put(out, e->id);
	put(out, "</code></dd></div>\n</dl>\n");
}

static void
show_entry(struct worker *w, const struct entry *e)
{
	FCGX_Stream *out = w->req.out;
	char stars[2] = { (char)('0' + e->stars), '\0' };

	put(out, "Cache-Control: public, no-cache\r\nX-Robots-Tag: noindex, nofollow\r\n");
	put(out, head);
	put(out, page_start);
	put(out, "<title>Thank you, ");
	put_escaped(out, e->name);
	put(out, ".</title>\n");
	put(out, page_top);
	put(out, "<h1>Thank you, ");
	put_escaped(out, e->name);
	put(out, ".</h1>\n<dl class=\"rows\">\n");
	put_row(out, "Your name", e->name);
	put_row(out, "Message", e->message);
	put_row(out, "Stars", e->stars > 0 ? stars : "\xE2\x80\x93");
	put(out, "</dl>\n");
	put_received(out, e);
	put(out, "<p>This page stays at its address. Bookmark it to come back:<br>"
	    "<a class=\"address\" href=\"/");
	put(out, e->id);
	put(out, "\">/");
	put(out, e->id);
	put(out, "</a></p>\n<p><a href=\"/\">Guestbook</a></p>\n");
	put(out, page_end);
}

/* -- The store -------------------------------------------------------------- */

static bool
store_put(struct worker *w, const struct entry *e)
{
	bool ok;

	sqlite3_bind_text(w->put, 1, e->id, -1, SQLITE_STATIC);
	sqlite3_bind_text(w->put, 2, e->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(w->put, 3, e->message, -1, SQLITE_STATIC);
	sqlite3_bind_int(w->put, 4, e->stars);
	sqlite3_bind_int64(w->put, 5, e->created);
	pthread_mutex_lock(&writing);
	ok = sqlite3_step(w->put) == SQLITE_DONE;
	sqlite3_reset(w->put);
	pthread_mutex_unlock(&writing);
	return ok;
}

static bool
store_find(struct worker *w, const char *id, struct entry *e)
{
	bool found;

	sqlite3_bind_text(w->find, 1, id, -1, SQLITE_STATIC);
	if ((found = sqlite3_step(w->find) == SQLITE_ROW)) {
		snprintf(e->id, sizeof(e->id), "%s", id);
		snprintf(e->name, sizeof(e->name), "%s",
		    (const char *)sqlite3_column_text(w->find, 0));
		snprintf(e->message, sizeof(e->message), "%s",
		    (const char *)sqlite3_column_text(w->find, 1));
		e->stars = sqlite3_column_int(w->find, 2);
		e->created = sqlite3_column_int64(w->find, 3);
	}
	sqlite3_reset(w->find);
	return found;
}

static bool
store_open(struct worker *w)
{
	return sqlite3_open(store, &w->db) == SQLITE_OK &&
	    sqlite3_busy_timeout(w->db, 5000) == SQLITE_OK &&
	    sqlite3_exec(w->db, "PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = FULL;"
	    "CREATE TABLE IF NOT EXISTS entry (id TEXT PRIMARY KEY, name TEXT,"
	    " message TEXT, stars INTEGER, created INTEGER)",
	    NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(w->db, "INSERT OR IGNORE INTO entry"
	    " VALUES (?1, ?2, ?3, ?4, ?5)", -1, &w->put, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(w->db, "SELECT name, message, stars, created"
	    " FROM entry WHERE id = ?1", -1, &w->find, NULL) == SQLITE_OK;
}

/* -- Requests --------------------------------------------------------------- */

static bool
read_entry(const char *body, struct entry *e)
{
	char stars[8] = "";

	if (!field(body, "id", e->id, ID_LEN) || !is_id(e->id))
		new_id(e->id);
	field(body, "stars", stars, sizeof(stars) - 1);
	e->stars = atoi(stars);
	e->created = time(NULL);
	return field(body, "name", e->name, sizeof(e->name) - 1) &&
	    field(body, "message", e->message, sizeof(e->message) - 1) &&
	    e->name[0] != '\0' && e->message[0] != '\0' &&
	    e->stars >= (stars[0] != '\0') && e->stars <= 5;
}

static void
post(struct worker *w)
{
	struct entry e;
	int n = FCGX_GetStr(w->body, MAX_BODY, w->req.in);

	w->body[n] = '\0';
	if (!read_entry(w->body, &e))
		refuse(w, "400 Bad Request");
	else if (!store_put(w, &e))
		refuse(w, "503 Service Unavailable");
	else
		FCGX_FPrintF(w->req.out, "Status: 303 See Other\r\n"
		    "Location: /%s\r\n%s", e.id, head);
}

static void
serve(struct worker *w)
{
	const char *method = FCGX_GetParam("REQUEST_METHOD", w->req.envp);
	const char *uri = FCGX_GetParam("REQUEST_URI", w->req.envp);
	struct entry e;

	if (method == NULL || uri == NULL || *uri != '/')
		refuse(w, "400 Bad Request");
	else if (strcmp(method, "POST") == 0)
		post(w);
	else if (uri[1] == '\0')
		show_form(w);
	else if (is_id(uri + 1) && store_find(w, uri + 1, &e))
		show_entry(w, &e);
	else
		refuse(w, "404 Not Found");
}

static void *
work(void *arg)
{
	struct worker *w = arg;

	FCGX_InitRequest(&w->req, listener, 0);
	while (FCGX_Accept_r(&w->req) == 0) {
		serve(w);
		/* Without it closing waits until the web server has closed. */
		FCGX_Detach(&w->req);
		FCGX_Finish_r(&w->req);
	}
	return NULL;
}

static int
listen_at(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1 ||
	    chmod(path, 0666) == -1 || listen(fd, BACKLOG) == -1)
		return -1;
	return fd;
}

int
main(int argc, char **argv)
{
	int threads = argc == 4 ? atoi(argv[2]) : 0;
	struct worker *w = calloc(threads > 0 ? (size_t)threads : 1, sizeof(*w));
	pthread_t t;

	if (threads < 1 || w == NULL) {
		fprintf(stderr, "usage: rival SOCKET THREADS STORE\n");
		return 2;
	}
	store = argv[3];
	if (FCGX_Init() != 0 || (listener = listen_at(argv[1])) == -1) {
		fprintf(stderr, "rival: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	for (int i = 0; i < threads; i++)
		if (!store_open(&w[i])) {
			fprintf(stderr, "rival: %s: %s\n", store,
			    sqlite3_errmsg(w[i].db));
			return 1;
		}
	for (int i = 1; i < threads; i++)
		pthread_create(&t, NULL, work, &w[i]);
	fprintf(stderr, "rival: serving\n");
	work(&w[0]);
	return 0;
}
