/*
 * cli.c - prg_main: the command line, and what serves.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/log.h"
#include "gateway/listen.h"
#include "gateway/successor.h"
#include "page/model.h"
#include "command/command.h"
#include "request/request.h"
#include "request/route.h"

/* Answers one request. */
static void	(*serve_request)(void *, struct prg_conn *);

static int	ready_fd;		/* of prg_successor_inherited() */
static char	**start_argv;		/* as we were started */
static int	serve(struct prg_core *, char **);
static int	check(struct prg_core *, char **);
static int	routes(struct prg_core *, char **);

/* One row a command; the first is what is done when none is named. */
static const struct command {
	const char	*name;
	int		 ids;		/* that must follow */
	const char	*usage;
	const char	*help;
	int		(*run)(struct prg_core *, char **);
} commands[] = {
	{ "serve",  0, "serve",   "answer a web server, as FastCGI or CGI program",
	  serve },
	{ "check",  0, "check",   "compile all templates, check all tables",
	  check },
	{ "routes", 0, "routes",  "list the routes",
	  routes },
	{ "ls",     0, "ls",      "list the newest submissions",
	  prg_command_ls },
	{ "show",   1, "show ID", "print a submission as JSON",
	  prg_command_show },
	{ "rm",     1, "rm ID",   "delete a submission; its address says 410",
	  prg_command_rm },
	{ "purge",  0, "purge",   "clear what has expired, forget what is long gone",
	  prg_command_purge },
	{ "rotate", 0, "rotate",  "sign forms with a new secret from now on",
	  prg_command_rotate },
	{ NULL, 0, NULL, NULL, NULL }
};

int
prg_command_fail(const struct prg_core *core, const char *sentence)
{
	fprintf(stderr, "%s: %s\n", core->app->name, sentence);
	return 1;
}

/* -- serve ----------------------------------------------------------------------- */

/* No signal may interrupt a worker: libfcgi takes EINTR for the end (A:1390). */
static void
block_signals(void)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT,
	    SIGTRAP, SIGSYS };
	sigset_t set;

	sigfillset(&set);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigdelset(&set, faults[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void
say_start(void *core)
{
	const struct prg_options *o = &((struct prg_core *)core)->options;
	struct prg_logfmt l;

	if (!prg_log_begin(&l, PRG_LOG_INFO, "start"))
		return;
	prg_logfmt_number(&l, "threads", o->threads);
	prg_logfmt_number(&l, "connections", o->max_connections);
	prg_logfmt_text(&l, "store", o->store);
	prg_log_end(&l);
}

static void
report(void *core)
{
	prg_core_report(core, "report");
}

static int
serve_fastcgi(struct prg_core *core, int fd)
{
	const struct prg_options *o = &core->options;
	struct prg_fastcgi fastcgi = {
		.listen = fd == -1 ? o->listen : NULL,
		.anywhere = o->listen_anywhere,
		.listen_fd = fd,
		.inherited = fd != -1 && !prg_successor_owns(),
		.threads = (int)o->threads,
		.grace = (int)o->grace,
		.io_timeout = (int)o->io_timeout,
		.idle_timeout = (int)o->idle_timeout,
		.max_connections = (int)o->max_connections,
		.max_params = (size_t)o->max_params,
		.ready_fd = ready_fd,
		.argv = start_argv
	};
	const struct prg_service service = { serve_request, report, say_start,
	    core };
	struct prg_error err;
	int rc;

	if ((rc = prg_fastcgi_run(&fastcgi, &service, &err)) == -1)
		return prg_command_fail(core, err.text);
	prg_core_report(core, "stop");
	if (rc == 1)
		_exit(0);	/* a request that is not over uses all there is */
	return 0;
}

static int
serve_cgi(struct prg_core *core)
{
	const struct prg_service service = { .serve = serve_request, .arg = core };

	return prg_cgi_run(&service) == 0 ? 0 : 1;
}

static int
serve(struct prg_core *core, char **words)
{
	const struct prg_options *o = &core->options;
	struct prg_error err;
	bool cgi;
	int fd;

	(void)words;
	if (prg_listen_inherited(&fd, &err) == -1)
		return prg_command_fail(core, err.text);
	cgi = fd == -1 && o->listen == NULL;
	if (cgi && getenv("GATEWAY_INTERFACE") == NULL)
		return prg_command_fail(core, "nowhere to listen: give --listen"
		    " unix:PATH or --listen HOST:PORT, or let a web server start"
		    " this program");
	if (!cgi)
		block_signals();
	if ((!cgi && prg_options_fit(&core->options, &err) == -1) ||
	    prg_core_open(core, &err) == -1)
		return prg_command_fail(core, err.text);
	if (cgi)
		return serve_cgi(core);
	if (prg_core_start(core, &err) == -1)
		return prg_command_fail(core, err.text);
	return serve_fastcgi(core, fd);
}

/* -- The others ------------------------------------------------------------------- */

static void
complain(const char *sentence)
{
	fprintf(stderr, "%s\n", sentence);
}

static int
check(struct prg_core *core, char **words)
{
	struct prg_error err;

	(void)words;
	if (prg_core_check(core, &err) == -1)
		return prg_command_fail(core, err.text);
	if (prg_views_unknown(core->views, complain) > 0)
		return 1;
	return puts("all is well") == EOF;
}

static int
routes(struct prg_core *core, char **words)
{
	(void)words;
	for (const struct prg_route *r = core->app->routes; r->path != NULL; r++)
		printf("%-16s %-24s %s%s\n", r->path, prg_methods(
		    prg_route_posts(r)), r->title != NULL ? r->title : "",
		    r->public ? " (public)" : "");
	return 0;
}

/* -- The command line --------------------------------------------------------------- */

static int
usage(const struct prg_core *core)
{
	printf("usage: %s [command] [flags]\n\n", core->app->name);
	for (const struct command *c = commands; c->name != NULL; c++)
		printf("  %-24s %s%s\n", c->usage, c->help,
		    c == commands ? " (if no command is named)" : "");
	puts("\nEach flag is a variable too: --max-body is PRG_MAX_BODY.\n");
	prg_options_help(stdout);
	return 0;
}

static const struct command *
find_command(const char *name)
{
	const struct command *c = commands;	/* if none is named */

	while (name != NULL && c->name != NULL && strcmp(c->name, name) != 0)
		c++;
	return c->name != NULL ? c : NULL;
}

/* The command that these words are; NULL, with a sentence, if they are none. */
static const struct command *
read_words(int argc, char **argv, struct prg_error *err)
{
	const struct command *c = find_command(argc > 0 ? argv[0] : NULL);
	int ids = argc > 0 ? argc - 1 : 0, i = 0;

	while (i < argc && argv[i][0] != '-')
		i++;
	if (i < argc)
		prg_error_set(err, "there is no flag %s; see --help", argv[i]);
	else if (c == NULL)
		prg_error_set(err, "there is no command '%s'; see --help", argv[0]);
	else if (ids < c->ids)
		prg_error_set(err, "%s needs an ID; see ls", c->name);
	else if (ids > c->ids)
		prg_error_set(err, "behind '%s' there is no place for '%s'; see"
		    " --help", c->usage, argv[1 + c->ids]);
	else
		return c;
	return NULL;
}

/* Where the store is if nobody says: never in a folder that a web server serves. */
static int
place_store(struct prg_core *core)
{
	const char *state = getenv("STATE_DIRECTORY");

	if (core->options.store != NULL)
		return 0;
	if (state == NULL && getenv("GATEWAY_INTERFACE") != NULL)
		return prg_command_fail(core, "as a CGI program it needs PRG_STORE, the"
		    " path of the database, outside of what the web server"
		    " serves");
	core->options.store = prg_arena_printf(&core->arena, "%s%s%s.db",
	    state != NULL ? state : "", state != NULL ? "/" : "",
	    core->app->name);
	return 0;
}

/* templates/NAME beside us, if it is there and no other is named. */
static void
place_templates(struct prg_core *core)
{
	const char *path;
	struct stat st;

	if (core->options.templates != NULL)
		return;
	path = prg_arena_printf(&core->arena, "templates/%s", core->app->name);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		core->options.templates = path;
}

static int
run(struct prg_core *core, int argc, char **argv)
{
	const struct command *c;
	struct prg_error err;

	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return usage(core);
	if (prg_options_read(&core->options, &argc, argv, &err) == -1 ||
	    (c = read_words(argc, argv, &err)) == NULL) {
		prg_command_fail(core, err.text);
		return 2;
	}
	argv[argc] = NULL;
	prg_log_open(core->app->name, (enum prg_log_level)core->options.log_level);
	if (place_store(core) != 0)
		return 2;
	place_templates(core);
	return c->run(core, argc > 0 ? argv + 1 : argv);
}

static bool
good_name(const char *name)
{
	return name != NULL && *name != '\0' &&
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

int
prg_command_run(int argc, char **argv, const struct prg_app *app,
    void (*request)(void *, struct prg_conn *))
{
	struct prg_core core = { .app = app,
	    .lock = PTHREAD_MUTEX_INITIALIZER };
	int rc;

	ready_fd = prg_successor_inherited();
	serve_request = request;

	if (!good_name(app->name) || prg_id_open() == -1) {
		fputs("prg: the app's name must be of a-z, 0-9 and '-'\n", stderr);
		return 2;
	}
	/* A CGI program's words may be the client's: "GET /?rm+ID" (RFC 3875, 4.4). */
	if (getenv("GATEWAY_INTERFACE") != NULL)
		argc = 1;
	umask(077);
	start_argv = prg_arena_get(&core.arena, (size_t)(argc + 1) *
	    sizeof(*argv));
	memcpy(start_argv, argv, (size_t)argc * sizeof(*argv));
	rc = run(&core, argc - 1, argv + 1);
	prg_core_close(&core);
	return rc;
}
