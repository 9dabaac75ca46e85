/*
 * request.h - the request, read from the params of the gateway.
 */
#ifndef PRG_REQUEST_H
#define PRG_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "gateway/gateway.h"

enum prg_method {
	PRG_METHOD_UNKNOWN,		/* 501 */
	PRG_METHOD_GET,
	PRG_METHOD_HEAD,
	PRG_METHOD_POST,
	PRG_METHOD_OPTIONS,
	PRG_METHOD_OTHER		/* defined by HTTP, not allowed: 405 */
};

/* Header fields are NULL if they are missing or empty. */
struct prg_request {
	enum prg_method	 method;
	const char	*method_name;	/* these three as sent */
	const char	*uri;
	const char	*length_text;
	const char	*path;		/* decoded, without the base */
	const char	*query;		/* as sent; "" if missing */
	const char	*content_type;
	int64_t		 content_length; /* -1: unknown */
	const char	*content_encoding;
	const char	*transfer_encoding;
	const char	*accept;
	const char	*cookie;
	const char	*host;
	const char	*origin;	/* may be empty */
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
	const char	*redirect_status; /* the status to answer with */
	const char	*remote_user;
	const char	*remote_addr;
	const char	*request_id;	/* of the web server */
	const char	*unique_id;	/* Apache's */
	const char	*x_request_id;	/* of a proxy or the client */
};

/*
 * Read the request.  'base' is the prefix of all our paths ("" or "/app").  If
 * the request is refused, 'method' and 'accept' are set all the same, so that
 * the answer suits the client.
 */
struct prg_refusal	prg_request_read(struct prg_arena *,
			    const struct prg_conn *, const char *base,
			    struct prg_request *);

/* The values of a header field, joined by ", "; NULL without one. */
const char	*prg_request_header(struct prg_arena *, const struct prg_conn *,
		    const char *name);

/* Whether the client's connection is encrypted, according to the web server. */
bool	prg_request_is_secure(const struct prg_request *);

/* The value of Allow: "GET, HEAD, OPTIONS", or with POST. */
const char	*prg_methods(bool post);

#endif
