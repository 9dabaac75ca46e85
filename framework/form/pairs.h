/*
 * pairs.h - the names and values of a form, in the order in which they came.
 */
#ifndef PRG_PAIRS_H
#define PRG_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"

struct prg_pair {
	struct prg_span	name;
	struct prg_span	value;		/* decoded; may hold NUL and CRLF */
	bool		repaired;	/* has U+FFFD for what was no UTF-8 */
};

struct prg_pairs {
	const struct prg_pair	*list;
	size_t			 count;
	int			 refused;	/* 0, or 413: past a limit */
	const char		*limit;		/* which, if refused */
};

/* Ceilings; each tested at the limit and one beyond. */
struct prg_form_limits {
	size_t	fields;		/* pairs in one form */
	size_t	name;		/* bytes in a name, decoded */
	size_t	value;		/* bytes in a value, decoded */
};

/*
 * The parser of application/x-www-form-urlencoded in the URL standard, in time
 * linear in 'body' up to the limit.  The pairs are copies, and a NUL that 'len'
 * does not count ends each name and value.  If refused there are no pairs.
 */
struct prg_pairs	prg_urlencoded_read(struct prg_arena *,
			    struct prg_span body,
			    const struct prg_form_limits *);

/* -- For those who make them ------------------------------------------------- */

/* A list that grows; zero but for 'arena' it is empty. */
struct prg_pair_list {
	struct prg_arena	*arena;
	struct prg_pair		*list;
	size_t			 count, cap;
};

void	prg_pair_list_add(struct prg_pair_list *, struct prg_pair);

/*
 * The same bytes if they are UTF-8 (or more than 'max' anyway), else a copy with
 * U+FFFD for what is none, and 'repaired' is set; longer than 'max' if it would
 * be.
 */
struct prg_span	prg_pair_text(struct prg_arena *, struct prg_span, size_t max,
		    bool *repaired);

/* -- For those who read them -------------------------------------------------- */

/*
 * The first pair of this name from 'from' on (NULL: from the start), or NULL.
 * For the one after 'p' ask from 'p + 1', even if 'p' is the last.
 */
const struct prg_pair	*prg_pairs_find(const struct prg_pairs *,
			    const char *name, const struct prg_pair *from);

#endif
