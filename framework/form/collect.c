/*
 * collect.c - a multipart form as pairs and files.
 */
#include <sodium.h>
#include <string.h>

#include "base/scan.h"
#include "form/collect.h"

struct prg_collector {
	struct prg_arena	*arena;
	struct prg_multipart	 parser;
	struct prg_pairs	 pairs;
	struct prg_files	 files;
	/* The open part. */
	struct prg_span		 name;
	bool			 is_file;
	bool			 labelled;	/* it names a charset */
	enum prg_charset	 charset;
	struct prg_buf		 value;		/* so far, of a field */
	bool			 chosen;	/* of a file: it has a name */
	crypto_hash_sha256_state hash;		/* so far */
};

static const struct prg_refusal none = { 0, NULL };

/* -- Names of files ------------------------------------------------------- */

/* Controls; the ends of lines and marks of direction of Unicode. */
static bool
is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) ||
	    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

const char *
prg_filename_clean(struct prg_arena *a, struct prg_span sent)
{
	struct prg_buf out = prg_buf(a, PRG_MAX_FILENAME);
	size_t i = sent.len, n;
	struct prg_span s;

	while (i > 0 && sent.p[i - 1] != '/' && sent.p[i - 1] != '\\')
		i--;
	s = prg_utf8_clean(a, (struct prg_span){ sent.p + i, sent.len - i });
	for (; s.len > 0; prg_take(&s, n)) {
		if (is_hidden(prg_utf8_first(s, &n)))
			continue;
		if (n > out.max - out.len)
			break;
		prg_buf_add(&out, s.p, n);
	}
	if (out.len == 0 || strcmp(out.p, ".") == 0 || strcmp(out.p, "..") == 0)
		return NULL;
	return out.p;
}

/* -- Parts ---------------------------------------------------------------- */

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
	c->labelled = part->labelled;
	c->charset = part->charset;
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

/*
 * A part may name a charset of its own.  The value of "_charset_" is that of
 * the parts behind it (RFC 7578, 4.6).
 */
static struct prg_refusal
add_pair(struct prg_collector *c)
{
	enum prg_charset others = c->pairs.charset;
	struct prg_span value = { c->value.p, c->value.len };
	struct prg_refusal refused;

	if (c->labelled)
		c->pairs.charset = c->charset;
	refused = prg_pairs_add(&c->pairs, &c->parser.limits, c->name,
	    copy(c->arena, value));
	c->pairs.charset = value.len > 0 && prg_span_is(c->name,
	    PRG_CHARSET_FIELD) ? prg_charset(value) : others;
	return refused;
}

static struct prg_refusal
end_part(void *arg)
{
	struct prg_collector *c = arg;
	struct prg_file *f;

	if (!c->is_file)
		return add_pair(c);
	f = &c->files.list[c->files.count];
	/* Without a chosen file, browsers send one without name and content. */
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
	c->pairs.charset = c->parser.limits.charset;
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
