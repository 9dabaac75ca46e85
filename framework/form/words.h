/*
 * words.h - what pages and faults say, each replaceable by the app.
 *
 * A word is a sentence with holes: {label} is a field's label, {within} the label as
 * it stands within a sentence, {min}, {max} and {count} are numbers or days; {day},
 * {month}, {year} and {time} are of a date.
 */
#ifndef PRG_WORDS_H
#define PRG_WORDS_H

#include "base/arena.h"
#include "base/error.h"
#include "prg.h"

/* In the order of the table in words.c. */
enum prg_word_index {
	PRG_WORD_ENTER,
	PRG_WORD_CHOOSE,
	PRG_WORD_TICK,
	PRG_WORD_TOO_LONG,
	PRG_WORD_TOO_SHORT,
	PRG_WORD_ONE_LINE,
	PRG_WORD_NO_TEXT,
	PRG_WORD_NO_EMAIL,
	PRG_WORD_NO_URL,
	PRG_WORD_NO_TEL,
	PRG_WORD_NO_INT,
	PRG_WORD_NO_NUMBER,
	PRG_WORD_NO_STEP,
	PRG_WORD_RANGE,
	PRG_WORD_MINIMUM,
	PRG_WORD_NO_CHOICE,
	PRG_WORD_NO_DATE,
	PRG_WORD_NO_TIME,
	PRG_WORD_NO_MONTH,
	PRG_WORD_NO_COLOUR,
	PRG_WORD_TOO_EARLY,
	PRG_WORD_TOO_LATE,
	PRG_WORD_PATTERN,
	PRG_WORD_NO_FILE,
	PRG_WORD_FORM_OLD,
	PRG_WORD_FORM_UNKNOWN,
	PRG_WORD_FORM_USED,
	PRG_WORD_YES,
	PRG_WORD_NO,
	PRG_WORD_RECEIVED,
	PRG_WORD_SEE_OTHER,
	PRG_WORD_UNREAD,
	PRG_WORD_DELETE_AGAIN,
	PRG_WORD_DATE
};

/* The words of an app: those built in, and its own in their place. */
struct prg_words {
	const char	*lang;		/* "en", if the app does not say */
	const char	**texts;
};

/* -1 if the app names one that there is not. */
int	prg_words_make(struct prg_arena *, const struct prg_word *own,
	    struct prg_words *, struct prg_error *);

/* The one of this name; NULL: there is none. */
const char	*prg_words_find(const struct prg_words *, const char *name);

/* All by name, for templates; a new reference. */
json_t	*prg_words_json(const struct prg_words *);

/* What fills the holes; NULL: none. */
struct prg_holes {
	const char	*label;
	const char	*min;
	const char	*max;
	const char	*count;
	const char	*day;
	const char	*month;
	const char	*year;
	const char	*time;
};

const char	*prg_words_say(struct prg_arena *, const struct prg_words *,
		    enum prg_word_index, const struct prg_holes *);

#endif
