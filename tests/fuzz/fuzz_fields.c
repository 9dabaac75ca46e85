/*
 * fuzz_fields.c - any form, bound to a struct of every kind of field: the values
 * in the struct are valid by their rows.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "form/field.h"

#define CHECK(c)	do { if (!(c)) abort(); } while (0)

struct all {
	const char	*line, *area, *mail, *url, *tel, *password, *choice;
	const char	*const *choices;
	const char	*date, *time, *month, *colour, *hidden;
	int		 small;
	int64_t		 big;
	double		 number;
	bool		 tick;
};

static const struct prg_choice some[] = {
	{ "a", NULL }, { "b", NULL }, PRG_CHOICES_END
};

static const struct prg_field fields[] = {
	PRG_TEXT(struct all, line, .max = 20, .pattern = "[a-z]*|[0-9]+"),
	PRG_AREA(struct all, area, .max = 50),
	PRG_EMAIL(struct all, mail),
	PRG_URL(struct all, url),
	PRG_TEL(struct all, tel),
	PRG_PASSWORD(struct all, password),
	PRG_CHOICE(struct all, choice, .choices = some),
	PRG_CHOICES(struct all, choices, .choices = some),
	PRG_DATE(struct all, date, .from = "2000-01-01"),
	PRG_TIME(struct all, time),
	PRG_MONTH(struct all, month),
	PRG_COLOUR(struct all, colour),
	PRG_HIDDEN(struct all, hidden),
	PRG_RANGE(struct all, small, .min = -5, .max = 5),
	PRG_INT(struct all, big),
	PRG_NUMBER(struct all, number, .min = 0, .max = 1, .step = 0.125),
	PRG_BOOL(struct all, tick),
	PRG_FIELDS_END
};

static void
check_bound(const struct all *v)
{
	CHECK(v->line != NULL && strlen(v->line) <= 3 * 20);
	CHECK(strpbrk(v->line, "\r\n") == NULL);
	CHECK(v->area != NULL && strchr(v->area, '\r') == NULL);
	CHECK(v->choices != NULL);
	CHECK(v->small >= -5 && v->small <= 5);
	CHECK(v->number >= 0 && v->number <= 1);
	CHECK(v->date[0] == '\0' || strcmp(v->date, "2000-01-01") >= 0);
}

/* A value that is read is read again as itself. */
static void
check_plain(struct prg_arena *a, struct prg_span s)
{
	const char *plain, *again;

	if (memchr(s.p, '\0', s.len) != NULL)
		return;
	for (const struct prg_field *f = fields; f->kind != PRG_KIND_END; f++) {
		plain = prg_field_plain(a, f, s);
		if (plain == NULL || *plain == '\0')
			continue;
		again = prg_field_plain(a, f, prg_span(plain));
		CHECK(again != NULL && strcmp(again, plain) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct prg_form_limits limits = {
		.fields = 50, .name = 50, .value = 500
	};
	struct prg_arena a = { 0 };
	struct prg_messages messages;
	struct prg_error err;
	struct prg_field_errors errors = { .arena = &a, .messages = &messages };
	struct prg_pairs pairs;
	struct all all = { 0 };
	json_t *input, *submitted;

	prg_urlencoded_read(&a, (struct prg_span){ (const char *)data, size },
	    &limits, &pairs);
	CHECK(prg_messages_make(&a, NULL, &messages, &err) == 0);
	prg_fields_bind(fields, &pairs, &all, &errors);
	check_bound(&all);
	for (size_t i = 0; i < pairs.count; i++)
		check_plain(&a, pairs.list[i].value);
	input = prg_fields_input(fields, &pairs, &all);
	submitted = prg_fields_submitted(fields, &pairs, &errors);
	CHECK(json_object_get(input, "password") == NULL);
	CHECK(json_object_get(submitted, "password") == NULL);
	CHECK(json_object_size(input) ==
	    sizeof(fields) / sizeof(fields[0]) - 2);
	json_decref(input);
	json_decref(submitted);
	prg_arena_release(&a);
	return 0;
}
