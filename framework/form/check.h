/*
 * check.h - the values of a field: read by the rules of its kind.
 */
#ifndef PRG_CHECK_H
#define PRG_CHECK_H

#include "base/arena.h"
#include "form/pairs.h"
#include "form/messages.h"
#include "prg.h"

struct prg_value {
	struct prg_arena	*arena;		/* of the texts */
	const struct prg_messages	*messages;
	bool			 blank;		/* the others are not set */
	const char		*text;
	const char *const	*texts;		/* of many; NULL at the end */
	long long		 integer;
	double			 number;
	bool			 truth;
};

/*
 * Read what was sent for a field.  Returns what is wrong with it, in messages for a
 * person, or NULL.
 */
const char	*prg_field_read(const struct prg_field *,
		    const struct prg_pairs *, struct prg_value *);

/* Whether nothing was typed, or only space. */
bool		 prg_field_blank(const struct prg_pair *);

/* What kind of member it is bound to. */
enum prg_member {
	PRG_MEMBER_TEXT,
	PRG_MEMBER_TEXTS,
	PRG_MEMBER_INT,
	PRG_MEMBER_NUMBER,
	PRG_MEMBER_BOOL
};

enum prg_member	prg_field_member(const struct prg_field *);

/* -- kinds.c: one reader for each kind -------------------------------------------- */

/* A span that is no blank one, without the space at its ends. */
struct prg_span	prg_trim(struct prg_span);

/* Fill 'v' from one value that is not blank; what is wrong with it, or NULL. */
const char	*prg_kind_read(const struct prg_field *, struct prg_span,
		    struct prg_value *);

/* The sentence for a field, with its label and these numbers or days. */
const char	*prg_value_say(const struct prg_value *, enum prg_message_id,
		    const struct prg_field *, const struct prg_placeholders *);

/* A number as it stands in a sentence. */
const char	*prg_value_number(const struct prg_value *, double);

/* The readers in kinds_text.c. */
#define PRG_READER(name) const char *name(const struct prg_field *, \
	    struct prg_span, struct prg_value *)
PRG_READER(prg_read_line);
PRG_READER(prg_read_password);
PRG_READER(prg_read_area);
PRG_READER(prg_read_email);
PRG_READER(prg_read_url);
PRG_READER(prg_read_tel);
#undef PRG_READER

/* Whether it is a day, a time, a month as this kind has them. */
bool		 prg_kind_is_moment(enum prg_kind, struct prg_span);

#endif
