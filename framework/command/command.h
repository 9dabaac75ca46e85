/*
 * command.h - the command line of an app; each command returns the exit code.
 */
#ifndef PRG_COMMAND_H
#define PRG_COMMAND_H

#include "gateway/gateway.h"
#include "serve/core.h"

/*
 * Do what the command line says; 'serve' answers one request, with the core as
 * its argument.  Keeps 'app'.
 */
int	prg_command_run(int argc, char **argv, const struct prg_app *app,
	    void (*serve)(void *core, struct prg_conn *));

/* Print a sentence about a failure; always 1. */
int	prg_command_fail(const struct prg_core *, const char *sentence);

/* Commands, with the operands that follow them. */
int	prg_command_ls(struct prg_core *, char **);
int	prg_command_show(struct prg_core *, char **);
int	prg_command_rm(struct prg_core *, char **);
int	prg_command_purge(struct prg_core *, char **);
int	prg_command_rotate(struct prg_core *, char **);

#endif
