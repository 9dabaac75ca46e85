/*
 * fuzz_template.c - two templates of any text, and a model that means harm.
 *
 * What compiles, renders; and the markup of the page is the same whether the
 * model is hostile or harmless.
 */
#include <stdlib.h>
#include <string.h>

#include "page/compile.h"

enum { PAGE = 1 << 16 };

#define CHECK(what)	do { if (!(what)) abort(); } while (0)

/* Of the same shape, so that the same sections are run. */
static const char *const values[][4] = {
	{ "z", "y", "w/w", "v" },
	{ "\n\"'><script>\x01</script>", "javascript:`-->", "//e/..\\ on=x",
	  "</title></textarea>&#0;=" }
};

static json_t *
model(const char *const v[4])
{
	return json_pack("{s:s, s:s, s:{s:s, s:[s, s]}, s:[{s:s}, {s:s}],"
	    " s:b, s:f, s:[]}", "a", v[0], "b", v[1], "c", "a", v[2], "l", v[3],
	    v[0], "l", "x", v[1], "x", v[2], "y", 1, "n", 1.5, "e");
}

static int
add(struct prg_templates *set, const char *name, struct prg_span text)
{
	const struct prg_template *old = prg_templates_find(set, name);
	struct prg_error err = { "" };

	if (prg_templates_add(set, name, "f", text, &err) == 0)
		return 0;
	CHECK(strncmp(err.text, "f:", 2) == 0);
	CHECK(prg_templates_find(set, name) == old);
	return -1;
}

/* Apart from the raw values, which are what they are. */
static bool
has_raw(const struct prg_template *t)
{
	for (uint32_t i = 0; t != NULL && i < t->count; i++)
		if (t->ops[i].how == PRG_HOW_RAW)
			return true;
	return false;
}

static int
render(const struct prg_templates *set, const char *const v[4],
    struct prg_buf *out)
{
	json_t *m = model(v);
	int rc = prg_template_render(set, prg_templates_find(set, "t"),
	    (struct prg_var[]){ prg_var_json(m), { 0 } }, out, NULL);

	CHECK(m != NULL && out->len <= PAGE);
	CHECK(rc == 0 || rc == -1);
	CHECK(!out->full || rc == -1);
	json_decref(m);
	return rc;
}

/* What a browser would make of it. */
static struct prg_context
parse(const struct prg_buf *page)
{
	struct prg_context c = { 0 };
	struct prg_error why = { "" };

	prg_context_text(&c, (struct prg_span){ page->p, page->len }, &why);
	return c;
}

static void
compare(struct prg_templates *set)
{
	struct prg_buf good = prg_buf(set->arena, PAGE);
	struct prg_buf bad = prg_buf(set->arena, PAGE);
	struct prg_context a, b;
	int rc = render(set, values[0], &good);

	if (render(set, values[1], &bad) == -1 || rc == -1 || set->plain ||
	    has_raw(prg_templates_find(set, "t")) ||
	    has_raw(prg_templates_find(set, "p")))
		return;
	a = parse(&good);
	b = parse(&bad);
	CHECK(a.state == b.state);
	CHECK(a.tags == b.tags);
	CHECK(a.values == b.values);
}

int	LLVMFuzzerTestOneInput(const unsigned char *, size_t);

/* "p", a form feed, "t"; an empty "p" makes them plain. */
int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct prg_arena arena = { 0 };
	struct prg_templates set = { .arena = &arena };
	struct prg_span p = { (const char *)data, size }, t = p;
	const char *cut = size == 0 ? NULL : memchr(data, '\f', size);
	struct prg_error err;

	if (cut != NULL) {
		p.len = (size_t)(cut - p.p);
		t.p = cut + 1;
		t.len = size - p.len - 1;
		set.plain = p.len == 0;
		add(&set, "p", p);
	}
	if (add(&set, "t", t) == 0) {
		prg_templates_link(&set, &err);
		compare(&set);
	}
	prg_arena_release(&arena);
	return 0;
}
