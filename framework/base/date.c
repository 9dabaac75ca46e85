/*
 * date.c - the dates of HTTP (RFC 9110, 5.6.7) and of forms (ISO 8601).
 */
#include <locale.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "base/scan.h"

/* The first and the last second of the years 1 to 9999. */
#define FIRST	INT64_C(-62135596800)
#define LAST	INT64_C(253402300799)

static int64_t set_to;		/* 0: the clock runs */

void
prg_now_set(int64_t ms)
{
	set_to = ms;
}

int64_t
prg_now(void)
{
	struct timespec ts;

	if (set_to != 0)
		return set_to;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* -- Writing --------------------------------------------------------------- */

static struct tm
tm_of(int64_t seconds)
{
	time_t t = seconds < FIRST ? FIRST : seconds > LAST ? LAST : seconds;
	struct tm tm;

	gmtime_r(&t, &tm);
	return tm;
}

/* Write 'n' over the 'width' letters at 'p'. */
static void
put_digits(char *p, int width, int n)
{
	for (int i = width - 1; i >= 0; i--, n /= 10)
		p[i] = (char)('0' + n % 10);
}

static void
put_time(char *p, const struct tm *tm)
{
	put_digits(p, 2, tm->tm_hour);
	put_digits(p + 3, 2, tm->tm_min);
	put_digits(p + 6, 2, tm->tm_sec);
}

struct prg_date
prg_date_http(int64_t seconds)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct prg_date d = { "Www, DD Mmm YYYY hh:mm:ss GMT" };
	struct tm tm = tm_of(seconds);

	memcpy(d.text, days + 3 * tm.tm_wday, 3);
	put_digits(d.text + 5, 2, tm.tm_mday);
	memcpy(d.text + 8, months + 3 * tm.tm_mon, 3);
	put_digits(d.text + 12, 4, tm.tm_year + 1900);
	put_time(d.text + 17, &tm);
	return d;
}

struct prg_date
prg_date_iso(int64_t seconds)
{
	struct prg_date d = { "YYYY-MM-DDThh:mm:ssZ" };
	struct tm tm = tm_of(seconds);

	put_digits(d.text, 4, tm.tm_year + 1900);
	put_digits(d.text + 5, 2, tm.tm_mon + 1);
	put_digits(d.text + 8, 2, tm.tm_mday);
	put_time(d.text + 11, &tm);
	return d;
}

/* -- Reading --------------------------------------------------------------- */

enum { LONGEST = sizeof("Wednesday, 06-Nov-94 08:49:37 GMT") - 1 };

/* The three forms; in asctime's, the day has a space or a zero in front. */
static const char *const forms[] = {
	"%a, %d %b %Y %H:%M:%S GMT",
	"%A, %d-%b-%y %H:%M:%S GMT",
	"%a %b %e %H:%M:%S %Y",
	"%a %b %d %H:%M:%S %Y",
	NULL
};

/*
 * Read a date in one form.  strptime(3) accepts more than the form, so the date
 * must be the same when it is written again.
 */
static bool
read_form(const char *text, const char *form, struct tm *tm)
{
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	char again[LONGEST + 1];
	const char *end;

	*tm = (struct tm){ .tm_mday = 0 };
	end = strptime_l(text, form, tm, c);
	return end != NULL && *end == '\0' &&
	    strftime_l(again, sizeof(again), form, tm, c) > 0 &&
	    strcmp(again, text) == 0;
}

/* timegm(3) turns 31 November into 1 December. */
static bool
is_day(const struct tm *tm)
{
	struct tm day = { .tm_year = tm->tm_year, .tm_mon = tm->tm_mon,
	    .tm_mday = tm->tm_mday };

	timegm(&day);
	return day.tm_mon == tm->tm_mon && day.tm_mday == tm->tm_mday;
}

/* The latest year with these two digits that is at most 50 years from 'now'. */
static int
full_year(const struct tm *tm, int64_t now)
{
	struct tm limit = tm_of(now), guess = *tm;
	int year;

	limit.tm_year += 50;
	year = limit.tm_year - (limit.tm_year - tm->tm_year % 100) % 100;
	guess.tm_year = year;
	return timegm(&guess) > timegm(&limit) ? year - 100 : year;
}

bool
prg_date_parse(struct prg_span s, int64_t now, int64_t *seconds)
{
	const char *const *form = forms;
	char text[LONGEST + 1];
	struct tm tm;

	if (s.len == 0 || s.len > LONGEST)
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = '\0';
	while (*form != NULL && !read_form(text, *form, &tm))
		form++;
	if (*form == NULL)
		return false;
	if (strstr(*form, "%y") != NULL)
		tm.tm_year = full_year(&tm, now);
	/* RFC 9110, 5.6.7 allows a second 60. */
	if (!is_day(&tm) || tm.tm_sec > 60 || tm.tm_year < 1000 - 1900)
		return false;
	*seconds = timegm(&tm);
	return true;
}

bool
prg_date_is_day(struct prg_span s)
{
	long long year, month, day;
	struct tm tm;

	if (s.len != 10 || s.p[4] != '-' || s.p[7] != '-' ||
	    !prg_digits((struct prg_span){ s.p, 4 }, &year) || year < 1 ||
	    !prg_digits((struct prg_span){ s.p + 5, 2 }, &month) ||
	    !prg_digits((struct prg_span){ s.p + 8, 2 }, &day))
		return false;
	tm = (struct tm){ .tm_year = (int)year - 1900,
	    .tm_mon = (int)month - 1, .tm_mday = (int)day };
	return is_day(&tm);
}
