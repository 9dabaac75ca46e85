/*
 * keyring.c - the secrets that sign forms, shared by all that share the store.
 */
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "submission/keyring.h"

struct prg_keys {
	struct prg_store	*store;		/* NULL: they are from a file */
	pthread_rwlock_t	 lock;		/* of those below */
	struct prg_keyring	 ring;
	/* When the store was asked for what to sign with, ms since 1970. */
	_Atomic int64_t		 asked;
};

/* -- From a file ----------------------------------------------------------------------- */

static bool
read_line(const char *line, unsigned char out[PRG_SECRET_BYTES])
{
	size_t n, len = strcspn(line, "\r\n");

	return len == 2 * PRG_SECRET_BYTES && sodium_hex2bin(out,
	    PRG_SECRET_BYTES, line, len, NULL, &n, NULL) == 0 &&
	    n == PRG_SECRET_BYTES;
}

static int
read_file(const char *path, struct prg_secrets *s, struct prg_error *err)
{
	FILE *f = fopen(path, "re");
	char line[256];
	int rc = -1;

	if (f == NULL)
		return prg_error_set(err, "%s: %s", path, strerror(errno));
	s->count = 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (s->count == PRG_SECRETS || !read_line(line,
		    s->bytes[s->count++])) {
			prg_error_set(err, "%s:%zu: a secret is 64 hex digits,"
			    " one a line, %d lines at most", path, s->count,
			    PRG_SECRETS);
			goto out;
		}
	}
	if (s->count == 0) {
		prg_error_set(err, "%s: holds no secret: 64 hex digits a line",
		    path);
		goto out;
	}
	rc = 0;
out:
	sodium_memzero(line, sizeof(line));
	fclose(f);
	return rc;
}

/* -- Open and close ---------------------------------------------------------------------- */

int
prg_keys_open(struct prg_store *store, const char *file, struct prg_keys **out,
    struct prg_error *err)
{
	struct prg_keys *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return prg_error_set(err, "secrets: out of memory");
	pthread_rwlock_init(&k->lock, NULL);
	if (prg_store_keyring(store, &k->ring) == -1) {
		prg_keys_close(k);
		return prg_error_set(err, "the store's secrets can't be read");
	}
	if (file != NULL && read_file(file, &k->ring.secrets, err) == -1) {
		prg_keys_close(k);
		return -1;
	}
	k->store = file == NULL ? store : NULL;
	k->asked = prg_now();
	*out = k;
	return 0;
}

void
prg_keys_close(struct prg_keys *k)
{
	pthread_rwlock_destroy(&k->lock);
	sodium_memzero(k, sizeof(*k));
	free(k);
}

/* -- Use ------------------------------------------------------------------------------------ */

/* Ask the store again; false if it can't be asked. */
static bool
ask_again(struct prg_keys *k)
{
	struct prg_keyring ring;

	if (k->store == NULL || prg_store_keyring(k->store, &ring) == -1)
		return false;
	pthread_rwlock_wrlock(&k->lock);
	k->ring = ring;
	pthread_rwlock_unlock(&k->lock);
	sodium_memzero(&ring, sizeof(ring));
	return true;
}

/* The same, if that was not done within the last second. */
static void
ask_at_times(struct prg_keys *k)
{
	int64_t now = prg_now(), last = atomic_load(&k->asked);

	if (now - last >= 1000 &&
	    atomic_compare_exchange_strong(&k->asked, &last, now))
		ask_again(k);
}

struct prg_key
prg_keys_sign(struct prg_keys *k, const struct prg_id *id,
    const struct prg_key_scope *scope)
{
	struct prg_key key;

	ask_at_times(k);
	pthread_rwlock_rdlock(&k->lock);
	key = prg_key_sign(&k->ring.secrets, id, scope);
	pthread_rwlock_unlock(&k->lock);
	return key;
}

static enum prg_key_verdict
verify(struct prg_keys *k, const struct prg_key_scope *scope,
    const struct prg_key_check *check, struct prg_id *id)
{
	enum prg_key_verdict v;

	pthread_rwlock_rdlock(&k->lock);
	v = prg_key_verify(&k->ring.secrets, scope, check, id);
	pthread_rwlock_unlock(&k->lock);
	return v;
}

enum prg_key_verdict
prg_keys_verify(struct prg_keys *k, const struct prg_key_scope *scope,
    const struct prg_key_check *check, struct prg_id *id)
{
	enum prg_key_verdict v = verify(k, scope, check, id);

	if (v == PRG_KEY_BAD && check->text.len == PRG_KEY_LEN &&
	    ask_again(k))
		v = verify(k, scope, check, id);
	return v;
}

struct prg_digest
prg_keys_digest(struct prg_keys *k, struct prg_content *content)
{
	struct prg_digest d;

	pthread_rwlock_rdlock(&k->lock);
	content->secret = k->ring.naming;
	d = prg_digest(content);
	pthread_rwlock_unlock(&k->lock);
	return d;
}

struct prg_id
prg_keys_derive(struct prg_keys *k, const struct prg_id *id,
    const char *digest)
{
	struct prg_id derived;

	pthread_rwlock_rdlock(&k->lock);
	derived = prg_id_derive(k->ring.naming, id, digest);
	pthread_rwlock_unlock(&k->lock);
	return derived;
}

struct prg_id
prg_keys_name(struct prg_keys *k, const struct prg_key_scope *scope,
    struct prg_span key)
{
	struct prg_id id;

	pthread_rwlock_rdlock(&k->lock);
	id = prg_id_named(k->ring.naming, scope, key);
	pthread_rwlock_unlock(&k->lock);
	return id;
}
