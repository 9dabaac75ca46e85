/*
 * text.h - bytes as text: UTF-8, percent-encoding, HTML, newlines.
 */
#ifndef PRG_TEXT_H
#define PRG_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Bytes of somebody else's; no NUL need follow, and one may be in them. */
struct prg_span {
	const char	*p;
	size_t		 len;
};

/* The bytes of a C string; and whether a span is these bytes. */
struct prg_span	prg_span(const char *);
bool		prg_span_is(struct prg_span, const char *);

/* The same but for the case of ASCII letters, whatever the locale. */
bool		prg_span_alike(struct prg_span, struct prg_span);

/* The length of the longest prefix in valid UTF-8 (Unicode 15, table 3-7). */
size_t	prg_utf8_valid(struct prg_span);

/* Append, with U+FFFD for each maximal bad part (as WHATWG, but no BOM). */
void	prg_utf8_repair(struct prg_buf *, struct prg_span);

/* How many characters HTML's maxlength counts: UTF-16 code units. */
size_t	prg_utf8_length(struct prg_span);

/* Append with %HH undone; a bad '%' stays.  '+' is a space if 'plus'. */
void	prg_percent_decode(struct prg_buf *, struct prg_span, bool plus);

/* Append, all but the unreserved characters of RFC 3986, 2.3 as %HH. */
void	prg_percent_encode(struct prg_buf *, struct prg_span);

/*
 * Append as the text of an element or of a quoted attribute: & < > " ' escaped,
 * U+FFFD for the control bytes that HTML can't hold and for what is no UTF-8.
 */
void	prg_html_escape(struct prg_buf *, struct prg_span);

/* Append with CRLF and CR as LF: forms send CRLF whatever was typed. */
void	prg_newlines(struct prg_buf *, struct prg_span);

/* Whether it is ASCII digits only, at least one, and fits in 63 bits. */
bool	prg_digits(struct prg_span, long long *);

#endif
