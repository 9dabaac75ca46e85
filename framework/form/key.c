/*
 * key.c - the form key: the address of the result a form will create, signed.
 *
 * Each hash begins with a word for what it is of, so that one secret serves all
 * of them; keyed BLAKE2b is a MAC by itself.
 */
#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "form/hash.h"
#include "form/key.h"

enum {
	TIME_BYTES = 4,				/* of an ID, in front */
	HASH_BYTES = PRG_ID_BYTES - TIME_BYTES,
	SKEW = 5 * 60		/* seconds that other clocks may be ahead */
};

struct mac {
	char	text[PRG_KEY_MAC + 1];
};

static void
add_scope(crypto_generichash_state *h, const struct prg_key_scope *scope)
{
	bool owned = scope->owner != NULL;

	prg_hash_add(h, prg_span(scope->purpose));
	prg_hash_add(h, prg_span(scope->route));
	prg_hash_add(h, prg_span(owned ? "owner" : "nobody"));
	prg_hash_add(h, prg_span(owned ? scope->owner : ""));
}

static struct mac
mac_make(const unsigned char secret[PRG_SECRET_BYTES], const struct prg_id *id,
    const struct prg_key_scope *scope)
{
	unsigned char bytes[HASH_BYTES];
	crypto_generichash_state h;
	struct mac m;

	crypto_generichash_init(&h, secret, PRG_SECRET_BYTES, sizeof(bytes));
	prg_hash_add(&h, prg_span("form key"));
	add_scope(&h, scope);
	prg_hash_add(&h, prg_span(id->text));
	crypto_generichash_final(&h, bytes, sizeof(bytes));
	sodium_bin2base64(m.text, sizeof(m.text), bytes, sizeof(bytes),
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return m;
}

struct prg_key
prg_key_sign(const struct prg_secrets *secrets, const struct prg_id *id,
    const struct prg_key_scope *scope)
{
	struct prg_key key;
	struct mac m;

	assert(secrets->count > 0 && secrets->count <= PRG_SECRETS);
	m = mac_make(secrets->bytes[0], id, scope);
	memcpy(key.text, id->text, PRG_ID_LEN);
	key.text[PRG_ID_LEN] = '.';
	memcpy(key.text + PRG_ID_LEN + 1, m.text, sizeof(m.text));
	return key;
}

/* The ID in front, if the text is one, a dot and as much as a MAC is long. */
static bool
read_id(struct prg_span s, struct prg_id *id)
{
	unsigned char bytes[PRG_ID_BYTES];

	if (s.len != PRG_KEY_LEN || s.p[PRG_ID_LEN] != '.' ||
	    !prg_id_parse((struct prg_span){ s.p, PRG_ID_LEN }, bytes))
		return false;
	*id = prg_id_format(bytes);
	return true;
}

/*
 * MACs are compared as text: the 22nd character has four bits to spare, and
 * what differs in them alone is no key of ours.
 */
static bool
is_ours(const struct prg_secrets *secrets, const struct prg_key_scope *scope,
    const struct prg_id *id, const char *mac)
{
	bool good = false;
	struct mac m;

	assert(secrets->count <= PRG_SECRETS);
	for (size_t i = 0; i < secrets->count; i++) {
		m = mac_make(secrets->bytes[i], id, scope);
		good |= sodium_memcmp(m.text, mac, PRG_KEY_MAC) == 0;
	}
	return good;
}

enum prg_key_verdict
prg_key_verify(const struct prg_secrets *secrets,
    const struct prg_key_scope *scope, const struct prg_key_check *check,
    struct prg_id *id)
{
	struct prg_span s = check->text;
	struct prg_id got;
	int64_t made;

	if (s.p == NULL)
		return PRG_KEY_NONE;
	if (!read_id(s, &got) ||
	    !is_ours(secrets, scope, &got, s.p + PRG_ID_LEN + 1))
		return PRG_KEY_BAD;
	made = prg_id_time(&got);
	if (made > check->now + SKEW)
		return PRG_KEY_BAD;
	if (check->age > 0 && check->now - made > check->age)
		return PRG_KEY_OLD;
	*id = got;
	return PRG_KEY_GOOD;
}

struct prg_id
prg_id_derive(const unsigned char secret[PRG_SECRET_BYTES],
    const struct prg_id *id, const char *digest)
{
	unsigned char bytes[PRG_ID_BYTES];
	crypto_generichash_state h;
	bool valid = prg_id_parse(prg_span(id->text), bytes);

	assert(valid);
	if (!valid)
		memset(bytes, 0, sizeof(bytes));
	crypto_generichash_init(&h, secret, PRG_SECRET_BYTES, HASH_BYTES);
	prg_hash_add(&h, prg_span("changed content"));
	prg_hash_add(&h, prg_span(id->text));
	prg_hash_add(&h, prg_span(digest));
	crypto_generichash_final(&h, bytes + TIME_BYTES, HASH_BYTES);
	return prg_id_format(bytes);
}

struct prg_id
prg_id_named(const unsigned char secret[PRG_SECRET_BYTES],
    const struct prg_key_scope *scope, struct prg_span key)
{
	unsigned char bytes[PRG_ID_BYTES] = { 0 };
	crypto_generichash_state h;

	crypto_generichash_init(&h, secret, PRG_SECRET_BYTES, HASH_BYTES);
	prg_hash_add(&h, prg_span("named"));
	add_scope(&h, scope);
	prg_hash_add(&h, key);
	crypto_generichash_final(&h, bytes + TIME_BYTES, HASH_BYTES);
	return prg_id_format(bytes);
}
