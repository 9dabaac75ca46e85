/*
 * multipart.h - multipart/form-data (RFC 7578, RFC 2046), read as it arrives.
 *
 * Bytes go in, in pieces of any size; parts come out as calls.  The parser
 * holds back as many bytes as the header of a part may have, not the content.
 *
 *	m = prg_multipart(arena, content_type, &limits, &sink);
 *	while ((n = read(chunk)) > 0 && prg_multipart_feed(&m, chunk, n))
 *		;
 *	refused = prg_multipart_end(&m);
 *
 * It refuses what two readers could read in two ways.  Lines end in CRLF, the
 * text before the first part does not contain the boundary, the last part has
 * its end.  A line that only begins like a boundary is content.
 */
#ifndef PRG_MULTIPART_H
#define PRG_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "form/pairs.h"

/*
 * The header of a part.  Browsers send CR, LF and " in names as %0D, %0A and
 * %22, and escape nothing else: these three are decoded.
 */
struct prg_part {
	struct prg_span	name;
	struct prg_span	filename;	/* p is NULL: not a file */
	struct prg_span	type;		/* "text/plain", or empty; untrusted */
	bool		labelled;	/* it names a charset */
	enum prg_charset charset;
};

/*
 * Called for each part.  The arguments are valid until the call returns.  A
 * call that refuses the form is the last one.  A part that is cut off has no
 * 'end'.
 */
struct prg_part_sink {
	struct prg_refusal	(*begin)(void *arg, const struct prg_part *);
	struct prg_refusal	(*data)(void *arg, struct prg_span);
	struct prg_refusal	(*end)(void *arg);
	void			*arg;
};

enum {
	PRG_MAX_BOUNDARY = 70,		/* RFC 2046, 5.1.1 */
	PRG_MAX_PADDING = 64		/* spaces and tabs behind a boundary */
};

struct prg_multipart {
	struct prg_refusal	 refused;
	/* The rest is private. */
	struct prg_part_sink	 sink;
	struct prg_form_limits	 limits;
	size_t			(*step)(struct prg_multipart *, const char *,
				    size_t);
	char			 mark[4 + PRG_MAX_BOUNDARY];
	size_t			 mark_len;	/* CRLF--boundary */
	char			*hold;		/* bytes not taken yet */
	size_t			 held, room;
	size_t			 seen;		/* of them, searched */
	size_t			 line, lines;	/* of the header */
	struct prg_buf		 text;		/* decoded names */
	size_t			 parts, files;
	bool			 inside;	/* a part */
	bool			 file;		/* which is a file */
	size_t			 size;		/* of its content so far */
};

/*
 * Begin with the value of Content-Type (NULL: none).  Refused with 415 for
 * another type, with 400 without one valid boundary.
 */
struct prg_multipart	prg_multipart(struct prg_arena *, const char *type,
			    const struct prg_form_limits *,
			    const struct prg_part_sink *);

/* Read the next bytes.  False if the form is refused. */
bool			prg_multipart_feed(struct prg_multipart *, const char *,
			    size_t);

/* The body is over: refused with 400 if the form is not. */
struct prg_refusal	prg_multipart_end(struct prg_multipart *);

/* Whether a Content-Type is multipart/form-data. */
bool			prg_multipart_is(const char *type);

/* -- part.c --------------------------------------------------------------- */

/*
 * Read the header of a part: lines that end in CRLF.  Names may be any bytes.
 * Decoded names are appended to 'text', which must have room for 'head'.  The
 * rest points into 'head'.
 *
 * Refused are a field of ours that comes twice, folded lines, and content that
 * is encoded.
 */
struct prg_refusal	prg_part_read(struct prg_buf *text,
			    struct prg_span head, struct prg_part *);

#endif
