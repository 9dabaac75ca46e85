/*
 * kinds_text.c - readers of email addresses, URLs and telephone numbers.
 */
#include <arpa/inet.h>
#include <string.h>

#include "base/scan.h"
#include "form/kind.h"
#include "form/typed.h"

#define ALNUM	"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* -- Email addresses ------------------------------------------------------- */

/* Letters of any script: browsers differ in whether they send A-labels. */
static bool
is_label(struct prg_span s)
{
	struct prg_span rest = s;

	while (rest.len > 0 && ((rest.p[0] & 0x80) != 0 ||
	    strchr(ALNUM "-", rest.p[0]) != NULL))
		prg_take(&rest, 1);
	return rest.len == 0 && s.len > 0 && prg_utf8_length(s) <= 63 &&
	    s.p[0] != '-' && s.p[s.len - 1] != '-' && prg_typed_is_label(s);
}

/* HTML standard, 4.10.5.1.5: "a valid email address", and RFC 5890, 2.3.2.1. */
enum prg_message_id
prg_read_email(const struct prg_field *f, struct prg_span s,
    struct prg_value *v)
{
	struct prg_span label;
	bool more;

	(void)f;
	v->text = prg_typed_plain(v->arena, s, PRG_TYPED_ASCII);
	s = prg_span(v->text);
	if (prg_take_run(&s, ALNUM ".!#$%&'*+/=?^_`{|}~-").len == 0 ||
	    !prg_take_char(&s, '@'))
		return PRG_MSG_EMAIL;
	do {
		more = prg_span_split(s, '.', &label, &s);
		if (!is_label(label))
			return PRG_MSG_EMAIL;
	} while (more);
	return PRG_MSG_NONE;
}

/* -- URLs ------------------------------------------------------------------ */

/* Whether the last label is a number: the host is then an IPv4 address. */
static bool
ends_in_number(const char *host, size_t len)
{
	const char *dot = memrchr(host, '.', len), *last = dot != NULL ?
	    dot + 1 : host;

	return strspn(last, "0123456789") == strlen(last) ||
	    (strncasecmp(last, "0x", 2) == 0 &&
	    2 + strspn(last + 2, "0123456789abcdefABCDEF") == strlen(last));
}

/* URL standard, 3.5, "host parser". */
static bool
is_host(struct prg_arena *a, struct prg_span s)
{
	struct prg_buf b = prg_buf(a, s.len);
	struct in6_addr address;
	char *host;
	size_t n;

	if (s.len > 2 && s.p[0] == '[' && s.p[s.len - 1] == ']')
		return inet_pton(AF_INET6, prg_arena_copy(a, s.p + 1,
		    s.len - 2), &address) == 1;
	prg_percent_decode(&b, s, false);
	if (prg_utf8_valid((struct prg_span){ b.p, b.len }) < b.len ||
	    memchr(b.p, '\0', b.len) != NULL)
		return false;
	host = prg_typed_plain(a, (struct prg_span){ b.p, b.len },
	    PRG_TYPED_ASCII);
	n = strlen(host);
	if (n > 1 && host[n - 1] == '.')
		host[--n] = '\0';
	if (n == 0 || host[strcspn(host, "#/:<>?@[\\]^|%")] != '\0')
		return false;
	return ends_in_number(host, n) ?
	    inet_aton(host, &(struct in_addr){ 0 }) != 0 :
	    prg_typed_is_label(prg_span(host));
}

/* User information, host and port. */
static bool
is_authority(struct prg_arena *a, struct prg_span s)
{
	const char *at = memrchr(s.p, '@', s.len), *colon;
	long long port = 0;
	size_t n;

	if (at != NULL)
		prg_take(&s, (size_t)(at - s.p) + 1);
	colon = memrchr(s.p, ':', s.len);
	if (colon != NULL && memchr(colon, ']', s.len -
	    (size_t)(colon - s.p)) == NULL) {
		n = (size_t)(colon - s.p);
		if (s.len > n + 1 && (!prg_digits((struct prg_span){ colon + 1,
		    s.len - n - 1 }, &port) || port > 65535))
			return false;
		s.len = n;
	}
	return is_host(a, s);
}

/*
 * An http or https URL.  Browsers accept nearly anything behind the host.
 * Refuse white space, controls and brackets, which end a URL in text, and the
 * backslash, which browsers turn into a slash.
 */
enum prg_message_id
prg_read_url(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	size_t n;

	(void)f;
	v->text = prg_typed_plain(v->arena, s, PRG_TYPED_SEEN);
	for (const char *p = v->text; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || strchr("<>\\\x7f", *p) != NULL)
			return PRG_MSG_URL;
	n = strncasecmp(v->text, "https://", 8) == 0 ? 8 :
	    strncasecmp(v->text, "http://", 7) == 0 ? 7 : 0;
	return n > 0 && is_authority(v->arena, (struct prg_span){ v->text + n,
	    strcspn(v->text + n, "/?#") }) ? PRG_MSG_NONE : PRG_MSG_URL;
}

/* -- Telephone numbers ----------------------------------------------------- */

/* At least three digits, grouped in any way. */
enum prg_message_id
prg_read_tel(const struct prg_field *f, struct prg_span s, struct prg_value *v)
{
	size_t digits = 0;

	(void)f;
	v->text = prg_typed_plain(v->arena, s, PRG_TYPED_NUMERIC);
	for (const char *p = v->text; *p != '\0'; p++)
		digits += *p >= '0' && *p <= '9';
	return digits >= 3 &&
	    v->text[strspn(v->text, "0123456789+-/(). ")] == '\0' ?
	    PRG_MSG_NONE : PRG_MSG_TEL;
}
