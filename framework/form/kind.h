/*
 * kind.h - how each kind of field is read, checked and shown: one row for each.
 */
#ifndef PRG_KIND_H
#define PRG_KIND_H

#include "base/arena.h"
#include "base/text.h"
#include "form/messages.h"
#include "prg.h"

/* The type of the member in the app's struct. */
enum prg_member {
	PRG_MEMBER_TEXT,
	PRG_MEMBER_TEXTS,
	PRG_MEMBER_INT,
	PRG_MEMBER_NUMBER,
	PRG_MEMBER_BOOL
};

/* A value of any kind; the kind says which member holds it. */
struct prg_value {
	struct prg_arena	*arena;		/* for copies of texts */
	const char		*text;
	const char *const	*texts;		/* NULL-terminated */
	long long		 integer;
	double			 number;
	bool			 truth;
};

struct prg_kind_row {
	const char	*name;		/* in JSON */
	const char	*shape;		/* name of its control in templates */
	const char	*type;		/* of the <input>; NULL: no <input> */
	const char	*inputmode;	/* of the <input>; NULL: the default */
	enum prg_member	 member;
	/* Read one value, not blank.  False if it is not of this kind. */
	bool		(*read)(const struct prg_field *, struct prg_span,
			    struct prg_value *);
	enum prg_message_id invalid;	/* if it is not */
	enum prg_message_id missing;	/* if blank but required; 0: ENTER */
	size_t		 max;		/* length if .max is 0; 0: none */
	bool		 bounded;	/* min, max and step bound the number */
	bool		 moment;	/* from and to bound the date or time */
	bool		 strict;	/* control shows valid values only */
	bool		 filled;	/* control is never empty */
	bool		 secret;	/* not stored, shown again or logged */
};

const struct prg_kind_row *prg_kind(enum prg_kind);

/* The span without the white space at both ends. */
struct prg_span	prg_kind_trim(struct prg_span);

#endif
