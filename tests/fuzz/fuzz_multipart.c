/*
 * fuzz_multipart.c - any bytes as a Content-Type (the first line) and a multipart
 * body.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "form/collect.h"

static const struct prg_form_limits limits = { 20, 64, 1024, 5, 512, 8,
    PRG_UTF8 };

struct form {
	struct prg_refusal	refused;
	struct prg_pairs	pairs;
	struct prg_files	files;
};

/* From pieces of 'chunk' bytes (0: of all sizes) that are gone afterwards. */
static struct form
collect(struct prg_arena *a, const char *type, struct prg_span body,
    size_t chunk)
{
	struct prg_collector *c = prg_collector(a, type, &limits);
	struct form f;

	for (size_t i = 0, n, k = 0; i < body.len; i += n, k++) {
		char *piece;

		n = chunk > 0 ? chunk : 1 + k * k % 19;
		if (n > body.len - i)
			n = body.len - i;
		piece = malloc(n);
		memcpy(piece, body.p + i, n);
		prg_collector_feed(c, piece, n);
		free(piece);
	}
	f.refused = prg_collector_end(c, &f.pairs, &f.files);
	return f;
}

static void
check_text(struct prg_span s, size_t max)
{
	assert(s.len <= max);
	assert(s.p[s.len] == '\0');
	assert(prg_utf8_valid(s) == s.len);
}

static void
check_name(const char *s)
{
	if (s == NULL)
		return;
	check_text(prg_span(s), PRG_MAX_FILENAME);
	assert(strpbrk(s, "/\\\r\n") == NULL);
	assert(*s != '\0' && strcmp(s, ".") != 0 && strcmp(s, "..") != 0);
}

static void
check(const struct form *f)
{
	assert((f->refused.status == 0) == (f->refused.why == NULL));
	assert(f->pairs.count + f->files.count <= limits.fields);
	assert(f->files.count <= limits.files);
	for (size_t i = 0; i < f->pairs.count; i++) {
		check_text(f->pairs.list[i].name, limits.name);
		check_text(f->pairs.list[i].value, limits.value);
	}
	for (size_t i = 0; i < f->files.count; i++) {
		check_text(f->files.list[i].name, limits.name);
		check_name(f->files.list[i].filename);
	}
}

static void
same_text(struct prg_span a, struct prg_span b)
{
	assert(a.len == b.len && memcmp(a.p, b.p, a.len) == 0);
}

static void
same(const struct form *a, const struct form *b)
{
	assert(a->refused.status == b->refused.status);
	assert(a->refused.why == b->refused.why);
	assert(a->pairs.count == b->pairs.count);
	assert(a->files.count == b->files.count);
	for (size_t i = 0; i < a->pairs.count; i++) {
		same_text(a->pairs.list[i].name, b->pairs.list[i].name);
		same_text(a->pairs.list[i].value, b->pairs.list[i].value);
	}
	for (size_t i = 0; i < a->files.count; i++)
		assert(a->files.list[i].size == b->files.list[i].size);
}

/* As a browser writes a name. */
static void
add_name(struct prg_buf *b, struct prg_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '\r')
			prg_buf_str(b, "%0D");
		else if (s.p[i] == '\n')
			prg_buf_str(b, "%0A");
		else if (s.p[i] == '"')
			prg_buf_str(b, "%22");
		else
			prg_buf_char(b, s.p[i]);
}

/* A name with %22 in it can't be told from one with a quote. */
static bool
is_plain(struct prg_span s)
{
	return s.len < 3 || (memmem(s.p, s.len, "%22", 3) == NULL &&
	    memmem(s.p, s.len, "%0A", 3) == NULL &&
	    memmem(s.p, s.len, "%0D", 3) == NULL);
}

/* What was read, written and read again is the same. */
static void
again(struct prg_arena *a, struct form *f)
{
	static const char mark[] = "\r\n--a-boundary-that-is-in-none-of-them";
	struct prg_buf b = prg_buf(a, 1 << 20);
	struct form second;

	f->files.count = 0;
	for (size_t i = 0; i < f->pairs.count; i++) {
		struct prg_span v = f->pairs.list[i].value;

		if (!is_plain(f->pairs.list[i].name) ||
		    memmem(v.p, v.len, mark, sizeof(mark) - 1) != NULL)
			return;
		prg_buf_printf(&b, "%s\r\nContent-Disposition: form-data; "
		    "name=\"", mark + (i == 0 ? 2 : 0));
		add_name(&b, f->pairs.list[i].name);
		prg_buf_str(&b, "\"\r\n\r\n");
		prg_buf_add(&b, v.p, v.len);
	}
	prg_buf_printf(&b, "%s--", mark);
	second = collect(a, "multipart/form-data; boundary="
	    "a-boundary-that-is-in-none-of-them",
	    (struct prg_span){ b.p, b.len }, 0);
	same(f, &second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct prg_arena a = { 0 };
	const char *p = (const char *)data, *lf = size > 0 ?
	    memchr(p, '\n', size) : NULL;
	size_t n = lf != NULL ? (size_t)(lf - p) + 1 : size;
	char *type = prg_arena_copy(&a, p, lf != NULL ? n - 1 : n);
	struct prg_span body = { p + n, size - n };
	struct form f = collect(&a, type, body, body.len), g;

	check(&f);
	for (size_t chunk = 0; chunk < 3; chunk++) {
		g = collect(&a, type, body, chunk);
		same(&f, &g);
	}
	if (f.refused.status == 0)
		again(&a, &f);
	check_name(prg_filename_clean(&a, (struct prg_span){ p, size }));
	prg_arena_release(&a);
	return 0;
}
