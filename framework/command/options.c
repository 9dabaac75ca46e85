/*
 * options.c - the settings from the command line and the environment.
 */
#include <ctype.h>
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/network.h"
#include "base/text.h"
#include "serve/options.h"

enum kind { TEXT, NUMBER, SWITCH, LEVEL };

/* One row for each; 'initial', 'least' and 'most' are for numbers. */
static const struct row {
	const char	*name;
	enum kind	 kind;
	size_t		 offset;
	const char	*value;			/* its name in --help */
	const char	*help;
	long		 initial, least, most;
} rows[] = {
#define ROW(name, kind, member) name, kind, offsetof(struct prg_options, member)
	{ ROW("listen", TEXT, listen), "ADDRESS",
	  "Listen on unix:PATH[,mode=0660] or HOST:PORT.", 0, 0, 0 },
	{ ROW("listen-anywhere", SWITCH, listen_anywhere), "",
	  "Let other machines connect to HOST:PORT.", 0, 0, 0 },
	{ ROW("take-over", SWITCH, take_over), "",
	  "Replace the process that serves on unix:PATH.", 0, 0, 0 },
	{ ROW("base", TEXT, base), "PATH",
	  "Put PATH, such as /app, before every path.", 0, 0, 0 },
	{ ROW("store", TEXT, store), "PATH",
	  "Keep submissions in this SQLite database.", 0, 0, 0 },
	{ ROW("templates", TEXT, templates), "FOLDER",
	  "Let templates in FOLDER replace those in the program.", 0, 0, 0 },
	{ ROW("dev", SWITCH, dev), "",
	  "Reload changed templates and show their errors.", 0, 0, 0 },
	{ ROW("origin", TEXT, origin), "ORIGINS",
	  "Accept forms from these only: https://a.example,...", 0, 0, 0 },
	{ ROW("secret-file", TEXT, secret_file), "FILE",
	  "Sign forms with the secrets in FILE.", 0, 0, 0 },
	{ ROW("trust-remote-user", SWITCH, trust_remote_user), "",
	  "Let REMOTE_USER own what it submits.", 0, 0, 0 },
	{ ROW("form-age", NUMBER, form_age), "SECONDS",
	  "Accept forms up to SECONDS old.", 30 * 86400, 60, 3650L * 86400 },
	{ ROW("draft-age", NUMBER, draft_age), "SECONDS",
	  "Keep invalid input for SECONDS.", 7 * 86400, 60, 365L * 86400 },
	{ ROW("threads", NUMBER, threads), "N",
	  "Run at most N threads.", PRG_MAX_THREADS, 1, PRG_MAX_THREADS },
	{ ROW("grace", NUMBER, grace), "SECONDS",
	  "Give requests SECONDS to end after SIGTERM.", 10, 0, 3600 },
	{ ROW("io-timeout", NUMBER, io_timeout), "SECONDS",
	  "Time out a read or write after SECONDS.", 30, 1, 3600 },
	{ ROW("max-body", NUMBER, max_body), "BYTES",
	  "Reject larger forms.", 1 << 20, 1, 1L << 30 },
	{ ROW("max-upload", NUMBER, max_upload), "BYTES",
	  "Reject larger forms with files.", 8 << 20, 1, 1L << 30 },
	{ ROW("status-from", TEXT, status_from), "ADDRESSES",
	  "Show health and metrics to these. (127.0.0.0/8,::1)", 0, 0, 0 },
	{ ROW("log-level", LEVEL, log_level), "LEVEL",
	  "Log error, warning, info or debug and worse. (info)",
	  PRG_LOG_INFO, 0, 0 },
#undef ROW
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static const char *const levels[] = { "error", "warning", "info", "debug" };

static void
set_defaults(struct prg_options *o)
{
	memset(o, 0, sizeof(*o));
	for (int i = 0; i < ROWS; i++)
		if (rows[i].kind == NUMBER || rows[i].kind == LEVEL)
			*(long *)((char *)o + rows[i].offset) = rows[i].initial;
	o->base = "";
	o->status_from = "127.0.0.0/8,::1";
}

/* -1 with a sentence if the value is invalid. */
static int
set(struct prg_options *o, const struct row *row, const char *value,
    struct prg_error *err)
{
	void *member = (char *)o + row->offset;
	char give[96] = "error, warning, info or debug";
	long long n = 0;

	switch (row->kind) {
	case TEXT:
		*(const char **)member = value;
		return 0;
	case NUMBER:
		*(long *)member = prg_digits(prg_span(value), &n) &&
		    n <= row->most ? (long)n : -1;
		if (*(long *)member >= row->least)
			return 0;
		snprintf(give, sizeof(give), "a whole number from %ld to %ld",
		    row->least, row->most);
		break;
	case SWITCH:
		*(bool *)member = strcmp(value, "1") == 0;
		if (*(bool *)member || strcmp(value, "0") == 0)
			return 0;
		snprintf(give, sizeof(give), "1 or 0");
		break;
	case LEVEL:
		while (n < 4 && strcmp(levels[n], value) != 0)
			n++;
		*(long *)member = (long)n;
		if (n < 4)
			return 0;
	}
	return prg_error_set(err, "--%s: %s: invalid; give %s", row->name,
	    value, give);
}

/* "max-body" is PRG_MAX_BODY; an empty variable counts as not set. */
static int
read_variable(struct prg_options *o, const struct row *row,
    struct prg_error *err)
{
	char name[64];
	const char *value;

	snprintf(name, sizeof(name), "PRG_%s", row->name);
	for (char *p = name; *p != '\0'; p++)
		*p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
	if ((value = getenv(name)) == NULL || value[0] == '\0')
		return 0;
	return set(o, row, value, err);
}

/* What getopt_long(3) returns for the first row: no character. */
enum { FIRST = 256 };

/*
 * Read the flag that getopt_long(3) has found in 'word'.  A value of its own
 * that begins like a flag is one, and the value is missing.
 */
static int
read_flag(struct prg_options *o, int c, char **word, struct prg_error *err)
{
	const struct row *row;

	if (c == '?')
		return prg_error_set(err, "%s: unknown flag; see --help",
		    *word);
	row = &rows[(c == ':' ? optopt : c) - FIRST];
	if (c == ':' || (optarg == word[1] && optarg != NULL &&
	    strncmp(optarg, "--", 2) == 0))
		return prg_error_set(err, "--%s: missing value; give %s",
		    row->name, row->value);
	return set(o, row, optarg != NULL ? optarg : "1", err);
}

/*
 * The leading '-' keeps flags and words in order, also with POSIXLY_CORRECT;
 * a word is then option 1.
 */
static int
read_flags(struct prg_options *o, int argc, char **argv, struct prg_error *err)
{
	struct option longs[ROWS + 1] = { 0 };
	int c, at, words = 0;

	for (int i = 0; i < ROWS; i++)
		longs[i] = (struct option){ rows[i].name,
		    rows[i].kind == SWITCH ? optional_argument :
		    required_argument, NULL, FIRST + i };
	optind = 0;
	for (at = 1; (c = getopt_long(argc, argv, "-:", longs, NULL)) != -1;
	    at = optind)
		if (c == 1)
			argv[++words] = optarg;
		else if (read_flag(o, c, argv + at, err) == -1)
			return -1;
	while (optind < argc)
		argv[++words] = argv[optind++];
	argv[words + 1] = NULL;
	return words;
}

/* The base stands before a path, so no slash may end it. */
static int
check_base(struct prg_options *o, struct prg_error *err)
{
	const char *b = o->base;

	if (strcmp(b, "/") == 0)
		o->base = b = "";
	if (b[0] == '\0')
		return 0;
	if (b[0] != '/' || b[strlen(b) - 1] == '/' || strstr(b, "//") != NULL ||
	    strstr(b, "/.") != NULL || b[strspn(b, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~/")] != '\0')
		return prg_error_set(err, "--base: %s: invalid; give a path"
		    " such as /app, without a slash at its end", b);
	return 0;
}

int
prg_options_read(struct prg_options *o, int argc, char **argv,
    struct prg_error *err)
{
	struct prg_error e;
	int words;

	set_defaults(o);
	for (int i = 0; i < ROWS; i++)
		if (read_variable(o, &rows[i], err) == -1)
			return -1;
	if ((words = read_flags(o, argc, argv, err)) == -1 ||
	    check_base(o, err) == -1)
		return -1;
	if (prg_networks_check(o->status_from, &e) == -1)
		return prg_error_set(err, "--status-from: %s", e.text);
	return words;
}

void
prg_options_help(FILE *f)
{
	char flag[64];

	for (const struct row *r = rows; r < rows + ROWS; r++) {
		snprintf(flag, sizeof(flag), "--%s %s", r->name, r->value);
		fprintf(f, "  %-24s %s", flag, r->help);
		if (r->kind == NUMBER)
			fprintf(f, " (%ld)", r->initial);
		fputc('\n', f);
	}
}
