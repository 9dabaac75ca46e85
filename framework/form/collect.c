/*
 * collect.c - a multipart form as the pairs that an urlencoded one would give.
 */
#include <sodium.h>

#include "form/collect.h"
#include "form/filename.h"

struct prg_collector {
	struct prg_arena	*arena;
	struct prg_multipart	 parser;
	struct prg_form_limits	 limits;
	struct prg_pair_list	 pairs;
	struct prg_file		*files;
	size_t			 files_count;
	struct prg_buf		 value;		/* of the part, so far */
	struct prg_pair		 pair;		/* of the part */
	struct prg_file		 file;		/* the same, if it is one */
	crypto_hash_sha256_state hash;		/* of its bytes, so far */
	bool			 is_file;
	bool			 chosen;	/* it has a name */
};

static const struct prg_refusal
	none = { 0, NULL },
	long_name = { 413, "The form has a field whose name is too long." },
	long_value = { 413, "The form has a field whose value is too long." };

static struct prg_span
copy(struct prg_arena *a, struct prg_span s)
{
	return (struct prg_span){ prg_arena_copy(a, s.p, s.len), s.len };
}

static struct prg_refusal
begin(void *arg, const struct prg_part *part)
{
	struct prg_collector *c = arg;
	size_t max = c->limits.name;

	c->pair = (struct prg_pair){ .repaired = false };
	c->pair.name = prg_pair_text(c->arena, copy(c->arena, part->name), max,
	    &c->pair.repaired);
	if (c->pair.name.len > max)
		return long_name;
	c->value.len = 0;
	c->is_file = part->filename.p != NULL;
	if (!c->is_file)
		return none;
	c->chosen = part->filename.len > 0;
	c->file = (struct prg_file){
		.name = c->pair.name,
		.filename = prg_filename_clean(c->arena, part->filename),
		.type = copy(c->arena, part->type).p
	};
	crypto_hash_sha256_init(&c->hash);
	return none;
}

static struct prg_refusal
data(void *arg, struct prg_span s)
{
	struct prg_collector *c = arg;

	if (c->is_file) {
		c->file.size += s.len;
		crypto_hash_sha256_update(&c->hash, (const unsigned char *)s.p,
		    s.len);
	} else
		prg_buf_add(&c->value, s.p, s.len);
	return none;
}

static void
end_file(struct prg_collector *c)
{
	/* Where no file was chosen a nameless one without a byte is sent (F18). */
	if (!c->chosen && c->file.size == 0)
		return;
	crypto_hash_sha256_final(&c->hash, c->file.hash);
	c->files[c->files_count++] = c->file;
}

static struct prg_refusal
end(void *arg)
{
	struct prg_collector *c = arg;
	struct prg_span sent = { c->value.p, c->value.len };

	if (c->is_file) {
		end_file(c);
		return none;
	}
	c->pair.value = prg_pair_text(c->arena, copy(c->arena, sent),
	    c->limits.value, &c->pair.repaired);
	if (c->pair.value.len > c->limits.value)
		return long_value;
	prg_pair_list_add(&c->pairs, c->pair);
	return none;
}

struct prg_collector *
prg_collector(struct prg_arena *a, const char *type,
    const struct prg_multipart_limits *limits)
{
	struct prg_collector *c = prg_arena_get(a, sizeof(*c));
	const struct prg_part_sink sink = { begin, data, end, c };

	c->arena = c->pairs.arena = a;
	c->limits = limits->form;
	c->value = prg_buf(a, limits->form.value);
	c->files = prg_arena_get(a, limits->files * sizeof(*c->files));
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

	*pairs = (struct prg_pairs){ .refused = refused.status };
	*files = (struct prg_files){ .count = 0 };
	if (refused.status == 0) {
		pairs->list = c->pairs.list;
		pairs->count = c->pairs.count;
		*files = (struct prg_files){ c->files, c->files_count };
	}
	return refused;
}
