/*
 * commit.h - the committer: many rows, one transaction, one sync.
 *
 * A worker hands a row over and goes on with other requests.  One thread takes all
 * that wait, commits them together and lets them go; what comes meanwhile is the
 * next batch, so batches grow with the load.
 */
#ifndef PRG_COMMIT_H
#define PRG_COMMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "store/store.h"

struct prg_commit;

struct prg_commit_stats {
	uint64_t	batches;	/* each is one sync */
	uint64_t	rows;
	uint64_t	refused;	/* because the queue was full */
	int		waiting;	/* rows, now */
};

/* The thread starts with the first row; 'queue' rows may wait, no more. */
int	prg_commit_start(struct prg_store *, int queue, struct prg_commit **,
	    struct prg_error *);

/*
 * Hand over a row: 'done' is called once its outcome is settled and, if that is
 * PRG_WRITTEN, durable.  False, and 'done' is not called, if too many wait.
 */
bool	prg_commit_add(struct prg_commit *, struct prg_write *);

struct prg_commit_stats	prg_commit_stats(struct prg_commit *);

/* Commit what waits, end the thread. */
void	prg_commit_stop(struct prg_commit *);

#endif
