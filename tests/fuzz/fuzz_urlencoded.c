/*
 * fuzz_urlencoded.c - any bytes as the body of a form.
 */
#include <assert.h>
#include <stdint.h>

#include "form/pairs.h"

static const struct prg_form_limits limits = {
	.fields = 100, .name = 64, .value = 1024
};

static void
check(struct prg_span s, size_t max)
{
	assert(s.len <= max);
	assert(s.p[s.len] == '\0');
	assert(prg_utf8_valid(s) == s.len);
}

static void
encode(struct prg_buf *b, const struct prg_pairs *pairs)
{
	for (size_t i = 0; i < pairs->count; i++) {
		check(pairs->list[i].name, limits.name);
		check(pairs->list[i].value, limits.value);
		prg_percent_encode(b, pairs->list[i].name);
		prg_buf_char(b, '=');
		prg_percent_encode(b, pairs->list[i].value);
		prg_buf_char(b, '&');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct prg_span body = { (const char *)data, size };
	struct prg_arena a = { 0 };
	struct prg_buf one = prg_buf(&a, 1 << 20), two = prg_buf(&a, 1 << 20);
	struct prg_pairs pairs;

	/* The pairs, written and read again, are the same. */
	if (prg_urlencoded_read(&a, body, &limits, &pairs).status == 0) {
		encode(&one, &pairs);
		assert(prg_urlencoded_read(&a, (struct prg_span){ one.p,
		    one.len }, &limits, &pairs).status == 0);
		encode(&two, &pairs);
		assert(prg_span_is((struct prg_span){ two.p, two.len },
		    one.p));
	}
	prg_arena_release(&a);
	return 0;
}
