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

#include "base/clock.h"
#include "submission/keyring.h"

struct prg_keys {
	struct prg_store	*store;		/* NULL: read from a file */
	unsigned char		 naming[PRG_SECRET_BYTES]; /* never changes */
	pthread_rwlock_t	 lock;		/* of 'secrets' */
	struct prg_secrets	 secrets;
	_Atomic int64_t		 asked;		/* the store; prg_clock_ms() */
};

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
		return prg_error_set(err, "--secret-file: %s: %s", path,
		    strerror(errno));
	s->count = 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (s->count == PRG_SECRETS || !read_line(line,
		    s->bytes[s->count++])) {
			prg_error_set(err, "--secret-file: %s:%zu: invalid;"
			    " give 64 hex digits on each line, at most %d"
			    " lines", path, s->count, PRG_SECRETS);
			goto out;
		}
	}
	if (s->count == 0) {
		prg_error_set(err, "--secret-file: %s: empty; give 64 hex"
		    " digits on each line", path);
		goto out;
	}
	rc = 0;
out:
	sodium_memzero(line, sizeof(line));
	fclose(f);
	return rc;
}

/* Read the secrets of the store; 'naming' at first.  False if that failed. */
static bool
ask(struct prg_keys *k, unsigned char *naming)
{
	struct prg_keyring ring;

	if (prg_store_keyring(k->store, &ring) == -1)
		return false;
	pthread_rwlock_wrlock(&k->lock);
	k->secrets = ring.secrets;
	pthread_rwlock_unlock(&k->lock);
	if (naming != NULL)
		memcpy(naming, ring.naming, sizeof(ring.naming));
	sodium_memzero(&ring, sizeof(ring));
	return true;
}

int
prg_keys_open(struct prg_store *store, const char *file, struct prg_keys **out,
    struct prg_error *err)
{
	struct prg_keys *k = calloc(1, sizeof(*k));
	int rc = 0;

	if (k == NULL)
		return prg_error_set(err, "secrets: out of memory");
	pthread_rwlock_init(&k->lock, NULL);
	k->store = store;
	k->asked = prg_clock_ms();
	if (!ask(k, k->naming))
		rc = prg_error_set(err, "the store's secrets can't be read");
	else if (file != NULL) {
		k->store = NULL;
		rc = read_file(file, &k->secrets, err);
	}
	if (rc == -1)
		prg_keys_close(k);
	else
		*out = k;
	return rc;
}

void
prg_keys_close(struct prg_keys *k)
{
	pthread_rwlock_destroy(&k->lock);
	sodium_memzero(k, sizeof(*k));
	free(k);
}

/* Ask the store again, if nobody did within the last second. */
static void
ask_at_times(struct prg_keys *k)
{
	int64_t now = prg_clock_ms(), last = atomic_load(&k->asked);

	if (k->store != NULL && now - last >= 1000 &&
	    atomic_compare_exchange_strong(&k->asked, &last, now))
		ask(k, NULL);
}

struct prg_key
prg_keys_sign(struct prg_keys *k, const struct prg_id *id,
    const struct prg_key_scope *scope)
{
	struct prg_key key;

	ask_at_times(k);
	pthread_rwlock_rdlock(&k->lock);
	key = prg_key_sign(&k->secrets, id, scope);
	pthread_rwlock_unlock(&k->lock);
	return key;
}

enum prg_key_verdict
prg_keys_verify(struct prg_keys *k, const struct prg_key_scope *scope,
    const struct prg_key_check *check, struct prg_id *id)
{
	bool again = k->store != NULL && check->text.len == PRG_KEY_LEN;
	enum prg_key_verdict v;

	ask_at_times(k);
	for (;; again = false) {
		pthread_rwlock_rdlock(&k->lock);
		v = prg_key_verify(&k->secrets, scope, check, id);
		pthread_rwlock_unlock(&k->lock);
		if (v != PRG_KEY_BAD || !again || !ask(k, NULL))
			return v;
	}
}

const unsigned char *
prg_keys_naming(const struct prg_keys *k)
{
	return k->naming;
}
