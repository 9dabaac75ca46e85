/*
 * fuzz_params.c - any bytes as the headers Cookie (the first line) and Accept,
 * and as dates and IDs.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/date.h"
#include "base/id.h"
#include "request/accept.h"
#include "request/cookie.h"

static void
check_cookie(const char *header, const char *name)
{
	struct prg_span v;

	if (!prg_cookie_find(header, name, &v))
		return;
	assert(v.p >= header && v.p + v.len <= header + strlen(header));
	assert(v.len == 0 || memchr(v.p, ';', v.len) == NULL);
}

static void
check_accept(const char *header)
{
	int html = prg_accept_weight(header, "text/html");
	int json = prg_accept_weight(header, "application/json");

	assert(html >= -1 && html <= 1000);
	assert(prg_accept_prefers(header, "application/json", "text/html") ==
	    (json > 0 && json > html));
}

static void
check_texts(struct prg_span s)
{
	unsigned char bytes[PRG_ID_BYTES];
	struct prg_date d;
	struct prg_id id;
	int64_t t, again;

	if (prg_date_parse(s, 0, &t)) {
		d = prg_date_http(t);
		assert(prg_date_parse(prg_span(d.text), 0, &again));
		assert(again == t);
	}
	prg_date_is_day(s);
	if (prg_id_parse(s, bytes)) {
		id = prg_id_format(bytes);
		assert(prg_span_is(s, id.text));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct prg_arena a = { 0 };
	char *cookie = prg_arena_copy(&a, (const char *)data, size);
	char *accept = strchr(cookie, '\n');

	check_texts((struct prg_span){ (const char *)data, size });
	if (accept != NULL)
		*accept++ = '\0';
	check_cookie(cookie, "a");
	check_cookie(cookie, "__Host-a");
	check_accept(accept != NULL ? prg_arena_strdup(&a, accept) : "");
	prg_arena_release(&a);
	return 0;
}
