/*
 * parse.c - JSON text of a row as values in an arena.
 *
 * jsmn finds the tokens.  Texts without escapes stay where they are in the row.
 */
#include <stdlib.h>
#include <string.h>

#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS	/* a closing bracket then finds its own at once */
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

/* -- Texts ----------------------------------------------------------------- */

/* The four hexadecimal digits at 'p'; jsmn has checked them. */
static unsigned
hex4(const char *p)
{
	return (unsigned)strtoul((char[]){ p[0], p[1], p[2], p[3], '\0' },
	    NULL, 16);
}

/* Append the character of the \u at 'p', or of two; returns its last byte. */
static const char *
add_unicode(char **to, const char *p, const char *end)
{
	unsigned c = hex4(p + 1), low;

	p += 4;
	if (c >= 0xd800 && c < 0xdc00 && end - p > 6 && p[1] == '\\' &&
	    p[2] == 'u' && (low = hex4(p + 3)) >= 0xdc00 && low < 0xe000) {
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		p += 6;
	} else if (c >= 0xd800 && c < 0xe000)
		c = 0xfffd;
	if (c >= 0x10000) {
		*(*to)++ = (char)(0xf0 | c >> 18);
		*(*to)++ = (char)(0x80 | (c >> 12 & 0x3f));
	} else if (c >= 0x800)
		*(*to)++ = (char)(0xe0 | c >> 12);
	if (c >= 0x800)
		*(*to)++ = (char)(0x80 | (c >> 6 & 0x3f));
	else if (c >= 0x80)
		*(*to)++ = (char)(0xc0 | c >> 6);
	*(*to)++ = (char)(c < 0x80 ? c : 0x80 | (c & 0x3f));
	return p;
}

/* No escape is shorter than what it stands for. */
static struct prg_span
read_text(struct reader *r, const jsmntok_t *t)
{
	static const char escapes[] = "b\bf\fn\nr\rt\t", *e;
	struct prg_span s = { r->text + t->start, (size_t)(t->end - t->start) };
	const char *p = memchr(s.p, '\\', s.len), *end = s.p + s.len;
	char *text, *to;

	if (p == NULL)
		return s;
	text = prg_arena_room(r->arena, s.len + 1);
	to = (char *)memcpy(text, s.p, (size_t)(p - s.p)) + (p - s.p);
	for (; p < end; p++) {
		if (*p != '\\')
			*to++ = *p;
		else if (*++p == 'u')
			p = add_unicode(&to, p, end);
		else
			*to++ = (e = strchr(escapes, *p)) != NULL ? e[1] : *p;
	}
	return (struct prg_span){ text, (size_t)(to - text) };
}

/* -- All others ------------------------------------------------------------ */

/* jansson reads a number with a point or exponent in any locale. */
static struct prg_var
read_primitive(struct reader *r, const jsmntok_t *t)
{
	const char *p = r->text + t->start;
	size_t len = (size_t)(t->end - t->start);
	struct prg_var v = { .type = PRG_VAR_NULL };
	long long n;
	json_t *j;

	if (*p == 't' || *p == 'f')
		return prg_var_bool(*p == 't');
	if (*p == 'n')
		return v;
	if (prg_digits((struct prg_span){ p, len }, &n))
		return prg_var_integer(n);
	if ((j = json_loadb(p, len, JSON_DECODE_ANY, NULL)) == NULL)
		r->broken = true;
	v = prg_var_json(j);
	json_decref(j);
	return v;
}

static struct prg_var
read_list(struct reader *r, const jsmntok_t *t)
{
	size_t n = (size_t)t->size;
	struct prg_var *list = prg_arena_get(r->arena, n * sizeof(*list));

	for (size_t i = 0; i < n && !r->broken; i++)
		list[i] = read_value(r);
	return prg_var_list(list, n);
}

/* A name that no template has keeps its text, for where JSON is written. */
static struct prg_var
read_object(struct reader *r, const jsmntok_t *t)
{
	struct prg_object o = prg_object(r->arena, (uint32_t)t->size);
	struct prg_span text;
	const char *name;

	for (int i = 0; i < t->size; i++) {
		if (r->next == r->end || r->next->type != JSMN_STRING ||
		    r->next->size != 1)
			r->broken = true;
		if (r->broken)
			break;
		text = read_text(r, r->next++);
		name = prg_names_find(r->names, text);
		prg_object_set(&o, name != NULL ? name :
		    prg_arena_copy(r->arena, text.p, text.len), read_value(r));
	}
	return prg_object_var(&o);
}

static struct prg_var
read_value(struct reader *r)
{
	const jsmntok_t *t = r->next++;
	struct prg_var v = { .type = PRG_VAR_NONE };

	if (t >= r->end || r->depth == DEPTH) {
		r->broken = true;
		return v;
	}
	r->depth++;
	if (t->type == JSMN_OBJECT)
		v = read_object(r, t);
	else if (t->type == JSMN_ARRAY)
		v = read_list(r, t);
	else if (t->type == JSMN_STRING)
		v = prg_var_span(read_text(r, t));
	else
		v = read_primitive(r, t);
	r->depth--;
	return v;
}

/* Most rows have few tokens; for others, count them first. */
static int
tokenize(struct prg_arena *a, const char *text, jsmntok_t **tokens)
{
	enum { FEW = 32 };
	size_t len = strlen(text);
	jsmn_parser p;
	int n;

	jsmn_init(&p);
	*tokens = prg_arena_room(a, FEW * sizeof(**tokens));
	if ((n = jsmn_parse(&p, text, len, *tokens, FEW)) != JSMN_ERROR_NOMEM)
		return n;
	jsmn_init(&p);
	if ((n = jsmn_parse(&p, text, len, NULL, 0)) <= 0)
		return n;
	jsmn_init(&p);
	*tokens = prg_arena_room(a, (size_t)n * sizeof(**tokens));
	return jsmn_parse(&p, text, len, *tokens, (unsigned)n);
}

struct prg_var
prg_var_parse(struct prg_arena *a, const struct prg_names *names,
    const char *text)
{
	struct reader r = { .arena = a, .names = names, .text = text };
	struct prg_var v = { .type = PRG_VAR_NONE };
	jsmntok_t *tokens;
	int n = text == NULL ? 0 : tokenize(a, text, &tokens);

	if (n > 0) {
		r.next = tokens;
		r.end = tokens + n;
		v = read_value(&r);
	}
	if (r.broken || (v.type != PRG_VAR_LIST && v.type != PRG_VAR_OBJECT))
		return (struct prg_var){ .type = PRG_VAR_OBJECT };
	return v;
}
