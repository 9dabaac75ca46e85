/*
 * command.h - the commands of an app.
 */
#ifndef PRG_COMMAND_H
#define PRG_COMMAND_H

#include "gateway/gateway.h"
#include "serve/core.h"

/*
 * Run the command that the command line names and return the exit status.
 * 'serve' answers one request, with the core as its argument.
 */
int	prg_command_run(int argc, char **argv, const struct prg_app *,
	    void (*serve)(void *core, struct prg_conn *));

/* -- Between the files of this folder -------------------------------------- */

/* One run of the program. */
struct prg_run {
	struct prg_core		 core;
	struct prg_service	 service;
	const char		*operand; /* behind the command's name */
	bool			 now;	/* --now */
};

/* Print "app: object: reason" to stderr; always 1, the exit status. */
int	prg_run_fail(const struct prg_run *, const char *object,
	    const char *reason);

/* Tell systemd that the program serves, if it was started with Type=notify. */
void	prg_run_ready(void);

/* If there is a store, check that it can be read.  The exit status. */
int	prg_admin_look(struct prg_run *);

/* The commands in admin.c; each returns the exit status. */
int	prg_admin_ls(struct prg_run *);
int	prg_admin_show(struct prg_run *);
int	prg_admin_rm(struct prg_run *);
int	prg_admin_purge(struct prg_run *);
int	prg_admin_rotate(struct prg_run *);
int	prg_admin_backup(struct prg_run *);
int	prg_admin_restore(struct prg_run *);

#endif
