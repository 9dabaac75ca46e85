/*
 * part.h - the header of one part of multipart/form-data (RFC 7578).
 */
#ifndef PRG_PART_H
#define PRG_PART_H

#include "base/error.h"
#include "base/text.h"

/*
 * What a client says about a part.  Browsers write CR, LF and " as %0D, %0A and
 * %22 in names, and nothing else so: these three are undone.  That can't tell a
 * name with %22 in it from one with a quote, so the bytes as sent are here too.
 */
struct prg_part {
	struct prg_span	name;
	struct prg_span	filename;	/* p is NULL: it is no file */
	struct prg_span	raw_name;	/* as between the quotes */
	struct prg_span	raw_filename;
	struct prg_span	type;		/* "text/plain", or empty; untrusted */
};

/*
 * Read the header of a part: its lines, each ended by CRLF.  Names may be any
 * bytes.  What is decoded is appended to 'text', which must have room for as many
 * bytes as there are in 'head'; the rest points into 'head'.
 *
 * Refused is what two readers could read in two ways: a field of ours that comes
 * twice, folded lines, a file's name in filename* alone, another encoding than the
 * bytes as they are, another charset than UTF-8 for text.
 */
struct prg_refusal	prg_part_read(struct prg_buf *text, struct prg_span head,
			    struct prg_part *);

#endif
