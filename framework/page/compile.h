/*
 * compile.h - from the text of a template to its program, in one pass.
 *
 * tags.c finds the tags.  context.c takes the literal text between them
 * through the states of HTML's tokenizer (the HTML standard, 13.2.5), as far
 * as they decide how a value can be written; place.c says how.  lines.c knows
 * which lines are no part of the text.  emit.c adds instructions; compile.c
 * says which.
 */
#ifndef PRG_COMPILE_H
#define PRG_COMPILE_H

#include "page/program.h"

/* -- tags.c -------------------------------------------------------------- */

/* For printf's "%.*s". */
#define PRG_SPAN(s)	(int)(s).len, (s).p

struct prg_tags {
	const char		*file;
	struct prg_error	*err;
	struct prg_span		 text;
	size_t			 pos;		/* behind the last tag */
	unsigned		 line;
	struct prg_span		 open;		/* "{{" until it is set */
	struct prg_span		 close;
};

struct prg_tag {
	char		kind;		/* # ^ / > < $ ! = & or 0, a value */
	bool		dynamic;	/* the name is behind a '*' */
	struct prg_span	whole;		/* all between the kind and the end */
	struct prg_span	name;
	size_t		start;
	size_t		end;
	unsigned	line;
};

/* Start at the first byte.  -1 if the text is too long, or not UTF-8. */
int	prg_tags_begin(struct prg_tags *, const char *file,
	    struct prg_span text, struct prg_error *);

/* The next tag: 1, or 0 if there is none, or -1 if it is broken. */
int	prg_tags_next(struct prg_tags *, struct prg_tag *);

/* Set the error to "FILE:LINE: " and this; always -1. */
int	prg_tags_refuse(const struct prg_tags *, unsigned line,
	    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The number of newlines. */
unsigned	prg_count_lines(struct prg_span);

/* -- context.c ----------------------------------------------------------- */

enum prg_context_state {
	PRG_IN_TEXT,
	PRG_IN_OPEN,		/* < */
	PRG_IN_END_OPEN,	/* </ */
	PRG_IN_TAG_NAME,
	PRG_IN_BEFORE_ATTR,
	PRG_IN_GAP,		/* as before, but a space must come first */
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
	PRG_IN_RAW_END		/* </ and a part of the element's name */
};

enum prg_context_attr {
	PRG_ATTR_PLAIN,
	PRG_ATTR_URL,
	PRG_ATTR_NEVER,		/* no value is safe */
	PRG_ATTR_TYPE,		/* of a script */
	PRG_ATTR_REFRESH,	/* http-equiv */
	PRG_ATTR_CONTENT	/* of <meta>: code beside http-equiv */
};

/* The part of an address so far; later rows win where ways join. */
enum prg_context_url {
	PRG_URL_START,		/* nothing */
	PRG_URL_WORD,		/* maybe a scheme */
	PRG_URL_SLASH,		/* one */
	PRG_URL_PATH,
	PRG_URL_SLASHES,	/* "//" or "https:", before the host */
	PRG_URL_HOST,
	PRG_URL_QUERY,
	PRG_URL_MAYBE,		/* a section may have begun it */
	PRG_URL_BAD		/* a scheme that runs code, or unclear */
};

/* Facts about the tag so far. */
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
	uint32_t	 url_len;	/* literal bytes of an address */
	const struct prg_element *element;
	const char	*blocked;	/* a script or style, or NULL */
	const char	*blocked_at;
};

/*
 * Go through literal text.  Returns how many bytes were good: all of them, or
 * those before an error, which is then in 'why', or those before the quote
 * that ends a 'checked' address.  In that case clear the flag and go on.
 */
size_t	prg_context_text(struct prg_context *, struct prg_span,
	    struct prg_error *why);

/* -- place.c: what elements and attributes mean to a value --------------- */

/* The element that the name of the tag names; never NULL. */
const struct prg_element	*prg_context_element(
				    const struct prg_context *);

/* An enum prg_context_attr. */
uint8_t	prg_context_attr(const struct prg_element *, const char *name);

/* A byte of literal text in an address; 'why' is set if it is refused. */
void	prg_context_url_char(struct prg_context *, char, struct prg_error *why);

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

/* -- The template while it is compiled ----------------------------------- */

/* A tag that is still open. */
struct prg_frame {
	struct prg_tag		 tag;
	struct prg_context	 context;	/* where it stands */
	uint32_t		 op;
	bool			 alone;		/* has its lines to itself */
	size_t			 dedent;	/* outside of it */
};

struct prg_compiler {
	struct prg_tags		 tags;
	struct prg_arena	*scratch;
	const struct prg_templates	*set;
	size_t			 done;		/* of the source */
	unsigned		 line;		/* of what is not done */
	size_t			 dedent;	/* white space off each line */
	struct prg_template_op	*ops;
	uint32_t		 count;
	uint32_t		 room;
	uint32_t		 barrier;	/* text joins none before it */
	bool			 bol;		/* nothing on this line yet */
	struct prg_context	 context;
	const char		*blocked;	/* the first such, or NULL */
	unsigned		 blocked_line;
	struct prg_frame	 frames[PRG_TEMPLATE_DEPTH];
	unsigned		 depth;
};

/* -- lines.c ------------------------------------------------------------- */

/* The surroundings of a tag on its line. */
struct prg_line {
	struct prg_span	pad;		/* white space right before it */
	bool		left;		/* that and nothing more */
	bool		right;		/* nothing after it */
	bool		alone;		/* its line is not part of the text */
	size_t		next;		/* where the next line begins */
};

struct prg_line	prg_line_of(const struct prg_compiler *,
			    const struct prg_tag *);

/* Whether the innermost open tag is a parent: text in it is ignored. */
bool	prg_in_parent(const struct prg_compiler *);

/* Add the source up to 'to', without the white space that a block takes off. */
int	prg_copy_text(struct prg_compiler *, size_t to);

/*
 * The indentation of a block on lines of its own: that of its first line, or
 * that of its tag if it has none.
 */
struct prg_span	prg_block_indent(struct prg_compiler *,
		    const struct prg_line *);

/* -- emit.c -------------------------------------------------------------- */

/* Literal text of one line. */
int	prg_emit_text(struct prg_compiler *, struct prg_span);

/* If an address begins here that has to be checked: an op for that. */
void	prg_emit_url(struct prg_compiler *, unsigned line);

/*
 * The op of a tag with a name; 'inside' a line of text or not.  The op stays
 * where it is until the next one.
 */
struct prg_template_op	*prg_emit_named(struct prg_compiler *,
			    enum prg_template_code, const struct prg_tag *,
			    bool inside);

#endif
