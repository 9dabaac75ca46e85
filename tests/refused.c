/*
 * refused.c - an app that compiles, or does not, as refused.sh fills it in.
 */
#include <prg.h>

struct entry {
	TYPE name;
};

static const struct prg_field fields[] = {
	PRG_TEXT(struct entry, name),
	PRG_FIELDS_END
};

static struct prg_page
page(struct prg_req *r)
{
	return prg_show(r, NULL);
}

static struct prg_next
next(struct prg_req *r)
{
	return prg_created(r);
}

static const struct prg_route routes[] = {
	{ "/", .fields = fields, .get = GET, .post = POST },
	{ "/other", .get = page, .post = next },
	PRG_ROUTES_END
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv,
	    &(struct prg_app){ .name = "refused", .routes = routes });
}
