/*
 * export.c - the results of a route as CSV or JSON.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "command/command.h"
#include "form/field.h"
#include "page/program.h"
#include "request/route.h"

struct export {
	const struct prg_field	*fields;	/* NULL: none */
	struct prg_names	*names;		/* of the fields */
	struct prg_arena	 arena;		/* of one row */
	long long		 rows;		/* so far */
};

/* -- CSV (RFC 4180) -------------------------------------------------------- */

/*
 * Spreadsheets calculate a text that begins like this, whoever has typed it;
 * a quote before it makes it a text (OWASP, "CSV Injection").
 */
static bool
is_formula(struct prg_span s)
{
	return s.len > 0 && memchr("=+-@\t\r\n", s.p[0], 7) != NULL;
}

static void
add_cell(struct prg_buf *b, struct prg_span s)
{
	struct prg_span part;
	bool formula = is_formula(s), more;

	if (!formula && memchr(s.p, '"', s.len) == NULL &&
	    memchr(s.p, ',', s.len) == NULL &&
	    memchr(s.p, '\n', s.len) == NULL &&
	    memchr(s.p, '\r', s.len) == NULL) {
		prg_buf_add(b, s.p, s.len);
		return;
	}
	prg_buf_str(b, formula ? "\"'" : "\"");
	do {
		more = prg_span_split(s, '"', &part, &s);
		prg_buf_add(b, part.p, part.len);
		prg_buf_str(b, more ? "\"\"" : "\"");
	} while (more);
}

/* Several choices are one cell, as on pages. */
static void
add_list(struct prg_arena *a, struct prg_buf *b, struct prg_var list)
{
	struct prg_buf cell = prg_buf(a, SIZE_MAX / 4);
	struct prg_var v;

	for (uint32_t i = 0; i < list.len; i++) {
		v = prg_var_at(list, i);
		prg_buf_str(&cell, i > 0 ? ", " : "");
		prg_buf_add(&cell, v.text, v.len);
	}
	add_cell(b, (struct prg_span){ cell.p, cell.len });
}

static void
add_value(struct prg_arena *a, struct prg_buf *b, struct prg_var v)
{
	if (v.type == PRG_VAR_TEXT)
		add_cell(b, (struct prg_span){ v.text, v.len });
	else if (prg_var_is_list(v))
		add_list(a, b, v);
	else
		prg_template_write(b, v, PRG_HOW_RAW);
}

static bool
write_csv(void *arg, const struct prg_row *row)
{
	struct export *e = arg;
	struct prg_buf b = prg_buf(&e->arena, SIZE_MAX / 4);
	struct prg_var input = prg_var_parse(&e->arena, e->names, row->input);
	const struct prg_field *f = e->fields;

	prg_buf_str(&b, row->id.text);
	prg_buf_char(&b, ',');
	prg_buf_str(&b, prg_date_iso(row->created / 1000).text);
	prg_buf_char(&b, ',');
	prg_buf_str(&b, prg_state_name(row->state));
	for (; f != NULL && f->kind != PRG_KIND_END; f++) {
		if (prg_field_is_secret(f))
			continue;
		prg_buf_char(&b, ',');
		add_value(&e->arena, &b, prg_var_find(input,
		    prg_names_find(e->names, prg_span(f->name))));
	}
	prg_buf_str(&b, "\r\n");
	fwrite(b.p, 1, b.len, stdout);
	prg_arena_reset(&e->arena);
	return ferror(stdout) == 0;
}

static void
write_head(const struct prg_field *f)
{
	fputs("id,created,state", stdout);
	for (; f != NULL && f->kind != PRG_KIND_END; f++)
		if (!prg_field_is_secret(f))
			printf(",%s", f->name);
	fputs("\r\n", stdout);
}

/* -- JSON: an array, a row on each line ------------------------------------ */

static bool
write_json(void *arg, const struct prg_row *row)
{
	struct export *e = arg;
	json_t *input = json_loads(row->input != NULL ? row->input : "{}", 0,
	    NULL), *kept = json_object(), *j;
	const struct prg_field *f = e->fields;
	char *text;

	for (; f != NULL && f->kind != PRG_KIND_END; f++)
		if (!prg_field_is_secret(f) &&
		    (j = json_object_get(input, f->name)) != NULL)
			json_object_set(kept, f->name, j);
	j = json_pack("{s:s, s:s, s:s, s:o}", "id", row->id.text, "created",
	    prg_date_iso(row->created / 1000).text, "state",
	    prg_state_name(row->state), "input", kept);
	fputs(e->rows++ == 0 ? "[\n" : ",\n", stdout);
	/* json_dumpf() would write each token by itself. */
	text = json_dumps(j, JSON_COMPACT);
	fputs(text, stdout);
	free(text);
	json_decref(j);
	json_decref(input);
	return ferror(stdout) == 0;
}

/* -- The command ----------------------------------------------------------- */

/* The route that is named, or the only one that takes forms. */
static const struct prg_route *
find_route(struct prg_run *run)
{
	const struct prg_route *r = run->core.app->routes, *only = NULL;

	if (run->operand != NULL &&
	    (only = prg_routes_named(r, run->operand)) == NULL)
		prg_run_fail(run, run->operand, "no such route; see routes");
	for (; run->operand == NULL && r->path != NULL; r++) {
		if (!prg_route_posts(r))
			continue;
		if (only != NULL) {
			prg_run_fail(run, "export", "give a route; see routes");
			return NULL;
		}
		only = r;
	}
	return only;
}

/* "2026-11-30" in milliseconds; false, with a sentence, if it is no day. */
static bool
read_since(struct prg_run *run, int64_t *ms)
{
	const char *day = run->flags[PRG_RUN_SINCE];
	struct tm tm = { .tm_year = 0 };

	if (day == NULL)
		return true;
	if (!prg_date_is_day(prg_span(day))) {
		prg_run_fail(run, "--since", "invalid; give a day such as"
		    " 2026-11-30");
		return false;
	}
	strptime(day, "%Y-%m-%d", &tm);
	*ms = (int64_t)timegm(&tm) * 1000;
	return true;
}

static int
write_all(struct prg_run *run, const struct prg_scan *scan, struct export *e)
{
	const struct prg_field *f = e->fields;
	bool csv = run->flags[PRG_RUN_CSV] != NULL;
	int rc;

	e->names = prg_names_new(&run->core.arena);
	for (; f != NULL && f->kind != PRG_KIND_END; f++)
		prg_names_add(e->names, prg_span(f->name));
	if (csv)
		write_head(e->fields);
	rc = prg_store_scan(run->core.store, scan);
	prg_arena_release(&e->arena);
	if (!csv && rc == 0)
		fputs(e->rows == 0 ? "[]\n" : "\n]\n", stdout);
	if (fflush(stdout) == EOF || ferror(stdout))
		return prg_run_fail(run, "stdout", strerror(errno));
	return rc == 0 ? prg_admin_end_reading(run) : 1;
}

int
prg_export(struct prg_run *run)
{
	const struct prg_route *route = find_route(run);
	bool csv = run->flags[PRG_RUN_CSV] != NULL;
	struct export e = { .rows = 0 };
	struct prg_scan scan = { .newest = run->flags[PRG_RUN_NEWEST] != NULL,
	    .row = csv ? write_csv : write_json, .arg = &e };

	if (route == NULL || !read_since(run, &scan.since))
		return 2;
	if (csv == (run->flags[PRG_RUN_JSON] != NULL)) {
		prg_run_fail(run, "export", "give --csv or --json");
		return 2;
	}
	if (prg_admin_open(run, PRG_STORE_READ) != 0)
		return 1;
	scan.route = route->path;
	e.fields = route->fields;
	return write_all(run, &scan, &e);
}
