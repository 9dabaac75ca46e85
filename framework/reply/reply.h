/*
 * reply.h - a response: status, header fields, body.
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
	const char		*type;		/* Content-Type, with a body */
	bool			 bad;		/* a field was invalid */
	unsigned		 named;		/* bits of the defaults set */
};

struct prg_reply	prg_reply(struct prg_arena *, enum prg_status);

/*
 * Add a header field.  A name that is not a token, or a value with a control
 * byte, makes the whole response a 500.
 */
void	prg_reply_header(struct prg_reply *, const char *name,
	    const char *value);

/* Add Location, with bytes that a URI can't hold percent-encoded. */
void	prg_reply_location(struct prg_reply *, const char *url);

/*
 * Raise the limit of the body, so that it can also show 'text' with each quote
 * as "&quot;".  'text' may be NULL.
 */
void	prg_reply_shows(struct prg_reply *, const char *text);

/* Set the body to JSON.  Releases a reference to it. */
void	prg_reply_json(struct prg_reply *, const char *type, json_t *);

/*
 * Send the response with the default fields that were not set; without a body
 * to HEAD and for a status that has none.  Returns -1 if the peer is gone.
 */
int	prg_reply_send(struct prg_reply *, struct prg_conn *,
	    const struct prg_request *);

/* The phrase of a status: "See Other" (RFC 9110, 15). */
const char	*prg_status_phrase(enum prg_status);

/* -- Whole answers --------------------------------------------------------- */

/* Redirect to 'url' with a note that links to it (RFC 9110, 15.4.4). */
void	prg_reply_see_other(struct prg_reply *, const char *url,
	    const struct prg_messages *);

struct prg_problem {
	const char	*title;		/* NULL: the message of the status */
	const char	*detail;	/* likewise */
	json_t		*errors;	/* of fields, or NULL; released */
	struct prg_var	 globals;	/* of the layout */
	struct prg_var	 form;		/* form_url and form_title; or empty */
	const struct prg_messages *messages;
	bool		 json;
};

/* Set the body to the page "error", or to problem+json (RFC 9457). */
void	prg_reply_problem(struct prg_reply *, struct prg_views *,
	    const struct prg_problem *);

#endif
