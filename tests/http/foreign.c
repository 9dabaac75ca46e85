/*
 * foreign.c - an app for the tests: each word is said in another language, as «NAME».
 */
#include <prg.h>
#include <stdio.h>

struct note {
	const char	*text;
	const char	*more;
	bool		 tick;
};

static const struct prg_field fields[] = {
	PRG_TEXT(struct note, text, .label = "Κείμενο", .required = true,
	    .max = 5),
	PRG_TEXT(struct note, more, .label = "Κι άλλο"),
	PRG_BOOL(struct note, tick, .label = "Ναι;"),
	PRG_FIELDS_END
};

#define WORD(name)	{ name, "«" name "»" }

static const struct prg_message words[] = {
	WORD("enter"), WORD("choose"), WORD("tick"), WORD("too_long"),
	WORD("too_short"), WORD("one_line"), WORD("no_text"),
	WORD("no_email"), WORD("no_url"), WORD("no_tel"), WORD("no_int"),
	WORD("no_number"), WORD("no_step"), WORD("range"), WORD("minimum"),
	WORD("no_choice"), WORD("no_date"), WORD("no_time"),
	WORD("no_month"), WORD("no_colour"), WORD("too_early"),
	WORD("too_late"), WORD("pattern"), WORD("no_file"),
	WORD("form_old"), WORD("form_unknown"), WORD("form_used"),
	WORD("yes"), WORD("no"), WORD("received"), WORD("see_other"),
	WORD("unread"), WORD("delete_again"),
	{ "date", "{year} {month} {day} {time}" },
	WORD("skip"), WORD("error"), WORD("problem"), WORD("optional"),
	WORD("send"), WORD("first"), WORD("newest"), WORD("received_on"),
	WORD("reference"), WORD("keep"), WORD("kept_until"), WORD("delete"),
	WORD("title_400"), WORD("detail_400"),
	WORD("title_403"), WORD("detail_403"),
	WORD("title_404"), WORD("detail_404"),
	WORD("title_405"), WORD("detail_405"),
	WORD("title_406"), WORD("detail_406"),
	WORD("title_409"), WORD("detail_409"),
	WORD("title_410"), WORD("detail_410"),
	WORD("title_411"), WORD("detail_411"),
	WORD("title_412"), WORD("detail_412"),
	WORD("title_413"), WORD("detail_413"),
	WORD("title_415"), WORD("detail_415"),
	WORD("title_422"), WORD("detail_422"),
	WORD("title_429"), WORD("detail_429"),
	WORD("title_500"), WORD("detail_500"),
	WORD("title_501"), WORD("detail_501"),
	WORD("title_503"), WORD("detail_503"),
	WORD("month_1"), WORD("month_2"), WORD("month_3"), WORD("month_4"),
	WORD("month_5"), WORD("month_6"), WORD("month_7"), WORD("month_8"),
	WORD("month_9"), WORD("month_10"), WORD("month_11"),
	WORD("month_12"),
	PRG_MESSAGES_END
};

/* With ?pipe=PATH, the database is lent to it until a byte comes from there. */
static struct prg_page
list(struct prg_req *r)
{
	const char *path = prg_query(r, "pipe");
	FILE *pipe;

	if (path != NULL && prg_db(r) != NULL &&
	    (pipe = fopen(path, "r")) != NULL) {
		fputs("at the gate\n", stderr);
		fgetc(pipe);
		fclose(pipe);
	}
	prg_recent(r, "notes", 10);
	return prg_show(r, NULL);
}

static struct prg_next
fail(struct prg_req *r)
{
	return prg_fail(r, "always");
}

static const struct prg_route routes[] = {
	{ "/", .title = "Σημείωμα", .fields = fields, .get = list,
	  .removable = true, .keep = 3600, .once = true },
	{ "/fail", .title = "Ποτέ", .fields = fields, .post = fail },
	PRG_ROUTES_END
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv, &(struct prg_app){ .name = "foreign",
	    .routes = routes, .lang = "el", .messages = words });
}
