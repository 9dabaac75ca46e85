/*
 * typed.c - an app for the tests: a field of each kind, and forms that come
 * back.
 */
#include <prg.h>

struct all {
	const char	*text, *story, *mail, *site, *phone, *pet, *day, *hour;
	const char	*night, *month, *paint, *carried, *code, *token;
	const char *const *many;
	int		 small, stars, cold, mood;
	int64_t		 big;
	double		 price, depth;
	bool		 agree, news;
};

static const struct prg_choice pets[] = {
	{ "cat", "Cat" }, { "dog", "Dog" }, { "eel", "Eel" }, PRG_CHOICES_END
};

static const struct prg_field all_fields[] = {
	PRG_TEXT(struct all, text, .max = 100),
	PRG_AREA(struct all, story),
	PRG_EMAIL(struct all, mail),
	PRG_URL(struct all, site),
	PRG_TEL(struct all, phone),
	PRG_CHOICE(struct all, pet, .choices = pets),
	PRG_CHOICES(struct all, many, .choices = pets),
	PRG_INT(struct all, small),
	PRG_INT(struct all, stars, .min = 1, .max = 5),
	PRG_INT(struct all, cold, .min = -20, .max = 40),
	PRG_INT(struct all, big),
	PRG_NUMBER(struct all, price, .min = 0, .max = 100000),
	PRG_NUMBER(struct all, depth),
	PRG_RANGE(struct all, mood, .min = 3, .max = 10),
	PRG_BOOL(struct all, agree),
	PRG_DATE(struct all, day),
	PRG_TIME(struct all, hour),
	PRG_TIME(struct all, night, .from = "22:00", .to = "06:00"),
	PRG_MONTH(struct all, month),
	PRG_COLOUR(struct all, paint),
	PRG_TEXT(struct all, code, .pattern = "[A-Z]{2}"),
	PRG_TEXT(struct all, token, .varies = true),
	PRG_FIELDS_END
};

static const struct prg_field must_fields[] = {
	PRG_TEXT(struct all, text, .required = true, .max = 100),
	PRG_AREA(struct all, story, .required = true, .max = 100),
	PRG_RANGE(struct all, mood, .min = 3, .max = 10, .required = true),
	PRG_BOOL(struct all, agree),
	PRG_BOOL(struct all, news),
	PRG_CHOICE(struct all, pet, .choices = pets),
	PRG_CHOICES(struct all, many, .choices = pets),
	PRG_NUMBER(struct all, price),
	PRG_MONTH(struct all, month),
	PRG_FIELDS_END
};

static const struct all must_defaults = { .news = true, .price = 0.00001 };

static const struct prg_field carried_fields[] = {
	PRG_TEXT(struct all, text, .required = true),
	PRG_HIDDEN(struct all, carried, .max = 20, .required = true),
	PRG_BOOL(struct all, agree),
	PRG_FIELDS_END
};

/* Fill the hidden field, and the box, from the query. */
static struct prg_page
carry(struct prg_req *r)
{
	const char *value = prg_query(r, "v"), *agree = prg_query(r, "agree");

	if (value != NULL)
		prg_fill(r, "carried", "%s", value);
	if (agree != NULL)
		prg_fill(r, "agree", "%s", agree);
	return prg_show(r, NULL);
}

static struct prg_page
carry_fixed(struct prg_req *r)
{
	prg_fill(r, "carried", "fixed");
	return prg_show(r, NULL);
}

static const struct prg_route routes[] = {
	{ "/", .title = "Typed", .fields = all_fields },
	{ "/must", .fields = must_fields, .defaults = &must_defaults },
	{ "/carried", .fields = carried_fields, .get = carry },
	{ "/fixed", .fields = carried_fields, .get = carry_fixed },
	PRG_ROUTES_END
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv, &(struct prg_app){
		.name = "typed", .routes = routes });
}
