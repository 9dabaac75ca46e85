/*
 * digest.h - a digest that tells whether two forms have the same content.
 */
#ifndef PRG_DIGEST_H
#define PRG_DIGEST_H

#include "form/collect.h"
#include "form/field.h"
#include "form/key.h"

struct prg_content {
	const struct prg_field	*fields;
	const struct prg_pairs	*pairs;
	const struct prg_files	*files;		/* NULL: none */
	/* Without it, nobody can guess a field that is not stored. */
	const unsigned char	*secret;	/* PRG_SECRET_BYTES */
};

struct prg_digest {
	char	text[2 * PRG_HASH_BYTES + 1];	/* hexadecimal */
};

/*
 * Of the values of the fields in the order of the table, as they are read, and
 * of the files.  Blank values, fields that vary and all other pairs do not
 * count: a captcha's token is another one each time.
 */
struct prg_digest	prg_digest(struct prg_arena *,
			    const struct prg_content *);

#endif
