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
#include "base/scan.h"

enum {
	LONGEST = 6,		/* of an escaped character: \u001b */
	END = 5			/* of a value that is cut, and the line: ..." */
};

/*
 * By level; the priorities are those of syslog(3), in the form of sd-daemon(3).
 */
static const struct {
	const char	*name;
	const char	*journal;	/* "level" in a line of the journal */
} levels[] = {
	{ "error",	"<3>level" },
	{ "warning",	"<4>level" },
	{ "info",	"<6>level" },
	{ "debug",	"<7>level" }
};

/* The process has one stderr. */
static const char		*log_name = "prg";
static enum prg_log_level	 log_level = PRG_LOG_INFO;
static bool			 log_is_journal;

/* -- Pairs ----------------------------------------------------------------- */

static void
add(struct prg_logfmt *l, const char *p, size_t n)
{
	memcpy(l->text + l->len, p, n);
	l->len += n;
}

static bool
needs_quotes(const char *value)
{
	const char *p = value;

	while (*p > ' ' && *p < 0x7f && strchr("\"=\\", *p) == NULL)
		p++;
	return *p != '\0' || p == value;
}

/* The length of the UTF-8 character at 'p'; 0 if it is invalid. */
static size_t
character(struct prg_span s)
{
	for (size_t n = 1; n <= 4 && n <= s.len; n++)
		if (prg_utf8_valid((struct prg_span){ s.p, n }) == n)
			return n;
	return 0;
}

/* A control character, also of Latin-1: terminals obey those in UTF-8 too. */
static bool
is_control(const char *p, size_t n)
{
	unsigned char c = (unsigned char)p[n - 1];

	return n == 1 ? c < ' ' || c == 0x7f :
	    n == 2 && p[0] == '\xc2' && c < 0xa0;
}

/* Escape a character as in JSON; 'n' is 0 if it is invalid. */
static size_t
escape(const char *p, size_t n, char out[LONGEST + 1])
{
	static const char special[] = "\"\\\n\r\t", letters[] = "\"\\nrt";
	const char *found = n == 1 ? strchr(special, *p) : NULL;

	if (n == 0)
		return (size_t)sprintf(out, "\\ufffd");
	if (found != NULL)
		return (size_t)sprintf(out, "\\%c", letters[found - special]);
	if (is_control(p, n))
		return (size_t)sprintf(out, "\\u%04x", (unsigned char)p[n - 1]);
	memcpy(out, p, n);
	return n;
}

/* Add the value as far as it fits, with room for the end of a cut value. */
static void
add_value(struct prg_logfmt *l, struct prg_span s)
{
	char out[LONGEST + 1];
	size_t n, len;

	while (s.len > 0) {
		n = character(s);
		len = escape(s.p, n, out);
		if (l->len + len > PRG_LOGFMT_MAX - END) {
			add(l, "...", 3);
			return;
		}
		add(l, out, len);
		prg_take(&s, n > 0 ? n : 1);
	}
}

void
prg_logfmt_text(struct prg_logfmt *l, const char *key, const char *value)
{
	size_t n = strlen(key), quotes = needs_quotes(value) ? 1 : 0;

	if (l->len + 1 + n + 2 + LONGEST > PRG_LOGFMT_MAX - END)
		return;		/* no room for a useful pair */
	add(l, " ", l->len > 0 ? 1 : 0);
	add(l, key, n);
	add(l, "=\"", 1 + quotes);
	add_value(l, prg_span(value));
	add(l, "\"", quotes);
}

void
prg_logfmt_number(struct prg_logfmt *l, const char *key, long long n)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", n);
	prg_logfmt_text(l, key, text);
}

void
prg_logfmt_ms(struct prg_logfmt *l, const char *key, long long ns)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld.%02lld", ns / 1000000,
	    ns / 10000 % 100);
	prg_logfmt_text(l, key, text);
}

/* -- Lines ----------------------------------------------------------------- */

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
	char text[48];

	snprintf(text, sizeof(text), "%.19s.%03dZ",
	    prg_date_iso(now / 1000).text, (int)(now % 1000));
	prg_logfmt_text(l, "ts", text);
}

bool
prg_log_begin(struct prg_logfmt *l, enum prg_log_level level, const char *event)
{
	l->len = 0;
	if (level > log_level)
		return false;
	if (!log_is_journal)
		add_time(l);
	prg_logfmt_text(l, log_is_journal ? levels[level].journal : "level",
	    levels[level].name);
	prg_logfmt_text(l, "app", log_name);
	if (event != NULL)
		prg_logfmt_text(l, "event", event);
	return true;
}

void
prg_log_end(struct prg_logfmt *l)
{
	l->text[l->len++] = '\n';
	if (write(STDERR_FILENO, l->text, l->len) == -1)
		return;		/* the operator closed stderr */
}

void
prg_log(enum prg_log_level level, const char *fmt, ...)
{
	char msg[PRG_LOGFMT_MAX];
	struct prg_logfmt l;
	va_list ap;

	if (!prg_log_begin(&l, level, NULL))
		return;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	prg_logfmt_text(&l, "msg", msg);
	prg_log_end(&l);
}
