/*
 * form.c - what templates see of a form: its fields, ready for HTML.
 */
#include <string.h>

#include "page/model.h"

/* How each kind looks: an <input> of a type, or a name that templates ask for. */
static const struct look {
	const char	*shape;
	const char	*type;
	const char	*inputmode;
} looks[] = {
	[PRG_KIND_TEXT]		= { "input",	"text",		NULL },
	[PRG_KIND_AREA]		= { "area",	NULL,		NULL },
	[PRG_KIND_EMAIL]	= { "input",	"email",	NULL },
	[PRG_KIND_INT]		= { "input",	"text",		"numeric" },
	[PRG_KIND_NUMBER]	= { "input",	"text",		"decimal" },
	[PRG_KIND_BOOL]		= { "checkbox",	NULL,		NULL },
	[PRG_KIND_CHOICE]	= { "radios",	NULL,		NULL },
	[PRG_KIND_DATE]		= { "input",	"date",		NULL },
	[PRG_KIND_HIDDEN]	= { "hidden",	NULL,		NULL }
};

static const char *const type_names[] = {
	[PRG_KIND_TEXT]		= "text",
	[PRG_KIND_AREA]		= "area",
	[PRG_KIND_EMAIL]	= "email",
	[PRG_KIND_INT]		= "integer",
	[PRG_KIND_NUMBER]	= "number",
	[PRG_KIND_BOOL]		= "bool",
	[PRG_KIND_CHOICE]	= "choice",
	[PRG_KIND_DATE]		= "date",
	[PRG_KIND_HIDDEN]	= "hidden"
};

static void
set_text(json_t *m, const char *name, const char *value)
{
	if (value != NULL)
		json_object_set_new(m, name, json_string(value));
}

static bool
is_lined(const struct prg_field *f)
{
	return f->kind == PRG_KIND_TEXT || f->kind == PRG_KIND_AREA ||
	    f->kind == PRG_KIND_EMAIL;
}

/* -- For a program -------------------------------------------------------------- */

static void
set_bound(json_t *m, const char *name, double v)
{
	json_object_set_new(m, name, v == (double)(json_int_t)v ?
	    json_integer((json_int_t)v) : json_real(v));
}

static void
set_bounds(json_t *m, const struct prg_field *f)
{
	if (is_lined(f))
		set_bound(m, "maxlength", (double)prg_field_max(f));
	if (f->kind == PRG_KIND_INT || f->kind == PRG_KIND_NUMBER) {
		if (prg_field_has_min(f))
			set_bound(m, "min", f->min);
		if (prg_field_has_max(f))
			set_bound(m, "max", f->max);
	}
	if (f->kind == PRG_KIND_DATE) {
		set_text(m, "min", f->from);
		set_text(m, "max", f->to);
	}
}

static json_t *
choices_json(const struct prg_choice *c)
{
	json_t *list = json_array(), *m;

	for (; c->value != NULL; c++) {
		m = json_object();
		set_text(m, "value", c->value);
		set_text(m, "label", c->label != NULL ? c->label : c->value);
		json_array_append_new(list, m);
	}
	return list;
}

static json_t *
field_json(const struct prg_field *f)
{
	json_t *m = json_object();

	set_text(m, "name", f->name);
	set_text(m, "type", type_names[f->kind]);
	set_text(m, "label", prg_field_label(f));
	set_text(m, "hint", f->hint);
	json_object_set_new(m, "required", json_boolean(f->required));
	set_bounds(m, f);
	if (f->kind == PRG_KIND_CHOICE)
		json_object_set_new(m, "choices", choices_json(f->choices));
	return m;
}

json_t *
prg_form_json(const struct prg_form *form)
{
	json_t *m = json_object(), *fields = json_array();

	for (const struct prg_field *f = form->fields; f->kind != PRG_KIND_END;
	    f++)
		json_array_append_new(fields, field_json(f));
	set_text(m, "action", form->action);
	json_object_set_new(m, "fields", fields);
	return m;
}

/* -- For HTML -------------------------------------------------------------------- */

static json_t *
choices_model(struct prg_arena *a, const struct prg_field *f,
    const char *value)
{
	json_t *list = choices_json(f->choices), *m;
	size_t i;

	json_array_foreach(list, i, m) {
		set_text(m, "id", prg_arena_printf(a, "f-%s-%zu", f->name, i));
		set_text(m, "name", f->name);
		if (strcmp(f->choices[i].value, value) == 0)
			json_object_set_new(m, "chosen", json_true());
	}
	return list;
}

/* aria-describedby: the hint, then the error (U2). */
static const char *
described_by(struct prg_arena *a, const struct prg_field *f, const char *error)
{
	if (f->hint != NULL && error != NULL)
		return prg_arena_printf(a, "f-%s-hint f-%s-error", f->name,
		    f->name);
	if (f->hint != NULL)
		return prg_arena_printf(a, "f-%s-hint", f->name);
	return error == NULL ? NULL : prg_arena_printf(a, "f-%s-error", f->name);
}

static void
set_shape(struct prg_arena *a, json_t *m, const struct prg_field *f)
{
	const struct look *look = &looks[f->kind];
	const char *value = json_string_value(json_object_get(m, "value"));

	if (f->kind == PRG_KIND_CHOICE) {
		json_object_set_new(m, f->select ? "select" : "radios",
		    json_true());
		json_object_set_new(m, "choices", choices_model(a, f, value));
	} else
		json_object_set_new(m, look->shape, json_true());
	set_text(m, "type", f->secret ? "password" : look->type);
	set_text(m, "inputmode", look->inputmode);
	if (f->kind == PRG_KIND_BOOL && *value != '\0')
		json_object_set_new(m, "checked", json_true());
}

/* A control's id is "f-{name}"; in a group the first is "f-{name}-0". */
static json_t *
field_model(struct prg_arena *a, const struct prg_form *form,
    const struct prg_field *f)
{
	json_t *m = field_json(f), *v = json_object_get(form->values, f->name);
	const char *error = prg_faults_find(form->faults, f->name);

	if (v != NULL)
		json_object_set(m, "value", v);
	else
		set_text(m, "value", "");
	set_text(m, "id", prg_arena_printf(a, "f-%s", f->name));
	json_object_set_new(m, "optional", json_boolean(!f->required));
	set_text(m, "error", error);
	set_text(m, "describedby", described_by(a, f, error));
	set_text(m, "autocomplete", f->autocomplete);
	if (f->kind == PRG_KIND_INT || f->kind == PRG_KIND_NUMBER) {
		json_object_del(m, "min");	/* no attributes of a text */
		json_object_del(m, "max");
	}
	set_shape(a, m, f);
	return m;
}

static const struct prg_field *
find_field(const struct prg_field *f, const char *name)
{
	while (f->kind != PRG_KIND_END && strcmp(f->name, name) != 0)
		f++;
	return f;
}

/* The error summary: each fault, and where on the page it can be mended. */
static json_t *
errors_model(struct prg_arena *a, const struct prg_form *form)
{
	json_t *list = json_array(), *m;
	const struct prg_field *f;

	for (const struct prg_fault *e = form->faults->first; e != NULL;
	    e = e->next) {
		m = json_object();
		set_text(m, "text", e->text);
		if (e->field != NULL) {
			f = find_field(form->fields, e->field);
			set_text(m, "href", prg_arena_printf(a, "#f-%s%s",
			    e->field, f->kind == PRG_KIND_CHOICE &&
			    !f->select ? "-0" : ""));
		}
		json_array_append_new(list, m);
	}
	return list;
}

json_t *
prg_form_model(struct prg_arena *a, const struct prg_form *form)
{
	json_t *m = json_object(), *fields = json_array();

	for (const struct prg_field *f = form->fields; f->kind != PRG_KIND_END;
	    f++)
		json_array_append_new(fields, field_model(a, form, f));
	/*
	 * A POST drops what the browser has kept of the URL posted to (RFC 9111,
	 * 4.4); under the form's own URL, Back would show a form with another
	 * key.  The '?' makes it another URL.
	 */
	set_text(m, "action", prg_arena_printf(a, "%s?", form->action));
	json_object_set_new(m, "fields", fields);
	if (form->faults->first != NULL)
		json_object_set_new(m, "wrong", json_true());
	json_object_set_new(m, "errors", errors_model(a, form));
	return m;
}
