/*
 * context.h - where in an HTML document a placeholder stands.
 *
 * The literal text of a template goes through the states of HTML's tokenizer (the
 * HTML standard, 13.2.5), as far as they decide how a value can be written.
 */
#ifndef PRG_CONTEXT_H
#define PRG_CONTEXT_H

#include "page/program.h"

enum prg_context_state {
	PRG_IN_TEXT,
	PRG_IN_OPEN,		/* < */
	PRG_IN_END_OPEN,	/* </ */
	PRG_IN_TAG_NAME,
	PRG_IN_BEFORE_ATTR,
	PRG_IN_GAP,		/* the same, but a space has to come first */
	PRG_IN_ATTR_NAME,
	PRG_IN_AFTER_NAME,
	PRG_IN_BEFORE_VALUE,
	PRG_IN_VALUE,		/* between quotes */
	PRG_IN_BARE_VALUE,
	PRG_IN_MARKUP,		/* <! */
	PRG_IN_MARKUP_DASH,
	PRG_IN_DECLARATION,
	PRG_IN_COMMENT_START,
	PRG_IN_COMMENT_START_DASH,
	PRG_IN_COMMENT,
	PRG_IN_COMMENT_DASH,
	PRG_IN_COMMENT_END,	/* -- */
	PRG_IN_COMMENT_BANG,	/* --! */
	/* In an element without tags, and behind a '<' there. */
	PRG_IN_RCDATA,		/* character references count */
	PRG_IN_RCDATA_LESS,
	PRG_IN_RAWTEXT,
	PRG_IN_RAWTEXT_LESS,
	PRG_IN_SCRIPT,
	PRG_IN_SCRIPT_LESS,
	PRG_IN_SCRIPT_BANG,	/* <! */
	PRG_IN_SCRIPT_BANG_DASH,
	PRG_IN_RAW_END		/* </, and what has come of the name */
};

enum prg_context_attr {
	PRG_ATTR_PLAIN,
	PRG_ATTR_URL,
	PRG_ATTR_NEVER,		/* no value is safe */
	PRG_ATTR_TYPE,		/* of a script */
	PRG_ATTR_REFRESH,	/* http-equiv */
	PRG_ATTR_CONTENT	/* of <meta>: code beside http-equiv */
};

/* What has come of an address; in this order, the later decides more. */
enum prg_context_url {
	PRG_URL_START,		/* nothing */
	PRG_URL_WORD,		/* could yet turn out to be a scheme */
	PRG_URL_SLASH,		/* one */
	PRG_URL_PATH,
	PRG_URL_QUERY,
	PRG_URL_MAYBE,		/* a section may have begun it */
	PRG_URL_BAD		/* a scheme that runs code, or unclear */
};

/* What a tag has so far. */
enum prg_context_seen {
	PRG_SEEN_CLOSING = 1,	/* it is an end tag */
	PRG_SEEN_REFRESH = 2,	/* <meta http-equiv> */
	PRG_SEEN_FILLED = 4,	/* <meta content="{{x}}"> */
	PRG_SEEN_TYPE = 8,	/* <script type> */
	PRG_SEEN_JSON = 16	/* and that is application/json */
};

enum prg_element_facts {
	PRG_ELEMENT_EATS = 1,	/* parsers drop a newline that comes first */
	PRG_ELEMENT_RUNS = 2,	/* its address leads to code */
	PRG_ELEMENT_BASE = 4,
	PRG_ELEMENT_META = 8,
	PRG_ELEMENT_SETS = 16	/* SVG: attributes of another element */
};

struct prg_element {
	const char	*name;
	uint8_t		 content;	/* the state behind its start tag */
	uint8_t		 facts;
};

enum { PRG_CONTEXT_NAME = 24 };

/* Zero-initialised it is the text between tags. */
struct prg_context {
	uint8_t		 state;
	uint8_t		 attr;
	uint8_t		 url;
	uint8_t		 seen;
	char		 quote;
	bool		 first;		/* the element is empty so far */
	bool		 checked;	/* the address, when it is complete */
	uint8_t		 len;		/* of 'name', or of an end tag so far */
	uint8_t		 scheme_len;
	char		 name[PRG_CONTEXT_NAME];	/* tag or attribute */
	char		 scheme[8];
	unsigned	 tags;		/* so far */
	unsigned	 values;	/* of attributes, so far */
	uint32_t	 url_len;	/* literal bytes of the address so far */
	const struct prg_element *element;
};

/*
 * Go through literal text.  Returns how many bytes were good: all of them, or those
 * before an error, which is then in 'why', or those before the quote that ends a
 * 'checked' address.  In that case clear the flag and go on.
 */
size_t	prg_context_text(struct prg_context *, struct prg_span,
	    struct prg_error *why);

/* -- place.c: what elements and attributes mean to a value ------------------ */

/* The element that the name of the tag names; never NULL. */
const struct prg_element	*prg_context_element(const struct prg_context *);

/* An enum prg_context_attr. */
uint8_t	prg_context_attr(const struct prg_element *, const char *name);

/* A byte of literal text in an address. */
void	prg_context_url_char(struct prg_context *, char);

/*
 * Whether an address has to be checked from here on, because a value, or a
 * section, comes: 'op' is then set for that.
 */
bool	prg_context_url(struct prg_context *, struct prg_template_op *op);

/* Set how a value is written here.  -1 if it is unsafe; 'why' is "in ...". */
int	prg_context_value(struct prg_context *, bool raw,
	    struct prg_template_op *op, struct prg_error *why);

/* A section begins here, or ends.  -1 if it can't; 'why' is "in ...". */
int	prg_context_open(struct prg_context *, struct prg_error *why);
int	prg_context_close(struct prg_context *, const struct prg_context *open,
	    struct prg_error *why);

/* Whether it is behind a start tag that eats a newline: <textarea>, <pre>. */
bool	prg_context_eats(const struct prg_context *);

/* The place in words: "in a comment". */
void	prg_context_where(const struct prg_context *, struct prg_error *);

#endif
