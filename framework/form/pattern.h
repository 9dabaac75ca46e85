/*
 * pattern.h - the pattern of a field: a POSIX extended regular expression, of
 * characters in UTF-8.
 */
#ifndef PRG_PATTERN_H
#define PRG_PATTERN_H

#include <stdbool.h>

#include "base/arena.h"

/* Whether it is one. */
bool	prg_pattern_check(const char *pattern);

/* Whether all of the text fits, as HTML's pattern attribute means it. */
bool	prg_pattern_fits(struct prg_arena *, const char *pattern,
	    const char *text);

#endif
