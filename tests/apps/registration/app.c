/*
 * app.c - registration for events that have few places.
 *
 * A place is a row of the table "place".  A registration takes it in the
 * transaction that stores the form, so that none is taken twice, and cancelling
 * gives it back.  The lists at /list are for the staff: the web server protects
 * that path.
 */
#include <prg.h>

struct registration {
	const char	*event;
	const char	*name;
	const char	*email;
	const char	*diet;
	bool		 rules;
};

/* The events, each with what is left of it. */
static const struct prg_choice *
events(struct prg_req *r)
{
	return prg_choices(r, prg_select(prg_db(r), "SELECT event.name AS value,"
	    " title || ', ' || day || ': ' || (places - count(id)) || ' of ' ||"
	    " places || ' places are free' AS label FROM event JOIN place"
	    " ON event = event.name GROUP BY event.name ORDER BY day", ""));
}

static const struct prg_field fields[] = {
	PRG_CHOICE(struct registration, event, .label = "Event", .options = events, .required = true),
	PRG_TEXT  (struct registration, name,  .label = "Your name", .required = true, .max = 80, .autocomplete = "name"),
	PRG_EMAIL (struct registration, email, .label = "Your email address", .required = true, .autocomplete = "email"),
	PRG_TEXT  (struct registration, diet,  .label = "What do you not eat?", .max = 200),
	PRG_BOOL  (struct registration, rules, .label = "I know the rules of the house", .required = true),
	PRG_FIELDS_END
};

/* Take the first place that is free; its number is part of the result. */
static bool
take_place(struct prg_req *r, struct prg_db *db)
{
	const struct registration *g = prg_input(r);
	json_t *place;

	if (json_array_size(prg_select(db, "SELECT number FROM place"
	    " WHERE event = $1 AND email = $2", "ss", g->event, g->email)) > 0) {
		prg_field_error(r, "email", "This address has a place already");
		return false;
	}
	place = prg_select(db, "UPDATE place SET id = $2, name = $3, email = $4,"
	    " diet = $5 WHERE event = $1 AND number = (SELECT min(number)"
	    " FROM place WHERE event = $1 AND id IS NULL) RETURNING number,"
	    " (SELECT title || ', ' || day FROM event WHERE name = $1) AS event",
	    "sssss", g->event, prg_id(r), g->name, g->email, g->diet);
	if (json_array_size(place) == 0) {
		prg_field_error(r, "event", "All places are taken");
		return false;
	}
	json_object_update(prg_result(r), json_array_get(place, 0));
	prg_set(prg_result(r), "thanks", "See you there, %s", g->name);
	return true;
}

/* The place is free again, and nothing of the guest is left in it. */
static bool
give_back(struct prg_db *db, const char *id)
{
	return prg_exec(db, "UPDATE place SET id = NULL, name = NULL,"
	    " email = NULL, diet = NULL WHERE id = $1", "s", id) != -1;
}

/* Who comes. */
static struct prg_page
list(struct prg_req *r)
{
	json_object_set(prg_model(r), "guests", prg_select(prg_db(r),
	    "SELECT title AS event, number, place.name, email, diet FROM place"
	    " JOIN event ON event = event.name WHERE id IS NOT NULL"
	    " ORDER BY day, number", ""));
	return prg_show(r, "guests");
}

static const struct prg_route routes[] = {
	{ "/", .title = "Register", .fields = fields, .record = take_place, .erase = give_back,
	  .button = "Take a place", .result = "place",
	  .owner = true, .removable = true, .no_store = true },
	{ "/list", .title = "Guests", .get = list, .no_store = true },
	PRG_ROUTES_END
};

static const char *const names[] = { "number", "guests", "event", "name", "email", "diet",
    NULL };

static const char *const migrations[] = {
	"CREATE TABLE event (name TEXT PRIMARY KEY, title TEXT, day TEXT, places INTEGER);"
	"CREATE TABLE place (event TEXT, number INTEGER, id TEXT UNIQUE, name TEXT,"
	" email TEXT, diet TEXT, PRIMARY KEY (event, number))",
	"INSERT INTO event VALUES ('bread', 'Baking bread', '2027-05-03', 12),"
	" ('knots', 'Knots', '2027-05-10', 2), ('stars', 'Looking at stars', '2027-05-17', 30);"
	"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)"
	" INSERT INTO place (event, number) SELECT name, i FROM event, n WHERE i <= places",
	NULL
};

const struct prg_app app = {
	.name = "registration", .routes = routes, .migrations = migrations,
	.names = names, .files = prg_files
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv, &app);
}
