/*
 * successor.h - another process takes over the listening socket, on SIGHUP.
 *
 * The new one is started before the old one stops: if it can't start, nothing has
 * happened.  Who supervises by the process's number learns the new one from
 * NOTIFY_SOCKET (systemd: Type=notify, ExecReload=/bin/kill -HUP $MAINPID).
 */
#ifndef PRG_SUCCESSOR_H
#define PRG_SUCCESSOR_H

#include <stdbool.h>

#include "base/error.h"

/*
 * Where the process before us waits for us; -1 if there is none.  If there is one, we
 * have forked, before main(), to be the supervisor's child.
 */
int	prg_successor_inherited(void);

/* Whether the socket from there is ours: nobody but us looks into its queue. */
bool	prg_successor_owns(void);

/* We serve: tell the process before us, or our supervisor. */
void	prg_successor_ready(int inherited);

enum prg_succession {
	PRG_SUCCEEDED,		/* the new process serves */
	PRG_SUCCESSION_FAILED,	/* it has ended; the error says why */
	PRG_SUCCESSION_STOPPED	/* likewise, as SIGTERM or SIGINT waits for us */
};

/*
 * Start 'argv' on the listening socket, to be its own or not, and wait until it
 * serves, or we are to stop: these signals are blocked.  One that came while it was
 * not known who serves is passed on to it.  Process 1 of a container can't have a
 * successor.
 */
enum prg_succession	prg_successor_start(char *const *argv, int listen_fd,
			    bool own, struct prg_error *);

#endif
