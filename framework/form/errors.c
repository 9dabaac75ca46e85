/*
 * errors.c - what is wrong with a submitted form.
 */
#include <string.h>

#include "form/errors.h"
#include "form/field.h"

void
prg_errors_add(struct prg_field_errors *errors, const struct prg_field *f,
    const char *text)
{
	struct prg_field_error *e = prg_arena_get(errors->arena, sizeof(*e));

	*e = (struct prg_field_error){ f,
	    prg_utf8_clean(errors->arena, prg_span(text)).p, NULL };
	if (errors->last != NULL)
		errors->last->next = e;
	else
		errors->first = e;
	errors->last = e;
}

const char *
prg_errors_find(const struct prg_field_errors *errors,
    const struct prg_field *f)
{
	for (const struct prg_field_error *e = errors->first; e != NULL;
	    e = e->next)
		if (e->field == f)
			return e->text;
	return NULL;
}

json_t *
prg_errors_json(const struct prg_field_errors *errors)
{
	json_t *list = json_array(), *j;

	for (const struct prg_field_error *e = errors->first; e != NULL;
	    e = e->next) {
		j = json_pack("{s:s}", "detail", e->text);
		if (e->field != NULL)
			json_object_set_new(j, "pointer",
			    json_sprintf("#/%s", e->field->name));
		json_array_append_new(list, j);
	}
	return list;
}

void
prg_errors_read(struct prg_field_errors *errors, const struct prg_field *fields,
    const json_t *list)
{
	const char *text, *pointer;
	json_t *j;
	size_t i;

	json_array_foreach(list, i, j) {
		pointer = NULL;
		if (json_unpack(j, "{s:s, s?s}", "detail", &text, "pointer",
		    &pointer) == -1)
			continue;
		prg_errors_add(errors, pointer == NULL ||
		    strncmp(pointer, "#/", 2) != 0 ? NULL :
		    prg_field_find(fields, prg_span(pointer + 2)),
		    prg_arena_strdup(errors->arena, text));
	}
}
