/*
 * prg_test.c - requests to an app from memory, as a browser makes them.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/date.h"
#include "base/log.h"
#include "base/scan.h"
#include "prg_test.h"
#include "serve/req.h"

#define WHITE	" \t\r\n"

/* An app that is open. */
struct prg_test_site {
	struct prg_core		 core;
	char			 folder[32];	/* of the store */
	struct prg_test		*visitors;
	struct prg_test_site	*next;
};

static struct prg_test_site *sites;

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
	bool option = attribute(a, tag, "option") != NULL;
	bool box = type != NULL && (strcmp(type, "checkbox") == 0 ||
	    strcmp(type, "radio") == 0);

	if (attribute(a, tag, "textarea") != NULL) {
		prg_take_char(page, '\n');
		return unescape(a, take_until(page, "<"));
	}
	if ((option && attribute(a, tag, "selected") == NULL) ||
	    (box && attribute(a, tag, "checked") == NULL))
		return NULL;
	return attribute(a, tag, "value");
}

/* The action "/path?" keeps the query of a page out of the POST. */
static bool
is_action(const char *action, const char *path)
{
	size_t len = strlen(path);

	return action != NULL && strncmp(action, path, len) == 0 &&
	    (action[len] == '\0' || strcmp(action + len, "?") == 0);
}

/*
 * The values, then all else that the form with this action has on the page;
 * NULL if there is no such form.
 */
static const char *
fill(const struct prg_test *t, const char *action, const char *values)
{
	struct prg_arena *a = &t->r->arena;
	struct prg_span page = prg_span(t->body), tag;
	struct prg_buf b = prg_buf(a, SIZE_MAX / 4);
	const char *name, *value, *select = NULL;
	bool inside = false;

	prg_buf_printf(&b, "&%s", values);
	while (take_until(&page, "<"), prg_take_char(&page, '<')) {
		tag = take_until(&page, ">");
		prg_take_char(&page, '>');
		if (attribute(a, tag, "form") != NULL)
			inside = is_action(attribute(a, tag, "action"), action);
		else if (inside && attribute(a, tag, "/form") != NULL)
			return b.p;
		if (!inside)
			continue;
		name = attribute(a, tag, "name");
		if (attribute(a, tag, "select") != NULL)
			select = name;
		if (attribute(a, tag, "option") != NULL)
			name = select;
		if (name == NULL || strstr(prg_arena_printf(a, "&%s", values),
		    prg_arena_printf(a, "&%s=", name)) != NULL ||
		    (value = value_of(a, tag, &page)) == NULL)
			continue;
		prg_buf_printf(&b, "&%s=", name);
		prg_percent_encode(&b, prg_span(value));
	}
	return NULL;
}

/* -- Requests -------------------------------------------------------------- */

/* The params of a request, "NAME=value", as a gateway has them. */
static char **
params_of(struct prg_arena *a, const json_t *object)
{
	char **params = prg_arena_get(a, (json_object_size(object) + 1) *
	    sizeof(*params));
	const char *name;
	json_t *value;
	size_t n = 0;

	json_object_foreach((json_t *)object, name, value)
		params[n++] = prg_arena_printf(a, "%s=%s", name,
		    json_string_value(value));
	return params;
}

/* Answer the request; it is kept, with its errors, until the next one. */
static void
answer(void *arg, struct prg_conn *conn)
{
	struct prg_test *t = arg;

	t->r = prg_req_take(&t->site->core, conn);
	prg_answer(t->r);
}

static void
read_answer(struct prg_test *t, struct prg_memory *m)
{
	char *body = strstr(m->out, "\r\n\r\n") + strlen("\r\n\r\n");
	struct prg_span cookie;

	t->head = prg_arena_copy(&t->r->arena, m->out, (size_t)(body - m->out));
	t->body = prg_arena_strdup(&t->r->arena, body);
	t->status = atoi(prg_test_header(t, "Status"));
	t->location = prg_test_header(t, "Location");
	json_decref(t->json);
	t->json = json_loads(t->body, 0, NULL);
	cookie = prg_span(prg_test_header(t, "Set-Cookie"));
	if (cookie.len > 0)
		prg_test_set(t, "HTTP_COOKIE", prg_arena_printf(&t->r->arena,
		    "%.*s", (int)strcspn(cookie.p, ";"), cookie.p));
}

/* The arguments may be texts of the answer before. */
static int
request(struct prg_test *t, const char *method, const char *path,
    const char *body)
{
	struct prg_arena a = { NULL };
	struct prg_memory m = { .body = body, .body_len = strlen(body) };
	struct prg_req *last = t->r;

	prg_test_set(t, "REQUEST_METHOD", method);
	prg_test_set(t, "REQUEST_URI", path);
	prg_test_set(t, "CONTENT_LENGTH", prg_arena_printf(&a, "%zu",
	    m.body_len));
	m.params = params_of(&a, t->params);
	prg_memory_run(&m, &(struct prg_service){ .serve = answer, .arg = t });
	read_answer(t, &m);
	free(m.out);
	prg_arena_release(&a);
	prg_req_give(last);
	return t->status;
}

int
prg_test_get(struct prg_test *t, const char *path)
{
	return request(t, "GET", path, "");
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
		request(t, "POST", action, body);
	else
		warnx("prg_test_post: no form has the action \"%s\"", action);
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
	if (values != NULL)
		request(t, "POST", path, values);
	else
		request(t, "GET", path, "");
	json_decref(t->params);
	t->params = kept;
	return t->status;
}

void
prg_test_set(struct prg_test *t, const char *variable, const char *value)
{
	if (value != NULL)
		json_object_set_new(t->params, variable, json_string(value));
	else
		json_object_del(t->params, variable);
}

const char *
prg_test_header(struct prg_test *t, const char *name)
{
	struct prg_span head = prg_span(t->head), line, key;

	while (prg_span_split(head, '\n', &line, &head)) {
		key = take_until(&line, ":");
		if (prg_span_alike(key, prg_span(name)) && line.len > 2)
			return prg_arena_copy(&t->r->arena, line.p + 2,
			    line.len - 3);
	}
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

	prg_now_set(seconds * 1000);
	while (prg_store_sweep(t->site->core.store, prg_now(), &count) == 1)
		;
}

/* -- Open and close -------------------------------------------------------- */

static struct prg_test *
add_visitor(struct prg_test_site *s)
{
	struct prg_test *t = prg_arena_get(&s->core.arena, sizeof(*t));

	t->location = t->body = t->head = "";
	t->site = s;
	t->r = prg_req_take(&s->core, NULL);
	t->params = json_pack("{s:s, s:s, s:s, s:s, s:s}",
	    "CONTENT_TYPE", "application/x-www-form-urlencoded",
	    "HTTP_ACCEPT", "text/html,*/*;q=0.8", "HTTP_HOST", "localhost",
	    "HTTP_SEC_FETCH_SITE", "same-origin", "REMOTE_ADDR", "127.0.0.1");
	t->next = s->visitors;
	return s->visitors = t;
}

struct prg_test *
prg_test_visitor(struct prg_test *t)
{
	return add_visitor(t->site);
}

static int
start(struct prg_test_site *s, struct prg_error *err)
{
	struct prg_options *o = &s->core.options;
	char *argv[] = { "test", NULL };

	setenv("PRG_LOG_LEVEL", "warning", 0);
	if (prg_id_open() == -1 || prg_options_read(o, 1, argv, err) == -1)
		return -1;
	prg_log_open(s->core.app->name, (enum prg_log_level)o->log_level);
	if (mkdtemp(strcpy(s->folder, "/dev/shm/prg-test.XXXXXX")) == NULL &&
	    mkdtemp(strcpy(s->folder, "/tmp/prg-test.XXXXXX")) == NULL)
		return prg_error_set(err, "%s: %s", s->folder,
		    strerror(errno));
	o->store = prg_arena_printf(&s->core.arena, "%s/store", s->folder);
	return prg_core_open(&s->core, err);
}

static void
stop(struct prg_test_site *s)
{
	static const char *const files[] = { "", "-wal", "-shm", "-turn" };
	struct prg_test_site **p = &sites;
	char name[64];

	for (struct prg_test *t = s->visitors; t != NULL; t = t->next) {
		json_decref(t->params);
		json_decref(t->json);
	}
	prg_core_close(&s->core);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(name, sizeof(name), "%s/store%s", s->folder, files[i]);
		unlink(name);
	}
	rmdir(s->folder);
	while (*p != s)
		p = &(*p)->next;
	*p = s->next;
	free(s);
}

static void
stop_all(void)
{
	while (sites != NULL)
		stop(sites);
}

struct prg_test *
prg_test_open(const struct prg_app *app)
{
	static bool once;
	struct prg_test_site *s = calloc(1, sizeof(*s));
	struct prg_error error = { "" };

	if (!once)
		once = atexit(stop_all) == 0;
	if (s == NULL)
		err(1, "prg_test_open");
	s->core = (struct prg_core){ .app = app, .endpoints = prg_endpoints,
	    .lock = PTHREAD_MUTEX_INITIALIZER };
	s->next = sites;
	sites = s;
	if (start(s, &error) == -1)
		errx(1, "prg_test_open: %s", error.text);
	return add_visitor(s);
}

void
prg_test_close(struct prg_test *t)
{
	stop(t->site);
}
