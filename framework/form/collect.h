/*
 * collect.h - a multipart form as the pairs that an urlencoded one would give,
 * and its files.
 *
 * The content of files is counted and hashed, not kept: add_data() in collect.c
 * is the place to store it.
 */
#ifndef PRG_COLLECT_H
#define PRG_COLLECT_H

#include "form/multipart.h"

enum { PRG_MAX_FILENAME = 255 };	/* bytes */

/* A file that a user chose, perhaps empty.  A NUL ends each text. */
struct prg_file {
	struct prg_span		 name;		/* of the field */
	const char		*filename;	/* to show; or NULL */
	const char		*type;		/* as sent: untrusted */
	unsigned long long	 size;
	unsigned char		 hash[32];	/* SHA-256 of its content */
};

struct prg_files {
	struct prg_file	*list;
	size_t		 count;
};

struct prg_collector;

/*
 * Begin to collect a form of this Content-Type.  The collector and its results
 * are the arena's.
 */
struct prg_collector	*prg_collector(struct prg_arena *, const char *type,
			    const struct prg_form_limits *);

/* Read the next bytes.  False if the form is refused. */
bool			prg_collector_feed(struct prg_collector *, const char *,
			    size_t);

/* The body is over: the pairs and the files, or none if the form is refused. */
struct prg_refusal	prg_collector_end(struct prg_collector *,
			    struct prg_pairs *, struct prg_files *);

/*
 * The name of a file, to show it: the part after the last / or \, in UTF-8,
 * without control characters and those that change the direction of writing,
 * cut to PRG_MAX_FILENAME.  NULL if nothing is left, or "." or "..".
 */
const char		*prg_filename_clean(struct prg_arena *,
			    struct prg_span sent);

#endif
