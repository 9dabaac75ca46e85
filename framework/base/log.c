/*
 * log.c - one line on stderr for each event.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static const char *const names[] = { "error", "warning", "info", "debug" };

/* The process has one stderr, and so one way to write to it. */
static const char		*log_name = "prg";
static enum prg_log_level	 log_level = PRG_LOG_INFO;

void
prg_log_open(const char *name, enum prg_log_level level)
{
	log_name = name;
	log_level = level;
}

void
prg_log(enum prg_log_level level, const char *fmt, ...)
{
	char line[1024];
	va_list ap;
	size_t n;
	int k;

	if (level > log_level)
		return;
	k = snprintf(line, sizeof(line), "%s: %s: ", log_name, names[level]);
	n = k < 0 ? 0 : (size_t)k < sizeof(line) ? (size_t)k : 0;
	va_start(ap, fmt);
	vsnprintf(line + n, sizeof(line) - n, fmt, ap);
	va_end(ap);
	n = strlen(line);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	if (n == sizeof(line) - 1)
		n--;
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) == -1)
		return;		/* nobody left to tell */
}
