/*
 * gateway.h - the one seam to the web server.
 *
 * FastCGI, CGI and memory (tests, fuzzers) are three of these.  A gateway calls
 * the service for each request; everything above it sees only struct prg_conn.
 */
#ifndef PRG_GATEWAY_H
#define PRG_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

struct prg_conn;

struct prg_gateway_stats {
	int	connections;	/* open ones; of these: */
	int	parked;		/* no request is under way on it */
	int	workers;	/* threads; of these: */
	int	idle;		/* waiting for something to do */
	long long accepted;	/* connections, in all */
};

struct prg_conn_ops {
	/*
	 * Read up to 'n' bytes of the body and wait for them if need be.
	 * Returns how many, 0 at the end, -1 if the body broke off or came too
	 * slowly.
	 */
	long	(*read)(struct prg_conn *, char *, size_t n);
	/*
	 * Send the whole response, head and body, in 'n' parts; once for each
	 * request.  -1 if the peer is gone.
	 */
	int	(*answer)(struct prg_conn *, const struct prg_span *, int n);
	/* The state of the gateway; NULL where it serves a single request. */
	struct prg_gateway_stats (*stats)(struct prg_conn *);
	/*
	 * This is a CGI program: the status goes first in a response, and a
	 * body without a length has no end (RFC 3875, 4.1.2).
	 */
	bool	cgi;
};

/* One request on its way in and out. */
struct prg_conn {
	const struct prg_conn_ops	*ops;
	char				**params; /* "NAME=value", NULL */
};

/*
 * 'serve' answers one request, on the thread that calls it; it blocks where it
 * has to (see pool.h).
 */
struct prg_service {
	void	(*serve)(void *arg, struct prg_conn *);
	void	(*report)(void *arg);	/* at SIGUSR1; or NULL */
	void	(*started)(void *arg);	/* requests are accepted; or NULL */
	void	*arg;
};

/*
 * The value of the first param of this name; NULL if there is none.  Names and
 * values hold no NUL: a gateway refuses such a request.
 */
static inline const char *
prg_conn_param(const struct prg_conn *c, const char *name)
{
	size_t len = strlen(name);

	for (char **p = c->params; *p != NULL; p++)
		if (strncmp(*p, name, len) == 0 && (*p)[len] == '=')
			return *p + len + 1;
	return NULL;
}

/* -- FastCGI ------------------------------------------------------------- */

struct prg_fastcgi {
	const char *listen;	/* for prg_listen_open(), when ready */
	bool	anywhere;	/* likewise */
	bool	take_over;	/* likewise; then end the server before us */
	int	listen_fd;	/* a socket, if 'listen' is NULL; stays open */
	bool	inherited;	/* leave its queue to a successor on shutdown */
	int	threads;	/* workers, at most; at least 1 */
	int	grace;		/* seconds for what is in flight at SIGTERM */
	int	io_timeout;	/* seconds a peer may keep us waiting */
	int	idle_timeout;	/* seconds a connection may be unused; 0: 600 */
	int	max_connections; /* 0: as many as RLIMIT_NOFILE allows */
};

/*
 * Serve until SIGTERM, SIGINT, or SIGHUP from a terminal; the caller has
 * blocked all signals, before it started any thread.  0 once all requests have
 * ended; 1 if the grace was over before: those that have not ended (the log
 * says how many) still use what they were given, so the process must end.  -1
 * if it cannot begin.
 */
int	prg_fastcgi_run(const struct prg_fastcgi *, const struct prg_service *,
	    struct prg_error *);

/* -- CGI ----------------------------------------------------------------- */

/* Answer the one request in the environment on stdin and stdout. */
int	prg_cgi_run(const struct prg_service *);

/* -- memory -------------------------------------------------------------- */

struct prg_memory {
	char		**params;
	const char	*body;
	size_t		 body_len;
	size_t		 chunk;		/* bytes a read gives at most; 0: all */
	char		*out;		/* what was written; free() it */
	size_t		 out_len;
};

/* Answer one request from memory. */
void	prg_memory_run(struct prg_memory *, const struct prg_service *);

#endif
