/*
 * test.c - guests who register for events.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <prg_test.h>

extern const struct prg_app app;

static struct prg_test *ann, *bob, *eve;

static int
open_app(void **state)
{
	(void)state;
	ann = prg_test_open(&app);
	bob = prg_test_visitor(ann);
	eve = prg_test_visitor(ann);
	return 0;
}

static int
close_app(void **state)
{
	(void)state;
	prg_test_close(ann);
	return 0;
}

/* Register for the event that has two places. */
static void
register_as(struct prg_test *t, const char *name)
{
	char values[128];

	snprintf(values, sizeof(values), "event=knots&name=%s&email=%s%%40"
	    "example.com&diet=nuts&rules=on", name, name);
	assert_int_equal(prg_test_post(t, "/", values), PRG_SEE_OTHER);
	prg_test_follow(t);
}

static void
shows(struct prg_test *t, const char *path, const char *words)
{
	prg_test_get(t, path);
	if (strstr(t->body, words) == NULL)
		fail_msg("%s: no \"%s\" in %s", path, words, t->body);
}

static void
test_each_place_has_a_number(void **state)
{
	(void)state;
	shows(ann, "/", "Knots, 2027-05-10: 2 of 2 places are free");
	register_as(ann, "Ann");
	assert_non_null(strstr(ann->body, "See you there, Ann"));
	assert_non_null(strstr(ann->body, "number <strong>1</strong>"));
	register_as(bob, "Bob");
	assert_non_null(strstr(bob->body, "number <strong>2</strong>"));
	shows(ann, "/", "Knots, 2027-05-10: 0 of 2 places are free");
	shows(ann, "/", "Baking bread, 2027-05-03: 12 of 12 places are free");
}

static void
test_no_place_is_taken_twice(void **state)
{
	(void)state;
	register_as(ann, "Ann");
	register_as(bob, "Bob");
	register_as(eve, "Eve");
	assert_string_equal(prg_test_error(eve, "event"),
	    "All places are taken");
	/* The form comes back with what was typed: another event is enough. */
	prg_test_post(eve, "/", "event=bread");
	prg_test_follow(eve);
	assert_non_null(strstr(eve->body, "See you there, Eve"));
	assert_non_null(strstr(eve->body, "number <strong>1</strong>"));
}

static void
test_one_place_for_an_address(void **state)
{
	(void)state;
	register_as(ann, "Ann");
	register_as(ann, "Ann");
	assert_string_equal(prg_test_error(ann, "email"),
	    "This address has a place already");
}

static void
test_cancel(void **state)
{
	char address[64], action[80];

	(void)state;
	register_as(ann, "Ann");
	register_as(bob, "Bob");
	prg_test_get(ann, "/");
	register_as(eve, "Eve");
	prg_test_post(eve, "/", "event=stars");
	snprintf(address, sizeof(address), "%s", eve->location);
	snprintf(action, sizeof(action), "%s/delete", address);
	shows(ann, "/list", "Eve@example.com");
	/* Nobody else can, and the owner can. */
	assert_int_equal(prg_test_get(bob, address), PRG_NOT_FOUND);
	prg_test_post(eve, action, "");
	assert_int_equal(prg_test_follow(eve), PRG_GONE);
	shows(ann, "/", "Looking at stars, 2027-05-17: 30 of 30 places are free");
	prg_test_get(ann, "/list");
	assert_null(strstr(ann->body, "Eve@"));
}

static void
test_list_of_guests(void **state)
{
	(void)state;
	shows(eve, "/list", "Nobody has registered yet");
	register_as(ann, "Ann");
	shows(eve, "/list", "<tr><td>Knots</td><td>1</td><td>Ann</td>"
	    "<td>Ann@example.com</td><td>nuts</td></tr>");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_app, close_app)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_each_place_has_a_number),
		TEST(test_no_place_is_taken_twice),
		TEST(test_one_place_for_an_address), TEST(test_cancel),
		TEST(test_list_of_guests)
	};

	return cmocka_run_group_tests_name("registration", tests, NULL, NULL);
}
