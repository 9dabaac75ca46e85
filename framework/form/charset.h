/*
 * charset.h - the encodings that a form, or a part of it, may say it has.
 */
#ifndef PRG_CHARSET_H
#define PRG_CHARSET_H

#include "base/scan.h"

enum prg_charset {
	PRG_UTF8,		/* or nothing said */
	PRG_WINDOWS_1252,	/* and ISO-8859-1, which is read as the same */
	PRG_UNKNOWN		/* only ASCII can be read */
};

/* By its label (Encoding standard, 4.2), in any case. */
enum prg_charset	prg_charset(struct prg_span label);

/* Of the parameters of a Content-Type. */
enum prg_charset	prg_charset_of(struct prg_span params);

/* Whether there is a byte that is not ASCII. */
bool			prg_is_wide(struct prg_span);

/* Append windows-1252 as UTF-8. */
void			prg_1252_decode(struct prg_buf *, struct prg_span);

#endif
