/*
 * main.c - the command line, and the commands that need no store.
 */
#include <ctype.h>
#include <signal.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/log.h"
#include "command/command.h"
#include "gateway/listen.h"
#include "request/request.h"
#include "request/route.h"
#include "serve/req.h"

/* -- serve ----------------------------------------------------------------- */

/* The gateway reads signals from a descriptor; a fault must still kill. */
static void
block_signals(void)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL,
	    SIGABRT, SIGTRAP, SIGSYS };
	sigset_t set;

	sigfillset(&set);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigdelset(&set, faults[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* Where the templates of the app come from. */
static const char *
templates_of(const struct prg_core *core)
{
	const char *folder = core->options.templates;

	return folder != NULL && access(folder, F_OK) == 0 ? folder :
	    core->app->files != NULL ? "embedded" : "built-in";
}

static void
started(void *arg)
{
	const struct prg_core *core = arg;
	const struct prg_options *o = &core->options;
	struct prg_logfmt l;

	prg_run_ready();
	if (prg_now() / 1000 < PRG_ID_EPOCH)
		prg_log(PRG_LOG_WARNING, "the clock says %s; forms are"
		    " accepted, but dates are wrong until it is set",
		    prg_date_iso(prg_now() / 1000).text);
	if (!prg_log_begin(&l, PRG_LOG_INFO, "start"))
		return;
	prg_logfmt_text(&l, "version", PRG_VERSION);
	prg_logfmt_text(&l, "base", o->base[0] != '\0' ? o->base : "/");
	prg_logfmt_text(&l, "store", o->store);
	prg_logfmt_text(&l, "templates", templates_of(core));
	prg_logfmt_number(&l, "threads", o->threads);
	prg_log_end(&l);
}

static void
report(void *core)
{
	prg_core_report(core, "report");
}

static int
serve_fastcgi(struct prg_run *run, int fd)
{
	const struct prg_options *o = &run->core.options;
	struct prg_fastcgi fastcgi = {
		.listen = fd == -1 ? o->listen : NULL,
		.anywhere = o->listen_anywhere,
		.take_over = o->take_over,
		.listen_fd = fd,
		.inherited = fd != -1,
		.threads = (int)o->threads,
		.grace = (int)o->grace,
		.io_timeout = (int)o->io_timeout,
		.idle_timeout = PRG_IDLE_TIMEOUT
	};
	struct prg_error err;
	int rc;

	block_signals();
	if (prg_core_open(&run->core, &err) == -1 ||
	    prg_periodic_start(&run->core, &err) == -1 ||
	    (rc = prg_fastcgi_run(&fastcgi, &run->service, &err)) == -1)
		return prg_run_fail(run, err.text, "");
	prg_core_report(&run->core, "stop");
	if (rc == 1)
		_exit(0);	/* a request that goes on uses the core */
	return 0;
}

static int
serve(struct prg_run *run)
{
	const char *script = getenv("SCRIPT_NAME");
	struct prg_error err;
	int fd;

	if (prg_listen_inherited(&fd, &err) == -1)
		return prg_run_fail(run, err.text, "");
	if (fd != -1 || run->core.options.listen != NULL)
		return serve_fastcgi(run, fd);
	if (getenv("GATEWAY_INTERFACE") == NULL)
		return prg_run_fail(run, "--listen", "missing; give unix:PATH"
		    " or HOST:PORT, or let a web server start this program");
	/* BusyBox and Yaws find no file "/cgi-bin/app/". */
	run->core.bare_base = run->core.options.base[0] != '\0' &&
	    script != NULL && strcmp(script, run->core.options.base) == 0;
	if (prg_core_open(&run->core, &err) == -1)
		return prg_run_fail(run, err.text, "");
	return prg_cgi_run(&run->service) == 0 ? 0 : 1;
}

/* -- check and routes ------------------------------------------------------ */

static void
print_error(const char *sentence)
{
	fprintf(stderr, "%s\n", sentence);
}

static int
check(struct prg_run *run)
{
	struct prg_core *core = &run->core;
	struct prg_error err;

	if (prg_core_check(core, &err) == -1)
		return prg_run_fail(run, err.text, "");
	if (prg_views_unknown(core->views, print_error) > 0 ||
	    prg_admin_look(run) != 0)
		return 1;
	return printf("ok; templates: %s\n", templates_of(core)) < 0;
}

static int
version(struct prg_run *run)
{
	return printf("%s: prg %s, SQLite %s, jansson %s, libsodium %s\n",
	    run->core.app->name, PRG_VERSION, sqlite3_libversion(),
	    jansson_version_str(), sodium_version_string()) < 0;
}

static int
routes(struct prg_run *run)
{
	const struct prg_route *r = run->core.app->routes;

	if (prg_admin_look(run) != 0)
		return 1;
	for (; r->path != NULL; r++)
		printf("%-16s %-24s %s%s\n", r->path, prg_methods(
		    prg_route_posts(r)), r->title != NULL ? r->title : "",
		    r->public ? " (public)" : "");
	return 0;
}

/* -- The command line ------------------------------------------------------ */

/* The first is the default. */
static const struct command {
	const char	*name;
	const char	*operand;	/* "" if none must follow */
	const char	*help;
	int		(*run)(struct prg_run *);
} commands[] = {
	{ "serve", "", "Answer a web server (the default).", serve },
	{ "check", "", "Check all templates and tables.", check },
	{ "routes", "", "List the routes.", routes },
	{ "ls", "", "List the newest submissions.", prg_admin_ls },
	{ "show", "ID", "Print a submission as JSON.", prg_admin_show },
	{ "rm", "ID", "Delete a submission.", prg_admin_rm },
	{ "purge", "", "Delete what has expired.", prg_admin_purge },
	{ "rotate", "[--now]", "Sign forms with a new secret.",
	  prg_admin_rotate },
	{ "export", "[ROUTE]", "Print results, with --csv or --json; also"
	  " --newest, --since DAY.", prg_export },
	{ "backup", "FILE", "Copy the store to a new file.", prg_admin_backup },
	{ "restore", "FILE", "Put a copy in the place of the store.",
	  prg_admin_restore },
	{ "health", "", "Ask the process at --listen, or the store.",
	  prg_admin_health },
	{ "version", "", "Print the versions of prg and its libraries.",
	  version },
	{ NULL, "", NULL, NULL }
};

/* In the order of enum prg_run_flag. */
static const struct flag {
	const char	*name;
	bool		 value;		/* it has one */
	int		(*command)(struct prg_run *);
} flags[PRG_RUN_FLAGS] = {
	{ "--now", false, prg_admin_rotate },
	{ "--csv", false, prg_export },
	{ "--json", false, prg_export },
	{ "--newest", false, prg_export },
	{ "--since", true, prg_export }
};

static int
print_help(const struct prg_app *app)
{
	printf("usage: %s [command] [flags]\n\n", app->name);
	for (const struct command *c = commands; c->name != NULL; c++)
		printf("  %s %-*s %s\n", c->name, (int)(23 - strlen(c->name)),
		    c->operand, c->help);
	puts("\nA flag may be given in the environment: PRG_MAX_BODY is"
	    " --max-body.\n");
	prg_options_help(stdout);
	return 0;
}

/* False, with a sentence, if there is a flag of another command. */
static bool
check_flags(const struct prg_run *run, const struct command *c)
{
	for (int i = 0; i < PRG_RUN_FLAGS; i++)
		if (run->flags[i] != NULL && flags[i].command != c->run) {
			prg_run_fail(run, flags[i].name,
			    "unknown flag; see --help");
			return false;
		}
	return true;
}

/* Find the command that the words are; NULL, with a sentence, if none. */
static const struct command *
find_command(struct prg_run *run, int count, char **words)
{
	const struct command *c = commands;

	while (count > 0 && c->name != NULL && strcmp(c->name, words[0]) != 0)
		c++;
	if (c->name == NULL)
		prg_run_fail(run, words[0], "unknown command; see --help");
	else if (strcmp(c->operand, "ID") == 0 && count != 2)
		prg_run_fail(run, c->name, "give one ID; see ls");
	else if (strcmp(c->operand, "FILE") == 0 && count != 2)
		prg_run_fail(run, c->name, "give one FILE");
	else if (count > (isupper((unsigned char)c->operand[
	    strspn(c->operand, "[")]) ? 2 : 1))
		prg_run_fail(run, words[count - 1], "unexpected; see --help");
	else if (check_flags(run, c))
		return c;
	return NULL;
}

/* How many words a command's flag takes here; 0 if there is none. */
static int
take_flag(struct prg_run *run, char **word)
{
	const struct flag *f = flags;
	size_t n;

	for (; f < flags + PRG_RUN_FLAGS; f++) {
		n = strlen(f->name);
		if (strncmp(word[0], f->name, n) != 0 || (word[0][n] != '\0' &&
		    (!f->value || word[0][n] != '=')))
			continue;
		if (!f->value || word[0][n] == '=') {
			run->flags[f - flags] = word[0] + n + f->value;
			return 1;
		}
		run->flags[f - flags] = "";
		if (word[1] == NULL || strncmp(word[1], "--", 2) == 0)
			return 1;
		run->flags[f - flags] = word[1];
		return 2;
	}
	return 0;
}

/* Take the flags of commands out of the command line. */
static void
take_flags(struct prg_run *run, int *argc, char **argv)
{
	int n = 0, taken;

	for (int i = 0; i < *argc; i += taken)
		if ((taken = take_flag(run, argv + i)) == 0) {
			argv[n++] = argv[i];
			taken = 1;
		}
	argv[n] = NULL;
	*argc = n;
}

/* The default store must not be in a folder that a web server shows. */
static int
set_paths(struct prg_run *run)
{
	struct prg_options *o = &run->core.options;
	struct prg_arena *a = &run->core.arena;
	const char *name = run->core.app->name;
	const char *dir = getenv("STATE_DIRECTORY");

	if (o->templates == NULL && o->dev)
		o->templates = "templates";
	if (o->store != NULL)
		return 0;
	if (dir != NULL && dir[0] == '\0')
		dir = NULL;
	if (dir == NULL && getenv("GATEWAY_INTERFACE") != NULL)
		return prg_run_fail(run, "PRG_STORE", "missing; give the path"
		    " of the database, outside of the web server's folders");
	o->store = prg_arena_printf(a, "%s/%s.db", dir != NULL ? dir : ".",
	    name);
	return 0;
}

static int
run_command(struct prg_run *run, int argc, char **argv)
{
	struct prg_options *o = &run->core.options;
	const struct command *c;
	struct prg_error err;
	int count;

	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0)
			return print_help(run->core.app);
	take_flags(run, &argc, argv);
	if ((count = prg_options_read(o, argc, argv, &err)) == -1)
		prg_run_fail(run, err.text, "");
	if (count == -1 || (c = find_command(run, count, argv + 1)) == NULL)
		return 2;
	run->operand = count > 1 ? argv[2] : NULL;
	prg_log_open(run->core.app->name, (enum prg_log_level)o->log_level);
	return set_paths(run) != 0 ? 2 : c->run(run);
}

int
prg_command_run(int argc, char **argv, const struct prg_app *app,
    void (*request)(void *core, struct prg_conn *))
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	struct prg_run run = { .core = { .app = app, .endpoints = prg_endpoints,
	    .lock = PTHREAD_MUTEX_INITIALIZER },
	    .service = { request, report, started, &run.core } };
	int rc;

	if (app == NULL || app->name == NULL || app->name[0] == '\0' ||
	    app->name[strspn(app->name, letters)] != '\0' ||
	    prg_id_open() == -1) {
		fputs("prg: app.name: invalid; use a-z, 0-9 and '-'\n", stderr);
		return 2;
	}
	/* "GET /?rm+ID" puts words on the command line (RFC 3875, 4.4). */
	if (getenv("GATEWAY_INTERFACE") != NULL)
		argc = 1;
	umask(077);
	rc = run_command(&run, argc, argv);
	if (run.core.periodic != NULL)
		prg_periodic_stop(run.core.periodic);
	prg_core_close(&run.core);
	return rc;
}
