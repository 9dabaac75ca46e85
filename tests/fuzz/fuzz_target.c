/*
 * fuzz_target.c - any bytes as REQUEST_URI.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "request/target.h"

static void
check(const struct prg_target *t)
{
	if (t->refused.status != 0) {
		assert(t->refused.status == 400 ||
		    t->refused.status == 404);
		return;
	}
	assert(t->path[0] == '/');
	assert(prg_utf8_valid(prg_span(t->path)) == strlen(t->path));
	for (const char *p = t->path; *p != '\0'; p++)
		assert((unsigned char)*p >= ' ' && *p != 0x7f && *p != '\\');
	assert(strstr(t->path, "/../") == NULL);
	assert(strstr(t->path, "/./") == NULL);
	assert(strchr(t->query, '#') == NULL);
}

/* A path that was read once, encoded, is read as itself. */
static void
check_again(struct prg_arena *a, const char *path)
{
	struct prg_buf b = prg_buf(a, 1 << 20);
	struct prg_target t;
	size_t n;

	for (; *path != '\0'; path += n) {
		n = strcspn(path + 1, "/") + 1;
		prg_buf_char(&b, '/');
		prg_percent_encode(&b, (struct prg_span){ path + 1, n - 1 });
	}
	t = prg_target_read(a, b.p, "");
	assert(t.refused.status == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const bases[] = { "", "/app" };
	struct prg_arena a = { 0 };
	char *uri = prg_arena_copy(&a, (const char *)data, size);
	struct prg_target t;

	for (size_t i = 0; i < 2; i++) {
		t = prg_target_read(&a, uri, bases[i]);
		check(&t);
		if (t.refused.status == 0)
			check_again(&a, t.path);
	}
	prg_arena_release(&a);
	return 0;
}
