/*
 * text.h - bytes as text: UTF-8, percent-encoding, HTML, newlines.
 */
#ifndef PRG_TEXT_H
#define PRG_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Borrowed bytes: not terminated, and may contain NUL. */
struct prg_span {
	const char	*p;
	size_t		 len;
};

/* In ASCII, whatever the locale. */
static inline char
prg_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* The bytes of a C string; and whether a span equals one. */
struct prg_span	prg_span(const char *);	/* NULL: an empty one */
bool		prg_span_is(struct prg_span, const char *);

/* Whether two spans are equal but for the case of ASCII letters. */
bool		prg_span_alike(struct prg_span, struct prg_span);

/* The length of the longest prefix in valid UTF-8 (Unicode 15, table 3-7). */
size_t	prg_utf8_valid(struct prg_span);

/* Append, with U+FFFD for each maximal invalid part (as WHATWG, but no BOM). */
void	prg_utf8_repair(struct prg_buf *, struct prg_span);

/* The text, or a copy in valid UTF-8; a C string too if the text is one. */
struct prg_span	prg_utf8_clean(struct prg_arena *, struct prg_span);

/* The first character of valid text, and its length in bytes. */
uint32_t	prg_utf8_first(struct prg_span, size_t *len);

/* The length in UTF-16 code units, as HTML's maxlength counts it. */
size_t	prg_utf8_length(struct prg_span);

/* Append and decode %HH; an invalid '%' stays.  '+' is a space if 'plus'. */
void	prg_percent_decode(struct prg_buf *, struct prg_span, bool plus);

/* Append, with %HH for all but the unreserved bytes of RFC 3986, 2.3. */
void	prg_percent_encode(struct prg_buf *, struct prg_span);

/*
 * Append as the text of an element or of a quoted attribute: & < > " ' escaped,
 * U+FFFD for control bytes that HTML does not allow and for invalid UTF-8.
 */
void	prg_html_escape(struct prg_buf *, struct prg_span);

/*
 * A number as people write it: the digits that read back the same, with a '.'
 * in any locale, and an exponent only beyond 17 digits or decimal places.
 */
struct prg_number {
	char	text[32];
};

struct prg_number	prg_number(double);

/* Append with CRLF and CR as LF: browsers send all line ends as CRLF. */
void	prg_newlines(struct prg_buf *, struct prg_span);

/*
 * Read ASCII digits, at least one, that fit in 63 bits; false if they do not.
 */
bool	prg_digits(struct prg_span, long long *);

#endif
