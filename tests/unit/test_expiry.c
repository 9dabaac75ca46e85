/*
 * test_expiry.c - results and drafts that are kept for a time: what their
 * addresses, their forms and the lists say when it is over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <prg_test.h>
#include <string.h>

#define DAY	86400
#define NOW	INT64_C(1800000000)

struct note {
	const char	*text;
};

static const struct prg_field fields[] = {
	PRG_TEXT(struct note, text, .required = true),
	PRG_FIELDS_END
};

static int ran;

static struct prg_page
list(struct prg_req *r)
{
	prg_recent(r, "notes", 50);
	return prg_show(r, NULL);
}

static struct prg_next
take(struct prg_req *r)
{
	ran++;
	return prg_created(r);
}

static const struct prg_route routes[] = {
	{ "/note", .fields = fields, .post = take },
	{ "/brief", .fields = fields, .post = take, .keep = 1 },
	{ "/public", .fields = fields, .get = list, .post = take,
	  .public = true, .max_age = 3600, .keep = 60, .api = true },
	PRG_ROUTES_END
};

static const struct prg_app app = { .name = "expiry", .routes = routes };

static struct prg_test *t;
static char address[64];	/* of what was sent last */
static char form[128];		/* all that was sent then */

static int
open_app(void **state)
{
	(void)state;
	ran = 0;
	t = prg_test_open(&app);
	prg_test_time(t, NOW);
	return 0;
}

static int
close_app(void **state)
{
	(void)state;
	prg_test_time(t, 0);
	prg_test_close(t);
	return 0;
}

/* Send the form of this route, and keep what was sent. */
static void
post(const char *route, const char *text)
{
	static const char key[] = "name=\"prg-key\" value=\"";
	const char *p;

	prg_test_get(t, route);
	assert_non_null(p = strstr(t->body, key));
	snprintf(form, sizeof(form), "prg-key=%.*s&text=%s",
	    (int)strcspn(p + strlen(key), "\""), p + strlen(key), text);
	assert_int_equal(prg_test_post(t, route, form), 303);
	snprintf(address, sizeof(address), "%s", t->location);
}

static void
is_at(int64_t time, int status)
{
	prg_test_time(t, time);
	assert_int_equal(prg_test_get(t, address), status);
}

static void
test_result(void **state)
{
	(void)state;
	post("/brief", "secret");
	assert_int_equal(prg_test_follow(t), 200);
	is_at(NOW + 1, 410);
	assert_null(strstr(t->body, "secret"));
	/* Its form leads there still. */
	assert_int_equal(prg_test_send(t, "/brief", form, NULL), 303);
	assert_string_equal(t->location, address);
	assert_null(strstr(t->body, "secret"));
	assert_int_equal(ran, 1);
}

static void
test_named(void **state)
{
	static const char key[] = "\"the key of a test\"";

	(void)state;
	assert_int_equal(prg_test_send(t, "/brief", "text=two", key), 201);
	snprintf(address, sizeof(address), "%s", t->location);
	is_at(NOW + 1, 410);
	assert_int_equal(prg_test_send(t, "/brief", "text=two", key), 303);
	assert_string_equal(t->location, address);
	assert_int_equal(ran, 1);
}

/* Caches keep it for as long as the route says, but not beyond its end. */
static void
test_max_age(void **state)
{
	(void)state;
	post("/public", "one");
	is_at(NOW, 200);
	assert_string_equal(prg_test_header(t, "Cache-Control"),
	    "public, max-age=60");
	is_at(NOW + 50, 200);
	assert_string_equal(prg_test_header(t, "Cache-Control"),
	    "public, max-age=10");
	is_at(NOW + 60, 410);
}

static void
test_lists(void **state)
{
	(void)state;
	post("/public", "one");
	prg_test_time(t, NOW + 59);
	prg_test_send(t, "/public", NULL, NULL);
	assert_int_equal(json_array_size(json_object_get(t->json, "notes")), 1);
	prg_test_time(t, NOW + 60);
	prg_test_send(t, "/public", NULL, NULL);
	assert_non_null(t->json);
	assert_int_equal(json_array_size(json_object_get(t->json, "notes")), 0);
	prg_test_get(t, "/public");
	assert_null(strstr(t->body, address));
}

static void
test_draft(void **state)
{
	struct prg_test *other = prg_test_visitor(t);

	(void)state;
	post("/note", "");
	is_at(NOW + 7 * DAY - 1, 200);
	prg_test_get(other, address);
	is_at(NOW + 7 * DAY, 404);
	/* After that its form is good for the result still. */
	assert_int_equal(prg_test_post(other, "/note", "text=one"), 303);
	address[strcspn(address, "?")] = '\0';
	assert_string_equal(other->location, address);
	is_at(NOW + 1000 * DAY, 200);
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, open_app, close_app)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(test_result), ROW(test_named), ROW(test_max_age),
		ROW(test_lists), ROW(test_draft)
	};

	return cmocka_run_group_tests_name("expiry", tests, NULL, NULL);
}
