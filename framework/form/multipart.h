/*
 * multipart.h - multipart/form-data (RFC 7578, RFC 2046), as it arrives.
 *
 * Bytes go in, in pieces of any size, and parts come out as calls.  What is in a
 * part is passed on, not kept: the parser holds the header of one part at most.
 *
 *	m = prg_multipart(arena, content_type, &limits, &sink);
 *	while ((n = read(chunk)) > 0 && prg_multipart_feed(&m, chunk, n))
 *		;
 *	refused = prg_multipart_end(&m);
 *
 * Strict where two readers could see two forms: lines end in CRLF, the text in
 * front of the first part has no boundary in it, the last part has its end.  A
 * line that only begins like a boundary is content.
 */
#ifndef PRG_MULTIPART_H
#define PRG_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "form/pairs.h"
#include "form/part.h"

/* Ceilings; beyond each the status is 413. */
struct prg_multipart_limits {
	struct prg_form_limits	form;	/* 'value': of parts that are no files */
	size_t			files;	/* parts that are, of 'form.fields' */
	size_t			head;	/* bytes in the header of a part */
	size_t			lines;	/* fields in it */
};

/*
 * Who is told.  What the calls point to is good until they return.  Each may
 * refuse the whole form: no further call comes then.  'end' comes for each part
 * that was whole; of one that breaks off there was 'begin', and perhaps 'data'.
 */
struct prg_part_sink {
	struct prg_refusal	(*begin)(void *arg, const struct prg_part *);
	struct prg_refusal	(*data)(void *arg, struct prg_span);
	struct prg_refusal	(*end)(void *arg);
	void			*arg;
};

enum {
	PRG_MAX_BOUNDARY = 70,		/* RFC 2046, 5.1.1 */
	PRG_MAX_PADDING = 64		/* blanks behind one, that count as such */
};

struct prg_multipart {
	struct prg_refusal		 refused;
	/* The rest is its own. */
	struct prg_part_sink		 sink;
	struct prg_multipart_limits	 limits;
	size_t			(*step)(struct prg_multipart *, const char *,
				    size_t);
	char			 mark[4 + PRG_MAX_BOUNDARY]; /* CRLF--boundary */
	size_t			 mark_len;
	size_t			 matched;	/* bytes of it, just seen */
	unsigned char		 back[2 + PRG_MAX_BOUNDARY];
	size_t			 column;	/* in the text before the parts */
	bool			 after_cr;	/* there */
	char			 tail[PRG_MAX_PADDING + 1]; /* seen after it */
	size_t			 tail_len;
	struct prg_buf		 head, text;
	size_t			 line, lines;	/* of the head */
	size_t			 parts, files;
	bool			 inside;	/* a part */
	bool			 file;		/* which is one */
	size_t			 size;		/* of what was in it */
};

/*
 * Begin, with the value of Content-Type (NULL: there is none).  Refused with 415
 * if it is another type or charset, with 400 if it has no good boundary, or two.
 */
struct prg_multipart	prg_multipart(struct prg_arena *, const char *type,
			    const struct prg_multipart_limits *,
			    const struct prg_part_sink *);

/* The next bytes; false if the form is refused, and will be. */
bool			prg_multipart_feed(struct prg_multipart *, const char *,
			    size_t);

/* No more will come: refused with 400 if more had to.  Returns 'refused'. */
struct prg_refusal	prg_multipart_end(struct prg_multipart *);

/* Whether a Content-Type is this one, whatever its parameters. */
bool			prg_multipart_is(const char *type);

#endif
