/*
 * req.h - one request from end to end, and what all requests share.
 *
 * Known to prg.c (the way of a request), api.c (what handlers call) and cli.c
 * (the process), and to nothing below them.
 */
#ifndef PRG_REQ_H
#define PRG_REQ_H

#include <pthread.h>

#include "base/arena.h"
#include "form/field.h"
#include "form/pairs.h"
#include "gateway/gateway.h"
#include "options.h"
#include "page/views.h"
#include "prg.h"
#include "reply/reply.h"
#include "request/request.h"
#include "store/store.h"
#include "submission/commit.h"

/* Where the stylesheet is, less the base. */
extern const char prg_css_path[];

/* The process: made once, then only read, but for the pool. */
struct prg_core {
	const struct prg_app	*app;
	struct prg_options	 options;
	struct prg_store	*store;
	struct prg_commit	*commit;
	struct prg_views	*views;
	const char		*css_etag;
	const char		*css_url;
	struct prg_arena	 arena;		/* of what lives as long */
	pthread_mutex_t		 lock;		/* of 'pool' */
	struct prg_req		*pool;		/* those not in use */
};

struct prg_req {
	struct prg_core		*core;
	struct prg_arena	 arena;
	struct prg_req		*next;		/* in the pool */
	struct prg_conn		*conn;
	struct prg_request	 in;
	bool			 json;		/* what the client prefers */
	const struct prg_route	*route;
	const char		*why;		/* the handler failed, for the log */
	struct prg_id		 id;		/* of the submission */
	struct prg_pairs	 query;
	bool			 query_read;
	struct prg_pairs	 posted;
	struct prg_faults	 faults;
	void			*input;		/* the app's struct */
	json_t			*result;
	json_t			*model;
	struct prg_write	 write;
};

/* -- prg.c: the way of a request ------------------------------------------------ */

/* The service that a gateway calls; 'arg' is the core. */
struct prg_service	prg_core_service(struct prg_core *);

/* -- get.c, post.c ---------------------------------------------------------------- */

enum prg_verdict	prg_get(struct prg_req *);
enum prg_verdict	prg_get_stylesheet(struct prg_req *);
enum prg_verdict	prg_post(struct prg_req *);

/* The second half of a POST, once its row is durable or has failed. */
enum prg_verdict	prg_posted(struct prg_req *);

/* The model of a page of this route; 'values' are shown in the form. */
json_t	*prg_page_model(struct prg_req *, json_t *values);

/* Fill the body with a result, as HTML or JSON; false if that failed. */
bool	prg_show_result(struct prg_req *, struct prg_reply *,
	    const struct prg_row *);

/* -- answer.c: each of these ends the request, which is then not to be touched --- */

enum prg_verdict	prg_answer(struct prg_req *, struct prg_reply *);
enum prg_verdict	prg_answer_error(struct prg_req *, enum prg_status,
			    const char *detail);
enum prg_verdict	prg_answer_problem(struct prg_req *, struct prg_reply *,
			    struct prg_problem *);
enum prg_verdict	prg_answer_not_allowed(struct prg_req *);
enum prg_verdict	prg_answer_options(struct prg_req *);

/* A page that the client may keep, or 304 or 412 as its conditions ask. */
enum prg_verdict	prg_answer_cacheable(struct prg_req *,
			    struct prg_reply *, int64_t modified);

/* Fill the body with a template; false, and 'why' with --dev, if that failed. */
bool	prg_render(struct prg_req *, struct prg_reply *, const char *name,
	    json_t *model);

/* Whether what was asked for takes a POST. */
bool	prg_posts_here(const struct prg_req *);

/* A strong validator: a digest of the very bytes (RFC 9110, 8.8.3). */
const char	*prg_etag(struct prg_arena *, const struct prg_buf *);

/* -- core.c --------------------------------------------------------------------------- */

struct prg_req	*prg_req_take(struct prg_core *, struct prg_conn *);
void		 prg_req_give(struct prg_req *);

/*
 * Make the core ready to serve: check the app's tables, open templates and store,
 * start the committer.  -1 with a sentence.
 */
int	prg_core_open(struct prg_core *, struct prg_error *);

/* The part of it that needs no store. */
int	prg_core_check(struct prg_core *, struct prg_error *);

void	prg_core_close(struct prg_core *);

#endif
