/*
 * digest.c - whether two forms have the same content (D8).
 */
#include <stdio.h>

#include "form/digest.h"
#include "form/hash.h"

enum { HASH_BYTES = 16 };

static void
add_pairs(crypto_generichash_state *h, const struct prg_pairs *pairs,
    const char *except)
{
	for (size_t i = 0; i < pairs->count; i++) {
		if (except != NULL && prg_span_is(pairs->list[i].name, except))
			continue;
		prg_hash_add(h, pairs->list[i].name);
		prg_hash_add(h, pairs->list[i].value);
	}
}

static void
add_files(crypto_generichash_state *h, const struct prg_files *files)
{
	const struct prg_file *f;

	for (size_t i = 0; i < files->count; i++) {
		f = &files->list[i];
		prg_hash_add(h, f->name);
		prg_hash_add(h, prg_span(f->filename != NULL ? f->filename : ""));
		prg_hash_add(h, (struct prg_span){ (const char *)f->hash,
		    sizeof(f->hash) });
	}
}

struct prg_digest
prg_digest(const struct prg_content *c)
{
	static const struct prg_files none;
	const struct prg_files *files = c->files != NULL ? c->files : &none;
	unsigned char bytes[HASH_BYTES];
	crypto_generichash_state h;
	struct prg_digest d;
	char count[24];

	snprintf(count, sizeof(count), "%zu", files->count);
	crypto_generichash_init(&h, c->secret, PRG_SECRET_BYTES, sizeof(bytes));
	prg_hash_add(&h, prg_span("content"));
	prg_hash_add(&h, prg_span(count));
	add_pairs(&h, c->pairs, c->except);
	add_files(&h, files);
	crypto_generichash_final(&h, bytes, sizeof(bytes));
	sodium_bin2hex(d.text, sizeof(d.text), bytes, sizeof(bytes));
	return d;
}
