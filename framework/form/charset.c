/*
 * charset.c - the encodings that a form, or a part of it, may say it has.
 */
#include "form/charset.h"

/* Programs that say ASCII often send UTF-8. */
static const char *const labels[] = {
	[PRG_UTF8] = "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8"
	    " x-unicode20utf8 us-ascii ascii ansi_x3.4-1968",
	[PRG_WINDOWS_1252] = "windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1"
	    " iso_8859-1 iso88591 iso_8859-1:1987 iso-ir-100 latin1 csisolatin1"
	    " l1 cp819 ibm819"
};

enum prg_charset
prg_charset(struct prg_span label)
{
	struct prg_span list, word;

	label = prg_span_trim(label);
	for (enum prg_charset c = PRG_UTF8; c < PRG_UNKNOWN; c++)
		for (list = prg_span(labels[c]); list.len > 0;) {
			prg_span_split(list, ' ', &word, &list);
			if (prg_span_alike(label, word))
				return c;
		}
	return PRG_UNKNOWN;
}

enum prg_charset
prg_charset_of(struct prg_span params)
{
	struct prg_param p;
	int found = prg_param_find(params, "charset", &p);

	return found == 0 ? PRG_UTF8 : found == 1 ? prg_charset(p.raw) :
	    PRG_UNKNOWN;
}

bool
prg_is_wide(struct prg_span s)
{
	size_t i = 0;

	while (i < s.len && (s.p[i] & 0x80) == 0)
		i++;
	return i < s.len;
}

void
prg_1252_decode(struct prg_buf *b, struct prg_span s)
{
	/* 0x80 to 0x9f; "": a control, as in ISO-8859-1. */
	static const char *const high[32] = {
		"\u20ac", "", "\u201a", "\u0192", "\u201e", "\u2026", "\u2020",
		"\u2021", "\u02c6", "\u2030", "\u0160", "\u2039", "\u0152", "",
		"\u017d", "", "", "\u2018", "\u2019", "\u201c", "\u201d",
		"\u2022", "\u2013", "\u2014", "\u02dc", "\u2122", "\u0161",
		"\u203a", "\u0153", "", "\u017e", "\u0178"
	};
	unsigned char c;

	for (size_t i = 0; i < s.len; i++) {
		c = (unsigned char)s.p[i];
		if (c < 0x80)
			prg_buf_char(b, (char)c);
		else if (c < 0xa0 && *high[c - 0x80] != '\0')
			prg_buf_str(b, high[c - 0x80]);
		else
			prg_buf_add(b, (char[]){ (char)(0xc0 | c >> 6),
			    (char)(0x80 | (c & 0x3f)) }, 2);
	}
}
