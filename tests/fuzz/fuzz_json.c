/*
 * fuzz_json.c - JSON text of a row: what jansson accepts is read as jansson
 * reads it.
 */
#include <stdlib.h>
#include <string.h>

#include "page/value.h"

#define CHECK(what)	do { if (!(what)) abort(); } while (0)

int	LLVMFuzzerTestOneInput(const unsigned char *, size_t);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct prg_arena a = { 0 };
	struct prg_names *names = prg_names_new(&a);
	const char *text = prg_arena_copy(&a, (const char *)data, size);
	json_t *want = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *got;
	struct prg_var v = prg_var_parse(&a, names, text);

	CHECK(v.type == PRG_VAR_OBJECT || v.type == PRG_VAR_LIST);
	got = prg_var_to_json(v);
	CHECK(want == NULL || json_equal(want, got));
	json_decref(want);
	json_decref(got);
	prg_arena_release(&a);
	return 0;
}
