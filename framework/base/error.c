/*
 * error.c - one sentence about what failed.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"

int
prg_error_set(struct prg_error *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -1;
}
