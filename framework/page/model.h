/*
 * model.h - what templates and programs see of a form and of a submission.
 *
 * Models for templates lie in an arena and borrow from what they are made of;
 * JSON for programs is a new reference.
 */
#ifndef PRG_MODEL_H
#define PRG_MODEL_H

#include "form/field.h"
#include "page/value.h"
#include "store/store.h"

/* All messages by name. */
struct prg_var	prg_messages_model(struct prg_arena *, struct prg_names *,
		    const struct prg_messages *);

/* "rtl", or NULL, from a language tag (RFC 5646). */
const char	*prg_direction(const char *lang);

/* A moment for people, in the words of the app. */
const char	*prg_moment_text(struct prg_arena *,
		    const struct prg_messages *, int64_t ms);

/* A form to be shown. */
struct prg_form {
	const struct prg_field		*fields;
	const char			*action;	/* its URL */
	const char			*button;	/* NULL: the message */
	const json_t			*values;	/* submitted, by name */
	const struct prg_field_errors	*errors;
	const char			*key_name;
	const char			*key;
	struct prg_var			 controls;	/* missing: made anew */
};

/*
 * The list of its controls.  Without errors it is the same for all visitors,
 * and can be made at start.
 */
struct prg_var	prg_form_controls(struct prg_arena *, const struct prg_form *);

struct prg_var	prg_form_model(struct prg_arena *, const struct prg_form *);
json_t		*prg_form_json(const struct prg_form *);

/* A submission to be shown. */
struct prg_shown {
	const struct prg_row		*row;
	const struct prg_field		*fields;
	const char			*url;
	const struct prg_messages	*messages;
	const struct prg_names		*names;
	bool				 listed;	/* to anybody */
};

/*
 * id, url, state, created, modified, expires, input and result; for templates
 * also rows (label and value of each input), thanks (the heading),
 * created_text and expires_text.
 */
struct prg_var	prg_shown_model(struct prg_arena *, const struct prg_shown *);
json_t		*prg_shown_json(const struct prg_shown *);

#endif
