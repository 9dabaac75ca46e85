/*
 * staff.c - an app for the tests: lists for visitors and for staff, and tables
 * of the app's own.
 */
#include <prg.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	const char	*name;
	const char	*email;
};

static const struct prg_field fields[] = {
	PRG_TEXT (struct entry, name, .required = true, .max = 40),
	PRG_EMAIL(struct entry, email, .unlisted = true),
	PRG_FIELDS_END
};

/* -- Lists ----------------------------------------------------------------- */

static struct prg_page
newest(struct prg_req *r)
{
	const char *count = prg_query(r, "count");

	prg_recent(r, "entries", count != NULL ? atoi(count) : 3);
	prg_set(prg_model(r), "title", "%lld in all",
	    (long long)prg_total(r));
	return prg_show(r, NULL);
}

static struct prg_page
staff(struct prg_req *r)
{
	prg_list_all(r, prg_query(r, "route"), "entries", 3);
	prg_set(prg_model(r), "title", "%lld in all",
	    (long long)prg_total(r));
	return prg_show(r, NULL);
}

static struct prg_page
found(struct prg_req *r)
{
	json_t *entry = prg_find(r, prg_query(r, "route"), prg_query(r, "id"));

	prg_set(prg_model(r), "title", "%s", entry == NULL ? "nothing" :
	    json_string_value(json_object_get(json_object_get(entry, "input"),
	    "name")));
	return prg_show(r, NULL);
}

static struct prg_next
thank(struct prg_req *r)
{
	return prg_redirect(r, "/thanks");
}

/* -- Places: one each ------------------------------------------------------ */

/* The name "broken" has broken SQL, "full" has no place. */
static bool
take_place(struct prg_req *r, struct prg_db *db)
{
	const struct entry *e = prg_input(r);
	const char *sql = "INSERT INTO place (id, name) VALUES ($1, $2)"
	    " RETURNING number";
	json_t *place;

	if (prg_db(r) != db || strcmp(e->name, "full") == 0)
		return false;
	if (strcmp(e->name, "commit") == 0)
		prg_exec(db, "COMMIT", "");
	if (strcmp(e->name, "broken") == 0)
		sql = "INSERT INTO plaice (id, name) VALUES ($1, $2)"
		    " RETURNING number";
	place = json_array_get(prg_select(db, sql, "ss", prg_id(r), e->name),
	    0);
	json_object_set(prg_result(r), "number",
	    json_object_get(place, "number"));
	return true;
}

static bool
give_place_back(struct prg_db *db, const char *id)
{
	json_t *held = prg_select(db, "SELECT 1 FROM place WHERE id = $1"
	    " AND name = 'held'", "s", id);

	return json_array_size(held) == 0 &&
	    prg_exec(db, "DELETE FROM place WHERE id = $1", "s", id) != -1;
}

/* Each name is a mistake. */
static struct prg_page
wrong(struct prg_req *r)
{
	const char *what = prg_query(r, "what");
	struct prg_db *db = prg_db(r);

	if (strcmp(what, "write") == 0)
		prg_exec(db, "DELETE FROM place", "");
	else if (strcmp(what, "begin") == 0)
		prg_exec(db, "BEGIN", "");
	else if (strcmp(what, "two") == 0)
		prg_select(db, "SELECT 1; SELECT 2", "");
	else if (strcmp(what, "count") == 0)
		prg_select(db, "SELECT $1, $2", "i", 1);
	else
		prg_select(db, what, "");
	return prg_show(r, NULL);
}

static const struct prg_route routes[] = {
	{ "/", .fields = fields, .get = newest,
	  .public = true },
	{ "/api", .fields = fields, .get = newest, .public = true,
	  .api = true },
	{ "/mine", .fields = fields, .get = newest, .owner = true,
	  .api = true },
	{ "/private", .fields = fields, .get = newest, .post = thank },
	{ "/thanks", .get = found },
	{ "/staff", .get = staff, .api = true },
	{ "/found", .get = found },
	{ "/place", .fields = fields, .record = take_place,
	  .erase = give_place_back, .removable = true, .api = true },
	{ "/brief", .fields = fields, .record = take_place,
	  .erase = give_place_back, .keep = 1 },
	{ "/wrong", .get = wrong },
	PRG_ROUTES_END
};

static const char *const migrations[] = {
	"CREATE TABLE place (number INTEGER PRIMARY KEY, id TEXT UNIQUE)",
	"ALTER TABLE place ADD COLUMN name TEXT",
	NULL, NULL
};

/* With STEP in the environment there is one step more. */
int
main(int argc, char **argv)
{
	const char *steps[4];

	memcpy(steps, migrations, sizeof(steps));
	steps[2] = getenv("STEP");
	if (getenv("FEWER") != NULL)
		steps[1] = NULL;
	return prg_main(argc, argv, &(struct prg_app){ .name = "staff",
	    .routes = routes, .migrations = steps });
}
