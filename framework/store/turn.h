/*
 * turn.h - processes that write to one file, one after the other.
 *
 * Commits and checkpoints are made by the process that has the turn, and by
 * no other.  SQLite's write lock is not enough: it has no queue, so a process
 * with much to write takes it again at once and another may wait for ever;
 * and before version 3.51.3 a checkpoint beside another connection's commit
 * can damage the log (sqlite.org/wal.html, "The WAL-Reset Bug").
 */
#ifndef PRG_TURN_H
#define PRG_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Open the file with the locks, "{path}-turn".  It is created with the owner
 * and the mode of the file at 'path', if there is one; only by that owner or
 * by root, as others would lock the owner out.  -1 with a sentence.
 */
int	prg_turn_open(const char *path, struct prg_error *);

/* Wait for the turn, 'ms' at most.  False if another process still has it. */
bool	prg_turn_take(int fd, int ms);
void	prg_turn_give(int fd);

/*
 * Sleep before the next look at a lock, an eighth of the time waited since
 * 'began' (ms of prg_clock_ms()).  False if that was 'ms' ago.
 */
bool	prg_turn_pause(int64_t began, int ms);

#endif
