/*
 * test_date.c - the dates of HTTP and of forms.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/date.h"

#define SECOND	INT64_C(784111777)	/* of RFC 9110's examples, in 1994 */
#define IN_2026	INT64_C(1767225600)	/* 2026-01-01 */
#define REFUSED	INT64_MIN

static const struct {
	int64_t		 seconds;
	const char	*http, *iso;
} written[] = {
	{ 0, "Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z" },
	{ -1, "Wed, 31 Dec 1969 23:59:59 GMT", "1969-12-31T23:59:59Z" },
	{ SECOND, "Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z" },
	{ 951782400, "Tue, 29 Feb 2000 00:00:00 GMT", "2000-02-29T00:00:00Z" },
	{ 951868800, "Wed, 01 Mar 2000 00:00:00 GMT", "2000-03-01T00:00:00Z" },
	{ 4107542399, "Sun, 28 Feb 2100 23:59:59 GMT",
	  "2100-02-28T23:59:59Z" },
	{ 4107542400, "Mon, 01 Mar 2100 00:00:00 GMT",
	  "2100-03-01T00:00:00Z" },
	{ 2147483648, "Tue, 19 Jan 2038 03:14:08 GMT",
	  "2038-01-19T03:14:08Z" },
	{ 253402300799, "Fri, 31 Dec 9999 23:59:59 GMT",
	  "9999-12-31T23:59:59Z" },
	{ 253402300800, "Fri, 31 Dec 9999 23:59:59 GMT",
	  "9999-12-31T23:59:59Z" },
	{ INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT",
	  "9999-12-31T23:59:59Z" },
	{ -62135596800, "Mon, 01 Jan 0001 00:00:00 GMT",
	  "0001-01-01T00:00:00Z" },
	{ INT64_MIN, "Mon, 01 Jan 0001 00:00:00 GMT",
	  "0001-01-01T00:00:00Z" },
	{ 0, NULL, NULL }
};

static const struct row {
	const char	*name, *text;
	int64_t		 now, seconds;
} rows[] = {
	{ "IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", 0, SECOND },
	{ "rfc850", "Sunday, 06-Nov-94 08:49:37 GMT", IN_2026, SECOND },
	{ "asctime", "Sun Nov  6 08:49:37 1994", 0, SECOND },
	{ "asctime, two digits", "Wed Nov 16 08:49:37 1994", 0,
	  SECOND + 864000 },
	{ "asctime, a zero", "Sun Nov 06 08:49:37 1994", 0, SECOND },
	{ "another weekday", "Mon, 06 Nov 1994 08:49:37 GMT", 0, SECOND },
	{ "a weekday that is none", "Son, 06 Nov 1994 08:49:37 GMT", 0,
	  REFUSED },
	{ "a weekday in German", "So, 06 Nov 1994 08:49:37 GMT", 0, REFUSED },
	{ "a long weekday", "Sunday, 06 Nov 1994 08:49:37 GMT", 0, REFUSED },
	{ "a short weekday in rfc850", "Sun, 06-Nov-94 08:49:37 GMT", 0,
	  REFUSED },
	{ "other case", "sun, 06 nov 1994 08:49:37 gmt", 0, REFUSED },
	{ "another zone", "Sun, 06 Nov 1994 08:49:37 CET", 0, REFUSED },
	{ "an offset", "Sun, 06 Nov 1994 08:49:37 +0000", 0, REFUSED },
	{ "no zone", "Sun, 06 Nov 1994 08:49:37", 0, REFUSED },
	{ "a byte more", "Sun, 06 Nov 1994 08:49:37 GMT ", 0, REFUSED },
	{ "a byte before", " Sun, 06 Nov 1994 08:49:37 GMT", 0, REFUSED },
	{ "two spaces", "Sun,  06 Nov 1994 08:49:37 GMT", 0, REFUSED },
	{ "one digit", "Sun, 6 Nov 1994 08:49:37 GMT", 0, REFUSED },
	{ "a space for a digit", "Sun,  6 Nov 1994 08:49:37 GMT", 0, REFUSED },
	{ "a sign", "Sun, +6 Nov 1994 08:49:37 GMT", 0, REFUSED },
	{ "two digits of a year", "Sun, 06 Nov 94 08:49:37 GMT", 0, REFUSED },
	{ "five digits", "Sun, 06 Nov 11994 08:49:37 GMT", 0, REFUSED },
	{ "year 0", "Sun, 06 Nov 0000 08:49:37 GMT", 0, REFUSED },
	{ "day 0", "Sun, 00 Nov 1994 08:49:37 GMT", 0, REFUSED },
	{ "day 31 of 30", "Sun, 31 Nov 1994 08:49:37 GMT", 0, REFUSED },
	{ "29 February", "Sun, 29 Feb 2000 00:00:00 GMT", 0, 951782400 },
	{ "no 29 February", "Sun, 29 Feb 1994 08:49:37 GMT", 0, REFUSED },
	{ "none in 1900", "Sun, 29 Feb 1900 08:49:37 GMT", 0, REFUSED },
	{ "hour 24", "Sun, 06 Nov 1994 24:00:00 GMT", 0, REFUSED },
	{ "minute 60", "Sun, 06 Nov 1994 08:60:00 GMT", 0, REFUSED },
	{ "a leap second", "Sat, 31 Dec 2016 23:59:60 GMT", 0, 1483228800 },
	{ "second 61", "Sat, 31 Dec 2016 23:59:61 GMT", 0, REFUSED },
	{ "nothing", "", 0, REFUSED },
	{ "a number", "784111777", 0, REFUSED },
	{ "ISO 8601", "1994-11-06T08:49:37Z", 0, REFUSED },
	{ "50 years from now", "Wednesday, 01-Jan-76 00:00:00 GMT", IN_2026,
	  3345062400 },
	{ "a second more", "Wednesday, 01-Jan-76 00:00:01 GMT", IN_2026,
	  189302401 },
	{ "51 years from now", "Friday, 01-Jan-77 00:00:00 GMT", IN_2026,
	  220924800 },
	{ "this year", "Thursday, 01-Jan-26 00:00:00 GMT", IN_2026, IN_2026 },
	{ "over the century", "Saturday, 01-Jan-05 00:00:00 GMT", 946684799,
	  1104537600 },
	{ "a leap day 50 years on", "Friday, 29-Feb-72 00:00:00 GMT", IN_2026,
	  3223929600 },
	{ "no leap day then", "Friday, 29-Feb-74 00:00:00 GMT", IN_2026,
	  REFUSED },
	{ NULL, NULL, 0, 0 }
};

static const struct {
	const char	*text;
	bool		 day;
} days[] = {
	{ "1994-11-06", true },		{ "0001-01-01", true },
	{ "9999-12-31", true },		{ "2000-02-29", true },
	{ "0000-01-01", false },	{ "1900-02-29", false },
	{ "1994-11-31", false },	{ "1994-13-01", false },
	{ "1994-00-01", false },	{ "1994-01-00", false },
	{ "1994-1-01", false },		{ "1994-01-1", false },
	{ "94-01-01", false },		{ "11994-01-01", false },
	{ "1994-11-06 ", false },	{ " 1994-11-06", false },
	{ "1994-11-06T00:00", false },	{ "1994/11/06", false },
	{ "+994-11-06", false },	{ "-994-11-06", false },
	{ "1994-11-", false },		{ "", false },
	{ NULL, false }
};

static void
dates_are_written(void **state)
{
	(void)state;
	for (size_t i = 0; written[i].http != NULL; i++) {
		assert_string_equal(prg_date_http(written[i].seconds).text,
		    written[i].http);
		assert_string_equal(prg_date_iso(written[i].seconds).text,
		    written[i].iso);
	}
}

static void
check_row(const struct row *r)
{
	int64_t got = REFUSED;
	bool ok = prg_date_parse(prg_span(r->text), r->now, &got);

	if (ok != (r->seconds != REFUSED) || got != r->seconds)
		fail_msg("%s: %d, %lld", r->name, ok, (long long)got);
}

static void
dates_are_read(void **state)
{
	(void)state;
	for (const struct row *r = rows; r->name != NULL; r++)
		check_row(r);
}

/* A prefix is no date, and nothing is read past its end. */
static void
prefixes_are_refused(void **state)
{
	int64_t got;
	size_t n, len;
	char *s;

	(void)state;
	for (const struct row *r = rows; r < rows + 3; r++) {
		len = strlen(r->text);
		for (n = 0; n < len; n++) {
			s = malloc(n + 1);
			memcpy(s, r->text, n);
			if (prg_date_parse((struct prg_span){ s, n }, 0, &got))
				fail_msg("%s: %zu bytes", r->name, n);
			free(s);
		}
	}
}

static void
days_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; days[i].text != NULL; i++)
		if (prg_date_is_day(prg_span(days[i].text)) != days[i].day)
			fail_msg("\"%s\": %d", days[i].text, !days[i].day);
}

/* Steps of a prime meet each hour, weekday, day and leap year. */
static void
what_is_written_is_read(void **state)
{
	int64_t t, got = 0;
	struct prg_date d;
	struct tm tm;
	char text[64];
	time_t u;

	(void)state;
	/* From the year 1000 on. */
	for (t = -30610224000; t < 253402300800; t += 7654321) {
		d = prg_date_http(t);
		if (!prg_date_parse(prg_span(d.text), 0, &got) || got != t)
			fail_msg("%lld: %s", (long long)t, d.text);
		u = t;
		gmtime_r(&u, &tm);
		strftime(text, sizeof(text), "%a, %d %b ", &tm);
		if (strncmp(text, d.text, 12) != 0)
			fail_msg("%s: %s", d.text, text);
	}
}

static void
rfc850_is_within_50_years_of_now(void **state)
{
	const int64_t half = INT64_C(50) * 31556952;	/* mean years */
	int64_t t, got = 0;
	struct prg_date d;
	char text[64];

	(void)state;
	for (t = IN_2026 - half + 200000; t < IN_2026 + half - 200000;
	    t += 765432) {
		d = prg_date_http(t);
		snprintf(text, sizeof(text), "Monday, %.2s-%.3s-%.2s %.12s",
		    d.text + 5, d.text + 8, d.text + 14, d.text + 17);
		if (!prg_date_parse(prg_span(text), IN_2026, &got) ||
		    got != t)
			fail_msg("%s: %s", d.text, text);
	}
}

static void
the_locale_changes_nothing(void **state)
{
	(void)state;
	/* That of tests/run.sh, if the system has none. */
	setenv("LOCPATH", "build/locale", 1);
	if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL)
		skip();
	dates_are_written(state);
	dates_are_read(state);
	setlocale(LC_ALL, "C");
	unsetenv("LOCPATH");
}

static void
the_time_zone_changes_nothing(void **state)
{
	setenv("TZ", "America/New_York", 1);
	tzset();
	dates_are_written(state);
	dates_are_read(state);
	unsetenv("TZ");
	tzset();
}

static void
now_is_now(void **state)
{
	int64_t before = (int64_t)time(NULL) - 1, now = prg_now();

	(void)state;
	assert_true(now >= before * 1000);
	assert_true(now <= ((int64_t)time(NULL) + 1) * 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_written),
		cmocka_unit_test(dates_are_read),
		cmocka_unit_test(prefixes_are_refused),
		cmocka_unit_test(days_are_read),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(rfc850_is_within_50_years_of_now),
		cmocka_unit_test(the_locale_changes_nothing),
		cmocka_unit_test(the_time_zone_changes_nothing),
		cmocka_unit_test(now_is_now),
	};

	return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
