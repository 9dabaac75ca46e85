/*
 * typed.c - the characters that people type without seeing them, and the other
 * spellings of plain ones.
 */
#include <stdint.h>

#include "base/scan.h"
#include "form/typed.h"

enum class {
	INVISIBLE,
	BLANK,
	SAME,		/* as the row's character */
	SHIFTED,	/* as the row's character, and those that follow it */
	LONG		/* a hyphen, but a letter in Japanese names */
};

/*
 * White_Space and Dash of Unicode 15, and what does not show: soft hyphens,
 * joiners, marks of direction, fillers.
 */
static const struct row {
	uint32_t	first, last;
	enum class	class;
	char		to;
} rows[] = {
	{ 0x0009, 0x000d, BLANK, ' ' },	{ 0x0020, 0x0020, BLANK, ' ' },
	{ 0x0085, 0x0085, BLANK, ' ' },	{ 0x00a0, 0x00a0, BLANK, ' ' },
	{ 0x1680, 0x1680, BLANK, ' ' },	{ 0x2000, 0x200a, BLANK, ' ' },
	{ 0x2028, 0x2029, BLANK, ' ' },	{ 0x202f, 0x202f, BLANK, ' ' },
	{ 0x205f, 0x205f, BLANK, ' ' },	{ 0x2800, 0x2800, BLANK, ' ' },
	{ 0x3000, 0x3000, BLANK, ' ' },
	{ 0x00ad, 0x00ad, INVISIBLE, 0 }, { 0x034f, 0x034f, INVISIBLE, 0 },
	{ 0x061c, 0x061c, INVISIBLE, 0 }, { 0x115f, 0x1160, INVISIBLE, 0 },
	{ 0x180e, 0x180e, INVISIBLE, 0 }, { 0x200b, 0x200f, INVISIBLE, 0 },
	{ 0x202a, 0x202e, INVISIBLE, 0 }, { 0x2060, 0x206f, INVISIBLE, 0 },
	{ 0x3164, 0x3164, INVISIBLE, 0 }, { 0xfeff, 0xfeff, INVISIBLE, 0 },
	{ 0xffa0, 0xffa0, INVISIBLE, 0 },
	{ 0x02bc, 0x02bc, SAME, '\'' },	{ 0x2018, 0x2019, SAME, '\'' },
	{ 0x02d7, 0x02d7, SAME, '-' },	{ 0x2010, 0x2015, SAME, '-' },
	{ 0x2043, 0x2043, SAME, '-' },	{ 0x2212, 0x2212, SAME, '-' },
	{ 0xfe58, 0xfe58, SAME, '-' },	{ 0xfe63, 0xfe63, SAME, '-' },
	{ 0x066b, 0x066b, SAME, '.' },	{ 0x066c, 0x066c, SAME, '\'' },
	{ 0x3002, 0x3002, SAME, '.' },	{ 0xff61, 0xff61, SAME, '.' },
	{ 0xff01, 0xff5e, SHIFTED, '!' },
	{ 0x2500, 0x2500, LONG, '-' },	{ 0x30fc, 0x30fc, LONG, '-' },
	{ 0xff70, 0xff70, LONG, '-' },
};

/* The zeroes of the scripts whose digits follow each other. */
static const uint32_t zeroes[] = {
	0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6,
	0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090,
	0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40,
	0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
	0x104a0, 0x11066, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e950
};

/* The character at the front, and its length in bytes. */
static uint32_t
first_of(struct prg_span s, size_t *len)
{
	unsigned char c = (unsigned char)s.p[0];
	size_t n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	uint32_t v = n == 1 ? c : c & (0x7fu >> n);

	*len = n <= s.len ? n : s.len;
	for (size_t i = 1; i < *len; i++)
		v = v << 6 | (s.p[i] & 0x3f);
	return v;
}

static const struct row *
find(uint32_t c)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (c >= rows[i].first && c <= rows[i].last)
			return &rows[i];
	return NULL;
}

/* Whether nobody sees the character at the front; and its length. */
static bool
is_unseen(struct prg_span s, size_t *len)
{
	const struct row *row = find(first_of(s, len));

	return row != NULL && row->class <= BLANK;
}

struct prg_span
prg_typed_trim(struct prg_span s)
{
	size_t len, end;

	while (s.len > 0 && is_unseen(s, &len))
		prg_take(&s, len);
	for (end = s.len; end > 0; s.len = end) {
		do
			end--;
		while (end > 0 && (s.p[end] & 0xc0) == 0x80);
		if (!is_unseen((struct prg_span){ s.p + end, s.len - end },
		    &len))
			break;
	}
	return s;
}

/* The plain spelling of 'c', 0 if it is dropped, or -1 if it stays. */
static int
plain(uint32_t c, enum prg_typed what)
{
	const struct row *row = find(c);
	size_t i;

	if (row == NULL) {
		for (i = 0; i < sizeof(zeroes) / sizeof(zeroes[0]); i++)
			if (what == PRG_TYPED_NUMERIC && c >= zeroes[i] &&
			    c < zeroes[i] + 10)
				return '0' + (int)(c - zeroes[i]);
		return -1;
	}
	if (row->class == INVISIBLE)
		return 0;
	if (row->class == BLANK)
		return what == PRG_TYPED_NUMERIC ? ' ' : 0;
	if (what == PRG_TYPED_SEEN ||
	    (row->class == LONG && what != PRG_TYPED_NUMERIC))
		return -1;
	return row->to + (row->class == SHIFTED ? (int)(c - row->first) : 0);
}

char *
prg_typed_plain(struct prg_arena *a, struct prg_span s, enum prg_typed what)
{
	struct prg_buf b;
	size_t len;
	int to;

	s = prg_typed_trim(s);
	b = prg_buf(a, s.len);
	for (; s.len > 0; prg_take(&s, len)) {
		to = -1;
		if ((unsigned char)s.p[0] < 0x80)
			len = 1;
		else
			to = plain(first_of(s, &len), what);
		if (to > 0)
			prg_buf_char(&b, (char)to);
		else if (to < 0)
			prg_buf_add(&b, s.p, len);
	}
	return b.p;
}

/* No controls, general punctuation, private characters. */
bool
prg_typed_is_label(struct prg_span s)
{
	uint32_t c;
	size_t len;

	for (; s.len > 0; prg_take(&s, len)) {
		c = first_of(s, &len);
		if (c >= 0x80 && (c < 0xa1 || find(c) != NULL ||
		    (c >= 0x2000 && c <= 0x206f) ||
		    (c >= 0xe000 && c <= 0xf8ff) || c >= 0xe0000 ||
		    (c >= 0xfff0 && c <= 0xffff)) && c != 0x30fc)
			return false;
	}
	return true;
}

struct prg_span
prg_typed_cut(struct prg_span s, size_t max)
{
	struct prg_span rest = s;
	size_t len, units;

	for (; rest.len > 0; max -= units, prg_take(&rest, len)) {
		units = first_of(rest, &len) > 0xffff ? 2 : 1;
		if (units > max)
			break;
	}
	return (struct prg_span){ s.p, s.len - rest.len };
}
