/*
 * transcript.h - what the multipart parser says of a body, as JSON.
 *
 *	{"parts": [{"name", "filename", "type", "size", "sha256"}, ...]}
 *	{"refused": 400, "why": "..."}
 *
 * "filename" and "type" are there for files only, "type" if there is one; "sha256"
 * has the first 16 digits; text that is no UTF-8 has U+FFFD in it.
 */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "form/multipart.h"

struct transcript {
	struct prg_arena		 arena;
	json_t				*parts;
	json_t				*part;		/* which is open */
	json_int_t			 size;
	crypto_hash_sha256_state	 hash;
};

static inline json_t *
transcript_text(struct transcript *t, struct prg_span s)
{
	struct prg_buf b = prg_buf(&t->arena, 3 * s.len);

	prg_utf8_repair(&b, s);
	return json_stringn(b.p, b.len);
}

static inline struct prg_refusal
transcript_begin(void *arg, const struct prg_part *part)
{
	struct transcript *t = arg;

	t->part = json_object();
	t->size = 0;
	crypto_hash_sha256_init(&t->hash);
	json_object_set_new(t->part, "name", transcript_text(t, part->name));
	if (part->filename.p != NULL)
		json_object_set_new(t->part, "filename",
		    transcript_text(t, part->filename));
	if (part->filename.p != NULL && part->type.len > 0)
		json_object_set_new(t->part, "type",
		    transcript_text(t, part->type));
	return (struct prg_refusal){ 0, NULL };
}

static inline struct prg_refusal
transcript_data(void *arg, struct prg_span s)
{
	struct transcript *t = arg;

	t->size += (json_int_t)s.len;
	crypto_hash_sha256_update(&t->hash, (const unsigned char *)s.p, s.len);
	return (struct prg_refusal){ 0, NULL };
}

static inline struct prg_refusal
transcript_end(void *arg)
{
	struct transcript *t = arg;
	unsigned char hash[crypto_hash_sha256_BYTES];
	char hex[17];

	crypto_hash_sha256_final(&t->hash, hash);
	sodium_bin2hex(hex, sizeof(hex), hash, 8);
	json_object_set_new(t->part, "size", json_integer(t->size));
	json_object_set_new(t->part, "sha256", json_string(hex));
	json_array_append_new(t->parts, t->part);
	t->part = NULL;
	return (struct prg_refusal){ 0, NULL };
}

/* Feed 'n' bytes from memory that ends where they do. */
static inline bool
transcript_feed(struct prg_multipart *m, const char *p, size_t n)
{
	char *copy = malloc(n);
	bool more;

	memcpy(copy, p, n);
	more = prg_multipart_feed(m, copy, n);
	free(copy);
	return more;
}

/* Of a body that comes in pieces of 'chunk' bytes; 0: whole.  A new reference. */
static inline json_t *
transcript(const char *type, struct prg_span body, size_t chunk,
    const struct prg_form_limits *limits)
{
	struct transcript t = { .parts = json_array() };
	const struct prg_part_sink sink = {
		transcript_begin, transcript_data, transcript_end, &t
	};
	struct prg_multipart m = prg_multipart(&t.arena, type, limits, &sink);
	struct prg_refusal refused;
	json_t *all;

	for (size_t i = 0, n; i < body.len; i += n) {
		n = chunk > 0 && chunk < body.len - i ? chunk : body.len - i;
		if (!transcript_feed(&m, body.p + i, n))
			break;
	}
	refused = prg_multipart_end(&m);
	json_decref(t.part);
	prg_arena_release(&t.arena);
	if (refused.status == 0)
		return json_pack("{s:o}", "parts", t.parts);
	json_decref(t.parts);
	all = json_pack("{s:i,s:s}", "refused", refused.status, "why",
	    refused.why);
	return all;
}

#endif
