/*
 * hash.c - what goes into a hash.
 */
#include <stdint.h>

#include "form/hash.h"

void
prg_hash_add(crypto_generichash_state *h, struct prg_span s)
{
	unsigned char len[8];

	for (size_t i = 0; i < sizeof(len); i++)
		len[i] = (unsigned char)((uint64_t)s.len >> 8 * i);
	crypto_generichash_update(h, len, sizeof(len));
	if (s.len > 0)
		crypto_generichash_update(h, (const unsigned char *)s.p, s.len);
}
