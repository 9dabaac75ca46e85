/*
 * template_markup.c - what HTML's elements and attributes mean to a value.
 */
#include <string.h>

#include "page/template_markup.h"

static const struct prg_element elements[] = {
	{ "title",	PRG_HOLDS_RCDATA, 0 },
	{ "textarea",	PRG_HOLDS_RCDATA, PRG_ELEMENT_EATS },
	{ "pre",	PRG_HOLDS_TAGS,	  PRG_ELEMENT_EATS },
	{ "listing",	PRG_HOLDS_TAGS,	  PRG_ELEMENT_EATS },
	{ "script",	PRG_HOLDS_SCRIPT, PRG_ELEMENT_RUNS },
	{ "style",	PRG_HOLDS_RAW,	  0 },
	{ "xmp",	PRG_HOLDS_RAW,	  0 },
	{ "noembed",	PRG_HOLDS_RAW,	  0 },
	{ "noframes",	PRG_HOLDS_RAW,	  0 },
	{ "plaintext",	PRG_HOLDS_RAW,	  0 },
	{ "iframe",	PRG_HOLDS_RAW,	  PRG_ELEMENT_RUNS },
	{ "frame",	PRG_HOLDS_TAGS,	  PRG_ELEMENT_RUNS },
	{ "embed",	PRG_HOLDS_TAGS,	  PRG_ELEMENT_RUNS },
	{ "object",	PRG_HOLDS_TAGS,	  PRG_ELEMENT_RUNS },
	{ "base",	PRG_HOLDS_TAGS,	  PRG_ELEMENT_BASE },
	{ "meta",	PRG_HOLDS_TAGS,	  PRG_ELEMENT_META },
	{ "set",	PRG_HOLDS_TAGS,	  PRG_ELEMENT_SETS },
	{ "animate",	PRG_HOLDS_TAGS,	  PRG_ELEMENT_SETS },
	{ "",		PRG_HOLDS_TAGS,	  0 }		/* all others */
};

/* The first row that fits counts; 'only' in elements with these facts. */
static const struct attr {
	const char	*name;
	uint8_t		 only;
	uint8_t		 kind;
} attrs[] = {
	{ "href",	PRG_ELEMENT_BASE, PRG_ATTR_NEVER },
	{ "content",	PRG_ELEMENT_META, PRG_ATTR_CONTENT },
	{ "to",		PRG_ELEMENT_SETS, PRG_ATTR_NEVER },
	{ "from",	PRG_ELEMENT_SETS, PRG_ATTR_NEVER },
	{ "by",		PRG_ELEMENT_SETS, PRG_ATTR_NEVER },
	{ "values",	PRG_ELEMENT_SETS, PRG_ATTR_NEVER },
	{ "attributename", 0,		  PRG_ATTR_NEVER },
	{ "href",	0,		  PRG_ATTR_URL },
	{ "src",	0,		  PRG_ATTR_URL },
	{ "action",	0,		  PRG_ATTR_URL },
	{ "formaction",	0,		  PRG_ATTR_URL },
	{ "poster",	0,		  PRG_ATTR_URL },
	{ "cite",	0,		  PRG_ATTR_URL },
	{ "data",	0,		  PRG_ATTR_URL },
	{ "ping",	0,		  PRG_ATTR_URL },
	{ "xlink:href",	0,		  PRG_ATTR_URL },
	{ "background",	0,		  PRG_ATTR_URL },
	{ "longdesc",	0,		  PRG_ATTR_URL },
	{ "manifest",	0,		  PRG_ATTR_URL },
	{ "codebase",	0,		  PRG_ATTR_URL },
	{ "classid",	0,		  PRG_ATTR_URL },
	{ "profile",	0,		  PRG_ATTR_URL },
	{ "style",	0,		  PRG_ATTR_NEVER },
	{ "srcdoc",	0,		  PRG_ATTR_NEVER },
	{ "srcset",	0,		  PRG_ATTR_NEVER },
	{ "imagesrcset", 0,		  PRG_ATTR_NEVER },
	{ "http-equiv",	0,		  PRG_ATTR_REFRESH },
	{ NULL,		0,		  PRG_ATTR_PLAIN }
};

const struct prg_element *
prg_element_find(const char *name)
{
	const struct prg_element *e = elements;

	while (*e->name != '\0' && strcmp(e->name, name) != 0)
		e++;
	return e;
}

enum prg_context_attr
prg_attr_find(const struct prg_element *e, const char *name)
{
	const struct attr *a = attrs;

	if (strncmp(name, "on", 2) == 0)
		return PRG_ATTR_NEVER;
	if (e->holds == PRG_HOLDS_SCRIPT && strcmp(name, "type") == 0)
		return PRG_ATTR_TYPE;
	for (; a->name != NULL; a++)
		if ((a->only == 0 || (a->only & e->facts) != 0) &&
		    strcmp(a->name, name) == 0)
			break;
	return a->kind;
}

/* The schemes that an author may write before a value. */
static enum prg_context_url
after_scheme(const char *scheme)
{
	static const char *const good[] = { "http", "https", "mailto", "tel" };

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (strcmp(good[i], scheme) == 0)
			return PRG_URL_PATH;
	return PRG_URL_BAD;
}

static enum prg_context_url
word_char(struct prg_context *c, char ch)
{
	if (ch == ':') {
		c->scheme[c->scheme_len] = '\0';
		return after_scheme(c->scheme);
	}
	if (!prg_template_scheme_char(ch))
		return PRG_URL_PATH;
	if (c->scheme_len < sizeof(c->scheme) - 1)
		c->scheme[c->scheme_len++] = ch >= 'A' && ch <= 'Z' ?
		    ch | 0x20 : ch;
	return PRG_URL_WORD;
}

/* Browsers skip spaces and controls before they look. */
static enum prg_context_url
start_char(struct prg_context *c, char ch)
{
	if ((unsigned char)ch <= ' ')
		return PRG_URL_START;
	if (ch == '/' || ch == '\\')
		return PRG_URL_SLASH;
	return ch == ':' ? PRG_URL_BAD : word_char(c, ch);
}

/* They drop line breaks and tabs anywhere, and undo &..; before. */
void
prg_context_url_char(struct prg_context *c, char ch)
{
	bool open = c->url == PRG_URL_START || c->url == PRG_URL_WORD ||
	    c->url == PRG_URL_SLASH;

	c->url_len++;
	if (c->url == PRG_URL_BAD || c->url == PRG_URL_QUERY)
		return;
	if (open && strchr("&\n\r\t", ch) != NULL)
		c->url = PRG_URL_BAD;
	else if (ch == '?' || ch == '#')
		c->url = PRG_URL_QUERY;
	else if (c->url == PRG_URL_START)
		c->url = (uint8_t)start_char(c, ch);
	else if (c->url == PRG_URL_WORD)
		c->url = (uint8_t)word_char(c, ch);
	else
		c->url = PRG_URL_PATH;
}
