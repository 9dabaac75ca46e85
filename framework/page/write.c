/*
 * write.c - a value of the model as it is written into HTML.
 */
#include <stdio.h>
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

/* Whether a part of the path is "." or "..", which browsers remove. */
static bool
has_dots(struct prg_span s)
{
	struct prg_span part;
	bool more, dots;

	do {
		more = prg_span_split(s, '/', &part, &s);
		dots = prg_span_is(part, ".") || prg_span_is(part, "..");
	} while (more && !dots);
	return dots;
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

/* The next byte that a browser looks at: it drops tabs and line breaks. */
static int
next_char(struct prg_span *s)
{
	int c;

	while (s->len > 0) {
		c = (unsigned char)*s->p++;
		s->len--;
		if (c != '\t' && c != '\n' && c != '\r')
			return c;
	}
	return -1;
}

/* Browsers ignore spaces and controls (here as escaped) at the beginning. */
static struct prg_span
skip_controls(struct prg_span s)
{
	static const char replaced[] = "\xef\xbf\xbd";

	while (s.len > 0) {
		if ((unsigned char)*s.p <= ' ') {
			s.p++;
			s.len--;
		} else if (s.len >= 3 && memcmp(s.p, replaced, 3) == 0) {
			s.p += 3;
			s.len -= 3;
		} else
			break;
	}
	return s;
}

bool
prg_template_scheme_char(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/* The scheme in lower case, cut to fit; "" if there is none. */
static struct prg_number
read_scheme(struct prg_span s)
{
	struct prg_number scheme = { "" };
	size_t n = 0;
	int c;

	while (prg_template_scheme_char(c = next_char(&s)))
		if (n < sizeof(scheme.text) - 1)
			scheme.text[n++] = (char)(c >= 'A' && c <= 'Z' ?
			    c | 0x20 : c);
	return c == ':' ? scheme : (struct prg_number){ "" };
}

/*
 * Escaping has changed nothing that counts before the first of ":/?#": what it
 * escapes can't be in a scheme.
 */
bool
prg_template_url_ok(struct prg_span url, bool local)
{
	struct prg_span s = skip_controls(url), rest = s;
	struct prg_number scheme = read_scheme(s);
	int c = next_char(&rest), d = next_char(&rest);

	if ((c == '/' || c == '\\') && (d == '/' || d == '\\'))
		return false;
	if (c == ':')
		return false;
	if (*scheme.text == '\0')
		return true;
	return !local && (strcmp(scheme.text, "http") == 0 ||
	    strcmp(scheme.text, "https") == 0 ||
	    strcmp(scheme.text, "mailto") == 0);
}

/* -- JSON in a script ---------------------------------------------------- */

/* Text that could end the script, or a line, occurs in strings only. */
static const char *const unsafe[][2] = {
	{ "<", "\\u003c" },
	{ ">", "\\u003e" },
	{ "&", "\\u0026" },
	{ "\xe2\x80\xa8", "\\u2028" },
	{ "\xe2\x80\xa9", "\\u2029" },
	{ NULL, NULL }
};

static void
write_json(struct prg_buf *out, struct prg_var v)
{
	json_t *j = prg_var_to_json(v);
	char *text = j == NULL ? NULL : json_dumps(j, JSON_COMPACT |
	    JSON_ENCODE_ANY);
	const char *p = text != NULL ? text : "null";
	int i;

	while (*p != '\0') {
		for (i = 0; unsafe[i][0] != NULL; i++)
			if (strncmp(p, unsafe[i][0], strlen(unsafe[i][0])) == 0)
				break;
		if (unsafe[i][0] == NULL)
			prg_buf_char(out, *p++);
		else {
			prg_buf_str(out, unsafe[i][1]);
			p += strlen(unsafe[i][0]);
		}
	}
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
