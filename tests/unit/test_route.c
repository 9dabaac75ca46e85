/*
 * test_route.c - the table of routes: which rows are refused, where paths lead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "request/route.h"

#define ID	"0ujtsYcgvSTl8PAuAdqWYSMnLOv"

struct one { const char *name; };

static const struct prg_field fields[] = {
	PRG_TEXT(struct one, name), PRG_FIELDS_END
};

static struct prg_page
get(struct prg_req *r)
{
	(void)r;
	return (struct prg_page){ PRG_OK, NULL };
}

static bool
record(struct prg_req *r, struct prg_db *db)
{
	(void)r;
	(void)db;
	return true;
}

static bool
erase(struct prg_db *db, const char *id)
{
	(void)db;
	(void)id;
	return true;
}

static const struct {
	struct prg_route row;
	const char	*says;
} wrong[] = {
	{ { "order", .fields = fields }, "must begin with a slash" },
	{ { "/order/", .fields = fields }, "has an empty segment" },
	{ { "/a//b", .fields = fields }, "has an empty segment" },
	{ { "/Order", .fields = fields }, "may have a-z" },
	{ { "/a b", .fields = fields }, "may have a-z" },
	{ { "/.well", .fields = fields }, "begins with a dot" },
	{ { "/a/../b", .fields = fields }, "begins with a dot" },
	{ { "/static", .fields = fields }, "is reserved for the stylesheet" },
	{ { "/-", .fields = fields }, "is reserved for health" },
	{ { "/-/health", .fields = fields }, "is reserved for health, metrics and"
	    " app.css" },
	{ { "/a", .title = NULL }, "there is nothing to show" },
	{ { "/a", .get = get, .defaults = fields }, "has defaults" },
	{ { "/a", .get = get, .record = record }, "nothing is stored" },
	{ { "/a", .get = get, .erase = erase }, "nothing is stored" },
	{ { "/a", .fields = fields, .public = true, .owner = true },
	  "is public" },
	{ { "/a", .fields = fields, .public = true, .removable = true },
	  "is public" },
	{ { "/a", .fields = fields, .keep = -1 }, "negative keep" },
	{ { "/a", .fields = fields, .max_age = 60 }, "for public routes" },
	{ { "/a", .fields = fields, .public = true, .max_age = -1 },
	  "for public routes" },
};

static void
test_wrong_rows(void **state)
{
	struct prg_route table[3] = { PRG_ROUTES_END };
	struct prg_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		table[0] = wrong[i].row;
		if (prg_routes_check(table, &err) != -1)
			fail_msg("%s: taken", wrong[i].row.path);
		if (strstr(err.text, wrong[i].says) == NULL)
			fail_msg("%s: no \"%s\" in: %s", wrong[i].row.path,
			    wrong[i].says, err.text);
	}
	table[0] = table[1] = (struct prg_route){ "/a", .get = get };
	assert_int_equal(prg_routes_check(table, &err), -1);
	assert_string_equal(err.text, "route /a is defined twice");
	memset(table, 0, sizeof(table));
	assert_int_equal(prg_routes_check(table, &err), -1);
}

static const struct prg_route routes[] = {
	{ "/", .fields = fields },
	{ "/order", .fields = fields },
	{ "/order/new", .fields = fields },
	{ "/about", .get = get },
	{ "/note", .fields = fields, .removable = true },
	PRG_ROUTES_END
};

static const struct {
	const char	*path;
	const char	*route;		/* NULL: nowhere */
	bool		 id;
} paths[] = {
	{ "/", "/", false },
	{ "/order", "/order", false },
	{ "/order/", NULL, false },
	{ "//", NULL, false },
	{ "/orders", NULL, false },
	{ "/Order", NULL, false },
	{ "/" ID, "/", true },
	{ "//" ID, NULL, false },
	{ "/order/" ID, "/order", true },
	{ "/order/new/" ID, "/order/new", true },
	{ "/order/" ID "/", NULL, false },
	{ "/order/old/" ID, NULL, false },
	{ "/about/" ID, NULL, false },
	{ "/order/" ID "x", NULL, false },
	{ "/order/0ujtsYcgvSTl8PAuAdqWYSMnLO", NULL, false },
	{ "/order/0ujtsYcgvSTl8PAuAdqWYSMnLO-", NULL, false },
	{ "/order/zzzzzzzzzzzzzzzzzzzzzzzzzzz", NULL, false },
	{ "/note/" ID "/delete", "/note", true },
	{ "/order/" ID "/delete", NULL, false },
	{ "/note/delete", NULL, false },
	{ "/note/" ID "/deleted", NULL, false },
	{ "", NULL, false },
};

static void
test_paths(void **state)
{
	struct prg_place place;
	struct prg_error err;

	(void)state;
	assert_int_equal(prg_routes_check(routes, &err), 0);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		place = prg_routes_find(routes, paths[i].path);
		if ((place.route == NULL) != (paths[i].route == NULL) ||
		    (place.route != NULL &&
		    strcmp(place.route->path, paths[i].route) != 0) ||
		    (place.route != NULL && (place.id.text[0] != '\0') !=
		    paths[i].id))
			fail_msg("%s: led to %s", paths[i].path,
			    place.route ? place.route->path : "nowhere");
	}
}

static void
test_addresses(void **state)
{
	struct prg_arena a = { 0 };

	(void)state;
	assert_string_equal(prg_route_address(&a, "", &routes[0], ID), "/" ID);
	assert_string_equal(prg_route_address(&a, "/b", &routes[0], ID),
	    "/b/" ID);
	assert_string_equal(prg_route_address(&a, "/b", &routes[1], ID),
	    "/b/order/" ID);
	prg_arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_rows),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_addresses)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
