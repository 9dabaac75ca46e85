/*
 * pattern.c - the pattern of a field, by the C library's regular expressions.
 *
 * They take the locale's characters for characters: bytes, in the locale "C" that a
 * process starts with.  Ours are those of UTF-8, for this thread and this moment.
 */
#include <locale.h>
#include <pthread.h>
#include <regex.h>

#include "form/pattern.h"

static locale_t utf8;		/* 0: the system has none */

static void
make_locale(void)
{
	utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/* Begin with UTF-8: what there was before. */
static locale_t
begin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, make_locale);
	return uselocale(utf8);
}

static bool
compile(regex_t *re, const char *pattern)
{
	return regcomp(re, pattern, REG_EXTENDED | REG_NOSUB) == 0;
}

bool
prg_pattern_check(const char *pattern)
{
	locale_t before = begin();
	regex_t re;
	bool good = compile(&re, pattern);

	if (good)
		regfree(&re);
	uselocale(before);
	return good;
}

bool
prg_pattern_fits(struct prg_arena *a, const char *pattern, const char *text)
{
	const char *whole = prg_arena_printf(a, "^(%s)$", pattern);
	locale_t before = begin();
	regex_t re;
	bool fits = false;

	if (compile(&re, whole)) {
		fits = regexec(&re, text, 0, NULL, 0) == 0;
		regfree(&re);
	}
	uselocale(before);
	return fits;
}
