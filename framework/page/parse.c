/*
 * parse.c - JSON text of a row as values in an arena.
 *
 * jsmn finds the tokens, which takes a tenth of the time that jansson needs to
 * make its objects.
 */
#include <string.h>

#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS	/* no search at a closing bracket */
#include <jsmn.h>

#include "page/value.h"

enum { DEPTH = 2048 };		/* jansson's limit */

struct reader {
	struct prg_arena	*arena;
	const struct prg_names	*names;
	const char		*text;
	const jsmntok_t		*next;
	const jsmntok_t		*end;
	unsigned		 depth;
	bool			 broken;
};

static struct prg_var	read_value(struct reader *);

/* A token that is rare or has to be decoded: jansson reads it. */
static struct prg_var
read_other(struct reader *r, const char *p, size_t len)
{
	json_t *j = json_loadb(p, len, JSON_DECODE_ANY, NULL);

	r->broken = r->broken || j == NULL;
	return prg_var_json(prg_json_defer(r->arena, j));
}

/* A copy without its escapes, of one byte each. */
static struct prg_var
unescape(struct reader *r, struct prg_span s)
{
	static const char escapes[] = "b\bf\fn\nr\rt\t";
	const char *e;
	char *text = prg_arena_room(r->arena, s.len), *to = text;
	size_t i = 0;

	for (; i < s.len; i++) {
		if (s.p[i] != '\\')
			*to++ = s.p[i];
		else if ((e = strchr(escapes, s.p[++i])) != NULL)
			*to++ = e[1];
		else
			*to++ = s.p[i];
	}
	return prg_var_span((struct prg_span){ text, (size_t)(to - text) });
}

/* A text without escapes stays where it is. */
static struct prg_var
read_text(struct reader *r)
{
	const jsmntok_t *t = r->next++;
	struct prg_span s = { r->text + t->start, (size_t)(t->end - t->start) };

	if (memchr(s.p, '\\', s.len) == NULL)
		return prg_var_span(s);
	return memmem(s.p, s.len, "\\u", 2) == NULL ? unescape(r, s) :
	    read_other(r, s.p - 1, s.len + 2);
}

static struct prg_var
read_primitive(struct reader *r)
{
	const jsmntok_t *t = r->next++;
	struct prg_span s = { r->text + t->start, (size_t)(t->end - t->start) };
	long long n;

	if (prg_digits(s, &n))
		return prg_var_integer(n);
	return read_other(r, s.p, s.len);
}

static struct prg_var
read_list(struct reader *r)
{
	size_t n = (size_t)r->next++->size;
	struct prg_var *list = prg_arena_get(r->arena, n * sizeof(*list));

	for (size_t i = 0; i < n && !r->broken; i++)
		list[i] = read_value(r);
	return prg_var_list(list, n);
}

/* A name that no template has keeps its text, for where JSON is written. */
static struct prg_var
read_object(struct reader *r)
{
	uint32_t n = (uint32_t)r->next++->size;
	struct prg_object o = prg_object(r->arena, n);
	struct prg_var text;
	const char *name;

	while (n-- > 0 && !r->broken) {
		if (r->next == r->end || r->next->type != JSMN_STRING ||
		    r->next->size != 1) {
			r->broken = true;
			break;
		}
		text = read_text(r);
		name = prg_names_find(r->names,
		    (struct prg_span){ text.text, text.len });
		prg_object_set(&o, name != NULL ? name :
		    prg_arena_copy(r->arena, text.text, text.len),
		    read_value(r));
	}
	return prg_object_var(&o);
}

static struct prg_var
read_value(struct reader *r)
{
	struct prg_var v = { .type = PRG_VAR_NONE };

	if (r->next == r->end || r->depth == DEPTH) {
		r->broken = true;
		return v;
	}
	r->depth++;
	if (r->next->type == JSMN_OBJECT)
		v = read_object(r);
	else if (r->next->type == JSMN_ARRAY)
		v = read_list(r);
	else
		v = r->next->type == JSMN_STRING ? read_text(r) :
		    read_primitive(r);
	r->depth--;
	return v;
}

struct prg_var
prg_var_parse(struct prg_arena *a, const struct prg_names *names,
    const char *text)
{
	struct reader r = { .arena = a, .names = names,
	    .text = text != NULL ? text : "" };
	struct prg_var v = { .type = PRG_VAR_NONE };
	size_t len = strlen(r.text);
	jsmntok_t *tokens;
	jsmn_parser p;
	int n;

	jsmn_init(&p);
	if ((n = jsmn_parse(&p, r.text, len, NULL, 0)) > 0) {
		tokens = prg_arena_room(a, (size_t)n * sizeof(*tokens));
		jsmn_init(&p);
		n = jsmn_parse(&p, r.text, len, tokens, (unsigned)n);
	}
	if (n > 0) {
		r.next = tokens;
		r.end = tokens + n;
		v = read_value(&r);
	}
	if (r.broken || (v.type != PRG_VAR_LIST && v.type != PRG_VAR_OBJECT))
		return (struct prg_var){ .type = PRG_VAR_OBJECT };
	return v;
}
