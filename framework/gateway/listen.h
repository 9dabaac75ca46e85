/*
 * listen.h - the socket on which the web server finds us.
 */
#ifndef PRG_LISTEN_H
#define PRG_LISTEN_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/error.h"

/* When the queue is full, nginx answers 502. */
enum { PRG_BACKLOG = 1024 };

/*
 * A listening socket for 'where': "unix:PATH[,mode=0660]", or "HOST:PORT" with
 * HOST a numeric address ([::1]:9000 too), loopback unless 'anywhere'.  A path
 * is taken over by bind and rename, so a server that is still running there
 * keeps what it has accepted; what stands there and is no socket is refused.
 * -1 on failure.
 */
int	prg_listen_open(const char *where, bool anywhere, struct prg_error *);

/*
 * The socket that the process was started with: LISTEN_FDS (systemd; descriptor
 * 3) or descriptor 0 if it listens (spawn-fcgi, mod_fcgid).  '*fd' is -1 if
 * neither; -1 if there is more than one.
 */
int	prg_listen_inherited(int *fd, struct prg_error *);

/*
 * Whether a peer may talk to us: one on a unix socket, or one whose address is
 * in 'list', "127.0.0.1,::1" (FCGI_WEB_SERVER_ADDRS); anyone if it is NULL.
 */
bool	prg_listen_admits(const char *list, const struct sockaddr *);

#endif
