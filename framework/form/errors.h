/*
 * errors.h - what is wrong with a submitted form, in the order of the checks.
 *
 * As JSON, in problem+json and in a stored draft, it is a list:
 *
 *	[{"detail": "Enter your name", "pointer": "#/name"}, {"detail": "..."}]
 */
#ifndef PRG_ERRORS_H
#define PRG_ERRORS_H

#include "base/arena.h"
#include "form/messages.h"
#include "prg.h"

struct prg_field_error {
	const struct prg_field	*field;		/* NULL: the form as a whole */
	const char		*text;
	struct prg_field_error	*next;
};

struct prg_field_errors {
	struct prg_arena	*arena;
	const struct prg_messages *messages;
	struct prg_field_error	*first;
	struct prg_field_error	*last;
};

/*
 * Add an error.  The text must live as long as the arena; invalid UTF-8 in it
 * is replaced by U+FFFD.
 */
void	prg_errors_add(struct prg_field_errors *, const struct prg_field *,
	    const char *text);

/* The first error of this field, or NULL. */
const char *prg_errors_find(const struct prg_field_errors *,
	    const struct prg_field *);

/* As JSON; a new reference. */
json_t	*prg_errors_json(const struct prg_field_errors *);

/*
 * Add the errors of such a list.  An error of a field that the form no longer
 * has becomes one of the form as a whole.
 */
void	prg_errors_read(struct prg_field_errors *, const struct prg_field *,
	    const json_t *list);

#endif
