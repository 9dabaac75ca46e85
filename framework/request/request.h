/*
 * request.h - what the client asks for, read from the gateway's params.
 */
#ifndef PRG_REQUEST_H
#define PRG_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "gateway/gateway.h"

enum prg_method {
	PRG_METHOD_UNKNOWN,		/* 501 */
	PRG_METHOD_GET,
	PRG_METHOD_HEAD,
	PRG_METHOD_POST,
	PRG_METHOD_OPTIONS,
	PRG_METHOD_OTHER		/* known to HTTP, not to us: 405 */
};

/* Header fields are NULL where they are not there or empty (G5). */
struct prg_request {
	enum prg_method	 method;
	const char	*method_name;	/* as sent, like the next two */
	const char	*uri;
	const char	*length_text;
	const char	*path;		/* decoded, less the base */
	const char	*query;		/* as sent; "" if none */
	const char	*content_type;
	int64_t		 content_length; /* -1: not said */
	const char	*content_encoding;
	const char	*transfer_encoding;
	const char	*accept;
	const char	*cookie;
	const char	*host;
	const char	*origin;	/* "" if it was sent empty */
	const char	*sec_fetch_site;
	const char	*cache_control;
	const char	*if_match;
	const char	*if_none_match;
	const char	*if_modified_since;
	const char	*if_unmodified_since;
	const char	*idempotency_key;
	const char	*https;
	const char	*scheme;
	const char	*server_port;
	const char	*remote_user;
	const char	*remote_addr;
	const char	*request_id;	/* the web server's own, under any name */
	const char	*unique_id;	/* Apache's */
	const char	*x_request_id;	/* of whoever stands before that */
	const char	*why;		/* it was refused, in words */
};

/*
 * Read it; 'base' is what stands before every path of ours ("" or "/app").
 * Returns 0 or the status to refuse it with; 'why' is then a sentence for people.
 * On refusal 'method' and 'accept' are set all the same, so that the answer suits.
 */
int	prg_request_read(struct prg_arena *, const struct prg_conn *,
	    const char *base, struct prg_request *);

/* Whether the client's connection is encrypted, as the web server says (K25). */
bool	prg_request_is_secure(const struct prg_request *);

struct prg_body {
	size_t		 max;		/* bytes it may have; set by the caller */
	struct prg_span	 bytes;
	const char	*why;		/* it was refused, in words */
};

/* Read all of the body; 0, or the status that intake.h refuses it with. */
int	prg_request_body(struct prg_arena *, struct prg_conn *,
	    const struct prg_request *, struct prg_body *);

/* "GET, HEAD", "GET, HEAD, POST": the methods in words, for Allow. */
const char	*prg_methods(bool post);

#endif
