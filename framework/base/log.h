/*
 * log.h - one line on stderr for each event.
 */
#ifndef PRG_LOG_H
#define PRG_LOG_H

enum prg_log_level {
	PRG_LOG_ERROR,
	PRG_LOG_WARNING,
	PRG_LOG_INFO,
	PRG_LOG_DEBUG
};

/* Set the name that starts each line, and what is too unimportant to write. */
void	prg_log_open(const char *name, enum prg_log_level);

/*
 * Write one line, in one write(2) so that threads don't mix; control bytes
 * become '?'.  Never give it an ID in full, a key, a cookie or what a user typed.
 */
void	prg_log(enum prg_log_level, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

#endif
