/*
 * metrics.c - the record of each request: its counts, its log line, its
 * handler; and the endpoints that show them, /-/health and /-/metrics.
 *
 * A request that went well is logged at level debug, as the web server logs it
 * already.  The metrics are in the text format of Prometheus, version 0.0.4.
 */
#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "serve/req.h"

enum {
	MAX_NAME = 64,		/* bytes of a name from outside */
	OWN_NAME = 16		/* digits of one of ours */
};

/* -- Counts ---------------------------------------------------------------- */

/* The longest time in each bucket but the last. */
static const struct {
	int64_t		 us;
	const char	*seconds;
} buckets[PRG_BUCKETS] = {
	{ 500, "0.0005" }, { 1000, "0.001" }, { 2500, "0.0025" },
	{ 5000, "0.005" }, { 10000, "0.01" }, { 25000, "0.025" },
	{ 50000, "0.05" }, { 100000, "0.1" }, { 250000, "0.25" },
	{ 500000, "0.5" }, { 1000000, "1" }, { 2500000, "2.5" },
	{ 5000000, "5" }, { 10000000, "10" }
};

void
prg_metrics_open(struct prg_core *core)
{
	struct prg_metrics *m = &core->metrics;

	while (core->app->routes[m->nroutes].path != NULL)
		m->nroutes++;
	m->count = m->nroutes + 1 + PRG_ENDPOINTS;
	m->tallies = prg_arena_get(&core->arena,
	    m->count * sizeof(*m->tallies));
	randombytes_buf(&m->serial, sizeof(m->serial));
}

/* The route of a tally; "-" for requests that matched none. */
static const char *
route_of(const struct prg_core *core, const struct prg_tally *t)
{
	size_t i = (size_t)(t - core->metrics.tallies);
	size_t n = core->metrics.nroutes;

	if (i < n)
		return core->app->routes[i].path;
	return i == n ? "-" : prg_endpoints[i - n - 1].path;
}

static unsigned long long
load(const atomic_ullong *n)
{
	return atomic_load_explicit(n, memory_order_relaxed);
}

static void
add(atomic_ullong *n, unsigned long long more)
{
	atomic_fetch_add_explicit(n, more, memory_order_relaxed);
}

static void
count(struct prg_tally *t, enum prg_status status, int64_t ns)
{
	int i = 0;

	while (i < PRG_BUCKETS && ns > buckets[i].us * 1000)
		i++;
	add(&t->statuses[status - PRG_STATUS_FIRST], 1);
	add(&t->times[i], 1);
	add(&t->sum, (unsigned long long)ns);
}

/* -- Names ----------------------------------------------------------------- */

/* Of a client's text only such names go into the log. */
static bool
is_plain(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n <= MAX_NAME && strspn(name, "0123456789"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz@_.-") == n;
}

/* Splitmix64 of a count that began anywhere: no secret, but no two alike. */
static const char *
own_name(struct prg_req *r)
{
	uint64_t z = atomic_fetch_add_explicit(&r->core->metrics.serial,
	    0x9e3779b97f4a7c15, memory_order_relaxed);
	char *text = prg_arena_get(&r->arena, OWN_NAME + 1);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	z ^= z >> 31;
	for (int i = 0; i < OWN_NAME; i++, z <<= 4)
		text[i] = "0123456789abcdef"[z >> 60];
	return text;
}

void
prg_trace_begin(struct prg_req *r)
{
	const struct prg_metrics *m = &r->core->metrics;

	r->trace = (struct prg_trace){ .began = prg_clock_ns(),
	    .tally = &m->tallies[m->nroutes] };
}

void
prg_trace_name(struct prg_req *r)
{
	const char *const names[] = { r->in.request_id, r->in.unique_id };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i] != NULL && is_plain(names[i])) {
			r->trace.name = names[i];
			return;
		}
	r->trace.name = own_name(r);
}

/* -- The log line ---------------------------------------------------------- */

/* Others are logged at level debug. */
static const struct {
	enum prg_status		 status;
	enum prg_log_level	 level;
} levels[] = {
	{ PRG_BAD_REQUEST,		PRG_LOG_INFO },
	{ PRG_FORBIDDEN,		PRG_LOG_WARNING },
	{ PRG_LENGTH_REQUIRED,		PRG_LOG_INFO },
	{ PRG_CONTENT_TOO_LARGE,	PRG_LOG_INFO },
	{ PRG_UNSUPPORTED_MEDIA_TYPE,	PRG_LOG_INFO },
	{ PRG_INTERNAL_SERVER_ERROR,	PRG_LOG_ERROR },
	{ PRG_NOT_IMPLEMENTED,		PRG_LOG_INFO },
	{ PRG_SERVICE_UNAVAILABLE,	PRG_LOG_ERROR },
	{ 0,				PRG_LOG_DEBUG }
};

/* A mistake of the app is worth a warning, whatever the answer. */
static enum prg_log_level
level_of(const struct prg_req *r, enum prg_status status)
{
	size_t i = 0;

	while (levels[i].status != 0 && levels[i].status != status)
		i++;
	if (r->trace.mistaken && levels[i].level > PRG_LOG_WARNING)
		return PRG_LOG_WARNING;
	return r->trace.noted && levels[i].level > PRG_LOG_INFO ?
	    PRG_LOG_INFO : levels[i].level;
}

/* A hash of the submission's ID: whoever reads the log cannot open its page. */
static void
add_submission(struct prg_logfmt *l, const struct prg_req *r)
{
	const struct prg_id *id = &r->place.id;

	if (id->text[0] == '\0' && r->post != NULL)
		id = &r->post->claim.id;
	if (id->text[0] != '\0')
		prg_logfmt_text(l, "submission", prg_id_mark(id).text);
}

static void
write_line(struct prg_req *r, enum prg_status status, int64_t ns)
{
	struct prg_logfmt l;

	if (!prg_log_begin(&l, level_of(r, status), "request"))
		return;
	prg_logfmt_text(&l, "id", r->trace.name);
	if (r->in.remote_addr != NULL)
		prg_logfmt_text(&l, "client", r->in.remote_addr);
	prg_logfmt_text(&l, "method", r->in.method == PRG_METHOD_UNKNOWN ?
	    "unknown" : r->in.method_name);
	prg_logfmt_text(&l, "route", route_of(r->core, r->trace.tally));
	add_submission(&l, r);
	prg_logfmt_number(&l, "status", status);
	prg_logfmt_ms(&l, "ms", ns);
	if (r->trace.reason != NULL)
		prg_logfmt_text(&l, "reason", r->trace.reason);
	if (r->in.x_request_id != NULL && is_plain(r->in.x_request_id))
		prg_logfmt_text(&l, "x-request-id", r->in.x_request_id);
	prg_log_end(&l);
}

void
prg_trace_end(struct prg_req *r, enum prg_status status)
{
	int64_t ns = prg_clock_ns() - r->trace.began;

	count(r->trace.tally, status, ns);
	write_line(r, status, ns);
}

/* -- Slow handlers --------------------------------------------------------- */

void
prg_running_enter(struct prg_req *r, const char *handler)
{
	pthread_mutex_lock(&r->running.lock);
	r->running.handler = handler;
	r->running.since = prg_clock_ns();
	pthread_mutex_unlock(&r->running.lock);
}

/* Locked. */
static void
warn(const struct prg_req *r, const char *event)
{
	struct prg_logfmt l;

	if (!prg_log_begin(&l, PRG_LOG_WARNING, event))
		return;
	prg_logfmt_text(&l, "id", r->trace.name);
	prg_logfmt_text(&l, "route", r->route->path);
	prg_logfmt_text(&l, "handler", r->running.handler);
	prg_logfmt_ms(&l, "ms", prg_clock_ns() - r->running.since);
	prg_log_end(&l);
}

void
prg_running_leave(struct prg_req *r)
{
	pthread_mutex_lock(&r->running.lock);
	if (r->running.warned) {
		warn(r, "handler-ended");
		atomic_fetch_sub(&r->core->metrics.slow, 1);
	}
	r->running.handler = NULL;
	r->running.warned = false;
	pthread_mutex_unlock(&r->running.lock);
}

void
prg_running_check(struct prg_req *r)
{
	const int64_t limit = PRG_SLOW_HANDLER * INT64_C(1000000000);

	pthread_mutex_lock(&r->running.lock);
	if (r->running.handler != NULL && !r->running.warned &&
	    prg_clock_ns() - r->running.since >= limit) {
		r->running.warned = true;
		atomic_fetch_add(&r->core->metrics.slow, 1);
		warn(r, "handler-hangs");
	}
	pthread_mutex_unlock(&r->running.lock);
}

/* -- /-/health ------------------------------------------------------------- */

struct prg_reply
prg_health(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_OK);
	struct prg_error err;

	if (prg_store_check(r->core->store, &err) == -1)
		return prg_error_reply(r, PRG_SERVICE_UNAVAILABLE,
		    "The store does not answer.");
	prg_reply_header(&reply, "Content-Type", "text/plain; charset=utf-8");
	prg_buf_str(&reply.body, "ok\n");
	return reply;
}

/* -- /-/metrics ------------------------------------------------------------ */

struct metric {
	const char		*name;
	const char		*type;
	const char		*help;
	unsigned long long	 value;
};

static void
add_head(struct prg_buf *b, const struct metric *m)
{
	prg_buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help,
	    m->name, m->type);
}

static void
add_statuses(struct prg_buf *b, const char *name, const struct prg_tally *t,
    const char *route)
{
	unsigned long long n;

	for (int i = 0; i < PRG_STATUSES; i++)
		if ((n = load(&t->statuses[i])) > 0)
			prg_buf_printf(b,
			    "%s{route=\"%s\",status=\"%d\"} %llu\n",
			    name, route, PRG_STATUS_FIRST + i, n);
}

/* Each bucket includes those before it.  printf's %f would ask the locale. */
static void
add_times(struct prg_buf *b, const char *name, const struct prg_tally *t,
    const char *route)
{
	unsigned long long n = 0, ns = load(&t->sum);

	for (int i = 0; i <= PRG_BUCKETS; i++) {
		n += load(&t->times[i]);
		prg_buf_printf(b, "%s_bucket{route=\"%s\",le=\"%s\"} %llu\n",
		    name, route, i < PRG_BUCKETS ? buckets[i].seconds : "+Inf",
		    n);
	}
	prg_buf_printf(b, "%s_sum{route=\"%s\"} %llu.%09llu\n", name, route,
	    ns / 1000000000, ns % 1000000000);
	prg_buf_printf(b, "%s_count{route=\"%s\"} %llu\n", name, route, n);
}

static void
add_requests(struct prg_buf *b, const struct prg_core *core)
{
	static const struct metric requests = { "prg_requests_total", "counter",
	    "Requests answered, by route and status.", 0 };
	static const struct metric seconds = { "prg_request_seconds",
	    "histogram",
	    "From the head of a request to its answer, by route.", 0 };
	const struct prg_tally *t = core->metrics.tallies;

	add_head(b, &requests);
	for (size_t i = 0; i < core->metrics.count; i++)
		add_statuses(b, requests.name, &t[i], route_of(core, &t[i]));
	add_head(b, &seconds);
	for (size_t i = 0; i < core->metrics.count; i++)
		add_times(b, seconds.name, &t[i], route_of(core, &t[i]));
}

static void
add_process(struct prg_buf *b, struct prg_core *core,
    const struct prg_gateway_stats *g)
{
	const struct prg_store_stats s = prg_store_stats(core->store);
#define N(x)	(unsigned long long)(x)
	const struct metric list[] = {
		{ "prg_rows_total", "counter",
		  "Rows handed to the store.", s.rows },
		{ "prg_batches_total", "counter",
		  "Transactions, each one sync of the disk.", s.batches },
		{ "prg_queue_rows", "gauge",
		  "Rows that wait for the disk.", N(s.waiting) },
		{ "prg_queue_refused_total", "counter",
		  "Rows refused because too many waited.", s.refused },
		{ "prg_connections", "gauge",
		  "Connections of the web server.", N(g->connections) },
		{ "prg_connections_parked", "gauge",
		  "Connections without a request.", N(g->parked) },
		{ "prg_connections_accepted_total", "counter",
		  "Connections accepted.", N(g->accepted) },
		{ "prg_workers", "gauge",
		  "Threads that serve requests.", N(g->workers) },
		{ "prg_workers_idle", "gauge",
		  "Workers without a request.", N(g->idle) },
		{ "prg_handlers_hanging", "gauge",
		  "Handlers that the log has a slow-handler warning about.",
		  N(atomic_load(&core->metrics.slow)) },
		{ NULL, NULL, NULL, 0 }
	};
#undef N

	for (const struct metric *m = list; m->name != NULL; m++) {
		add_head(b, m);
		prg_buf_printf(b, "%s %llu\n", m->name, m->value);
	}
}

/* A CGI program serves one request and has nothing to count. */
struct prg_reply
prg_metrics(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_OK);
	struct prg_gateway_stats g;

	if (r->conn->ops->stats == NULL)
		return prg_error_reply(r, PRG_NOT_FOUND, NULL);
	g = r->conn->ops->stats(r->conn);
	add_requests(&reply.body, r->core);
	add_process(&reply.body, r->core, &g);
	prg_reply_header(&reply, "Content-Type",
	    "text/plain; version=0.0.4; charset=utf-8");
	return reply;
}
