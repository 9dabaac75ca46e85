/*
 * template_set.c - templates that know each other by name.
 */
#include <assert.h>
#include <string.h>

#include "page/template_program.h"

static struct prg_template *
find(const struct prg_templates *set, const char *name)
{
	struct prg_template *t = set->first;

	while (t != NULL && strcmp(t->name, name) != 0)
		t = t->next;
	return t;
}

static bool
is_call(const struct prg_template_op *op)
{
	return (op->code == PRG_OP_PARTIAL || op->code == PRG_OP_PARENT) &&
	    (op->flags & PRG_OP_DYNAMIC) == 0;
}

static void
resolve(const struct prg_templates *set, struct prg_template *t)
{
	struct prg_template_op *op = t->ops;

	for (; op < t->ops + t->count; op++)
		if (is_call(op) && op->target == NULL)
			op->target = find(set, t->text + op->text);
}

/* -- Those that are offered ------------------------------------------------ */

/* Compile one, and what it calls, if that is still to be done. */
static void
make_ready(const struct prg_templates *set, struct prg_template *t)
{
	struct prg_span source = t->source;
	struct prg_error err;
	int rc;

	if (source.p == NULL)
		return;
	t->source.p = NULL;
	rc = prg_template_compile(t, set, source, &err);
	assert(rc == 0);
	(void)rc;
	resolve(set, t);
	for (struct prg_template_op *op = t->ops; op < t->ops + t->count; op++)
		if (is_call(op))
			make_ready(set, op->target);
}

const struct prg_template *
prg_templates_find(const struct prg_templates *set, const char *name)
{
	struct prg_template *t = find(set, name);

	if (t != NULL)
		make_ready(set, t);
	return t;
}

void
prg_templates_compile(struct prg_templates *set)
{
	for (struct prg_template *t = set->first; t != NULL; t = t->next)
		make_ready(set, t);
}

/* -- Adding ---------------------------------------------------------------- */

static void
append(struct prg_templates *set, const struct prg_template *new)
{
	struct prg_template **end = &set->first;

	while (*end != NULL)
		end = &(*end)->next;
	*end = prg_arena_get(set->arena, sizeof(*new));
	**end = *new;
}

void
prg_templates_offer(struct prg_templates *set, const char *name,
    struct prg_span text)
{
	append(set, &(struct prg_template){ .name = name, .file = name,
	    .source = text });
}

/*
 * A template that takes the place of another does so within the same struct, so
 * that what points at it stays right.
 */
int
prg_templates_add(struct prg_templates *set, const char *name,
    const char *file, struct prg_span text, struct prg_error *err)
{
	struct prg_template new = { .file = file }, *old = find(set, name);

	if (prg_template_compile(&new, set, text, err) == -1)
		return -1;
	new.file = prg_arena_strdup(set->arena, file);
	if (old != NULL) {
		new.next = old->next;
		new.name = old->name;
		*old = new;
		resolve(set, old);
		return 0;
	}
	new.name = prg_arena_strdup(set->arena, name);
	append(set, &new);
	for (struct prg_template *t = set->first; t != NULL; t = t->next)
		resolve(set, t);
	return 0;
}

/* -- Linking --------------------------------------------------------------- */

enum mark { UNSEEN, ABOVE, DONE };

/* What it calls is there, and ready. */
static int
check_calls(const struct prg_templates *set, const struct prg_template *t,
    struct prg_error *err)
{
	const struct prg_template_op *op = t->ops;

	for (; op < t->ops + t->count; op++) {
		if (!is_call(op))
			continue;
		if (op->target == NULL)
			return prg_error_set(err,
			    "%s:%u: expected a template named \"%s\"",
			    t->file, (unsigned)op->line, t->text + op->text);
		make_ready(set, op->target);
	}
	return 0;
}

/* Whether 't' leads to itself whatever the model says; depth first. */
static int
check_circle(struct prg_template *t, struct prg_error *err)
{
	const struct prg_template_op *op = t->ops;

	if (t->mark == DONE)
		return 0;
	t->mark = ABOVE;
	for (; op < t->ops + t->count; op++) {
		if (!is_call(op) || (op->flags & PRG_OP_ALWAYS) == 0)
			continue;
		if (op->target->mark == ABOVE)
			return prg_error_set(err, "%s:%u: expected an end: "
			    "\"%s\" includes itself for ever", t->file,
			    (unsigned)op->line, op->target->name);
		if (check_circle(op->target, err) == -1)
			return -1;
	}
	t->mark = DONE;
	return 0;
}

int
prg_templates_link(struct prg_templates *set, struct prg_error *err)
{
	struct prg_template *t;

	for (t = set->first; t != NULL; t = t->next) {
		t->mark = UNSEEN;
		if (check_calls(set, t, err) == -1)
			return -1;
	}
	for (t = set->first; t != NULL; t = t->next)
		if (check_circle(t, err) == -1)
			return -1;
	return 0;
}

/* -- Names ----------------------------------------------------------------- */

static bool
has_block(const struct prg_templates *set, const char *name)
{
	const struct prg_template_op *op;

	for (const struct prg_template *t = set->first; t != NULL; t = t->next)
		for (op = t->ops; op < t->ops + t->count; op++)
			if (op->code == PRG_OP_BLOCK &&
			    (op->flags & PRG_OP_GIVEN) == 0 &&
			    strcmp(t->text + op->text, name) == 0)
				return true;
	return false;
}

static bool
has_name(const struct prg_template_op *op)
{
	return op->code == PRG_OP_VALUE || op->code == PRG_OP_SECTION ||
	    op->code == PRG_OP_INVERTED || (op->flags & PRG_OP_DYNAMIC) != 0;
}

void
prg_templates_names(const struct prg_templates *set,
    void (*fn)(void *, const struct prg_template_name *), void *arg)
{
	const struct prg_template_op *op;
	struct prg_template_name n;

	for (const struct prg_template *t = set->first; t != NULL; t = t->next)
		for (op = t->ops; op < t->ops + t->count; op++) {
			n = (struct prg_template_name){ t->file, op->line,
			    t->text + op->text, false };
			for (int i = 0; has_name(op) && i < op->parts; i++) {
				fn(arg, &n);
				n.part += strlen(n.part) + 1;
			}
			n.lost = (op->flags & PRG_OP_GIVEN) != 0 &&
			    !has_block(set, n.part);
			if (n.lost)
				fn(arg, &n);
		}
}
