/*
 * note.c - what is told of each request: its name, its counts, its line in the log.
 *
 * A request that went well is a line at level debug: the web server has a line for
 * it already.  What somebody should look at is one at a level that is on.
 */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "serve/req.h"

enum {
	MAX_ID = 64,		/* bytes of one that comes from outside */
	OWN_ID = 16		/* digits of one of ours */
};

/* Those that are not here are a matter of course. */
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

/* -- The name ------------------------------------------------------------------- */

/* Nothing of a client's goes into the log but this. */
static bool
is_plain(const char *id)
{
	size_t n = strlen(id);

	return n > 0 && n <= MAX_ID && id[strspn(id, "0123456789"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz@_.-")] == '\0';
}

/* Splitmix64 of a count that began anywhere: no secret, but no two alike. */
static uint64_t
next_number(struct prg_core *core)
{
	uint64_t z = atomic_fetch_add_explicit(&core->serial,
	    0x9e3779b97f4a7c15, memory_order_relaxed);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static const char *
own_name(struct prg_req *r)
{
	uint64_t n = next_number(r->core);
	char *text = prg_arena_get(&r->arena, OWN_ID + 1);

	for (int i = 0; i < OWN_ID; i++, n <<= 4)
		text[i] = "0123456789abcdef"[n >> 60];
	text[OWN_ID] = '\0';
	return text;
}

void
prg_note_name(struct prg_req *r)
{
	const char *ids[] = { r->in.request_id, r->in.unique_id,
	    r->in.x_request_id };

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (ids[i] != NULL && is_plain(ids[i])) {
			r->name = ids[i];
			return;
		}
	r->name = own_name(r);
}

/* -- The end -------------------------------------------------------------------- */

static void
count(struct prg_req *r, enum prg_status status, int64_t ns)
{
	atomic_fetch_add_explicit(&r->tally->statuses[status -
	    PRG_STATUS_FIRST], 1, memory_order_relaxed);
	prg_histogram_add(&r->tally->times, ns);
}

/* A mistake of the app's is worth a warning, however it ends. */
static enum prg_log_level
level_of(const struct prg_req *r, enum prg_status status)
{
	size_t i = 0;

	while (levels[i].status != 0 && levels[i].status != status)
		i++;
	return r->mistaken && levels[i].level > PRG_LOG_WARNING ?
	    PRG_LOG_WARNING : levels[i].level;
}

/* Of which submission (K6). */
static void
add_submission(struct prg_logfmt *l, const struct prg_req *r)
{
	const struct prg_id *id = r->place.id.text[0] != '\0' ? &r->place.id :
	    &r->claim.id;

	if (id->text[0] != '\0')
		prg_logfmt_text(l, "submission", prg_id_mark(id).text);
}

static void
write_line(struct prg_req *r, enum prg_status status, int64_t ns)
{
	struct prg_logfmt l;

	if (!prg_log_begin(&l, level_of(r, status), "request"))
		return;
	prg_logfmt_text(&l, "id", r->name);
	prg_logfmt_text(&l, "method", r->in.method == PRG_METHOD_UNKNOWN ?
	    "unknown" : r->in.method_name);
	prg_logfmt_text(&l, "route", prg_tally_route(r->core, r->tally));
	add_submission(&l, r);
	prg_logfmt_number(&l, "status", status);
	prg_logfmt_ms(&l, "ms", ns);
	if (r->reason != NULL)
		prg_logfmt_text(&l, "reason", r->reason);
	prg_log_end(&l);
}

void
prg_note_end(struct prg_req *r, enum prg_status status)
{
	int64_t ns = prg_clock_ns() - r->began;

	count(r, status, ns);
	write_line(r, status, ns);
}
