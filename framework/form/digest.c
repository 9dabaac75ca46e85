/*
 * digest.c - whether two forms have the same content (D8).
 */
#include "form/digest.h"
#include "form/hash.h"

enum { HASH_BYTES = 16 };

struct prg_digest
prg_digest(const struct prg_pairs *pairs, const char *except)
{
	unsigned char bytes[HASH_BYTES];
	crypto_generichash_state h;
	struct prg_digest d;

	crypto_generichash_init(&h, NULL, 0, sizeof(bytes));
	for (size_t i = 0; i < pairs->count; i++) {
		if (except != NULL && prg_span_is(pairs->list[i].name, except))
			continue;
		prg_hash_add(&h, pairs->list[i].name);
		prg_hash_add(&h, pairs->list[i].value);
	}
	crypto_generichash_final(&h, bytes, sizeof(bytes));
	sodium_bin2hex(d.text, sizeof(d.text), bytes, sizeof(bytes));
	return d;
}
