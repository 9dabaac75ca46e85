/*
 * part.c - the header of one part of multipart/form-data (RFC 7578).
 */
#include <assert.h>
#include <string.h>

#include "base/scan.h"
#include "form/part.h"

static const struct prg_refusal
	none = { 0, NULL },
	malformed = { 400, "A part of the form has a header that is none." },
	nameless = { 400, "A part of the form does not say which field it is." },
	starred = { 400, "A file's name is in filename* alone, which forms do"
	    " not have." },
	charset = { 400, "A field of the form is not in UTF-8." },
	encoded = { 415, "A part of the form has a Content-Transfer-Encoding;"
	    " send it as it is." };

/* The fields that mean something to us. */
struct fields {
	struct prg_span	disposition;
	struct prg_span	type;
	struct prg_span	encoding;
};

static const struct field {
	const char	*name;
	size_t		 offset;	/* of a member of struct fields */
} known[] = {
	{ "Content-Disposition",	offsetof(struct fields, disposition) },
	{ "Content-Type",		offsetof(struct fields, type) },
	{ "Content-Transfer-Encoding",	offsetof(struct fields, encoding) },
	{ NULL, 0 }
};

/* -- Lines ------------------------------------------------------------------------ */

static struct prg_span *
member(struct fields *f, struct prg_span name)
{
	for (const struct field *k = known; k->name != NULL; k++)
		if (prg_span_alike(name, prg_span(k->name)))
			return (struct prg_span *)(void *)((char *)f +
			    k->offset);
	return NULL;
}

/* "Name: value"; false if it is none, or one of ours that came before. */
static bool
read_line(struct fields *f, struct prg_span line)
{
	const char *colon = line.len > 0 ? memchr(line.p, ':', line.len) : NULL;
	struct prg_span name = { line.p, 0 }, *value;

	if (colon == NULL || memchr(line.p, '\r', line.len) != NULL)
		return false;
	name.len = (size_t)(colon - line.p);
	if (!prg_is_token(name))
		return false;
	if ((value = member(f, name)) == NULL)
		return true;
	if (value->p != NULL)
		return false;
	*value = (struct prg_span){ colon + 1, line.len - name.len - 1 };
	return true;
}

static bool
read_lines(struct fields *f, struct prg_span head)
{
	const char *lf;
	size_t n;

	while (head.len > 0) {
		lf = memchr(head.p, '\n', head.len);
		if (lf == NULL || lf == head.p || lf[-1] != '\r')
			return false;
		n = (size_t)(lf - head.p) - 1;
		if (!read_line(f, (struct prg_span){ head.p, n }))
			return false;
		head = (struct prg_span){ lf + 1, head.len - n - 2 };
	}
	return true;
}

/* -- What they say ---------------------------------------------------------------- */

/* Undo %0A, %0D and %22, in what was appended from 'from' on. */
static void
undo_percent(struct prg_buf *b, size_t from)
{
	static const struct { const char *code; char c; } undone[] = {
		{ "%0A", '\n' }, { "%0D", '\r' }, { "%22", '"' }
	};
	size_t to = from;

	for (size_t i = from; i < b->len; i++) {
		b->p[to] = b->p[i];
		for (size_t k = 0; k < 3 && b->len - i >= 3; k++)
			if (memcmp(b->p + i, undone[k].code, 3) == 0) {
				b->p[to] = undone[k].c;
				i += 2;
				break;
			}
		to++;
	}
	b->len = to;
	b->p[to] = '\0';
}

static struct prg_span
decode(struct prg_buf *text, const struct prg_param *p)
{
	size_t from = text->len;

	prg_param_value(text, p);
	undo_percent(text, from);
	return (struct prg_span){ text->p + from, text->len - from };
}

static struct prg_refusal
read_disposition(struct prg_buf *text, struct prg_span value,
    struct prg_part *part)
{
	struct prg_span head = prg_param_head(&value);
	struct prg_param name, file, star;
	int has_file = prg_param_find(value, "filename", &file);

	if (!prg_span_alike(head, prg_span("form-data")))
		return nameless;
	if (has_file == -1)
		return malformed;
	if (prg_param_find(value, "name", &name) != 1)
		return nameless;
	if (has_file == 0 && prg_param_find(value, "filename*", &star) != 0)
		return starred;
	part->raw_name = name.raw;
	part->name = decode(text, &name);
	if (has_file == 1) {
		part->raw_filename = file.raw;
		part->filename = decode(text, &file);
	}
	return none;
}

/* "text/plain"; empty if it is no such thing. */
static struct prg_span
read_type(struct prg_span *value)
{
	struct prg_span type = prg_param_head(value), sub;
	const char *slash = type.len > 0 ? memchr(type.p, '/', type.len) : NULL;

	if (slash == NULL)
		return (struct prg_span){ "", 0 };
	sub = (struct prg_span){ slash + 1, type.len };
	sub.len -= (size_t)(sub.p - type.p);
	if (!prg_is_token(sub) ||
	    !prg_is_token((struct prg_span){ type.p, type.len - sub.len - 1 }))
		return (struct prg_span){ "", 0 };
	return type;
}

static bool
is_one_of(struct prg_span s, const char *const *words)
{
	while (*words != NULL && !prg_span_alike(s, prg_span(*words)))
		words++;
	return *words != NULL;
}

/* Of text only: what a file says of itself is not relied upon. */
static bool
is_unicode(struct prg_span params)
{
	static const char *const names[] = { "utf-8", "utf8", "us-ascii", NULL };
	struct prg_param p;
	int found = prg_param_find(params, "charset", &p);

	return found == 0 || (found == 1 && is_one_of(p.raw, names));
}

static bool
is_plain(struct prg_span encoding)
{
	static const char *const names[] = { "7bit", "8bit", "binary", NULL };

	return encoding.p == NULL ||
	    (is_one_of(prg_param_head(&encoding), names) && encoding.len == 0);
}

struct prg_refusal
prg_part_read(struct prg_buf *text, struct prg_span head, struct prg_part *part)
{
	struct fields f = { .type = { NULL, 0 } };
	struct prg_refusal refused;

	assert(text->max - text->len >= head.len);
	prg_buf_reserve(text, head.len);
	*part = (struct prg_part){ .type = { "", 0 } };
	if (!read_lines(&f, head))
		return malformed;
	if (f.disposition.p == NULL)
		return nameless;
	if (f.type.p == NULL)
		f.type = part->type;
	refused = read_disposition(text, f.disposition, part);
	if (refused.status != 0)
		return refused;
	if (!is_plain(f.encoding))
		return encoded;
	part->type = read_type(&f.type);
	if (part->filename.p == NULL && !is_unicode(f.type))
		return charset;
	return none;
}
