/*
 * template_program.h - what a template is compiled to.
 *
 * One array of instructions and one string of text, in which the instructions
 * point; the body of a section are the instructions up to its 'end'.
 */
#ifndef PRG_TEMPLATE_PROGRAM_H
#define PRG_TEMPLATE_PROGRAM_H

#include <stdint.h>

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
	PRG_OP_DYNAMIC = 4,	/* 'text' names what holds the partial's name */
	PRG_OP_ALWAYS = 8,	/* runs whenever its template does */
	PRG_OP_EATS = 16,	/* a parser eats a newline that comes behind */
	PRG_OP_LOCAL = 32,	/* an address of code: of this site only */
	PRG_OP_RCDATA = 64,	/* a block where tags have no meaning */
	PRG_OP_GIVEN = 128	/* a block for a parent, not a place for one */
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
	uint8_t			 parts;	/* of a dotted name; of "." none */
	uint32_t		 line;
	uint32_t		 text;	/* where in the text: literal or name */
	uint32_t		 len;
	uint32_t		 indent;
	uint32_t		 indent_len;
	uint32_t		 end;
	struct prg_template	*target;	/* of a partial, if there */
};

/* A name is its parts, each ended by a NUL. */
struct prg_template {
	struct prg_template	*next;
	const char		*name;
	const char		*file;
	struct prg_span		 source;	/* not compiled yet */
	struct prg_template_op	*ops;
	uint32_t		 count;
	const char		*text;
	int			 mark;		/* of the search for circles */
};

/* Compile, but for names and targets; its 'file' is set. */
int	prg_template_compile(struct prg_template *,
	    const struct prg_templates *, struct prg_span text,
	    struct prg_error *);

/* Append a JSON value as it stands in HTML, in the way 'how'. */
void	prg_template_value(struct prg_buf *, const json_t *,
	    enum prg_template_how);

/* Whether a section over it is left out. */
bool	prg_template_is_empty(const json_t *);

/* Whether to a browser this address (escaped) is a harmless one. */
bool	prg_template_url_ok(struct prg_span url, bool local);
bool	prg_template_scheme_char(int);

#endif
