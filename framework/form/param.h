/*
 * param.h - a field value with parameters: form-data; name="a"; filename=b.
 */
#ifndef PRG_PARAM_H
#define PRG_PARAM_H

#include "base/text.h"

struct prg_param {
	struct prg_span	name;
	struct prg_span	raw;		/* the value as sent, less its quotes */
	bool		escaped;	/* a backslash before " or \ is no text */
};

/*
 * The value in front of the parameters, blanks trimmed; 'rest' is left with the
 * parameters.
 */
struct prg_span	prg_param_head(struct prg_span *rest);

/*
 * Take the next parameter off 'rest': 1, 0 at the end, -1 if what is there is
 * none.  Empty ones are skipped (RFC 9110, 5.6.6).
 *
 * Browsers put a backslash between quotes as it is, curl and old Firefox escape
 * with it.  So a quote that can end the value does, with every backslash before
 * it meant literally, and only where none can are there escapes: "a\" is a\, and
 * "a \"b\"" is a "b".
 */
int	prg_param_next(struct prg_span *rest, struct prg_param *);

/* Append the value, its escapes undone. */
void	prg_param_value(struct prg_buf *, const struct prg_param *);

/*
 * Find the one parameter of this name, in any case: 1, 0 if there is none, -1
 * if there are two, or what is there are no parameters.
 */
int	prg_param_find(struct prg_span rest, const char *name,
	    struct prg_param *);

/* Whether it is a token (RFC 9110, 5.6.2). */
bool	prg_param_is_token(struct prg_span);

#endif
