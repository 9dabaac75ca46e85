/*
 * digest.h - a digest that tells whether two forms have the same content.
 */
#ifndef PRG_DIGEST_H
#define PRG_DIGEST_H

#include "form/collect.h"
#include "form/key.h"

struct prg_content {
	const struct prg_pairs	*pairs;
	const struct prg_files	*files;		/* NULL: none */
	const char		*except;	/* not these pairs; or NULL */
	/* Without it, nobody can guess a field that is not stored. */
	const unsigned char	*secret;	/* PRG_SECRET_BYTES */
};

struct prg_digest {
	char	text[2 * PRG_HASH_BYTES + 1];	/* hexadecimal */
};

/* Of all names and values in their order, and of the files. */
struct prg_digest	prg_digest(const struct prg_content *);

#endif
