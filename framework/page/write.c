/*
 * write.c - a value of the model as it is written into HTML.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/scan.h"
#include "page/program.h"

/* The text of a value; a number needs room to be written in. */
static struct prg_span
span_of(struct prg_var v, struct prg_number *room)
{
	switch (v.type) {
	case PRG_VAR_TEXT:
		return (struct prg_span){ v.text, v.len };
	case PRG_VAR_INTEGER:
		snprintf(room->text, sizeof(room->text), "%lld",
		    (long long)v.integer);
		return prg_span(room->text);
	case PRG_VAR_REAL:
		*room = prg_number(v.real);
		return prg_span(room->text);
	case PRG_VAR_TRUE:
		return (struct prg_span){ "true", 4 };
	case PRG_VAR_FALSE:
		return (struct prg_span){ "false", 5 };
	default:
		return (struct prg_span){ "", 0 };
	}
}

/* -- Addresses ----------------------------------------------------------- */

/* Whether browsers remove this part of a path: ".", "..", or "%2e" in one. */
static bool
is_dots(struct prg_span s)
{
	size_t i = 0, dots = 0;

	for (; i < s.len; i += s.p[i] == '.' ? 1 : 3, dots++)
		if (s.p[i] != '.' && (s.len - i < 3 ||
		    strncasecmp(s.p + i, "%2e", 3) != 0))
			return false;
	return dots == 1 || dots == 2;
}

static bool
has_dots(struct prg_span s)
{
	struct prg_span part;
	bool more, dots;

	do {
		more = prg_span_split(s, '/', &part, &s);
		dots = is_dots(part);
	} while (more && !dots);
	return dots;
}

bool
prg_template_url_dots(struct prg_span url, size_t from)
{
	size_t end = from;

	while (from > 0 && url.p[from - 1] != '/' && url.p[from - 1] != '\\')
		from--;
	while (end < url.len && url.p[end] != '?' && url.p[end] != '#')
		end++;
	return has_dots((struct prg_span){ url.p + from, end - from });
}

static void
write_path(struct prg_buf *out, struct prg_span s)
{
	struct prg_span part;
	bool more;

	if (has_dots(s)) {
		prg_percent_encode(out, s);
		return;
	}
	do {
		more = prg_span_split(s, '/', &part, &s);
		prg_percent_encode(out, part);
		if (more)
			prg_buf_char(out, '/');
	} while (more);
}

/* -- JSON in a script ---------------------------------------------------- */

/* Text that could end the script, or a line, occurs in strings only. */
static void
write_json(struct prg_buf *out, struct prg_var v)
{
	json_t *j = prg_var_to_json(v);
	char *text = j == NULL ? NULL : json_dumps(j, JSON_COMPACT |
	    JSON_ENCODE_ANY);

	for (const char *p = text != NULL ? text : "null"; *p != '\0'; p++)
		if (strchr("<>&", *p) != NULL)
			prg_buf_printf(out, "\\u%04x", (unsigned)*p);
		else if (strncmp(p, "\xe2\x80\xa8", 3) == 0 ||
		    strncmp(p, "\xe2\x80\xa9", 3) == 0) {
			p += 2;
			prg_buf_str(out, *p == '\xa8' ? "\\u2028" : "\\u2029");
		} else
			prg_buf_char(out, *p);
	free(text);
	json_decref(j);
}

void
prg_template_write(struct prg_buf *out, struct prg_var v,
    enum prg_template_how how)
{
	struct prg_number room;
	struct prg_span s;

	if (how == PRG_HOW_JSON) {
		write_json(out, v);
		return;
	}
	s = span_of(v, &room);
	switch (how) {
	case PRG_HOW_RAW:
		prg_buf_add(out, s.p, s.len);
		break;
	case PRG_HOW_PATH:
		write_path(out, s);
		break;
	case PRG_HOW_QUERY:
		prg_percent_encode(out, s);
		break;
	default:
		prg_html_escape(out, s);
	}
}
