/*
 * compile.c - a template's text into its program.
 *
 * One pass.  Literal text goes through a prg_context before it is added
 * (emit.c), so that each tag knows its place.  This file says what tags do.
 */
#include <string.h>

#include "page/compile.h"

static int
refuse_place(const struct prg_compiler *c, const struct prg_tag *t,
    const char *why)
{
	bool raw = t->kind == '&';
	char kind[] = { raw ? '{' : t->kind, '\0' };

	return prg_tags_refuse(&c->tags, t->line,
	    "a {{%s%.*s}}%s can't stand %s", kind, PRG_SPAN(t->whole),
	    raw ? "}" : "", why);
}

/* -- Tags ---------------------------------------------------------------- */

static int
add_value(struct prg_compiler *c, const struct prg_tag *t)
{
	struct prg_template_op *op;
	struct prg_error why = { "" };
	bool raw = t->kind == '&';

	prg_emit_url(c, t->line);
	op = prg_emit_named(c, PRG_OP_VALUE, t, true);
	if (c->set->plain)
		op->how = raw ? PRG_HOW_RAW : PRG_HOW_ESCAPED;
	else if (prg_context_value(&c->context, raw, op, &why) == -1)
		return refuse_place(c, t, why.text);
	return 0;
}

static int
push_frame(struct prg_compiler *c, const struct prg_tag *t,
    const struct prg_line *p)
{
	if (c->depth == PRG_TEMPLATE_DEPTH)
		return prg_tags_refuse(&c->tags, t->line,
		    "expected no more than %d tags within each other",
		    PRG_TEMPLATE_DEPTH);
	c->frames[c->depth++] = (struct prg_frame){ .tag = *t,
	    .alone = p->alone, .op = c->count - 1, .dedent = c->dedent,
	    .context = c->context };
	return 0;
}

static int
add_section(struct prg_compiler *c, const struct prg_tag *t,
    const struct prg_line *p)
{
	struct prg_error why = { "" };

	prg_emit_url(c, t->line);
	if (!c->set->plain && prg_context_open(&c->context, &why) == -1)
		return refuse_place(c, t, why.text);
	prg_emit_named(c, t->kind == '#' ? PRG_OP_SECTION : PRG_OP_INVERTED, t,
	    !p->alone);
	return push_frame(c, t, p);
}

/* The op has lines of its own, each behind this. */
static void
set_indent(struct prg_template_op *op, struct prg_span indent)
{
	op->indent = indent;
	op->flags |= PRG_OP_OWN;
}

static int
refuse_here(const struct prg_compiler *c, const struct prg_tag *t)
{
	struct prg_error why;

	prg_context_where(&c->context, &why);
	return refuse_place(c, t, why.text);
}

/* A partial, or a parent, which is one that is given blocks. */
static int
add_partial(struct prg_compiler *c, const struct prg_tag *t,
    const struct prg_line *p)
{
	struct prg_template_op *op;

	if (c->context.state != PRG_IN_TEXT)
		return refuse_here(c, t);
	op = prg_emit_named(c, t->kind == '>' ? PRG_OP_PARTIAL : PRG_OP_PARENT,
	    t, !p->alone);
	if (c->depth == 0)
		op->flags |= PRG_OP_ALWAYS;
	if (p->alone)
		set_indent(op, p->pad);
	return t->kind == '>' ? 0 : push_frame(c, t, p);
}

static int
add_block(struct prg_compiler *c, const struct prg_tag *t,
    const struct prg_line *p)
{
	struct prg_template_op *op;
	bool rcdata = c->context.state == PRG_IN_RCDATA;

	if (!rcdata && c->context.state != PRG_IN_TEXT)
		return refuse_here(c, t);
	op = prg_emit_named(c, PRG_OP_BLOCK, t, !p->alone);
	op->flags |= (rcdata ? PRG_OP_RCDATA : 0) |
	    (prg_in_parent(c) ? PRG_OP_GIVEN : 0);
	if (push_frame(c, t, p) == -1)
		return -1;
	if (p->alone)
		set_indent(op, prg_block_indent(c, p));
	else if (p->left)
		op->indent = p->pad;
	return 0;
}

/* -- Ends ---------------------------------------------------------------- */

static int
end_context(struct prg_compiler *c, const struct prg_tag *t,
    const struct prg_frame *f)
{
	struct prg_error began, end;

	prg_context_where(&f->context, &began);
	if (prg_context_close(&c->context, &f->context, &end) == 0)
		return 0;
	if (strcmp(began.text, end.text) == 0)
		prg_error_set(&end, "somewhere else %s", began.text);
	return prg_tags_refuse(&c->tags, t->line,
	    "expected {{/%.*s}} where {{%c%.*s}} stands: %s, not %s",
	    PRG_SPAN(t->whole), f->tag.kind, PRG_SPAN(t->whole), began.text,
	    end.text);
}

static bool
same(struct prg_span a, struct prg_span b)
{
	return a.len == b.len && memcmp(a.p, b.p, a.len) == 0;
}

static int
add_end(struct prg_compiler *c, const struct prg_tag *t)
{
	const struct prg_frame *f;

	if (c->depth == 0)
		return prg_tags_refuse(&c->tags, t->line,
		    "expected something open for {{/%.*s}} to close",
		    PRG_SPAN(t->whole));
	f = &c->frames[c->depth - 1];
	if (!same(f->tag.whole, t->whole))
		return prg_tags_refuse(&c->tags, t->line, "expected {{/%.*s}} "
		    "(for line %u), not {{/%.*s}}", PRG_SPAN(f->tag.whole),
		    f->tag.line, PRG_SPAN(t->whole));
	if (!c->set->plain && end_context(c, t, f) == -1)
		return -1;
	c->ops[f->op].end = c->count - f->op;
	c->barrier = c->count;
	c->dedent = f->dedent;
	c->depth--;
	return 0;
}

static int
dispatch(struct prg_compiler *c, const struct prg_tag *t,
    const struct prg_line *p)
{
	if (prg_in_parent(c) && (t->kind == '\0' ||
	    strchr("/$!=", t->kind) == NULL))
		return prg_tags_refuse(&c->tags, t->line,
		    "expected only blocks, {{$..}}, within a {{<..}}");
	switch (t->kind) {
	case '!':
	case '=':
		return 0;
	case '#':
	case '^':
		return add_section(c, t, p);
	case '>':
	case '<':
		return add_partial(c, t, p);
	case '$':
		return add_block(c, t, p);
	case '/':
		return add_end(c, t);
	default:
		return add_value(c, t);
	}
}

static int
add_tag(struct prg_compiler *c, const struct prg_tag *t)
{
	struct prg_line p = prg_line_of(c, t);
	bool cut = p.left && p.alone;

	if (prg_copy_text(c, cut ? t->start - p.pad.len : t->start) == -1 ||
	    dispatch(c, t, &p) == -1)
		return -1;
	c->done = p.alone && t->kind != '<' ? p.next : t->end;
	c->line = c->tags.line + prg_count_lines((struct prg_span){
	    c->tags.text.p + t->end, c->done - t->end });
	if (p.alone)
		c->bol = true;
	return 0;
}

static int
end_template(struct prg_compiler *c)
{
	const struct prg_tag *t;
	struct prg_error why;

	if (c->depth > 0) {
		t = &c->frames[c->depth - 1].tag;
		return prg_tags_refuse(&c->tags, t->line,
		    "expected {{/%.*s}} before the end", PRG_SPAN(t->whole));
	}
	if (c->context.state == PRG_IN_TEXT)
		return 0;
	prg_context_where(&c->context, &why);
	return prg_tags_refuse(&c->tags, c->line,
	    "expected the end in the text, not %s", why.text);
}

static int
compile(struct prg_compiler *c)
{
	struct prg_tag t;
	int got;

	while ((got = prg_tags_next(&c->tags, &t)) == 1)
		if (add_tag(c, &t) == -1)
			return -1;
	if (got == -1 || prg_copy_text(c, c->tags.text.len) == -1)
		return -1;
	return end_template(c);
}

int
prg_template_compile(struct prg_template *t, const struct prg_templates *set,
    struct prg_span text, struct prg_error *err)
{
	struct prg_arena scratch = { 0 };
	struct prg_compiler *c = prg_arena_get(&scratch, sizeof(*c));
	int rc;

	c->scratch = &scratch;
	c->set = set;
	c->line = 1;
	c->bol = true;
	text.p = prg_arena_copy(set->arena, text.p, text.len);
	rc = prg_tags_begin(&c->tags, t->file, text, err);
	if (rc == 0 && (rc = compile(c)) == 0) {
		t->count = c->count;
		t->blocked = c->blocked;
		t->blocked_line = c->blocked_line;
		t->ops = (void *)prg_arena_copy(set->arena, (char *)c->ops,
		    c->count * sizeof(*c->ops));
	}
	prg_arena_release(&scratch);
	return rc;
}
