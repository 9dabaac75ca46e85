/*
 * foreign.c - an app for the tests: each message is in another language, as «NAME».
 */
#include <stdio.h>

#include "form/messages.h"

struct note {
	const char	*text;
	const char	*more;
	bool		 tick;
};

static const struct prg_field fields[] = {
	PRG_TEXT(struct note, text, .label = "Κείμενο", .required = true,
	    .max = 5),
	PRG_TEXT(struct note, more, .label = "Κι άλλο"),
	PRG_BOOL(struct note, tick, .label = "Ναι;"),
	PRG_FIELDS_END
};

/* The date last: a later message of the same name counts. */
static const struct prg_message messages[] = {
#define X(id, name, placeholders, text) { name, "«" name "»" },
	PRG_MESSAGES(X)
#undef X
	{ "date_format", "{year} {month} {day} {time}" },
	PRG_MESSAGES_END
};

/* With ?pipe=PATH, the database is lent to it until a byte comes from there. */
static struct prg_page
wait_and_show(struct prg_req *r)
{
	const char *path = prg_query(r, "pipe");
	FILE *pipe;

	if (path != NULL && prg_db(r) != NULL &&
	    (pipe = fopen(path, "r")) != NULL) {
		fputs("at the gate\n", stderr);
		fgetc(pipe);
		fclose(pipe);
	}
	return prg_show(r, NULL);
}

static struct prg_page
list(struct prg_req *r)
{
	prg_recent(r, "notes", 10);
	return prg_show(r, NULL);
}

static struct prg_next
fail(struct prg_req *r)
{
	return prg_fail(r, "always");
}

static const struct prg_route routes[] = {
	{ "/", .title = "Σημείωμα", .fields = fields, .get = wait_and_show,
	  .removable = true, .keep = 3600, .once = true },
	{ "/list", .title = "Όλα", .fields = fields, .get = list, .public = true },
	{ "/mine", .title = "Δικό μου", .fields = fields, .owner = true },
	{ "/fail", .title = "Ποτέ", .fields = fields, .post = fail },
	PRG_ROUTES_END
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv, &(struct prg_app){ .name = "foreign",
	    .routes = routes, .lang = "el", .messages = messages });
}
