/*
 * status.c - how the process is: /-/health and /-/metrics, for who may ask.
 *
 * For all others there is nothing at these addresses.  The metrics are in the text
 * format of Prometheus, version 0.0.4.
 */
#include "base/network.h"
#include "serve/req.h"

struct metric {
	const char		*name;
	const char		*type;
	const char		*help;
	unsigned long long	 value;
};

bool
prg_status_may_ask(const struct prg_req *r)
{
	return r->in.remote_addr != NULL && prg_networks_have(
	    r->core->options.status_from, r->in.remote_addr);
}

/* -- Health --------------------------------------------------------------------- */

/* A look for what is not there is a look. */
enum prg_verdict
prg_get_health(struct prg_req *r)
{
	static const char nobody[] = "000000000000000000000000000";
	struct prg_reply reply = prg_reply(&r->arena, PRG_OK);
	struct prg_row row;

	if (prg_store_find(r->core->store, &r->arena, nobody, &row) ==
	    PRG_FOUND_FAIL)
		return prg_answer_error(r, PRG_SERVICE_UNAVAILABLE,
		    "The store does not answer.");
	prg_reply_header(&reply, "Content-Type", "text/plain; charset=utf-8");
	prg_buf_str(&reply.body, "ok\n");
	return prg_answer(r, &reply);
}

/* -- Metrics -------------------------------------------------------------------- */

static void
add_head(struct prg_buf *b, const struct metric *m)
{
	prg_buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help,
	    m->name, m->type);
}

static void
add_metrics(struct prg_buf *b, const struct metric *m)
{
	for (; m->name != NULL; m++) {
		add_head(b, m);
		prg_buf_printf(b, "%s %llu\n", m->name, m->value);
	}
}

static void
add_statuses(struct prg_buf *b, const char *name, const struct prg_tally *t,
    const char *route)
{
	unsigned long long n;

	for (int i = 0; i < PRG_STATUSES; i++)
		if ((n = atomic_load_explicit(&t->statuses[i],
		    memory_order_relaxed)) > 0)
			prg_buf_printf(b, "%s{route=\"%s\",status=\"%d\"} %llu\n",
			    name, route, PRG_STATUS_FIRST + i, n);
}

/* Each bucket has those before it too; all numbers but the sum are of one look. */
static void
add_times(struct prg_buf *b, const char *name, const struct prg_tally *t,
    const char *route)
{
	unsigned long long n = 0, ns;

	for (int i = 0; i <= PRG_BUCKETS; i++) {
		n += atomic_load_explicit(&t->times.counts[i],
		    memory_order_relaxed);
		prg_buf_printf(b, "%s_bucket{route=\"%s\",le=\"%s\"} %llu\n",
		    name, route, i < PRG_BUCKETS ? prg_buckets[i].seconds :
		    "+Inf", n);
	}
	ns = atomic_load_explicit(&t->times.sum, memory_order_relaxed);
	/* No fraction by printf: it would ask the locale. */
	prg_buf_printf(b, "%s_sum{route=\"%s\"} %llu.%09llu\n", name, route,
	    ns / 1000000000, ns % 1000000000);
	prg_buf_printf(b, "%s_count{route=\"%s\"} %llu\n", name, route, n);
}

static void
add_requests(struct prg_buf *b, const struct prg_core *core)
{
	static const struct metric requests = { "prg_requests_total", "counter",
	    "Requests answered, by route and status.", 0 };
	static const struct metric seconds = { "prg_request_seconds", "histogram",
	    "From the head of a request to its answer, by route.", 0 };
	const struct prg_tally *t = core->tallies;

	add_head(b, &requests);
	for (size_t i = 0; i < core->ntallies; i++)
		add_statuses(b, requests.name, &t[i],
		    prg_tally_route(core, &t[i]));
	add_head(b, &seconds);
	for (size_t i = 0; i < core->ntallies; i++)
		add_times(b, seconds.name, &t[i],
		    prg_tally_route(core, &t[i]));
}

static void
add_store(struct prg_buf *b, const struct prg_core *core)
{
	struct prg_commit_stats s = prg_commit_stats(core->commit);
	const struct metric list[] = {
		{ "prg_rows_total", "counter",
		  "Rows handed to the store.", s.rows },
		{ "prg_batches_total", "counter",
		  "Transactions they went in, each one sync of the disk.",
		  s.batches },
		{ "prg_queue_rows", "gauge",
		  "Rows that wait for the disk.", (unsigned long long)s.waiting },
		{ "prg_queue_refused_total", "counter",
		  "Rows refused because --queue of them waited.", s.refused },
		{ NULL, NULL, NULL, 0 }
	};

	add_metrics(b, list);
}

static void
add_gateway(struct prg_buf *b, const struct prg_gateway_stats *s, int hanging)
{
	const struct metric list[] = {
		{ "prg_connections", "gauge",
		  "Connections of the web server.",
		  (unsigned long long)s->connections },
		{ "prg_connections_parked", "gauge",
		  "Those of them without a request under way.",
		  (unsigned long long)s->parked },
		{ "prg_connections_accepted_total", "counter",
		  "Connections accepted.", (unsigned long long)s->accepted },
		{ "prg_workers", "gauge",
		  "Threads that serve.", (unsigned long long)s->workers },
		{ "prg_workers_idle", "gauge",
		  "Those of them that wait for something to do.",
		  (unsigned long long)s->idle },
		{ "prg_handlers_hanging", "gauge",
		  "Handlers that have run for longer than --watch.",
		  (unsigned long long)hanging },
		{ NULL, NULL, NULL, 0 }
	};

	add_metrics(b, list);
}

/* A CGI program has this one request, and nothing to count. */
enum prg_verdict
prg_get_metrics(struct prg_req *r)
{
	struct prg_reply reply = prg_reply(&r->arena, PRG_OK);
	struct prg_core *core = r->core;
	struct prg_gateway_stats s;

	if (r->conn->ops->stats == NULL)
		return prg_answer_error(r, PRG_NOT_FOUND, NULL);
	s = r->conn->ops->stats(r->conn);
	add_requests(&reply.body, core);
	add_store(&reply.body, core);
	add_gateway(&reply.body, &s, core->watch == NULL ? 0 :
	    prg_watch_count(core->watch));
	prg_reply_header(&reply, "Content-Type",
	    "text/plain; version=0.0.4; charset=utf-8");
	return prg_answer(r, &reply);
}
