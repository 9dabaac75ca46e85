/*
 * test.c - a visitor sends the form; see prg_test.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <prg_test.h>

extern const struct prg_app app;

static void
test_thanks(void **state)
{
	struct prg_test *t = prg_test_open(&app);

	(void)state;
	assert_int_equal(prg_test_post(t, "/", "name=Ann&stars=5"), PRG_SEE_OTHER);
	assert_int_equal(prg_test_follow(t), PRG_OK);
	assert_non_null(strstr(t->body, "Thank you, Ann"));
	prg_test_close(t);
}

static void
test_name_is_required(void **state)
{
	struct prg_test *t = prg_test_open(&app);

	(void)state;
	assert_int_equal(prg_test_post(t, "/", "name=&stars=5"), PRG_SEE_OTHER);
	assert_int_equal(prg_test_follow(t), PRG_OK);
	assert_string_equal(prg_test_error(t, "name"), "Enter your name");
	prg_test_close(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thanks),
		cmocka_unit_test(test_name_is_required)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
