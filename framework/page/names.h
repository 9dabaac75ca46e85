/*
 * names.h - whether everything that templates ask for can be there.
 */
#ifndef PRG_NAMES_H
#define PRG_NAMES_H

#include "page/views.h"
#include "prg.h"

/*
 * Look for names in the templates that neither a field, nor prg, nor the app's
 * 'names' provide, and for blocks that are given but asked for by none: 'say' gets a
 * sentence for each, with file and line.  How many.
 */
int	prg_names_unknown(struct prg_views *, const struct prg_app *,
	    void (*say)(const char *));

#endif
