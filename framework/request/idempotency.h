/*
 * idempotency.h - the Idempotency-Key header of API clients
 * (draft-ietf-httpapi-idempotency-key-header).
 */
#ifndef PRG_IDEMPOTENCY_H
#define PRG_IDEMPOTENCY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"

enum { PRG_MAX_IDEMPOTENCY_KEY = 255 };	/* characters */

/*
 * Read a structured-field String (RFC 9651, 3.3.3), or a bare token, as many
 * clients send a UUID without quotes.  Parameters after it are not looked at.
 * False if it is neither, is empty or too long.
 */
bool	prg_idempotency_key(struct prg_arena *, const char *header,
	    struct prg_span *key);

#endif
