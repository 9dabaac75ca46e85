/*
 * filename.c - the name that a client gives to a file.
 */
#include <string.h>

#include "form/filename.h"

/* What can't be seen, but does something to what can: by its bytes in UTF-8. */
static const struct {
	const char	*first, *last;
} hidden[] = {
	{ "\x01", "\x1f" },
	{ "\x7f", "\x7f" },
	{ "\xc2\x80", "\xc2\x9f" },		/* the C1 controls */
	{ "\xe2\x80\xa8", "\xe2\x80\xae" },	/* U+2028-202E */
	{ "\xe2\x81\xa6", "\xe2\x81\xa9" },	/* U+2066-2069 */
	{ NULL, NULL }
};

/* The length of the character at 'p', which is in UTF-8. */
static size_t
width(const char *p)
{
	unsigned char c = (unsigned char)*p;

	return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static bool
is_hidden(const char *p, size_t n)
{
	if (*p == '\0')
		return true;
	for (size_t i = 0; hidden[i].first != NULL; i++)
		if (strlen(hidden[i].first) == n &&
		    memcmp(p, hidden[i].first, n) >= 0 &&
		    memcmp(p, hidden[i].last, n) <= 0)
			return true;
	return false;
}

static struct prg_span
base_name(struct prg_span s)
{
	size_t i = s.len;

	while (i > 0 && s.p[i - 1] != '/' && s.p[i - 1] != '\\')
		i--;
	return (struct prg_span){ s.p + i, s.len - i };
}

const char *
prg_filename_clean(struct prg_arena *a, struct prg_span sent)
{
	struct prg_span base = base_name(sent);
	struct prg_buf whole = prg_buf(a, 3 * base.len);
	struct prg_buf out = prg_buf(a, PRG_MAX_FILENAME);

	prg_utf8_repair(&whole, base);
	for (size_t i = 0, n; i < whole.len; i += n) {
		n = width(whole.p + i);
		if (is_hidden(whole.p + i, n))
			continue;
		if (n > out.max - out.len)
			break;
		prg_buf_add(&out, whole.p + i, n);
	}
	if (out.len == 0 || strcmp(out.p, ".") == 0 || strcmp(out.p, "..") == 0)
		return NULL;
	return out.p;
}
