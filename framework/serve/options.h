/*
 * options.h - what the command line and the environment say.
 */
#ifndef PRG_OPTIONS_H
#define PRG_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/error.h"

/* Each a flag --like-this and a variable PRG_LIKE_THIS; the flag wins. */
struct prg_options {
	const char	*listen;
	bool		 listen_anywhere;
	const char	*base;		/* "" or "/path" */
	const char	*store;
	const char	*templates;
	bool		 dev;
	const char	*origin;
	const char	*secret_file;
	bool		 trust_remote_user;
	long		 form_age;
	long		 draft_age;
	long		 threads;	/* 0: see prg_options_fit() */
	long		 grace;
	long		 io_timeout;
	long		 idle_timeout;
	long		 max_connections; /* 0: as many as fit */
	long		 max_body;
	long		 max_upload;
	long		 max_fields;
	long		 max_files;
	long		 max_value;
	long		 max_params;
	long		 queue;
	long		 watch;
	const char	*status_from;
	long		 log_level;
};

/*
 * Fill in the defaults, then the environment, then the flags of 'argv', of
 * which '*argc' words that are no flags are left, in order.  -1 with a sentence
 * that says what would be right.
 */
int	prg_options_read(struct prg_options *, int *argc, char **argv,
	    struct prg_error *);

/*
 * Set what was not given: 'threads' as the processors ask for,
 * 'max_connections' so that the descriptors of the process do not run out; -1
 * with a sentence if it was given and is too much.
 */
int	prg_options_fit(struct prg_options *, struct prg_error *);

/* The flags, one a line, with their defaults. */
void	prg_options_help(FILE *);

#endif
