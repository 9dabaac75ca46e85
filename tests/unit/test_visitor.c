/*
 * test_visitor.c - prg_test.h: a visitor of an app, as a browser and as a program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <prg_test.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct entry {
	const char	*name;
	const char	*message;
	int64_t		 stars;
	const char	*pet;
	const char	*const *days;
	bool		 news;
	const char	*from;
};

static const struct prg_choice pets[] = { { "cat", "Cat" }, { "dog", "Dog" }, PRG_CHOICES_END };
static const struct prg_choice days[] = { { "mon", "Monday" }, { "tue", "Tuesday" }, PRG_CHOICES_END };

static const struct prg_field fields[] = {
	PRG_TEXT(struct entry, name, .label = "Your name", .required = true),
	PRG_AREA(struct entry, message),
	PRG_INT(struct entry, stars, .min = 1, .max = 5),
	PRG_CHOICE(struct entry, pet, .choices = pets, .select = true),
	PRG_CHOICES(struct entry, days, .choices = days),
	PRG_BOOL(struct entry, news),
	PRG_HIDDEN(struct entry, from),
	PRG_FIELDS_END
};

static const struct entry blank = { .name = "", .message = "", .stars = 3,
    .pet = "dog", .from = "" };

static struct prg_page
home(struct prg_req *r)
{
	prg_fill(r, "from", "<\"'&amp;'\">");
	prg_recent(r, "entries", 10);
	return prg_show(r, NULL);
}

static struct prg_next
sign(struct prg_req *r)
{
	const struct entry *e = prg_input(r);

	if (strcmp(e->name, "Eve") == 0) {
		prg_field_error(r, NULL, "Go away");
		return prg_invalid(r);
	}
	prg_set(prg_result(r), "thanks", "Thank you, %s", e->name);
	return prg_created(r);
}

static const struct prg_route routes[] = {
	{ "/", .title = "Book", .fields = fields, .defaults = &blank, .get = home,
	  .post = sign, .public = true, .api = true },
	{ "/mine", .title = "Mine", .fields = fields, .get = home, .post = sign,
	  .owner = true, .removable = true, .keep = 3600 },
	PRG_ROUTES_END
};

static const struct prg_app app = { .name = "visitor", .routes = routes };

static int
open_app(void **state)
{
	*state = prg_test_open(&app);
	return 0;
}

static int
close_app(void **state)
{
	prg_test_close(*state);
	return 0;
}

static json_t *
input(struct prg_test *t)
{
	prg_test_send(t, t->location, NULL, NULL);
	return json_object_get(t->json, "input");
}

static void
test_result(void **state)
{
	struct prg_test *t = *state;

	assert_int_equal(t->status, 0);
	assert_string_equal(t->body, "");
	assert_int_equal(prg_test_post(t, "/", "name=Ann"), 303);
	assert_memory_equal(t->location, "/", 1);
	assert_int_equal(strlen(t->location), 28);
	assert_int_equal(prg_test_follow(t), 200);
	assert_non_null(strstr(t->body, "Thank you, Ann"));
	assert_string_equal(t->location, "");
	assert_string_equal(prg_test_header(t, "cache-control"),
	    "public, no-cache");
	assert_string_equal(prg_test_header(t, "Control"), "");
	assert_int_equal(prg_test_follow(t), 200);
}

/* All that the form has is sent, but for what the test names. */
static void
test_defaults(void **state)
{
	struct prg_test *t = *state;
	json_t *j;

	prg_test_post(t, "/", "name=A%26B&news=on");
	j = input(t);
	assert_string_equal(json_string_value(json_object_get(j, "name")), "A&B");
	assert_int_equal(json_integer_value(json_object_get(j, "stars")), 3);
	assert_string_equal(json_string_value(json_object_get(j, "pet")), "dog");
	assert_string_equal(json_string_value(json_object_get(j, "from")),
	    "<\"'&amp;'\">");
	assert_true(json_is_true(json_object_get(j, "news")));
	assert_int_equal(json_array_size(json_object_get(j, "days")), 0);
}

static void
test_draft(void **state)
{
	struct prg_test *t = *state;
	json_t *j;

	assert_string_equal(prg_test_error(t, "name"), "");
	assert_int_equal(prg_test_post(t, "/", "name=&message=%0A+a%0D%0Ab&stars=9"
	    "&pet=cat&days=mon&days=tue&news=on"), 303);
	assert_string_equal(prg_test_error(t, "name"), "Enter your name");
	assert_string_equal(prg_test_error(t, "pet"), "");
	assert_string_equal(prg_test_error(t, NULL), "");
	assert_string_not_equal(prg_test_error(t, "stars"), "");
	prg_test_follow(t);
	assert_non_null(strstr(t->body, "Enter your name"));
	assert_string_equal(prg_test_error(t, "name"), "Enter your name");
	/* The draft becomes the result, with all else that was typed. */
	prg_test_post(t, "/", "name=Ann&stars=4");
	assert_null(strchr(t->location, '?'));
	j = input(t);
	assert_string_equal(json_string_value(json_object_get(j, "message")), "\n a\nb");
	assert_string_equal(json_string_value(json_object_get(j, "pet")), "cat");
	assert_int_equal(json_array_size(json_object_get(j, "days")), 2);
	assert_true(json_is_true(json_object_get(j, "news")));
	prg_test_post(t, "/", "name=Eve");
	assert_string_equal(prg_test_error(t, NULL), "Go away");
}

static void
test_delete(void **state)
{
	struct prg_test *t = *state;
	char action[64];

	prg_test_post(t, "/mine", "name=Ann");
	snprintf(action, sizeof(action), "%s/delete", t->location);
	assert_int_equal(prg_test_post(t, action, ""), 303);
	assert_int_equal(prg_test_follow(t), 410);
	/* No page has the form any more. */
	assert_int_equal(prg_test_post(t, action, ""), 405);
}

static void
test_program(void **state)
{
	static const char key[] = "\"a key of a program\"";
	struct prg_test *t = *state;
	char *first;

	assert_int_equal(prg_test_send(t, "/", "name=", NULL), 422);
	assert_string_equal(prg_test_error(t, "name"), "Enter your name");
	assert_non_null(json_object_get(t->json, "errors"));
	assert_int_equal(prg_test_send(t, "/", "name=Ann", key), 201);
	assert_non_null(json_object_get(t->json, "result"));
	assert_int_equal(prg_test_follow(t), 201);
	first = strdup(t->location);
	assert_int_equal(prg_test_send(t, "/", "name=Ann", key), 201);
	assert_string_equal(t->location, first);
	free(first);
	/* The cookie of a page is sent with the key. */
	assert_int_equal(prg_test_send(t, "/mine", "name=Ann", "1"), 403);
	assert_int_equal(prg_test_send(t, "/mine", NULL, NULL), 200);
	assert_int_equal(prg_test_send(t, "/mine", "name=Ann", "1"), 201);
	assert_int_equal(prg_test_send(t, "/", NULL, NULL), 200);
	assert_int_equal(json_array_size(json_object_get(t->json, "entries")), 1);
	prg_test_get(t, "/");
	assert_null(t->json);
}

static void
test_visitors(void **state)
{
	struct prg_test *ann = *state, *bob = prg_test_visitor(ann);
	char *address;

	prg_test_post(ann, "/mine", "name=Ann");
	address = strdup(ann->location);
	assert_int_equal(prg_test_follow(ann), 200);
	assert_int_equal(prg_test_get(bob, address), 404);
	assert_int_equal(prg_test_post(bob, "/mine", "name=Bob"), 303);
	assert_int_equal(prg_test_follow(bob), 200);
	assert_int_equal(prg_test_get(bob, address), 404);
	assert_int_equal(prg_test_get(ann, address), 200);
	free(address);
}

static void
test_variables(void **state)
{
	struct prg_test *t = *state;

	prg_test_set(t, "HTTP_ACCEPT", "application/json");
	prg_test_get(t, "/");
	assert_non_null(t->json);
	prg_test_set(t, "HTTP_ACCEPT", NULL);
	prg_test_get(t, "/");
	assert_null(t->json);
	/* Bytes that are no text are sent as they are. */
	assert_int_equal(prg_test_get(t, "/\xff"), 404);
	prg_test_set(t, "HTTP_SEC_FETCH_SITE", "cross-site");
	assert_int_equal(prg_test_post(t, "/", "name=Ann"), 403);
}

static void
test_time(void **state)
{
	struct prg_test *t = *state;
	char *address;

	prg_test_time(t, 2000000000);
	prg_test_post(t, "/mine", "name=Ann");
	address = strdup(t->location);
	prg_test_follow(t);
	assert_non_null(strstr(t->body, "datetime=\"2033-05-18T03:33:20Z\""));
	prg_test_time(t, 2000000000 + 3599);
	assert_int_equal(prg_test_get(t, address), 200);
	prg_test_time(t, 2000000000 + 3600);
	assert_int_equal(prg_test_get(t, address), 410);
	prg_test_time(t, 0);
	prg_test_get(t, "/");
	prg_test_time(t, 2000000000);
	/* The form on the page has become too old. */
	prg_test_post(t, "/", "name=Ann");
	assert_string_not_equal(prg_test_error(t, NULL), "");
	prg_test_time(t, 0);
	free(address);
}

/* A test that failed leaves its app open: the next one has an empty store. */
static void
test_again(void **state)
{
	struct prg_test *t = *state;

	prg_test_post(t, "/", "name=Ann");
	t = *state = prg_test_open(&app);
	prg_test_get(t, "/");
	assert_non_null(strstr(t->body, "Your name"));
	assert_null(strstr(t->body, "Ann"));
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, open_app, close_app)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(test_result), ROW(test_defaults), ROW(test_draft),
		ROW(test_delete), ROW(test_program), ROW(test_visitors),
		ROW(test_variables), ROW(test_time), ROW(test_again)
	};

	return cmocka_run_group_tests_name("visitor", tests, NULL, NULL);
}
