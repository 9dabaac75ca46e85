/*
 * set.c - templates that know each other by name.
 */
#include <stdio.h>
#include <string.h>

#include "page/program.h"

struct prg_template *
prg_template_find(const struct prg_templates *set, struct prg_span name)
{
	struct prg_template *t = set->first;

	while (t != NULL && !prg_span_is(name, t->name))
		t = t->next;
	return t;
}

const struct prg_template *
prg_templates_find(const struct prg_templates *set, const char *name)
{
	return prg_template_find(set, prg_span(name));
}

bool
prg_template_is_call(const struct prg_template_op *op)
{
	return (op->code == PRG_OP_PARTIAL || op->code == PRG_OP_PARENT) &&
	    op->text.p != NULL;
}

/* A template that replaces another does so in the same struct. */
int
prg_templates_add(struct prg_templates *set, const char *name,
    const char *file, struct prg_span text, struct prg_error *err)
{
	struct prg_template new = { .file = file }, **t = &set->first;

	if (set->names == NULL)
		set->names = prg_names_new(set->arena);
	if (prg_template_compile(&new, set, text, err) == -1)
		return -1;
	while (*t != NULL && strcmp((*t)->name, name) != 0)
		t = &(*t)->next;
	if (*t == NULL)
		*t = prg_arena_get(set->arena, sizeof(**t));
	new.next = (*t)->next;
	new.file = prg_arena_strdup(set->arena, file);
	new.name = prg_arena_strdup(set->arena, name);
	**t = new;
	return 0;
}

/* -- Linking ------------------------------------------------------------- */

enum mark { UNSEEN, ABOVE, DONE };

static int
link_calls(const struct prg_templates *set, struct prg_template *t,
    struct prg_error *err)
{
	struct prg_template_op *op = t->ops;

	for (; op < t->ops + t->count; op++)
		if (prg_template_is_call(op) &&
		    (op->target = prg_template_find(set, op->text)) == NULL)
			return prg_error_set(err, "%s:%u: expected a template "
			    "named \"%.*s\"", t->file, (unsigned)op->line,
			    (int)op->text.len, op->text.p);
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
		if (op->target == NULL || (op->flags & PRG_OP_ALWAYS) == 0)
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
		if (link_calls(set, t, err) == -1)
			return -1;
	}
	for (t = set->first; t != NULL; t = t->next)
		if (check_circle(t, err) == -1)
			return -1;
	return 0;
}

/* -- Names --------------------------------------------------------------- */

static bool
has_block(const struct prg_templates *set, struct prg_span name)
{
	const struct prg_template_op *op;

	for (const struct prg_template *t = set->first; t != NULL; t = t->next)
		for (op = t->ops; op < t->ops + t->count; op++)
			if (op->code == PRG_OP_BLOCK &&
			    (op->flags & PRG_OP_GIVEN) == 0 &&
			    op->text.len == name.len &&
			    memcmp(op->text.p, name.p, name.len) == 0)
				return true;
	return false;
}

/* The first part of the op's name that no model provides, or NULL. */
static const char *
unprovided(const struct prg_templates *set, const struct prg_template_op *op)
{
	if (op->name == NULL)
		return NULL;
	if (!prg_names_provided(set->names, op->name))
		return op->name;
	for (int i = 0; i < op->more; i++)
		if (!prg_names_provided(set->names, op->rest[i]))
			return op->rest[i];
	return NULL;
}

static int
say_unknown(const struct prg_templates *set, const struct prg_template *t,
    void (*say)(const char *))
{
	const struct prg_template_op *op;
	char sentence[512];
	const char *name;
	int n = 0;

	for (op = t->ops; op < t->ops + t->count; op++) {
		if ((name = unprovided(set, op)) != NULL)
			snprintf(sentence, sizeof(sentence), "%s:%u: nothing"
			    " provides '%s'", t->file, op->line, name);
		else if ((op->flags & PRG_OP_GIVEN) != 0 &&
		    !has_block(set, op->text))
			snprintf(sentence, sizeof(sentence), "%s:%u: no"
			    " template has a block '%.*s'", t->file, op->line,
			    (int)op->text.len, op->text.p);
		else
			continue;
		say(sentence);
		n++;
	}
	return n;
}

int
prg_templates_unknown(const struct prg_templates *set,
    void (*say)(const char *))
{
	char sentence[512];
	int n = 0;

	for (const struct prg_template *t = set->first; t != NULL;
	    t = t->next) {
		n += say_unknown(set, t, say);
		if (t->blocked == NULL)
			continue;
		snprintf(sentence, sizeof(sentence), "%s:%u: browsers block %s;"
		    " pages run no scripts, and take styles from stylesheets"
		    " alone", t->file, t->blocked_line, t->blocked);
		say(sentence);
		n++;
	}
	return n;
}
