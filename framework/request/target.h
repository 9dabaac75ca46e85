/*
 * target.h - the path that a request or a redirect is for.
 */
#ifndef PRG_TARGET_H
#define PRG_TARGET_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

struct prg_target {
	struct prg_refusal refused;	/* with 400 or 404 */
	const char	*path;		/* decoded once, without the base */
	const char	*query;		/* as sent; "" if missing */
};

/*
 * Read REQUEST_URI in origin-form or absolute-form (RFC 9112, 3.2; Apache
 * passes on the latter), and remove 'base' ("" or "/app").  Path and query are
 * "" if the request is refused:
 *	400	bad '%', encoded slash, backslash, NUL or control, dot segment,
 *		'#', "*"
 *	404	not UTF-8, outside the base
 * The path of the base itself is "/".  Double and trailing slashes are kept.
 */
struct prg_target	prg_target_read(struct prg_arena *, const char *uri,
			    const char *base);

/*
 * Whether a redirect to 'path' stays on this site: one slash first, and then no
 * backslash and no byte that browsers remove (URL standard, 4.4).  NULL is
 * false.
 */
bool	prg_target_is_local(const char *path);

#endif
