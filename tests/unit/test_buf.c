/*
 * test_buf.c - a growing string with a ceiling.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static const struct row {
	const char	*name;
	size_t		 max, adds, size;	/* 'adds' times 'size' bytes */
	size_t		 len;
	bool		 full;
} rows[] = {
	{ "nothing into nothing",	0, 1, 0, 0, false },
	{ "one byte into nothing",	0, 1, 1, 0, true },
	{ "one below",			100, 1, 99, 99, false },
	{ "at the limit",		100, 1, 100, 100, false },
	{ "one above",			100, 1, 101, 100, true },
	{ "below, bit by bit",		100, 99, 1, 99, false },
	{ "at the limit, bit by bit",	100, 100, 1, 100, false },
	{ "above, bit by bit",		100, 101, 1, 100, true },
	{ "the first size",		4096, 1, 256, 256, false },
	{ "past the first size",	4096, 1, 257, 257, false },
	{ "an odd limit, reached",	1001, 91, 11, 1001, false },
	{ "an odd limit, passed",	1001, 92, 11, 1001, true },
	{ "a piece is cut",		1000, 91, 11, 1000, true },
	{ "much at once",		1 << 24, 1, 1 << 20, 1 << 20, false },
	{ "no limit",			SIZE_MAX / 4, 300, 1 << 12,
					300 << 12, false },
	{ NULL, 0, 0, 0, 0, false }
};

static void
adding_up_to_the_limit(void **state)
{
	static char bytes[1 << 20];
	struct prg_arena a = { 0 };
	const struct row *r;
	struct prg_buf b;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	for (r = rows; r->name != NULL; r++) {
		b = prg_buf(&a, r->max);
		for (size_t i = 0; i < r->adds; i++)
			prg_buf_add(&b, bytes, r->size);
		if (b.len != r->len || b.full != r->full)
			fail_msg("%s: %zu bytes, full %d", r->name, b.len,
			    b.full);
		if (strlen(b.p) != r->len || strspn(b.p, "x") != r->len)
			fail_msg("%s: other bytes", r->name);
		prg_arena_reset(&a);
	}
	prg_arena_release(&a);
}

static void
printing_up_to_the_limit(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_buf b = prg_buf(&a, 10);

	(void)state;
	assert_string_equal(b.p, "");
	prg_buf_printf(&b, "%d-", 1234);
	prg_buf_printf(&b, "%s", "67890");
	assert_string_equal(b.p, "1234-67890");
	assert_false(b.full);
	prg_buf_printf(&b, "%s", "");
	assert_false(b.full);
	prg_buf_printf(&b, "%c", 'x');
	assert_true(b.full);
	assert_string_equal(b.p, "1234-67890");
	prg_arena_release(&a);
}

static void
two_grow_side_by_side(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_buf b = prg_buf(&a, 5000), c = prg_buf(&a, 5000);

	(void)state;
	for (int i = 0; i < 5000; i++) {
		prg_buf_char(&b, 'b');
		prg_buf_str(&c, "c");
	}
	assert_int_equal(strspn(b.p, "b"), 5000);
	assert_int_equal(strspn(c.p, "c"), 5000);
	assert_false(b.full || c.full);
	prg_arena_release(&a);
}

static void
a_nul_is_a_byte_like_others(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_buf b = prg_buf(&a, 5000);

	(void)state;
	prg_buf_add(&b, "a\0b", 3);
	prg_buf_char(&b, '\0');
	prg_buf_str(&b, "c");
	assert_int_equal(b.len, 5);
	assert_memory_equal(b.p, "a\0b\0c", 6);
	prg_arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adding_up_to_the_limit),
		cmocka_unit_test(printing_up_to_the_limit),
		cmocka_unit_test(two_grow_side_by_side),
		cmocka_unit_test(a_nul_is_a_byte_like_others),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
