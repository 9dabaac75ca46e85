/*
 * render.c - a compiled template and a model into text.
 *
 * Nothing is allocated but the output's own memory: what is open lies on the C
 * stack, whose depth PRG_TEMPLATE_DEPTH bounds.
 */
#include <string.h>

#include "page/template_program.h"

/* Blocks that were given to a parent; those of whoever came first count. */
struct args {
	const struct args		*outer;
	const struct prg_template	*template;
	uint32_t			 from;
	uint32_t			 end;
};

/* What goes before each line; the outer one comes first. */
struct indent {
	const struct indent	*outer;
	const char		*p;
	size_t			 len;
};

struct render {
	const struct prg_templates	*set;
	struct prg_buf			*out;
	const struct args		*args;
	const struct indent		*indent;
	unsigned			 depth;
	unsigned			 runs;
	size_t				 url;		/* where it began */
	size_t				 eats;		/* where a newline is lost */
	bool				 local;		/* of this site only */
	bool				 begun;		/* line is indented */
	bool				 rcdata;
	bool				 failed;
	unsigned			 top;
	const json_t			*stack[PRG_TEMPLATE_DEPTH +
					    PRG_TEMPLATE_MODELS];
};

typedef const struct prg_template_op *step(struct render *,
    const struct prg_template *, const struct prg_template_op *);

static void	run(struct render *, const struct prg_template *, uint32_t,
		    uint32_t);

/* -- The model ------------------------------------------------------------- */

static const json_t *
look_up(const struct render *r, const struct prg_template *t,
    const struct prg_template_op *op)
{
	const char *name = t->text + op->text;
	const json_t *v = NULL;
	unsigned i = r->top + 1, parts = op->parts;
	size_t len;

	if (parts == 0)
		return r->stack[r->top];
	len = parts == 1 ? op->len - 1 : strlen(name);
	while (v == NULL && i-- > 0)
		if (json_is_object(r->stack[i]))
			v = json_object_getn(r->stack[i], name, len);
	while (--parts > 0 && v != NULL) {
		name += len + 1;
		len = strlen(name);
		v = json_object_getn(v, name, len);
	}
	return v;
}

/* -- Lines ----------------------------------------------------------------- */

static void
add_indent(struct render *r, const struct indent *in)
{
	if (in == NULL)
		return;
	add_indent(r, in->outer);
	prg_buf_add(r->out, in->p, in->len);
}

static void
begin_line(struct render *r, const struct prg_template_op *op)
{
	if ((op->flags & PRG_OP_LINE) == 0)
		return;
	if (!r->begun)
		add_indent(r, r->indent);
	r->begun = false;
}

/* A newline that ends the text is followed by an op that begins a line. */
static void
add_lines(struct render *r, const char *p, size_t len)
{
	const char *eol;
	size_t n;

	while ((eol = memchr(p, '\n', len)) != NULL) {
		n = (size_t)(eol + 1 - p);
		prg_buf_add(r->out, p, n);
		p += n;
		len -= n;
		if (len > 0)
			add_indent(r, r->indent);
	}
	prg_buf_add(r->out, p, len);
}

/* -- One thing after the other --------------------------------------------- */

/* One level down, if there are any left. */
static bool
descend(struct render *r)
{
	if (++r->depth > PRG_TEMPLATE_DEPTH || ++r->runs > PRG_TEMPLATE_RUNS ||
	    r->out->full)
		r->failed = true;
	return !r->failed;
}

static const struct prg_template_op *
step_text(struct render *r, const struct prg_template *t,
    const struct prg_template_op *op)
{
	begin_line(r, op);
	if (r->indent == NULL)
		prg_buf_add(r->out, t->text + op->text, op->len);
	else
		add_lines(r, t->text + op->text, op->len);
	if ((op->flags & PRG_OP_EATS) != 0)
		r->eats = r->out->len;
	return op + 1;
}

/*
 * What comes right behind <textarea> or <pre> would lose a first newline.  What that
 * is, is not known before: sections may be left out, blocks come from elsewhere.
 */
static void
save_newline(struct render *r, const json_t *v)
{
	const char *s = json_string_value(v);

	if (r->eats > 0 && r->eats == r->out->len && s != NULL &&
	    (*s == '\n' || *s == '\r'))
		prg_buf_add(r->out, "\n", 1);
}

static const struct prg_template_op *
step_value(struct render *r, const struct prg_template *t,
    const struct prg_template_op *op)
{
	const json_t *v = look_up(r, t, op);
	enum prg_template_how how = op->how;

	begin_line(r, op);
	save_newline(r, v);
	if (how == PRG_HOW_RAW && r->rcdata)
		how = PRG_HOW_ESCAPED;
	prg_template_value(r->out, v, how);
	return op + 1;
}

static void
run_body(struct render *r, const struct prg_template *t,
    const struct prg_template_op *op, const json_t *item)
{
	if (descend(r)) {
		r->stack[++r->top] = item;
		run(r, t, (uint32_t)(op - t->ops) + 1, op->end);
		r->top--;
	}
	r->depth--;
}

static const struct prg_template_op *
step_section(struct render *r, const struct prg_template *t,
    const struct prg_template_op *op)
{
	const json_t *v = look_up(r, t, op);
	size_t i, n;

	begin_line(r, op);
	if (json_is_array(v)) {
		n = json_array_size(v);
		for (i = 0; i < n && !r->failed; i++)
			run_body(r, t, op, json_array_get(v, i));
	} else if (!prg_template_is_empty(v))
		run_body(r, t, op, v);
	return t->ops + op->end;
}

static const struct prg_template_op *
step_inverted(struct render *r, const struct prg_template *t,
    const struct prg_template_op *op)
{
	begin_line(r, op);
	if (prg_template_is_empty(look_up(r, t, op)))
		run_body(r, t, op, r->stack[r->top]);
	return t->ops + op->end;
}

/* Put a template, or part of one, into its line or on lines of its own. */
static void
run_indented(struct render *r, const struct prg_template *t,
    const struct indent *in, uint32_t from, uint32_t end)
{
	const struct indent *outer = r->indent;

	if (descend(r)) {
		r->indent = in;
		run(r, t, from, end);
		r->indent = outer;
	}
	r->depth--;
}

static const struct prg_template *
called(const struct render *r, const struct prg_template *t,
    const struct prg_template_op *op)
{
	const char *name;

	if ((op->flags & PRG_OP_DYNAMIC) == 0)
		return op->target;
	name = json_string_value(look_up(r, t, op));
	return name == NULL ? NULL : prg_templates_find(r->set, name);
}

/* A partial amid a line is put there as it is. */
static void
call(struct render *r, const struct prg_template *t,
    const struct prg_template_op *op)
{
	struct indent in = { r->indent, t->text + op->indent, op->indent_len };
	const struct prg_template *to = called(r, t, op);
	bool own = (op->flags & PRG_OP_OWN) != 0;

	begin_line(r, op);
	if (to != NULL)
		run_indented(r, to, !own ? NULL : in.len > 0 ? &in : r->indent,
		    0, to->count);
}

static const struct prg_template_op *
step_partial(struct render *r, const struct prg_template *t,
    const struct prg_template_op *op)
{
	call(r, t, op);
	return op + 1;
}

static const struct prg_template_op *
step_parent(struct render *r, const struct prg_template *t,
    const struct prg_template_op *op)
{
	struct args args = { r->args, t, (uint32_t)(op - t->ops) + 1, op->end };

	r->args = &args;
	call(r, t, op);
	r->args = args.outer;
	return t->ops + op->end;
}

/* -- Blocks ---------------------------------------------------------------- */

static const struct prg_template_op *
find_block(const struct args *a, const char *name, uint32_t len)
{
	const struct prg_template_op *op = a->template->ops + a->from;
	const struct prg_template_op *end = a->template->ops + a->end;

	for (; op < end; op = a->template->ops + op->end)
		if (op->len == len &&
		    memcmp(a->template->text + op->text, name, len) == 0)
			return op;
	return NULL;
}

/* Run what was given for a block, with the blocks given to its giver. */
static void
run_given(struct render *r, const struct prg_template_op *site,
    const struct args *from, const struct prg_template_op *given,
    const struct indent *in)
{
	const struct args *args = r->args;
	bool own = (given->flags & PRG_OP_OWN) != 0;
	uint32_t first = (uint32_t)(given - from->template->ops) + 1;

	if ((site->flags & PRG_OP_OWN) == 0)
		r->begun = own;
	else if (!own)
		add_indent(r, in);
	r->args = from->outer;
	run_indented(r, from->template, in, first, given->end);
	r->args = args;
	r->begun = false;
}

static const struct prg_template_op *
step_block(struct render *r, const struct prg_template *t,
    const struct prg_template_op *op)
{
	struct indent in = { r->indent, t->text + op->indent, op->indent_len };
	const struct indent *with = in.len > 0 ? &in : r->indent;
	const struct prg_template_op *given = NULL, *found;
	const struct args *a, *from = NULL;
	bool rcdata = r->rcdata;

	begin_line(r, op);
	for (a = r->args; a != NULL; a = a->outer)
		if ((found = find_block(a, t->text + op->text, op->len)) !=
		    NULL) {
			given = found;
			from = a;
		}
	r->rcdata = rcdata || (op->flags & PRG_OP_RCDATA) != 0;
	if (given != NULL)
		run_given(r, op, from, given, with);
	else
		run_indented(r, t, (op->flags & PRG_OP_OWN) != 0 ? with :
		    r->indent, (uint32_t)(op - t->ops) + 1, op->end);
	r->rcdata = rcdata;
	return t->ops + op->end;
}

/* -- Addresses ------------------------------------------------------------- */

static const struct prg_template_op *
step_url(struct render *r, const struct prg_template *t,
    const struct prg_template_op *op)
{
	(void)t;
	r->url = r->out->len - (op->len < r->out->len ? op->len : r->out->len);
	r->local = (op->flags & PRG_OP_LOCAL) != 0;
	return op + 1;
}

static const struct prg_template_op *
step_url_end(struct render *r, const struct prg_template *t,
    const struct prg_template_op *op)
{
	static const char blocked[] = "about:invalid#blocked";
	struct prg_span url = { r->out->p + r->url, r->out->len - r->url };

	(void)t;
	if (!prg_template_url_ok(url, r->local)) {
		r->out->len = r->url;
		prg_buf_add(r->out, blocked, sizeof(blocked) - 1);
	}
	return op + 1;
}

static void
run(struct render *r, const struct prg_template *t, uint32_t from,
    uint32_t end)
{
	static step *const steps[] = {
		[PRG_OP_TEXT]	  = step_text,
		[PRG_OP_VALUE]	  = step_value,
		[PRG_OP_SECTION]  = step_section,
		[PRG_OP_INVERTED] = step_inverted,
		[PRG_OP_PARTIAL]  = step_partial,
		[PRG_OP_PARENT]	  = step_parent,
		[PRG_OP_BLOCK]	  = step_block,
		[PRG_OP_URL]	  = step_url,
		[PRG_OP_URL_END]  = step_url_end
	};
	const struct prg_template_op *op = t->ops + from, *stop = t->ops + end;

	while (op < stop && !r->failed)
		op = steps[op->code](r, t, op);
}

int
prg_template_render(const struct prg_templates *set,
    const struct prg_template *t, json_t *const *models, struct prg_buf *out)
{
	struct render r = { .set = set, .out = out };
	unsigned n = 0;

	for (; models[n] != NULL && n < PRG_TEMPLATE_MODELS; n++)
		r.stack[n] = models[n];
	r.top = n > 0 ? n - 1 : 0;
	run(&r, t, 0, t->count);
	return r.failed || out->full ? -1 : 0;
}
