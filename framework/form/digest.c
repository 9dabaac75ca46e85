/*
 * digest.c - a digest that tells whether two forms have the same content.
 */
#include <stdio.h>
#include <string.h>

#include "form/digest.h"

/* Options come and go: a value counts as it was sent. */
static const char *
plain_of(struct prg_arena *a, const struct prg_field *f,
    const struct prg_pair *p)
{
	return f->options != NULL ? NULL : prg_field_plain(a, f, p->value);
}

static void
add_value(struct prg_arena *a, crypto_generichash_state *h,
    const struct prg_field *f, const struct prg_pair *p)
{
	const char *plain = plain_of(a, f, p);
	struct prg_buf b = prg_buf(a, p->value.len);

	if (plain == NULL || p->repaired ||
	    memchr(p->value.p, '\0', p->value.len) != NULL)
		prg_newlines(&b, p->value);
	else if (plain[0] == '\0')
		return;
	else
		prg_buf_str(&b, plain);
	prg_hash_add(h, prg_span(f->name));
	prg_hash_add(h, (struct prg_span){ b.p, b.len });
}

/* Choices count once, in the order of the table, behind other values. */
static void
add_choices(struct prg_arena *a, crypto_generichash_state *h,
    const struct prg_field *f, const struct prg_pairs *pairs)
{
	const struct prg_pair *p = prg_pairs_find(pairs, f->name, NULL);

	for (; p != NULL; p = prg_pairs_find(pairs, f->name, p + 1))
		if (!prg_pair_is_blank(p) && plain_of(a, f, p) == NULL)
			add_value(a, h, f, p);
	if (f->options != NULL)
		return;
	for (const struct prg_choice *c = f->choices; c->value != NULL; c++) {
		p = prg_pairs_find(pairs, f->name, NULL);
		while (p != NULL && !prg_span_is(p->value, c->value))
			p = prg_pairs_find(pairs, f->name, p + 1);
		if (p != NULL)
			add_value(a, h, f, p);
	}
}

static void
add_fields(struct prg_arena *a, crypto_generichash_state *h,
    const struct prg_content *c)
{
	const struct prg_field *f = c->fields;
	const struct prg_pair *p;

	for (; f->kind != PRG_KIND_END; f++) {
		p = prg_pairs_find(c->pairs, f->name, NULL);
		if (p == NULL || f->varies)
			continue;
		if (f->kind == PRG_KIND_CHOICES)
			add_choices(a, h, f, c->pairs);
		else if (prg_kind(f->kind)->exact || !prg_pair_is_blank(p))
			add_value(a, h, f, p);
	}
}

struct prg_digest
prg_digest(struct prg_arena *a, const struct prg_content *c)
{
	size_t nfiles = c->files != NULL ? c->files->count : 0;
	unsigned char bytes[PRG_HASH_BYTES];
	crypto_generichash_state h;
	const struct prg_file *f;
	struct prg_digest d;
	char count[24];

	snprintf(count, sizeof(count), "%zu", nfiles);
	crypto_generichash_init(&h, c->secret, PRG_SECRET_BYTES, sizeof(bytes));
	prg_hash_add(&h, prg_span("content"));
	prg_hash_add(&h, prg_span(count));
	add_fields(a, &h, c);
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
