/*
 * command.h - the commands of an app.
 */
#ifndef PRG_COMMAND_H
#define PRG_COMMAND_H

#include "gateway/gateway.h"
#include "serve/req.h"

/*
 * Run the command that the command line names and return the exit status.
 * The functions of the service are called with the core as their argument.
 */
int	prg_command_run(int argc, char **argv, const struct prg_app *,
	    const struct prg_service *);

/* -- Between the files of this folder ---------------------------------------- */

/* One run of the program. */
struct prg_run {
	struct prg_core		 core;
	struct prg_service	 service;
	const char		*id;	/* the word after the command, or NULL */
};

/* Print "app: object: reason" to stderr; always 1, the exit status. */
int	prg_run_fail(const struct prg_run *, const char *object,
	    const char *reason);

/* The commands in admin.c; each returns the exit status. */
int	prg_admin_ls(struct prg_run *);
int	prg_admin_show(struct prg_run *);
int	prg_admin_rm(struct prg_run *);
int	prg_admin_purge(struct prg_run *);
int	prg_admin_rotate(struct prg_run *);

#endif
