/*
 * owner.c - an app for the tests: each kind of route, and who may see its results.
 */
#include <prg.h>
#include <stdio.h>

struct note {
	const char	*text;
	const char	*pin;
};

static const struct prg_field note_fields[] = {
	PRG_TEXT(struct note, text, .required = true, .max = 40),
	PRG_TEXT(struct note, pin, .secret = true),
	PRG_FIELDS_END
};

/* One of the visitor's own, as the query says; a page, and no form. */
static struct prg_page
home(struct prg_req *r)
{
	const char *id = prg_query(r, "id");
	json_t *note = id != NULL ? prg_find(r, "/mine", id) : NULL;

	json_object_set_new(prg_model(r), "found", json_boolean(note != NULL));
	if (note != NULL)
		json_object_set(prg_model(r), "note", note);
	return prg_show(r, NULL);
}

static struct prg_page
list(struct prg_req *r)
{
	prg_recent(r, "notes", 50);
	return prg_show(r, NULL);
}

/* The log tells how often it ran. */
static struct prg_next
write_down(struct prg_req *r)
{
	fputs("the handler ran\n", stderr);
	return prg_created(r);
}

static const struct prg_route routes[] = {
	{ "/", .title = "Home", .get = home, .owner = true, .api = true },
	{ "/note", .fields = note_fields, .post = write_down, .api = true },
	{ "/other", .fields = note_fields, .post = write_down },
	{ "/once", .fields = note_fields, .post = write_down, .once = true,
	  .api = true },
	{ "/keyed", .fields = note_fields, .post = write_down,
	  .key_required = true },
	{ "/again", .fields = note_fields, .post = write_down,
	  .rerender = true },
	{ "/mine", .fields = note_fields, .get = list, .post = write_down,
	  .owner = true, .removable = true, .api = true },
	{ "/removable", .fields = note_fields, .post = write_down,
	  .removable = true },
	{ "/brief", .fields = note_fields, .post = write_down, .keep = 1 },
	{ "/public", .fields = note_fields, .get = list, .post = write_down,
	  .public = true, .max_age = 3600, .keep = 60, .api = true },
	PRG_ROUTES_END
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv, &(struct prg_app){
		.name = "owner", .routes = routes });
}
