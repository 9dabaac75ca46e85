/*
 * template_emit.c - the program that grows while a template is compiled.
 */
#include <assert.h>
#include <string.h>

#include "page/template_emit.h"

/* Its 'text' is what comes next into the text. */
static struct prg_template_op *
add_op(struct prg_compiler *c, enum prg_template_code code, unsigned line)
{
	uint32_t room = c->room;

	if (c->count == room) {
		c->room = room == 0 ? 64 : room * 2;
		c->ops = prg_arena_grow(c->arena, c->ops,
		    room * sizeof(*c->ops), c->room * sizeof(*c->ops));
	}
	c->ops[c->count++] = (struct prg_template_op){ .code = (uint8_t)code,
	    .line = line, .text = (uint32_t)c->text.len };
	if (code != PRG_OP_TEXT)
		c->barrier = c->count;
	return &c->ops[c->count - 1];
}

/*
 * Indentation goes before what comes first on a line, but never into a
 * <textarea>, where it would become part of the value.
 */
static bool
starts_line(const struct prg_compiler *c)
{
	return c->bol && !prg_context_is_rcdata(&c->context);
}

static void
add_piece(struct prg_compiler *c, struct prg_span s, bool starts)
{
	struct prg_template_op *op;

	if (s.len == 0)
		return;
	if (c->count > c->barrier)
		op = &c->ops[c->count - 1];
	else {
		op = add_op(c, PRG_OP_TEXT, c->line);
		op->flags = starts ? PRG_OP_LINE : 0;
	}
	prg_buf_add(&c->text, s.p, s.len);
	op->len += (uint32_t)s.len;
	op->flags &= (uint8_t)~PRG_OP_EATS;
	if (prg_context_eats(&c->context))
		op->flags |= PRG_OP_EATS;
	c->bol = s.p[s.len - 1] == '\n';
}

int
prg_emit_text(struct prg_compiler *c, struct prg_span s)
{
	struct prg_error why = { "" };
	struct prg_span good = s;
	bool starts;

	while (s.len > 0) {
		starts = starts_line(c);
		if (!c->plain)
			good.len = prg_context_text(&c->context, s, &why);
		if (*why.text != '\0')
			return prg_scan_refuse(&c->scan, c->line, "%s",
			    why.text);
		add_piece(c, good, starts);
		if (good.len == s.len)
			break;
		add_op(c, PRG_OP_URL_END, c->line);
		c->context.checked = false;
		s.p += good.len;
		s.len -= good.len;
		good = s;
	}
	return 0;
}

int64_t
prg_emit_pad(struct prg_compiler *c, struct prg_span s)
{
	if (s.len == 0)
		return -1;
	c->barrier = c->count;
	add_piece(c, s, starts_line(c));
	return c->count - 1;
}

void
prg_emit_url(struct prg_compiler *c, unsigned line)
{
	struct prg_template_op url = { .code = PRG_OP_URL }, *op;

	if (c->plain || !prg_context_url(&c->context, &url))
		return;
	op = add_op(c, PRG_OP_URL, line);
	op->len = url.len;
	op->flags = url.flags;
}

/* A name in the model, each part ended by a NUL; "." has no parts. */
static void
add_parts(struct prg_compiler *c, struct prg_template_op *op,
    struct prg_span name)
{
	const char *dot;
	size_t n;

	if (prg_span_is(name, "."))
		return;
	for (;;) {
		dot = memchr(name.p, '.', name.len);
		n = dot == NULL ? name.len : (size_t)(dot - name.p);
		prg_buf_add(&c->text, name.p, n);
		prg_buf_char(&c->text, '\0');
		op->parts++;
		if (dot == NULL)
			break;
		name.p += n + 1;
		name.len -= n + 1;
	}
}

struct prg_template_op *
prg_emit_named(struct prg_compiler *c, enum prg_template_code code,
    const struct prg_tag *t, bool inside)
{
	struct prg_template_op *op = add_op(c, code, t->line);

	if (inside) {
		op->flags = starts_line(c) ? PRG_OP_LINE : 0;
		c->bol = false;
	}
	if (t->dynamic || strchr("><$", t->kind) == NULL || t->kind == '\0') {
		op->flags |= t->dynamic ? PRG_OP_DYNAMIC : 0;
		add_parts(c, op, t->name);
	} else {
		prg_buf_add(&c->text, t->name.p, t->name.len);
		prg_buf_char(&c->text, '\0');
	}
	op->len = (uint32_t)c->text.len - op->text;
	return op;
}

void
prg_emit_indent(struct prg_compiler *c, struct prg_template_op *op,
    struct prg_span s)
{
	op->indent = (uint32_t)c->text.len;
	op->indent_len = (uint32_t)s.len;
	op->flags |= PRG_OP_OWN;
	prg_buf_add(&c->text, s.p, s.len);
}

/* A copy that is no longer than it needs to be. */
static void
keep(struct prg_template *t, const struct prg_compiler *c, struct prg_arena *a)
{
	t->count = c->count;
	t->ops = prg_arena_get(a, c->count * sizeof(*c->ops));
	if (c->count > 0)
		memcpy(t->ops, c->ops, c->count * sizeof(*c->ops));
	t->text = prg_arena_copy(a, c->text.p, c->text.len);
}

static int
check_source(const struct prg_scan *s)
{
	struct prg_span text = s->text;
	size_t good = prg_utf8_valid(text);
	const char *nul = memchr(text.p, '\0', good);

	if (text.len > PRG_TEMPLATE_SIZE)
		return prg_scan_refuse(s, 1, "expected at most %d bytes",
		    PRG_TEMPLATE_SIZE);
	if (nul == NULL && good == text.len)
		return 0;
	text.len = nul != NULL ? (size_t)(nul - text.p) : good;
	return prg_scan_refuse(s, 1 + prg_scan_lines(text), "expected %s",
	    nul != NULL ? "text, not a NUL" : "UTF-8");
}

int
prg_template_compile(struct prg_template *t, const struct prg_templates *set,
    struct prg_span text, struct prg_error *err)
{
	struct prg_arena scratch = { 0 };
	struct prg_compiler *c = prg_arena_get(&scratch, sizeof(*c));
	int rc;

	if (text.p == NULL)
		text.p = "";
	c->scan = prg_scan(t->file, text, err);
	c->arena = &scratch;
	c->plain = set->plain;
	c->line = 1;
	c->bol = true;
	/* Names and indentation are in the source; each tag adds a NUL. */
	c->text = prg_buf(&scratch, 4 * text.len + 1);
	rc = check_source(&c->scan) == -1 ? -1 : prg_compile(c);
	assert(!c->text.full);
	if (rc == 0)
		keep(t, c, set->arena);
	prg_arena_release(&scratch);
	return rc;
}
