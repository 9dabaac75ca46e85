/*
 * hash.h - what goes into a hash: each text with its length in front, so that
 * bytes moved to the next one make another hash.
 */
#ifndef PRG_HASH_H
#define PRG_HASH_H

#include <sodium.h>

#include "base/text.h"

void	prg_hash_add(crypto_generichash_state *, struct prg_span);

#endif
