/*
 * tags.h - the tags of a template, one after the other.
 */
#ifndef PRG_TAGS_H
#define PRG_TAGS_H

#include "page/template.h"

/* For printf's "%.*s". */
#define PRG_SPAN(s)	(int)(s).len, (s).p

struct prg_tags {
	const char		*file;
	struct prg_error	*err;
	struct prg_span		 text;
	size_t			 pos;		/* behind the last tag */
	unsigned		 line;
	struct prg_span		 open;		/* "{{" until it is set */
	struct prg_span		 close;
};

struct prg_tag {
	char		kind;		/* # ^ / > < $ ! = & or 0, a value */
	bool		dynamic;	/* the name is behind a '*' */
	struct prg_span	whole;		/* all between the kind and the end */
	struct prg_span	name;
	size_t		start;
	size_t		end;
	unsigned	line;
};

/* Start at the first byte.  -1 if the text is too long, or not UTF-8. */
int	prg_tags_begin(struct prg_tags *, const char *file, struct prg_span text,
	    struct prg_error *);

/* The next tag: 1, or 0 if there is none, or -1 if it is broken. */
int	prg_tags_next(struct prg_tags *, struct prg_tag *);

/* Set the error to "FILE:LINE: " and this; always -1. */
int	prg_tags_refuse(const struct prg_tags *, unsigned line,
	    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* How many newlines are in it. */
unsigned	prg_count_lines(struct prg_span);

#endif
