/*
 * handlers.c - an app for the tests: what handlers ask, and the mistakes that they make.
 */
#include <prg.h>
#include <stdlib.h>
#include <string.h>

struct note {
	const char *text;
};

static const struct prg_field note_fields[] = {
	PRG_TEXT(struct note, text, .label = "Text", .required = true),
	PRG_FIELDS_END
};

/* What the functions return; the query has their arguments. */
static struct prg_page
home(struct prg_req *r)
{
	const char *header = prg_query(r, "header"), *path = prg_query(r, "url");
	const char *user = prg_user(r), *seconds = prg_query(r, "limit");
	const char *value = header != NULL ? prg_header(r, header) : NULL;

	if (prg_query(r, "recent") != NULL)
		prg_recent(r, "notes", 5);
	if (prg_query(r, "all") != NULL)
		prg_list_all(r, "/", "notes", 5);
	if (seconds != NULL)
		return prg_limit_page(r, atoi(seconds), "Wait <%s> s.", seconds);
	prg_set(prg_model(r), "user", "%s", user != NULL ? user : "(none)");
	prg_set(prg_model(r), "remote", "%s", prg_remote(r));
	prg_set(prg_model(r), "header", "%s", value != NULL ? value : "(none)");
	prg_set(prg_model(r), "url", "%s", prg_url(r, path));
	return prg_show(r, NULL);
}

static struct prg_next
limited(struct prg_req *r)
{
	const struct note *n = prg_input(r);

	prg_set(prg_result(r), "url", "%s", prg_url(r, NULL));
	return strcmp(n->text, "soon") == 0 ? prg_created(r) :
	    prg_limit(r, atoi(n->text), "You wrote %s; wait.", n->text);
}

/* The mistake that the text names. */
static struct prg_next
mistaken(struct prg_req *r)
{
	const struct note *n = prg_input(r);

	if (strstr(n->text, "error") != NULL)
		prg_field_error(r, "text", "Not this");
	if (strcmp(n->text, "model") == 0)
		prg_set(prg_model(r), "a", "b");
	if (strcmp(n->text, "fill") == 0)
		prg_fill(r, "text", "a");
	if (strcmp(n->text, "recent") == 0)
		prg_recent(r, "notes", 1);
	if (strstr(n->text, "away") != NULL)
		return prg_redirect(r, "/plain?a=b#c");
	if (strcmp(n->text, "lost") == 0)
		return prg_redirect(r, "/plian");
	if (strcmp(n->text, "none") == 0)
		return (struct prg_next){ 0 };
	return strcmp(n->text, "invalid") == 0 ? prg_invalid(r) : prg_created(r);
}

/* An error that it forgets to return. */
static bool
forget(struct prg_req *r, struct prg_db *db)
{
	const struct note *n = prg_input(r);

	(void)db;
	if (strcmp(n->text, "taken") == 0)
		prg_field_error(r, "text", "Not this");
	return true;
}

/* On a form that is shown again without a redirect, the get runs in the POST. */
static struct prg_page
shows(struct prg_req *r)
{
	const char *template = prg_query(r, "template");
	const struct note *n;

	prg_fill(r, "text", "filled");
	if (prg_query(r, "null") != NULL) {
		prg_recent(r, NULL, 1);
		prg_header(r, NULL);
		prg_cookie(r, NULL);
		prg_query(r, NULL);
		prg_fill(r, NULL, "%s", prg_escape(r, NULL));
	}
	if (prg_query(r, "input") != NULL) {
		n = prg_input(r);
		prg_fill(r, "text", "It has %zu bytes", strlen(n->text));
	}
	prg_set(prg_model(r), "address", "%s",
	    prg_query(r, "address") != NULL ? prg_query(r, "address") : "");
	if (prg_query(r, "none") != NULL)
		return (struct prg_page){ 0 };
	return prg_show(r, template);
}

struct visit {
	const char *place;
	const char *const *days;
	const char *colour;
};

/* The places that are free; the table is in the store, so that tests change it. */
static const struct prg_choice *
places(struct prg_req *r)
{
	return prg_choices(r, prg_select(prg_db(r),
	    "SELECT id AS value, name AS label FROM place WHERE free", ""));
}

static const struct prg_choice *
days(struct prg_req *r)
{
	return prg_choices(r, prg_select(prg_db(r), "SELECT name AS value FROM day", ""));
}

static const struct prg_choice *
nothing(struct prg_req *r)
{
	(void)r;
	return NULL;
}

/* Prefills what the query names. */
static struct prg_page
visit(struct prg_req *r)
{
	const char *day = prg_query(r, "day"), *place = prg_query(r, "place");

	if (day != NULL) {
		prg_fill(r, "days", "%.3s", day);
		prg_fill(r, "days", "%s", day + 3);
	}
	if (place != NULL)
		prg_fill(r, "place", "%s", place);
	prg_recent(r, "visits", 10);
	return prg_show(r, NULL);
}

static const struct prg_route routes[] = {
	{ "/", .title = "Home", .get = home, .api = true },
	{ "/limited", .title = "Limited", .fields = note_fields, .post = limited,
	  .intro = "We answer <quickly>.", .button = "Order & pay", .api = true },
	{ "/plain", .fields = note_fields },
	{ "/mistaken", .fields = PRG_FIELDS(
	    PRG_TEXT(struct note, text, .label = "Text", .required = true)),
	  .get = shows, .post = mistaken, .record = forget, .public = true },
	{ "/again", .fields = note_fields, .get = shows, .rerender = true },
	{ "/visit", .fields = PRG_FIELDS(
	    PRG_CHOICE(struct visit, place, .label = "Place", .options = places,
		.required = true, .select = true),
	    PRG_CHOICES(struct visit, days, .label = "Days", .options = days)),
	  .get = visit, .public = true, .api = true },
	{ "/nothing", .fields = PRG_FIELDS(
	    PRG_CHOICE(struct visit, colour, .options = nothing)), .api = true },
	PRG_ROUTES_END
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv, &(struct prg_app){
		.name = "handlers", .title = "Handlers & co", .routes = routes,
		.migrations = (const char *const[]){
		    "CREATE TABLE place (id INTEGER PRIMARY KEY,"
		    " name TEXT, free INTEGER);"
		    "CREATE TABLE day (name TEXT PRIMARY KEY);"
		    "INSERT INTO place VALUES (1, 'Hall <1>', 1),"
		    " (2, 'Garden', 1), (3, 'Cellar', 0);"
		    "INSERT INTO day VALUES ('Mon'), ('Tue'), ('Wed')", NULL },
		.names = (const char *const[]){ "address", NULL } });
}
