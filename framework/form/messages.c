/*
 * messages.c - what pages and faults say, each replaceable by the app.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "form/messages.h"

enum { LONGEST = 1000 };

/* The first ones in the order of enum prg_message_id. */
static const struct prg_message built_in[] = {
	{ "enter",		"Enter {within}" },
	{ "choose",		"Choose {within}" },
	{ "tick",		"Tick “{label}” to go on" },
	{ "too_long",		"{label} must have {max} characters at most;"
				" it has {count}" },
	{ "too_short",		"{label} must have {min} characters at least;"
				" it has {count}" },
	{ "one_line",		"{label} must be on one line" },
	{ "no_text",		"{label} has characters that are no text" },
	{ "no_email",		"{label} must be an email address, like"
				" name@example.com" },
	{ "no_url",		"{label} must be a web address without spaces,"
				" like https://example.com/page" },
	{ "no_tel",		"{label} must be a telephone number, like"
				" +44 20 7946 0000" },
	{ "no_int",		"{label} must be a whole number" },
	{ "no_number",		"{label} must be a number" },
	{ "no_step",		"{label} must be {min} or that plus a multiple"
				" of {count}" },
	{ "range",		"{label} must be from {min} to {max}" },
	{ "minimum",		"{label} must be {min} or more" },
	{ "no_choice",		"{label} must be one of the choices given" },
	{ "no_date",		"{label} must be a date, as YYYY-MM-DD" },
	{ "no_time",		"{label} must be a time, as HH:MM" },
	{ "no_month",		"{label} must be a month, as YYYY-MM" },
	{ "no_colour",		"{label} must be a colour, as #rrggbb" },
	{ "too_early",		"{label} must be {min} or later" },
	{ "too_late",		"{label} must be {max} or earlier" },
	{ "pattern",		"{label} is not of the form that is asked for" },
	{ "no_file",		"{label}: files can’t be taken yet" },
	{ "form_old",		"This form was open for very long. Check it, then"
				" send it again" },
	{ "form_unknown",	"This form could not be recognised. Check it,"
				" then send it again" },
	{ "form_used",		"You have sent this form before, with other"
				" content. Send it again if you want both" },
	{ "yes",		"Yes" },
	{ "no",			"No" },
	{ "received",		"Received" },
	{ "see_other",		"What came of it" },
	{ "unread",		"This page can’t be read at the moment."
				" Nothing is lost: load it again in a"
				" minute." },
	{ "delete_again",	"Open the page again and delete it there." },
	{ "date",		"{day} {month} {year}, {time} UTC" },
	/* Of the built-in templates. */
	{ "skip",		"Skip to the content" },
	{ "error",		"Error:" },
	{ "problem",		"There is a problem" },
	{ "optional",		"(optional)" },
	{ "send",		"Send" },
	{ "first",		"What you sent before" },
	{ "newest",		"Newest" },
	{ "received_on",	"Received on" },
	{ "reference",		"Reference" },
	{ "keep",		"This page stays at its address. Bookmark it to"
				" come back:" },
	{ "kept_until",		"Kept until" },
	{ "delete",		"Delete" },
	/* Of errors, by their status. */
	{ "title_400",		"This can’t be understood" },
	{ "detail_400",		"The request is broken." },
	{ "title_403",		"Not from there" },
	{ "detail_403",		"Open the form on this site and send it"
				" again." },
	{ "title_404",		"Nothing is here" },
	{ "detail_404",		"There is no page at this address. Check it"
				" for typing errors." },
	{ "title_405",		"That can’t be done here" },
	{ "detail_405",		"This address does not take such a request." },
	{ "title_406",		"Not in that form" },
	{ "detail_406",		"This page can be had as text/html and as"
				" application/json." },
	{ "title_409",		"Something is in the way" },
	{ "detail_409",		"Look at its state now, then try again." },
	{ "title_410",		"No longer here" },
	{ "detail_410",		"What was at this address has been deleted,"
				" or was kept for a time that is over." },
	{ "title_411",		"How long is it?" },
	{ "detail_411",		"Send the form with a Content-Length." },
	{ "title_412",		"It has changed" },
	{ "detail_412",		"It is not in the state that the request"
				" asks for." },
	{ "title_413",		"That is too much" },
	{ "detail_413",		"The form is larger than what is taken"
				" here." },
	{ "title_415",		"Not in that encoding" },
	{ "detail_415",		"Send the form as"
				" application/x-www-form-urlencoded or as"
				" multipart/form-data, in UTF-8." },
	{ "title_422",		"There is a problem" },
	{ "detail_422",		"Some values do not fit." },
	{ "title_429",		"Not so fast" },
	{ "detail_429",		"Wait a little, then try again." },
	{ "title_500",		"Something broke here" },
	{ "detail_500",		"The error is in the log, and it is not"
				" yours." },
	{ "title_501",		"That is not known here" },
	{ "detail_501",		"This server does not know the method of"
				" the request." },
	{ "title_503",		"Not just now" },
	{ "detail_503",		"Nothing was stored and nothing is lost: go"
				" back and send the form again in a minute." },
	/* Of dates. */
	{ "month_1",		"January" },
	{ "month_2",		"February" },
	{ "month_3",		"March" },
	{ "month_4",		"April" },
	{ "month_5",		"May" },
	{ "month_6",		"June" },
	{ "month_7",		"July" },
	{ "month_8",		"August" },
	{ "month_9",		"September" },
	{ "month_10",		"October" },
	{ "month_11",		"November" },
	{ "month_12",		"December" },
	{ NULL, NULL }
};

enum { WORDS = sizeof(built_in) / sizeof(built_in[0]) - 1 };

static int
index_of(const char *name)
{
	for (int i = 0; i < WORDS; i++)
		if (strcmp(built_in[i].name, name) == 0)
			return i;
	return -1;
}

int
prg_messages_make(struct prg_arena *a, const struct prg_message *own,
    struct prg_messages *messages, struct prg_error *err)
{
	const char **texts = prg_arena_get(a, WORDS * sizeof(*texts));
	int i;

	for (i = 0; i < WORDS; i++)
		texts[i] = built_in[i].text;
	for (; own != NULL && own->name != NULL; own++) {
		if ((i = index_of(own->name)) == -1)
			return prg_error_set(err, "there is no word '%s'; see"
			    " prg(3)", own->name);
		texts[i] = own->text;
	}
	messages->lang = "en";
	messages->texts = texts;
	return 0;
}

const char *
prg_messages_find(const struct prg_messages *messages, const char *name)
{
	int i = index_of(name);

	return i != -1 ? messages->texts[i] : NULL;
}

json_t *
prg_messages_json(const struct prg_messages *messages)
{
	json_t *m = json_object();

	for (int i = 0; i < WORDS; i++)
		json_object_set_new(m, built_in[i].name,
		    json_string(messages->texts[i]));
	return m;
}

/* The label as it stands within a sentence: "Your name" is "your name" there. */
static void
add_within(struct prg_buf *b, const char *label)
{
	char first = label[0];
	bool lower = first >= 'A' && first <= 'Z' &&
	    !(label[1] >= 'A' && label[1] <= 'Z');

	prg_buf_char(b, lower ? (char)(first - 'A' + 'a') : first);
	prg_buf_str(b, first == '\0' ? label : label + 1);
}

/* Fill the hole whose name is the 'len' bytes at 'name'; false if it is none. */
static bool
add_hole(struct prg_buf *b, struct prg_span name, const struct prg_placeholders *h)
{
	const struct {
		const char	*name;
		const char	*text;
	} holes[] = {
		{ "label", h->label }, { "min", h->min }, { "max", h->max },
		{ "count", h->count }, { "day", h->day },
		{ "month", h->month }, { "year", h->year },
		{ "time", h->time }
	};

	if (prg_span_is(name, "within") && h->label != NULL) {
		add_within(b, h->label);
		return true;
	}
	for (size_t i = 0; i < sizeof(holes) / sizeof(holes[0]); i++)
		if (prg_span_is(name, holes[i].name) && holes[i].text != NULL) {
			prg_buf_str(b, holes[i].text);
			return true;
		}
	return false;
}

const char *
prg_message_fill(struct prg_arena *a, const struct prg_messages *messages,
    enum prg_message_id i, const struct prg_placeholders *h)
{
	struct prg_buf b = prg_buf(a, LONGEST);
	const char *p = messages->texts[i], *end;
	size_t n;

	for (; *p != '\0'; p += n) {
		n = strcspn(p, "{");
		prg_buf_add(&b, p, n);
		p += n;
		if (*p == '\0')
			break;
		end = strchr(p, '}');
		n = end != NULL ? (size_t)(end + 1 - p) : strlen(p);
		if (end == NULL || !add_hole(&b, (struct prg_span){ p + 1,
		    n - 2 }, h))
			prg_buf_add(&b, p, n);
	}
	return b.p;
}
