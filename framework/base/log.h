/*
 * log.h - one line on stderr for each event, in logfmt.
 *
 *	ts=2026-11-25T08:49:37.123Z level=info app=guestbook event=start threads=4
 *
 * Where stderr is the journal of systemd, the line begins with its priority
 * instead, "<6>": the journal knows the time.
 *
 * Never give it an ID in full, a key, a cookie, a query or what a user typed.
 */
#ifndef PRG_LOG_H
#define PRG_LOG_H

#include <stdbool.h>

#include "base/logfmt.h"

enum prg_log_level {
	PRG_LOG_ERROR,
	PRG_LOG_WARNING,
	PRG_LOG_INFO,
	PRG_LOG_DEBUG
};

/* Set the name that is in each line, and what is too unimportant to write. */
void	prg_log_open(const char *name, enum prg_log_level);

/*
 * Begin the line of an event; add pairs to it; write it, in one write(2) so that
 * threads don't mix.  False: nobody wants it, and there is nothing to end.
 */
bool	prg_log_begin(struct prg_logfmt *, enum prg_log_level, const char *event);
void	prg_log_end(struct prg_logfmt *);

/* The line of what is no more than a sentence: msg="...". */
void	prg_log(enum prg_log_level, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

#endif
