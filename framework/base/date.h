/*
 * date.h - the dates of HTTP (RFC 9110, 5.6.7) and of forms (ISO 8601),
 * whatever the locale.
 */
#ifndef PRG_DATE_H
#define PRG_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct prg_date {
	char	text[32];
};

/* Milliseconds since 1970, now. */
int64_t		prg_now(void);

/*
 * "Sun, 06 Nov 1994 08:49:37 GMT", from seconds since 1970; what lies outside
 * the years 1 to 9999 becomes their first or last second.
 */
struct prg_date	prg_date_http(int64_t seconds);

/* "1994-11-06T08:49:37Z", likewise. */
struct prg_date	prg_date_iso(int64_t seconds);

/*
 * Read an HTTP date in any of its three forms (IMF-fixdate, rfc850 with the
 * 50-years rule counted from 'now', asctime) into seconds since 1970, as 'now'
 * is.  A leap second is the second after it.
 */
bool		prg_date_parse(struct prg_span, int64_t now, int64_t *seconds);

/* Whether it is YYYY-MM-DD, a day that exists (years 1 to 9999). */
bool		prg_date_is_day(struct prg_span);

#endif
