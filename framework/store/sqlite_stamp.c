/*
 * sqlite_stamp.c - has the database changed since?
 *
 * SQLite answers that within a read transaction, which takes locks: four system
 * calls, half of what it costs to read a row.  The same is to be seen from the
 * outside.  Whoever commits to a database in WAL mode makes it visible by writing
 * the header of the WAL-index, which all processes share in memory: first its
 * second copy, then its first (sqlite.org/walformat.html, 2.1).  While both are
 * as they were, the content is what it was.
 */
#include <stdatomic.h>
#include <string.h>

#include "store/sqlite.h"

enum {
	REGION = 32 << 10,	/* bytes of the WAL-index that are mapped at once */
	WORDS = sizeof(((struct prg_stamp *)0)->words) / sizeof(uint32_t),
	IS_INIT = 3		/* the word with the flag that it is in use */
};

/* Where it is mapped for as long as any connection is open, or NULL. */
static const _Atomic uint32_t *
find_header(sqlite3 *db)
{
	sqlite3_file *f = NULL;
	volatile void *p = NULL;

	if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &f) !=
	    SQLITE_OK || f == NULL || f->pMethods == NULL ||
	    f->pMethods->iVersion < 2)
		return NULL;
	if (f->pMethods->xShmMap(f, 0, REGION, 0, &p) != SQLITE_OK)
		return NULL;
	return (const _Atomic uint32_t *)p;
}

void
prg_sqlite_find_stamp(struct prg_sqlite *s)
{
	s->header = find_header(s->db);
}

bool
prg_sqlite_stamp(struct prg_sqlite *s, struct prg_stamp *stamp)
{
	const _Atomic uint32_t *h = s->header;
	int i;

	if (h == NULL)
		return false;
	for (i = 0; i < WORDS; i++)
		stamp->words[i] = atomic_load(&h[i]);
	for (i = 0; i < WORDS; i++)
		if (stamp->words[i] != atomic_load(&h[WORDS + i]))
			return false;
	return stamp->words[IS_INIT] != 0;
}
