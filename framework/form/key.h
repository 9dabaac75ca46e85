/*
 * key.h - the form key: the signed ID of the result that a form will create.
 *
 * It is an ID and a MAC over the ID, the route, the visitor (on routes with an
 * owner) and the purpose.  The address of a result is not enough to post under
 * it, and a visitor cannot use the key of another.
 */
#ifndef PRG_KEY_H
#define PRG_KEY_H

#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/id.h"
#include "base/text.h"

enum {
	PRG_SECRET_BYTES = 32,
	PRG_SECRETS = 1000,		/* valid at the same time */
	PRG_HASH_BYTES = 16,
	PRG_KEY_MAC = 22,		/* characters: 16 bytes, base64url */
	PRG_KEY_LEN = PRG_ID_LEN + 1 + PRG_KEY_MAC
};

/* The first one signs, all of them verify, so that rotation can overlap. */
struct prg_secrets {
	unsigned char	bytes[PRG_SECRETS][PRG_SECRET_BYTES];
	size_t		count;
};

struct prg_key {
	char	text[PRG_KEY_LEN + 1];	/* "{ID}.{MAC}" */
};

/* What a key is valid for. */
struct prg_key_scope {
	const char	*purpose;	/* "submit", "delete" */
	const char	*route;
	const char	*owner;		/* NULL: the route has no owners */
};

enum prg_key_verdict {
	PRG_KEY_GOOD,
	PRG_KEY_OLD,		/* made more than 'age' seconds ago */
	PRG_KEY_EARLY,		/* made in the future */
	PRG_KEY_NONE,		/* none was sent */
	PRG_KEY_BAD		/* damaged, forged, or of another scope */
};

struct prg_key	prg_key_sign(const struct prg_secrets *, const struct prg_id *,
		    const struct prg_key_scope *);

struct prg_key_check {
	struct prg_span	text;	/* the key as sent; p NULL: none */
	int64_t		now;	/* seconds since 1970 */
	int64_t		age;	/* seconds that a key is valid; 0: any time */
};

/*
 * Verify a key, in constant time.  'id' is set unless the key is none or bad:
 * a clock that was set must not hide the result of an old or early key.  Five
 * minutes ahead is not early, and no key that this process made is.
 */
enum prg_key_verdict	prg_key_verify(const struct prg_secrets *,
			    const struct prg_key_scope *,
			    const struct prg_key_check *, struct prg_id *id);

/*
 * The ID for other content under a used key: of the same second, else a hash of
 * the key's ID and the digest.  The same content always has the same ID.
 */
struct prg_id	prg_id_derive(const unsigned char secret[PRG_SECRET_BYTES],
		    const struct prg_id *, const char *digest);

/*
 * The ID for an Idempotency-Key: a hash of scope and key.  Its time is
 * PRG_ID_EPOCH, because a retry may come in another second.
 */
struct prg_id	prg_id_named(const unsigned char secret[PRG_SECRET_BYTES],
		    const struct prg_key_scope *, struct prg_span key);

/*
 * Add a text to a hash, after its length: bytes moved from one text to the next
 * change the hash.
 */
void	prg_hash_add(crypto_generichash_state *, struct prg_span);

#endif
