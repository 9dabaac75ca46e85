/*
 * sweep.h - the thread that clears away what has expired.
 */
#ifndef PRG_SWEEP_H
#define PRG_SWEEP_H

#include "base/error.h"
#include "store/store.h"

struct prg_sweep;

/* Start it: it looks every 'seconds'. */
int	prg_sweep_start(struct prg_store *, int seconds, struct prg_sweep **,
	    struct prg_error *);
void	prg_sweep_stop(struct prg_sweep *);

#endif
