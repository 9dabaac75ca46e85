/*
 * visitors.c - an app for the tests: who sees which values, in which format.
 */
#include <prg.h>
#include <string.h>

struct entry {
	const char	*name;
	const char	*email;
	const char	*trap;
	const char	*const *fruit;
};

static const struct prg_choice fruit[] = {
	{ "apple", "Apples" }, { "pear", "Pears" }, PRG_CHOICES_END
};

static const struct prg_field fields[] = {
	PRG_TEXT   (struct entry, name, .required = true, .max = 40),
	PRG_EMAIL  (struct entry, email, .unlisted = true),
	PRG_HIDDEN (struct entry, trap),
	PRG_CHOICES(struct entry, fruit, .choices = fruit),
	PRG_FIELDS_END
};

struct story {
	const char	*text;
};

static const struct prg_field long_fields[] = {
	PRG_AREA(struct story, text, .required = true),
	PRG_FIELDS_END
};

static struct prg_next
keep(struct prg_req *r)
{
	prg_set(prg_result(r), "spam", "0.7");
	return prg_created(r);
}

static struct prg_page
list(struct prg_req *r)
{
	prg_set(prg_model(r), "inner", "for the template");
	prg_recent(r, "entries", 100);
	return prg_show(r, NULL);
}

/* What it gets is the title of the page. */
static struct prg_page
values(struct prg_req *r)
{
	const char *value = prg_value(r, "fruit");

	prg_set(prg_model(r), "title", "[%s] [%s] [%s]",
	    value != NULL ? value : "NULL", prg_id(r), prg_address(r));
	prg_field_error(r, "name", "An error that a get adds");
	return prg_show(r, NULL);
}

static struct prg_next
go_escaped(struct prg_req *r)
{
	const struct entry *e = prg_input(r);

	return prg_redirect(r, prg_printf(r, "/found?q=%s",
	    prg_escape(r, e->name)));
}

static struct prg_next
go(struct prg_req *r)
{
	const struct entry *e = prg_input(r);

	return prg_redirect(r, prg_printf(r, "/found?q=%s", e->name));
}

static struct prg_next
go_anywhere(struct prg_req *r)
{
	const struct entry *e = prg_input(r);

	return prg_redirect(r, e->name);
}

static struct prg_page
found(struct prg_req *r)
{
	const char *q = prg_query(r, "q");

	prg_set(prg_model(r), "title", "[%s]", q != NULL ? q : "NULL");
	return prg_show(r, NULL);
}

static struct prg_next
leave(struct prg_req *r)
{
	prg_forget_visitor(r);
	return prg_redirect(r, "/found");
}

static bool
is_ann(struct prg_req *r)
{
	const struct entry *e = prg_input(r);

	if (strcmp(e->name, "Ann") == 0)
		return true;
	prg_field_error(r, "name", "You are not Ann");
	return false;
}

static struct prg_next
keep_ann(struct prg_req *r)
{
	return is_ann(r) ? prg_created(r) : prg_invalid(r);
}

static bool
record_ann(struct prg_req *r, struct prg_db *db)
{
	(void)db;
	return is_ann(r);
}

static bool
record_nowhere(struct prg_req *r, struct prg_db *db)
{
	(void)r;
	return prg_exec(db, "INSERT INTO nowhere VALUES ($1)", "i", 1) == 1;
}

static bool
record_nothing(struct prg_req *r, struct prg_db *db)
{
	(void)r;
	(void)db;
	return false;
}

static const struct prg_route routes[] = {
	{ "/", .title = "List", .fields = fields, .get = list, .post = keep,
	  .public = true },
	{ "/api", .fields = fields, .get = list, .post = keep, .public = true,
	  .api = true },
	{ "/plain", .title = "Plain", .fields = fields, .get = list,
	  .post = keep },
	{ "/mine", .title = "Mine", .fields = fields, .get = list,
	  .post = keep, .owner = true, .keep = 30 * 86400 },
	{ "/safe", .fields = fields, .owner = true, .no_store = true,
	  .keep = 86400 },
	{ "/ours", .get = list, .owner = true, .no_store = true, .keep = 60 },
	{ "/values", .fields = fields, .get = values },
	{ "/go", .fields = fields, .post = go },
	{ "/go/escaped", .fields = fields, .post = go_escaped },
	{ "/go/anywhere", .fields = fields, .post = go_anywhere },
	{ "/found", .get = found },
	{ "/leave", .fields = fields, .post = leave },
	{ "/choosy", .fields = fields, .post = keep_ann },
	{ "/choosy/record", .fields = fields, .record = record_ann },
	{ "/nowhere", .fields = fields, .record = record_nowhere },
	{ "/nothing", .fields = fields, .record = record_nothing },
	{ "/long", .fields = long_fields, .get = list, .public = true,
	  .api = true },
	PRG_ROUTES_END
};

static const char *const names[] = { "inner", NULL };

int
main(int argc, char **argv)
{
	return prg_main(argc, argv, &(struct prg_app){
		.name = "visitors", .routes = routes, .names = names });
}
