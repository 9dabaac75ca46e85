/*
 * log.c - one line on stderr for each event, in logfmt.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/log.h"

/* By level; the priorities are those of syslog(3), as sd-daemon(3) has them. */
static const struct {
	const char	*name;
	const char	*journal;	/* "level" in a line of the journal */
} levels[] = {
	{ "error",	"<3>level" },
	{ "warning",	"<4>level" },
	{ "info",	"<6>level" },
	{ "debug",	"<7>level" }
};

/* The process has one stderr, and so one way to write to it. */
static const char		*log_name = "prg";
static enum prg_log_level	 log_level = PRG_LOG_INFO;
static bool			 log_is_journal;

/* JOURNAL_STREAM is the device and inode of the journal (systemd.exec(5)). */
static bool
stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char text[64];
	struct stat st;

	if (stream == NULL || fstat(STDERR_FILENO, &st) == -1)
		return false;
	snprintf(text, sizeof(text), "%llu:%llu",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	return strcmp(stream, text) == 0;
}

void
prg_log_open(const char *name, enum prg_log_level level)
{
	log_name = name;
	log_level = level;
	log_is_journal = stderr_is_journal();
}

static void
add_time(struct prg_logfmt *l)
{
	int64_t now = prg_now();
	struct prg_date d = prg_date_iso(now / 1000);
	size_t n = strlen(d.text) - 1;		/* less its Z */

	snprintf(d.text + n, sizeof(d.text) - n, ".%03dZ", (int)(now % 1000));
	prg_logfmt_text(l, "ts", d.text);
}

/* What each line begins with. */
static void
begin(struct prg_logfmt *l, enum prg_log_level level)
{
	l->len = 0;
	if (!log_is_journal)
		add_time(l);
	prg_logfmt_text(l, log_is_journal ? levels[level].journal : "level",
	    levels[level].name);
	prg_logfmt_text(l, "app", log_name);
}

bool
prg_log_begin(struct prg_logfmt *l, enum prg_log_level level, const char *event)
{
	if (level > log_level)
		return false;
	begin(l, level);
	prg_logfmt_text(l, "event", event);
	return true;
}

void
prg_log_end(struct prg_logfmt *l)
{
	l->text[l->len++] = '\n';
	if (write(STDERR_FILENO, l->text, l->len) == -1)
		return;		/* nobody left to tell */
}

void
prg_log(enum prg_log_level level, const char *fmt, ...)
{
	char msg[PRG_LOGFMT_MAX];
	struct prg_logfmt l;
	va_list ap;

	if (level > log_level)
		return;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	begin(&l, level);
	prg_logfmt_text(&l, "msg", msg);
	prg_log_end(&l);
}
