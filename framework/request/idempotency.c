/*
 * idempotency.c - the Idempotency-Key header of API clients.
 */
#include "base/scan.h"
#include "request/idempotency.h"

#define LOWER	"abcdefghijklmnopqrstuvwxyz"
#define DIGITS	"0123456789"
#define ALNUM	LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS
/* The characters of a Token (RFC 9651, 3.3.4). */
#define TOKEN	ALNUM "!#$%&'*+-.^_`|~" ":/"

/* Take a String (RFC 9651, 4.2.5) and append its text. */
static bool
take_string(struct prg_span *s, struct prg_buf *b)
{
	if (!prg_take_char(s, '"'))
		return false;
	while (!prg_take_char(s, '"')) {
		if (prg_take_char(s, '\\') &&
		    (s->len == 0 || (s->p[0] != '"' && s->p[0] != '\\')))
			return false;
		if (s->len == 0 || s->p[0] < ' ' || s->p[0] >= 0x7f)
			return false;
		prg_buf_char(b, *prg_take(s, 1).p);
	}
	return true;
}

/*
 * Take a Token and append it.  A Token begins with a letter or '*'; but a UUID
 * may begin with a digit, and base64url with '-' or '_'.
 */
static bool
take_token(struct prg_span *s, struct prg_buf *b)
{
	struct prg_span first = *s, token = prg_take_run(s, TOKEN);

	prg_buf_add(b, token.p, token.len);
	return prg_take_run(&first, ALNUM "*-_").len > 0;
}

static bool
begins_string(struct prg_span s)
{
	return s.len > 0 && s.p[0] == '"';
}

/* Take the parameters (RFC 9651, 4.2.3.2), with any bare item as a value. */
static bool
take_parameters(struct prg_span *s, struct prg_buf *ignored)
{
	while (prg_take_char(s, ';')) {
		prg_take_run(s, " ");
		if (prg_take_run(s, LOWER "*").len == 0)
			return false;
		prg_take_run(s, LOWER DIGITS "_-.*");
		if (!prg_take_char(s, '='))
			continue;
		if (begins_string(*s) ? !take_string(s, ignored) :
		    prg_take_run(s, TOKEN "=?@").len == 0)
			return false;
	}
	return true;
}

bool
prg_idempotency_key(struct prg_arena *a, const char *header,
    struct prg_span *key)
{
	struct prg_span s = prg_span(header != NULL ? header : "");
	struct prg_buf text = prg_buf(a, PRG_MAX_IDEMPOTENCY_KEY);
	struct prg_buf ignored = prg_buf(a, 0);

	prg_take_run(&s, " ");
	if (!(begins_string(s) ? take_string(&s, &text) :
	    take_token(&s, &text)) || !take_parameters(&s, &ignored))
		return false;
	prg_take_run(&s, " ");
	if (s.len > 0 || text.len == 0 || text.full)
		return false;
	*key = (struct prg_span){ text.p, text.len };
	return true;
}
