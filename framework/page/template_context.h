/*
 * template_context.h - where in an HTML document a placeholder stands.
 *
 * The literal text of a template goes through the states of HTML's tokenizer
 * (13.2.5 of the HTML standard), as far as they matter for what a value may
 * do there.
 */
#ifndef PRG_TEMPLATE_CONTEXT_H
#define PRG_TEMPLATE_CONTEXT_H

#include "page/template_program.h"

enum { PRG_CONTEXT_NAME = 24 };

struct prg_element;

/* Zero-initialised it is the text between tags. */
struct prg_context {
	uint8_t		 state;
	uint8_t		 attr;		/* what its value is */
	uint8_t		 url;		/* how far we are in an address */
	char		 quote;
	bool		 closing;	/* an end tag */
	bool		 first;		/* nothing came yet in this element */
	bool		 checked;	/* the address, when complete */
	bool		 refreshes;	/* <meta http-equiv> */
	bool		 filled;	/* <meta content="{{x}}"> */
	bool		 typed;		/* <script type> */
	bool		 json;
	uint8_t		 len;		/* of 'name', or of an end tag so far */
	uint8_t		 scheme_len;
	char		 name[PRG_CONTEXT_NAME];	/* tag or attribute */
	char		 scheme[8];
	unsigned	 tags;		/* so far */
	unsigned	 values;	/* of attributes, so far */
	uint32_t	 url_len;	/* literal bytes of it so far */
	const struct prg_element *element;
};

/*
 * Go through literal text.  How many bytes were good, which is all of them
 * unless 'why' was set; but stops before the quote that ends a 'checked'
 * address, so that the caller can clear the flag and go on.
 */
size_t	prg_context_text(struct prg_context *, struct prg_span,
	    struct prg_error *why);

/*
 * Whether an address has to be checked from here on, because a value, or a
 * section, comes: 'op' is then set for that.
 */
bool	prg_context_url(struct prg_context *, struct prg_template_op *op);

/* How to write a value here.  -1 if there is no way; 'why' is then "in ...". */
int	prg_context_value(struct prg_context *, bool raw,
	    struct prg_template_op *op, struct prg_error *why);

/* A section begins here, or ends.  -1 if it can't; 'why' is "in ...". */
int	prg_context_open(struct prg_context *, struct prg_error *why);
int	prg_context_close(struct prg_context *, const struct prg_context *open,
	    struct prg_error *why);

/* Whether it is the text between tags; whether in <title> or <textarea>. */
bool	prg_context_is_text(const struct prg_context *);
bool	prg_context_is_rcdata(const struct prg_context *);

/* Whether it is behind a start tag that eats a newline: <textarea>, <pre>. */
bool	prg_context_eats(const struct prg_context *);

/* Where it is: "in a comment". */
void	prg_context_where(const struct prg_context *, struct prg_error *);

#endif
