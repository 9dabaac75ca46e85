/*
 * test.c - visitors with tickets, and the staff.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <prg_test.h>

extern const struct prg_app app;

static struct prg_test *ann, *bob, *staff;

static int
open_app(void **state)
{
	(void)state;
	ann = prg_test_open(&app);
	bob = prg_test_visitor(ann);
	staff = prg_test_visitor(ann);
	return 0;
}

static int
close_app(void **state)
{
	(void)state;
	prg_test_close(ann);
	return 0;
}

static void
ask(struct prg_test *t, const char *subject)
{
	char values[128];

	snprintf(values, sizeof(values), "email=ann%%40example.com&subject=%s"
	    "&text=It+smokes", subject);
	assert_int_equal(prg_test_post(t, "/", values), PRG_SEE_OTHER);
}

static bool
shows(struct prg_test *t, const char *path, const char *words)
{
	assert_int_equal(prg_test_get(t, path), PRG_OK);
	return strstr(t->body, words) != NULL;
}

/* The address of the form that answers the newest ticket. */
static const char *
answer_path(void)
{
	static char path[80];
	const char *p;

	prg_test_get(staff, "/staff");
	assert_non_null(p = strstr(staff->body, "/answer?ticket="));
	snprintf(path, sizeof(path), "%.42s", p);
	return path;
}

static void
test_own_tickets(void **state)
{
	char address[64];

	(void)state;
	ask(ann, "Printer");
	snprintf(address, sizeof(address), "%s", ann->location);
	assert_int_equal(prg_test_follow(ann), PRG_OK);
	assert_true(shows(ann, "/", "Printer"));
	assert_true(shows(ann, "/", "<strong>open</strong>"));
	assert_false(shows(bob, "/", "Printer"));
	assert_int_equal(prg_test_get(bob, address), PRG_NOT_FOUND);
}

static void
test_status_and_answer(void **state)
{
	(void)state;
	ask(ann, "Printer");
	assert_true(shows(staff, answer_path(), "It smokes"));
	prg_test_post(staff, "/answer", "status=closed&text=Buy+a+new+one");
	assert_string_equal(staff->location, "/staff");
	assert_true(shows(ann, "/", "<strong>closed</strong>"));
	assert_true(shows(ann, "/", "Buy a new one"));
	assert_true(shows(staff, "/staff?status=closed", "Printer"));
	assert_false(shows(staff, "/staff?status=open", "Printer"));
	/* The form has what was answered last. */
	assert_true(shows(staff, answer_path(), "Buy a new one</textarea>"));
	assert_int_equal(prg_test_get(staff, "/answer?ticket=x"),
	    PRG_NOT_FOUND);
	assert_int_equal(prg_test_get(staff, "/answer"), PRG_NOT_FOUND);
}

static void
test_pages_of_the_list(void **state)
{
	static const char link[] = "/staff?before=";
	char subject[32], path[64];
	const char *older;

	(void)state;
	for (int i = 1; i <= 45; i++) {
		snprintf(subject, sizeof(subject), "Number-%d.", i);
		ask(ann, subject);
	}
	assert_true(shows(staff, "/staff", "45 tickets"));
	assert_true(shows(staff, "/staff", "Number-45."));
	assert_non_null(strstr(staff->body, "Number-26."));
	assert_null(strstr(staff->body, "Number-25."));
	for (int page = 2; page <= 3; page++) {
		assert_non_null(older = strstr(staff->body, link));
		snprintf(path, sizeof(path), "%s%d", link,
		    atoi(older + strlen(link)));
		prg_test_get(staff, path);
	}
	assert_non_null(strstr(staff->body, "Number-5."));
	assert_null(strstr(staff->body, "Older tickets"));
}

static void
test_delete(void **state)
{
	char action[80];

	(void)state;
	ask(ann, "Printer");
	prg_test_get(staff, answer_path());
	snprintf(action, sizeof(action), "%s/delete", ann->location);
	prg_test_post(ann, action, "");
	assert_false(shows(staff, "/staff", "Printer"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_app, close_app)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_own_tickets), TEST(test_status_and_answer),
		TEST(test_pages_of_the_list), TEST(test_delete)
	};

	return cmocka_run_group_tests_name("ticket", tests, NULL, NULL);
}
