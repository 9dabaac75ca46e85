/*
 * key.h - the form key: the address of the result that a form will create, signed.
 *
 * It is the ID and a MAC over the ID, the route, the visitor (on routes that have
 * one) and what the key is for: who knows only a result's address can't post under
 * it, and one visitor's key is of no use to another.
 */
#ifndef PRG_KEY_H
#define PRG_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "base/text.h"

enum {
	PRG_SECRET_BYTES = 32,
	PRG_SECRETS = 8,		/* that may be good at a time */
	PRG_KEY_MAC = 22,		/* characters: 16 bytes, base64url */
	PRG_KEY_LEN = PRG_ID_LEN + 1 + PRG_KEY_MAC
};

/* The first signs, all verify: rotation with overlap. */
struct prg_secrets {
	unsigned char	bytes[PRG_SECRETS][PRG_SECRET_BYTES];
	size_t		count;
};

struct prg_key {
	char	text[PRG_KEY_LEN + 1];	/* "{ID}.{MAC}" */
};

/* What a key is bound to besides its ID. */
struct prg_key_scope {
	const char	*purpose;	/* "submit", "delete" */
	const char	*route;
	const char	*owner;		/* NULL: nobody's */
};

enum prg_key_verdict {
	PRG_KEY_GOOD,
	PRG_KEY_NONE,		/* none was sent */
	PRG_KEY_BAD,		/* cut, forged, or of another route or visitor */
	PRG_KEY_OLD		/* good once; made more than 'age' seconds ago */
};

struct prg_key	prg_key_sign(const struct prg_secrets *, const struct prg_id *,
		    const struct prg_key_scope *);

/* A key as sent, and what to hold it against. */
struct prg_key_check {
	struct prg_span		text;	/* p NULL: none was sent */
	int64_t			now;	/* seconds since 1970 */
	int64_t			age;	/* seconds that a key is good for; 0: for ever */
};

/*
 * Judge a key, in time that tells nothing of the MAC; 'id' is set if it is
 * good.  One made in the future is bad, but for the five minutes that clocks
 * differ.
 */
enum prg_key_verdict	prg_key_verify(const struct prg_secrets *,
			    const struct prg_key_scope *,
			    const struct prg_key_check *, struct prg_id *id);

/*
 * The ID that changed content gets under a used key: of the same second, else a
 * digest of both, so that it is one ID however often it is sent.
 */
struct prg_id	prg_id_derive(const unsigned char secret[PRG_SECRET_BYTES],
		    const struct prg_id *, const char *digest);

/*
 * The ID of an API client's Idempotency-Key: of secret, scope and key.  It is
 * of no second (PRG_ID_EPOCH), as the retry may come in another.
 */
struct prg_id	prg_id_named(const unsigned char secret[PRG_SECRET_BYTES],
		    const struct prg_key_scope *, struct prg_span key);

#endif
