/*
 * req.h - one request from end to end, and what all requests share.
 *
 * Known to the files beside prg.c (the way of a request, what handlers call, the
 * process), and to nothing in the folders below them.
 */
#ifndef PRG_REQ_H
#define PRG_REQ_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/histogram.h"
#include "base/watch.h"
#include "form/collect.h"
#include "form/digest.h"
#include "form/field.h"
#include "form/key.h"
#include "form/pairs.h"
#include "gateway/gateway.h"
#include "serve/options.h"
#include "page/shelf.h"
#include "page/views.h"
#include "prg.h"
#include "reply/reply.h"
#include "request/request.h"
#include "request/route.h"
#include "store/store.h"
#include "submission/commit.h"
#include "submission/keyring.h"
#include "submission/submission.h"
#include "submission/sweep.h"

/* Pages of our own: where they are, less the base. */
enum { PRG_OWN_CSS, PRG_OWN_HEALTH, PRG_OWN_METRICS, PRG_OWNS };
extern const char *const prg_own_paths[PRG_OWNS];

/* Those of a route that has none. */
extern const struct prg_field prg_no_fields[];

/* The hidden field of a form. */
extern const char prg_key_name[];

enum {
	PRG_STATUS_FIRST = 200,
	PRG_STATUSES = 304	/* to 503 */
};

/* The counts of a route. */
struct prg_tally {
	atomic_ullong		 statuses[PRG_STATUSES];
	struct prg_histogram	 times;
};

/* The process: made once, then only read, but for the pool and the counts. */
struct prg_core {
	const struct prg_app	*app;
	int			 ready_fd;	/* of prg_successor_inherited() */
	struct prg_options	 options;
	struct prg_store	*store;
	struct prg_keys		*keys;
	struct prg_submissions	*submissions;
	struct prg_commit	*commit;
	struct prg_sweep	*sweep;
	struct prg_watch	*watch;		/* NULL: nobody does */
	struct prg_tally	*tallies;	/* see prg_tally_route() */
	size_t			 ntallies, nroutes;
	atomic_ullong		 serial;	/* of requests' names */
	struct prg_views	*views;
	struct prg_messages	 messages;
	const char		*css_url;
	json_t			*globals;	/* what every page's layout needs */
	json_t			**blanks;	/* see prg_core_blank() */
	struct prg_shelf	*shelf;		/* models of results; or NULL */
	struct prg_arena	 arena;		/* of what lives as long */
	pthread_mutex_t		 lock;		/* of 'pool' */
	struct prg_req		*pool;		/* those not in use */
};

struct prg_req {
	struct prg_core		*core;
	struct prg_arena	 arena;
	struct prg_req		*next;		/* in the pool */
	struct prg_watched	*watched;	/* its slot */
	int64_t			 began;		/* ns */
	const char		*name;		/* to the log */
	struct prg_tally	*tally;		/* where it is counted */
	const char		*reason;	/* it ends so; for the log */
	bool			 mistaken;	/* 'reason' is one of the app's */
	struct prg_conn		*conn;
	struct prg_request	 in;
	bool			 json;		/* what the client prefers */
	bool			 wants_nothing;	/* that there is of a page */
	struct prg_place	 place;
	const struct prg_route	*route;		/* of the place */
	const struct prg_field	*fields;	/* of the route; never NULL */
	const char		*why;		/* it failed; for the person */
	const char		*owner;		/* on an owner's route */
	const char		*new_visitor;	/* the cookie to be set; or NULL */
	struct prg_pairs	 query;
	bool			 query_read;
	void			*lent;		/* the reader behind prg_db() */
	void			*db;		/* its handle */
	json_t			*model;
	json_t			*typed;		/* shown in a form that came back */
	json_t			*fill;		/* what prg_fill() said */

	/* A POST. */
	struct prg_pairs	 posted;
	struct prg_files	 files;		/* which are not taken yet */
	struct prg_digest	 digest;
	enum prg_key_verdict	 key;
	bool			 named;		/* by an Idempotency-Key */
	bool			 unsure;	/* the gate saw no browser */
	struct prg_claim	 claim;
	struct prg_field_errors	 faults;
	void			*input;		/* the app's struct */
	json_t			*result;
	struct prg_write	 write;
	enum prg_verdict	(*go_on)(struct prg_req *); /* once resumed */
};

/* -- prg.c: the way of a request ---------------------------------------------- */

/* -- note.c: what is told of each request ------------------------------------- */

/* Its name in the log: the web server's if that is plain, else one of ours. */
void	prg_note_name(struct prg_req *);

/* It was answered: count it, and write its line. */
void	prg_note_end(struct prg_req *, enum prg_status);

/* -- status.c: how the process is --------------------------------------------- */

bool			prg_status_may_ask(const struct prg_req *);
enum prg_verdict	prg_get_health(struct prg_req *);
enum prg_verdict	prg_get_metrics(struct prg_req *);

/* -- get.c ---------------------------------------------------------------------- */

enum prg_verdict	prg_get(struct prg_req *);
enum prg_verdict	prg_get_stylesheet(struct prg_req *);

/* Fill the body with a result, as HTML or JSON; false if that failed. */
bool	prg_show_result(struct prg_req *, struct prg_reply *,
	    const struct prg_row *);

/* -- form.c: a form page, blank or with what was typed and what is wrong -------- */

struct prg_filled {
	const struct prg_id	*id;		/* that its key will carry */
	json_t			*values;	/* by name; borrowed */
	bool			 typed;		/* as they were, not defaults */
};

/* Fill the body with the page; false if the app has none here, or it failed. */
bool	prg_show_form(struct prg_req *, struct prg_reply *,
	    const struct prg_filled *);

/* The faults as JSON, for problem+json and for the store; a new reference. */
json_t	*prg_errors_json(const struct prg_field_errors *);

/* -- post.c, submit.c ----------------------------------------------------------- */

enum prg_verdict	prg_post(struct prg_req *);

/* From the form that was read to its answer. */
enum prg_verdict	prg_submit(struct prg_req *);

/* Hand the row to the committer; 'go_on' is called when its outcome is settled. */
enum prg_verdict	prg_hold(struct prg_req *);

/* -- visitor.c ------------------------------------------------------------------ */

/* Who it is, on an owner's route: 'owner' is set, and a cookie if need be. */
void	prg_visitor_find(struct prg_req *);

/* Whether this visitor may see a row. */
bool	prg_visitor_may_see(const struct prg_req *, const struct prg_row *);

/* -- answer.c: each of these ends the request, which is then not to be touched -- */

enum prg_verdict	prg_answer(struct prg_req *, struct prg_reply *);
enum prg_verdict	prg_answer_error(struct prg_req *, enum prg_status,
			    const char *detail);
enum prg_verdict	prg_answer_problem(struct prg_req *, struct prg_reply *,
			    struct prg_problem *);
enum prg_verdict	prg_answer_not_allowed(struct prg_req *);
enum prg_verdict	prg_answer_options(struct prg_req *);
enum prg_verdict	prg_answer_see_other(struct prg_req *, const char *url);

/* A page that the client may keep, or 304 or 412 as its conditions ask. */
enum prg_verdict	prg_answer_cacheable(struct prg_req *,
			    struct prg_reply *, int64_t modified);

/* Fill the body with a template; false, and 'why' with --dev, if that failed. */
bool	prg_render(struct prg_req *, struct prg_reply *,
	    const struct prg_view *);

/* A strong validator: a digest of the very bytes (RFC 9110, 8.8.3). */
const char	*prg_etag(struct prg_arena *, const struct prg_buf *);

/* -- core.c --------------------------------------------------------------------- */

struct prg_req	*prg_req_take(struct prg_core *, struct prg_conn *);
void		 prg_req_give(struct prg_req *);

/* Around each call of a handler ("get", "post", "record"): it may take too long. */
void		 prg_req_enter(struct prg_req *, const char *handler);
void		 prg_req_leave(struct prg_req *);

/* The route that a tally is of; "-": what is nowhere. */
const char	*prg_tally_route(const struct prg_core *,
		    const struct prg_tally *);

/* What a key of this route is bound to. */
struct prg_key_scope	prg_req_scope(const struct prg_req *,
			    const char *purpose);

/*
 * Make the core ready to serve one request: check the app's tables, open templates
 * and store.  -1 with a sentence.
 */
int	prg_core_open(struct prg_core *, struct prg_error *);

/*
 * And many, in several threads: what is made when it is needed is made before, and
 * what one request would not use is started.
 */
int	prg_core_start(struct prg_core *, struct prg_error *);

/* The part of it that needs no store. */
int	prg_core_check(struct prg_core *, struct prg_error *);

/* The model of a route's form, blank: the core's, to be copied. */
json_t	*prg_core_blank(struct prg_core *, const struct prg_route *);

void	prg_core_close(struct prg_core *);

/* Say in the log, at this event, how much was stored, and in how many syncs. */
void	prg_core_report(struct prg_core *, const char *event);

#endif
