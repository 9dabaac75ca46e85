/*
 * field.h - the table of fields: from what was typed to the app's struct.
 */
#ifndef PRG_FIELD_H
#define PRG_FIELD_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"
#include "form/pairs.h"
#include "form/messages.h"
#include "prg.h"

struct prg_field_error {
	const char		*field;		/* NULL: the form as a whole */
	const char		*text;
	struct prg_field_error	*next;
};

/* What is wrong with a form, in the order in which it was found. */
struct prg_field_errors {
	struct prg_arena	*arena;
	const struct prg_messages	*messages;
	struct prg_field_error	*first;
	struct prg_field_error	*last;
};

/*
 * Add one; both texts must live as long as the arena.  What is no UTF-8 in 'text' is
 * shown as U+FFFD.
 */
void	prg_errors_add(struct prg_field_errors *, const char *field, const char *text);

/* The first fault of this field, or NULL. */
const char *prg_errors_find(const struct prg_field_errors *, const char *field);

/* The field of this name, or NULL. */
const struct prg_field *prg_field_find(const struct prg_field *,
	    struct prg_span name);

/* -1 with a sentence if a row of the table can't be right. */
int	prg_fields_check(const struct prg_field *, struct prg_error *);

/*
 * Fill 'out', which holds the defaults or zeroes, from the pairs, and record a
 * fault for each that does not fit.  An optional one left blank leaves its member as
 * it was.  Text members are never NULL afterwards.
 */
void	prg_fields_bind(const struct prg_field *, const struct prg_pairs *,
	    void *out, struct prg_field_errors *);

/*
 * The values of a bound struct by name, typed as JSON; null for a number that was
 * left blank and has no default but 0.  A new reference.
 */
json_t	*prg_fields_input(const struct prg_field *, const struct prg_pairs *,
	    const void *bound);

/* What was typed, by name: strings, arrays of them for many; a new reference. */
json_t	*prg_fields_typed(const struct prg_field *, const struct prg_pairs *);

/*
 * The values of a struct (NULL: none) as one would type them, without numbers that
 * are 0; a new reference.
 */
json_t	*prg_fields_defaults(const struct prg_field *, const void *);

/* A stored value as a person would read it; "" for null. */
const char *prg_field_text(struct prg_arena *, const struct prg_messages *,
	    const struct prg_field *, const json_t *);

/* The longest text this field takes, in UTF-16 units. */
size_t	prg_field_max(const struct prg_field *);

/* Whether min and max bound a number below, above. */
bool	prg_field_has_min(const struct prg_field *);
bool	prg_field_has_max(const struct prg_field *);

/* Whether it is never stored, shown again or logged. */
bool	prg_field_is_secret(const struct prg_field *);

/* The label, or the name where there is none. */
const char *prg_field_label(const struct prg_field *);

#endif
