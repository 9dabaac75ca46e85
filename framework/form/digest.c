/*
 * digest.c - a digest that tells whether two forms have the same content.
 */
#include <stdio.h>

#include "form/digest.h"

struct prg_digest
prg_digest(const struct prg_content *c)
{
	size_t nfiles = c->files != NULL ? c->files->count : 0;
	unsigned char bytes[PRG_HASH_BYTES];
	crypto_generichash_state h;
	const struct prg_file *f;
	const struct prg_pair *p;
	struct prg_digest d;
	char count[24];

	snprintf(count, sizeof(count), "%zu", nfiles);
	crypto_generichash_init(&h, c->secret, PRG_SECRET_BYTES, sizeof(bytes));
	prg_hash_add(&h, prg_span("content"));
	prg_hash_add(&h, prg_span(count));
	for (size_t i = 0; i < c->pairs->count; i++) {
		p = &c->pairs->list[i];
		if (c->except != NULL && prg_span_is(p->name, c->except))
			continue;
		prg_hash_add(&h, p->name);
		prg_hash_add(&h, p->value);
	}
	for (size_t i = 0; i < nfiles; i++) {
		f = &c->files->list[i];
		prg_hash_add(&h, f->name);
		prg_hash_add(&h, prg_span(f->filename != NULL ?
		    f->filename : ""));
		prg_hash_add(&h, (struct prg_span){ (const char *)f->hash,
		    sizeof(f->hash) });
	}
	crypto_generichash_final(&h, bytes, sizeof(bytes));
	sodium_bin2hex(d.text, sizeof(d.text), bytes, sizeof(bytes));
	return d;
}
