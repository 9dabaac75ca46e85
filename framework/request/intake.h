/*
 * intake.h - the body of a request, in pieces or as a whole.
 */
#ifndef PRG_INTAKE_H
#define PRG_INTAKE_H

#include "base/text.h"
#include "request/request.h"

struct prg_intake {
	struct prg_refusal	 refused;
	/* The rest is private. */
	struct prg_arena	*arena;
	struct prg_conn		*conn;
	bool			 has_length;	/* a Content-Length */
	size_t			 max;
	size_t			 left;		/* bytes that may still come */
};

/*
 * Begin to read a body of at most 'max' bytes.  A body without Content-Length
 * is refused with 411 if it has a Transfer-Encoding, and in a CGI program,
 * which cannot know where it ends; a longer one is refused with 413.
 */
struct prg_intake	prg_intake(struct prg_arena *, struct prg_conn *,
			    const struct prg_request *, size_t max);

/*
 * Read up to 'n' bytes.  Returns 0 at the end, or if the body is refused: with
 * 413 if it is longer than 'max', with 400 if it differs from its
 * Content-Length or breaks off.
 */
size_t			prg_intake_read(struct prg_intake *, char *, size_t n);

/* Read the whole body, or be refused as above. */
struct prg_refusal	prg_intake_all(struct prg_intake *, struct prg_span *);

#endif
