/*
 * options.c - what the command line and the environment say.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/network.h"
#include "base/text.h"
#include "serve/options.h"

enum kind { TEXT, NUMBER, TRUTH, LEVEL };

static const struct option {
	const char	*name;
	enum kind	 kind;
	size_t		 offset;
	long		 initial, least, most;	/* of numbers */
	const char	*value;			/* what to write for it */
	const char	*help;
} options[] = {
#define OPTION(name, kind, member) name, kind, offsetof(struct prg_options, member)
	{ OPTION("listen", TEXT, listen), 0, 0, 0, "WHERE",
	  "unix:PATH[,mode=0660] or HOST:PORT, where the web server finds us" },
	{ OPTION("listen-anywhere", TRUTH, listen_anywhere), 0, 0, 0, NULL,
	  "let HOST be an address that other machines reach" },
	{ OPTION("base", TEXT, base), 0, 0, 0, "PATH",
	  "what stands before every path of ours, e.g. /app" },
	{ OPTION("store", TEXT, store), 0, 0, 0, "WHERE",
	  "the database: a path or sqlite:PATH" },
	{ OPTION("templates", TEXT, templates), 0, 0, 0, "FOLDER",
	  "templates that replace those built in, as FOLDER/NAME.mustache" },
	{ OPTION("dev", TRUTH, dev), 0, 0, 0, NULL,
	  "read changed templates again, show what is wrong with them" },
	{ OPTION("origin", TEXT, origin), 0, 0, 0, "ORIGINS",
	  "where our forms are served, e.g. https://a.example; commas between" },
	{ OPTION("secret-file", TEXT, secret_file), 0, 0, 0, "FILE",
	  "secrets that sign forms, 64 hex digits a line, instead of the store's" },
	{ OPTION("trust-remote-user", TRUTH, trust_remote_user), 0, 0, 0, NULL,
	  "the web server verifies REMOTE_USER: it owns what it submits" },
	{ OPTION("form-age", NUMBER, form_age), 30 * 86400, 60, 3650L * 86400,
	  "SECONDS", "that a form may be open before it must be sent twice" },
	{ OPTION("draft-age", NUMBER, draft_age), 3600, 60, 365 * 86400,
	  "SECONDS", "that a form to be corrected is kept" },
	{ OPTION("threads", NUMBER, threads), 0, 1, 1024, "N",
	  "workers; twice the processors if not given" },
	{ OPTION("grace", NUMBER, grace), 10, 0, 3600, "SECONDS",
	  "for what is in flight when we are told to stop" },
	{ OPTION("io-timeout", NUMBER, io_timeout), 30, 1, 3600, "SECONDS",
	  "that the web server may let a request wait for its next byte" },
	{ OPTION("idle-timeout", NUMBER, idle_timeout), 600, 0, 86400,
	  "SECONDS", "that the web server may keep a connection unused; 0: any" },
	{ OPTION("max-connections", NUMBER, max_connections), 0, 1, 1000000, "N",
	  "open at once; as many as RLIMIT_NOFILE allows if not given" },
	{ OPTION("max-body", NUMBER, max_body), 1 << 20, 1, 1L << 30, "BYTES",
	  "in a form" },
	{ OPTION("max-upload", NUMBER, max_upload), 8 << 20, 1, 1L << 30,
	  "BYTES", "in a form that may have files (multipart/form-data)" },
	{ OPTION("max-fields", NUMBER, max_fields), 1000, 1, 100000, "N",
	  "inputs in a form" },
	{ OPTION("max-files", NUMBER, max_files), 20, 1, 1000, "N",
	  "files in a form" },
	{ OPTION("max-value", NUMBER, max_value), 1 << 20, 1, 1L << 30, "BYTES",
	  "in one input" },
	{ OPTION("max-params", NUMBER, max_params), 64 << 10, 4 << 10, 1L << 20,
	  "BYTES", "of header fields in one request" },
	{ OPTION("queue", NUMBER, queue), 10000, 1, 1000000, "N",
	  "submissions that may wait for the disk; beyond it the answer is 503" },
	{ OPTION("watch", NUMBER, watch), 30, 0, 86400, "SECONDS",
	  "that a handler may take before the log tells of it; 0: any" },
	{ OPTION("status-from", TEXT, status_from), 0, 0, 0, "ADDRESSES",
	  "that may ask for /-/health and /-/metrics; 127.0.0.0/8,::1 if not given" },
	{ OPTION("log-level", LEVEL, log_level), PRG_LOG_INFO, 0, 0, "LEVEL",
	  "error, warning, info or debug" },
#undef OPTION
	{ NULL, TEXT, 0, 0, 0, 0, NULL, NULL }
};

static const char *const levels[] = { "error", "warning", "info", "debug" };

static void *
member(struct prg_options *o, const struct option *opt)
{
	return (char *)o + opt->offset;
}

static void
set_initial(struct prg_options *o)
{
	memset(o, 0, sizeof(*o));
	for (const struct option *opt = options; opt->name != NULL; opt++)
		if (opt->kind == NUMBER || opt->kind == LEVEL)
			*(long *)member(o, opt) = opt->initial;
	o->base = "";
	o->status_from = "127.0.0.0/8,::1";
}

static int
set_number(long *out, const struct option *opt, const char *value,
    struct prg_error *err)
{
	long long n;

	if (!prg_digits(prg_span(value), &n) || n < opt->least || n > opt->most)
		return prg_error_set(err, "--%s takes a whole number from %ld to"
		    " %ld, not '%s'", opt->name, opt->least, opt->most, value);
	*out = (long)n;
	return 0;
}

static int
set_truth(bool *out, const struct option *opt, const char *value,
    struct prg_error *err)
{
	if (strcmp(value, "1") != 0 && strcmp(value, "0") != 0)
		return prg_error_set(err, "--%s is 1 or 0, not '%s'", opt->name,
		    value);
	*out = value[0] == '1';
	return 0;
}

static int
set_level(long *out, const char *value, struct prg_error *err)
{
	for (long i = 0; i < 4; i++)
		if (strcmp(levels[i], value) == 0) {
			*out = i;
			return 0;
		}
	return prg_error_set(err, "--log-level is error, warning, info or debug,"
	    " not '%s'", value);
}

static int
set(struct prg_options *o, const struct option *opt, const char *value,
    struct prg_error *err)
{
	switch (opt->kind) {
	case NUMBER:
		return set_number(member(o, opt), opt, value, err);
	case TRUTH:
		return set_truth(member(o, opt), opt, value, err);
	case LEVEL:
		return set_level(member(o, opt), value, err);
	case TEXT:
		break;
	}
	*(const char **)member(o, opt) = value;
	return 0;
}

/* "max-body" is PRG_MAX_BODY there. */
static const char *
variable(const struct option *opt)
{
	char name[64] = "PRG_";
	size_t n = 4;

	for (const char *p = opt->name; *p != '\0'; p++)
		name[n++] = *p == '-' ? '_' : (char)(*p - 'a' + 'A');
	name[n] = '\0';
	return getenv(name);
}

static int
read_environment(struct prg_options *o, struct prg_error *err)
{
	const char *value;

	for (const struct option *opt = options; opt->name != NULL; opt++)
		if ((value = variable(opt)) != NULL && *value != '\0' &&
		    set(o, opt, value, err) == -1)
			return -1;
	return 0;
}

static const struct option *
find(const char *name, size_t len)
{
	for (const struct option *opt = options; opt->name != NULL; opt++)
		if (strncmp(opt->name, name, len) == 0 && opt->name[len] == '\0')
			return opt;
	return NULL;
}

/* Read the flag at argv[*i], and the word after it if it is its value. */
static int
read_flag(struct prg_options *o, char **argv, int *i, struct prg_error *err)
{
	const char *name = argv[*i] + 2, *value = NULL;
	size_t len = strcspn(name, "=");
	const struct option *opt = find(name, len);

	if (opt == NULL)
		return prg_error_set(err, "there is no flag --%.*s; see --help",
		    (int)len, name);
	if (name[len] == '=')
		value = name + len + 1;
	else if (opt->kind == TRUTH)
		value = "1";
	else if ((value = argv[*i + 1]) == NULL || strncmp(value, "--", 2) == 0)
		return prg_error_set(err, "--%s needs a value: %s", opt->name,
		    opt->value);
	else
		(*i)++;
	return set(o, opt, value, err);
}

/* The base as it stands before a path: no slash at its end. */
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
		return prg_error_set(err, "--base is a path like /app: a slash in"
		    " front, none at the end, not '%s'", b);
	return 0;
}

static int
check_status_from(const struct prg_options *o, struct prg_error *err)
{
	struct prg_error e;

	if (prg_networks_check(o->status_from, &e) == 0)
		return 0;
	return prg_error_set(err, "--status-from: %s", e.text);
}

int
prg_options_read(struct prg_options *o, int *argc, char **argv,
    struct prg_error *err)
{
	int left = 0;

	set_initial(o);
	if (read_environment(o, err) == -1)
		return -1;
	for (int i = 0; i < *argc; i++) {
		if (strncmp(argv[i], "--", 2) != 0)
			argv[left++] = argv[i];
		else if (read_flag(o, argv, &i, err) == -1)
			return -1;
	}
	*argc = left;
	return check_base(o, err) == -1 || check_status_from(o, err) == -1 ?
	    -1 : 0;
}

/* What else has descriptors: us, and in each worker its pipes and its readers. */
enum { OWN_FDS = 32, WORKER_FDS = 8, MAX_FDS = 1 << 20 };

int
prg_options_fit(struct prg_options *o, struct prg_error *err)
{
	long room, used;
	struct rlimit r;

	if (o->threads == 0)
		o->threads = 2 * sysconf(_SC_NPROCESSORS_ONLN);
	used = OWN_FDS + WORKER_FDS * o->threads;
	if (getrlimit(RLIMIT_NOFILE, &r) == -1 || r.rlim_cur > MAX_FDS)
		r.rlim_cur = MAX_FDS;
	room = (long)r.rlim_cur - used;
	if (room < 1)
		return prg_error_set(err, "RLIMIT_NOFILE is %ld, which leaves no"
		    " connection beside %ld threads: raise it above %ld",
		    (long)r.rlim_cur, o->threads, used);
	if (o->max_connections > room)
		return prg_error_set(err, "--max-connections is %ld at most, or"
		    " RLIMIT_NOFILE must be more than %ld", room,
		    (long)r.rlim_cur);
	if (o->max_connections == 0)
		o->max_connections = room;
	return 0;
}

void
prg_options_help(FILE *f)
{
	char flag[64];

	for (const struct option *opt = options; opt->name != NULL; opt++) {
		snprintf(flag, sizeof(flag), "--%s %s", opt->name,
		    opt->value != NULL ? opt->value : "");
		fprintf(f, "  %-24s %s", flag, opt->help);
		if (opt->kind == NUMBER && opt->initial != 0)
			fprintf(f, " (%ld)", opt->initial);
		fputc('\n', f);
	}
}
