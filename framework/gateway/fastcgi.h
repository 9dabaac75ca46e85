/*
 * fastcgi.h - the parts of the FastCGI gateway, to each other.
 *
 *	fastcgi.c	start, the control thread, the way out
 *	accept.c	new connections
 *	parked.c	connections without a worker
 *	request.c	one request, from its first byte to its end
 *	codec.c		libfcgi, and the test whether it does what we rely on
 *	body.c		STDIN that libfcgi cannot be trusted with
 *	answer.c	the response
 *	head.c		the protocol
 *	ask.c		a request of our own
 *
 * A connection belongs to one thread at a time: to the worker that took it or,
 * parked, to the worker that epoll gives it to.  Only a worker frees or closes
 * it.  The control thread ends a parked one with shutdown(2): epoll then gives
 * it to a worker, which reads EOF.
 */
#ifndef PRG_FASTCGI_H
#define PRG_FASTCGI_H

#include <fcgiapp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include "gateway/gateway.h"
#include "gateway/head.h"
#include "gateway/pool.h"

enum {
	PRG_FCGI_PARAMS = 64 << 10,	/* bytes of PARAMS in one request */
	/* As much again for the headers and padding of sensible records. */
	PRG_FCGI_INPUT = 2 * PRG_FCGI_PARAMS + (8 << 10),
	PRG_FCGI_IDLE = 600		/* s */
};

enum prg_fcgi_state {
	PRG_FCGI_TAKEN,		/* by a worker */
	PRG_FCGI_LOOKED_AT,	/* parked in a moment; workers wait */
	PRG_FCGI_PARKED
};

/* Bytes taken from the socket and not used yet, 'p + off' to 'p + len'. */
struct prg_fcgi_input {
	unsigned char	*p;
	size_t		 off;
	size_t		 len;
	size_t		 size;
};

/* The body of a request, while body.c reads it. */
struct prg_fcgi_body {
	size_t	content;	/* bytes left of this record */
	size_t	padding;	/* and of its padding */
	bool	end;		/* it was read to its end */
	bool	broken;
};

struct prg_fcgi_conn {
	struct prg_conn		 conn;	/* first: what the service sees */
	struct prg_fcgi		*server;
	int			 fd;
	unsigned		 id;	/* of the last request; 0: none yet */
	atomic_int		 state;
	bool			 watched;	/* it is in the epoll set */
	bool			 lingering;	/* discard input, then close */
	bool			 asked;		/* to close, after a request */
	bool			 more;		/* 'in' has not been checked */
	bool			 direct;	/* libfcgi reads the socket */
	bool			 answered;
	bool			 last;		/* the peer was told so */
	bool			 failed;	/* the peer is gone or slow */
	int64_t			 deadline;	/* ms; of what it sends; or 0 */
	int64_t			 idle_until;	/* ms; if that is 0 */
	int64_t			 wait_until;	/* ms; 0: not waited yet */
	struct prg_fcgi_input	 in;
	struct prg_fcgi_body	 body;
	FCGX_Request		 req;
	void			*data;		/* of libfcgi's stdin: body.c */
	TAILQ_ENTRY(prg_fcgi_conn) all;
};

TAILQ_HEAD(prg_fcgi_list, prg_fcgi_conn);

/* Trouble that peers can cause many times a second; logged once a minute. */
enum prg_fcgi_trouble {
	PRG_FCGI_FULL,
	PRG_FCGI_REFUSED,
	PRG_FCGI_TROUBLES
};

struct prg_fcgi {
	struct prg_fastcgi	 conf;
	struct prg_service	 service;
	struct prg_pool		*pool;
	int			 epoll;
	int64_t			 look_at;	/* ms; the control thread's */
	pid_t			 served_by;	/* whom to tell once we serve */
	bool			 begun;		/* accepting */
	bool			 is_unix;
	bool			 in_terminal;	/* SIGHUP: it was closed */
	const char		*peers;		/* may connect; NULL: all */
	atomic_bool		 draining;
	_Atomic int64_t		 logged[PRG_FCGI_TROUBLES]; /* ms; 0: never */
	pthread_mutex_t		 lock;		/* of what follows */
	pthread_cond_t		 gone;		/* the last connection */
	struct prg_fcgi_list	 all;
	bool			 paused;	/* none is accepted for now */
	long long		 accepted;
	int			 nconn;
};

/* -- accept.c ------------------------------------------------------------ */

/* Listen and accept from now on. */
int	prg_fcgi_begin(struct prg_fcgi *, struct prg_error *);

/*
 * Accept one connection, taken; false if there is none.  NULL for a stranger,
 * and without memory: it was closed.
 */
bool	prg_fcgi_accept(struct prg_fcgi *, struct prg_fcgi_conn **);

/* The same; ask idle connections to close if a new one waits.  Locked. */
void	prg_fcgi_make_room(struct prg_fcgi *);

void	prg_fcgi_complain(struct prg_fcgi *, enum prg_fcgi_trouble,
	    const char *why);

/* -- parked.c ------------------------------------------------------------ */

/* After a pause, accept again if one more may be open.  Locked. */
void	prg_fcgi_resume(struct prg_fcgi *);

/* Until the connection is readable or its deadline has passed. */
void	prg_fcgi_park(struct prg_fcgi_conn *);
/* The caller is the worker that epoll gave it to. */
void	prg_fcgi_take(struct prg_fcgi_conn *);
void	prg_fcgi_drop(struct prg_fcgi_conn *);

/* Call 'at' with each parked connection.  Locked. */
void	prg_fcgi_look(struct prg_fcgi *, void (*at)(struct prg_fcgi_conn *));
/* Ask the web server to close it if it is idle. */
void	prg_fcgi_ask(struct prg_fcgi_conn *);
/* End it after what has just come on it. */
void	prg_fcgi_shut(struct prg_fcgi_conn *);
/* End it if it is past its deadline, or has been idle for too long. */
void	prg_fcgi_end_late(struct prg_fcgi_conn *);

struct prg_gateway_stats	prg_fcgi_stats(struct prg_fcgi *);

/* -- request.c ----------------------------------------------------------- */

/* Read what has come, serve it if it is a request, park or drop it. */
void	prg_fcgi_receive(struct prg_fcgi_conn *);

/* -- codec.c ------------------------------------------------------------- */

/*
 * Have libfcgi read a request: all of it from the socket, or the head that the
 * check has passed, at 'p', and the body by body.c.  -1 if it refuses; on the
 * socket it has closed that.
 */
int	prg_codec_read_socket(struct prg_fcgi_conn *);
int	prg_codec_read_bytes(struct prg_fcgi_conn *, const struct prg_head *,
	    unsigned char *p);

/*
 * Forget the request.  Bytes of the next one that libfcgi has read are put into
 * 'in'; -1 without memory.
 */
int	prg_codec_end(struct prg_fcgi_conn *);

/* Once, before any thread: does libfcgi do what we rely on? */
int	prg_codec_check(struct prg_error *);

/* -- body.c -------------------------------------------------------------- */

/* Have room in 'in' for more bytes, and read what has come: as recv(2). */
ssize_t	prg_fcgi_fill(struct prg_fcgi_conn *);

/* The fillBuffProc of a stream whose 'data' is the connection. */
void	prg_fcgi_body_fill(FCGX_Stream *);

/* -- answer.c ------------------------------------------------------------ */

/* Wait for POLLIN or POLLOUT, without a slot; false if the peer is too slow. */
bool	prg_fcgi_wait(struct prg_fcgi_conn *, short event);

/*
 * Send a response and its end, in one write if the socket has room.  While
 * draining one more byte follows: nginx keeps a connection only if END_REQUEST
 * was the last thing that it read.
 */
int	prg_fcgi_answer(struct prg_fcgi_conn *, const struct prg_span *, int n);

#endif
