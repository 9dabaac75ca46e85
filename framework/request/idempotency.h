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
 * Read the key: a String (RFC 9651, 3.3.3), or a bare token, because many
 * clients send a UUID without quotes.  Parameters are ignored.  Returns false
 * if the key is missing, empty or too long, or on a syntax error.
 */
bool	prg_idempotency_key(struct prg_arena *, const char *header,
	    struct prg_span *key);

#endif
