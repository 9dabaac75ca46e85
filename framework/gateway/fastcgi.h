/*
 * fastcgi.h - the parts of the FastCGI gateway, to each other.
 *
 *	fastcgi.c	the workers
 *	arrive.c	connections as they come
 *	parked.c	connections while no worker has them
 *	idle.c		all of them, looked at from outside
 *	ready.c		what they go on with
 *	receive.c	from bytes on a connection to a request
 *	serve.c		from there to its end
 *	gather.c	a body that is slow to come
 *	drain.c		the way out
 *	guard, body, codec, record: the protocol
 *
 * A connection belongs to one thread at a time: to the worker that took it, or,
 * parked, to whoever epoll gives it to next.  Nobody else frees or closes it;
 * to be rid of a parked one, shutdown(2) makes epoll hand it to a worker, who
 * sees EOF.
 */
#ifndef PRG_FASTCGI_H
#define PRG_FASTCGI_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include "gateway/body.h"
#include "gateway/codec.h"
#include "gateway/gateway.h"

enum prg_verdict { PRG_CONN_DONE, PRG_CONN_HELD, PRG_CONN_WAIT };

enum prg_fcgi_state {
	PRG_FCGI_TAKEN,		/* by a worker, or held by the service */
	PRG_FCGI_PARKING,	/* whom epoll gives it, waits for the next */
	PRG_FCGI_PARKED,
	PRG_FCGI_GATHERING	/* parked, amid a request */
};

/* What others can make happen many times a second. */
enum prg_fcgi_trouble {
	PRG_FCGI_FULL,
	PRG_FCGI_REFUSED,
	PRG_FCGI_TROUBLES
};

struct prg_fcgi_conn {
	struct prg_conn		 conn;	/* first: what the service sees */
	struct prg_fcgi		*server;
	int			 fd;
	atomic_int		 state;
	atomic_int		 met;	/* of hold and resume */
	bool			 watched;	/* epoll knows it */
	bool			 lingering;	/* throw away what comes */
	bool			 more;		/* kept, and not looked at */
	bool			 asked;		/* since its last request: idle.c */
	bool			 is_late;	/* on that list */
	bool			 gathering;	/* its body */
	bool			 ended;		/* but for its body */
	bool			 streaming;	/* its body, or is to */
	int64_t			 deadline;	/* ms; 0: none */
	int64_t			 until;		/* ms; for all of its body */
	int64_t			 since;		/* ms; parked, if that may end */
	unsigned char		*kept;	/* of a request that is not all there */
	size_t			 kept_len;
	size_t			 kept_size;	/* while gathering: its room, */
	size_t			 kept_max;	/* and what that may become */
	struct prg_codec	 codec;
	struct prg_body		 body;
	TAILQ_ENTRY(prg_fcgi_conn) all;
	TAILQ_ENTRY(prg_fcgi_conn) late;
	TAILQ_ENTRY(prg_fcgi_conn) ready;
};

TAILQ_HEAD(prg_fcgi_list, prg_fcgi_conn);

struct prg_fcgi {
	struct prg_fastcgi	 conf;
	struct prg_service	 service;
	size_t			 head_max;	/* of a head on the wire */
	int			 epoll;
	int			 timer;		/* the next deadline */
	int			 wake;		/* 'ready' has something */
	int			 stop;		/* workers are to end */
	bool			 begun;		/* to accept */
	bool			 is_unix;
	bool			 in_terminal;	/* SIGHUP: it is closed */
	const char		*peers;		/* may connect; NULL: all */
	atomic_bool		 draining;
	atomic_int		 idle;		/* workers waiting in epoll */
	atomic_int		 nready;
	_Atomic int64_t		 told[PRG_FCGI_TROUBLES];	/* ms; 0: never */
	pthread_mutex_t		 lock;		/* of what follows */
	pthread_cond_t		 gone;		/* one more has ended */
	struct prg_fcgi_list	 all;
	struct prg_fcgi_list	 late;		/* parked, with a deadline */
	struct prg_fcgi_list	 ready;		/* resumed by the service */
	struct prg_fcgi_list	 large;		/* wait to stream */
	int			 nstreaming;	/* workers that do */
	int64_t			 timer_at;	/* ms; 0: not set */
	bool			 paused;	/* no descriptors left */
	bool			 full;		/* as many as may be: no accepting */
	int64_t			 idle_at;	/* ms; the next look at the idle */
	long long		 accepted;
	int			 nconn;
	int			 nworkers;
};

/* -- arrive.c ------------------------------------------------------------ */

/*
 * Accept from now on; where it is us who make the socket, now: who served at that
 * path until now does so up to here.
 */
int	prg_fcgi_begin(struct prg_fcgi *, struct prg_error *);
/* Have the listening socket reported once more. */
void	prg_fcgi_listen(struct prg_fcgi *);

/* If somebody waits who may not come in, have idle ones leave.  Locked. */
void	prg_fcgi_make_room(struct prg_fcgi *);

/*
 * A connection from it, taken: false if there is none.  NULL for one that may not
 * come in, or for which there is no memory: it is closed.
 */
bool	prg_fcgi_accept(struct prg_fcgi *, struct prg_fcgi_conn **);

/* Say in the log why; once a minute each. */
void	prg_fcgi_complain(struct prg_fcgi *, enum prg_fcgi_trouble,
	    const char *why);

/* -- parked.c ------------------------------------------------------------ */

/* Make the epoll set and what wakes it; give it back, and a socket of ours. */
int	prg_fcgi_open(struct prg_fcgi *, struct prg_error *);
void	prg_fcgi_close(struct prg_fcgi *);

void	prg_fcgi_drop(struct prg_fcgi_conn *);

/*
 * Let go of it until it is readable or its deadline has passed; if there is more
 * to look at, until others have had their turn.
 */
void	prg_fcgi_park(struct prg_fcgi_conn *);
/* It is the caller's, whom epoll gave it. */
void	prg_fcgi_take(struct prg_fcgi_conn *);

/* Accept again after a pause, shut down what is late.  The timer has fired. */
void	prg_fcgi_tick(struct prg_fcgi *);
/* Have it fire at 'when' if it would not before.  Locked. */
void	prg_fcgi_set_timer(struct prg_fcgi *, int64_t when);

/* -- idle.c -------------------------------------------------------------- */

/* Ask the web server to close what is parked, once after each request.  Locked. */
void	prg_fcgi_ask_idle(struct prg_fcgi *);

/*
 * Have a worker take a last look at what has been parked for longer than it may:
 * its end follows, unless a request has just come.  When to look next.  Locked.
 */
int64_t	prg_fcgi_end_idle(struct prg_fcgi *, int64_t now);

struct prg_gateway_stats	prg_fcgi_stats(struct prg_fcgi *);

/* -- receive.c and serve.c ----------------------------------------------- */

struct prg_fcgi_worker {
	struct prg_fcgi		*server;
	struct prg_feed		 feed;
	unsigned char		*buf;	/* 'head_max' bytes of what was sent */
	size_t			 len;
};

/* What becomes of a connection that a worker has. */
enum prg_fcgi_fate {
	PRG_FCGI_PARK,
	PRG_FCGI_DROP,
	PRG_FCGI_AWAY		/* it is held: the worker has it no longer */
};

/* Take what has been sent, and serve it if it is a request. */
enum prg_fcgi_fate	prg_fcgi_receive(struct prg_fcgi_worker *,
			    struct prg_fcgi_conn *);

/* Serve the request whose head is decoded; end it. */
enum prg_fcgi_fate	prg_fcgi_serve(struct prg_fcgi_conn *);

/* Go on with one that the service has resumed. */
enum prg_fcgi_fate	prg_fcgi_resume(struct prg_fcgi_conn *);
enum prg_fcgi_fate	prg_fcgi_end(struct prg_fcgi_conn *);

/* Keep bytes of a request that is not whole: PARK, or DROP without memory. */
enum prg_fcgi_fate	prg_fcgi_keep(struct prg_fcgi_conn *,
			    const unsigned char *, size_t);
/* Keep what the peer has sent of the next one already, to look at that. */
enum prg_fcgi_fate	prg_fcgi_go_on(struct prg_fcgi_conn *,
			    const unsigned char *, size_t);

/* -- ready.c ------------------------------------------------------------- */

/* From any thread: let a worker resume it; and what a worker finds. */
void	prg_fcgi_make_ready(struct prg_fcgi_conn *);
struct prg_fcgi_conn	*prg_fcgi_take_ready(struct prg_fcgi *);

/*
 * Whether this worker may read its body as it comes; else it will be ready when
 * one may.  Then that it has been read.
 */
bool	prg_fcgi_may_stream(struct prg_fcgi_conn *);
void	prg_fcgi_streamed(struct prg_fcgi_conn *);

/* Bytes of a body that nobody read, to keep the connection. */
enum { PRG_FCGI_DRAIN = 64 << 10 };

/* -- gather.c ------------------------------------------------------------- */

/*
 * Go on once the body can be read without waiting: the service, or, if it has
 * ended, the end.  It may have come already.
 */
enum prg_fcgi_fate	prg_fcgi_gather(struct prg_fcgi_conn *);
/* More of it has come, or is late. */
enum prg_fcgi_fate	prg_fcgi_gather_on(struct prg_fcgi_conn *);
/* Have a worker go on with what there is. */
void	prg_fcgi_gather_no_more(struct prg_fcgi_conn *);

/* -- drain.c ------------------------------------------------------------- */

/*
 * Stop accepting, wait for what is in flight, end the workers: true if nothing
 * is left and they may be joined.
 */
bool	prg_fcgi_drain(struct prg_fcgi *);

#endif
