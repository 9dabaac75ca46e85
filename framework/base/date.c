/*
 * date.c - the dates of HTTP (RFC 9110, 5.6.7) and of forms (ISO 8601).
 *
 * strftime() and strptime() depend on the locale, and strptime() accepts more
 * than the standards do.
 */
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "base/scan.h"

/* The first and the last second of the years 1 to 9999. */
#define FIRST	INT64_C(-62135596800)
#define LAST	INT64_C(253402300799)

static const char *const weekdays[] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	"Saturday", NULL
};

static const char *const months[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
	"Nov", "Dec", NULL
};

/* The letters are those of strftime(3). */
static const char *const forms[] = {
	"%a, %d %b %Y %H:%M:%S GMT",
	"%A, %d-%b-%y %H:%M:%S GMT",
	"%a %b %e %H:%M:%S %Y",
	NULL
};

int64_t
prg_now(void)
{
	struct timespec ts;

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
	struct prg_date d = { "Www, DD Mmm YYYY hh:mm:ss GMT" };
	struct tm tm = tm_of(seconds);

	memcpy(d.text, weekdays[tm.tm_wday], 3);
	put_digits(d.text + 5, 2, tm.tm_mday);
	memcpy(d.text + 8, months[tm.tm_mon], 3);
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

/* Take exactly 'n' digits; -1 if they are not there. */
static int
take_digits(struct prg_span *s, size_t n)
{
	struct prg_span digits = prg_take(s, n);
	long long v;

	return digits.len == n && prg_digits(digits, &v) ? (int)v : -1;
}

/* Take a name, or the first 'len' letters of a longer one: its index, or -1. */
static int
take_name(struct prg_span *s, const char *const *names, size_t len)
{
	for (int i = 0; names[i] != NULL; i++) {
		size_t n = strnlen(names[i], len);

		if (s->len >= n && memcmp(s->p, names[i], n) == 0) {
			prg_take(s, n);
			return i;
		}
	}
	return -1;
}

/* Take the text for one letter of a form; false if it is not there. */
static bool
take_part(struct prg_span *s, char letter, struct tm *tm)
{
	switch (letter) {
	case 'a':	return take_name(s, weekdays, 3) >= 0;
	case 'A':	return take_name(s, weekdays, 9) >= 0;
	case 'b':	return (tm->tm_mon = take_name(s, months, 3)) >= 0;
	case 'd':	return (tm->tm_mday = take_digits(s, 2)) >= 0;
	case 'e':	return (tm->tm_mday = take_digits(s,
			    prg_take_char(s, ' ') ? 1 : 2)) >= 0;
	case 'H':	return (tm->tm_hour = take_digits(s, 2)) >= 0;
	case 'm':	return (tm->tm_mon = take_digits(s, 2) - 1) >= 0;
	case 'M':	return (tm->tm_min = take_digits(s, 2)) >= 0;
	case 'S':	return (tm->tm_sec = take_digits(s, 2)) >= 0;
	case 'y':	return (tm->tm_year = take_digits(s, 2)) >= 0;
	case 'Y':	return (tm->tm_year = take_digits(s, 4) - 1900) > -1900;
	default:	return false;
	}
}

static bool
read_form(struct prg_span s, const char *form, struct tm *tm)
{
	*tm = (struct tm){ .tm_mday = 0 };
	for (; *form != '\0'; form++) {
		if (*form != '%') {
			if (!prg_take_char(&s, *form))
				return false;
		} else if (!take_part(&s, *++form, tm))
			return false;
	}
	return s.len == 0;
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
	year = limit.tm_year - (limit.tm_year + 100 - tm->tm_year) % 100;
	guess.tm_year = year;
	return timegm(&guess) > timegm(&limit) ? year - 100 : year;
}

bool
prg_date_parse(struct prg_span s, int64_t now, int64_t *seconds)
{
	const char *const *form = forms;
	struct tm tm;

	while (*form != NULL && !read_form(s, *form, &tm))
		form++;
	if (*form == NULL)
		return false;
	if (strstr(*form, "%y") != NULL)
		tm.tm_year = full_year(&tm, now);
	/* RFC 9110, 5.6.7 allows a second 60. */
	if (!is_day(&tm) || tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
		return false;
	*seconds = timegm(&tm);
	return true;
}

bool
prg_date_is_day(struct prg_span s)
{
	struct tm tm;

	return read_form(s, "%Y-%m-%d", &tm) && is_day(&tm);
}
