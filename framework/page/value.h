/*
 * value.h - what templates read: values in an arena, or JSON of an app.
 */
#ifndef PRG_VALUE_H
#define PRG_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "page/names.h"

enum prg_var_type {
	PRG_VAR_NONE,		/* missing */
	PRG_VAR_NULL,
	PRG_VAR_FALSE,
	PRG_VAR_TRUE,
	PRG_VAR_INTEGER,
	PRG_VAR_REAL,
	PRG_VAR_TEXT,
	PRG_VAR_LIST,
	PRG_VAR_OBJECT,
	PRG_VAR_JSON_LIST,
	PRG_VAR_JSON_OBJECT
};

/*
 * A value of a model: two words, passed by value.  Zero-initialised it is
 * missing.  What it points to is borrowed.
 */
struct prg_var {
	uint32_t	type;
	uint32_t	len;	/* bytes, items or members */
	union {
		const char			*text;
		int64_t				 integer;
		double				 real;
		const struct prg_var		*list;
		const struct prg_named		*members;
		const json_t			*json;
	};
};

/* 'name' is stored in struct prg_names if a template may ask for it. */
struct prg_named {
	const char	*name;
	struct prg_var	 value;
};

/* NULL is null, which hides a value of the same name further out. */
struct prg_var	prg_var_text(const char *);
struct prg_var	prg_var_span(struct prg_span);
struct prg_var	prg_var_bool(bool);
struct prg_var	prg_var_integer(int64_t);
struct prg_var	prg_var_real(double);
struct prg_var	prg_var_list(const struct prg_var *, size_t count);

/* Release the JSON with the arena.  Returns it. */
json_t	*prg_json_defer(struct prg_arena *, json_t *);

/* Reads the JSON in place.  NULL is missing. */
struct prg_var	prg_var_json(const json_t *);

/* A list or object in JSON text; anything else is an empty object. */
struct prg_var	prg_var_parse(struct prg_arena *, const struct prg_names *,
		    const char *text);

/* An object while it is made; setting a name once more has no effect. */
struct prg_object {
	struct prg_named	*members;
	uint32_t		 count;
	uint32_t		 room;
};

struct prg_object	prg_object(struct prg_arena *, uint32_t room);
void			prg_object_set(struct prg_object *, const char *name,
			    struct prg_var);
struct prg_var		prg_object_var(const struct prg_object *);

/* The member of an object; missing if there is none, or no object. */
struct prg_var	prg_var_find(struct prg_var, const char *name);

bool		prg_var_is_list(struct prg_var);
struct prg_var	prg_var_at(struct prg_var list, size_t);	/* < len */

/* Whether a section over it is left out. */
bool		prg_var_is_empty(struct prg_var);

/* A new reference; NULL if it is missing. */
json_t		*prg_var_to_json(struct prg_var);

#endif
