/*
 * sql.c - the database, as handlers see it; prg.h is its manual.
 */
#include <string.h>

#include "page/value.h"
#include "serve/req.h"

/* The letters that a parameter of this kind may have. */
static const char *const letters[] = {
	[PRG_ARG_TEXT]	= "s",
	[PRG_ARG_INT]		= "id",
	[PRG_ARG_DOUBLE]	= "d"
};

/* Check the letters, which are the first parameter.  -1 and an error. */
static int
check(struct prg_db *db, const char *sql, const struct prg_arg *p)
{
	const char *types = p->text != NULL ? p->text : "";
	size_t n = 0;

	while ((++p)->kind != PRG_ARG_END && types[n] != '\0' &&
	    strchr(letters[p->kind], types[n]) != NULL)
		n++;
	if (p->kind == PRG_ARG_END && types[n] == '\0')
		return 0;
	if (db->err.text[0] == '\0')
		prg_error_set(&db->err, "\"%s\" does not fit parameter %zu:"
		    " %s", types, n + 1, sql);
	return -1;
}

int
(prg_exec)(struct prg_db *db, const char *sql, const struct prg_arg *p)
{
	if (db == NULL || check(db, sql, p) == -1)
		return -1;
	return prg_store_sql(db, sql, p + 1, NULL);
}

json_t *
(prg_select)(struct prg_db *db, const char *sql, const struct prg_arg *p)
{
	json_t *rows;

	if (db == NULL || check(db, sql, p) == -1)
		return NULL;
	rows = prg_json_defer(db->arena, json_array());
	return prg_store_sql(db, sql, p + 1, rows) == -1 ? NULL : rows;
}

struct prg_db *
prg_db(struct prg_req *r)
{
	if (r->db == NULL && prg_store_borrow(r->core->store, &r->lent)) {
		r->db = &r->lent;
		r->db->arena = &r->arena;
	}
	return r->db;
}
