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

static const struct prg_route routes[] = {
	{ "/", .get = home, .api = true },
	{ "/limited", .title = "Limited", .fields = note_fields, .post = limited,
	  .intro = "We answer <quickly>.", .button = "Order & pay", .api = true },
	{ "/plain", .fields = note_fields },
	PRG_ROUTES_END
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv, &(struct prg_app){
		.name = "handlers", .title = "Handlers & co", .routes = routes });
}
