/*
 * digest.h - whether two forms have the same content (D8).
 */
#ifndef PRG_DIGEST_H
#define PRG_DIGEST_H

#include "form/pairs.h"

struct prg_digest {
	char	text[33];	/* 16 bytes of BLAKE2b in hexadecimal */
};

/*
 * Of all names and values in their order, each with its length, so that no two
 * forms run into one; pairs named 'except' (the form key) do not count.
 */
struct prg_digest	prg_digest(const struct prg_pairs *, const char *except);

#endif
