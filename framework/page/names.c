/*
 * names.c - whether everything that templates ask for can be there.
 *
 * A name that is not there renders as nothing, and so does a block that is given
 * where none is asked for: a typing error would never be seen.  Each part of a dotted
 * name is looked up by itself: that is too kind to some, but never wrong about one that
 * is right.
 */
#include <stdio.h>
#include <string.h>

#include "form/messages.h"
#include "page/names.h"
#include "page/template.h"

/* What models of ours have in them; prg(3) says what each is. */
static const char *const built_in[] = {
	"action", "app", "area", "autocomplete", "base", "checkbox",
	"checkboxes", "checked", "choices", "chosen", "created",
	"created_text", "describedby", "detail", "drawn", "error", "errors",
	"expires", "expires_text", "fields", "first", "form", "form_url", "has_recent",
	"hidden", "hint", "home", "href", "id", "input", "inputmode", "key",
	"key_name", "label", "lang", "max", "maxlength", "min", "minlength",
	"modified", "multiple", "name", "optional", "radios", "recent", "remove",
	"required", "result", "rows", "select", "site", "state", "status",
	"step", "stylesheet", "text", "thanks", "title", "type", "url", "value",
	"messages", "wrong", NULL
};

struct search {
	json_t	*known;			/* an object: its keys */
	void	(*say)(const char *);
	int	 unknown;
};

static void
know(json_t *known, const char *const *names)
{
	for (; names != NULL && *names != NULL; names++)
		json_object_set_new(known, *names, json_true());
}

static json_t *
known_names(const struct prg_app *app)
{
	json_t *known = json_object(), *messages;
	struct prg_arena a = { 0 };
	struct prg_messages w;
	struct prg_error err;

	know(known, built_in);
	know(known, app->names);
	for (const struct prg_route *r = app->routes; r->path != NULL; r++)
		for (const struct prg_field *f = r->fields; f != NULL &&
		    f->kind != PRG_KIND_END; f++)
			json_object_set_new(known, f->name, json_true());
	if (prg_messages_make(&a, NULL, &w, &err) == 0) {
		messages = prg_messages_json(&w);
		json_object_update(known, messages);
		json_decref(messages);
	}
	prg_arena_release(&a);
	return known;
}

static void
look(void *arg, const struct prg_template_name *n)
{
	struct search *s = arg;
	char sentence[512];

	if (!n->lost && json_object_get(s->known, n->part) != NULL)
		return;
	s->unknown++;
	snprintf(sentence, sizeof(sentence), "%s:%u: %s '%s'", n->file, n->line,
	    n->lost ? "no template has a block" : "nothing provides", n->part);
	s->say(sentence);
}

int
prg_names_unknown(struct prg_views *views, const struct prg_app *app,
    void (*say)(const char *))
{
	struct search s = { known_names(app), say, 0 };

	prg_views_names(views, look, &s);
	json_decref(s.known);
	return s.unknown;
}
