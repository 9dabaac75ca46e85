/*
 * collect.c - a multipart form as pairs and files.
 */
#include <sodium.h>

#include "form/collect.h"
#include "form/filename.h"

struct prg_collector {
	struct prg_arena	*arena;
	struct prg_multipart	 parser;
	struct prg_pairs	 pairs;
	struct prg_files	 files;
	/* The open part. */
	struct prg_span		 name;
	bool			 is_file;
	struct prg_buf		 value;		/* so far, of a field */
	bool			 chosen;	/* of a file: it has a name */
	crypto_hash_sha256_state hash;		/* so far */
};

static const struct prg_refusal none = { 0, NULL };

static struct prg_span
copy(struct prg_arena *a, struct prg_span s)
{
	return (struct prg_span){ prg_arena_copy(a, s.p, s.len), s.len };
}

static struct prg_refusal
begin_part(void *arg, const struct prg_part *part)
{
	struct prg_collector *c = arg;
	struct prg_pairs one = { .arena = c->arena };
	struct prg_refusal refused;

	c->name = copy(c->arena, part->name);
	c->value.len = 0;
	c->is_file = part->filename.p != NULL;
	if (!c->is_file)
		return none;
	/* The name of a file has the rules and limits of any name. */
	refused = prg_pairs_add(&one, &c->parser.limits, c->name,
	    (struct prg_span){ "", 0 });
	if (refused.status != 0)
		return refused;
	c->chosen = part->filename.len > 0;
	c->files.list[c->files.count] = (struct prg_file){
		.name = one.list[0].name,
		.filename = prg_filename_clean(c->arena, part->filename),
		.type = copy(c->arena, part->type).p
	};
	crypto_hash_sha256_init(&c->hash);
	return none;
}

static struct prg_refusal
add_data(void *arg, struct prg_span s)
{
	struct prg_collector *c = arg;

	if (c->is_file) {
		c->files.list[c->files.count].size += s.len;
		crypto_hash_sha256_update(&c->hash, (const unsigned char *)s.p,
		    s.len);
	} else
		prg_buf_add(&c->value, s.p, s.len);
	return none;
}

static struct prg_refusal
end_part(void *arg)
{
	struct prg_collector *c = arg;
	struct prg_file *f;

	if (!c->is_file)
		return prg_pairs_add(&c->pairs, &c->parser.limits, c->name,
		    copy(c->arena, (struct prg_span){ c->value.p,
		    c->value.len }));
	f = &c->files.list[c->files.count];
	/* A field without a chosen file sends one with no name and no content. */
	if (!c->chosen && f->size == 0)
		return none;
	crypto_hash_sha256_final(&c->hash, f->hash);
	c->files.count++;
	return none;
}

struct prg_collector *
prg_collector(struct prg_arena *a, const char *type,
    const struct prg_form_limits *limits)
{
	struct prg_collector *c = prg_arena_get(a, sizeof(*c));
	const struct prg_part_sink sink = { begin_part, add_data, end_part, c };

	c->arena = c->pairs.arena = a;
	c->value = prg_buf(a, limits->value);
	c->files.list = prg_arena_get(a,
	    (limits->files + 1) * sizeof(*c->files.list));
	c->parser = prg_multipart(a, type, limits, &sink);
	return c;
}

bool
prg_collector_feed(struct prg_collector *c, const char *p, size_t n)
{
	return prg_multipart_feed(&c->parser, p, n);
}

struct prg_refusal
prg_collector_end(struct prg_collector *c, struct prg_pairs *pairs,
    struct prg_files *files)
{
	struct prg_refusal refused = prg_multipart_end(&c->parser);
	bool good = refused.status == 0;

	*pairs = good ? c->pairs : (struct prg_pairs){ .arena = c->arena };
	*files = good ? c->files : (struct prg_files){ .count = 0 };
	return refused;
}
