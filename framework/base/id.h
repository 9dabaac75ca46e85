/*
 * id.h - KSUIDs: unguessable names for submissions.
 *
 * 4 bytes of time (seconds since 2014-05-13 16:53:20 UTC, so that new rows lie
 * side by side in a B-tree) and 16 random bytes, written as 27 characters of
 * base62 that sort as the bytes do.
 */
#ifndef PRG_ID_H
#define PRG_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum {
	PRG_ID_BYTES = 20,
	PRG_ID_LEN = 27,
	PRG_ID_EPOCH = 1400000000
};

struct prg_id {
	char	text[PRG_ID_LEN + 1];
};

/* 32 bits of BLAKE2b: for the log, as they do not reveal the ID. */
struct prg_id_mark {
	char	text[sizeof("01234567")];
};

/*
 * Call once, before any other function here and before any thread; -1 if it
 * fails.  The generator asks the kernel once, and again in each child of a
 * fork().
 */
int		prg_id_open(void);

/*
 * Make a new ID of this second, or of the epoch if the clock is before it.
 * Safe in threads and after fork().
 */
struct prg_id	prg_id_new(void);

/* The latest time of an ID that prg_id_new() made in this process. */
int64_t		prg_id_latest(void);

struct prg_id	prg_id_format(const unsigned char bytes[PRG_ID_BYTES]);

/* Returns false, and leaves 'bytes' as they are, if the text is not an ID. */
bool	prg_id_parse(struct prg_span, unsigned char bytes[PRG_ID_BYTES]);

/* The time, in seconds since 1970, of a valid ID. */
int64_t	prg_id_time(const struct prg_id *);

/* 16 bits, for a table of IDs: of the last digits, which are random. */
uint32_t		prg_id_hash(const struct prg_id *);
struct prg_id_mark	prg_id_mark(const struct prg_id *);

#endif
