/*
 * pairs.h - the names and values of a form, in their order.
 */
#ifndef PRG_PAIRS_H
#define PRG_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "form/charset.h"

/* The field that names the encoding of all (HTML standard, 4.10.22.4). */
#define PRG_CHARSET_FIELD	"_charset_"

/* A NUL that 'len' does not count ends the name and the value. */
struct prg_pair {
	struct prg_span	name;
	struct prg_span	value;		/* decoded; may contain NUL and CRLF */
	bool		repaired;	/* U+FFFD replaces invalid UTF-8 */
};

struct prg_pairs {
	struct prg_arena	*arena;
	struct prg_pair		*list;
	size_t			 count;
	size_t			 cap;
	enum prg_charset	 charset;	/* of the values to come */
};

/* A form that exceeds one is refused with 413. */
struct prg_form_limits {
	size_t	fields;		/* pairs and files */
	size_t	name;		/* bytes in a name, decoded */
	size_t	value;		/* bytes in a value, decoded */
	/* Of multipart/form-data. */
	size_t	files;		/* of 'fields' */
	size_t	head;		/* bytes in the header of a part */
	size_t	lines;		/* lines in it */
	enum prg_charset charset;	/* that Content-Type names */
};

/*
 * Read application/x-www-form-urlencoded as the URL standard has it.  The pairs
 * are copies.  There are none if the form is refused.
 */
struct prg_refusal	prg_urlencoded_read(struct prg_arena *,
			    struct prg_span body,
			    const struct prg_form_limits *, struct prg_pairs *);

/*
 * Decode or repair a pair, and add it.  Name and value must be in the arena,
 * with a NUL behind them.  A value in an unknown encoding is refused, unless it
 * is ASCII: with 415 if Content-Type names the encoding, else with 400.
 */
struct prg_refusal	prg_pairs_add(struct prg_pairs *,
			    const struct prg_form_limits *,
			    struct prg_span name, struct prg_span value);

/*
 * The first pair of this name from 'from' on (NULL: from the start), or NULL.
 *  The next one is found from 'p + 1', even if 'p' is the last.
 */
const struct prg_pair	*prg_pairs_find(const struct prg_pairs *,
			    const char *name, const struct prg_pair *from);

#endif
