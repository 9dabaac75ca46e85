/*
 * views.h - the templates of an app: those built in, and the files that replace
 * them.
 */
#ifndef PRG_VIEWS_H
#define PRG_VIEWS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

enum {
	PRG_MAX_PAGE = 4 << 20,		/* bytes in a rendered page */
	PRG_MAX_TEMPLATE = 1 << 20	/* bytes in a template's file */
};

struct prg_views;

/*
 * Compile each "NAME.mustache" in 'dir' (NULL: none), which replaces one built in
 * or is the app's own.  What is built in is compiled when it is needed.  With 'dev' changed files are read again
 * before each page.  -1 with file, line and what was expected.
 */
int	prg_views_open(const char *dir, bool dev, struct prg_views **,
	    struct prg_error *);

/* Compile all the others, too: before several threads render. */
void	prg_views_compile(struct prg_views *);

/* Whether there is a template of this name. */
bool	prg_views_has(struct prg_views *, const char *name);

/*
 * Whether all of these (NULL behind the last) are and stay those built in, so that
 * they make the same of the same models for ever.
 */
bool	prg_views_are_builtin(struct prg_views *, const char *const *names);

/* A template and what fills it; see prg_template_render(). */
struct prg_view {
	const char	*name;
	json_t		*const *models;		/* NULL behind the last */
};

/* Append the page; -1 with a sentence if it can't be made. */
int	prg_views_render(struct prg_views *, const struct prg_view *,
	    struct prg_buf *, struct prg_error *);

/* See prg_templates_names(). */
struct prg_template_name;
void	prg_views_names(struct prg_views *,
	    void (*fn)(void *, const struct prg_template_name *), void *);

/* The built-in stylesheet. */
struct prg_span	prg_stylesheet(void);

void	prg_views_close(struct prg_views *);

#endif
