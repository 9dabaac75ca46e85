/*
 * core.h - what all requests of a process share.
 */
#ifndef PRG_CORE_H
#define PRG_CORE_H

#include <pthread.h>

#include "base/arena.h"
#include "form/messages.h"
#include "page/views.h"
#include "prg.h"
#include "serve/metrics.h"
#include "serve/options.h"
#include "store/store.h"
#include "submission/keyring.h"
#include "submission/submission.h"

/* Made once, then only read, but for the pool and the counts. */
struct prg_core {
	int64_t			 started;	/* seconds since 1970 */
	struct prg_ceiling	*ceiling;	/* of drafts */
	const struct prg_app	*app;
	const struct prg_endpoint *endpoints;	/* PRG_ENDPOINTS */
	struct prg_options	 options;
	struct prg_store	*store;
	struct prg_keys		*keys;
	struct prg_submissions	*submissions;
	struct prg_periodic	*periodic;	/* NULL in a CGI program */
	struct prg_metrics	 metrics;
	struct prg_views	*views;
	struct prg_messages	 messages;
	const char		*css_url;
	struct prg_span		 app_css;	/* the app's stylesheet */
	const char		*app_css_url;	/* NULL: it has none */
	bool			 bare_base;	/* the path "/" has no slash */
	struct prg_var		 globals;	/* for the layout of any page */
	struct prg_var		*controls;	/* of each route's blank form */
	struct prg_arena	 arena;		/* of the process */
	pthread_mutex_t		 lock;		/* of the two below */
	struct prg_req		*pool;		/* requests not in use */
	struct prg_req		*all;
};

/*
 * Check the app's tables and templates; no store is needed.  -1 with a
 * sentence.
 */
int	prg_core_check(struct prg_core *, struct prg_error *);

/* Make the ceiling of drafts; see ceiling.c. */
void	prg_ceiling_open(struct prg_core *);

/* The store of the app, with its migrations and what erases its own data. */
struct prg_store_place	prg_core_place(struct prg_core *, enum prg_store_mode);

/* Make the core ready to serve one request.  -1 with a sentence. */
int	prg_core_open(struct prg_core *, struct prg_error *);

void	prg_core_close(struct prg_core *);

/* The URL of a path of the app: the base before it. */
const char	*prg_core_url(const struct prg_core *, struct prg_arena *,
		    const char *path);

/* Log, as this event, how many rows were stored in how many syncs. */
void	prg_core_report(struct prg_core *, const char *event);

#endif
