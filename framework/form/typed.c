/*
 * typed.c - the characters that people type without seeing them, and the other
 * spellings of plain ones.
 */
#include <stdint.h>

#include "base/scan.h"
#include "form/typed.h"

/* First and last of each range, sorted, from Unicode 15; 0 ends a table. */
static const uint32_t spaces[] = {	/* White_Space, and blank braille */
	0x9, 0xd, 0x20, 0x20, 0x85, 0x85, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000,
	0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x2800, 0x2800,
	0x3000, 0x3000, 0
}, invisible[] = {	/* soft hyphens, joiners, fillers, marks of direction */
	0xad, 0xad, 0x34f, 0x34f, 0x61c, 0x61c, 0x115f, 0x1160, 0x180e, 0x180e,
	0x200b, 0x200f, 0x202a, 0x202e, 0x2060, 0x206f, 0x3164, 0x3164, 0xfeff,
	0xfeff, 0xffa0, 0xffa0, 0
}, hyphens[] = {
	0x2d7, 0x2d7, 0x2010, 0x2015, 0x2043, 0x2043, 0x2212, 0x2212, 0xfe58,
	0xfe58, 0xfe63, 0xfe63, 0
}, long_marks[] = {	/* hyphens in numbers, but letters in names */
	0x2500, 0x2500, 0x30fc, 0x30fc, 0xff70, 0xff70, 0
}, apostrophes[] = {
	0x2bc, 0x2bc, 0x66c, 0x66c, 0x2018, 0x2019, 0
}, points[] = {
	0x66b, 0x66b, 0x3002, 0x3002, 0xff61, 0xff61, 0
}, zeroes[] = {		/* of the scripts that have digits */
	0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66,
	0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0,
	0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
	0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0,
	0x11066, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e950, 0
};

static bool
is_in(uint32_t c, const uint32_t *table)
{
	while (*table != 0 && c > table[1])
		table += 2;
	return *table != 0 && c >= table[0];
}

/* A mark that closes a direction stays, but where all was marked. */
struct prg_span
prg_typed_trim(struct prg_span s)
{
	const char *start = s.p;
	size_t len, end;
	uint32_t c;

	while (s.len > 0 && (c = prg_utf8_first(s, &len), is_in(c, spaces) ||
	    is_in(c, invisible)))
		prg_take(&s, len);
	for (end = s.len; end > 0; s.len = end) {
		do
			end--;
		while (end > 0 && (s.p[end] & 0xc0) == 0x80);
		c = prg_utf8_first((struct prg_span){ s.p + end,
		    s.len - end }, &len);
		if ((!is_in(c, spaces) && !is_in(c, invisible)) ||
		    ((c == 0x202c || c == 0x2069) && s.p == start))
			break;
	}
	return s;
}

/* The plain spelling of 'c', 0 if it is dropped, or -1 if it stays. */
static int
plain(uint32_t c, enum prg_typed what)
{
	const uint32_t *zero = zeroes;

	if (is_in(c, spaces))
		return what == PRG_TYPED_NUMERIC ? ' ' : 0;
	if (is_in(c, invisible))
		return 0;
	if (what == PRG_TYPED_SEEN)
		return -1;
	if (c >= 0xff01 && c <= 0xff5e)		/* wide ASCII */
		return (int)(c - 0xff01 + '!');
	if (is_in(c, hyphens) || (what == PRG_TYPED_NUMERIC &&
	    is_in(c, long_marks)))
		return '-';
	if (is_in(c, apostrophes) || is_in(c, points))
		return is_in(c, points) ? '.' : '\'';
	while (*zero != 0 && (c < *zero || c > *zero + 9))
		zero++;
	return *zero != 0 && what == PRG_TYPED_NUMERIC ?
	    '0' + (int)(c - *zero) : -1;
}

char *
prg_typed_plain(struct prg_arena *a, struct prg_span s, enum prg_typed what)
{
	struct prg_buf b;
	uint32_t c;
	size_t len;
	int to;

	s = prg_typed_trim(s);
	b = prg_buf(a, s.len);
	for (; s.len > 0; prg_take(&s, len)) {
		c = prg_utf8_first(s, &len);
		to = c < 0x80 ? -1 : plain(c, what);
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
		c = prg_utf8_first(s, &len);
		if (c <= ' ' || (c >= 0x7f && c < 0xa1) || c >= 0xe0000 ||
		    (c >= 0x2000 && c < 0x2070) ||
		    (c >= 0xe000 && c < 0xf900) ||
		    (c >= 0xfff0 && c < 0x10000) ||
		    (c >= 0x80 && plain(c, PRG_TYPED_ASCII) >= 0))
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
		units = prg_utf8_first(rest, &len) > 0xffff ? 2 : 1;
		if (units > max)
			break;
	}
	return (struct prg_span){ s.p, s.len - rest.len };
}
