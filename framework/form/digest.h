/*
 * digest.h - whether two forms have the same content (D8).
 */
#ifndef PRG_DIGEST_H
#define PRG_DIGEST_H

#include "form/collect.h"
#include "form/key.h"
#include "form/pairs.h"

/* What is compared. */
struct prg_content {
	const struct prg_pairs	*pairs;
	const struct prg_files	*files;		/* NULL: none */
	const char		*except;	/* such pairs don't count; or NULL */
	/*
	 * Who has the digest, and not the secret, can't try out what was in a
	 * field that is not stored.
	 */
	const unsigned char	*secret;	/* PRG_SECRET_BYTES */
};

struct prg_digest {
	char	text[33];	/* 16 bytes of BLAKE2b in hexadecimal */
};

/*
 * Of all names and values in their order, and of the files with their bytes; each
 * with its length, so that no two forms run into one.
 */
struct prg_digest	prg_digest(const struct prg_content *);

#endif
