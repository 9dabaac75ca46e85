/*
 * builtin.h - the files of templates/prg and the stylesheet, within the library.
 *
 * embed.sh writes the source of it.
 */
#ifndef PRG_BUILTIN_H
#define PRG_BUILTIN_H

#include <stddef.h>

struct prg_builtin {
	const char	*name;		/* "form", "prg.css"; NULL: the end */
	const char	*text;
	size_t		 len;
};

extern const struct prg_builtin prg_builtins[];

#endif
