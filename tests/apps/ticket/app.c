/*
 * app.c - support tickets: visitors see their own, the staff see all.
 *
 * The form's result is what the visitor sent; status and answer are in the table
 * "ticket".  /staff and /answer are for the staff: the web server protects them.
 */
#include <prg.h>

struct ticket { const char *email, *subject, *text; bool urgent; };
struct answer { const char *id, *status, *answer; };

static const struct prg_choice statuses[] = {
	{ "open", "Open" }, { "waiting", "We wait for you" }, { "closed", "Closed" },
	PRG_CHOICES_END
};

static json_t *
find_ticket(struct prg_req *r, const char *id)
{
	return json_array_get(prg_select(prg_db(r),
	    "SELECT * FROM ticket WHERE id = $1", "s", id), 0);
}

/* A list of tickets, each with its number, status and answer. */
static struct prg_page
show(struct prg_req *r, const char *template)
{
	json_t *t;
	size_t i;

	json_array_foreach(json_object_get(prg_model(r), "tickets"), i, t)
		json_object_update(t, find_ticket(r, json_string_value(
		    json_object_get(t, "id"))));
	return prg_show(r, template);
}

static struct prg_page
home(struct prg_req *r)
{
	prg_recent(r, "tickets", 20);
	return show(r, "tickets");
}

static struct prg_page
staff(struct prg_req *r)
{
	prg_list_all(r, "/", "tickets", 20);
	json_object_set_new(prg_model(r), "total", json_integer(prg_total(r)));
	return show(r, "staff");
}

static bool
open_ticket(struct prg_req *r, struct prg_db *db)
{
	return prg_exec(db, "INSERT INTO ticket (id) VALUES ($1)", "s",
	    prg_id(r)) == 1;
}

static bool
forget(struct prg_db *db, const char *id)
{
	return prg_exec(db, "DELETE FROM ticket WHERE id = $1", "s", id) != -1;
}

/* The form that answers the ticket ?id=. */
static struct prg_page
answer(struct prg_req *r)
{
	const char *sent = prg_value(r, "id"), *name;
	json_t *t = find_ticket(r, sent != NULL ? sent : prg_query(r, "id")), *v;

	if (t == NULL)
		return prg_missing(r);
	json_object_set(prg_model(r), "number", json_object_get(t, "number"));
	json_object_foreach(t, name, v)
		if (json_is_string(v))
			prg_fill(r, name, "%s", json_string_value(v));
	return prg_show(r, "answer");
}

static bool
save(struct prg_req *r, struct prg_db *db)
{
	const struct answer *a = prg_input(r);

	return prg_exec(db, "UPDATE ticket SET status = $2, answer = $3"
	    " WHERE id = $1", "sss", a->id, a->status, a->answer) != -1;
}

static const struct prg_route routes[] = {
	{ "/", .title = "Ask for help", .fields = PRG_FIELDS(
	    PRG_EMAIL(struct ticket, email,   .label = "Your email address", .required = true, .autocomplete = "email"),
	    PRG_TEXT (struct ticket, subject, .label = "Subject", .required = true, .max = 100),
	    PRG_AREA (struct ticket, text,    .label = "What happened?", .required = true, .max = 5000),
	    PRG_BOOL (struct ticket, urgent,  .label = "I cannot work until this is solved")),
	  .get = home, .record = open_ticket, .erase = forget, .owner = true, .removable = true, .no_store = true },
	{ "/staff", .title = "All tickets", .get = staff },
	{ "/answer", .title = "Answer a ticket", .fields = PRG_FIELDS(
	    PRG_HIDDEN(struct answer, id,     .required = true),
	    PRG_CHOICE(struct answer, status, .label = "Status", .choices = statuses, .required = true),
	    PRG_AREA  (struct answer, answer, .label = "Answer", .max = 5000)),
	  .get = answer, .record = save, .button = "Save", .result = "answered", .keep = 3600 },
	PRG_ROUTES_END
};

static const char *const names[] = { "tickets", "number", "email", "subject", "urgent",
    "answer", "total", NULL };

static const char *const migrations[] = {
	"CREATE TABLE ticket (number INTEGER PRIMARY KEY, id TEXT UNIQUE,"
	" status TEXT DEFAULT 'open', answer TEXT DEFAULT '')", NULL
};

const struct prg_app app = {
	.name = "ticket", .title = "Support", .routes = routes, .migrations = migrations,
	.names = names, .files = prg_files
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv, &app);
}
