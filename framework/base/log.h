/*
 * log.h - one line on stderr for each event, in logfmt.
 *
 *	ts=2026-11-25T08:49:37.123Z level=info app=order event=start threads=4
 *
 * If stderr is the systemd journal, the line begins with its priority, "<6>",
 * in place of the time, which the journal adds.
 *
 * Never log a whole ID, a key, a cookie, a query or a submitted value.
 */
#ifndef PRG_LOG_H
#define PRG_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum prg_log_level {
	PRG_LOG_ERROR,
	PRG_LOG_WARNING,
	PRG_LOG_INFO,
	PRG_LOG_DEBUG
};

enum { PRG_LOGFMT_MAX = 1024 };	/* bytes in a line, with its newline */

/* A line that is being made; empty if 'len' is 0.  No NUL at its end. */
struct prg_logfmt {
	char	text[PRG_LOGFMT_MAX];
	size_t	len;
};

/* Set the app's name, and the least important level that is written. */
void	prg_log_open(const char *name, enum prg_log_level);

/* Write a line with a sentence: msg="...". */
void	prg_log(enum prg_log_level, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

/*
 * Begin the line of an event, add its pairs, write it.  prg_log_begin() returns
 * false if the level is not written; the line is then not to be ended.  A line
 * is one write(2), so that lines of threads do not mix.
 */
bool	prg_log_begin(struct prg_logfmt *, enum prg_log_level,
	    const char *event);
void	prg_log_end(struct prg_logfmt *);

/*
 * Add a pair.  A value is quoted and escaped as in JSON if it has a space, '"',
 * '=', '\', a control or a byte that is not ASCII, so it can't look like
 * another pair or line.  A value that is too long is cut and ends in "...".
 */
void	prg_logfmt_text(struct prg_logfmt *, const char *key,
	    const char *value);
void	prg_logfmt_number(struct prg_logfmt *, const char *key, long long);

/* Add nanoseconds as milliseconds, "12.34". */
void	prg_logfmt_ms(struct prg_logfmt *, const char *key, long long ns);

#endif
