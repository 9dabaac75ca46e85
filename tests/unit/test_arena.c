/*
 * test_arena.c - memory that is released all at once.
 */
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

enum { CHUNK = 16 << 10, ALIGN = alignof(max_align_t) };

static bool
all_zero(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static void
blocks_are_zeroed_aligned_and_apart(void **state)
{
	static const size_t sizes[] = {
		0, 1, 15, 16, 17, CHUNK - 1, CHUNK, CHUNK + 1, 1, 8 << 20, 3
	};
	struct prg_arena a = { 0 };
	char *p[sizeof(sizes) / sizeof(sizes[0])];
	size_t i, n = sizeof(sizes) / sizeof(sizes[0]);

	(void)state;
	for (i = 0; i < n; i++) {
		p[i] = prg_arena_get(&a, sizes[i]);
		if (p[i] == NULL || (uintptr_t)p[i] % ALIGN != 0)
			fail_msg("%zu bytes: %p", sizes[i], (void *)p[i]);
		if (!all_zero(p[i], sizes[i]))
			fail_msg("%zu bytes: not zero", sizes[i]);
		memset(p[i], (int)i + 1, sizes[i]);
	}
	for (i = 0; i < n; i++)
		for (size_t k = 0; k < sizes[i]; k++)
			if (p[i][k] != (char)(i + 1))
				fail_msg("%zu bytes: overwritten", sizes[i]);
	prg_arena_release(&a);
}

static void
the_last_block_grows_in_place(void **state)
{
	struct prg_arena a = { 0 };
	char *p = prg_arena_get(&a, 10), *q;

	(void)state;
	memset(p, 'x', 10);
	q = prg_arena_grow(&a, p, 10, 1000);
	assert_ptr_equal(p, q);
	assert_memory_equal(q, "xxxxxxxxxx", 10);
	assert_ptr_equal(prg_arena_grow(&a, q, 1000, 5), q);
	prg_arena_release(&a);
}

static void
growing_to_the_end_of_the_chunk_and_past_it(void **state)
{
	struct prg_arena a = { 0 };
	char *p = prg_arena_get(&a, 10), *q;

	(void)state;
	memset(p, 'x', 10);
	assert_ptr_equal(prg_arena_grow(&a, p, 10, CHUNK), p);
	q = prg_arena_grow(&a, p, CHUNK, CHUNK + 1);
	assert_ptr_not_equal(q, p);
	assert_memory_equal(q, "xxxxxxxxxx", 10);
	prg_arena_release(&a);
}

static void
another_block_grows_as_a_copy(void **state)
{
	struct prg_arena a = { 0 };
	char *p = prg_arena_get(&a, 16);
	char *next = prg_arena_strdup(&a, "next"), *q;

	(void)state;
	memset(p, 'x', 16);
	q = prg_arena_grow(&a, p, 16, 17);
	assert_ptr_not_equal(q, p);
	assert_memory_equal(q, "xxxxxxxxxxxxxxxx", 16);
	q[16] = 'y';
	assert_string_equal(next, "next");
	assert_non_null(prg_arena_grow(&a, NULL, 0, 40));
	prg_arena_release(&a);
}

static void
copies_end_in_nul(void **state)
{
	struct prg_arena a = { 0 };

	(void)state;
	assert_memory_equal(prg_arena_copy(&a, "a\0bc", 3), "a\0b", 4);
	assert_string_equal(prg_arena_copy(&a, NULL, 0), "");
	assert_string_equal(prg_arena_strdup(&a, ""), "");
	assert_string_equal(prg_arena_join(&a, (const char *[]){ NULL }), "");
	assert_string_equal(prg_arena_join(&a, (const char *[]){ "a", "", "bc",
	    NULL }), "abc");
	assert_string_equal(prg_arena_printf(&a, "%s-%d", "x", 7), "x-7");
	assert_int_equal(strlen(prg_arena_printf(&a, "%*d", 3 * CHUNK, 1)),
	    3 * CHUNK);
	prg_arena_release(&a);
}

static char calls[8];

static void
note(void *arg)
{
	strncat(calls, arg, sizeof(calls) - strlen(calls) - 1);
}

static void
deferred_calls_run_once_newest_first(void **state)
{
	struct prg_arena a = { 0 };

	(void)state;
	calls[0] = '\0';
	prg_arena_defer(&a, note, "1");
	prg_arena_get(&a, 2 * CHUNK);
	prg_arena_defer(&a, note, "2");
	prg_arena_reset(&a);
	assert_string_equal(calls, "21");
	prg_arena_defer(&a, note, "3");
	prg_arena_release(&a);
	prg_arena_release(&a);
	assert_string_equal(calls, "213");
}

static void
reset_keeps_one_plain_chunk(void **state)
{
	struct prg_arena a = { 0 };
	char *p = prg_arena_get(&a, 100);

	(void)state;
	memset(p, 'x', 100);
	prg_arena_reset(&a);
	assert_ptr_equal(prg_arena_get(&a, 100), p);
	assert_true(all_zero(p, 100));

	prg_arena_get(&a, CHUNK + 1);		/* a huge one is given back */
	prg_arena_reset(&a);
	assert_null(a.chunks);
	prg_arena_reset(&a);
	assert_true(all_zero(prg_arena_get(&a, 5), 5));
	prg_arena_release(&a);
	assert_null(a.chunks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_zeroed_aligned_and_apart),
		cmocka_unit_test(the_last_block_grows_in_place),
		cmocka_unit_test(growing_to_the_end_of_the_chunk_and_past_it),
		cmocka_unit_test(another_block_grows_as_a_copy),
		cmocka_unit_test(copies_end_in_nul),
		cmocka_unit_test(deferred_calls_run_once_newest_first),
		cmocka_unit_test(reset_keeps_one_plain_chunk),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
