/*
 * render.c - a compiled template and a model into text.
 *
 * Nothing is allocated but the output's own memory: what is open lies on the C
 * stack, whose depth PRG_TEMPLATE_DEPTH bounds.
 */
#include <string.h>

#include "page/program.h"

/* Blocks that were given to a parent; those of whoever came first count. */
struct args {
	const struct args		*outer;
	const struct prg_template_op	*from;
	const struct prg_template_op	*end;
};

/* The indentation of each line; the outer one comes first. */
struct indent {
	const struct indent	*outer;
	struct prg_span		 text;
};

struct render {
	const struct prg_templates	*set;
	struct prg_buf			*out;
	struct prg_error		*blocked;	/* or NULL */
	const struct args		*args;
	const struct indent		*indent;
	unsigned			 depth;
	unsigned			 runs;
	size_t				 url;		/* where it began */
	size_t				 eats;		/* a newline is lost */
	size_t				 path;		/* its first value */
	uint8_t				 url_flags;
	bool				 begun;		/* line is indented */
	bool				 rcdata;
	bool				 failed;
	unsigned			 top;
	struct prg_var			 stack[PRG_TEMPLATE_DEPTH +
					    PRG_TEMPLATE_MODELS];
};

/* Each runs an instruction and returns the next one. */
typedef const struct prg_template_op *step(struct render *,
    const struct prg_template_op *);

static void	run(struct render *, const struct prg_template_op *from,
		    const struct prg_template_op *end);

/* -- The model ----------------------------------------------------------- */

/* The innermost value of the name that is not missing. */
static struct prg_var
look_up(const struct render *r, const struct prg_template_op *op)
{
	struct prg_var v = { .type = PRG_VAR_NONE };
	unsigned i = r->top + 1;

	if (op->name == NULL)
		return r->stack[r->top];
	while (v.type == PRG_VAR_NONE && i-- > 0)
		v = prg_var_find(r->stack[i], op->name);
	for (int n = 0; n < op->more; n++)
		v = prg_var_find(v, op->rest[n]);
	return v;
}

/* -- Lines --------------------------------------------------------------- */

static void
add_indent(struct render *r, const struct indent *in)
{
	if (in == NULL)
		return;
	add_indent(r, in->outer);
	prg_buf_add(r->out, in->text.p, in->text.len);
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

/* -- One thing after the other ------------------------------------------- */

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
step_text(struct render *r, const struct prg_template_op *op)
{
	begin_line(r, op);
	if (r->indent == NULL)
		prg_buf_add(r->out, op->text.p, op->text.len);
	else
		add_lines(r, op->text.p, op->text.len);
	if ((op->flags & PRG_OP_EATS) != 0)
		r->eats = r->out->len;
	return op + 1;
}

/*
 * A browser drops a newline right after <textarea> or <pre>.  Only now is it
 * known that the value comes first: sections may be left out, blocks come
 * from elsewhere.
 */
static void
save_newline(struct render *r, struct prg_var v)
{
	if (r->eats > 0 && r->eats == r->out->len && v.type == PRG_VAR_TEXT &&
	    v.len > 0 && (*v.text == '\n' || *v.text == '\r'))
		prg_buf_add(r->out, "\n", 1);
}

static const struct prg_template_op *
step_value(struct render *r, const struct prg_template_op *op)
{
	struct prg_var v = look_up(r, op);
	enum prg_template_how how = op->how;

	begin_line(r, op);
	save_newline(r, v);
	if (how == PRG_HOW_PATH && r->path > r->out->len)
		r->path = r->out->len;
	if (how == PRG_HOW_RAW && r->rcdata)
		how = PRG_HOW_ESCAPED;
	prg_template_write(r->out, v, how);
	return op + 1;
}

static void
run_body(struct render *r, const struct prg_template_op *op,
    struct prg_var item)
{
	if (descend(r)) {
		r->stack[++r->top] = item;
		run(r, op + 1, op + op->end);
		r->top--;
	}
	r->depth--;
}

static const struct prg_template_op *
step_section(struct render *r, const struct prg_template_op *op)
{
	struct prg_var v = look_up(r, op);

	begin_line(r, op);
	if (prg_var_is_list(v)) {
		for (uint32_t i = 0; i < v.len && !r->failed; i++)
			run_body(r, op, prg_var_at(v, i));
	} else if (!prg_var_is_empty(v))
		run_body(r, op, v);
	return op + op->end;
}

static const struct prg_template_op *
step_inverted(struct render *r, const struct prg_template_op *op)
{
	begin_line(r, op);
	if (prg_var_is_empty(look_up(r, op)))
		run_body(r, op, r->stack[r->top]);
	return op + op->end;
}

/* Put a template, or part of one, into its line or on lines of its own. */
static void
run_indented(struct render *r, const struct indent *in,
    const struct prg_template_op *from, const struct prg_template_op *end)
{
	const struct indent *outer = r->indent;

	if (descend(r)) {
		r->indent = in;
		run(r, from, end);
		r->indent = outer;
	}
	r->depth--;
}

/* A set that was not linked has no targets. */
static const struct prg_template *
called(const struct render *r, const struct prg_template_op *op)
{
	struct prg_var v;

	if (op->target != NULL)
		return op->target;
	if (prg_template_is_call(op))
		return prg_template_find(r->set, op->text);
	v = look_up(r, op);
	return v.type != PRG_VAR_TEXT ? NULL : prg_template_find(r->set,
	    (struct prg_span){ v.text, v.len });
}

/* A partial amid a line is put there as it is. */
static void
call(struct render *r, const struct prg_template_op *op)
{
	struct indent in = { r->indent, op->indent };
	const struct prg_template *to = called(r, op);
	bool own = (op->flags & PRG_OP_OWN) != 0;

	begin_line(r, op);
	if (to != NULL)
		run_indented(r, !own ? NULL : in.text.len > 0 ? &in :
		    r->indent, to->ops, to->ops + to->count);
}

static const struct prg_template_op *
step_partial(struct render *r, const struct prg_template_op *op)
{
	call(r, op);
	return op + 1;
}

static const struct prg_template_op *
step_parent(struct render *r, const struct prg_template_op *op)
{
	struct args args = { r->args, op + 1, op + op->end };

	r->args = &args;
	call(r, op);
	r->args = args.outer;
	return op + op->end;
}

/* -- Blocks -------------------------------------------------------------- */

static const struct prg_template_op *
find_block(const struct args *a, struct prg_span name)
{
	const struct prg_template_op *op = a->from;

	for (; op < a->end; op += op->end)
		if (op->text.len == name.len &&
		    memcmp(op->text.p, name.p, name.len) == 0)
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

	if ((site->flags & PRG_OP_OWN) == 0)
		r->begun = own;
	else if (!own)
		add_indent(r, in);
	r->args = from->outer;
	run_indented(r, in, given + 1, given + given->end);
	r->args = args;
	r->begun = false;
}

static const struct prg_template_op *
step_block(struct render *r, const struct prg_template_op *op)
{
	struct indent in = { r->indent, op->indent };
	const struct indent *with = in.text.len > 0 ? &in : r->indent;
	const struct prg_template_op *given = NULL, *found;
	const struct args *a, *from = NULL;
	bool rcdata = r->rcdata;

	begin_line(r, op);
	for (a = r->args; a != NULL; a = a->outer)
		if ((found = find_block(a, op->text)) != NULL) {
			given = found;
			from = a;
		}
	r->rcdata = rcdata || (op->flags & PRG_OP_RCDATA) != 0;
	if (given != NULL)
		run_given(r, op, from, given, with);
	else
		run_indented(r, (op->flags & PRG_OP_OWN) != 0 ? with :
		    r->indent, op + 1, op + op->end);
	r->rcdata = rcdata;
	return op + op->end;
}

/* -- Addresses ----------------------------------------------------------- */

static const struct prg_template_op *
step_url(struct render *r, const struct prg_template_op *op)
{
	r->url = r->out->len - (op->len < r->out->len ? op->len : r->out->len);
	r->path = SIZE_MAX;
	r->url_flags = op->flags;
	return op + 1;
}

/* Name the template that the instruction is part of; the first one stays. */
static void
note_blocked(const struct render *r, const struct prg_template_op *op)
{
	const struct prg_template *t = r->set->first;

	while (t != NULL && (op < t->ops || op >= t->ops + t->count))
		t = t->next;
	if (t != NULL && r->blocked != NULL && r->blocked->text[0] == '\0')
		prg_error_set(r->blocked, "%s:%u: the address is blocked: it is"
		    " not of this site, http, https or mailto, or goes up in"
		    " the path", t->file, (unsigned)op->line);
}

static const struct prg_template_op *
step_url_end(struct render *r, const struct prg_template_op *op)
{
	static const char blocked[] = "about:invalid#blocked";
	struct prg_span url = { r->out->p + r->url, r->out->len - r->url };

	if (((r->url_flags & PRG_OP_BEGUN) == 0 && !prg_template_url_ok(url,
	    (r->url_flags & PRG_OP_LOCAL) != 0)) || (r->path < r->out->len &&
	    prg_template_url_dots(url, r->path - r->url))) {
		r->out->len = r->url;
		prg_buf_add(r->out, blocked, sizeof(blocked) - 1);
		note_blocked(r, op);
	}
	return op + 1;
}

static void
run(struct render *r, const struct prg_template_op *op,
    const struct prg_template_op *end)
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

	while (op < end && !r->failed)
		op = steps[op->code](r, op);
}

int
prg_template_render(const struct prg_templates *set,
    const struct prg_template *t, const struct prg_var *models,
    struct prg_buf *out, struct prg_error *blocked)
{
	struct render r;
	unsigned n = 0;

	memset(&r, 0, offsetof(struct render, stack));
	r.set = set;
	r.out = out;
	r.blocked = blocked;
	r.stack[0] = (struct prg_var){ .type = PRG_VAR_NONE };
	for (; n < PRG_TEMPLATE_MODELS && models[n].type != PRG_VAR_NONE; n++)
		r.stack[n] = models[n];
	r.top = n > 0 ? n - 1 : 0;
	run(&r, t->ops, t->ops + t->count);
	return r.failed || out->full ? -1 : 0;
}
