/*
 * names.h - the names that models and templates share.
 *
 * A name is stored once, so a look-up in a model compares pointers.
 */
#ifndef PRG_NAMES_H
#define PRG_NAMES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"

/* The names in prg's own models; prg-template(7) describes them. */
#define PRG_OWN_NAMES(X)						\
	X(action) X(address) X(app) X(app_stylesheet) X(area)		\
	X(autocomplete) X(base) X(button) X(checkbox) X(checkboxes)	\
	X(checked) X(choices) X(chosen) X(created) X(created_text)	\
	X(describedby) X(detail) X(dir) X(draft) X(error) X(errors)	\
	X(expires) X(expires_text) X(fields) X(first) X(form)		\
	X(form_title) X(form_url) X(has_recent) X(hidden) X(hint)	\
	X(home) X(href) X(id) X(input) X(inputmode) X(intro) X(key)	\
	X(key_name) X(label) X(lang) X(line) X(lines) X(max)		\
	X(messages) X(min) X(minlength) X(modified) X(multiple) X(name)	\
	X(older) X(optional) X(radios) X(recent) X(remove) X(required)	\
	X(result) X(rows) X(select) X(site) X(state) X(status) X(step)	\
	X(stylesheet) X(text) X(thanks) X(title) X(type) X(url)		\
	X(value) X(wrong)

/* prg_name.title is the one stored "title". */
struct prg_own_names {
#define PRG_OWN_NAME(name)	char name[sizeof(#name)];
	PRG_OWN_NAMES(PRG_OWN_NAME)
#undef PRG_OWN_NAME
};

extern const struct prg_own_names prg_name;

/*
 * All names of a process, from an arena that lives as long.  Threads may look
 * up names while another thread adds some.
 */
struct prg_names;

/* A table that has prg's own names. */
struct prg_names	*prg_names_new(struct prg_arena *);

/* The stored name, added if it is missing.  Ends in a NUL. */
const char	*prg_names_add(struct prg_names *, struct prg_span);

/* The stored name, or NULL: no template and no model has it. */
const char	*prg_names_find(const struct prg_names *, struct prg_span);

/* Add a name and record that some model provides it. */
const char	*prg_names_provide(struct prg_names *, const char *);
bool		 prg_names_provided(const struct prg_names *, const char *);

#endif
