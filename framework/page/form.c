/*
 * form.c - what templates see of a form: its fields, ready for HTML.
 */
#include <string.h>

#include "page/model.h"

static void
set_text(json_t *m, const char *name, const char *value)
{
	if (value != NULL)
		json_object_set_new(m, name, json_string(value));
}

/* Whether maxlength means something. */
static bool
has_length(const struct prg_field *f)
{
	return prg_kind(f->kind)->max > 0 && f->kind != PRG_KIND_HIDDEN;
}

/* A group of controls: the first has "-0" behind the id. */
static bool
is_group(const struct prg_field *f)
{
	return (f->kind == PRG_KIND_CHOICE || f->kind == PRG_KIND_CHOICES) &&
	    !f->select;
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
	if (has_length(f))
		set_bound(m, "maxlength", (double)prg_field_max(f));
	if (has_length(f) && f->min > 0)
		set_bound(m, "minlength", f->min);
	if (prg_kind(f->kind)->bounded) {
		if (prg_field_has_min(f))
			set_bound(m, "min", f->min);
		if (prg_field_has_max(f))
			set_bound(m, "max", f->max);
		if (f->step > 0)
			set_bound(m, "step", f->step);
	}
	set_text(m, "pattern", f->pattern);
	if (f->from != NULL)
		set_text(m, "min", f->from);
	if (f->to != NULL)
		set_text(m, "max", f->to);
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
	set_text(m, "type", prg_kind(f->kind)->name);
	set_text(m, "label", prg_field_label(f));
	set_text(m, "hint", f->hint);
	json_object_set_new(m, "required", json_boolean(f->required));
	set_bounds(m, f);
	if (f->choices != NULL)
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

/* Whether a choice is what was typed, or among it. */
static bool
is_chosen(const json_t *value, const char *choice)
{
	const json_t *v;
	size_t i;

	if (json_is_string(value))
		return strcmp(json_string_value(value), choice) == 0;
	json_array_foreach(value, i, v)
		if (strcmp(json_string_value(v), choice) == 0)
			return true;
	return false;
}

static json_t *
choices_model(struct prg_arena *a, const struct prg_field *f,
    const json_t *value)
{
	json_t *list = choices_json(f->choices), *m;
	size_t i;

	json_array_foreach(list, i, m) {
		set_text(m, "id", prg_arena_printf(a, "f-%s-%zu", f->name, i));
		set_text(m, "name", f->name);
		json_object_set_new(m, "chosen",
		    json_boolean(is_chosen(value, f->choices[i].value)));
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
	const struct prg_kind_row *look = prg_kind(f->kind);
	const json_t *value = json_object_get(m, "value");
	const char *text = json_string_value(value);

	json_object_set_new(m, f->select ? "select" : look->shape, json_true());
	if (f->choices != NULL)
		json_object_set_new(m, "choices", choices_model(a, f, value));
	if (f->kind == PRG_KIND_CHOICES)
		json_object_set_new(m, "multiple", json_true());
	set_text(m, "type", f->secret ? "password" : look->type);
	set_text(m, "inputmode", look->inputmode);
	if (f->kind == PRG_KIND_BOOL && text != NULL && *text != '\0')
		json_object_set_new(m, "checked", json_true());
}

/* What the control shows: what was typed, or what it must not be without. */
static void
set_value(json_t *m, const struct prg_field *f, json_t *typed)
{
	const char *text = json_string_value(typed);
	bool nothing = typed == NULL || (text != NULL && *text == '\0');

	if (nothing && f->kind == PRG_KIND_RANGE)
		json_object_set(m, "value", json_object_get(m, "min"));
	else if (nothing && f->kind == PRG_KIND_COLOUR)
		set_text(m, "value", "#000000");
	else if (nothing || prg_field_is_secret(f))
		set_text(m, "value", "");
	else
		json_object_set(m, "value", typed);
}

/* What an <input type=text> can't have. */
static void
drop_bounds(json_t *m)
{
	json_object_del(m, "min");
	json_object_del(m, "max");
	json_object_del(m, "step");
}

/*
 * A control for what was typed, for which a date picker, say, has no room: it would
 * show something else or nothing, and nothing that was typed may be lost.
 */
static void
loosen(json_t *m, const struct prg_form *form, const struct prg_field *f)
{
	const char *typed = json_string_value(json_object_get(m, "value"));

	if (typed == NULL || prg_field_can_show(form->faults->arena, f, typed))
		return;
	set_text(m, "type", "text");
	drop_bounds(m);
	if (f->kind == PRG_KIND_URL)
		set_text(m, "inputmode", "url");
}

/*
 * A name that a field does not have is false, not looked for further out: an app
 * may well have an "error" or "min" of its own in the page's model.
 */
static void
close_names(json_t *m)
{
	static const char *const names[] = { "input", "area", "checkbox",
	    "select", "radios", "checkboxes", "hidden", "hint", "error",
	    "describedby", "autocomplete", "maxlength", "minlength", "min",
	    "max", "step", "inputmode", "checked", "multiple" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (json_object_get(m, names[i]) == NULL)
			json_object_set_new(m, names[i], json_false());
}

/* A control's id is "f-{name}"; in a group the first is "f-{name}-0". */
static json_t *
field_model(struct prg_arena *a, const struct prg_form *form,
    const struct prg_field *f)
{
	json_t *m = field_json(f);
	const char *error = prg_errors_find(form->faults, f);

	set_value(m, f, json_object_get(form->values, f->name));
	set_text(m, "id", prg_arena_printf(a, "f-%s", f->name));
	json_object_set_new(m, "optional", json_boolean(!f->required &&
	    !prg_kind(f->kind)->filled));
	set_text(m, "error", error);
	set_text(m, "describedby", described_by(a, f, error));
	set_text(m, "autocomplete", f->autocomplete);
	if (f->kind == PRG_KIND_INT || f->kind == PRG_KIND_NUMBER)
		drop_bounds(m);
	set_shape(a, m, f);
	loosen(m, form, f);
	close_names(m);
	return m;
}

/* The error summary: each fault, and where on the page it can be mended. */
static json_t *
errors_model(struct prg_arena *a, const struct prg_form *form)
{
	json_t *list = json_array(), *m;
	const struct prg_field *f;

	for (const struct prg_field_error *e = form->faults->first; e != NULL;
	    e = e->next) {
		m = json_object();
		set_text(m, "text", e->text);
		f = e->field;
		if (f != NULL && f->kind != PRG_KIND_HIDDEN)
			set_text(m, "href", prg_arena_printf(a, "#f-%s%s",
			    f->name, is_group(f) ? "-0" : ""));
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
	json_object_set_new(m, "drawn", json_false());
	if (form->faults->first != NULL)
		json_object_set_new(m, "wrong", json_true());
	json_object_set_new(m, "errors", errors_model(a, form));
	return m;
}
