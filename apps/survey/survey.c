/*
 * survey.c - every kind of field on one page, with a layout of its own.
 */
#include <prg.h>
#include <string.h>

struct answers {
	const char	*name;
	const char	*email;
	const char	*site;
	const char	*phone;
	const char	*password;
	const char	*postcode;
	int64_t		 age;
	int		 mood;
	double		 height;
	const char	*colour;
	const char	*pet;
	const char	*country;
	const char	*const *fruit;
	const char	*const *days;
	const char	*birthday;
	const char	*wake;
	const char	*card;
	const char	*story;
	bool		 agree;
	const char	*edition;
};

static const struct prg_choice pets[] = {
	{ "cat", "A cat" }, { "dog", "A dog" }, { "none", "None" }, PRG_CHOICES_END
};

static const struct prg_choice countries[] = {
	{ "at", "Austria" }, { "is", "Iceland" }, { "nz", "New Zealand" },
	{ "other", "Elsewhere" }, PRG_CHOICES_END
};

static const struct prg_choice fruit[] = {
	{ "apple", "Apples" }, { "pear", "Pears" }, { "quince", "Quinces" },
	PRG_CHOICES_END
};

static const struct prg_choice days[] = {
	{ "mon", "Monday" }, { "wed", "Wednesday" }, { "fri", "Friday" },
	PRG_CHOICES_END
};

/* Called for a name that fits otherwise. */
static const char *
no_robot(const char *value)
{
	return strcmp(value, "robot") == 0 ?
	    "Robots have surveys of their own" : NULL;
}

static const struct prg_field fields[] = {
	PRG_TEXT    (struct answers, name,     .label = "Your name", .required = true, .max = 80, .autocomplete = "name", .each = no_robot),
	PRG_EMAIL   (struct answers, email,    .label = "Email address", .autocomplete = "email"),
	PRG_URL     (struct answers, site,     .label = "Website", .autocomplete = "url"),
	PRG_TEL     (struct answers, phone,    .label = "Telephone", .autocomplete = "tel"),
	PRG_PASSWORD(struct answers, password, .label = "A secret", .hint = "It is checked, then forgotten.", .min = 3, .autocomplete = "off"),
	PRG_TEXT    (struct answers, postcode, .label = "Postcode", .hint = "Two letters and digits, like AB12.", .pattern = "[A-Z]{2}[0-9]+", .max = 10),
	PRG_INT     (struct answers, age,      .label = "Age", .min = 1, .max = 150),
	PRG_RANGE   (struct answers, mood,     .label = "Mood, from 0 to 10", .min = 0, .max = 10),
	PRG_NUMBER  (struct answers, height,   .label = "Height in metres", .min = 0.3, .max = 3, .step = 0.01),
	PRG_COLOUR  (struct answers, colour,   .label = "Favourite colour"),
	PRG_CHOICE  (struct answers, pet,      .label = "Pet", .choices = pets),
	PRG_CHOICE  (struct answers, country,  .label = "Country", .choices = countries, .select = true),
	PRG_CHOICES (struct answers, fruit,    .label = "Fruit", .choices = fruit),
	PRG_CHOICES (struct answers, days,     .label = "Days", .choices = days, .select = true),
	PRG_DATE    (struct answers, birthday, .label = "Birthday", .from = "1900-01-01", .to = "2099-12-31"),
	PRG_TIME    (struct answers, wake,     .label = "You wake at"),
	PRG_MONTH   (struct answers, card,     .label = "Your card is good until"),
	PRG_AREA    (struct answers, story,    .label = "Your story", .max = 70000),
	PRG_BOOL    (struct answers, agree,    .label = "You may publish this", .required = true),
	PRG_HIDDEN  (struct answers, edition),
	PRG_FIELDS_END
};

static const struct answers defaults = {
	.mood = 5, .colour = "#336699", .edition = "spring"
};

/* A check across two fields; each of them fits by itself. */
static struct prg_next
take(struct prg_req *r)
{
	const struct answers *a = prg_input(r);

	if (strcmp(a->pet, "cat") == 0 && a->mood == 0) {
		prg_field_error(r, "mood", "Nobody with a cat is that sad");
		return prg_invalid(r);
	}
	prg_set(prg_result(r), "thanks", "Thank you, %s", a->name);
	return prg_created(r);
}

static const struct prg_route routes[] = {
	{ "/", .title = "Survey", .fields = fields, .defaults = &defaults,
	  .post = take, .keep = 365 * 86400, .removable = true },
	PRG_ROUTES_END
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv,
	    &(struct prg_app){ .name = "survey", .routes = routes,
	    .files = prg_files });
}
