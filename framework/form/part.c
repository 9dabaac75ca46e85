/*
 * part.c - the header of one part of multipart/form-data (RFC 7578).
 */
#include <assert.h>
#include <string.h>

#include "base/scan.h"
#include "form/multipart.h"

static const struct prg_refusal
	none = { 0, NULL },
	malformed = { 400, "A part of the form has an invalid header." },
	nameless = { 400, "A part of the form has no field name." },
	encoded = { 415, "A part of the form has a Content-Transfer-Encoding."
	    " Send it unencoded." };

/* -- Lines ---------------------------------------------------------------- */

enum { DISPOSITION, TYPE, ENCODING, FIELDS };

static const char *const names[FIELDS] = {
	"Content-Disposition", "Content-Type", "Content-Transfer-Encoding"
};

/*
 * "Name: value"; false if it is malformed, or a field of ours that came before.
 */
static bool
read_line(struct prg_span line, struct prg_span *values)
{
	struct prg_span name, value;

	if (!prg_span_split(line, ':', &name, &value) || !prg_is_token(name) ||
	    memchr(line.p, '\r', line.len) != NULL)
		return false;
	for (int i = 0; i < FIELDS; i++) {
		if (!prg_span_alike(name, prg_span(names[i])))
			continue;
		if (values[i].p != NULL)
			return false;
		values[i] = value;
	}
	return true;
}

static bool
read_lines(struct prg_span head, struct prg_span *values)
{
	struct prg_span line;

	while (head.len > 0) {
		if (!prg_span_split(head, '\n', &line, &head) ||
		    line.len == 0 || line.p[line.len - 1] != '\r')
			return false;
		line.len--;
		if (!read_line(line, values))
			return false;
	}
	return true;
}

/* -- Values --------------------------------------------------------------- */

/* The byte that a browser sends as the three at 'p', or the first of them. */
static char
decode_percent(const char *p)
{
	return memcmp(p, "%0A", 3) == 0 ? '\n' : memcmp(p, "%0D", 3) == 0 ?
	    '\r' : memcmp(p, "%22", 3) == 0 ? '"' : *p;
}

/* Append the name in a parameter, decoded. */
static struct prg_span
decode(struct prg_buf *text, const struct prg_param *p)
{
	size_t from = text->len, to = from;
	char c;

	prg_param_value(text, p);
	for (size_t i = from; i < text->len; i++) {
		c = text->p[i];
		if (c == '%' && text->len - i >= 3 &&
		    (c = decode_percent(text->p + i)) != '%')
			i += 2;
		text->p[to++] = c;
	}
	text->len = to;
	text->p[to] = '\0';
	return (struct prg_span){ text->p + from, to - from };
}

/*
 * Append what filename* says (RFC 8187, 3.2); or "/", the name of a file that
 * has none to show.
 */
static void
decode_star(struct prg_buf *text, struct prg_span star)
{
	struct prg_span label, value;
	size_t from = text->len;

	if (prg_span_split(star, '\'', &label, &value) &&
	    prg_span_split(value, '\'', &star, &value) &&
	    prg_charset(label) == PRG_UTF8)
		prg_percent_decode(text, value, false);
	if (text->len == from)
		prg_buf_char(text, '/');
}

/*
 * Programs send a name that is not ASCII in filename* alone, or beside one for
 * mail (RFC 2047), or in full percent-encoding.
 */
static struct prg_span
decode_filename(struct prg_buf *text, const struct prg_param *file,
    const struct prg_param *star)
{
	size_t from = text->len;
	struct prg_span name;

	if (file->raw.p == NULL || (star->raw.p != NULL && file->raw.len > 2 &&
	    memcmp(file->raw.p, "=?", 2) == 0)) {
		decode_star(text, star->raw);
		return (struct prg_span){ text->p + from, text->len - from };
	}
	prg_percent_decode(text, file->raw, false);
	name = (struct prg_span){ text->p + from, text->len - from };
	if (!prg_is_wide(file->raw) && prg_is_wide(name) &&
	    prg_utf8_valid(name) == name.len)
		return name;
	text->len = from;
	return decode(text, file);
}

static struct prg_refusal
read_disposition(struct prg_buf *text, struct prg_span value,
    struct prg_part *part)
{
	struct prg_span head = prg_param_head(&value);
	struct prg_param name, file = { 0 }, star = { 0 };
	int has_file = prg_param_find(value, "filename", &file);
	int has_star = prg_param_find(value, "filename*", &star);

	if (!prg_span_alike(head, prg_span("form-data")))
		return nameless;
	if (has_file == -1 || has_star == -1)
		return malformed;
	if (prg_param_find(value, "name", &name) != 1)
		return nameless;
	part->name = decode(text, &name);
	if (has_file == 1 || has_star == 1)
		part->filename = decode_filename(text, &file, &star);
	return none;
}

/* Take "text/plain" off the front; empty if it is not a type. */
static struct prg_span
take_type(struct prg_span *value)
{
	struct prg_span type = prg_param_head(value), top, sub;

	return prg_span_split(type, '/', &top, &sub) && prg_is_token(top) &&
	    prg_is_token(sub) ? type : (struct prg_span){ "", 0 };
}

static bool
is_one_of(struct prg_span s, const char *const *words)
{
	while (*words != NULL && !prg_span_alike(s, prg_span(*words)))
		words++;
	return *words != NULL;
}

static bool
is_unencoded(struct prg_span encoding)
{
	static const char *const good[] = { "7bit", "8bit", "binary", NULL };

	return encoding.p == NULL ||
	    (is_one_of(prg_param_head(&encoding), good) && encoding.len == 0);
}

struct prg_refusal
prg_part_read(struct prg_buf *text, struct prg_span head, struct prg_part *part)
{
	struct prg_span values[FIELDS] = { { NULL, 0 } };
	struct prg_refusal refused;
	struct prg_param charset;

	assert(text->max - text->len >= head.len);
	prg_buf_reserve(text, head.len);
	*part = (struct prg_part){ .type = { "", 0 } };
	if (!read_lines(head, values))
		return malformed;
	if (values[DISPOSITION].p == NULL)
		return nameless;
	refused = read_disposition(text, values[DISPOSITION], part);
	if (refused.status != 0)
		return refused;
	if (!is_unencoded(values[ENCODING]))
		return encoded;
	part->type = take_type(&values[TYPE]);
	/* The charset of a file is up to the app. */
	part->labelled = prg_param_find(values[TYPE], "charset",
	    &charset) != 0;
	part->charset = prg_charset_of(values[TYPE]);
	return none;
}
