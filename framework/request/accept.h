/*
 * accept.h - the media types that a client accepts (RFC 9110, 12.5.1).
 */
#ifndef PRG_ACCEPT_H
#define PRG_ACCEPT_H

#include <stdbool.h>

/*
 * The weight of a media type in UTF-8 ("text/html") in an Accept
 * header: 1 to 1000 thousandths, 0 if the header excludes the type, or -1 if no
 * range matches it.  The most specific range counts, and the first of equals.
 * Members with a syntax error are ignored.  A missing or empty header accepts
 * every type with 1000.
 */
int	prg_accept_weight(const char *accept, const char *type);

/*
 * Whether the client accepts 'type', and prefers it to 'other'.  Of equal
 * weights the more specific range wins: a named type beats any type.
 */
bool	prg_accept_prefers(const char *accept, const char *type,
	    const char *other);

#endif
