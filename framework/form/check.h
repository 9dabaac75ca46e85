/*
 * check.h - one typed value: read by the rules of its field.
 */
#ifndef PRG_CHECK_H
#define PRG_CHECK_H

#include "base/arena.h"
#include "form/pairs.h"
#include "prg.h"

struct prg_value {
	struct prg_arena	*arena;		/* of the texts */
	bool			 blank;		/* the others are not set */
	const char		*text;
	long long		 integer;
	double			 number;
	bool			 truth;
};

/*
 * Read what was sent for a field (NULL: nothing).  Returns what is wrong with it,
 * in words for a person, or NULL.
 */
const char	*prg_field_read(const struct prg_field *, const struct prg_pair *,
		    struct prg_value *);

/* Whether nothing was typed, or only space. */
bool		 prg_field_blank(const struct prg_pair *);

#endif
