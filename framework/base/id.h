/*
 * id.h - KSUIDs: names for submissions that nobody can guess.
 *
 * 4 bytes of time (seconds since 2014-05-13 16:53:20 UTC, so that new rows lie
 * side by side in a B-tree) and 16 of libsodium's generator, which the kernel has
 * given its key, written as 27 characters of base62 that sort as the bytes do.
 */
#ifndef PRG_ID_H
#define PRG_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum {
	PRG_ID_BYTES = 20,
	PRG_ID_LEN = 27,
	PRG_ID_MARK = 8,
	PRG_ID_EPOCH = 1400000000
};

struct prg_id {
	char	text[PRG_ID_LEN + 1];
};

/* What stands for an ID in the log: it tells IDs apart, and gives none away. */
struct prg_id_mark {
	char	text[PRG_ID_MARK + 1];
};

/*
 * Once, before the first and before any thread; -1 if it can't be.  The generator
 * asks the kernel once, not for each ID, and anew in each child of a fork().
 */
int		prg_id_open(void);

/* A new one, of this second.  Safe in threads and after fork(). */
struct prg_id	prg_id_new(void);

struct prg_id	prg_id_format(const unsigned char bytes[PRG_ID_BYTES]);

/* False unless the text is an ID to the letter; 'bytes' only then touched. */
bool	prg_id_parse(struct prg_span, unsigned char bytes[PRG_ID_BYTES]);

/* Seconds since 1970 at which the ID (a valid one) was made. */
int64_t	prg_id_time(const struct prg_id *);

/* Hexadecimal digits of its hash: BLAKE2b of 16 bytes, without a key. */
struct prg_id_mark	prg_id_mark(const struct prg_id *);

#endif
