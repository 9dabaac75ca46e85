/*
 * target.h - the path that a request is for.
 */
#ifndef PRG_TARGET_H
#define PRG_TARGET_H

#include "base/arena.h"
#include "base/text.h"

struct prg_target {
	int		 refused;	/* 0, or the status: 400 or 404 */
	const char	*path;		/* decoded once, less the base */
	const char	*query;		/* of 'uri', as sent; "" if none */
};

/*
 * Read REQUEST_URI, in origin-form or absolute-form (RFC 9112, 3.2; Apache
 * passes the latter on), and take 'base' off ("" or "/app").  Refused with 400:
 * a bad '%', encoded slash, backslash, NUL or control, a dot segment, '#', "*";
 * with 404: no UTF-8, outside the base.  Path and query are "" then.  The base
 * itself is the path "/"; a double or a trailing slash stays.
 */
struct prg_target	prg_target_read(struct prg_arena *, const char *uri,
			    const char *base);

#endif
