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
	/* For the message of a value that is invalid. */
	const char		*one, *two, *three;
};

typedef enum prg_message_id prg_reader(const struct prg_field *,
	    struct prg_span, struct prg_value *);

struct prg_kind_row {
	const char	*name;		/* in JSON */
	const char	*shape;		/* name of its control in templates */
	const char	*type;		/* of the <input>; NULL: no <input> */
	const char	*inputmode;	/* of the <input>; NULL: the default */
	enum prg_member	 member;
	/* Read one value, not blank: PRG_MSG_NONE, or what is wrong. */
	prg_reader	*read;
	enum prg_message_id missing;	/* if blank but required; 0: ENTER */
	size_t		 max;		/* length if .max is 0; 0: none */
	bool		 bounded;	/* min, max and step bound the number */
	bool		 moment;	/* from and to bound the date or time */
	bool		 strict;	/* control shows valid values only */
	bool		 filled;	/* control is never empty */
	bool		 exact;		/* every byte counts, also a space */
	bool		 secret;	/* not stored, shown again or logged */
};

const struct prg_kind_row *prg_kind(enum prg_kind);

/*
 * Whether a checkbox with this value is ticked: 1, 0, or -1 if the value says
 * neither.  No value is 0.
 */
int	prg_tick(struct prg_span);

/*
 * The value in the one spelling that is stored, so that equal values are equal
 * texts.  NULL if the kind cannot read it, or a number is too large for it.
 */
const char *prg_field_plain(struct prg_arena *, const struct prg_field *,
	    struct prg_span);

/* Compare dates or times as texts; "17:00" is equal to "17:00:00". */
int	prg_moments_compare(const char *, const char *);

/* kinds_text.c, kinds_number.c */
prg_reader	prg_read_email, prg_read_url, prg_read_tel, prg_read_int,
		prg_read_number;

/*
 * The bounds of a number: its own, or those of its member.  HUGE_VAL: none.
 */
double	prg_number_min(const struct prg_field *);
double	prg_number_max(const struct prg_field *);

#endif
