/*
 * json_text.c - JSON on one line, as it is stored (RFC 8259).
 */
#include "form/json_text.h"

/* A quoted text: only what must be escaped is; jansson has seen to the UTF-8. */
static void
add_text(struct prg_buf *b, const char *p, size_t len)
{
	size_t from = 0;

	prg_buf_char(b, '"');
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)p[i] >= ' ' && p[i] != '"' && p[i] != '\\')
			continue;
		prg_buf_add(b, p + from, i - from);
		if (p[i] == '"' || p[i] == '\\') {
			prg_buf_char(b, '\\');
			prg_buf_char(b, p[i]);
		} else if (p[i] == '\n')
			prg_buf_add(b, "\\n", 2);
		else
			prg_buf_printf(b, "\\u%04x", (unsigned)p[i]);
		from = i + 1;
	}
	prg_buf_add(b, p + from, len - from);
	prg_buf_char(b, '"');
}

static void
add_object(struct prg_buf *b, json_t *o)
{
	const char *name, *comma = "";
	json_t *v;
	size_t len;

	prg_buf_char(b, '{');
	json_object_keylen_foreach(o, name, len, v) {
		prg_buf_str(b, comma);
		add_text(b, name, len);
		prg_buf_char(b, ':');
		prg_json_add(b, v);
		comma = ",";
	}
	prg_buf_char(b, '}');
}

static void
add_array(struct prg_buf *b, const json_t *a)
{
	json_t *v;
	size_t i;

	prg_buf_char(b, '[');
	json_array_foreach(a, i, v) {
		if (i > 0)
			prg_buf_char(b, ',');
		prg_json_add(b, v);
	}
	prg_buf_char(b, ']');
}

/* Numbers with a point are jansson's, which knows of locales and of digits. */
static int
add_bytes(const char *p, size_t n, void *b)
{
	prg_buf_add(b, p, n);
	return 0;
}

void
prg_json_add(struct prg_buf *b, json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		add_object(b, v);
		break;
	case JSON_ARRAY:
		add_array(b, v);
		break;
	case JSON_STRING:
		add_text(b, json_string_value(v), json_string_length(v));
		break;
	default:
		json_dump_callback(v, add_bytes, b, JSON_ENCODE_ANY);
	}
}
