/*
 * probe.c - an app for the tests: what the guestbook has no use for.
 */
#include <prg.h>
#include <stdio.h>
#include <stdlib.h>

struct note {
	const char *text;
};

static const struct prg_field note_fields[] = {
	PRG_TEXT(struct note, text, .required = true),
	PRG_FIELDS_END
};

static const struct prg_field area_fields[] = {
	PRG_AREA(struct note, text, .required = true, .max = 100000),
	PRG_FIELDS_END
};

static struct prg_page
home(struct prg_req *r)
{
	const char *proxy = getenv("HTTP_PROXY");

	if (prg_query(r, "missing") != NULL)
		return prg_missing(r);
	prg_set(prg_model(r), "proxy", "%s", proxy != NULL ? proxy : "none");
	return prg_show(r, NULL);
}

/* All that was sent, on a page of the tests' own. */
static struct prg_page
hostile(struct prg_req *r)
{
	prg_recent(r, "all", 1000);
	return prg_show(r, "hostile");
}

/* The handler reads the list that the template shows. */
static struct prg_page
listed(struct prg_req *r)
{
	const json_t *list, *newest;

	prg_recent(r, "notes", 10);
	list = json_object_get(prg_model(r), "notes");
	newest = json_array_get(list, 0);
	prg_set(prg_model(r), "title", "%zu notes, %s", json_array_size(list),
	    newest == NULL ? "-" : json_string_value(json_object_get(
	    json_object_get(newest, "input"), "text")));
	return prg_show(r, NULL);
}

static struct prg_next
away(struct prg_req *r)
{
	const struct note *n = prg_input(r);

	return prg_redirect(r, n->text);
}

static struct prg_next
fail(struct prg_req *r)
{
	return prg_fail(r, "the secret reason is 42");
}

/* Names of fields with a typing error. */
static struct prg_page
fill_typo(struct prg_req *r)
{
	prg_fill(r, "txet", "a");
	return prg_show(r, NULL);
}

static struct prg_next
fault_typo(struct prg_req *r)
{
	prg_field_error(r, "txet", "This one is taken");
	return prg_invalid(r);
}

/* What none of the functions for it makes. */
static struct prg_next
odd(struct prg_req *r)
{
	(void)r;
	return (struct prg_next){ .kind = (enum prg_next_kind)PRG_OK };
}

/* A page that no function for it makes. */
static struct prg_page
odd_page(struct prg_req *r)
{
	(void)r;
	return (struct prg_page){ (enum prg_status)600, NULL };
}

static struct prg_page
nameless_page(struct prg_req *r)
{
	(void)r;
	return (struct prg_page){ PRG_OK, NULL };
}

static struct prg_next
taken(struct prg_req *r)
{
	prg_field_error(r, "text", "This one is taken");
	return prg_invalid(r);
}

/* Log a line, then wait for a byte from the pipe of this name: one byte each. */
static bool
wait_at(const char *path)
{
	FILE *pipe = fopen(path, "r");

	if (pipe == NULL)
		return false;
	setvbuf(pipe, NULL, _IONBF, 0);
	fputs("at the gate\n", stderr);
	fgetc(pipe);
	fclose(pipe);
	return true;
}

static struct prg_next
gate(struct prg_req *r)
{
	const struct note *n = prg_input(r);

	return wait_at(n->text) ? prg_created(r) :
	    prg_fail(r, "there is no gate");
}

/* Meanwhile the database is lent to it. */
static struct prg_page
wait_and_show(struct prg_req *r)
{
	const char *path = prg_query(r, "pipe");

	if (path != NULL && (prg_db(r) == NULL || !wait_at(path)))
		return prg_missing(r);
	return prg_show(r, NULL);
}

static bool
wait_and_record(struct prg_req *r, struct prg_db *db)
{
	const struct note *n = prg_input(r);

	(void)db;
	return wait_at(n->text);
}

static const struct prg_route routes[] = {
	{ "/", .title = "Probe", .get = home, .api = true },
	{ "/note", .fields = note_fields, .api = true },
	{ "/public", .fields = note_fields, .get = listed, .public = true,
	  .max_age = 60, .api = true },
	{ "/mine", .fields = note_fields, .owner = true },
	{ "/hostile", .fields = area_fields, .get = hostile, .public = true, .api = true },
	{ "/away", .fields = note_fields, .post = away },
	{ "/fail", .fields = note_fields, .post = fail },
	{ "/typo", .fields = note_fields, .get = fill_typo,
	  .post = fault_typo },
	{ "/odd", .fields = note_fields, .post = odd },
	{ "/odd/page", .get = odd_page },
	{ "/odd/nameless", .get = nameless_page },
	{ "/taken", .fields = note_fields, .post = taken },
	{ "/gate", .fields = note_fields, .post = gate },
	{ "/wait", .fields = note_fields, .get = wait_and_show,
	  .record = wait_and_record },
	PRG_ROUTES_END
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv, &(struct prg_app){
	    .name = "probe", .routes = routes });
}
