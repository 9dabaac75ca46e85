/*
 * listen.h - the socket on which the web server finds us.
 */
#ifndef PRG_LISTEN_H
#define PRG_LISTEN_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "base/error.h"

/* When the queue is full, nginx answers 502. */
enum { PRG_BACKLOG = 1024 };

struct prg_listen {
	const char	*where;		/* unix:PATH[,mode=0660] or HOST:PORT */
	bool		 anywhere;	/* not only a loopback address */
	bool		 take_over;	/* replace a running server's socket */
};

/*
 * A listening socket; HOST is a numeric address, [::1] for IPv6.  -1 on
 * failure.
 *
 * A path is bound beside and renamed, so a socket that nobody serves is
 * replaced, and a server whose socket is taken over keeps what it has accepted:
 * '*before' is its process, 0 if there is none or it is unknown.
 */
int	prg_listen_open(const struct prg_listen *, pid_t *before,
	    struct prg_error *);

/*
 * Connect to the process that serves there; reads and writes time out after so
 * many seconds.  -1 with a sentence.
 */
int	prg_listen_connect(const char *where, int seconds, struct prg_error *);

/*
 * Send the process that serves there a request with these params, name and
 * value in turn, then NULL.  Returns the status of its answer, or -1 with a
 * sentence.
 */
int	prg_listen_ask(const char *where, const char *const *params,
	    int seconds, struct prg_error *);

/*
 * The socket that the process was started with: LISTEN_FDS (systemd; descriptor
 * 3) or descriptor 0 if it listens (spawn-fcgi, mod_fcgid).  '*fd' is -1 if
 * neither; -1 if there is more than one.
 */
int	prg_listen_inherited(int *fd, struct prg_error *);

#endif
