/*
 * charset.c - the encodings that a form, or a part of it, may say it has.
 */
#include "form/charset.h"

/* Programs that say ASCII often send UTF-8. */
static const struct {
	const char		*label;
	enum prg_charset	 charset;
} labels[] = {
	{ "utf-8", PRG_UTF8 },			{ "utf8", PRG_UTF8 },
	{ "unicode-1-1-utf-8", PRG_UTF8 },	{ "unicode11utf8", PRG_UTF8 },
	{ "unicode20utf8", PRG_UTF8 },		{ "x-unicode20utf8", PRG_UTF8 },
	{ "us-ascii", PRG_UTF8 },		{ "ascii", PRG_UTF8 },
	{ "ansi_x3.4-1968", PRG_UTF8 },
	{ "windows-1252", PRG_WINDOWS_1252 },	{ "cp1252", PRG_WINDOWS_1252 },
	{ "x-cp1252", PRG_WINDOWS_1252 },	{ "cp819", PRG_WINDOWS_1252 },
	{ "ibm819", PRG_WINDOWS_1252 },		{ "l1", PRG_WINDOWS_1252 },
	{ "latin1", PRG_WINDOWS_1252 },		{ "csisolatin1", PRG_WINDOWS_1252 },
	{ "iso-8859-1", PRG_WINDOWS_1252 },	{ "iso8859-1", PRG_WINDOWS_1252 },
	{ "iso_8859-1", PRG_WINDOWS_1252 },	{ "iso88591", PRG_WINDOWS_1252 },
	{ "iso_8859-1:1987", PRG_WINDOWS_1252 },
	{ "iso-ir-100", PRG_WINDOWS_1252 }
};

enum prg_charset
prg_charset(struct prg_span label)
{
	label = prg_span_trim(label);
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (prg_span_alike(label, prg_span(labels[i].label)))
			return labels[i].charset;
	return PRG_UNKNOWN;
}

enum prg_charset
prg_charset_of(struct prg_span params, enum prg_charset other)
{
	struct prg_param p;
	int found = prg_param_find(params, "charset", &p);

	return found == 0 ? other : found == 1 ? prg_charset(p.raw) :
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
	/* Of 0x80 to 0x9f; 0: a control, as in ISO-8859-1. */
	static const unsigned short high[32] = {
		0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
		0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
		0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
		0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178
	};
	unsigned c;

	for (size_t i = 0; i < s.len; i++) {
		c = (unsigned char)s.p[i];
		if (c >= 0x80 && c < 0xa0 && high[c - 0x80] != 0)
			c = high[c - 0x80];
		if (c < 0x80) {
			prg_buf_char(b, (char)c);
			continue;
		}
		if (c >= 0x800)
			prg_buf_char(b, (char)(0xe0 | c >> 12));
		prg_buf_char(b, (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3f) :
		    0xc0 | c >> 6));
		prg_buf_char(b, (char)(0x80 | (c & 0x3f)));
	}
}
