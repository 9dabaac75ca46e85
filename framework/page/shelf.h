/*
 * shelf.h - models of results, ready for the next page that shows them.
 *
 * A result does not change, so its model can be shared by all requests as long as
 * the row is of the same moment.  Each page still asks the store for the row.
 */
#ifndef PRG_SHELF_H
#define PRG_SHELF_H

#include "page/model.h"

enum {
	PRG_SHELF_SLOTS = 1024,
	PRG_SHELF_ROW = 8 << 10		/* bytes of JSON in a row that is kept */
};

struct prg_shelf;

struct prg_shelf	*prg_shelf_open(void);	/* NULL: no memory */
void			 prg_shelf_close(struct prg_shelf *);

/*
 * The model of a row: prg_shown_model(), made now or found.  A new reference; not
 * to be changed, as others have it too.  Without a shelf (NULL) it is made.
 */
json_t	*prg_shelf_model(struct prg_shelf *, struct prg_arena *,
	    const struct prg_shown *);

#endif
