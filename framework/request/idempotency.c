/*
 * idempotency.c - the Idempotency-Key header of API clients.
 */
#include <string.h>

#include "request/idempotency.h"

#define LETTERS	"abcdefghijklmnopqrstuvwxyz"
#define ALNUM	LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
/* tchar of RFC 9110, 5.6.2, and what a Token has besides (RFC 9651, 3.3.4). */
#define TOKEN	ALNUM "!#$%&'*+-.^_`|~" ":/"

/* The end of the String at 's', its text added to 'b'; NULL if it is none. */
static const char *
read_string(const char *s, struct prg_buf *b)
{
	if (*s++ != '"')
		return NULL;
	for (; *s != '"'; s++) {
		if (*s == '\\' && *++s != '"' && *s != '\\')
			return NULL;
		if (*s < ' ' || *s >= 0x7f)
			return NULL;
		prg_buf_char(b, *s);
	}
	return s + 1;
}

/*
 * A Token begins with a letter or '*'; a UUID may with a digit, and base64url
 * with '-' or '_'.
 */
static const char *
read_token(const char *s, struct prg_buf *b)
{
	size_t n = strspn(s, TOKEN);

	if (strspn(s, ALNUM "*-_") == 0)
		return NULL;
	prg_buf_add(b, s, n);
	return s + n;
}

static const char *
read_item(const char *s, struct prg_buf *b)
{
	return *s == '"' ? read_string(s, b) : read_token(s, b);
}

/*
 * The end of the parameters (RFC 9651, 4.2.3.2); NULL if they are none.  Their
 * values are told from what follows, but not from each other.
 */
static const char *
skip_parameters(const char *s, struct prg_buf *b)
{
	while (s != NULL && *s == ';') {
		s += 1 + strspn(s + 1, " ");
		if (strspn(s, LETTERS "*") == 0)
			return NULL;
		s += strspn(s, LETTERS "0123456789_-.*");
		if (*s != '=')
			continue;
		s++;
		if (*s == '"')
			s = read_string(s, b);
		else if (strspn(s, TOKEN "=?@") > 0)
			s += strspn(s, TOKEN "=?@");
		else
			return NULL;
	}
	return s;
}

bool
prg_idempotency_key(struct prg_arena *a, const char *header,
    struct prg_span *key)
{
	struct prg_buf text = prg_buf(a, PRG_MAX_IDEMPOTENCY_KEY);
	struct prg_buf dropped = prg_buf(a, 0);
	const char *s = header;

	if (s == NULL || (s = read_item(s + strspn(s, " "), &text)) == NULL ||
	    (s = skip_parameters(s, &dropped)) == NULL ||
	    s[strspn(s, " ")] != '\0' || text.len == 0 || text.full)
		return false;
	*key = (struct prg_span){ text.p, text.len };
	return true;
}
