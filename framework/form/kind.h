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
	enum prg_message_id missing;	/* if it is blank, but required */
	size_t		 max;		/* length if .max is 0; 0: none */
	bool		 bounded;	/* min, max and step bound the number */
	bool		 moment;	/* from and to bound the date or time */
	bool		 strict;	/* the control shows only valid values */
	bool		 filled;	/* the control is never empty */
	bool		 secret;	/* not stored, shown again or logged */
};

const struct prg_kind_row *prg_kind(enum prg_kind);

/* The value of a field in the app's struct. */
struct prg_value	prg_member_get(const struct prg_field *, const void *);
void			prg_member_set(const struct prg_field *, void *,
			    const struct prg_value *);

/* The span without the white space at both ends. */
struct prg_span	prg_kind_trim(struct prg_span);

/* -- kinds_text.c: patterns, and the readers of texts --------------------- */

/* Whether it is a POSIX extended regular expression. */
bool	prg_pattern_is_valid(const char *pattern);

/* Whether it matches the whole text, as HTML's pattern attribute does. */
bool	prg_pattern_matches(struct prg_arena *, const char *pattern,
	    const char *text);

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
