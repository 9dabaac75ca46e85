/*
 * emit.c - the instructions of a template while it is compiled.
 */
#include "base/scan.h"
#include "page/compile.h"

static struct prg_template_op *
add_op(struct prg_compiler *c, enum prg_template_code code, unsigned line)
{
	uint32_t room = c->room;

	if (c->count == room) {
		c->room = room == 0 ? 64 : room * 2;
		c->ops = prg_arena_grow(c->scratch, c->ops,
		    room * sizeof(*c->ops), c->room * sizeof(*c->ops));
	}
	c->ops[c->count++] = (struct prg_template_op){ .code = (uint8_t)code,
	    .line = line };
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
	return c->bol && c->context.state != PRG_IN_RCDATA;
}

static void
add_piece(struct prg_compiler *c, struct prg_span s, bool starts)
{
	struct prg_template_op *op = NULL;

	if (s.len == 0)
		return;
	if (c->count > c->barrier)
		op = &c->ops[c->count - 1];
	if (op != NULL && op->text.p + op->text.len == s.p)
		op->text.len += s.len;
	else {
		op = add_op(c, PRG_OP_TEXT, c->line);
		op->flags = starts ? PRG_OP_LINE : 0;
		op->text = s;
	}
	op->flags &= (uint8_t)~PRG_OP_EATS;
	if (prg_context_eats(&c->context))
		op->flags |= PRG_OP_EATS;
	c->bol = s.p[s.len - 1] == '\n';
}

/* Note what the Content-Security-Policy of reply.c blocks in this text. */
static void
note_blocked(struct prg_compiler *c, struct prg_span s)
{
	if (c->context.blocked != NULL && c->blocked == NULL) {
		s.len = (size_t)(c->context.blocked_at - s.p);
		c->blocked = c->context.blocked;
		c->blocked_line = c->line + prg_count_lines(s);
	}
	c->context.blocked = c->context.blocked_at = NULL;
}

int
prg_emit_text(struct prg_compiler *c, struct prg_span s)
{
	struct prg_error why = { "" };
	size_t good = s.len;
	bool starts;

	for (; s.len > 0; s.p += good, s.len -= good) {
		starts = starts_line(c);
		if (!c->set->plain)
			good = prg_context_text(&c->context, s, &why);
		if (*why.text != '\0')
			return prg_tags_refuse(&c->tags, c->line, "%s",
			    why.text);
		note_blocked(c, s);
		add_piece(c, (struct prg_span){ s.p, good }, starts);
		if (good == s.len)
			break;
		add_op(c, PRG_OP_URL_END, c->line);
		c->context.checked = false;
	}
	return 0;
}

void
prg_emit_url(struct prg_compiler *c, unsigned line)
{
	struct prg_template_op url = { .code = PRG_OP_URL }, *op;

	if (c->set->plain || !prg_context_url(&c->context, &url))
		return;
	op = add_op(c, PRG_OP_URL, line);
	op->len = url.len;
	op->flags = url.flags;
}

/* Take the part of a name before the next dot. */
static const char *
take_part(struct prg_compiler *c, struct prg_span *name)
{
	struct prg_span part;

	prg_span_split(*name, '.', &part, name);
	return prg_names_add(c->set->names, part);
}

/* A name in the model: "a.b.c", or ".". */
static void
add_path(struct prg_compiler *c, struct prg_template_op *op,
    struct prg_span name)
{
	size_t dots = 0;

	if (prg_span_is(name, "."))
		return;
	for (size_t i = 0; i < name.len; i++)
		dots += name.p[i] == '.';
	op->name = take_part(c, &name);
	op->rest = prg_arena_get(c->set->arena, dots * sizeof(*op->rest));
	while (op->more < dots)
		op->rest[op->more++] = take_part(c, &name);
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
	if (code >= PRG_OP_PARTIAL && !t->dynamic)
		op->text = t->name;
	else
		add_path(c, op, t->name);
	return op;
}
