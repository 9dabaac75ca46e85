/*
 * reply.h - a response: status, header fields, body, sent at once.
 */
#ifndef PRG_REPLY_H
#define PRG_REPLY_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "form/messages.h"
#include "gateway/gateway.h"
#include "page/views.h"
#include "prg.h"
#include "request/request.h"

enum {
	PRG_MAX_HEAD = 8 << 10		/* bytes of header fields */
};

struct prg_reply {
	struct prg_arena	*arena;
	enum prg_status		 status;
	struct prg_buf		 head;		/* "Name: value\r\n" each */
	struct prg_buf		 body;
	const char		*type;		/* of the body; goes where it goes */
	const char		*bad;		/* a field that was refused */
	unsigned		 named;		/* defaults that were given */
};

struct prg_reply	prg_reply(struct prg_arena *, enum prg_status);

/*
 * Add a field.  The one place on the way out: a name that is no token or a value
 * with a control byte makes the whole response a 500 (K21).
 */
void	prg_reply_header(struct prg_reply *, const char *name,
	    const char *value);

/* Location: ASCII, all that a URI can't hold percent-encoded (H4). */
void	prg_reply_location(struct prg_reply *, const char *url);

/*
 * The body shows 'text' besides: its ceiling is so much higher that it can, with each
 * quote as "&quot;".  NULL: none.
 */
void	prg_reply_shows(struct prg_reply *, const char *text);

/* JSON as the body; takes the reference. */
void	prg_reply_json(struct prg_reply *, const char *type, json_t *);

/*
 * Write it, with the default fields that were not given; without its body to HEAD
 * and where the status has none.  -1 if the peer is gone.
 */
int	prg_reply_send(struct prg_reply *, struct prg_conn *,
	    const struct prg_request *);

/* "See Other": the phrase of RFC 9110, 15. */
const char	*prg_status_phrase(enum prg_status);

/* -- Whole answers ------------------------------------------------------------ */

/* 303 to 'url', with a note that links to it (RFC 9110, 15.4.4). */
void	prg_reply_see_other(struct prg_reply *, const char *url,
	    const struct prg_messages *);

/* What an error says. */
struct prg_problem {
	const char	*detail;	/* for the person; NULL: what fits the status */
	json_t		*errors;	/* of fields; NULL: none.  Taken */
	struct prg_var	 globals;	/* what every page's layout needs */
	const struct prg_messages *messages;
	bool		 json;
};

/*
 * The page "error", or problem+json (RFC 9457).  The status is the reply's; the
 * answer is not to be stored by anyone (H35).
 */
void	prg_reply_problem(struct prg_reply *, struct prg_views *,
	    const struct prg_problem *);

#endif
