/*
 * field.h - the table of fields: checked at start, filled from a submitted
 * form, and its values as JSON.
 */
#ifndef PRG_FIELD_H
#define PRG_FIELD_H

#include <jansson.h>

#include "base/error.h"
#include "form/errors.h"
#include "form/kind.h"
#include "form/pairs.h"
#include "prg.h"

/* -- field.c: one row ----------------------------------------------------- */

/* The field of this name, or NULL. */
const struct prg_field *prg_field_find(const struct prg_field *,
	    struct prg_span name);

/* The label, or the name without one. */
const char *prg_field_label(const struct prg_field *);

/* The longest valid text, in UTF-16 units. */
size_t	prg_field_max(const struct prg_field *);

/* Whether min and max bound a number. */
bool	prg_field_has_min(const struct prg_field *);
bool	prg_field_has_max(const struct prg_field *);

/* Whether its value is never stored, shown again or logged. */
bool	prg_field_is_secret(const struct prg_field *);

/*
 * What is wrong with a pattern, or NULL.  Compiles it for the life of the
 * process.
 */
const char *prg_pattern_check(const char *pattern);

/* Whether it matches the whole text (NULL: any), as in HTML. */
bool	prg_pattern_matches(const char *pattern, const char *text);

/* Returns -1 with a sentence if a row contradicts itself or another. */
int	prg_fields_check(const struct prg_field *, struct prg_error *);

/* -- bind.c: submitted values --------------------------------------------- */

/*
 * Fill 'out', which holds the defaults or zeroes, from the pairs, and add an
 * error for each value that is invalid.  An optional field left blank leaves
 * its member as it was.  Text members are never NULL afterwards.
 */
void	prg_fields_bind(const struct prg_field *, const struct prg_pairs *,
	    void *out, struct prg_field_errors *);

/* The value of a field in the app's struct. */
struct prg_value	prg_member_get(const struct prg_field *, const void *);
void			prg_member_set(const struct prg_field *, void *,
			    const struct prg_value *);

/* Whether a value is missing, or nobody sees any of it. */
bool	prg_pair_is_blank(const struct prg_pair *);

/*
 * Whether the browser's control for the field shows this text as it is.  A date
 * picker, for one, shows nothing in place of text that is not a date.
 */
bool	prg_field_can_show(struct prg_arena *, const struct prg_field *,
	    const char *text);

/*
 * Check the hidden fields among the values by name that an app prefills: no
 * visitor could mend them.  Adds an error for each that would not come back as
 * it is, and be valid.
 */
void	prg_fields_check_hidden(const struct prg_field *,
	    const json_t *values, struct prg_field_errors *);

/* -- field_json.c: values as JSON; each returns a new reference ----------- */

/*
 * The values of a bound struct by name, typed.  null for a number that was left
 * blank and has no default but 0.
 */
json_t	*prg_fields_input(const struct prg_field *, const struct prg_pairs *,
	    const void *bound);

/*
 * The submitted values by name: strings, or arrays of strings.  Each is cut to
 * four times what its field can have; an error says so.
 */
json_t	*prg_fields_submitted(const struct prg_field *,
	    const struct prg_pairs *, struct prg_field_errors *);

/*
 * The values of a struct of defaults (NULL: none) as a form would submit them,
 * without numbers that are 0.
 */
json_t	*prg_fields_defaults(const struct prg_field *, const void *);

/* A text as JSON, which holds UTF-8 only: U+FFFD replaces other bytes. */
json_t	*prg_json_text(const char *);

#endif
