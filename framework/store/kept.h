/*
 * kept.h - rows that were read, for as long as nothing has been written.
 *
 * A page that many look at is the same rows read again and again.  They are
 * kept with a stamp of the database's state, and given again while the database
 * has that stamp; whatever anybody writes, in whichever process, makes another.
 */
#ifndef PRG_KEPT_H
#define PRG_KEPT_H

#include "store/store.h"

enum {
	PRG_KEPT_SLOTS = 256,
	PRG_KEPT_LARGEST = 16 << 10,	/* bytes of the rows of one look */
	PRG_KEPT_NAME = 64
};

/* Equal stamps: equal content. */
struct prg_stamp {
	uint32_t	words[12];
};

/* One look at the database. */
struct prg_look {
	const char	*name;		/* what for: an ID, a route */
	int		 count;		/* at most; to tell lists apart */
	struct prg_stamp stamp;		/* taken before it */
};

struct prg_kept	*prg_kept_open(void);
void	prg_kept_close(struct prg_kept *);

/* The rows of such a look, in the arena; count -1: they have to be read. */
struct prg_rows	prg_kept_find(struct prg_kept *, const struct prg_look *,
		    struct prg_arena *);

/*
 * What a look has read.  Not kept if the look before was at another state: where
 * each is, it would be in vain.
 */
void	prg_kept_put(struct prg_kept *, const struct prg_look *,
	    struct prg_rows);

#endif
