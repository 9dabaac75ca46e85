/*
 * guestbook.c - sign the book, and read what others wrote.
 */
#include <prg.h>

struct entry {
	const char *name;
	const char *message;
	int64_t     stars;
};

static const struct prg_field entry_fields[] = {
	PRG_TEXT(struct entry, name,    .label = "Your name", .required = true, .max = 80),
	PRG_AREA(struct entry, message, .label = "Message",   .required = true, .max = 2000),
	PRG_INT (struct entry, stars,   .label = "Stars",     .min = 1, .max = 5),
	PRG_FIELDS_END
};

static struct prg_next
sign(struct prg_req *r)
{
	const struct entry *e = prg_input(r);	/* every field is valid here */

	prg_set(prg_result(r), "thanks", "Thank you, %s.", e->name);
	return prg_created(r);		/* store it, then 303 to its address */
}

static struct prg_page
home(struct prg_req *r)
{
	prg_recent(r, "entries", 20);	/* the newest results of this route */
	return prg_show(r, NULL);
}

static const struct prg_route routes[] = {
	{ "/", .title = "Guestbook", .fields = entry_fields, .get = home, .post = sign, .public = true, .api = true },
	PRG_ROUTES_END
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv,
	    &(struct prg_app){ .name = "guestbook", .routes = routes,
	    .files = prg_files });
}
