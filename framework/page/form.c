/*
 * form.c - what templates and programs see of a form.
 */
#include <string.h>

#include "page/model.h"

/* Whether its length has limits. */
static bool
has_length(const struct prg_field *f)
{
	return prg_kind(f->kind)->max > 0 && f->kind != PRG_KIND_HIDDEN;
}

/* -- For a program ------------------------------------------------------- */

/* Each is NULL if the field does not have it. */
static json_t *
text_json(const char *text)
{
	return text != NULL ? prg_json_text(text) : NULL;
}

static json_t *
number_json(bool has, double v)
{
	return !has ? NULL : v == (double)(json_int_t)v ?
	    json_integer((json_int_t)v) : json_real(v);
}

/* A bound of a number, or of a date or time. */
static json_t *
bound_json(const char *moment, bool has, double v)
{
	return moment != NULL ? text_json(moment) : number_json(has, v);
}

/* NULL if the field has no choices. */
static json_t *
choices_json(const struct prg_choice *c)
{
	json_t *list = c == NULL ? NULL : json_array();

	for (; c != NULL && c->value != NULL; c++)
		json_array_append_new(list, json_pack("{s:o, s:o}",
		    "value", text_json(c->value), "label",
		    text_json(c->label != NULL ? c->label : c->value)));
	return list;
}

static json_t *
field_json(const struct prg_field *f)
{
	bool bounded = prg_kind(f->kind)->bounded, length = has_length(f);

	return json_pack("{s:s, s:s, s:o, s:o*, s:b, s:o*, s:o*, s:o*, s:o*,"
	    " s:o*, s:o*, s:o*}",
	    "name", f->name,
	    "type", prg_kind(f->kind)->name,
	    "label", text_json(prg_field_label(f)),
	    "hint", text_json(f->hint),
	    "required", (int)f->required,
	    "maxlength", number_json(length, (double)prg_field_max(f)),
	    "minlength", number_json(length && f->min > 0, f->min),
	    "pattern", text_json(f->pattern),
	    "min", bound_json(f->from, bounded && prg_field_has_min(f), f->min),
	    "max", bound_json(f->to, bounded && prg_field_has_max(f), f->max),
	    "step", number_json(bounded && f->step > 0, f->step),
	    "choices", choices_json(f->choices));
}

json_t *
prg_form_json(const struct prg_form *form)
{
	json_t *fields = json_array();

	for (const struct prg_field *f = form->fields; f->kind != PRG_KIND_END;
	    f++)
		json_array_append_new(fields, field_json(f));
	return json_pack("{s:s*, s:o}", "action", form->action, "fields",
	    fields);
}

/* -- For a template ------------------------------------------------------ */

/* A control while it is made. */
struct control {
	struct prg_arena	*arena;
	const struct prg_field	*f;
	const struct prg_kind_row *kind;
	struct prg_var		 value;		/* as submitted */
	const char		*error;
	const char		*hint;
	bool			 loose;
	const struct prg_messages *messages;
	struct prg_object	 o;
};

static void
set(struct control *c, const char *name, struct prg_var v)
{
	prg_object_set(&c->o, name, v);
}

static void
set_number(struct control *c, const char *name, bool has, double v)
{
	set(c, name, !has ? prg_var_text(NULL) : v == (double)(int64_t)v ?
	    prg_var_integer((int64_t)v) : prg_var_real(v));
}

/* Whether a choice is the submitted value, or one of them. */
static bool
is_chosen(struct prg_var v, const char *choice)
{
	if (v.type == PRG_VAR_TEXT)
		return prg_span_is((struct prg_span){ v.text, v.len }, choice);
	for (uint32_t i = 0; prg_var_is_list(v) && i < v.len; i++)
		if (is_chosen(prg_var_at(v, i), choice))
			return true;
	return false;
}

static struct prg_var
choice_model(const struct control *c, const struct prg_choice *k, bool chosen,
    const char *id)
{
	struct prg_object o = prg_object(c->arena, 5);

	prg_object_set(&o, prg_name.value, prg_var_text(k->value));
	prg_object_set(&o, prg_name.label, prg_var_text(
	    k->label != NULL ? k->label : k->value));
	prg_object_set(&o, prg_name.chosen, prg_var_bool(chosen));
	prg_object_set(&o, prg_name.id, prg_var_text(id));
	prg_object_set(&o, prg_name.name, prg_var_text(c->f->name));
	return prg_object_var(&o);
}

/*
 * An optional choice begins with a radio button for no choice.  Without one
 * that is checked, Lynx checks the first and sends it.
 */
static void
set_choices(struct control *c)
{
	const struct prg_choice none = { "",
	    c->messages->texts[PRG_MSG_NO_ANSWER] }, *k = c->f->choices;
	bool chosen, any = false, optional = k != NULL && !c->f->required &&
	    !c->f->select && c->f->kind == PRG_KIND_CHOICE;
	struct prg_var *list;
	size_t n = 0;

	while (k != NULL && k[n].value != NULL)
		n++;
	list = prg_arena_room(c->arena, (n + 1) * sizeof(*list));
	for (size_t i = 0; i < n; i++) {
		chosen = is_chosen(c->value, k[i].value);
		any = any || chosen;
		list[i + optional] = choice_model(c, &k[i], chosen,
		    prg_arena_printf(c->arena, "f-%s-%zu", c->f->name, i));
	}
	if (optional)
		list[0] = choice_model(c, &none, !any, prg_arena_printf(
		    c->arena, "f-%s-none", c->f->name));
	set(c, prg_name.choices, prg_var_list(list, n + optional));
}

/*
 * One name of these is true: the part of the template that draws the control.
 */
static void
set_shape(struct control *c)
{
	static const char *const shapes[] = { prg_name.input, prg_name.area,
	    prg_name.checkbox, prg_name.select, prg_name.radios,
	    prg_name.checkboxes, prg_name.hidden };
	const char *shape = c->f->select ? prg_name.select :
	    c->kind->exact && c->error != NULL ? prg_name.input :
	    c->kind->shape;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		set(c, shapes[i], prg_var_bool(strcmp(shapes[i], shape) == 0));
}

/* The text that a browser shows in the control. */
static void
set_value(struct control *c)
{
	bool empty = prg_var_is_empty(c->value);

	if (empty && c->loose)
		set(c, prg_name.value, prg_var_text(""));
	else if (empty && c->f->kind == PRG_KIND_RANGE)
		set_number(c, prg_name.value, prg_field_has_min(c->f),
		    c->f->min);
	else if (empty && c->f->kind == PRG_KIND_COLOUR)
		set(c, prg_name.value, prg_var_text("#000000"));
	else if (empty || prg_field_is_secret(c->f))
		set(c, prg_name.value, prg_var_text(""));
	else
		set(c, prg_name.value, c->value);
}

/* A text input has minlength alone: maxlength cuts what is pasted. */
static void
set_limits(struct control *c)
{
	const struct prg_field *f = c->f;
	bool numbers = f->kind == PRG_KIND_RANGE && !c->loose;
	bool moments = c->kind->moment && !c->loose;

	set_number(c, prg_name.minlength, has_length(f) && f->min > 0, f->min);
	if (moments) {
		set(c, prg_name.min, prg_var_text(f->from));
		set(c, prg_name.max, prg_var_text(f->to));
	} else {
		set_number(c, prg_name.min, numbers && prg_field_has_min(f),
		    f->min);
		set_number(c, prg_name.max, numbers && prg_field_has_max(f),
		    f->max);
	}
	set_number(c, prg_name.step, numbers && f->step > 0, f->step);
}

/* aria-describedby: the hint, then the error. */
static const char *
described_by(const struct control *c)
{
	const char *hint = c->hint, *name = c->f->name;

	if (hint != NULL && c->error != NULL)
		return prg_arena_printf(c->arena, "f-%s-hint f-%s-error", name,
		    name);
	if (hint == NULL && c->error == NULL)
		return NULL;
	return prg_arena_printf(c->arena, "f-%s-%s", name,
	    hint != NULL ? "hint" : "error");
}

static const char *
type_of(const struct control *c)
{
	if (c->loose || c->kind->type == NULL)
		return "text";
	return c->f->secret ? "password" : c->kind->type;
}

/* The keys for numbers have no minus on some telephones. */
static const char *
inputmode_of(const struct control *c)
{
	return c->kind->inputmode != NULL && prg_field_has_min(c->f) &&
	    c->f->min >= 0 ? c->kind->inputmode : NULL;
}

/*
 * Each name is set in every control, to null where a control has none: an app
 * may have an "error" or "min" of its own further out.
 */
static struct prg_var
control_model(struct control *c)
{
	const struct prg_field *f = c->f;
	const char *type = type_of(c);

	set_shape(c);
	set(c, prg_name.id, prg_var_text(prg_arena_printf(c->arena, "f-%s",
	    f->name)));
	set(c, prg_name.name, prg_var_text(f->name));
	set(c, prg_name.label, prg_var_text(prg_field_label(f)));
	set(c, prg_name.hint, prg_var_text(c->hint));
	set(c, prg_name.error, prg_var_text(c->error));
	set_value(c);
	set(c, prg_name.required, prg_var_bool(f->required));
	set(c, prg_name.optional, prg_var_bool(!f->required &&
	    !c->kind->filled));
	set(c, prg_name.describedby, prg_var_text(described_by(c)));
	set(c, prg_name.type, prg_var_text(type));
	set(c, prg_name.dir, prg_var_text(strstr("text email url tel password",
	    type) != NULL ? "auto" : NULL));
	set(c, prg_name.inputmode, prg_var_text(c->loose &&
	    f->kind == PRG_KIND_URL ? "url" : inputmode_of(c)));
	set(c, prg_name.autocomplete, prg_var_text(f->autocomplete));
	set_limits(c);
	set(c, prg_name.checked, prg_var_bool(f->kind == PRG_KIND_BOOL &&
	    c->value.type == PRG_VAR_TEXT && prg_tick((struct prg_span){
	    c->value.text, c->value.len }) == 1));
	set(c, prg_name.multiple, prg_var_bool(f->kind == PRG_KIND_CHOICES));
	set_choices(c);
	return prg_object_var(&c->o);
}

/*
 * A form that comes back without a value for a slider was sent by a browser
 * that has none, as Lynx.
 */
static bool
is_loose(const struct control *c, bool back)
{
	if (back && c->kind->filled && prg_var_is_empty(c->value))
		return true;
	return c->value.type == PRG_VAR_TEXT &&
	    !prg_field_can_show(c->arena, c->f, c->value.text);
}

/*
 * Some browsers have no control for a month: the form must be said.  So must
 * the limit of a long text, as its control has none.
 */
static const char *
hint_of(const struct control *c)
{
	enum { LONG = 200 };
	const char *hint = c->f->hint, *max;

	if (hint == NULL && c->f->kind == PRG_KIND_MONTH)
		return c->messages->texts[PRG_MSG_MONTH_HINT];
	if (!has_length(c->f) || c->f->max < LONG)
		return hint;
	max = prg_message_fill(c->arena, c->messages, PRG_MSG_MAX_HINT,
	    (const char *const[]){ "max", prg_arena_printf(c->arena, "%zu",
	    prg_field_max(c->f)), NULL });
	return hint == NULL ? max :
	    prg_arena_printf(c->arena, "%s (%s)", hint, max);
}

struct prg_var
prg_form_controls(struct prg_arena *a, const struct prg_form *form)
{
	enum { NAMES = 27 };
	const struct prg_field *f;
	struct prg_var *list;
	struct control c;
	size_t n = 0;

	for (f = form->fields; f->kind != PRG_KIND_END; f++)
		n++;
	list = prg_arena_room(a, n * sizeof(*list));
	for (size_t i = 0; i < n; i++) {
		f = &form->fields[i];
		c = (struct control){ .arena = a, .f = f,
		    .kind = prg_kind(f->kind), .o = prg_object(a, NAMES),
		    .value = prg_var_json(json_object_get(form->values,
		    f->name)), .error = prg_errors_find(form->errors, f),
		    .messages = form->errors->messages };
		c.hint = hint_of(&c);
		c.loose = is_loose(&c, form->errors->first != NULL);
		list[i] = control_model(&c);
	}
	return prg_var_list(list, n);
}

/* In a group of controls the first has "-0" behind its id. */
static const char *
control_link(struct prg_arena *a, const struct prg_field *f)
{
	bool group = !f->select && (f->kind == PRG_KIND_CHOICE ||
	    f->kind == PRG_KIND_CHOICES);

	return prg_arena_printf(a, "#f-%s%s", f->name, group ? "-0" : "");
}

/* The error summary: each error, with a link to its control. */
static struct prg_var
errors_model(struct prg_arena *a, const struct prg_form *form)
{
	const struct prg_field_error *e;
	struct prg_object o;
	struct prg_var *list;
	size_t n = 0;

	for (e = form->errors->first; e != NULL; e = e->next)
		n++;
	list = prg_arena_room(a, n * sizeof(*list));
	n = 0;
	for (e = form->errors->first; e != NULL; e = e->next) {
		o = prg_object(a, 2);
		prg_object_set(&o, prg_name.text, prg_var_text(e->text));
		prg_object_set(&o, prg_name.href, prg_var_text(e->field ==
		    NULL ? NULL : control_link(a, e->field)));
		list[n++] = prg_object_var(&o);
	}
	return prg_var_list(list, n);
}

/*
 * A POST drops what the browser has kept of the URL posted to (RFC 9111, 4.4);
 * under the form's own URL, Back would show a form with another key.  The '?'
 * makes it another URL.
 */
struct prg_var
prg_form_model(struct prg_arena *a, const struct prg_form *form)
{
	struct prg_object o = prg_object(a, 7);

	prg_object_set(&o, prg_name.button, prg_var_text(form->button != NULL ?
	    form->button : form->errors->messages->texts[PRG_MSG_SEND]));
	prg_object_set(&o, prg_name.action, prg_var_text(
	    prg_arena_join(a, (const char *[]){ form->action, "?", NULL })));
	prg_object_set(&o, prg_name.key_name, prg_var_text(form->key_name));
	prg_object_set(&o, prg_name.key, prg_var_text(form->key));
	prg_object_set(&o, prg_name.fields, form->controls.type !=
	    PRG_VAR_NONE ? form->controls : prg_form_controls(a, form));
	prg_object_set(&o, prg_name.wrong,
	    prg_var_bool(form->errors->first != NULL));
	prg_object_set(&o, prg_name.errors, errors_model(a, form));
	return prg_object_var(&o);
}
