/*
 * choices.c - the choices that an app makes for a request.
 */
#include <string.h>

#include "serve/req.h"

static const struct prg_choice none[] = { PRG_CHOICES_END };

/* A text or number of the row; NULL without one. */
static const char *
column(struct prg_req *r, const json_t *row, const char *name)
{
	const json_t *v = json_object_get(row, name);

	if (json_is_integer(v))
		return prg_arena_printf(&r->arena, "%lld",
		    (long long)json_integer_value(v));
	return !json_is_string(v) ? NULL :
	    prg_arena_strdup(&r->arena, json_string_value(v));
}

const struct prg_choice *
prg_choices(struct prg_req *r, const json_t *rows)
{
	struct prg_choice *list = prg_arena_get(&r->arena,
	    (json_array_size(rows) + 1) * sizeof(*list));
	const json_t *row;
	size_t i, n = 0;

	json_array_foreach(rows, i, row) {
		list[n].value = column(r, row, "value");
		list[n].label = column(r, row, "label");
		if (list[n].value != NULL)
			n++;
		else
			prg_req_mistake(r, "prg_choices: row %zu has no text or"
			    " whole number named \"value\"", i);
	}
	list[n] = none[0];
	return list;
}

void
prg_req_options(struct prg_req *r)
{
	struct prg_field *own, *f;
	size_t n = 0, asked = 0;

	for (; r->fields[n].kind != PRG_KIND_END; n++)
		asked += r->fields[n].options != NULL;
	if (asked == 0)
		return;
	own = prg_arena_get(&r->arena, (n + 1) * sizeof(*own));
	memcpy(own, r->fields, (n + 1) * sizeof(*own));
	for (f = own; f->kind != PRG_KIND_END; f++) {
		if (f->options == NULL)
			continue;
		prg_req_enter(r, "options");
		f->choices = f->options(r);
		prg_req_leave(r);
		if (f->choices == NULL)
			f->choices = none;
	}
	r->fields = own;
}
