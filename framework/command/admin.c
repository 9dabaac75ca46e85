/*
 * admin.c - the commands of who looks after a store.
 */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "command/command.h"
#include "page/model.h"
#include "request/route.h"

enum { LIST_MAX = 1000 };

/* One that is there: a new one would make a wrong path look like an empty store. */
static int
open_store(struct prg_core *core, char **words)
{
	unsigned char bytes[PRG_ID_BYTES];
	struct prg_error err;

	if (words[0] != NULL && !prg_id_parse(prg_span(words[0]), bytes))
		return prg_command_fail(core, "an ID has 27 letters and digits; see ls");
	if (prg_store_expect(core->options.store, &err) == -1 ||
	    prg_store_open(core->options.store, &core->store, &err) == -1)
		return prg_command_fail(core, err.text);
	return 0;
}

int
prg_command_ls(struct prg_core *core, char **words)
{
	struct prg_list wanted = { NULL, NULL, LIST_MAX };
	struct prg_rows rows;

	if (open_store(core, words) != 0)
		return 1;
	rows = prg_store_list(core->store, &core->arena, &wanted);
	for (int i = 0; i < rows.count; i++)
		printf("%s  %s  %s  %-7s  %s\n", rows.list[i].id.text,
		    prg_id_mark(&rows.list[i].id).text,
		    prg_date_iso(rows.list[i].created / 1000).text,
		    prg_state_name(rows.list[i].state), rows.list[i].route);
	return rows.count >= 0 ? 0 : 1;
}

int
prg_command_show(struct prg_core *core, char **words)
{
	const struct prg_route *route;
	struct prg_shown shown = { .url = "" };	/* JSON: no words */
	struct prg_row row;
	json_t *j;

	if (open_store(core, words) != 0)
		return 1;
	switch (prg_store_find(core->store, &core->arena, words[0], &row)) {
	case PRG_FOUND_NONE:
		return prg_command_fail(core, "there is no submission of this ID");
	case PRG_FOUND_FAIL:
		return 1;
	case PRG_FOUND:
		break;
	}
	shown.row = &row;
	if ((route = prg_routes_named(core->app->routes, row.route)) != NULL)
		shown.url = prg_route_address(&core->arena, core->options.base,
		    route, row.id.text);
	j = prg_shown_json(&shown);
	json_dumpf(j, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(j);
	return 0;
}

int
prg_command_rm(struct prg_core *core, char **words)
{
	struct prg_id id;

	if (open_store(core, words) != 0)
		return 1;
	memcpy(id.text, words[0], sizeof(id.text));
	switch (prg_store_erase(core->store, &id, prg_now())) {
	case PRG_PUT_DONE:
		return 0;
	case PRG_PUT_EXISTS:
		return prg_command_fail(core,
		    "there is no submission of this ID");
	default:
		return 1;
	}
}

/* A tombstone must outlive every form that could be sent under its ID (D6). */
int
prg_command_purge(struct prg_core *core, char **words)
{
	int64_t now = prg_now();
	int64_t age = core->options.form_age * INT64_C(1000);
	int swept, sum = 0, gone;

	if (open_store(core, words) != 0)
		return 1;
	do {
		swept = prg_store_sweep(core->store, now, LIST_MAX);
		sum += swept > 0 ? swept : 0;
	} while (swept >= LIST_MAX);
	gone = prg_store_purge(core->store, now - age);
	if (swept == -1 || gone == -1)
		return 1;
	printf("%d expired, %d forgotten\n", sum, gone);
	return 0;
}

int
prg_command_rotate(struct prg_core *core, char **words)
{
	if (core->options.secret_file != NULL)
		return prg_command_fail(core, "the secrets are in --secret-file: put a"
		    " new one in its first line and start again");
	if (open_store(core, words) != 0)
		return 1;
	return prg_store_rotate(core->store, prg_now() / 1000,
	    core->options.form_age) == 0 ? 0 : 1;
}
