/*
 * turn.h - processes that write to one file, one after the other.
 *
 * SQLite's write lock has no queue: a process with much to write takes it again
 * the moment it lets go of it, and another one may wait for ever.  Whoever wants
 * to write takes a turn first.  It is a courtesy: what keeps the file whole is
 * SQLite's lock.
 */
#ifndef PRG_TURN_H
#define PRG_TURN_H

/* The file whose locks these are, "{path}-turn"; -1: all go on without. */
int	prg_turn_open(const char *path);

/* Wait for one's turn, 'ms' at most, then go on in any case. */
void	prg_turn_take(int fd, int ms);
void	prg_turn_give(int fd);

#endif
