/*
 * views.h - the templates of an app: built-in, embedded, and in a folder.
 */
#ifndef PRG_VIEWS_H
#define PRG_VIEWS_H

#include "page/template.h"
#include "prg.h"

enum {
	PRG_MAX_PAGE = 4 << 20,		/* bytes in a rendered page */
	PRG_MAX_TEMPLATE = 1 << 20	/* bytes in a template's file */
};

struct prg_views;

/* A "NAME.mustache" of a later source replaces that of an earlier one. */
struct prg_views_source {
	const struct prg_embedded *embedded;	/* in the app; NULL: none */
	const char	*dir;			/* NULL: none */
	bool		 dev;			/* read 'dir' for each page */
};

/*
 * Compile the built-in templates and those of the source.  With 'dev', the
 * folder may be missing.  The source is kept.  -1 with file, line and what was
 * expected.
 */
int	prg_views_open(const struct prg_views_source *, struct prg_views **,
	    struct prg_error *);
void	prg_views_close(struct prg_views *);

/* The names that templates and models share. */
struct prg_names	*prg_views_names(struct prg_views *);

/* Add the names of the app's fields and those that it lists. */
void	prg_views_provide(struct prg_views *, const struct prg_app *);

/* See prg_templates_unknown(). */
int	prg_views_unknown(struct prg_views *, void (*say)(const char *));

/* Whether there is a template of this name. */
bool	prg_views_has(struct prg_views *, const char *name);

/* A template and what fills it; see prg_template_render(). */
struct prg_view {
	const char		*name;
	const struct prg_var	*models;	/* a zeroed one ends them */
};

/*
 * Append the page; -1 with a sentence if it can't be made.  0 with a sentence
 * if an address in it was blocked, else with "".
 */
int	prg_views_render(struct prg_views *, const struct prg_view *,
	    struct prg_buf *, struct prg_error *);

/* The files of templates/prg and templates/static; tools/embed.sh writes it. */
extern const struct prg_embedded prg_builtins[];

/* The built-in stylesheet. */
struct prg_span	prg_stylesheet(void);

/*
 * The app's own, "app.css", from the folder or else the program; empty without
 * one.  -1 with a sentence if the file cannot be read.
 */
int	prg_views_stylesheet(const struct prg_views *, struct prg_arena *,
	    struct prg_span *, struct prg_error *);

#endif
