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

/* Read the secrets from the store, or from 'file' (NULL: none). */
int	prg_keys_open(struct prg_store *, const char *file, struct prg_keys **,
	    struct prg_error *);
void	prg_keys_close(struct prg_keys *);

/*
 * Sign with the newest secret.  Before a key is signed or judged the store is
 * asked again, once a second at most, so what "rotate" does counts everywhere.
 */
struct prg_key	prg_keys_sign(struct prg_keys *, const struct prg_id *,
		    const struct prg_key_scope *);

/*
 * Judge a key.  Another process may have signed it with a newer secret, so the
 * store is asked again before a key is bad: one read, as for any POST.
 */
enum prg_key_verdict	prg_keys_verify(struct prg_keys *,
			    const struct prg_key_scope *,
			    const struct prg_key_check *, struct prg_id *);

/* The secret for digests and derived IDs, which is never rotated. */
const unsigned char	*prg_keys_naming(const struct prg_keys *);

#endif
