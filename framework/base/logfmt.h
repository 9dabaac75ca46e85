/*
 * logfmt.h - a line of key=value pairs, for people and for programs.
 *
 * A value is in quotes where it has to be: if it is empty or has a space, '"',
 * '=', '\', a control byte or what is no UTF-8; there it is escaped as in JSON.
 * So nothing in a value can look like another pair, or like another line.
 */
#ifndef PRG_LOGFMT_H
#define PRG_LOGFMT_H

#include <stddef.h>

enum { PRG_LOGFMT_MAX = 1024 };	/* bytes in a line */

/*
 * One whose 'len' is 0 is empty.  'text' has no NUL at its end, but always room for
 * one more byte, such as a newline.
 */
struct prg_logfmt {
	char	text[PRG_LOGFMT_MAX];
	size_t	len;
};

/* Add a pair; a value that is too long is cut and ends in "...". */
void	prg_logfmt_text(struct prg_logfmt *, const char *key, const char *value);
void	prg_logfmt_number(struct prg_logfmt *, const char *key, long long);

/* Nanoseconds as milliseconds, "12.34". */
void	prg_logfmt_ms(struct prg_logfmt *, const char *key, long long ns);

#endif
