/*
 * scan.h - the syntax of header fields (RFC 9110, 5.6): tokens, quoted strings,
 * lists and parameters.
 *
 * All functions are pure.  A take function removes its result from the front of
 * the span that it is given.  Results point into the scanned text: nothing is
 * copied.
 */
#ifndef PRG_SCAN_H
#define PRG_SCAN_H

#include "base/text.h"

/* Whether the span is a token (RFC 9110, 5.6.2). */
bool	prg_is_token(struct prg_span);

/* The span without the spaces and tabs at both ends. */
struct prg_span	prg_span_trim(struct prg_span);

/*
 * Split at the first 'c'.  Returns false if there is no 'c': 'before' is then
 * the whole span, and 'after' is empty.
 */
bool	prg_span_split(struct prg_span, char c, struct prg_span *before,
	    struct prg_span *after);

/* Take 'n' bytes, or all if there are fewer. */
struct prg_span	prg_take(struct prg_span *, size_t n);

/* Take a byte, or a text.  Returns false if the span does not begin with it. */
bool	prg_take_char(struct prg_span *, char);
bool	prg_take_text(struct prg_span *, const char *);

/* Take the longest token, or the longest run of bytes of a set; maybe empty. */
struct prg_span	prg_take_token(struct prg_span *);
struct prg_span	prg_take_run(struct prg_span *, const char *set);

/*
 * Take the next member of a comma-separated list (RFC 9110, 5.6.1), trimmed.
 * A comma in a quoted string is part of the member.  Empty members are skipped.
 * Returns false at the end of the list.
 */
bool	prg_take_member(struct prg_span *list, struct prg_span *member);

/* -- Parameters: form-data; name="a"; filename=b ------------------------ */

struct prg_param {
	struct prg_span	name;
	struct prg_span	raw;		/* the value as sent, less its quotes */
	bool		escaped;	/* undo \" and \\ in 'raw' */
};

/* Take the value before the parameters, trimmed. */
struct prg_span	prg_param_head(struct prg_span *);

/*
 * Take the next parameter.  Returns 1, 0 at the end, or -1 on a syntax error.
 * Empty parameters are skipped (RFC 9110, 5.6.6).
 *
 * Browsers send a backslash in a quoted string as it is; curl and old versions
 * of Firefox escape with it; some programs escape nothing, not even a quote.
 * The first quote ends the value if it can, with literal backslashes before it.
 * If it cannot, backslashes escape; if that does not help, the first quote that
 * can end it does: "a\" is a\, "a \"b\"" is a "b", and "a"b" is a"b.
 */
int	prg_param_next(struct prg_span *, struct prg_param *);

/* Append the value without its escapes. */
void	prg_param_value(struct prg_buf *, const struct prg_param *);

/*
 * Find a parameter by its name, in any case.  Returns 1, 0 if it is missing, or
 * -1 if it is there twice or the parameters have a syntax error.
 */
int	prg_param_find(struct prg_span, const char *name, struct prg_param *);

#endif
