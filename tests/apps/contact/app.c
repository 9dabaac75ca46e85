/*
 * app.c - a contact form.
 *
 * A client sends three messages an hour; each is kept for 90 days.  The staff
 * read them at /inbox, a path that the web server protects.
 */
#include <prg.h>

enum { MOST = 3, HOUR = 3600, DAY = 24 * HOUR };

struct message {
	const char	*name;
	const char	*email;
	const char	*phone;
	const char	*topic;
	const char	*text;
	bool		 call;
};

static const struct prg_choice topics[] = {
	{ "order", "An order" }, { "product", "A product" },
	{ "other", "Something else" }, PRG_CHOICES_END
};

static const struct prg_field fields[] = {
	PRG_TEXT  (struct message, name,  .label = "Your name", .required = true, .max = 80, .autocomplete = "name"),
	PRG_EMAIL (struct message, email, .label = "Your email address", .required = true, .autocomplete = "email"),
	PRG_TEL   (struct message, phone, .label = "Your telephone number", .autocomplete = "tel"),
	PRG_CHOICE(struct message, topic, .label = "What is it about?", .choices = topics, .required = true),
	PRG_AREA  (struct message, text,  .label = "Your message", .required = true, .min = 10, .max = 5000),
	PRG_BOOL  (struct message, call,  .label = "Call me back"),
	PRG_FIELDS_END
};

/* How many seconds the client has to wait before the next message; or -1. */
static int
wait_of(struct prg_req *r)
{
	const json_t *row = json_array_get(prg_select(prg_db(r),
	    "SELECT count(*) AS n, min(at) + $2 - unixepoch() AS wait FROM sent"
	    " WHERE client = $1 AND at > unixepoch() - $2", "si",
	    prg_remote(r), HOUR), 0);

	if (row == NULL)
		return -1;
	return json_integer_value(json_object_get(row, "n")) < MOST ? 0 :
	    (int)json_integer_value(json_object_get(row, "wait"));
}

static struct prg_next
take(struct prg_req *r)
{
	const struct message *m = prg_input(r);
	int wait = wait_of(r);

	if (wait == -1)
		return prg_fail(r, "the messages of the last hour are unknown");
	if (wait > 0)
		return prg_limit(r, wait, "You have sent %d messages in the"
		    " last hour. Send the next one later.", MOST);
	if (m->call && m->phone[0] == '\0') {
		prg_field_error(r, "phone",
		    "Enter the number that we may call");
		return prg_invalid(r);
	}
	prg_set(prg_result(r), "thanks", "Thank you, %s", m->name);
	return prg_created(r);
}

/* The client's address is forgotten after an hour. */
static bool
count(struct prg_req *r, struct prg_db *db)
{
	return prg_exec(db, "DELETE FROM sent WHERE at <= unixepoch() - $1",
	    "i", HOUR) != -1 &&
	    prg_exec(db, "INSERT INTO sent VALUES ($1, unixepoch())", "s",
	    prg_remote(r)) == 1;
}

static struct prg_page
inbox(struct prg_req *r)
{
	prg_list_all(r, "/", "recent", 50);
	return prg_show(r, NULL);
}

static const struct prg_route routes[] = {
	{ "/", .title = "Write to us", .fields = fields, .post = take, .record = count,
	  .intro = "We answer within two days.", .button = "Send the message",
	  .result = "sent", .keep = 90 * DAY },
	{ "/inbox", .title = "Messages", .get = inbox },
	PRG_ROUTES_END
};

static const char *const migrations[] = {
	"CREATE TABLE sent (client TEXT, at INTEGER)", NULL
};

const struct prg_app app = {
	.name = "contact",
	.title = "Tea & Co",
	.routes = routes,
	.migrations = migrations,
	.files = prg_files
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv, &app);
}
