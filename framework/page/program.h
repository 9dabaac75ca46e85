/*
 * program.h - what a template is compiled to.
 *
 * An array of instructions.  The body of a section is those up to op + op->end.
 * Texts and indentation are pieces of the source.
 */
#ifndef PRG_PROGRAM_H
#define PRG_PROGRAM_H

#include "page/template.h"

enum prg_template_code {
	PRG_OP_TEXT,
	PRG_OP_VALUE,
	PRG_OP_SECTION,
	PRG_OP_INVERTED,
	PRG_OP_PARTIAL,
	PRG_OP_PARENT,		/* its body: the blocks that it gives */
	PRG_OP_BLOCK,
	PRG_OP_URL,		/* an address began 'len' bytes ago */
	PRG_OP_URL_END		/* check it */
};

enum prg_template_flag {
	PRG_OP_LINE = 1,	/* first on a line: indentation goes before */
	PRG_OP_OWN = 2,		/* has lines of its own, behind 'indent' */
	PRG_OP_ALWAYS = 4,	/* runs whenever its template does */
	PRG_OP_EATS = 8,	/* a parser eats a newline that comes behind */
	PRG_OP_LOCAL = 16,	/* an address of code: of this site only */
	PRG_OP_RCDATA = 32,	/* a block where tags have no meaning */
	PRG_OP_GIVEN = 64,	/* a block for a parent, not a place for one */
	PRG_OP_BEGUN = 128	/* an address: its scheme or path is literal */
};

/* How a value is written. */
enum prg_template_how {
	PRG_HOW_ESCAPED,
	PRG_HOW_RAW,
	PRG_HOW_PATH,		/* percent-encoded, but for harmless slashes */
	PRG_HOW_QUERY,		/* percent-encoded */
	PRG_HOW_JSON
};

struct prg_template_op {
	uint8_t			 code;
	uint8_t			 flags;
	uint8_t			 how;
	uint8_t			 more;		/* names in 'rest' */
	uint32_t		 line;
	uint32_t		 end;		/* of the body, from the op */
	uint32_t		 len;		/* of PRG_OP_URL */
	const char		*name;		/* in the model; NULL: "." */
	const char		**rest;		/* behind its dots */
	struct prg_span		 text;		/* or name of partial, block */
	struct prg_span		 indent;
	struct prg_template	*target;	/* of a partial, once linked */
};

struct prg_template {
	struct prg_template	*next;
	const char		*name;
	const char		*file;
	struct prg_template_op	*ops;
	uint32_t		 count;
	/* The first script or style that the page's policy blocks, or NULL. */
	const char		*blocked;
	unsigned		 blocked_line;
	int			 mark;		/* of the search for circles */
};

/* Whether a partial's name is in the template, not in the model. */
bool	prg_template_is_call(const struct prg_template_op *);

struct prg_template	*prg_template_find(const struct prg_templates *,
			    struct prg_span name);

/* Fill 'ops' from the text; 'file' is set. */
int	prg_template_compile(struct prg_template *,
	    const struct prg_templates *, struct prg_span text,
	    struct prg_error *);

/* Append a value to HTML, in the way 'how'. */
void	prg_template_write(struct prg_buf *, struct prg_var,
	    enum prg_template_how);

/* place.c: whether to a browser this address (escaped) is harmless. */
bool	prg_template_url_ok(struct prg_span url, bool local);

/* Whether a part of the path from its byte 'from' on is "." or "..". */
bool	prg_template_url_dots(struct prg_span url, size_t from);

#endif
