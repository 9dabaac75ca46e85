/*
 * prg_test.c - requests to an app from memory, as a browser makes them.
 */
#include <err.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/date.h"
#include "base/log.h"
#include "base/scan.h"
#include "prg_test.h"
#include "serve/req.h"

#define WHITE	" \t\r\n"

/* The app that is open; its store is the file "store" in the folder. */
static struct prg_core core;
static char folder[32];

/* -- The form on a page ---------------------------------------------------- */

static struct prg_span
take_until(struct prg_span *s, const char *set)
{
	size_t n = 0;

	while (n < s->len && strchr(set, s->p[n]) == NULL)
		n++;
	return prg_take(s, n);
}

/* Undo prg_html_escape(). */
static const char *
unescape(struct prg_arena *a, struct prg_span s)
{
	static const char *const names[] = { "&lt;", "&gt;", "&quot;", "&#39;",
	    "&amp;" };
	struct prg_buf b = prg_buf(a, s.len);
	size_t i;

	while (s.len > 0) {
		for (i = 0; i < 5 && !prg_take_text(&s, names[i]); i++)
			;
		prg_buf_char(&b, i < 5 ? "<>\"'&"[i] : *prg_take(&s, 1).p);
	}
	return b.p;
}

/* The value of an attribute in 'input name="a" checked'; NULL if missing. */
static const char *
attribute(struct prg_arena *a, struct prg_span tag, const char *name)
{
	struct prg_span key, value;

	do {
		key = take_until(&tag, WHITE "=");
		value = (struct prg_span){ "", 0 };
		if (prg_take_text(&tag, "=\"")) {
			value = take_until(&tag, "\"");
			prg_take(&tag, 1);
		}
		if (prg_span_is(key, name))
			return unescape(a, value);
	} while (prg_take_run(&tag, WHITE).len > 0);
	return NULL;
}

/* The value of a control as the page has it; NULL if none is sent. */
static const char *
value_of(struct prg_arena *a, struct prg_span tag, struct prg_span *page)
{
	const char *type = attribute(a, tag, "type");
	const char *mark = attribute(a, tag, "option") != NULL ? "selected" :
	    type != NULL && strstr("checkbox radio", type) != NULL ?
	    "checked" : "value";

	if (attribute(a, tag, "textarea") != NULL) {
		prg_take_char(page, '\n');
		return unescape(a, take_until(page, "<"));
	}
	return attribute(a, tag, mark) != NULL ? attribute(a, tag, "value") :
	    NULL;
}

/*
 * The values, then all else that the form with this action has on the page;
 * NULL if there is no such form.
 */
static const char *
fill(const struct prg_test *t, const char *action, const char *values)
{
	const char *sent, *at, *name, *value, *select = NULL;
	struct prg_span page = prg_span(t->body), tag;
	struct prg_arena *a = &t->r->arena;
	struct prg_buf b = prg_buf(a, SIZE_MAX / 4);
	bool inside = false;

	sent = prg_arena_printf(a, "&%s", values);
	prg_buf_str(&b, sent);
	while (take_until(&page, "<"), prg_take_char(&page, '<')) {
		tag = take_until(&page, ">");
		prg_take_char(&page, '>');
		/* A '?' at its end keeps the query of the page away. */
		if ((at = attribute(a, tag, "action")) != NULL)
			inside = strncmp(at, action, strlen(action)) == 0 &&
			    strchr("?", at[strlen(action)]) != NULL;
		if (inside && attribute(a, tag, "/form") != NULL)
			return b.p;
		name = attribute(a, tag, "name");
		if (attribute(a, tag, "select") != NULL)
			select = name;
		if (attribute(a, tag, "option") != NULL)
			name = select;
		if (inside && name != NULL && strstr(sent, prg_arena_printf(a,
		    "&%s=", name)) == NULL &&
		    (value = value_of(a, tag, &page)) != NULL) {
			prg_buf_printf(&b, "&%s=", name);
			prg_percent_encode(&b, prg_span(value));
		}
	}
	return NULL;
}

/* -- Requests -------------------------------------------------------------- */

/* Answer the request; it is kept, with its errors, until the next one. */
static void
answer(void *arg, struct prg_conn *conn)
{
	struct prg_test *t = arg;

	t->r = prg_req_take(&core, conn);
	prg_answer(t->r);
}

static void
read_answer(struct prg_test *t, const char *out)
{
	struct prg_arena *a = &t->r->arena;
	const char *cookie;

	t->body = prg_arena_strdup(a, strstr(out, "\r\n\r\n") + 4);
	t->head = prg_arena_copy(a, out, strlen(out) - strlen(t->body));
	t->status = atoi(prg_test_header(t, "Status"));
	t->location = prg_test_header(t, "Location");
	t->json = prg_json_defer(a, json_loads(t->body, 0, NULL));
	if (*(cookie = prg_test_header(t, "Set-Cookie")) != '\0')
		prg_test_set(t, "HTTP_COOKIE", prg_arena_copy(a, cookie,
		    strcspn(cookie, ";")));
}

/* The arguments may be texts of the answer before. */
static int
request(struct prg_test *t, const char *path, const char *body)
{
	struct prg_memory m = { .body = body, .body_len = strlen(body) };
	struct prg_req *last = t->r;
	struct prg_arena *a = &last->arena;
	size_t n = 0;

	prg_test_set(t, "CONTENT_LENGTH", prg_arena_printf(a, "%zu",
	    m.body_len));
	prg_test_set(t, "REQUEST_METHOD", m.body_len > 0 ? "POST" : "GET");
	prg_test_set(t, "REQUEST_URI", path);
	m.params = prg_arena_get(a, (json_object_size(t->params) + 1) *
	    sizeof(*m.params));
	for (void *i = json_object_iter(t->params); i != NULL;
	    i = json_object_iter_next(t->params, i))
		m.params[n++] = prg_arena_printf(a, "%s=%s",
		    json_object_iter_key(i),
		    json_string_value(json_object_iter_value(i)));
	prg_memory_run(&m, &(struct prg_service){ .serve = answer, .arg = t });
	read_answer(t, m.out);
	free(m.out);
	prg_req_give(last);
	return t->status;
}

int
prg_test_get(struct prg_test *t, const char *path)
{
	return request(t, path, "");
}

int
prg_test_follow(struct prg_test *t)
{
	enum { MOST = 20 };	/* as many as browsers follow */

	for (int i = 0; i < MOST && t->status == PRG_SEE_OTHER; i++)
		prg_test_get(t, t->location);
	return t->status;
}

int
prg_test_post(struct prg_test *t, const char *path, const char *values)
{
	char *action = strdup(path);
	const char *body;

	prg_test_follow(t);
	if ((body = fill(t, action, values)) == NULL) {
		prg_test_get(t, action);
		body = fill(t, action, values);
	}
	if (body != NULL)
		request(t, action, body);
	else
		warnx("prg_test_post: %s: no form has this action", action);
	free(action);
	return t->status;
}

int
prg_test_send(struct prg_test *t, const char *path, const char *values,
    const char *key)
{
	json_t *kept = t->params;

	t->params = json_copy(kept);
	prg_test_set(t, "HTTP_ACCEPT", "application/json");
	prg_test_set(t, "HTTP_SEC_FETCH_SITE", NULL);
	prg_test_set(t, "HTTP_IDEMPOTENCY_KEY", key);
	request(t, path, values == NULL ? "" : values[0] != '\0' ? values :
	    "&");
	json_object_set(kept, "HTTP_COOKIE",
	    json_object_get(t->params, "HTTP_COOKIE"));
	json_decref(t->params);
	t->params = kept;
	return t->status;
}

void
prg_test_set(struct prg_test *t, const char *variable, const char *value)
{
	json_object_set_new_nocheck(t->params, variable,
	    json_string_nocheck(value != NULL ? value : ""));
}

const char *
prg_test_header(struct prg_test *t, const char *name)
{
	struct prg_span head = prg_span(t->head), line;

	while (prg_span_split(head, '\n', &line, &head))
		if (prg_span_alike(take_until(&line, ":"), prg_span(name)))
			return prg_arena_copy(&t->r->arena, line.p + 2,
			    line.len - strlen(": \r"));
	return "";
}

const char *
prg_test_error(struct prg_test *t, const char *field)
{
	const struct prg_field_error *e = t->r->errors.first;

	while (e != NULL && strcmp(e->field != NULL ? e->field->name : "",
	    field != NULL ? field : "") != 0)
		e = e->next;
	return e != NULL ? e->text : "";
}

void
prg_test_time(struct prg_test *t, int64_t seconds)
{
	int count = 0;

	(void)t;
	prg_now_set(seconds * 1000);
	while (prg_store_sweep(core.store, prg_now(), &count) == 1)
		;
}

/* unixepoch() and all other dates in SQL, by the same clock. */
static int
sql_now(sqlite3_vfs *vfs, sqlite3_int64 *julian)
{
	(void)vfs;
	*julian = prg_now() + INT64_C(210866760000000);
	return SQLITE_OK;
}

/* -- Open and close -------------------------------------------------------- */

struct prg_test *
prg_test_visitor(struct prg_test *other)
{
	struct prg_test *t = prg_arena_get(&core.arena, sizeof(*t));

	t->location = t->body = t->head = "";
	t->r = prg_req_take(&core, NULL);
	t->params = prg_json_defer(&core.arena, json_pack(
	    "{s:s, s:s, s:s, s:s, s:s}",
	    "CONTENT_TYPE", "application/x-www-form-urlencoded",
	    "HTTP_ACCEPT", "text/html,*/*;q=0.8", "HTTP_HOST", "localhost",
	    "HTTP_SEC_FETCH_SITE", "same-origin", "REMOTE_ADDR", "127.0.0.1"));
	(void)other;
	return t;
}

static __attribute__((destructor)) void
stop(void)
{
	static const char *const files[] = { "", "-wal", "-shm", "-turn" };
	char name[64];

	if (folder[0] == '\0')
		return;
	prg_core_close(&core);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(name, sizeof(name), "%s/store%s", folder, files[i]);
		unlink(name);
	}
	rmdir(folder);
	folder[0] = '\0';
}

struct prg_test *
prg_test_open(const struct prg_app *app)
{
	char *argv[] = { "test", NULL };
	struct prg_error e = { "libsodium does not start" };

	stop();
	core = (struct prg_core){ .app = app, .endpoints = prg_endpoints,
	    .lock = PTHREAD_MUTEX_INITIALIZER };
	setenv("PRG_LOG_LEVEL", "warning", 0);
	if (prg_id_open() == -1 ||
	    prg_options_read(&core.options, 1, argv, &e) == -1)
		errx(1, "%s", e.text);
	prg_log_open(app->name, (enum prg_log_level)core.options.log_level);
	if (mkdtemp(strcpy(folder, "/dev/shm/prg-test.XXXXXX")) == NULL &&
	    mkdtemp(strcpy(folder, "/tmp/prg-test.XXXXXX")) == NULL)
		err(1, "%s", folder);
	core.options.store = prg_arena_printf(&core.arena, "%s/store", folder);
	if (prg_core_open(&core, &e) == -1)
		errx(1, "%s: %s", app->name, e.text);
	sqlite3_vfs_find(NULL)->xCurrentTimeInt64 = sql_now;
	return prg_test_visitor(NULL);
}

void
prg_test_close(struct prg_test *t)
{
	(void)t;
	stop();
}
