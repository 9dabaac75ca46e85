/*
 * template.h - Mustache: text with holes, compiled at start, filled from JSON.
 *
 * Pure: bytes in, values out; no file is opened here.
 *
 * The language is Mustache without lambdas, and with its two extensions:
 * layouts ({{<layout}} {{$main}}..{{/main}} {{/layout}}) and partials that the
 * model names ({{>*name}}).  A name that the model does not have is empty.  To
 * a section, empty is: what is not there, null, false, 0, "" and [].
 *
 * The templates are HTML in UTF-8, and a value is written as the place where it stands
 * asks for.  Where no way of writing it is safe, the template is refused.
 *
 *	in text, <title>, <textarea>
 *		{{x}}	escaped
 *	in text
 *		{{{x}}}	as it is: the one thing to grep for
 *	in the quotes of title="", value="" and the like
 *		{{x}}	escaped
 *	in the quotes of href="", src="" and the like
 *		{{x}}	escaped; the whole address must be one of this site,
 *			or of http, https or mailto
 *		/a/{{x}}?b={{y}}	percent-encoded
 *	in <script type="application/json">
 *		{{{x}}}	as JSON, whatever it is
 *	in scripts, styles, on*="", style="", srcdoc="", comments, names of tags
 *		refused
 *
 * A template begins and ends in the text between tags, and includes others only
 * there; a section ends where it began.
 */
#ifndef PRG_TEMPLATE_H
#define PRG_TEMPLATE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

enum {
	PRG_TEMPLATE_MODELS = 4,	/* in one rendering */
	PRG_TEMPLATE_DEPTH = 100,	/* of sections, partials */
	PRG_TEMPLATE_TAG = 256,		/* bytes, in a tag that is no comment */
	PRG_TEMPLATE_SIZE = 1 << 20,	/* bytes */
	PRG_TEMPLATE_RUNS = 1 << 20	/* of them in a rendering */
};

struct prg_template;

/* Templates that know each other by name. */
struct prg_templates {
	struct prg_arena	*arena;
	struct prg_template	*first;
	bool			 plain;	/* no HTML: any place will do */
};

/*
 * Compile 'text' and add it under 'name', in place of one that has this name.
 * 'file' is for messages.  The text is copied.  -1 with "FILE:LINE: what was
 * expected" if it can't be; the set is then as it was.
 */
int	prg_templates_add(struct prg_templates *, const char *name,
	    const char *file, struct prg_span text, struct prg_error *);

/*
 * Add one that is known to be right, before all others.  It is compiled when it
 * is needed; 'name' and 'text' have to stay.
 */
void	prg_templates_offer(struct prg_templates *, const char *name,
	    struct prg_span text);

/*
 * Once all are there: -1 if one of them names a partial that is not there, or
 * can only recur for ever.
 */
int	prg_templates_link(struct prg_templates *, struct prg_error *);

/* Compile all that are only offered: from now on, finding one changes nothing. */
void	prg_templates_compile(struct prg_templates *);

const struct prg_template	*prg_templates_find(
				    const struct prg_templates *,
				    const char *name);

/* A part of a name that a template asks for, or a block that it gives. */
struct prg_template_name {
	const char	*file;
	unsigned	 line;
	const char	*part;
	bool		 lost;		/* a block that no template has */
};

/* Call 'fn' for each part of each name, and each lost block, in all templates. */
void	prg_templates_names(const struct prg_templates *,
	    void (*fn)(void *, const struct prg_template_name *), void *);

/*
 * Append the template filled from 'models', a NULL behind the last: a name is
 * looked for in the last first, as in sections within each other.  Renderings
 * in different threads may share set and models, provided that nobody changes
 * either.  Partials that are missing are empty.  -1 if it came to more than 'out' may hold,
 * went deeper than PRG_TEMPLATE_DEPTH or ran longer than PRG_TEMPLATE_RUNS.
 */
int	prg_template_render(const struct prg_templates *,
	    const struct prg_template *, json_t *const *models,
	    struct prg_buf *out);

#endif
