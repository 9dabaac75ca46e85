/*
 * date.h - the dates of HTTP (RFC 9110, 5.6.7) and of forms (ISO 8601): always
 * UTC, and English in every locale.
 */
#ifndef PRG_DATE_H
#define PRG_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct prg_date {
	char	text[32];
};

/* The current time in milliseconds since 1970. */
int64_t		prg_now(void);

/* Stop this clock at a time, for tests; 0: it runs again. */
void		prg_now_set(int64_t ms);

/*
 * "Sun, 06 Nov 1994 08:49:37 GMT" and "1994-11-06T08:49:37Z", from seconds
 * since 1970.  A time outside of the years 1 to 9999 becomes their first or
 * last second.
 */
struct prg_date	prg_date_http(int64_t seconds);
struct prg_date	prg_date_iso(int64_t seconds);

/*
 * Read an HTTP date in one of its three forms (IMF-fixdate, rfc850, asctime)
 * into seconds since 1970, from the year 1000 on.  A two-digit year is at most
 * 50 years after 'now'.  A leap second is the second after it.
 */
bool		prg_date_parse(struct prg_span, int64_t now, int64_t *seconds);

/* Whether the text is YYYY-MM-DD, an existing day of the years 1 to 9999. */
bool		prg_date_is_day(struct prg_span);

#endif
