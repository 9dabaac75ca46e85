/*
 * app.c - support tickets: visitors see their own, the staff see all.
 *
 * The form's result is what the visitor sent; status and answer are in the table
 * "ticket".  /staff and /answer are for the staff: the web server protects them.
 */
#include <prg.h>
#include <stdlib.h>

struct ticket {
	const char	*email, *subject, *text;
	bool		 urgent;
};

struct answer {
	const char	*ticket, *status, *text;
};

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

/* Below the form: the visitor's own tickets, with status and answer. */
static struct prg_page
home(struct prg_req *r)
{
	json_t *t;
	size_t i;

	prg_recent(r, "tickets", 100);
	json_array_foreach(json_object_get(prg_model(r), "tickets"), i, t)
		json_object_update(t, find_ticket(r, json_string_value(
		    json_object_get(t, "id"))));
	return prg_show(r, "tickets");
}

static bool
open_ticket(struct prg_req *r, struct prg_db *db)
{
	const struct ticket *t = prg_input(r);

	return prg_exec(db, "INSERT INTO ticket (id, email, subject, text, urgent)"
	    " VALUES ($1, $2, $3, $4, $5)", "ssssi", prg_id(r), t->email,
	    t->subject, t->text, t->urgent) == 1;
}

static bool
forget(struct prg_db *db, const char *id)
{
	return prg_exec(db, "DELETE FROM ticket WHERE id = $1", "s", id) != -1;
}

/* 20 tickets, the newest first: ?status=open&before=NUMBER. */
static struct prg_page
staff(struct prg_req *r)
{
	const char *before = prg_query(r, "before"), *status = prg_query(r, "status");

	json_object_set(prg_model(r), "tickets", prg_select(prg_db(r), "SELECT *,"
	    " row_number() OVER (ORDER BY number DESC) = 20 AS last FROM ticket"
	    " WHERE number < $1 AND ($2 IS NULL OR status = $2)"
	    " ORDER BY number DESC LIMIT 20", "is", before != NULL ?
	    atoll(before) : INT64_MAX, status));
	json_object_update(prg_model(r), json_array_get(prg_select(prg_db(r),
	    "SELECT count(*) AS total, $1 AS shown FROM ticket"
	    " WHERE $1 IS NULL OR status = $1", "s", status), 0));
	return prg_show(r, "staff");
}

static struct prg_page
answer(struct prg_req *r)
{
	const char *sent = prg_value(r, "ticket");
	json_t *t = find_ticket(r, sent != NULL ? sent : prg_query(r, "ticket"));

	if (t == NULL)
		return prg_missing(r);
	json_object_set(prg_model(r), "ticket", t);
	prg_fill(r, "ticket", "%s", json_string_value(json_object_get(t, "id")));
	prg_fill(r, "status", "%s", json_string_value(json_object_get(t, "status")));
	prg_fill(r, "text", "%s", json_string_value(json_object_get(t, "answer")));
	return prg_show(r, "answer");
}

static struct prg_next
answered(struct prg_req *r)
{
	return prg_redirect(r, "/staff");
}

static bool
set_status(struct prg_req *r, struct prg_db *db)
{
	const struct answer *a = prg_input(r);
	int n = prg_exec(db, "UPDATE ticket SET status = $2, answer = $3"
	    " WHERE id = $1", "sss", a->ticket, a->status, a->text);

	if (n == 0)
		prg_field_error(r, NULL, "This ticket has been deleted");
	return n == 1;
}

static const struct prg_route routes[] = {
	{ "/", .title = "Ask for help", .fields = PRG_FIELDS(
	    PRG_EMAIL(struct ticket, email,   .label = "Your email address", .required = true, .autocomplete = "email"),
	    PRG_TEXT (struct ticket, subject, .label = "Subject", .required = true, .max = 100),
	    PRG_AREA (struct ticket, text,    .label = "What happened?", .required = true, .max = 5000),
	    PRG_BOOL (struct ticket, urgent,  .label = "I cannot work until this is solved")),
	  .get = home, .record = open_ticket, .erase = forget, .owner = true, .removable = true, .no_store = true },
	{ "/staff", .title = "All tickets", .get = staff, .no_store = true },
	{ "/answer", .title = "Answer a ticket", .fields = PRG_FIELDS(
	    PRG_HIDDEN(struct answer, ticket, .required = true),
	    PRG_CHOICE(struct answer, status, .label = "Status", .choices = statuses, .required = true),
	    PRG_AREA  (struct answer, text,   .label = "Answer", .max = 5000)),
	  .get = answer, .post = answered, .record = set_status, .button = "Save", .no_store = true },
	PRG_ROUTES_END
};

static const char *const names[] = { "tickets", "ticket", "number", "email", "subject", "text",
    "urgent", "status", "answer", "last", "total", "shown", NULL };

static const char *const migrations[] = {
	"CREATE TABLE ticket (number INTEGER PRIMARY KEY, id TEXT UNIQUE, email TEXT, subject TEXT,"
	" text TEXT, urgent INTEGER, status TEXT DEFAULT 'open', answer TEXT DEFAULT '')",
	NULL
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
