/*
 * app.c - the guestbook: a form, and what happens when it is sent.
 *
 * To add a field, add a member to the struct and a row to the table.  See prg(3).
 */
#include <prg.h>

struct entry {
	const char *name;
	const char *message;
	int64_t     stars;
};

static const struct prg_field entry_fields[] = {
	PRG_TEXT(struct entry, name,    .label = "Your name", .required = true, .max = 80),
	PRG_AREA(struct entry, message, .label = "Message",   .max = 2000),
	PRG_INT (struct entry, stars,   .label = "Stars",     .min = 1, .max = 5),
	PRG_FIELDS_END
};

/* Runs once for each form, with valid input. */
static struct prg_next
post(struct prg_req *r)
{
	const struct entry *e = prg_input(r);

	prg_set(prg_result(r), "thanks", "Thank you, %s", e->name);
	return prg_created(r);		/* store it, then 303 to its address */
}

static const struct prg_route routes[] = {
	{ "/", .title = "Guestbook", .fields = entry_fields, .post = post },
	PRG_ROUTES_END
};

const struct prg_app app = {
	.name = "guestbook",
	.routes = routes,
	.files = prg_files	/* templates/, as part of the program */
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv, &app);
}
