/*
 * test_field.c - the values that each kind of field accepts, and its errors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "form/field.h"

struct all {
	const char	*line;
	const char	*area;
	const char	*mail;
	int		 small;
	int64_t		 big;
	double		 number;
	bool		 tick;
	const char	*colour;
	const char	*day;
	const char	*url;
	const char	*tel;
	const char	*password;
	const char	*const *many;
	int		 slide;
	const char	*time;
	const char	*month;
	const char	*shade;
	const char	*code;
	const char	*hidden;
	int64_t		 third;
	double		 fine;
	double		 whole;
	const char	*early;
	const char	*three;
};

static struct prg_arena forever;

/* Every message is its name, then the values of its placeholders. */
static struct prg_messages messages;
static struct prg_message named[PRG_MESSAGES_COUNT + 1];

static const struct prg_message_row {
	const char	*name, *placeholders, *text;
} message_rows[] = {
#define X(id, name, placeholders, text) { name, placeholders, text },
	PRG_MESSAGES(X)
#undef X
};

static const struct prg_choice colours[] = {
	{ "r", "Red" }, { "g", NULL }, PRG_CHOICES_END
};

static const char *
not_thirteen(const char *value)
{
	return strstr(value, "13") != NULL ? "Code brings bad luck" : NULL;
}

static const struct prg_field optional[] = {
	PRG_TEXT(struct all, line, .label = "Your name", .max = 5),
	PRG_AREA(struct all, area, .label = "Message", .max = 5, .min = 2),
	PRG_EMAIL(struct all, mail, .label = "Mail"),
	PRG_INT(struct all, small, .label = "Stars", .min = 1, .max = 5),
	PRG_INT(struct all, big, .label = "Big"),
	PRG_NUMBER(struct all, number, .label = "Weight", .min = 0.5),
	PRG_BOOL(struct all, tick, .label = "Terms"),
	PRG_CHOICE(struct all, colour, .label = "Colour", .choices = colours),
	PRG_DATE(struct all, day, .label = "Day", .from = "2026-01-01",
	    .to = "2026-12-31"),
	PRG_URL(struct all, url, .label = "Site"),
	PRG_TEL(struct all, tel, .label = "Phone"),
	PRG_PASSWORD(struct all, password, .label = "Password", .min = 3),
	PRG_CHOICES(struct all, many, .label = "Colours", .choices = colours),
	PRG_RANGE(struct all, slide, .label = "Slide", .min = 10, .max = 20,
	    .step = 5),
	PRG_TIME(struct all, time, .label = "Time", .from = "09:00",
	    .to = "17:00"),
	PRG_MONTH(struct all, month, .label = "Month"),
	PRG_COLOUR(struct all, shade, .label = "Shade"),
	PRG_TEXT(struct all, code, .label = "Code",
	    .pattern = "[A-Z]{2}[0-9]+|none", .each = not_thirteen),
	PRG_HIDDEN(struct all, hidden),
	PRG_INT(struct all, third, .label = "Third", .step = 3),
	PRG_NUMBER(struct all, fine, .label = "Fine", .min = 0.3, .step = 0.01),
	PRG_NUMBER(struct all, whole, .label = "Whole", .step = 1),
	PRG_TIME(struct all, early, .label = "Early", .from = "09:00:00"),
	PRG_TEXT(struct all, three, .label = "Three", .pattern = ".{3}|[\xC3\xB6\xC3\xBC]+"),
	PRG_FIELDS_END
};

static const struct prg_field required[] = {
	PRG_TEXT(struct all, line, .label = "Your name", .required = true),
	PRG_INT(struct all, small, .label = "VAT number", .required = true),
	PRG_BOOL(struct all, tick, .label = "Terms", .required = true),
	PRG_CHOICE(struct all, colour, .required = true, .choices = colours,
	    .blank = "Pick one"),
	PRG_FIELDS_END
};

#define E_ACUTE	"\xC3\xA9"
#define REPLACEMENT "\xEF\xBF\xBD"
#define CLEF	"\xF0\x9D\x84\x9E"	/* two UTF-16 units */

static const struct row {
	const char	*name;
	const char	*body;
	const char	*field;
	const char	*error;		/* NULL: none */
	const char	*json;		/* what is stored; NULL: not looked at */
} rows[] = {
	{ "a line is trimmed", "line=+ab%09", "line", NULL, "\"ab\"" },
	{ "a line at its limit", "line=abcde", "line", NULL, "\"abcde\"" },
	{ "one beyond", "line=abcdef", "line",
	  "too_long Your name 0 5 6", NULL },
	{ "characters, not bytes", "line=" E_ACUTE E_ACUTE E_ACUTE E_ACUTE
	  E_ACUTE, "line", NULL, NULL },
	{ "UTF-16 units, as in a browser", "line=" CLEF CLEF CLEF, "line",
	  "too_long Your name 0 5 6", NULL },
	{ "a line has no newline", "line=a%0Ab", "line",
	  "one_line Your name", NULL },
	{ "a NUL", "line=a%00b", "line",
	  "characters Your name", NULL },
	{ "no UTF-8", "line=%FF", "line",
	  "characters Your name", NULL },
	{ "newlines are LF, and count one", "area=a%0D%0Ab%0D%0Ac", "area",
	  NULL, "\"a\\nb\\nc\"" },
	{ "an area keeps its space", "area=+a+", "area", NULL, "\" a \"" },
	{ "an area too short", "area=a", "area",
	  "too_short Message 2 5 1", NULL },
	{ "an address", "mail=a.b%2Bc%40x-y.example", "mail", NULL,
	  "\"a.b+c@x-y.example\"" },
	{ "no host", "mail=a%40", "mail",
	  "email Mail", NULL },
	{ "a hyphen at the end of a label", "mail=a%40b-.c", "mail",
	  "email Mail", NULL },
	{ "no @", "mail=ab", "mail",
	  "email Mail", NULL },
	{ "a whole number", "small=5", "small", NULL, "5" },
	{ "space, sign, zeroes", "small=+%2B05+", "small", NULL, "5" },
	{ "above", "small=6", "small", "range Stars 1 5 0", NULL },
	{ "below", "small=0", "small", "range Stars 1 5 0", NULL },
	{ "a fraction", "small=1.5", "small", "integer Stars",
	  NULL },
	{ "words", "small=many", "small", "integer Stars", NULL },
	{ "more than an int", "small=4294967297", "small",
	  "range Stars 1 5 0", NULL },
	{ "the most", "big=9223372036854775807", "big", NULL,
	  "9223372036854775807" },
	{ "more than that", "big=9223372036854775808", "big",
	  "maximum Big 9223372036854775807 0", NULL },
	{ "negative", "big=-7", "big", NULL, "-7" },
	{ "a number left blank is null", "big=", "big", NULL, "null" },
	{ "a number", "number=1.25", "number", NULL, "1.25" },
	{ "an exponent", "number=1e2", "number", NULL, "100.0" },
	{ "no zero before the point", "number=.5", "number", NULL, "0.5" },
	{ "zeroes before it", "number=007.5", "number", NULL, "7.5" },
	{ "a floor alone", "number=.4", "number", "minimum Weight 0.5 0",
	  NULL },
	{ "infinity", "number=1e999", "number", "maximum Weight 1e308 0",
	  NULL },
	{ "hexadecimal", "number=0x10", "number", "number Weight",
	  NULL },
	{ "a ticked box", "tick=on", "tick", NULL, "true" },
	{ "an unticked box", "", "tick", NULL, "false" },
	{ "spelt out", "tick=false", "tick", NULL, "false" },
	{ "a choice", "colour=g", "colour", NULL, "\"g\"" },
	{ "none of them", "colour=Red", "colour",
	  "choice Colour", NULL },
	{ "a day", "day=2026-02-28", "day", NULL, "\"2026-02-28\"" },
	{ "a day that is not", "day=2026-02-29", "day",
	  "no_day Day 29 month_2 2026", NULL },
	{ "too early", "day=2025-12-31", "day", "too_early Day 2026-01-01 2026-12-31",
	  NULL },
	{ "too late", "day=2027-01-01", "day",
	  "too_late Day 2026-01-01 2026-12-31", NULL },
	{ "an address of the web", "url=https%3A%2F%2Fa.example%2F%3Fq", "url",
	  NULL, "\"https://a.example/?q\"" },
	{ "another scheme", "url=javascript%3Aalert(1)", "url",
	  "url Site", NULL },
	{ "no host", "url=https%3A%2F%2F%2Fx", "url",
	  "url Site", NULL },
	{ "what a browser takes in an address", "url=https%3A%2F%2Fa.example"
	  "%2F%7C%7Ba%7D%5E%60%3Fq%3D%22b%22", "url", NULL,
	  "\"https://a.example/|{a}^`?q=\\\"b\\\"\"" },
	{ "a bracket within", "url=https%3A%2F%2Fa.example%2F%3C", "url",
	  "url Site", NULL },
	{ "another bracket", "url=https%3A%2F%2Fa.example%2F%3E", "url",
	  "url Site", NULL },
	{ "a backslash within", "url=https%3A%2F%2Fa.example%2F%5C", "url",
	  "url Site", NULL },
	{ "a control within", "url=https%3A%2F%2Fa.example%2F%01", "url",
	  "url Site", NULL },
	{ "a space within", "url=http%3A%2F%2Fa+b", "url",
	  "url Site", NULL },
	{ "a telephone number", "tel=%2B44+(20)+7946-0000", "tel", NULL,
	  "\"+44 (20) 7946-0000\"" },
	{ "letters in it", "tel=0800-CALL", "tel",
	  "tel Phone", NULL },
	{ "too few digits", "tel=%2B+1-2", "tel",
	  "tel Phone", NULL },
	{ "a password is not trimmed", "password=+++", "password", NULL, NULL },
	{ "a short password", "password=++", "password",
	  "too_short Password 3 1000 2", NULL },
	{ "no choice", "", "many", NULL, "[]" },
	{ "two choices, in the order of the table", "many=g&x=1&many=r",
	  "many", NULL, "[\"r\", \"g\"]" },
	{ "a choice twice", "many=g&many=g", "many", NULL, "[\"g\"]" },
	{ "one that there is not", "many=g&many=b", "many",
	  "choice Colours", NULL },
	{ "a blank one is none", "many=&many=r", "many", NULL, "[\"r\"]" },
	{ "a step", "slide=15", "slide", NULL, "15" },
	{ "a large step", "third=9000000000", "third", NULL, "9000000000" },
	{ "beside it", "third=9000000001", "third",
	  "step Third 0 0 3", NULL },
	{ "a fine step", "fine=1.23", "fine", NULL, "1.23" },
	{ "many of them", "fine=123456.78", "fine", NULL, "123456.78" },
	{ "beside a fine step", "fine=1.2345", "fine",
	  "step Fine 0.3 0 0.01", NULL },
	{ "a half, of a large number", "whole=1000000000.5", "whole",
	  "step Whole 0 0 1", NULL },
	{ "all but nothing", "whole=1e-12", "whole",
	  "step Whole 0 0 1", NULL },
	{ "beside a step", "slide=14", "slide",
	  "step Slide 10 20 5", NULL },
	{ "beyond", "slide=25", "slide", "range Slide 10 20 5", NULL },
	{ "a time", "time=09%3A00", "time", NULL, "\"09:00\"" },
	{ "a time with seconds", "time=16%3A59%3A59", "time", NULL,
	  "\"16:59:59\"" },
	{ "no such hour", "time=24%3A00", "time", "no_such Time 24:00",
	  NULL },
	{ "the last time, with seconds", "time=17%3A00%3A00", "time", NULL,
	  "\"17:00:00\"" },
	{ "a second later", "time=17%3A00%3A01", "time",
	  "too_late Time 09:00 17:00", NULL },
	{ "the first time, without seconds", "early=09%3A00", "early", NULL,
	  "\"09:00\"" },
	{ "a minute before", "early=08%3A59%3A59", "early",
	  "too_early Early 09:00:00 {max}", NULL },
	{ "too late a time", "time=17%3A01", "time",
	  "too_late Time 09:00 17:00", NULL },
	{ "a month", "month=2026-12", "month", NULL, "\"2026-12\"" },
	{ "no such month", "month=2026-13", "month",
	  "no_such Month 2026-13", NULL },
	{ "a colour", "shade=%23A0b1C2", "shade", NULL, "\"#a0b1c2\"" },
	{ "a colour by name", "shade=red", "shade",
	  "colour Shade", NULL },
	{ "a pattern", "code=AB12", "code", NULL, "\"AB12\"" },
	{ "the whole of it", "code=xAB1", "code",
	  "pattern Code", NULL },
	{ "its other branch", "code=none", "code", NULL, "\"none\"" },
	{ "a branch and more", "code=nonesuch", "code",
	  "pattern Code", NULL },
	{ "characters, not bytes", "three=" E_ACUTE E_ACUTE E_ACUTE, "three", NULL, NULL },
	{ "two of them", "three=" E_ACUTE E_ACUTE, "three",
	  "pattern Three", NULL },
	{ "a range of them", "three=\xC3\xB6", "three", NULL, NULL },
	{ "a check of the app's own", "code=AB13", "code",
	  "Code brings bad luck", NULL },
	{ "the first of two counts", "line=a&line=b", "line", NULL, "\"a\"" },
	{ NULL, NULL, NULL, NULL, NULL }
};

static const struct row required_rows[] = {
	{ "not sent", "", "line", "enter Your name", NULL },
	{ "only space", "line=+%0D%0A", "line", "enter Your name", NULL },
	{ "capitals stay", "", "small", "enter VAT number", NULL },
	{ "a box", "", "tick", "tick Terms", NULL },
	{ "a box spelt out", "tick=0", "tick", "tick Terms", NULL },
	{ "own words", "colour=", "colour", "Pick one", NULL },
	{ NULL, NULL, NULL, NULL, NULL }
};

static const struct prg_form_limits limits = {
	.fields = 100, .name = 100, .value = 1000
};

static void
check_json(const struct row *r, const struct prg_field *fields,
    const struct prg_pairs *pairs, const struct all *all)
{
	json_t *input = prg_fields_input(fields, pairs, all);
	char *text = json_dumps(json_object_get(input, r->field),
	    JSON_ENCODE_ANY);

	if (strcmp(text, r->json) != 0)
		fail_msg("%s: stored as %s, not %s", r->name, text, r->json);
	free(text);
	json_decref(input);
}

static void
check_row(const struct row *r, const struct prg_field *fields)
{
	struct prg_arena a = { 0 };
	struct prg_field_errors errors = { .arena = &a, .messages = &messages };
	struct prg_pairs pairs;
	struct all all = { 0 };
	const char *error;

	prg_urlencoded_read(&a, prg_span(r->body), &limits, &pairs);
	prg_fields_bind(fields, &pairs, &all, &errors);
	error = prg_errors_find(&errors,
	    prg_field_find(fields, prg_span(r->field)));
	if ((error == NULL) != (r->error == NULL) ||
	    (error != NULL && strcmp(error, r->error) != 0))
		fail_msg("%s: \"%s\", not \"%s\"", r->name,
		    error ? error : "valid", r->error ? r->error : "valid");
	if (r->json != NULL)
		check_json(r, fields, &pairs, &all);
	prg_arena_release(&a);
}

static void
test_values(void **state)
{
	(void)state;
	for (const struct row *r = rows; r->name != NULL; r++)
		check_row(r, optional);
	for (const struct row *r = required_rows; r->name != NULL; r++)
		check_row(r, required);
}

static void
test_defaults(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_field_errors errors = { .arena = &a, .messages = &messages };
	struct all all = { .line = "x", .small = 4, .colour = "r" };
	struct prg_pairs pairs;

	(void)state;
	prg_urlencoded_read(&a, prg_span("line=&small="), &limits, &pairs);
	prg_fields_bind(optional, &pairs, &all, &errors);
	assert_null(errors.first);
	assert_string_equal(all.line, "");	/* cleared by the user */
	assert_string_equal(all.colour, "r");	/* not sent */
	assert_int_equal(all.small, 4);		/* blank */
	assert_string_equal(all.day, "");	/* never NULL */
	assert_non_null(all.many);
	assert_null(all.many[0]);
	prg_arena_release(&a);
}

static void
test_submitted(void **state)
{
	struct prg_arena a = { 0 };
	struct prg_pairs pairs;
	json_t *submitted;

	(void)state;
	prg_urlencoded_read(&a, prg_span("small=+many+&line=a%0D%0Ab&other=1"
	    "&many=z%00&many=r&password=secret&area=%00a%00"), &limits, &pairs);
	submitted = prg_fields_submitted(optional, &pairs, NULL);
	assert_int_equal(json_object_size(submitted), 4);
	assert_int_equal(json_array_size(json_object_get(submitted, "many")), 2);
	/* A NUL is no character that any text of ours can hold. */
	assert_string_equal(json_string_value(json_array_get(json_object_get(
	    submitted, "many"), 0)), "z" REPLACEMENT);
	assert_string_equal(json_string_value(json_object_get(submitted, "area")),
	    REPLACEMENT "a" REPLACEMENT);
	assert_string_equal(json_string_value(json_object_get(submitted, "small")),
	    " many ");
	assert_string_equal(json_string_value(json_object_get(submitted, "line")),
	    "a\r\nb");
	json_decref(submitted);
	prg_arena_release(&a);
}

/* What an app says may have been cut in the middle of a character. */
static void
test_errors(void **state)
{
	const struct prg_field *line = &optional[0];
	struct prg_arena a = { 0 };
	struct prg_field_errors errors = { .arena = &a, .messages = &messages };

	(void)state;
	prg_errors_add(&errors, line, "\xC3 is taken");
	prg_errors_add(&errors, NULL, "all of it");
	assert_string_equal(prg_errors_find(&errors, line),
	    REPLACEMENT " is taken");
	assert_null(prg_errors_find(&errors, line + 1));
	assert_string_equal(errors.last->text, "all of it");
	prg_arena_release(&a);
}

/* A draft stores them; the app may have dropped a field since. */
static void
test_errors_json(void **state)
{
	static const char json[] = "[{\"detail\": \"is taken\","
	    " \"pointer\": \"#/line\"}, {\"detail\": \"all of it\"},"
	    " {\"detail\": \"one more\", \"pointer\": \"#/gone\"},"
	    " {\"detail\": 7}, 7]";
	struct prg_arena a = { 0 };
	struct prg_field_errors errors = { .arena = &a, .messages = &messages };
	json_t *list = json_loads(json, 0, NULL), *again;

	(void)state;
	prg_errors_read(&errors, optional, list);
	json_decref(list);
	assert_ptr_equal(errors.first->field, &optional[0]);
	assert_null(errors.first->next->field);
	assert_null(errors.last->field);
	again = prg_errors_json(&errors);
	list = json_loads("[{\"detail\": \"is taken\", \"pointer\":"
	    " \"#/line\"}, {\"detail\": \"all of it\"},"
	    " {\"detail\": \"one more\"}]", 0, NULL);
	assert_true(json_equal(again, list));
	json_decref(again);
	json_decref(list);
	prg_errors_read(&errors, optional, NULL);
	prg_arena_release(&a);
}

/* Whether a browser's control shows a text; others are for a plain <input>. */
static void
test_can_show(void **state)
{
	static const struct {
		const char *field, *text;
		bool can;
	} shows[] = {
		{ "day", "2027-01-01", true }, { "day", "tomorrow", false },
		{ "day", "", true }, { "slide", "15", true },
		{ "slide", "14", false }, { "slide", "25", false },
		{ "small", "many", true }, { "mail", "none", true },
		{ "url", "none", false }, { "shade", "red", false },
		{ "shade", "#A0B1C2", true }, { "month", "2026-11", true },
		{ "month", "11/2026", false }, { "day", "30.11.2026", false },
		{ "time", "9:00", false }, { "slide", "+15", false }
	};
	struct prg_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(shows) / sizeof(shows[0]); i++)
		if (prg_field_can_show(&a, prg_field_find(optional,
		    prg_span(shows[i].field)), shows[i].text) != shows[i].can)
			fail_msg("%s: %s", shows[i].field, shows[i].text);
	prg_arena_release(&a);
}

static const struct prg_field no_choices[] = {
	PRG_CHOICE(struct all, colour), PRG_FIELDS_END
};
static const struct prg_field min_above[] = {
	PRG_INT(struct all, small, .min = 9, .max = 5), PRG_FIELDS_END
};
static const struct prg_field twice[] = {
	PRG_TEXT(struct all, line), PRG_TEXT(struct all, line), PRG_FIELDS_END
};
static const struct prg_field no_day[] = {
	PRG_DATE(struct all, day, .from = "tomorrow"), PRG_FIELDS_END
};
static const struct prg_field stray_from[] = {
	PRG_TEXT(struct all, line, .to = "2026-01-01"), PRG_FIELDS_END
};
static const struct prg_field secret_number[] = {
	PRG_INT(struct all, big, .secret = true), PRG_FIELDS_END
};
static const struct prg_field stray_choices[] = {
	PRG_TEXT(struct all, line, .choices = colours), PRG_FIELDS_END
};
static const struct prg_choice red_twice[] = {
	{ "red", "Red" }, { "blue", "Blue" }, { "red", "Crimson" },
	PRG_CHOICES_END
};
static const struct prg_field choice_twice[] = {
	PRG_CHOICE(struct all, colour, .choices = red_twice), PRG_FIELDS_END
};
static const struct prg_field too_exact[] = {
	PRG_INT(struct all, big, .max = 1e17), PRG_FIELDS_END
};

static const struct prg_field bad_pattern[] = {
	PRG_TEXT(struct all, line, .pattern = "(a"), PRG_FIELDS_END
};
static const struct prg_field open_range[] = {
	PRG_RANGE(struct all, slide), PRG_FIELDS_END
};
static const struct prg_field stray_step[] = {
	PRG_TEXT(struct all, line, .step = 1), PRG_FIELDS_END
};

static const struct prg_field long_min[] = {
	PRG_TEXT(struct all, line, .min = 1001), PRG_FIELDS_END
};
static const struct prg_field long_mail[] = {
	PRG_EMAIL(struct all, mail, .min = 255), PRG_FIELDS_END
};
static const struct prg_field day_after[] = {
	PRG_DATE(struct all, day, .from = "2026-12-01", .to = "2026-11-30"),
	PRG_FIELDS_END
};
static const struct prg_field month_after[] = {
	PRG_MONTH(struct all, month, .from = "2026-12", .to = "2026-11"),
	PRG_FIELDS_END
};
static const struct prg_field bare_hour[] = {
	PRG_TIME(struct all, time, .from = "9:00"), PRG_FIELDS_END
};
static const struct prg_field half[] = {
	PRG_INT(struct all, small, .min = 0.2, .max = 0.8), PRG_FIELDS_END
};
static const struct prg_field half_step[] = {
	PRG_INT(struct all, small, .step = 0.5), PRG_FIELDS_END
};
static const struct prg_field beyond_int[] = {
	PRG_INT(struct all, small, .min = 3e9), PRG_FIELDS_END
};
static const struct prg_field refers_back[] = {
	PRG_TEXT(struct all, line, .pattern = "([ab])\\1"), PRG_FIELDS_END
};
static const struct prg_field refers_behind[] = {
	PRG_TEXT(struct all, line, .pattern = "[]x](a)[^]]\\1"), PRG_FIELDS_END
};
static const struct prg_field no_reference[] = {
	PRG_TEXT(struct all, line, .pattern = "\\\\1|[\\1]"), PRG_FIELDS_END
};
static const struct prg_field over_midnight[] = {
	PRG_TIME(struct all, time, .from = "22:00", .to = "06:00"),
	PRG_FIELDS_END
};

static const struct prg_choice *
no_options(struct prg_req *r)
{
	(void)r;
	return NULL;
}

static const struct prg_field two_lists[] = {
	PRG_CHOICE(struct all, colour, .choices = colours,
	    .options = no_options),
	PRG_FIELDS_END
};
static const struct prg_field stray_options[] = {
	PRG_TEXT(struct all, line, .options = no_options), PRG_FIELDS_END
};

/* What may lie behind a table without an end. */
static const struct prg_field no_end[] = {
	PRG_TEXT(struct all, line),
	{ .name = "x", .kind = (enum prg_kind)0x7f454c46 },
	PRG_FIELDS_END
};

static const struct prg_field other_table[] = {
	PRG_TEXT(struct all, line),
	PRG_TEXT(struct { const char *a; }, a),
	PRG_FIELDS_END
};

static const struct prg_field no_row[] = {
	{ .kind = PRG_KIND_TEXT },
	PRG_FIELDS_END
};

static void
test_tables(void **state)
{
	static const struct {
		const struct prg_field *fields;
		const char *says;
	} tables[] = {
		{ no_choices,	"field colour: choices are missing" },
		{ min_above,	"field small: min is above max" },
		{ twice,	"field line: two rows have this name" },
		{ no_day, "field day: from or to is not written as the field's"
		  " values are" },
		{ stray_from, "field line: from and to are for dates, times and"
		  " months" },
		{ stray_choices, "field line: choices are for PRG_CHOICE and"
		  " PRG_CHOICES" },
		{ choice_twice, "field colour: two choices have the value red" },
		{ bad_pattern, "field line: pattern is not a POSIX extended"
		  " regular expression" },
		{ open_range, "field slide: a range needs min and max" },
		{ stray_step, "field line: step is for numbers, and must be"
		  " above 0" },
		{ secret_number, "field big: secret is for PRG_TEXT and"
		  " PRG_PASSWORD" },
		{ too_exact,	"field big: min or max is beyond 2^53" },
		{ long_min,	"field line: min is above max" },
		{ long_mail,	"field mail: min is above max" },
		{ day_after,	"field day: from is after to" },
		{ month_after,	"field month: from is after to" },
		{ bare_hour, "field time: from or to is not written as the"
		  " field's values are" },
		{ half, "field small: min, max and step of a whole number must"
		  " be whole" },
		{ half_step, "field small: min, max and step of a whole number"
		  " must be whole" },
		{ beyond_int, "field small: min or max is beyond an int" },
		{ two_lists, "field colour: options are for PRG_CHOICE and"
		  " PRG_CHOICES, without choices" },
		{ stray_options, "field line: options are for PRG_CHOICE and"
		  " PRG_CHOICES, without choices" },
		{ no_end, "field line: PRG_FIELDS_END is missing behind it" },
		{ other_table, "field a: not in the same struct as line; is"
		  " PRG_FIELDS_END missing before it?" },
		{ no_row, "the table of fields has no row" },
		{ refers_back, "field line: pattern must not refer back, as"
		  " with \\1" },
		{ refers_behind, "field line: pattern must not refer back, as"
		  " with \\1" },
	};
	struct prg_error err;

	(void)state;
	assert_int_equal(prg_fields_check(PRG_FIELDS(PRG_TEXT(struct all, line),
	    PRG_INT(struct all, small)), &err), 0);
	assert_int_equal(prg_fields_check(optional, &err), 0);
	assert_int_equal(prg_fields_check(over_midnight, &err), 0);
	assert_int_equal(prg_fields_check(no_reference, &err), 0);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		assert_int_equal(prg_fields_check(tables[i].fields, &err), -1);
		assert_string_equal(err.text, tables[i].says);
	}
}

/* -- Messages --------------------------------------------------------------------- */

static void
test_messages(void **state)
{
	static const struct prg_message german[] = {
		{ "enter", "{label} fehlt" },
		{ "range", "{within} {label}: {min} bis {max}, {} {1} {" },
		PRG_MESSAGES_END
	};
	static const char *const values[] = { "label", "Name", "min", "1", NULL };
	static const char *const vat[] = { "label", "VAT number", NULL };
	struct prg_messages own;
	struct prg_error err;

	(void)state;
	assert_int_equal(prg_messages_make(&forever, german, &own, &err), 0);
	assert_string_equal(prg_message_fill(&forever, &own, PRG_MSG_ENTER, values),
	    "Name fehlt");
	assert_string_equal(prg_message_fill(&forever, &own, PRG_MSG_RANGE, values),
	    "name Name: 1 bis {max}, {} {1} {");
	assert_string_equal(prg_message_fill(&forever, &own, PRG_MSG_CHOOSE, values),
	    "Choose name");
	assert_string_equal(prg_message_fill(&forever, &own, PRG_MSG_CHOOSE, vat),
	    "Choose VAT number");
	assert_string_equal(prg_messages_find(&own, "enter"), "{label} fehlt");
	assert_null(prg_messages_find(&own, "entre"));
}

static const struct {
	struct prg_message	 own;
	const char		*says;
} refused[] = {
	{ { "entre", "" }, "message entre: unknown name; see prg-template(7)" },
	{ { "enter", "{label} {max}" },
	  "message enter: unknown placeholder {max}; see prg-template(7)" },
	{ { "yes", "Yes, {within}" },
	  "message yes: unknown placeholder {within}; see prg-template(7)" },
	{ { "no", NULL }, "message no: the text is missing" },
	{ { "too_long", "{ma}" },
	  "message too_long: unknown placeholder {ma}; see prg-template(7)" },
};

static void
test_wrong_messages(void **state)
{
	struct prg_message own[] = { { NULL, NULL }, PRG_MESSAGES_END };
	struct prg_messages made;
	struct prg_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		own[0] = refused[i].own;
		assert_int_equal(prg_messages_make(&forever, own, &made, &err),
		    -1);
		assert_string_equal(err.text, refused[i].says);
	}
}

/* The built-in texts have only placeholders that they may have. */
static void
test_built_in_messages(void **state)
{
	struct prg_message own[PRG_MESSAGES_COUNT + 1] = { PRG_MESSAGES_END };
	struct prg_messages made;
	struct prg_error err;

	(void)state;
	for (int i = 0; i < PRG_MESSAGES_COUNT; i++)
		own[i] = (struct prg_message){ message_rows[i].name,
		    message_rows[i].text };
	if (prg_messages_make(&forever, own, &made, &err) == -1)
		fail_msg("%s", err.text);
}

/* "too_long {label} {min} {max} {count}" */
static void
name_messages(void)
{
	struct prg_span rest, word;
	struct prg_buf b;

	for (int i = 0; i < PRG_MESSAGES_COUNT; i++) {
		b = prg_buf(&forever, 1000);
		prg_buf_str(&b, message_rows[i].name);
		rest = prg_span(message_rows[i].placeholders);
		while (rest.len > 0) {
			word = (struct prg_span){ rest.p, strcspn(rest.p, " ") };
			prg_buf_printf(&b, " {%.*s}", (int)word.len, word.p);
			rest = prg_span(word.p + word.len +
			    (word.len < rest.len));
		}
		named[i] = (struct prg_message){ message_rows[i].name, b.p };
	}
}

int
main(void)
{
	struct prg_error err;
	int rc;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_submitted),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_errors_json),
		cmocka_unit_test(test_can_show),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_wrong_messages),
		cmocka_unit_test(test_built_in_messages),
	};

	name_messages();
	if (prg_messages_make(&forever, named, &messages, &err) == -1)
		return 1;
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	prg_arena_release(&forever);
	return rc;
}
