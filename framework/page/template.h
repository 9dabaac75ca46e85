/*
 * template.h - Mustache: text with placeholders, compiled at start, filled
 * from a model.
 *
 * Pure: bytes in, values out; no file is opened here.
 *
 * The language is Mustache without lambdas, and with its two extensions:
 * layouts ({{<layout}} {{$main}}..{{/main}} {{/layout}}) and partials that the
 * model names ({{>*name}}).  A name that the model does not have is empty.  A
 * section is left out if its value is missing, null, false, 0, "" or [].
 *
 * The templates are HTML in UTF-8, and the place of a value decides how it is
 * written.  Where no way of writing it is safe, the template is refused.
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
 * A template begins and ends in the text between tags, and includes others
 * only there; a section ends where it began.
 */
#ifndef PRG_TEMPLATE_H
#define PRG_TEMPLATE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "page/value.h"

enum {
	PRG_TEMPLATE_MODELS = 5,	/* in one rendering */
	PRG_TEMPLATE_DEPTH = 100,	/* of sections, partials */
	PRG_TEMPLATE_TAG = 256,		/* bytes, in a tag that is no comment */
	PRG_TEMPLATE_SIZE = 1 << 20,	/* bytes */
	PRG_TEMPLATE_RUNS = 1 << 20	/* of them in a rendering */
};

struct prg_template;

/* Templates that know each other by name. */
struct prg_templates {
	struct prg_arena	*arena;
	struct prg_names	*names;		/* NULL: one is made */
	struct prg_template	*first;
	bool			 plain;		/* no HTML: any place will do */
};

/*
 * Compile 'text' and add it under 'name', in place of one that has this name.
 * 'file' is for messages.  The text is copied.  -1 with "FILE:LINE: what was
 * expected" if it is invalid; the set is then as it was.
 */
int	prg_templates_add(struct prg_templates *, const char *name,
	    const char *file, struct prg_span text, struct prg_error *);

/*
 * Call this once all are there: -1 if one of them names a partial that is
 * missing, or includes itself for ever.
 */
int	prg_templates_link(struct prg_templates *, struct prg_error *);

const struct prg_template	*prg_templates_find(
				    const struct prg_templates *,
				    const char *name);

/*
 * Call 'say' with a sentence, file and line for each name in a template that
 * no model provides (prg_names_provide()), for each block that is given to a
 * parent but that no template has, and for the first script or style in each
 * that the Content-Security-Policy blocks.  Returns how many there are.  Each
 * part of a dotted name is checked by itself, so all complaints are right, but
 * some mistakes are missed.
 */
int	prg_templates_unknown(const struct prg_templates *,
	    void (*say)(const char *));

/*
 * Append the template filled from 'models', a zeroed one behind the last: a
 * name is looked up in the last first, as in sections within each other.
 * Renderings in several threads may share set and models, as long as none
 * changes either.  Missing partials are empty.  -1 if the text gets longer than
 * 'out' may be, is deeper than PRG_TEMPLATE_DEPTH or takes more than
 * PRG_TEMPLATE_RUNS.  If an address is blocked, 'blocked' (or NULL) says where.
 */
int	prg_template_render(const struct prg_templates *,
	    const struct prg_template *, const struct prg_var *models,
	    struct prg_buf *out, struct prg_error *blocked);

#endif
