/*
 * order.c - order from a shop: fill in, check and confirm, once.
 *
 * Two steps, each a POST that ends in 303.  The first keeps what is wanted and
 * leads to a page that shows it; the second places the order.  Stock is a table
 * of the app's own.  It sinks in the very transaction that stores the order, so
 * by exactly the number ordered, however often a browser sends the form.
 */
#include <prg.h>
#include <string.h>

struct wish {
	const char	*item;
	int64_t		 count;
	const char	*name;
	const char	*email;
};

struct order {
	const char	*wish;		/* ID of the first step */
};

static const struct prg_choice items[] = {
	{ "mug",	"Mug" },
	{ "shirt",	"Shirt" },
	{ "book",	"Book" },
	PRG_CHOICES_END
};

static const struct prg_field wish_fields[] = {
	PRG_CHOICE(struct wish, item,  .label = "What", .choices = items, .required = true, .blank = "Choose what to order"),
	PRG_INT   (struct wish, count, .label = "How many", .min = 1, .max = 10, .required = true),
	PRG_TEXT  (struct wish, name,  .label = "Your name", .required = true, .max = 80, .autocomplete = "name"),
	PRG_EMAIL (struct wish, email, .label = "Your email address", .required = true, .autocomplete = "email"),
	PRG_FIELDS_END
};

static const struct wish one = {
	.item = "", .name = "", .email = "", .count = 1
};

static const struct prg_field order_fields[] = {
	PRG_HIDDEN(struct order, wish, .required = true),
	PRG_FIELDS_END
};

/* -- The first step: what is wanted ---------------------------------------- */

/* What is left of an item; -1 if that can't be told. */
static int
stock_of(struct prg_db *db, const char *item)
{
	json_t *row = json_array_get(prg_select(db,
	    "SELECT n FROM stock WHERE item = $1", "s", item), 0);

	return row != NULL ?
	    (int)json_integer_value(json_object_get(row, "n")) : -1;
}

static struct prg_next
want(struct prg_req *r)
{
	const struct wish *w = prg_input(r);
	int left = stock_of(prg_db(r), w->item);

	if (left == -1)
		return prg_fail(r, "the stock can't be read");
	if (left < w->count) {
		prg_field_error(r, "count", "Only %d left", left);
		return prg_invalid(r);
	}
	return prg_redirect(r, prg_printf(r, "/confirm?wish=%s", prg_id(r)));
}

/* -- The second step: place the order -------------------------------------- */

static const char *
label_of(const char *item)
{
	const struct prg_choice *c = items;

	while (c->value != NULL && strcmp(c->value, item) != 0)
		c++;
	return c->value != NULL ? c->label : item;
}

/* The wish of the first step; "what" is the label of its item. */
static json_t *
find_wish(struct prg_req *r, const char *id)
{
	json_t *wish = json_object_get(prg_find(r, "/", id), "input");
	const char *item = json_string_value(json_object_get(wish, "item"));

	if (item != NULL)
		prg_set(wish, "what", "%s", label_of(item));
	return wish;
}

/*
 * The first step's page, from the address or from the form that came back. 
 * That one is shown in any case, for what is wrong with it.
 */
static struct prg_page
confirm(struct prg_req *r)
{
	const char *sent = prg_value(r, "wish");
	const char *id = sent != NULL ? sent : prg_query(r, "wish");
	json_t *wish = id != NULL ? find_wish(r, id) : NULL;

	if (wish == NULL && sent == NULL)
		return prg_missing(r);
	json_object_set(prg_model(r), "wish", wish);
	json_object_set_new(prg_model(r), "lost", json_boolean(wish == NULL));
	prg_fill(r, "wish", "%s", id);
	return prg_show(r, "confirm");
}

static struct prg_next
place(struct prg_req *r)
{
	const struct order *o = prg_input(r);
	json_t *wish = find_wish(r, o->wish);

	if (wish == NULL) {
		prg_field_error(r, NULL,
		    "What you chose is no longer here: choose again");
		return prg_invalid(r);
	}
	json_object_set(prg_result(r), "wish", wish);
	prg_set(prg_result(r), "thanks", "Thank you, %s",
	    json_string_value(json_object_get(wish, "name")));
	return prg_created(r);
}

/* With the order, or not at all. */
static bool
take_from_stock(struct prg_req *r, struct prg_db *db)
{
	const struct order *o = prg_input(r);
	json_t *wish = json_object_get(prg_result(r), "wish");
	const char *item = json_string_value(json_object_get(wish, "item"));
	json_int_t count = json_integer_value(json_object_get(wish, "count"));
	int placed, taken;

	placed = prg_exec(db, "INSERT INTO placed (wish, count) VALUES ($1, $2)"
	    " ON CONFLICT DO NOTHING", "si", o->wish, count);
	if (placed == 0)
		prg_field_error(r, NULL, "This order has been placed already");
	if (placed != 1)
		return false;
	taken = prg_exec(db, "UPDATE stock SET n = n - $2"
	    " WHERE item = $1 AND n >= $2", "si", item, count);
	if (taken == 0)
		prg_field_error(r, NULL,
		    "Only %d left: go back and order fewer",
		    stock_of(db, item));
	return taken == 1;
}

/* -- The table ------------------------------------------------------------- */

static const struct prg_route routes[] = {
	{ "/", .title = "Order", .fields = wish_fields, .defaults = &one,
	  .post = want, .keep = 30 * 86400 },
	{ "/confirm", .title = "Check your order", .fields = order_fields,
	  .get = confirm, .post = place, .record = take_from_stock,
	  .result = "order", .once = true, .key_required = true },
	PRG_ROUTES_END
};

static const char *const names[] = { "wish", "what", "lost", NULL };

static const char *const migrations[] = {
	"CREATE TABLE stock ("
	" item TEXT PRIMARY KEY, n INTEGER NOT NULL CHECK (n >= 0));"
	"INSERT INTO stock VALUES ('mug', 1000), ('shirt', 100), ('book', 3);"
	"CREATE TABLE placed ("
	" wish TEXT PRIMARY KEY, count INTEGER NOT NULL)",
	NULL
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv, &(struct prg_app){
		.name = "order", .routes = routes, .names = names,
		.migrations = migrations, .files = prg_files });
}
