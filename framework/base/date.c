/*
 * date.c - the dates of HTTP (RFC 9110, 5.6.7) and of forms (ISO 8601).
 *
 * strftime(), strptime() and the time zone of the process are of no use here:
 * the names are English in every locale and the time is always UTC.
 */
#include <string.h>
#include <time.h>

#include "base/date.h"

enum {
	DAY = 24 * 60 * 60,
	TO_1970 = 719468	/* days from 1 March of the year 0 */
};

struct civil {
	int64_t	year;
	int	month, day;	/* from 1 */
	int	hour, minute, second;
};

/* 1970 began on a Thursday. */
static const char *const weekdays[] = {
	"Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday",
	"Wednesday"
};

static const char *const months[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
	"Nov", "Dec"
};

/*
 * The three forms, in the letters of strftime(3), but with exactly as many
 * digits and letters as the standard has.
 */
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

/*
 * Days before 'year', when years begin in March: the day that leap years add
 * is then the last, and the lengths of the months repeat as 153 in five.
 */
static int64_t
days_before(int64_t year)
{
	return year * 365 + year / 4 - year / 100 + year / 400;
}

/* Seconds since 1970 of a date in the years from 1 on. */
static int64_t
seconds_of(const struct civil *c)
{
	int64_t year = c->month < 3 ? c->year - 1 : c->year;
	int month = (c->month + 9) % 12;
	int64_t days = days_before(year) + (153 * month + 2) / 5 +
	    c->day - 1 - TO_1970;

	return days * DAY + c->hour * 3600 + c->minute * 60 + c->second;
}

static int64_t
clamp(int64_t seconds)
{
	const struct civil first = { 1, 1, 1, 0, 0, 0 };
	const struct civil last = { 9999, 12, 31, 23, 59, 59 };

	if (seconds < seconds_of(&first))
		return seconds_of(&first);
	return seconds > seconds_of(&last) ? seconds_of(&last) : seconds;
}

/* Seconds of the days from 1 January 1 on, clamped before. */
static struct civil
civil_of(int64_t seconds)
{
	int64_t since = seconds + (int64_t)TO_1970 * DAY;
	int64_t days = since / DAY, year = days * 400 / 146097;
	int second = (int)(since % DAY), day, month;

	while (days_before(year) > days)
		year--;
	while (days_before(year + 1) <= days)
		year++;
	day = (int)(days - days_before(year));
	month = (5 * day + 2) / 153;
	return (struct civil){
		.year = month < 10 ? year : year + 1,
		.month = (month + 2) % 12 + 1,
		.day = day - (153 * month + 2) / 5 + 1,
		.hour = second / 3600,
		.minute = second / 60 % 60,
		.second = second % 60
	};
}

/* Write 'n' into the digits of a picture at 'p', from the right. */
static void
put_digits(char *p, int width, int64_t n)
{
	for (int i = width - 1; i >= 0; i--, n /= 10)
		p[i] = (char)('0' + n % 10);
}

static void
put_time(char *p, const struct civil *c)
{
	put_digits(p, 2, c->hour);
	put_digits(p + 3, 2, c->minute);
	put_digits(p + 6, 2, c->second);
}

struct prg_date
prg_date_http(int64_t seconds)
{
	struct prg_date d = { "Www, DD Mmm YYYY hh:mm:ss GMT" };
	int64_t s = clamp(seconds);
	struct civil c = civil_of(s);
	int64_t weekday = (s / DAY - (s % DAY < 0)) % 7;

	memcpy(d.text, weekdays[(weekday + 7) % 7], 3);
	put_digits(d.text + 5, 2, c.day);
	memcpy(d.text + 8, months[c.month - 1], 3);
	put_digits(d.text + 12, 4, c.year);
	put_time(d.text + 17, &c);
	return d;
}

struct prg_date
prg_date_iso(int64_t seconds)
{
	struct prg_date d = { "YYYY-MM-DDThh:mm:ssZ" };
	struct civil c = civil_of(clamp(seconds));

	put_digits(d.text, 4, c.year);
	put_digits(d.text + 5, 2, c.month);
	put_digits(d.text + 8, 2, c.day);
	put_time(d.text + 11, &c);
	return d;
}

/* Take 'n' digits from the front; -1 if they are not there. */
static int
take_digits(struct prg_span *s, size_t n)
{
	int v = 0;

	if (s->len < n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return -1;
		v = v * 10 + s->p[i] - '0';
	}
	s->p += n;
	s->len -= n;
	return v;
}

/* Take a literal, or its first 'len' letters if it is longer. */
static bool
take_word(struct prg_span *s, const char *word, size_t len)
{
	len = strnlen(word, len);
	if (s->len < len || memcmp(s->p, word, len) != 0)
		return false;
	s->p += len;
	s->len -= len;
	return true;
}

static bool
take_weekday(struct prg_span *s, size_t len)
{
	for (size_t i = 0; i < 7; i++)
		if (take_word(s, weekdays[i], len))
			return true;
	return false;
}

static int
take_month(struct prg_span *s)
{
	for (int i = 0; i < 12; i++)
		if (take_word(s, months[i], 3))
			return i + 1;
	return -1;
}

/* Take what stands for one letter of a form; false if it is not there. */
static bool
take_part(struct prg_span *s, char letter, struct civil *c)
{
	switch (letter) {
	case 'a':	return take_weekday(s, 3);
	case 'A':	return take_weekday(s, 9);
	case 'b':	return (c->month = take_month(s)) > 0;
	case 'd':	return (c->day = take_digits(s, 2)) > 0;
	case 'e':
		if (take_word(s, " ", 1))
			return (c->day = take_digits(s, 1)) > 0;
		return (c->day = take_digits(s, 2)) > 0;
	case 'H':	return (c->hour = take_digits(s, 2)) >= 0;
	case 'm':	return (c->month = take_digits(s, 2)) > 0;
	case 'M':	return (c->minute = take_digits(s, 2)) >= 0;
	case 'S':	return (c->second = take_digits(s, 2)) >= 0;
	case 'y':	return (c->year = take_digits(s, 2)) >= 0;
	case 'Y':	return (c->year = take_digits(s, 4)) >= 0;
	default:	return false;
	}
}

static bool
take_form(struct prg_span s, const char *form, struct civil *c)
{
	for (; *form != '\0'; form++) {
		if (*form == '%') {
			if (!take_part(&s, *++form, c))
				return false;
		} else if (!take_word(&s, form, 1)) {
			return false;
		}
	}
	return s.len == 0;
}

static bool
is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool
is_day(const struct civil *c)
{
	static const int lengths[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	bool leap = c->month == 2 && is_leap(c->year);

	return c->year >= 1 && c->month >= 1 && c->month <= 12 &&
	    c->day >= 1 && c->day <= lengths[c->month - 1] + leap;
}

/* The latest year of these two digits that is at most 50 years from 'now'. */
static int64_t
full_year(const struct civil *c, int64_t now)
{
	struct civil limit = civil_of(clamp(now)), guess = *c;

	limit.year += 50;
	guess.year = limit.year - (limit.year + 100 - c->year) % 100;
	return seconds_of(&guess) > seconds_of(&limit) ?
	    guess.year - 100 : guess.year;
}

bool
prg_date_parse(struct prg_span s, int64_t now, int64_t *seconds)
{
	const char *const *form = forms;
	struct civil c = { 0 };

	while (*form != NULL && !take_form(s, *form, &c))
		form++;
	if (*form == NULL)
		return false;
	if (strstr(*form, "%y") != NULL)
		c.year = full_year(&c, now);
	/* 60 is a leap second (5.6.7), here the same as the one after it. */
	if (!is_day(&c) || c.hour > 23 || c.minute > 59 || c.second > 60)
		return false;
	*seconds = seconds_of(&c);
	return true;
}

bool
prg_date_is_day(struct prg_span s)
{
	struct civil c = { 0 };

	return take_form(s, "%Y-%m-%d", &c) && is_day(&c);
}
