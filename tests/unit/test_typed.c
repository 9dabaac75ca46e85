/*
 * test_typed.c - what people and programs really type: the same value in other
 * clothes, in any encoding, sent by any client.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <prg_test.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "form/messages.h"

/* -- The app --------------------------------------------------------------- */

#define main typed_main
#include "../http/typed.c"
#undef main

static const struct prg_app app = { .name = "typed", .routes = routes };

/* -- Requests and their answers -------------------------------------------- */

static struct prg_test *t;
static struct prg_arena arena;
static struct prg_messages messages;

static int
open_app(void **state)
{
	struct prg_error err;

	(void)state;
	t = prg_test_open(&app);
	return prg_messages_make(&arena, NULL, &messages, &err);
}

static int
close_app(void **state)
{
	(void)state;
	prg_test_close(t);
	prg_arena_release(&arena);
	return 0;
}

/* "name=value", encoded as a browser does. */
static const char *
pair(const char *name, const char *value)
{
	struct prg_buf b = prg_buf(&arena, SIZE_MAX / 4);

	prg_buf_printf(&b, "%s=", name);
	prg_percent_encode(&b, prg_span(value));
	return b.p;
}

static const char *
message(enum prg_message_id id, const char *label, const char *const *values)
{
	const char *all[10] = { "label", label };

	for (int i = 0; i < 6 && values[i] != NULL; i++)
		all[2 + i] = values[i];
	return prg_message_fill(&arena, &messages, id, all);
}

#define MESSAGE(id, label, ...) message(PRG_MSG_##id, label,		\
	(const char *const[]){ __VA_ARGS__ NULL, NULL })

/* The only error of the answer is this one. */
static void
is_refused(const char *sent, const char *sentence)
{
	json_t *errors = json_object_get(t->json, "errors");
	const char *said = json_string_value(json_object_get(json_array_get(
	    errors, 0), "detail"));

	if (t->status != 422 || json_array_size(errors) != 1 || said == NULL ||
	    strcmp(said, sentence) != 0)
		fail_msg("%s: %d, not 422 \"%s\": %s", sent, t->status, sentence,
		    t->body);
}

static void
is_stored(const char *sent, const char *field, const char *want)
{
	json_t *j = json_object_get(json_object_get(t->json, "input"), field);
	json_t *wanted = json_is_string(j) ? json_string(want) :
	    json_loads(want, JSON_DECODE_ANY, NULL);

	if (t->status != 201 || !json_equal(j, wanted))
		fail_msg("%s: %d, not 201 \"%s\": %s", sent, t->status, want,
		    t->body);
	json_decref(wanted);
}

/* -- Values ---------------------------------------------------------------- */

/* What is stored, or the message and its values. */
static const struct {
	const char		*field;
	const char		*sent;
	const char		*want;
	enum prg_message_id	 message;
	const char		*values[7];
} rows[] = {
#define STORED(field, sent, want) { field, sent, want, PRG_MSG_NONE, { NULL } }
#define REFUSED(field, sent, id, ...) \
	{ field, sent, NULL, PRG_MSG_##id, { __VA_ARGS__ } }
	/* characters that nobody sees */
	STORED("mail", "ann@example.com\u00a0", "ann@example.com"),
	STORED("mail", "\u200bann@example.com", "ann@example.com"),
	STORED("mail", "ann@example.com\u200b", "ann@example.com"),
	STORED("mail", "ann@exam\u00adple.com", "ann@example.com"),
	STORED("mail", "ann@\u202aexample.com\u202c", "ann@example.com"),
	STORED("mail", "ann\uff20example\uff0ecom", "ann@example.com"),
	STORED("mail", "o\u2019brien@example.com", "o'brien@example.com"),
	STORED("mail", "ann@my\u2011host.example", "ann@my-host.example"),
	REFUSED("mail", "ann@example.com bob@example.com", EMAIL, NULL),
	REFUSED("mail", "ann bob@example.com", EMAIL, NULL),
	STORED("phone", "\u202a+442079460000\u202c", "+442079460000"),
	STORED("phone", "+44\u00a020 7946 0000", "+44 20 7946 0000"),
	STORED("phone", "+44\u201120 7946\u20110000", "+44-20 7946-0000"),
	STORED("phone", "+44 (0)20 7946\u20130000", "+44 (0)20 7946-0000"),
	STORED("phone", "\uff0b\uff14\uff14 20\u30fc7946", "+44 20-7946"),
	STORED("phone", "\u0660\u0661\u0662\u0663", "0123"),
	STORED("phone", "\u09e6\u09e7\u09e8\u09e9", "0123"),
	REFUSED("phone", "call me", TEL, NULL),
	STORED("site", "https://a.example/\ufeff", "https://a.example/"),
	STORED("site", "\u2060https://a.exa\u200bmple/\u00e9", "https://a.example/\u00e9"),
	STORED("site", "https://a.example/\u0661\u2014\u2019", "https://a.example/\u0661\u2014\u2019"),
	STORED("day", "2026-11-30\u00a0", "2026-11-30"),
	STORED("day", "2026\u201311\u201330", "2026-11-30"),
	STORED("day", "\u0662\u0660\u0662\u0666-\u0661\u0661-\u0663\u0660", "2026-11-30"),
	STORED("hour", "09:30\u200b", "09:30"),
	STORED("hour", "\uff10\uff19\uff1a\uff13\uff10", "09:30"),
	STORED("paint", "\ufeff#A0B1C2", "#a0b1c2"),
	STORED("pet", "\u200bcat ", "cat"),
	STORED("small", "12\u00a0", "12"),
	STORED("small", "12\u200b", "12"),
	STORED("small", "\u22125", "-5"),
	STORED("small", "\u20135", "-5"),
	STORED("small", "\u0967\u0968", "12"),
	STORED("small", "\uff11\uff12", "12"),
	STORED("small", "1\u20602", "12"),
	STORED("text", "\u00a0Ann\u00a0", "Ann"),
	STORED("text", "\u3000Ann \u200d", "Ann"),
	STORED("text", "\u202aAnn\u202c", "Ann"),
	STORED("text", "\u2066Ann\u2069", "Ann"),
	STORED("text", "x \u2066Ann\u2069\u200f", "x \u2066Ann\u2069"),
	STORED("text", "x \u202eAnn\u202c ", "x \u202eAnn\u202c"),
	STORED("text", "A\u00a0n\u200dn", "A\u00a0n\u200dn"),
	STORED("text", "\U0001f468\u200d\U0001f469\ufe0f", "\U0001f468\u200d\U0001f469\ufe0f"),
	STORED("text", "\302\205Ann\u2028", "Ann"),
	STORED("story", "\u00a0Ann", "\u00a0Ann"),
	/* a decimal comma, and grouping */
	STORED("price", "12,50", "12.5"),
	STORED("price", "1.234,50", "1234.5"),
	STORED("price", "1,234.50", "1234.5"),
	STORED("price", "1'234.50", "1234.5"),
	STORED("price", "1\u2019234,50", "1234.5"),
	STORED("price", "1 234,50", "1234.5"),
	STORED("price", "1\u00a0234,50", "1234.5"),
	STORED("price", "1\u202f234", "1234.0"),
	REFUSED("price", "1,234", AMBIGUOUS, "one", "1234", "two", "1.234"),
	REFUSED("price", "12,345", AMBIGUOUS, "one", "12345", "two", "12.345"),
	STORED("price", "0,123", "0.123"),
	STORED("price", "1234,567", "1234.567"),
	STORED("price", "1.234", "1.234"),
	STORED("price", ",5", "0.5"),
	REFUSED("price", "12,34,5.50", NUMBER, NULL),
	REFUSED("price", "12,34,567.50", RANGE, "min", "0", "max", "100000"),
	REFUSED("price", "1.2.3", NUMBER, NULL),
	REFUSED("price", "1 2", NUMBER, NULL),
	REFUSED("price", "12,", NUMBER, NULL),
	STORED("price", "\u0661\u0662\u066b\u0665", "12.5"),
	STORED("depth", "1.234.567,8", "1234567.8"),
	STORED("depth", "\u22121.234.567", "-1234567.0"),
	STORED("depth", "-,5", "-0.5"),
	STORED("depth", "1,5e3", "1500.0"),
	STORED("depth", "- 5", "-5.0"),
	REFUSED("small", "1,000", AMBIGUOUS, "one", "1000", "two", "1"),
	STORED("small", "1,234", "1234"),
	STORED("small", "1.234.567", "1234567"),
	STORED("small", "1 234 567", "1234567"),
	STORED("small", "1'234", "1234"),
	REFUSED("small", "12,50", INTEGER, NULL),
	REFUSED("small", "1,23", INTEGER, NULL),
	REFUSED("small", "1.000", INTEGER, NULL),
	REFUSED("small", "-1,000", AMBIGUOUS, "one", "-1000", "two", "-1"),
	STORED("small", "00", "0"),
	STORED("small", "007", "7"),
	STORED("price", "0,5", "0.5"),
	STORED("price", "00,50", "0.5"),
	STORED("price", "0", "0.0"),
	STORED("price", "0.0", "0.0"),
	REFUSED("price", "1 23,4", NUMBER, NULL),
	STORED("price", "1'234,567", "1234.567"),
	REFUSED("price", "1.234.5", NUMBER, NULL),
	REFUSED("price", ".", NUMBER, NULL),
	REFUSED("price", "-", NUMBER, NULL),
	REFUSED("price", "\u2212", NUMBER, NULL),
	/* domains of any script */
	STORED("mail", "ann@b\u00fccher.example", "ann@b\u00fccher.example"),
	STORED("mail", "ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
	STORED("mail", "ann@\u4f8b\u3048.\u30c6\u30b9\u30c8", "ann@\u4f8b\u3048.\u30c6\u30b9\u30c8"),
	STORED("mail", "ann@\u30b3\u30fc\u30d2\u30fc\u3002jp", "ann@\u30b3\u30fc\u30d2\u30fc.jp"),
	REFUSED("mail", "ann@\u2026.example", EMAIL, NULL),
	REFUSED("mail", "ann@-b\u00fc.example", EMAIL, NULL),
	REFUSED("mail", "j\u00f6rg@example.com", EMAIL, NULL),
	/* hosts and ports as the URL standard has them */
	REFUSED("site", "http://[]", URL, NULL),
	REFUSED("site", "https://test.[com", URL, NULL),
	REFUSED("site", "https://example.com:99999/", URL, NULL),
	REFUSED("site", "http://[::1:2::3]:8080/", URL, NULL),
	REFUSED("site", "http://[1:2:3:4:5:6:7:8:9]/", URL, NULL),
	REFUSED("site", "http://256.256.256.256/", URL, NULL),
	REFUSED("site", "http://1.2.3.4.5/", URL, NULL),
	REFUSED("site", "http://example.com:80x/", URL, NULL),
	REFUSED("site", "http://a:b:80/", URL, NULL),
	REFUSED("site", "http://exa^mple.com/", URL, NULL),
	REFUSED("site", "http://exa%23mple.com/", URL, NULL),
	REFUSED("site", "http://%zz/", URL, NULL),
	REFUSED("site", "http://a%20b/", URL, NULL),
	REFUSED("site", "http://a%5Cb/", URL, NULL),
	REFUSED("site", "http://a%7Fb/", URL, NULL),
	REFUSED("site", "http://user@/", URL, NULL),
	REFUSED("site", "http:///path", URL, NULL),
	STORED("site", "http://[::1]:8080/", "http://[::1]:8080/"),
	STORED("site", "http://[::ffff:1.2.3.4]", "http://[::ffff:1.2.3.4]"),
	STORED("site", "http://127.1:65535/", "http://127.1:65535/"),
	STORED("site", "http://example.com:/", "http://example.com:/"),
	STORED("site", "http://us@er:p%40ss@b\u00fccher.example?x=[", "http://us@er:p%40ss@b\u00fccher.example?x=["),
	STORED("site", "http://a_b.example/", "http://a_b.example/"),
	STORED("site", "http://1.2.3.4./", "http://1.2.3.4./"),
	STORED("site", "http://0x7f.1", "http://0x7f.1"),
	/* yes and no */
	STORED("agree", "on", "true"),
	STORED("agree", "ON", "true"),
	STORED("agree", "true", "true"),
	STORED("agree", "True", "true"),
	STORED("agree", "yes", "true"),
	STORED("agree", "Yes", "true"),
	STORED("agree", "1", "true"),
	STORED("agree", " on ", "true"),
	STORED("agree", "on\u00a0", "true"),
	STORED("agree", "off", "false"),
	STORED("agree", "Off", "false"),
	STORED("agree", "False", "false"),
	STORED("agree", "FALSE", "false"),
	STORED("agree", "No", "false"),
	STORED("agree", "0", "false"),
	STORED("agree", "", "false"),
	STORED("agree", " false ", "false"),
	REFUSED("agree", "n", TICK_OR_NOT, NULL),
	REFUSED("agree", "f", TICK_OR_NOT, NULL),
	REFUSED("agree", "null", TICK_OR_NOT, NULL),
	REFUSED("agree", "maybe", TICK_OR_NOT, NULL),
	REFUSED("agree", "2", TICK_OR_NOT, NULL),
	REFUSED("agree", "None", TICK_OR_NOT, NULL),
	/* what cannot be, and what has another form */
	REFUSED("small", "4000000000", MAXIMUM, "max", "2147483647"),
	REFUSED("small", "-4000000000", MINIMUM, "min", "-2147483648"),
	REFUSED("small", "999999999999999999999999999999", MAXIMUM, "max", "2147483647"),
	REFUSED("big", "99999999999999999999", MAXIMUM, "max", "9223372036854775807"),
	REFUSED("big", "-99999999999999999999", MINIMUM, "min", "-9223372036854775808"),
	STORED("big", "9223372036854775807", "9223372036854775807"),
	REFUSED("stars", "4000000000", RANGE, "min", "1", "max", "5"),
	REFUSED("depth", "1e999", MAXIMUM, "max", "1e308"),
	REFUSED("small", "many", INTEGER, NULL),
	REFUSED("day", "2026-02-29", NO_DAY, "day", "29", "month", "February", "year", "2026"),
	REFUSED("day", "2026-11-31", NO_DAY, "day", "31", "month", "November", "year", "2026"),
	REFUSED("day", "2026-13-01", NO_SUCH, "value", "2026-13-01"),
	REFUSED("day", "tomorrow", DATE, NULL),
	STORED("day", "30.11.2026", "2026-11-30"),
	STORED("day", "1.5.2026", "2026-05-01"),
	REFUSED("day", "05/11/2026", DATE, NULL),
	STORED("day", "2026-1-5", "2026-01-05"),
	STORED("day", "2026/11/30", "2026-11-30"),
	REFUSED("hour", "25:00", NO_SUCH, "value", "25:00"),
	STORED("hour", "9:30", "09:30"),
	STORED("hour", "9.30", "09:30"),
	REFUSED("hour", "noon", TIME, NULL),
	STORED("night", "23:00", "23:00"),
	STORED("night", "05:00", "05:00"),
	STORED("night", "22:00", "22:00"),
	STORED("night", "06:00:00", "06:00:00"),
	REFUSED("night", "12:00", RANGE, "min", "22:00", "max", "06:00"),
	REFUSED("night", "06:00:01", RANGE, "min", "22:00", "max", "06:00"),
	STORED("month", "11/2026", "2026-11"),
	STORED("month", "2026-1", "2026-01"),
	STORED("month", "1.2026", "2026-01"),
	STORED("month", "2026/11", "2026-11"),
	REFUSED("month", "13/2026", NO_SUCH, "value", "2026-13"),
	REFUSED("month", "11/26", MONTH, NULL),
};

static void
test_values(void **state)
{
	const char *sent;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sent = pair(rows[i].field, rows[i].sent);
		prg_test_send(t, "/", sent, NULL);
		if (rows[i].want != NULL)
			is_stored(sent, rows[i].field, rows[i].want);
		else
			is_refused(sent, message(rows[i].message, rows[i].field,
			    rows[i].values));
	}
}

/* Each once, and in the order of the table. */
static void
test_choices(void **state)
{
	struct prg_buf many = prg_buf(&arena, SIZE_MAX / 4);

	(void)state;
	for (int i = 0; i < 990; i++)
		prg_buf_str(&many, "&many=cat");
	prg_test_send(t, "/", many.p, NULL);
	is_stored("990 times cat", "many", "[\"cat\"]");
	prg_test_send(t, "/", "many=eel&many=cat&many=eel", NULL);
	is_stored("eel, cat", "many", "[\"cat\", \"eel\"]");
	prg_test_send(t, "/", "many=dog%E2%80%8B", NULL);
	is_stored("dog", "many", "[\"dog\"]");
	prg_test_send(t, "/", "many=dog&many=cow", NULL);
	is_refused("cow", MESSAGE(CHOICE, "many", ));
	/* A slider that is left out has its lowest value. */
	prg_test_send(t, "/", "text=x", NULL);
	is_stored("no mood", "mood", "3");
}

static void
test_blank(void **state)
{
	/* no-break, ideographic, zero-width, line separator, mark, filler */
	static const char *const spaces[] = { "\u00a0", "\u3000", "\u200b",
	    "\u2028", "\u200e", "\u3164" };

	(void)state;
	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		assert_int_equal(prg_test_send(t, "/must", prg_arena_printf(
		    &arena, "mood=3&%s&%s", pair("text", spaces[i]),
		    pair("story", spaces[i])), NULL), 422);
		assert_string_equal(prg_test_error(t, "text"),
		    MESSAGE(ENTER, "text", ));
		assert_string_equal(prg_test_error(t, "story"),
		    MESSAGE(ENTER, "story", ));
	}
}

/* -- Encodings ------------------------------------------------------------- */

#define HEAD	"--b\r\nContent-Disposition: form-data; name="
#define END	"\r\n--b--\r\n"

/* 'type' has the label at its end, or none; so has 'before', in the body. */
static void
send_in(const char *label, const char *type, const char *before,
    const char *after)
{
	bool in_type = strstr(type, "charset=") != NULL;

	prg_test_set(t, "CONTENT_TYPE", prg_arena_printf(&arena, "%s%s", type,
	    in_type ? label : ""));
	prg_test_send(t, "/", prg_arena_printf(&arena, "%s%s%s", before,
	    in_type ? "" : label, after), NULL);
}

static void
test_labels(void **state)
{
	static const char form[] = "application/x-www-form-urlencoded";
	static const char parts[] = "multipart/form-data; boundary=b";
	/* What is stored, or NULL: the label is refused. */
	static const struct {
		const char *label, *sent, *want;
	} labels[] = {
		{ "utf8", "\xc3\xa9", "\u00e9" },
		{ "UTF-8", "\xc3\xa9", "\u00e9" },
		{ "us-ascii", "a", "a" },
		{ "us-ascii", "\xc3\xa9", "\u00e9" },
		{ "ISO-8859-1", "hello", "hello" },
		{ "ISO-8859-1", "\xe9", "\u00e9" },
		{ "latin1", "\x80\xe9\x99", "\u20ac\u00e9\u2122" },
		{ "windows-1252", "\x80", "\u20ac" },
		{ "cp1252", "\x81", "\xc2\x81" },
		{ "utf-16", "hello", "hello" },
		{ "shift_jis", "hello", "hello" },
		{ "shift_jis", "\x82\xa0", NULL },
		{ "iso-8859-15", "\xa4", NULL }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		const char *sent = labels[i].sent, *text = pair("text", sent);
		/* Content-Type and what is before and behind the label */
		const char *const ways[][3] = {
			{ prg_arena_printf(&arena, "%s; charset=", form), text,
			  "" },
			{ prg_arena_printf(&arena, "%s; charset=", parts),
			  prg_arena_printf(&arena, HEAD "text\r\n\r\n%s", sent),
			  END },
			{ parts, HEAD "text\r\nContent-Type: text/plain; charset=",
			  prg_arena_printf(&arena, "\r\n\r\n%s" END, sent) },
			{ form, "_charset_=", prg_arena_printf(&arena, "&%s",
			  text) },
			{ form, prg_arena_printf(&arena, "%s&_charset_=", text),
			  "" },
			{ parts, HEAD "_charset_\r\n\r\n", prg_arena_printf(
			  &arena, "\r\n" HEAD "text\r\n\r\n%s" END, sent) }
		};

		for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++) {
			send_in(labels[i].label, ways[w][0], ways[w][1],
			    ways[w][2]);
			if (labels[i].want != NULL)
				is_stored(labels[i].label, "text",
				    labels[i].want);
			else
				assert_int_equal(t->status, w < 2 ? 415 : 400);
		}
	}
}

/* An error of its field, whichever way the client writes its name. */
static void
test_files(void **state)
{
	static const char *const files[][2] = {
		/* w3m, Links, ELinks */
		{ "; filename=\"a\"b c \u00e9.txt\"", "a\"b c \u00e9.txt" },
		/* Guzzle */
		{ "; filename=\"a\"b\\c \u00e9.txt\"", "c \u00e9.txt" },
		/* curl */
		{ "; filename=\"a%22b c \u00e9.txt\"", "a\"b c \u00e9.txt" },
		/* libsoup 2 and 3 */
		{ "; filename*=UTF-8''a%22b%20%C3%A9.txt", "a\"b \u00e9.txt" },
		{ "; filename*=UTF-8''a\"b\\c%20%C3%A9.txt", "c \u00e9.txt" },
		/* .NET */
		{ "; filename=\"=?utf-8?B?YyDDqS50eHQ=?=\""
		  "; filename*=utf-8''c%20%C3%A9.txt", "c \u00e9.txt" },
		/* aiohttp */
		{ "; filename=\"a%22b%20%C3%A9.txt\"", "a\"b \u00e9.txt" },
		{ "; filename*=utf-16''x", "photo" }
	};

	(void)state;
	prg_test_set(t, "CONTENT_TYPE", "multipart/form-data; boundary=b");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		prg_test_send(t, "/", prg_arena_printf(&arena, HEAD
		    "text\r\n\r\nx\r\n" HEAD "photo%s\r\n\r\ny" END,
		    files[i][0]), NULL);
		is_refused(files[i][0], MESSAGE(FILE, files[i][1], ));
	}
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, open_app, close_app)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(test_values), ROW(test_choices), ROW(test_blank),
		ROW(test_labels), ROW(test_files)
	};

	return cmocka_run_group_tests_name("typed", tests, NULL, NULL);
}
