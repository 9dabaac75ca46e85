/*
 * messages.h - the sentences on pages and in field errors.  An app can replace
 * each by its name.
 *
 * {label} is the label of the field, {within} the label as it is written within
 * a sentence: a message that has one may use both.
 */
#ifndef PRG_MESSAGES_H
#define PRG_MESSAGES_H

#include "base/arena.h"
#include "base/error.h"
#include "prg.h"

/*
 * ID, name, placeholders, English text.  Tests and the check of the man page
 * read these rows from this file: keep their form.
 */
#define PRG_MESSAGES(X)							\
	/* Field errors. */						\
	X(ENTER, "enter", "label", "Enter {within}")			\
	X(CHOOSE, "choose", "label", "Choose {within}")			\
	X(TICK, "tick", "label", "Tick “{label}” to continue")		\
	X(TICK_OR_NOT, "tick_or_not", "label",				\
	    "{label} must be ticked or not ticked")			\
	X(TOO_LONG, "too_long", "label min max count",			\
	    "{label} must be {max} characters or less")			\
	X(TOO_SHORT, "too_short", "label min max count",		\
	    "{label} must be {min} characters or more")			\
	X(ONE_LINE, "one_line", "label", "{label} must be on one line")	\
	X(CHARACTERS, "characters", "label",				\
	    "{label} must not include invalid characters")		\
	X(EMAIL, "email", "label",					\
	    "Enter an email address in the format name@example.com")	\
	X(URL, "url", "label",						\
	    "Enter a web address in the format https://example.com/page") \
	X(TEL, "tel", "label", "Enter a phone number, like +44 20 7946 0000") \
	X(INTEGER, "integer", "label",					\
	    "{label} must be a whole number, like 1234")		\
	X(NUMBER, "number", "label",					\
	    "{label} must be a number, like 1234.5")			\
	X(AMBIGUOUS, "ambiguous", "label one two",			\
	    "{label} can mean two numbers: write {one} or {two}")	\
	X(STEP, "step", "label min max step",				\
	    "{label} must be in steps of {step} from {min}")		\
	X(RANGE, "range", "label min max step",				\
	    "{label} must be between {min} and {max}")			\
	X(MINIMUM, "minimum", "label min step",				\
	    "{label} must be {min} or more")				\
	X(MAXIMUM, "maximum", "label max step",				\
	    "{label} must be {max} or less")				\
	X(CHOICE, "choice", "label", "{label} must be one of the options") \
	X(DATE, "date", "label",					\
	    "{label} must be a date in the format YYYY-MM-DD")		\
	X(TIME, "time", "label", "{label} must be a time in the format HH:MM") \
	X(MONTH, "month", "label",					\
	    "{label} must be a month in the format YYYY-MM")		\
	X(NO_DAY, "no_day", "label day month year",			\
	    "{label}: there is no {day} {month} {year}")		\
	X(NO_SUCH, "no_such", "label value", "{label}: there is no {value}") \
	X(COLOUR, "colour", "label",					\
	    "{label} must be a colour in the format #rrggbb")		\
	X(TOO_EARLY, "too_early", "label min max",			\
	    "{label} must be {min} or later")				\
	X(TOO_LATE, "too_late", "label min max",			\
	    "{label} must be {max} or earlier")				\
	X(PATTERN, "pattern", "label",					\
	    "Enter {within} in the requested format")			\
	X(CUT, "cut", "label max",					\
	    "{label} was cut: only {max} characters were kept")		\
	X(FILE, "file", "label", "{label}: this form does not accept files") \
	/* Errors of the form as a whole. */				\
	X(FORM_OLD, "form_old", "",					\
	    "You opened this form a long time ago. Check your answers, then" \
	    " send it again")						\
	X(FORM_UNKNOWN, "form_unknown", "",				\
	    "This form could not be verified. Check your answers, then send" \
	    " it again")						\
	X(FORM_USED, "form_used", "",					\
	    "You have already sent this form with other answers. Send it" \
	    " again to submit both")					\
	X(NO_COOKIE, "no_cookie", "",					\
	    "This form needs a cookie. Allow cookies for this site, then send" \
	    " the form again")						\
	/* Pages. */							\
	X(DRAFT, "draft", "date",					\
	    "Your answers are kept on this page until {date}.")		\
	X(YES, "yes", "", "Yes")					\
	X(NO, "no", "", "No")						\
	X(RECEIVED, "received", "", "Received")				\
	X(SEE_OTHER, "see_other", "", "See your result")		\
	X(UNAVAILABLE, "unavailable", "",				\
	    "This page is temporarily unavailable. Nothing has been lost." \
	    " Try again in a minute.")					\
	X(NOT_YOURS, "not_yours", "", "You cannot see this page")	\
	X(NOT_YOURS_DETAIL, "not_yours_detail", "",			\
	    "It belongs to somebody else, or your browser has forgotten that" \
	    " it is yours. Only the browser that sent the form can open it.") \
	X(DELETE_AGAIN, "delete_again", "",				\
	    "Open the page again and delete it there.")			\
	X(DATE_FORMAT, "date_format", "day month year time",		\
	    "{day} {month} {year}, {time} UTC")				\
	X(SKIP, "skip", "", "Skip to main content")			\
	X(ERROR, "error", "", "Error:")					\
	X(PROBLEM, "problem", "", "There is a problem")			\
	X(OPTIONAL, "optional", "", "(optional)")			\
	X(NO_ANSWER, "no_answer", "", "No answer")			\
	X(MAX_HINT, "max_hint", "max", "{max} characters or less")	\
	X(MONTH_HINT, "month_hint", "", "For example, 2026-11")		\
	X(SEND, "send", "", "Send")					\
	X(FIRST, "first", "", "See what you sent before")		\
	X(NEWEST, "newest", "", "Newest")				\
	X(OLDER, "older", "", "Older entries")				\
	X(RECEIVED_ON, "received_on", "", "Received on")		\
	X(REFERENCE, "reference", "", "Reference")			\
	X(KEEP, "keep", "", "Bookmark this page to come back to it:")	\
	X(KEPT_UNTIL, "kept_until", "", "Kept until")			\
	X(DELETE, "delete", "", "Delete")				\
	/* Errors, by their status. */					\
	X(TITLE_400, "title_400", "", "Bad request")			\
	X(DETAIL_400, "detail_400", "",					\
	    "The request is invalid. Go back and try again.")		\
	X(TITLE_403, "title_403", "", "This form was sent from another site") \
	X(DETAIL_403, "detail_403", "",					\
	    "Open the form on this site and send it again.")		\
	X(TITLE_404, "title_404", "", "Page not found")			\
	X(DETAIL_404, "detail_404", "",					\
	    "If you typed the web address, check it is correct.")	\
	X(TITLE_405, "title_405", "", "Method not allowed")		\
	X(DETAIL_405, "detail_405", "",					\
	    "This address does not support the request method.")	\
	X(TITLE_406, "title_406", "", "Format not available")		\
	X(DETAIL_406, "detail_406", "",					\
	    "This page is available as text/html and application/json.") \
	X(TITLE_409, "title_409", "", "Conflict")			\
	X(DETAIL_409, "detail_409", "",					\
	    "Open the page again, then try again.")			\
	X(TITLE_410, "title_410", "",					\
	    "This page has been deleted or has expired")		\
	X(DETAIL_410, "detail_410", "", "Its content is no longer available.") \
	X(TITLE_411, "title_411", "", "Content-Length required")	\
	X(DETAIL_411, "detail_411", "",					\
	    "Send the form with a Content-Length header.")		\
	X(TITLE_412, "title_412", "", "This page has changed")		\
	X(DETAIL_412, "detail_412", "",					\
	    "Open the page again, then try again.")			\
	X(TITLE_413, "title_413", "", "The form is too large")		\
	X(DETAIL_413, "detail_413", "",					\
	    "Go back, shorten your answers and send the form again.")	\
	X(TITLE_415, "title_415", "", "Unsupported format")		\
	X(DETAIL_415, "detail_415", "",					\
	    "Send the form as application/x-www-form-urlencoded or"	\
	    " multipart/form-data, in UTF-8.")				\
	X(TITLE_422, "title_422", "", "There is a problem")		\
	X(DETAIL_422, "detail_422", "", "Some values are invalid.")	\
	X(TITLE_429, "title_429", "", "Too many requests")		\
	X(DETAIL_429, "detail_429", "", "Wait a minute, then try again.") \
	X(TITLE_500, "title_500", "",					\
	    "Sorry, there is a problem with the service")		\
	X(DETAIL_500, "detail_500", "", "Try again later.")		\
	X(TITLE_501, "title_501", "", "Method not supported")		\
	X(DETAIL_501, "detail_501", "",					\
	    "This server does not support the request method.")		\
	X(TITLE_503, "title_503", "", "Sorry, the service is unavailable") \
	X(DETAIL_503, "detail_503", "",					\
	    "Your form has not been saved. Go back and send it again in a" \
	    " minute.")							\
	/* Months, in order. */						\
	X(MONTH_1, "month_1", "", "January")				\
	X(MONTH_2, "month_2", "", "February")				\
	X(MONTH_3, "month_3", "", "March")				\
	X(MONTH_4, "month_4", "", "April")				\
	X(MONTH_5, "month_5", "", "May")				\
	X(MONTH_6, "month_6", "", "June")				\
	X(MONTH_7, "month_7", "", "July")				\
	X(MONTH_8, "month_8", "", "August")				\
	X(MONTH_9, "month_9", "", "September")				\
	X(MONTH_10, "month_10", "", "October")				\
	X(MONTH_11, "month_11", "", "November")				\
	X(MONTH_12, "month_12", "", "December")

enum prg_message_id {
#define X(id, name, placeholders, text) PRG_MSG_##id,
	PRG_MESSAGES(X)
#undef X
	PRG_MESSAGES_COUNT,
	PRG_MSG_NONE = PRG_MESSAGES_COUNT
};

/* The messages of an app: the built-in ones, or the app's own instead. */
struct prg_messages {
	const char	*lang;		/* "en", until the app sets it */
	const char	**texts;	/* by ID */
};

/*
 * Returns -1 with a sentence if the app has a message that does not exist, or
 * one with a placeholder that is not in the message's row.
 */
int	prg_messages_make(struct prg_arena *, const struct prg_message *own,
	    struct prg_messages *, struct prg_error *);

/* The text of a message; NULL if the name does not exist. */
const char	*prg_messages_find(const struct prg_messages *,
		    const char *name);

/*
 * The text with its placeholders filled.  'values' are names and values in
 * turn, then NULL.  A placeholder without a value stays.
 */
const char	*prg_message_fill(struct prg_arena *,
		    const struct prg_messages *, enum prg_message_id,
		    const char *const *values);

#endif
