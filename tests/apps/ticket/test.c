/*
 * test.c - visitors with tickets, and the staff.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

/* The first address on the page of the staff that begins so. */
static const char *
link_of(const char *page, const char *beginning)
{
	static char path[80];
	const char *p;

	prg_test_get(staff, page);
	if ((p = strstr(staff->body, beginning)) == NULL)
		return NULL;
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(p, "\""), p);
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
	const char *answer;

	(void)state;
	ask(ann, "Printer");
	assert_true(shows(staff, "/staff", "It smokes"));
	assert_non_null(answer = link_of("/staff", "/answer?id="));
	assert_true(shows(staff, answer, "Answer a ticket 1"));
	prg_test_post(staff, "/answer", "status=closed&answer=Buy+a+new+one");
	assert_int_equal(prg_test_follow(staff), PRG_OK);
	assert_true(shows(ann, "/", "<strong>closed</strong>"));
	assert_true(shows(ann, "/", "Buy a new one"));
	assert_true(shows(staff, "/staff", "<strong>closed</strong>"));
	/* The form has what was answered last. */
	assert_true(shows(staff, answer, "Buy a new one</textarea>"));
	assert_int_equal(prg_test_get(staff, "/answer?id=x"), PRG_NOT_FOUND);
	assert_int_equal(prg_test_get(staff, "/answer"), PRG_NOT_FOUND);
}

static void
test_pages_of_the_list(void **state)
{
	const char *page = "/staff";
	char subject[32];

	(void)state;
	for (int i = 1; i <= 45; i++) {
		snprintf(subject, sizeof(subject), "Number-%d.", i);
		ask(ann, subject);
	}
	assert_true(shows(staff, page, "45 in all"));
	assert_non_null(strstr(staff->body, "Number-45."));
	assert_non_null(strstr(staff->body, "Number-26."));
	assert_null(strstr(staff->body, "Number-25."));
	assert_non_null(page = link_of(page, "/staff?before="));
	assert_non_null(page = link_of(page, "/staff?before="));
	assert_true(shows(staff, page, "Number-5."));
	assert_non_null(strstr(staff->body, "Number-1."));
	assert_null(link_of(page, "/staff?before="));
}

static void
test_delete(void **state)
{
	char action[80], answer[80];

	(void)state;
	ask(ann, "Printer");
	snprintf(answer, sizeof(answer), "%s", link_of("/staff", "/answer"));
	snprintf(action, sizeof(action), "%s/delete", ann->location);
	prg_test_post(ann, action, "");
	assert_false(shows(staff, "/staff", "Printer"));
	assert_int_equal(prg_test_get(staff, answer), PRG_NOT_FOUND);
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
