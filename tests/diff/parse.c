/*
 * parse.c - what our parser says of multipart bodies.
 *
 * Reads lines of JSON, {"type": "...", "body": base64, "chunk": bytes}, and writes
 * for each a line as in transcript.h.
 */
#include <stdio.h>

#include "../unit/transcript.h"

static const struct prg_form_limits limits = {
	1000, 256, 1 << 20, 20, 16 << 10, 8, PRG_UTF8
};

static void
answer(const json_t *in)
{
	const char *text = json_string_value(json_object_get(in, "body"));
	json_int_t chunk = json_integer_value(json_object_get(in, "chunk"));
	size_t max = strlen(text), len = 0;
	char *body = malloc(max + 1);
	json_t *out;

	if (sodium_base642bin((unsigned char *)body, max + 1, text, max, NULL,
	    &len, NULL, sodium_base64_VARIANT_ORIGINAL) == -1)
		exit(2);
	out = transcript(json_string_value(json_object_get(in, "type")),
	    (struct prg_span){ body, len }, (size_t)chunk, &limits);
	json_dumpf(out, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(out);
	free(body);
}

int
main(void)
{
	json_t *in;

	while ((in = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
		answer(in);
		json_decref(in);
	}
	return feof(stdin) ? 0 : 2;
}
