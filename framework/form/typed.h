/*
 * typed.h - the characters that people type without seeing them, and the
 * other spellings of plain ones.
 *
 * All functions expect valid UTF-8.
 */
#ifndef PRG_TYPED_H
#define PRG_TYPED_H

#include "base/arena.h"
#include "base/text.h"

/* The span without white space and invisible characters at both ends. */
struct prg_span	prg_typed_trim(struct prg_span);

/* What prg_typed_plain() replaces, each with all that stands before it. */
enum prg_typed {
	PRG_TYPED_SEEN,		/* invisible and wide white space: dropped */
	PRG_TYPED_ASCII,	/* wide ASCII, hyphens, apostrophes */
	PRG_TYPED_NUMERIC	/* digits of all scripts; white space is ' ' */
};

/* A trimmed copy in plain characters. */
char	*prg_typed_plain(struct prg_arena *, struct prg_span, enum prg_typed);

/* Whether a domain may have this text in place of ASCII letters. */
bool	prg_typed_is_label(struct prg_span);

/* The longest prefix of at most 'max' UTF-16 units. */
struct prg_span	prg_typed_cut(struct prg_span, size_t max);

#endif
