/*
 * kind.h - the kinds of field: one row says how each is read, checked and shown.
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
	enum prg_message_id missing;	/* if it is blank, but required */
	size_t		 max;		/* length without .max; 0: has no length */
	bool		 bounded;	/* min, max and step bound the number */
	bool		 moment;	/* from and to bound the date or time */
	bool		 strict;	/* its control shows valid values only */
	bool		 filled;	/* its control is never empty */
	bool		 secret;	/* never stored, shown again or logged */
};

const struct prg_kind_row *prg_kind(enum prg_kind);

/* The span without the white space at both ends. */
struct prg_span	prg_kind_trim(struct prg_span);

/* -- kinds_text.c: the readers of texts ------------------------------------------ */

#define PRG_READER(name) bool name(const struct prg_field *, struct prg_span, \
	    struct prg_value *)
PRG_READER(prg_read_line);
PRG_READER(prg_read_area);
PRG_READER(prg_read_password);
PRG_READER(prg_read_email);
PRG_READER(prg_read_url);
PRG_READER(prg_read_tel);
PRG_READER(prg_read_date);
PRG_READER(prg_read_time);
PRG_READER(prg_read_month);
PRG_READER(prg_read_colour);
#undef PRG_READER

#endif
