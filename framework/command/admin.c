/*
 * admin.c - the commands that look into a store and maintain it.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/date.h"
#include "command/command.h"
#include "gateway/listen.h"
#include "page/model.h"
#include "request/route.h"
#include "serve/req.h"

enum {
	LIST_MAX = 1000,
	ANSWER_WAIT = 5		/* seconds */
};

/* A new store would make a wrong path look empty. */
int
prg_admin_open(struct prg_run *run, enum prg_store_mode mode)
{
	struct prg_core *core = &run->core;
	const struct prg_store_place place = prg_core_place(core, mode);
	struct prg_error err;

	if (prg_store_open(&place, &core->store, &err) == -1)
		return prg_run_fail(run, err.text, "");
	return 0;
}

int
prg_admin_look(struct prg_run *run)
{
	struct stat st;

	return stat(run->core.options.store, &st) == 0 ?
	    prg_admin_open(run, PRG_STORE_READ) : 0;
}

/* So too, for the submission that the command names. */
static int
open_for_id(struct prg_run *run, enum prg_store_mode mode)
{
	unsigned char bytes[PRG_ID_BYTES];

	if (!prg_id_parse(prg_span(run->operand), bytes))
		return prg_run_fail(run, run->operand, "invalid ID; see ls");
	return prg_admin_open(run, mode);
}

int
prg_admin_end_reading(struct prg_run *run)
{
	struct prg_error err;

	if (prg_store_check(run->core.store, &err) == -1)
		return prg_run_fail(run, err.text, "");
	return 0;
}

int
prg_admin_ls(struct prg_run *run)
{
	struct prg_list wanted = { .count = LIST_MAX };
	struct prg_rows rows;

	if (prg_admin_open(run, PRG_STORE_READ) != 0)
		return 1;
	rows = prg_store_list(run->core.store, &run->core.arena, &wanted);
	for (int i = 0; i < rows.count; i++)
		printf("%s  %s  %s  %-7s  %s\n", rows.list[i].id.text,
		    prg_id_mark(&rows.list[i].id).text,
		    prg_date_iso(rows.list[i].created / 1000).text,
		    prg_state_name(rows.list[i].state), rows.list[i].route);
	return rows.count >= 0 ? prg_admin_end_reading(run) : 1;
}

int
prg_admin_show(struct prg_run *run)
{
	struct prg_core *core = &run->core;
	struct prg_row row;
	struct prg_shown shown = { .row = &row, .url = "" };
	const struct prg_route *route;
	json_t *j;

	if (open_for_id(run, PRG_STORE_READ) != 0)
		return 1;
	switch (prg_store_find(core->store, &core->arena, run->operand, &row)) {
	case PRG_FOUND_NONE:
		return prg_run_fail(run, run->operand, "no such submission");
	case PRG_FOUND_FAIL:
		return 1;
	case PRG_FOUND:
		break;
	}
	if ((route = prg_routes_named(core->app->routes, row.route)) != NULL)
		shown.url = prg_route_address(&core->arena, core->options.base,
		    route, row.id.text);
	j = prg_shown_json(&shown);
	json_dumpf(j, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(j);
	return prg_admin_end_reading(run);
}

int
prg_admin_rm(struct prg_run *run)
{
	struct prg_id id;

	if (open_for_id(run, PRG_STORE_EDIT) != 0)
		return 1;
	memcpy(id.text, run->operand, sizeof(id.text));
	switch (prg_store_erase(run->core.store, &id, prg_now())) {
	case PRG_PUT_DONE:
		return 0;
	case PRG_PUT_EXISTS:
		return prg_run_fail(run, run->operand, "no such submission");
	default:
		return 1;
	}
}

/*
 * A deleted row is forgotten only when every form that could create it again
 * is too old to be accepted.
 */
int
prg_admin_purge(struct prg_run *run)
{
	int64_t now = prg_now();
	int64_t age = (int64_t)run->core.options.form_age * 1000;
	int swept, sum = 0, gone;

	if (prg_admin_open(run, PRG_STORE_EDIT) != 0)
		return 1;
	while ((swept = prg_store_sweep(run->core.store, now, &sum)) == 1)
		;
	gone = prg_store_purge(run->core.store, now - age);
	if (swept == -1 || gone == -1)
		return 1;
	printf("%d expired, %d forgotten\n", sum, gone);
	return 0;
}

int
prg_admin_rotate(struct prg_run *run)
{
	const struct prg_options *o = &run->core.options;
	const int64_t now = prg_now() / 1000;

	if (o->secret_file != NULL)
		return prg_run_fail(run, o->secret_file, "holds the secrets;"
		    " put a new one on its first line and restart");
	if (prg_admin_open(run, PRG_STORE_EDIT) != 0)
		return 1;
	return prg_store_rotate(run->core.store, now,
	    run->flags[PRG_RUN_NOW] != NULL ? INT64_MAX : now - o->form_age)
	    == 0 ? 0 : 1;
}

int
prg_admin_backup(struct prg_run *run)
{
	struct prg_error err;

	if (prg_admin_open(run, PRG_STORE_READ) != 0)
		return 1;
	setpriority(PRIO_PROCESS, 0, PRIO_MAX);	/* the visitors come first */
	if (prg_store_backup(run->core.store, run->operand, &err) == -1)
		return prg_run_fail(run, err.text, "");
	return 0;
}

int
prg_admin_restore(struct prg_run *run)
{
	const struct prg_store_place place = prg_core_place(&run->core,
	    PRG_STORE_SERVE);
	struct prg_error err;

	if (prg_store_restore(&place, run->operand, &err) == -1)
		return prg_run_fail(run, err.text, "");
	return 0;
}

/*
 * Ask as the first address that may.  With --status-from empty nobody may see
 * it, and any other answer has to do.
 */
static int
ask_process(struct prg_run *run)
{
	struct prg_core *core = &run->core;
	const struct prg_options *o = &core->options;
	const char *from = o->status_from + strspn(o->status_from, ", ");
	const char *const params[] = {
		"REQUEST_METHOD", "GET",
		"REQUEST_URI", prg_core_url(core, &core->arena,
		    prg_endpoints[PRG_ENDPOINT_HEALTH].path),
		"REMOTE_ADDR", prg_arena_copy(&core->arena, from,
		    strcspn(from, "/, ")),
		NULL
	};
	struct prg_error err;
	int status = prg_listen_ask(o->listen, params, ANSWER_WAIT, &err);

	if (status == -1)
		return prg_run_fail(run, err.text, "");
	if (status == PRG_SERVICE_UNAVAILABLE)
		return prg_run_fail(run, o->listen, "its store does not answer;"
		    " see its log");
	if (status != PRG_OK && *from != '\0')
		return prg_run_fail(run, o->listen, "shows no health here; give"
		    " the --base and --status-from that it has");
	return printf("ok: %s answers\n", o->listen) < 0;
}

int
prg_admin_health(struct prg_run *run)
{
	const struct prg_options *o = &run->core.options;

	if (o->listen != NULL)
		return ask_process(run);
	if (prg_admin_open(run, PRG_STORE_READ) != 0 ||
	    prg_admin_end_reading(run) != 0)
		return 1;
	return printf("ok: %s can be read\n", o->store) < 0;
}
