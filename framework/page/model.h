/*
 * model.h - what templates see: a form, a submission.
 */
#ifndef PRG_MODEL_H
#define PRG_MODEL_H

#include <jansson.h>

#include "base/arena.h"
#include "form/field.h"
#include "prg.h"
#include "store/store.h"

/* A form to be shown. */
struct prg_form {
	const struct prg_field	*fields;
	const char		*action;	/* URL that it is posted to */
	json_t			*values;	/* as typed, by name */
	const struct prg_field_errors	*faults;
};

/* Its model as HTML wants it, or its description for a program; a new reference. */
json_t	*prg_form_model(struct prg_arena *, const struct prg_form *);
json_t	*prg_form_json(const struct prg_form *);

/* A submission to be shown. */
struct prg_shown {
	const struct prg_row	*row;
	const struct prg_field	*fields;
	const char		*url;
	const struct prg_messages	*messages;
};

/*
 * id, url, created, modified, input and result; for HTML also rows (label and value
 * of each input), thanks (the heading) and created_text for people.  A new
 * reference.
 */
json_t	*prg_shown_json(const struct prg_shown *);
json_t	*prg_shown_model(struct prg_arena *, const struct prg_shown *);

#endif
