/*
 * messages.h - what pages and faults say, each replaceable by the app.
 *
 * A word is a sentence with holes: {label} is a field's label, {within} the label as
 * it stands within a sentence, {min}, {max} and {count} are numbers or days; {day},
 * {month}, {year} and {time} are of a date.
 */
#ifndef PRG_MESSAGES_H
#define PRG_MESSAGES_H

#include "base/arena.h"
#include "base/error.h"
#include "prg.h"

/* In the order of the table in messages.c. */
enum prg_message_id {
	PRG_MSG_ENTER,
	PRG_MSG_CHOOSE,
	PRG_MSG_TICK,
	PRG_MSG_TOO_LONG,
	PRG_MSG_TOO_SHORT,
	PRG_MSG_ONE_LINE,
	PRG_MSG_NO_TEXT,
	PRG_MSG_NO_EMAIL,
	PRG_MSG_NO_URL,
	PRG_MSG_NO_TEL,
	PRG_MSG_NO_INT,
	PRG_MSG_NO_NUMBER,
	PRG_MSG_NO_STEP,
	PRG_MSG_RANGE,
	PRG_MSG_MINIMUM,
	PRG_MSG_NO_CHOICE,
	PRG_MSG_NO_DATE,
	PRG_MSG_NO_TIME,
	PRG_MSG_NO_MONTH,
	PRG_MSG_NO_COLOUR,
	PRG_MSG_TOO_EARLY,
	PRG_MSG_TOO_LATE,
	PRG_MSG_PATTERN,
	PRG_MSG_NO_FILE,
	PRG_MSG_FORM_OLD,
	PRG_MSG_FORM_UNKNOWN,
	PRG_MSG_FORM_USED,
	PRG_MSG_YES,
	PRG_MSG_NO,
	PRG_MSG_RECEIVED,
	PRG_MSG_SEE_OTHER,
	PRG_MSG_UNREAD,
	PRG_MSG_DELETE_AGAIN,
	PRG_MSG_DATE
};

/* The messages of an app: those built in, and its own in their place. */
struct prg_messages {
	const char	*lang;		/* "en", if the app does not say */
	const char	**texts;
};

/* -1 if the app names one that there is not. */
int	prg_messages_make(struct prg_arena *, const struct prg_message *own,
	    struct prg_messages *, struct prg_error *);

/* The one of this name; NULL: there is none. */
const char	*prg_messages_find(const struct prg_messages *, const char *name);

/* All by name, for templates; a new reference. */
json_t	*prg_messages_json(const struct prg_messages *);

/* What fills the holes; NULL: none. */
struct prg_placeholders {
	const char	*label;
	const char	*min;
	const char	*max;
	const char	*count;
	const char	*day;
	const char	*month;
	const char	*year;
	const char	*time;
};

const char	*prg_message_fill(struct prg_arena *, const struct prg_messages *,
		    enum prg_message_id, const struct prg_placeholders *);

#endif
