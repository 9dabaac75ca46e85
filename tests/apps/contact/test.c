/*
 * test.c - a visitor of the contact form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <prg_test.h>

#define MESSAGE	"name=Ann&email=ann%40example.com&topic=order&text=Where+is+it%3F"

extern const struct prg_app app;

static struct prg_test *t;

static int
open_app(void **state)
{
	(void)state;
	t = prg_test_open(&app);
	prg_test_time(t, 1800000000);
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

static void
test_address_is_shown_back(void **state)
{
	(void)state;
	assert_int_equal(prg_test_post(t, "/", MESSAGE), PRG_SEE_OTHER);
	assert_int_equal(prg_test_follow(t), PRG_OK);
	assert_non_null(strstr(t->body, "Thank you, Ann"));
	assert_non_null(strstr(t->body, "<strong>ann@example.com</strong>"));
}

static void
test_mistakes_are_told(void **state)
{
	(void)state;
	prg_test_post(t, "/", "email=ann%40&text=Hi&call=on");
	assert_string_equal(prg_test_error(t, "name"), "Enter your name");
	assert_string_not_equal(prg_test_error(t, "email"), "");
	assert_string_not_equal(prg_test_error(t, "topic"), "");
	assert_string_not_equal(prg_test_error(t, "text"), "");
	prg_test_post(t, "/", MESSAGE);
	assert_string_equal(prg_test_error(t, "phone"),
	    "Enter the number that we may call");
	prg_test_post(t, "/", "phone=0123");
	assert_int_equal(prg_test_follow(t), PRG_OK);
	assert_non_null(strstr(t->body, "Where is it?"));
}

static void
test_three_messages_an_hour(void **state)
{
	struct prg_test *other = prg_test_visitor(t);

	(void)state;
	for (int i = 0; i < 3; i++) {
		prg_test_time(t, 1800000000 + 600 * i);
		assert_int_equal(prg_test_post(t, "/", MESSAGE), PRG_SEE_OTHER);
	}
	assert_int_equal(prg_test_post(t, "/", MESSAGE),
	    PRG_TOO_MANY_REQUESTS);
	assert_string_equal(prg_test_header(t, "Retry-After"), "2400");
	prg_test_set(other, "REMOTE_ADDR", "192.0.2.1");
	assert_int_equal(prg_test_post(other, "/", MESSAGE), PRG_SEE_OTHER);
	prg_test_time(t, 1800000000 + 3600);
	assert_int_equal(prg_test_post(t, "/", MESSAGE), PRG_SEE_OTHER);
}

static void
test_messages_expire(void **state)
{
	char address[64];

	(void)state;
	prg_test_post(t, "/", MESSAGE);
	strcpy(address, t->location);
	prg_test_time(t, 1800000000 + 90 * 86400 - 1);
	assert_int_equal(prg_test_get(t, address), PRG_OK);
	prg_test_time(t, 1800000000 + 90 * 86400);
	assert_int_equal(prg_test_get(t, address), PRG_GONE);
}

static void
test_inbox(void **state)
{
	struct prg_test *staff = prg_test_visitor(t);

	(void)state;
	prg_test_post(t, "/", MESSAGE);
	assert_int_equal(prg_test_get(staff, "/inbox"), PRG_OK);
	assert_non_null(strstr(staff->body, "Where is it?"));
	assert_non_null(strstr(staff->body, "ann@example.com"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_app, close_app)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_address_is_shown_back), TEST(test_mistakes_are_told),
		TEST(test_three_messages_an_hour), TEST(test_messages_expire),
		TEST(test_inbox)
	};

	return cmocka_run_group_tests_name("contact", tests, NULL, NULL);
}
