/*
 * fuzz_keys.c - any bytes as a form key, the cookie that holds one, an
 * Idempotency-Key, an Origin and the target of a redirect.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <sodium.h>

#include "form/key.h"
#include "request/cookie.h"
#include "request/idempotency.h"
#include "request/origin.h"
#include "request/target.h"

static const struct prg_id id = { "0ujtsYcgvSTl8PAuAdqWYSMnLOv" };
static const struct prg_key_scope scope = { "submit", "/order", "ann" };
static const struct prg_secrets secrets = {
	{ "a secret of thirty-two bytes, ok",
	  "another, that is no longer first" }, 2
};

int	LLVMFuzzerInitialize(int *, char ***);
int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static enum prg_key_verdict
verify(struct prg_span text)
{
	const struct prg_key_check check = { text, 1600000000, 0 };
	struct prg_key again;
	struct prg_id got;
	enum prg_key_verdict v;

	v = prg_key_verify(&secrets, &scope, &check, &got);
	assert(v == PRG_KEY_GOOD || v == PRG_KEY_BAD);
	if (v == PRG_KEY_GOOD) {
		again = prg_key_sign(&secrets, &got, &scope);
		assert(prg_span_is(text, again.text));
	}
	return v;
}

/* A good key with the bytes laid over it is good only if they are zero. */
static void
check_key(struct prg_span s)
{
	struct prg_key k = prg_key_sign(&secrets, &id, &scope);
	bool changed = false;

	verify(s);
	for (size_t i = 0; i < s.len && i < PRG_KEY_LEN; i++) {
		k.text[i] = (char)(k.text[i] ^ s.p[i]);
		changed |= s.p[i] != 0;
	}
	assert((verify((struct prg_span){ k.text, PRG_KEY_LEN }) ==
	    PRG_KEY_GOOD) == !changed);
}

static void
check_cookie(const char *header, const char *name)
{
	struct prg_span v;

	if (prg_cookie_find(header, name, &v))
		verify(v);
}

/* What was read, written as a String and read again is the same. */
static void
check_idempotency(struct prg_arena *a, const char *header)
{
	struct prg_buf b = prg_buf(a, 2 * PRG_MAX_IDEMPOTENCY_KEY + 2);
	struct prg_span key, again;

	if (!prg_idempotency_key(a, header, &key))
		return;
	assert(key.len > 0 && key.len <= PRG_MAX_IDEMPOTENCY_KEY);
	prg_buf_char(&b, '"');
	for (size_t i = 0; i < key.len; i++) {
		assert(key.p[i] >= ' ' && key.p[i] < 0x7f);
		if (key.p[i] == '"' || key.p[i] == '\\')
			prg_buf_char(&b, '\\');
		prg_buf_char(&b, key.p[i]);
	}
	prg_buf_char(&b, '"');
	assert(!b.full && prg_idempotency_key(a, b.p, &again));
	assert(again.len == key.len && memcmp(again.p, key.p, key.len) == 0);
}

/* The input is the Origin, then the Host, then --origin. */
static void
check_origin(const char *s)
{
	static const char trusted[] = "https://a.example,http://h:8080";
	struct prg_request from = {
		.origin = s, .host = "h.example", .server_port = "8080"
	};
	struct prg_error err;

	if (prg_gate(&from, NULL).gate == PRG_GATE_PASS)
		assert(strcmp(s, "http://h.example") == 0 ||
		    strcmp(s, "https://h.example") == 0 ||
		    strcmp(s, "http://h.example:8080") == 0 ||
		    strcmp(s, "https://h.example:8080") == 0);
	if (prg_gate(&from, trusted).gate == PRG_GATE_PASS)
		assert(strcmp(s, "https://a.example") == 0 ||
		    strcmp(s, "http://h:8080") == 0);
	from = (struct prg_request){ .origin = "http://h.example", .host = s };
	if (prg_gate(&from, NULL).gate == PRG_GATE_PASS)
		assert(strncasecmp(s, "h.example", 9) == 0 &&
		    (s[9] == '\0' || strcmp(s + 9, ":80") == 0));
	if (prg_origins_check(s, &err) == 0)
		assert(strncmp(s, "http", 4) == 0 &&
		    strpbrk(s, " *@?#\\\t\r\n") == NULL);
	from.origin = s;
	if (prg_origins_check(s, &err) == 0 && strchr(s, ',') == NULL)
		assert(prg_gate(&from, s).gate == PRG_GATE_PASS);
}

/* What is local is so when a browser has dropped and turned what it does. */
static void
check_target(struct prg_arena *a, const char *s)
{
	struct prg_buf b = prg_buf(a, strlen(s));
	const char *p = s;

	if (!prg_target_is_local(s))
		return;
	while (*p != '\0' && (unsigned char)*p <= ' ')
		p++;
	for (; *p != '\0'; p++)
		if (*p != '\t' && *p != '\n' && *p != '\r')
			prg_buf_char(&b, *p == '\\' ? '/' : *p);
	assert(b.p[0] == '/' && b.p[1] != '/');
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return sodium_init() == -1 ? 1 : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct prg_span s = { (const char *)data, size };
	struct prg_arena a = { 0 };
	char *text = prg_arena_copy(&a, s.p, s.len);

	if (size > 0)
		check_key(s);
	check_cookie(text, "prg");
	check_cookie(text, "__Host-prg");
	check_idempotency(&a, text);
	check_origin(text);
	check_target(&a, text);
	prg_arena_release(&a);
	return 0;
}
