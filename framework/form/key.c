/*
 * key.c - the form key: the signed ID of the result that a form will create.
 *
 * Each hash begins with a word for its use, so that one secret serves all uses.
 * Keyed BLAKE2b is a MAC.
 */
#include <assert.h>
#include <endian.h>
#include <string.h>

#include "form/key.h"

enum {
	TIME_BYTES = PRG_ID_BYTES - PRG_HASH_BYTES,	/* of an ID, in front */
	SKEW = 5 * 60		/* seconds that another clock may be ahead */
};

void
prg_hash_add(crypto_generichash_state *h, struct prg_span s)
{
	const uint64_t len = htole64(s.len);

	crypto_generichash_update(h, (const unsigned char *)&len, sizeof(len));
	if (s.len > 0)
		crypto_generichash_update(h, (const unsigned char *)s.p, s.len);
}

static void
begin(crypto_generichash_state *h, const unsigned char *secret, const char *use)
{
	crypto_generichash_init(h, secret, PRG_SECRET_BYTES, PRG_HASH_BYTES);
	prg_hash_add(h, prg_span(use));
}

static void
add_scope(crypto_generichash_state *h, const struct prg_key_scope *scope)
{
	bool owned = scope->owner != NULL;

	prg_hash_add(h, prg_span(scope->purpose));
	prg_hash_add(h, prg_span(scope->route));
	prg_hash_add(h, prg_span(owned ? "owner" : "nobody"));
	prg_hash_add(h, prg_span(owned ? scope->owner : ""));
}

static struct prg_key
sign(const unsigned char *secret, const struct prg_id *id,
    const struct prg_key_scope *scope)
{
	unsigned char mac[PRG_HASH_BYTES];
	crypto_generichash_state h;
	struct prg_key key;

	begin(&h, secret, "form key");
	add_scope(&h, scope);
	prg_hash_add(&h, prg_span(id->text));
	crypto_generichash_final(&h, mac, sizeof(mac));
	memcpy(key.text, id->text, PRG_ID_LEN);
	key.text[PRG_ID_LEN] = '.';
	sodium_bin2base64(key.text + PRG_ID_LEN + 1, PRG_KEY_MAC + 1, mac,
	    sizeof(mac), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return key;
}

struct prg_key
prg_key_sign(const struct prg_secrets *secrets, const struct prg_id *id,
    const struct prg_key_scope *scope)
{
	assert(secrets->count > 0 && secrets->count <= PRG_SECRETS);
	return sign(secrets->bytes[0], id, scope);
}

/*
 * Whether one of the secrets signs the ID in front as it was sent.  Texts are
 * compared: four spare bits of the last character must not differ either.
 */
static bool
is_ours(const struct prg_secrets *secrets, const struct prg_key_scope *scope,
    struct prg_span sent, struct prg_id *id)
{
	unsigned char bytes[PRG_ID_BYTES];
	bool good = false;
	struct prg_key key;

	assert(secrets->count <= PRG_SECRETS);
	if (sent.len != PRG_KEY_LEN ||
	    !prg_id_parse((struct prg_span){ sent.p, PRG_ID_LEN }, bytes))
		return false;
	*id = (struct prg_id){ "" };
	memcpy(id->text, sent.p, PRG_ID_LEN);
	for (size_t i = 0; i < secrets->count; i++) {
		key = sign(secrets->bytes[i], id, scope);
		good |= sodium_memcmp(key.text, sent.p, PRG_KEY_LEN) == 0;
	}
	return good;
}

enum prg_key_verdict
prg_key_verify(const struct prg_secrets *secrets,
    const struct prg_key_scope *scope, const struct prg_key_check *check,
    struct prg_id *id)
{
	struct prg_id got;
	int64_t made;

	if (check->text.p == NULL)
		return PRG_KEY_NONE;
	if (!is_ours(secrets, scope, check->text, &got))
		return PRG_KEY_BAD;
	*id = got;
	made = prg_id_time(&got);
	if (check->age == 0)
		return PRG_KEY_GOOD;
	if (made > check->now + SKEW && made > prg_id_latest())
		return PRG_KEY_EARLY;
	return check->now - made > check->age ? PRG_KEY_OLD : PRG_KEY_GOOD;
}

struct prg_id
prg_id_derive(const unsigned char secret[PRG_SECRET_BYTES],
    const struct prg_id *id, const char *digest)
{
	unsigned char bytes[PRG_ID_BYTES] = { 0 };
	crypto_generichash_state h;
	bool valid = prg_id_parse(prg_span(id->text), bytes);

	assert(valid);
	(void)valid;
	begin(&h, secret, "changed content");
	prg_hash_add(&h, prg_span(id->text));
	prg_hash_add(&h, prg_span(digest));
	crypto_generichash_final(&h, bytes + TIME_BYTES, PRG_HASH_BYTES);
	return prg_id_format(bytes);
}

struct prg_id
prg_id_named(const unsigned char secret[PRG_SECRET_BYTES],
    const struct prg_key_scope *scope, struct prg_span key)
{
	unsigned char bytes[PRG_ID_BYTES] = { 0 };
	crypto_generichash_state h;

	begin(&h, secret, "named");
	add_scope(&h, scope);
	prg_hash_add(&h, key);
	crypto_generichash_final(&h, bytes + TIME_BYTES, PRG_HASH_BYTES);
	return prg_id_format(bytes);
}
