/*
 * value.c - what templates read: values in an arena, or JSON of an app.
 */
#include <assert.h>
#include <string.h>

#include "page/value.h"

struct prg_var
prg_var_span(struct prg_span s)
{
	return (struct prg_var){ PRG_VAR_TEXT, (uint32_t)s.len, { s.p } };
}

struct prg_var
prg_var_text(const char *s)
{
	struct prg_var null = { .type = PRG_VAR_NULL };

	return s == NULL ? null : prg_var_span(prg_span(s));
}

struct prg_var
prg_var_bool(bool b)
{
	return (struct prg_var){ .type = b ? PRG_VAR_TRUE : PRG_VAR_FALSE };
}

struct prg_var
prg_var_integer(int64_t n)
{
	return (struct prg_var){ .type = PRG_VAR_INTEGER, .integer = n };
}

struct prg_var
prg_var_real(double d)
{
	return (struct prg_var){ .type = PRG_VAR_REAL, .real = d };
}

struct prg_var
prg_var_list(const struct prg_var *list, size_t count)
{
	return (struct prg_var){ PRG_VAR_LIST, (uint32_t)count,
	    { .list = list } };
}

struct prg_var
prg_var_json(const json_t *j)
{
	struct prg_var none = { .type = PRG_VAR_NONE };

	if (j == NULL)
		return none;
	switch (json_typeof(j)) {
	case JSON_STRING:
		return prg_var_span((struct prg_span){ json_string_value(j),
		    json_string_length(j) });
	case JSON_INTEGER:
		return prg_var_integer(json_integer_value(j));
	case JSON_REAL:
		return prg_var_real(json_real_value(j));
	case JSON_TRUE:
	case JSON_FALSE:
		return prg_var_bool(json_is_true(j));
	case JSON_ARRAY:
		return (struct prg_var){ PRG_VAR_JSON_LIST,
		    (uint32_t)json_array_size(j), { .json = j } };
	case JSON_OBJECT:
		return (struct prg_var){ PRG_VAR_JSON_OBJECT,
		    (uint32_t)json_object_size(j), { .json = j } };
	default:
		return (struct prg_var){ .type = PRG_VAR_NULL };
	}
}

static void
decref(void *j)
{
	json_decref(j);
}

json_t *
prg_json_defer(struct prg_arena *a, json_t *j)
{
	prg_arena_defer(a, decref, j);
	return j;
}

/* -- Objects and lists --------------------------------------------------- */

struct prg_object
prg_object(struct prg_arena *a, uint32_t room)
{
	struct prg_object o = { .room = room };

	o.members = prg_arena_room(a, room * sizeof(*o.members));
	return o;
}

void
prg_object_set(struct prg_object *o, const char *name, struct prg_var value)
{
	assert(o->count < o->room);
	o->members[o->count++] = (struct prg_named){ name, value };
}

struct prg_var
prg_object_var(const struct prg_object *o)
{
	return (struct prg_var){ PRG_VAR_OBJECT, o->count,
	    { .members = o->members } };
}

struct prg_var
prg_var_find(struct prg_var v, const char *name)
{
	if (v.type == PRG_VAR_OBJECT)
		for (uint32_t i = 0; i < v.len; i++)
			if (v.members[i].name == name)
				return v.members[i].value;
	return prg_var_json(v.type != PRG_VAR_JSON_OBJECT ? NULL :
	    json_object_get(v.json, name));
}

bool
prg_var_is_list(struct prg_var v)
{
	return v.type == PRG_VAR_LIST || v.type == PRG_VAR_JSON_LIST;
}

struct prg_var
prg_var_at(struct prg_var v, size_t i)
{
	return v.type == PRG_VAR_LIST ? v.list[i] :
	    prg_var_json(json_array_get(v.json, i));
}

bool
prg_var_is_empty(struct prg_var v)
{
	switch (v.type) {
	case PRG_VAR_TRUE:
	case PRG_VAR_OBJECT:
	case PRG_VAR_JSON_OBJECT:
		return false;
	case PRG_VAR_INTEGER:
		return v.integer == 0;
	case PRG_VAR_REAL:
		return !(v.real < 0 || v.real > 0);
	default:		/* NONE, NULL and FALSE have no length */
		return v.len == 0;
	}
}

/* -- As JSON ------------------------------------------------------------- */

static json_t *
list_json(struct prg_var v)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < v.len; i++)
		json_array_append_new(list, prg_var_to_json(v.list[i]));
	return list;
}

static json_t *
object_json(struct prg_var v)
{
	json_t *object = json_object();

	for (uint32_t i = 0; i < v.len; i++)
		json_object_set_new(object, v.members[i].name,
		    prg_var_to_json(v.members[i].value));
	return object;
}

json_t *
prg_var_to_json(struct prg_var v)
{
	switch (v.type) {
	case PRG_VAR_NONE:
		return NULL;
	case PRG_VAR_FALSE:
	case PRG_VAR_TRUE:
		return json_boolean(v.type == PRG_VAR_TRUE);
	case PRG_VAR_INTEGER:
		return json_integer(v.integer);
	case PRG_VAR_REAL:
		return json_real(v.real);
	case PRG_VAR_TEXT:
		return json_stringn(v.text, v.len);
	case PRG_VAR_LIST:
		return list_json(v);
	case PRG_VAR_OBJECT:
		return object_json(v);
	case PRG_VAR_JSON_LIST:
	case PRG_VAR_JSON_OBJECT:
		return json_deep_copy(v.json);
	default:
		return json_null();
	}
}
