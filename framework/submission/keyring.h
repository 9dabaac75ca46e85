/*
 * keyring.h - the secrets that sign forms, shared by all that share the store.
 */
#ifndef PRG_KEYRING_H
#define PRG_KEYRING_H

#include "base/error.h"
#include "form/digest.h"
#include "form/key.h"
#include "store/store.h"

struct prg_keys;

/* Read them from the store, or from 'file' (NULL: none). */
int	prg_keys_open(struct prg_store *, const char *file, struct prg_keys **,
	    struct prg_error *);
void	prg_keys_close(struct prg_keys *);

/*
 * Sign with the newest.  The store is asked again once a second at most, so what
 * "rotate" made is soon in use everywhere.
 */
struct prg_key	prg_keys_sign(struct prg_keys *, const struct prg_id *,
		    const struct prg_key_scope *);

/*
 * Judge a key.  One that none of the secrets made may be of a secret made since by
 * another process: the store is then asked again.  It is one read, as any POST is.
 */
enum prg_key_verdict	prg_keys_verify(struct prg_keys *,
			    const struct prg_key_scope *,
			    const struct prg_key_check *, struct prg_id *);

/* The digest of a form's content, by a secret that is ours; it sets 'secret'. */
struct prg_digest	prg_keys_digest(struct prg_keys *, struct prg_content *);

/* The ID of changed content under a used key. */
struct prg_id	prg_keys_derive(struct prg_keys *, const struct prg_id *,
		    const char *digest);

/* The ID of an Idempotency-Key. */
struct prg_id	prg_keys_name(struct prg_keys *, const struct prg_key_scope *,
		    struct prg_span key);

#endif
