/*
 * template_markup.h - what HTML's elements and attributes mean to a value.
 */
#ifndef PRG_TEMPLATE_MARKUP_H
#define PRG_TEMPLATE_MARKUP_H

#include "page/template_context.h"

enum prg_context_state {
	PRG_IN_TEXT,
	PRG_IN_OPEN,		/* < */
	PRG_IN_END_OPEN,	/* </ */
	PRG_IN_TAG_NAME,
	PRG_IN_BEFORE_ATTR,
	PRG_IN_GAP,		/* the same, but a space has to come first */
	PRG_IN_ATTR_NAME,
	PRG_IN_AFTER_ATTR_NAME,
	PRG_IN_BEFORE_VALUE,
	PRG_IN_VALUE,		/* between quotes */
	PRG_IN_BARE_VALUE,
	PRG_IN_MARKUP,		/* <! */
	PRG_IN_DECLARATION,
	PRG_IN_COMMENT,
	PRG_IN_RAW		/* an element whose content has no tags */
};

enum prg_context_attr {
	PRG_ATTR_PLAIN,
	PRG_ATTR_URL,
	PRG_ATTR_NEVER,		/* no value is safe */
	PRG_ATTR_TYPE,		/* of a script */
	PRG_ATTR_REFRESH,	/* http-equiv */
	PRG_ATTR_CONTENT	/* of <meta>: code beside http-equiv */
};

enum prg_context_url {
	PRG_URL_START,
	PRG_URL_WORD,		/* could yet turn out to be a scheme */
	PRG_URL_SLASH,		/* one */
	PRG_URL_PATH,
	PRG_URL_QUERY,
	PRG_URL_MAYBE,		/* a section may have begun it */
	PRG_URL_BAD		/* nothing that we know how to go on from */
};

enum prg_element_holds {
	PRG_HOLDS_TAGS,
	PRG_HOLDS_RCDATA,	/* text with character references */
	PRG_HOLDS_SCRIPT,
	PRG_HOLDS_RAW		/* text without */
};

enum prg_element_facts {
	PRG_ELEMENT_EATS = 1,	/* a newline that comes first */
	PRG_ELEMENT_RUNS = 2,	/* what its address leads to is code */
	PRG_ELEMENT_BASE = 4,
	PRG_ELEMENT_META = 8,
	PRG_ELEMENT_SETS = 16	/* SVG: attributes of another element */
};

struct prg_element {
	const char	*name;
	uint8_t		 holds;
	uint8_t		 facts;
};

/* Never NULL. */
const struct prg_element	*prg_element_find(const char *name);

enum prg_context_attr	 prg_attr_find(const struct prg_element *,
			    const char *name);

/* A byte of literal text in an address. */
void	prg_context_url_char(struct prg_context *, char);

#endif
