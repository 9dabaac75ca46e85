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

/* The flags of single commands: no variable sets them. */
enum prg_run_flag {
	PRG_RUN_NOW,		/* rotate */
	PRG_RUN_CSV,		/* export, as those below */
	PRG_RUN_JSON,
	PRG_RUN_NEWEST,
	PRG_RUN_SINCE,		/* has a value */
	PRG_RUN_FLAGS
};

/* One run of the program. */
struct prg_run {
	struct prg_core		 core;
	struct prg_service	 service;
	const char		*operand; /* behind the command's name */
	const char		*flags[PRG_RUN_FLAGS];	/* NULL: not given */
};

/* Print "app: object: reason" to stderr; always 1, the exit status. */
int	prg_run_fail(const struct prg_run *, const char *object,
	    const char *reason);

/* Tell systemd that the program serves, if it was started with Type=notify. */
void	prg_run_ready(void);

/* Open a store that exists.  The exit status. */
int	prg_admin_open(struct prg_run *, enum prg_store_mode);

/* The exit status after reading: the store may have been replaced meanwhile. */
int	prg_admin_end_reading(struct prg_run *);

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
int	prg_admin_health(struct prg_run *);

/* So too, in export.c. */
int	prg_export(struct prg_run *);

#endif
