/*
 * options.h - the settings from the command line and the environment, and the
 * limits that have no flag.
 */
#ifndef PRG_OPTIONS_H
#define PRG_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"

/*
 * Limits with one right value.  A test cannot wait for minutes, so tests build
 * with -DPRG_SHORT_TIMEOUTS.
 */
enum {
#ifdef PRG_SHORT_TIMEOUTS
	PRG_IDLE_TIMEOUT = 1,
	PRG_SLOW_HANDLER = 1,
	PRG_SWEEP_EVERY = 1,
#else
	PRG_IDLE_TIMEOUT = 600,		/* seconds, then close a connection */
	PRG_SLOW_HANDLER = 30,		/* seconds, then log a warning */
	PRG_SWEEP_EVERY = 60,		/* seconds, then delete what expired */
#endif
	PRG_MAX_FIELDS = 1000,		/* inputs in a form */
	PRG_MAX_FILES = 20,		/* files in a form */
	PRG_MAX_VALUE = 1 << 20,	/* bytes in an input */
	PRG_MAX_THREADS = 1024
};

/* Each is a flag --like-this and a variable PRG_LIKE_THIS; the flag wins. */
struct prg_options {
	const char	*listen;
	bool		 listen_anywhere;
	bool		 take_over;
	const char	*base;		/* "" or "/path" */
	const char	*store;
	const char	*templates;
	bool		 dev;
	const char	*origin;
	const char	*secret_file;
	bool		 trust_remote_user;
	long		 form_age;	/* seconds, as all times here */
	long		 draft_age;
	long		 threads;
	long		 grace;
	long		 io_timeout;
	long		 max_body;
	long		 max_upload;
	const char	*status_from;
	long		 log_level;
};

/*
 * Set the defaults, then read the environment, then the flags among the words
 * after argv[0].  The other words are moved to the front, to argv[1] and on,
 * and NULL follows the last.  Returns their number, or -1 with a sentence.
 * Values point into the environment and argv.
 */
int	prg_options_read(struct prg_options *, int argc, char **argv,
	    struct prg_error *);

/* Print a line or more for each flag. */
void	prg_options_help(FILE *);

#endif
