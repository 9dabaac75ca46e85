/*
 * req.h - one request, and the functions that make its answer.
 *
 * Each function of get.c, post.c and endpoint.c returns a reply; prg.c sends
 * it.
 */
#ifndef PRG_REQ_H
#define PRG_REQ_H

#include "form/collect.h"
#include "form/digest.h"
#include "form/errors.h"
#include "form/field.h"
#include "reply/reply.h"
#include "request/request.h"
#include "request/route.h"
#include "serve/core.h"

/* The hidden field that carries the form key. */
extern const char prg_key_name[];

struct prg_req {
	struct prg_core		*core;
	struct prg_arena	 arena;
	struct prg_req		*next;		/* in the pool */
	struct prg_req		*others;	/* in the list of all */
	struct prg_running	 running;
	struct prg_trace	 trace;
	struct prg_conn		*conn;
	struct prg_request	 in;
	bool			 json;		/* rather than HTML */
	bool			 unacceptable;	/* the client accepts neither */
	struct prg_place	 place;		/* the match of its path */
	const struct prg_route	*route;		/* of the match; or NULL */
	const struct prg_field	*fields;	/* of the route; never NULL */
	const char		*owner;		/* owner's route; or NULL */
	const char		*cookie;	/* to be set; or NULL */
	bool			 unknown;	/* visitor without cookie */
	bool			 forgotten;	/* by prg_forget_visitor() */
	struct prg_field_errors	 errors;
	json_t			*model;		/* of prg_model() */
	struct prg_object	 recent;	/* lists of prg_recent() */
	struct prg_list		 list;		/* the last; no route: none */
	size_t			 listed;	/* bytes of the rows in them */
	bool			 staff;		/* it shows what others own */
	json_t			*prefill;	/* of prg_fill() */
	json_t			*submitted;	/* of a form shown again */
	int			 limit;		/* of prg_limit(), in seconds */
	const char		*limit_text;
	struct prg_pairs	*query;		/* once it is parsed */
	struct prg_db		*db;		/* the one lent; of a record */
	struct prg_db		 lent;		/* to read with */
	struct prg_post		*post;		/* NULL in a GET */
};

/* The part of a request that only a POST has. */
struct prg_post {
	struct prg_pairs	 pairs;
	struct prg_files	 files;
	struct prg_digest	 digest;
	enum prg_key_verdict	 key;
	bool			 named;		/* by an Idempotency-Key */
	bool			 unsure;	/* the gate saw no browser */
	const char		*first;		/* 'once': sent before, there */
	struct prg_claim	 claim;
	void			*input;		/* the app's struct */
	json_t			*result;
};

/* -- req.c ----------------------------------------------------------------- */

struct prg_req	*prg_req_take(struct prg_core *, struct prg_conn *);
void		 prg_req_give(struct prg_req *);

/* Around each call of a handler ("get", "post", "record"). */
void		 prg_req_enter(struct prg_req *, const char *handler);
void		 prg_req_leave(struct prg_req *);

/* The scope of a key of this route and visitor. */
struct prg_key_scope	prg_req_scope(const struct prg_req *,
			    const char *purpose);

/* The address of a submission of this route, and of a draft of it. */
const char	*prg_req_address(struct prg_req *, const struct prg_id *);
const char	*prg_req_draft(struct prg_req *, const struct prg_row *);

/* Note why SQL of a handler has failed: the log line is a warning about it. */
void		 prg_req_failed(struct prg_req *, const char *handler,
		    const struct prg_error *);

/* Note the mistake if a 'post' prepares a page that it cannot show. */
void		 prg_req_expect_get(struct prg_req *, const char *caller);

/* Note a reason at level info; the first one stays. */
void		 prg_req_note(struct prg_req *, const char *reason);

/* Note a mistake of the app: this request's log line is a warning about it. */
void		 prg_req_mistake(struct prg_req *, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));

/* -- prg.c ----------------------------------------------------------------- */

/* Answer the request on its connection. */
void		 prg_answer(struct prg_req *);

/* -- visitor.c ------------------------------------------------------------- */

/*
 * Set 'owner' on an owner's route, and 'cookie' to set or renew it.  An unknown
 * visitor who asks for a submission is nobody: 'owner' stays NULL.
 */
void		 prg_visitor_find(struct prg_req *);

/* Add Set-Cookie to the reply, if there is something to say. */
void		 prg_visitor_tell(struct prg_req *, struct prg_reply *);

/* The visitor of the request on any route; NULL without a cookie or user. */
const char	*prg_visitor_known(struct prg_req *);

/* -- choices.c ------------------------------------------------------------- */

/* Ask the app for the choices of fields with 'options', into r->fields. */
void		 prg_req_options(struct prg_req *);

/* -- answer.c -------------------------------------------------------------- */

struct prg_reply	prg_error_reply(struct prg_req *, enum prg_status,
			    const char *detail);
struct prg_reply	prg_problem_reply(struct prg_req *, struct prg_reply,
			    struct prg_problem *);
struct prg_reply	prg_limited(struct prg_req *);	/* by prg_limit() */
struct prg_reply	prg_not_allowed(struct prg_req *);
struct prg_reply	prg_options_reply(struct prg_req *);
struct prg_reply	prg_see_other(struct prg_req *, const char *url);

/* The reply with this page as its body, or a 500; --dev shows the reason. */
struct prg_reply	prg_page_reply(struct prg_req *, struct prg_reply,
			    const struct prg_view *);

/*
 * The reply with an ETag, or 304 or 412 as the request's conditions ask.
 * 'modified' is in seconds, or 0.
 */
struct prg_reply	prg_cacheable(struct prg_req *, struct prg_reply,
			    int64_t modified);

/* -- get.c, form_page.c, post.c, endpoint.c -------------------------------- */

struct prg_reply	prg_get(struct prg_req *);
struct prg_reply	prg_post(struct prg_req *);

/* The reply with a result as its body, as HTML or JSON. */
struct prg_reply	prg_result_reply(struct prg_req *, struct prg_reply,
			    const struct prg_row *);

/* The content of a form page. */
struct prg_filled {
	const struct prg_id	*id;		/* in its key */
	int			 draft;		/* its number, in the key */
	int64_t			 expires;	/* of a draft; 0: not stored */
	bool			 submitted;	/* else it is blank */
	json_t			*values;	/* by name; borrowed */
	const char		*text;		/* their JSON */
};

/* The page of a form, with this status. */
struct prg_reply	prg_form_reply(struct prg_req *, enum prg_status,
			    const struct prg_filled *);

/* Built-in endpoints: stylesheets, health, metrics. */
struct prg_endpoint {
	const char		*path;		/* less the base */
	bool			 guarded;	/* for --status-from alone */
	struct prg_reply	(*get)(struct prg_req *);
};

enum { PRG_ENDPOINT_CSS, PRG_ENDPOINT_APP_CSS, PRG_ENDPOINT_HEALTH,
    PRG_ENDPOINT_METRICS, PRG_ENDPOINTS };
extern const struct prg_endpoint prg_endpoints[PRG_ENDPOINTS];

/* The endpoint of the request's path that it may ask for; or NULL. */
const struct prg_endpoint	*prg_endpoint_find(struct prg_req *);

/* -- ceiling.c ------------------------------------------------------------- */

/* Whether the client may store a draft now; and count its bytes. */
bool			 prg_ceiling_admit(struct prg_req *);
void			 prg_ceiling_add(struct prg_req *, size_t bytes);

/* -- periodic.c ------------------------------------------------------------ */

/*
 * Start the one thread that does what is due from time to time: delete what has
 * expired, warn about slow handlers.
 */
int	prg_periodic_start(struct prg_core *, struct prg_error *);
void	prg_periodic_stop(struct prg_periodic *);

#endif
