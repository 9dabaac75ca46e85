/*
 * collect.h - a multipart form as the pairs that an urlencoded one would give.
 *
 * Files are counted and limited, their bytes are not kept: the place where they
 * would be is data() in collect.c.
 */
#ifndef PRG_COLLECT_H
#define PRG_COLLECT_H

#include "form/multipart.h"

/* A file that somebody chose, be it empty.  All texts end in a NUL. */
struct prg_file {
	struct prg_span		 name;		/* of the field */
	const char		*filename;	/* to be shown; or NULL */
	const char		*type;		/* as was said: untrusted */
	unsigned long long	 size;
	unsigned char		 hash[32];	/* SHA-256 of its bytes */
};

struct prg_files {
	const struct prg_file	*list;
	size_t			 count;
};

struct prg_collector;

/*
 * A collector for a form of this Content-Type; refused ones are too, and will say
 * so.  It and all that it collects is the arena's.
 */
struct prg_collector	*prg_collector(struct prg_arena *, const char *type,
			    const struct prg_multipart_limits *);

/* The next bytes; false if the form is refused. */
bool			prg_collector_feed(struct prg_collector *, const char *,
			    size_t);

/* All bytes came: the names and values, and the files.  None if it is refused. */
struct prg_refusal	prg_collector_end(struct prg_collector *,
			    struct prg_pairs *, struct prg_files *);

#endif
