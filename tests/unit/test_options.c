/*
 * test_options.c - the settings from the command line and the environment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "serve/options.h"

enum kind { TEXT, NUMBER, TRUTH };

struct member {
	enum kind	kind;
	size_t		offset;
};

#define MEMBER(kind, m)	{ kind, offsetof(struct prg_options, m) }

/* Every option, with two values that are right and differ. */
static const struct option {
	const char	*flag, *variable;
	struct member	 member;
	const char	*initial;
	const char	*one, *two;
} options[] = {
	{ "--listen", "PRG_LISTEN", MEMBER(TEXT, listen), "(null)",
	  "unix:/run/a", "[::1]:9000" },
	{ "--listen-anywhere", "PRG_LISTEN_ANYWHERE",
	  MEMBER(TRUTH, listen_anywhere), "0", "1", "0" },
	{ "--take-over", "PRG_TAKE_OVER", MEMBER(TRUTH, take_over), "0", "1",
	  "0" },
	{ "--base", "PRG_BASE", MEMBER(TEXT, base), "", "/app", "/a/b" },
	{ "--store", "PRG_STORE", MEMBER(TEXT, store), "(null)", "a.db",
	  "sqlite:b.db" },
	{ "--templates", "PRG_TEMPLATES", MEMBER(TEXT, templates), "(null)",
	  "here", "there" },
	{ "--dev", "PRG_DEV", MEMBER(TRUTH, dev), "0", "1", "0" },
	{ "--origin", "PRG_ORIGIN", MEMBER(TEXT, origin), "(null)",
	  "https://a.example", "https://a.example,https://b.example" },
	{ "--secret-file", "PRG_SECRET_FILE", MEMBER(TEXT, secret_file),
	  "(null)", "a", "b" },
	{ "--trust-remote-user", "PRG_TRUST_REMOTE_USER",
	  MEMBER(TRUTH, trust_remote_user), "0", "1", "0" },
	{ "--form-age", "PRG_FORM_AGE", MEMBER(NUMBER, form_age), "2592000",
	  "61", "62" },
	{ "--draft-age", "PRG_DRAFT_AGE", MEMBER(NUMBER, draft_age), "604800",
	  "61", "62" },
	{ "--threads", "PRG_THREADS", MEMBER(NUMBER, threads), "1024", "3",
	  "4" },
	{ "--grace", "PRG_GRACE", MEMBER(NUMBER, grace), "10", "3", "0" },
	{ "--io-timeout", "PRG_IO_TIMEOUT", MEMBER(NUMBER, io_timeout), "30",
	  "3", "4" },
	{ "--max-body", "PRG_MAX_BODY", MEMBER(NUMBER, max_body), "1048576",
	  "3", "4" },
	{ "--max-upload", "PRG_MAX_UPLOAD", MEMBER(NUMBER, max_upload),
	  "8388608", "3", "4" },
	{ "--status-from", "PRG_STATUS_FROM", MEMBER(TEXT, status_from),
	  "127.0.0.0/8,::1", "10.0.0.1", "fd00::/8" },
	{ NULL, NULL, { TEXT, 0 }, NULL, NULL, NULL }
};

/* The value as text; TRUTH is 1 or 0. */
static const char *
value(const struct prg_options *o, struct member m)
{
	static char text[256];
	const void *p = (const char *)o + m.offset;

	switch (m.kind) {
	case NUMBER:
		snprintf(text, sizeof(text), "%ld", *(const long *)p);
		return text;
	case TRUTH:
		return *(const bool *)p ? "1" : "0";
	case TEXT:
		break;
	}
	return *(char *const *)p != NULL ? *(char *const *)p : "(null)";
}

/* Read words as main() has them: writable, and NULL behind the last. */
static int
read_words(struct prg_options *o, const char *const *list,
    struct prg_error *err)
{
	char *argv[10] = { (char *)"app" };
	int argc = 1;

	for (; list[argc - 1] != NULL; argc++)
		argv[argc] = (char *)list[argc - 1];
	err->text[0] = '\0';
	return prg_options_read(o, argc, argv, err) == -1 ? -1 : 0;
}

/* -- Each ----------------------------------------------------------------- */

static void
expect(const struct option *opt, const char *how, const char *const *list,
    const char *want)
{
	struct prg_options o;
	struct prg_error err;

	if (read_words(&o, list, &err) == -1)
		fail_msg("%s, %s: %s", opt->flag, how, err.text);
	if (strcmp(value(&o, opt->member), want) != 0)
		fail_msg("%s, %s: \"%s\"", opt->flag, how,
		    value(&o, opt->member));
}

static void
each_has_its_default(void **state)
{
	const char *const none[] = { NULL };

	(void)state;
	for (const struct option *opt = options; opt->flag != NULL; opt++)
		expect(opt, "nothing said", none, opt->initial);
}

static void
each_is_a_flag_and_a_variable(void **state)
{
	char joined[256];

	(void)state;
	for (const struct option *opt = options; opt->flag != NULL; opt++) {
		snprintf(joined, sizeof(joined), "%s=%s", opt->flag, opt->two);
		const char *const none[] = { NULL };
		const char *const flag[] = { joined, NULL };
		const char *const two_words[] = { opt->flag, opt->one, NULL };
		const char *const twice[] = { joined, joined, NULL };

		expect(opt, "a flag", flag, opt->two);
		if (opt->member.kind != TRUTH)
			expect(opt, "two words", two_words, opt->one);
		expect(opt, "twice", twice, opt->two);
		setenv(opt->variable, opt->one, 1);
		expect(opt, "a variable", none, opt->one);
		expect(opt, "both", flag, opt->two);
		unsetenv(opt->variable);
	}
}

static void
an_empty_variable_is_none(void **state)
{
	const char *const none[] = { NULL };

	(void)state;
	for (const struct option *opt = options; opt->flag != NULL; opt++) {
		setenv(opt->variable, "", 1);
		expect(opt, "an empty variable", none, opt->initial);
		unsetenv(opt->variable);
	}
}

/* The least and the most of each number, and one beyond. */
static const struct range {
	const char	*flag;
	long		 least, most;
} ranges[] = {
	{ "--form-age", 60, 3650L * 86400 },
	{ "--draft-age", 60, 365L * 86400 },
	{ "--threads", 1, 1024 },
	{ "--grace", 0, 3600 },
	{ "--io-timeout", 1, 3600 },
	{ "--max-body", 1, 1L << 30 },
	{ "--max-upload", 1, 1L << 30 },
	{ NULL, 0, 0 }
};

static void
try_number(const struct range *r, long n, bool good)
{
	char number[32], range[128];
	const char *const list[] = { r->flag, number, NULL };
	struct prg_options o;
	struct prg_error err;
	int rc;

	snprintf(number, sizeof(number), "%ld", n);
	snprintf(range, sizeof(range), ": %ld: invalid; give a whole number"
	    " from %ld to %ld", n, r->least, r->most);
	rc = read_words(&o, list, &err);
	if (rc != (good ? 0 : -1))
		fail_msg("%s %ld: %d %s", r->flag, n, rc, err.text);
	if (!good && (strstr(err.text, range) == NULL ||
	    strncmp(err.text, r->flag, strlen(r->flag)) != 0))
		fail_msg("%s %ld: %s", r->flag, n, err.text);
}

static void
numbers_at_their_limits(void **state)
{
	(void)state;
	for (const struct range *r = ranges; r->flag != NULL; r++) {
		try_number(r, r->least, true);
		try_number(r, r->most, true);
		try_number(r, r->least - 1, false);
		try_number(r, r->most + 1, false);
	}
}

static void
the_help_names_each(void **state)
{
	char text[8192] = "", line[64];
	FILE *f = fmemopen(text, sizeof(text), "w");

	(void)state;
	assert_non_null(f);
	prg_options_help(f);
	fclose(f);
	for (const struct option *opt = options; opt->flag != NULL; opt++) {
		snprintf(line, sizeof(line), "  %s ", opt->flag);
		if (strstr(text, line) == NULL)
			fail_msg("%s is not in:\n%s", opt->flag, text);
	}
	assert_non_null(strstr(text, " (1048576)\n"));
}

/* -- Odd ones ------------------------------------------------------------- */

static const struct row {
	const char	*name;
	const char	*variable, *set;	/* NULL: none */
	const char	*argv[5];
	struct member	 member;
	const char	*want;		/* NULL: refused */
	const char	*says;
} rows[] = {
	{ "a truth takes no second word", NULL, NULL, { "--dev", "0" },
	  MEMBER(TRUTH, dev), "1", NULL },
	{ "a truth, denied", "PRG_DEV", "1", { "--dev=0" },
	  MEMBER(TRUTH, dev), "0", NULL },
	{ "a truth in a word", NULL, NULL, { "--dev=yes" },
	  MEMBER(TRUTH, dev), NULL, "--dev: yes: invalid; give 1 or 0" },
	{ "an empty truth", NULL, NULL, { "--dev=" },
	  MEMBER(TRUTH, dev), NULL, "--dev: : invalid; give 1 or 0" },
	{ "a truth in a variable", "PRG_DEV", "true", { NULL },
	  MEMBER(TRUTH, dev), NULL, "--dev: true: invalid; give 1 or 0" },
	{ "the last flag wins", NULL, NULL, { "--grace=1", "--grace", "2" },
	  MEMBER(NUMBER, grace), "2", NULL },
	{ "a value like a flag", NULL, NULL, { "--store=--dev" },
	  MEMBER(TEXT, store), "--dev", NULL },
	{ "a value with an equals sign", NULL, NULL, { "--store=a=b" },
	  MEMBER(TEXT, store), "a=b", NULL },
	{ "a bad variable, though a flag is right", "PRG_GRACE", "x",
	  { "--grace=1" }, MEMBER(NUMBER, grace), NULL, ": x: invalid; give" },

	{ "error", NULL, NULL, { "--log-level=error" },
	  MEMBER(NUMBER, log_level), "0", NULL },
	{ "warning", NULL, NULL, { "--log-level", "warning" },
	  MEMBER(NUMBER, log_level), "1", NULL },
	{ "info, if nothing is said", NULL, NULL, { NULL },
	  MEMBER(NUMBER, log_level), "2", NULL },
	{ "debug", "PRG_LOG_LEVEL", "debug", { NULL },
	  MEMBER(NUMBER, log_level), "3", NULL },
	{ "a level by number", NULL, NULL, { "--log-level=3" },
	  MEMBER(NUMBER, log_level), NULL,
	  "--log-level: 3: invalid; give error, warning, info or debug" },
	{ "a level in capitals", NULL, NULL, { "--log-level=INFO" },
	  MEMBER(NUMBER, log_level), NULL, ": INFO: invalid; give" },

	{ "a number with text", NULL, NULL, { "--grace=1s" },
	  MEMBER(NUMBER, grace), NULL, "--grace: 1s: invalid; give a whole number from 0 to 3600" },
	{ "a number with a sign", NULL, NULL, { "--grace=+1" },
	  MEMBER(NUMBER, grace), NULL, ": +1: invalid; give" },
	{ "a number with a space", NULL, NULL, { "--grace= 1" },
	  MEMBER(NUMBER, grace), NULL, ":  1: invalid; give" },
	{ "a number in hexadecimal", NULL, NULL, { "--grace=0x1" },
	  MEMBER(NUMBER, grace), NULL, ": 0x1: invalid; give" },
	{ "a number with a point", NULL, NULL, { "--grace=1.0" },
	  MEMBER(NUMBER, grace), NULL, ": 1.0: invalid; give" },
	{ "an empty number", NULL, NULL, { "--grace=" },
	  MEMBER(NUMBER, grace), NULL, ": : invalid; give" },
	{ "past 64 bits", NULL, NULL, { "--grace=18446744073709551617" },
	  MEMBER(NUMBER, grace), NULL, ": 18446744073709551617: invalid; give" },
	{ "zeros in front", NULL, NULL, { "--grace=007" },
	  MEMBER(NUMBER, grace), "7", NULL },

	{ "no such flag", NULL, NULL, { "--queue=1" }, MEMBER(TEXT, store),
	  NULL, "--queue=1: unknown flag; see --help" },
	{ "the beginning of a flag", NULL, NULL, { "--thr=7" },
	  MEMBER(NUMBER, threads), "7", NULL },
	{ "the beginning of two", NULL, NULL, { "--max=7" },
	  MEMBER(NUMBER, max_body), NULL, "--max=7: unknown flag; see --help" },
	{ "a short flag", NULL, NULL, { "-xyz" }, MEMBER(TEXT, store), NULL,
	  "-xyz: unknown flag; see --help" },
	{ "a flag and more", NULL, NULL, { "--stores", "x" },
	  MEMBER(TEXT, store), NULL, "--stores: unknown flag;" },
	{ "another case", NULL, NULL, { "--Store=x" }, MEMBER(TEXT, store),
	  NULL, "--Store=x: unknown flag;" },
	{ "an underscore", NULL, NULL, { "--max_body=1" },
	  MEMBER(NUMBER, max_body), NULL, "--max_body=1: unknown flag;" },
	{ "two dashes end the flags", NULL, NULL, { "--", "--store=x" },
	  MEMBER(TEXT, store), "(null)", NULL },
	{ "no flag but an equals sign", NULL, NULL, { "--=x" },
	  MEMBER(TEXT, store), NULL, "--=x: unknown flag;" },
	{ "no value", NULL, NULL, { "--store" }, MEMBER(TEXT, store), NULL,
	  "--store: missing value; give PATH" },
	{ "a flag where its value should be", NULL, NULL, { "--store", "--dev" },
	  MEMBER(TEXT, store), NULL, "--store: missing value; give PATH" },
	{ "a value with one hyphen", NULL, NULL, { "--store", "-a" },
	  MEMBER(TEXT, store), "-a", NULL },
	{ "a variable that is none", "PRG_STOR", "x", { NULL },
	  MEMBER(TEXT, store), "(null)", NULL },
	{ "a variable in lower case", "prg_store", "x", { NULL },
	  MEMBER(TEXT, store), "(null)", NULL },

	{ "the root as base", NULL, NULL, { "--base=/" }, MEMBER(TEXT, base),
	  "", NULL },
	{ "no base", "PRG_BASE", "/app", { "--base=" }, MEMBER(TEXT, base),
	  "", NULL },
	{ "a base of all bytes", NULL, NULL, { "--base=/aZ0-_~.b" },
	  MEMBER(TEXT, base), "/aZ0-_~.b", NULL },
	{ "a base without a slash", NULL, NULL, { "--base=app" },
	  MEMBER(TEXT, base), NULL, "--base: app: invalid; give a path such as /app" },
	{ "a slash at its end", NULL, NULL, { "--base=/app/" },
	  MEMBER(TEXT, base), NULL, "/app/: invalid; give a path such as /app, without a slash" },
	{ "two slashes", NULL, NULL, { "--base=//" }, MEMBER(TEXT, base),
	  NULL, ": //: invalid; give" },
	{ "two slashes in front", NULL, NULL, { "--base=//app" },
	  MEMBER(TEXT, base), NULL, ": //app: invalid; give" },
	{ "two slashes within", NULL, NULL, { "--base=/a//b" },
	  MEMBER(TEXT, base), NULL, ": /a//b: invalid; give" },
	{ "dots", NULL, NULL, { "--base=/a/../b" }, MEMBER(TEXT, base), NULL,
	  ": /a/../b: invalid; give" },
	{ "a dot", NULL, NULL, { "--base=/." }, MEMBER(TEXT, base), NULL,
	  ": /.: invalid; give" },
	{ "a percent", NULL, NULL, { "--base=/a%20b" }, MEMBER(TEXT, base),
	  NULL, ": /a%20b: invalid; give" },
	{ "a space", NULL, NULL, { "--base=/a b" }, MEMBER(TEXT, base), NULL,
	  ": /a b: invalid; give" },
	{ "a query", NULL, NULL, { "--base=/a?b" }, MEMBER(TEXT, base), NULL,
	  ": /a?b: invalid; give" },
	{ "a backslash", NULL, NULL, { "--base=/\\a" }, MEMBER(TEXT, base),
	  NULL, ": /\\a: invalid; give" },
	{ "a line end", NULL, NULL, { "--base=/a\r\nb" }, MEMBER(TEXT, base),
	  NULL, "invalid; give a path" },
	{ "a whole URL", "PRG_BASE", "http://a/b", { NULL },
	  MEMBER(TEXT, base), NULL, ": http://a/b: invalid; give" },
	{ NULL, NULL, NULL, { NULL }, { TEXT, 0 }, NULL, NULL }
};

static void
check_row(const struct row *r)
{
	struct prg_options o;
	struct prg_error err;
	int rc = read_words(&o, r->argv, &err);

	if (rc != (r->want != NULL ? 0 : -1))
		fail_msg("%s: %d %s", r->name, rc, err.text);
	if (r->want != NULL && strcmp(value(&o, r->member), r->want) != 0)
		fail_msg("%s: \"%s\"", r->name, value(&o, r->member));
	if (r->want == NULL && strstr(err.text, r->says) == NULL)
		fail_msg("%s: %s", r->name, err.text);
}

static void
options_table(void **state)
{
	(void)state;
	for (const struct row *r = rows; r->name != NULL; r++) {
		if (r->variable != NULL)
			setenv(r->variable, r->set, 1);
		check_row(r);
		if (r->variable != NULL)
			unsetenv(r->variable);
	}
}

static void
words_that_are_left(void **state)
{
	char words[8][8] = {
		"app", "--grace", "3", "show", "--dev", "ID", "--", "--dev"
	};
	char *argv[9] = { NULL };
	struct prg_options o;
	struct prg_error err;

	(void)state;
	for (int i = 0; i < 8; i++)
		argv[i] = words[i];
	setenv("POSIXLY_CORRECT", "1", 1);
	assert_int_equal(prg_options_read(&o, 8, argv, &err), 3);
	unsetenv("POSIXLY_CORRECT");
	assert_string_equal(argv[1], "show");
	assert_string_equal(argv[2], "ID");
	assert_string_equal(argv[3], "--dev");
	assert_null(argv[4]);
	assert_int_equal(o.grace, 3);
	assert_true(o.dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_its_default),
		cmocka_unit_test(each_is_a_flag_and_a_variable),
		cmocka_unit_test(an_empty_variable_is_none),
		cmocka_unit_test(numbers_at_their_limits),
		cmocka_unit_test(the_help_names_each),
		cmocka_unit_test(options_table),
		cmocka_unit_test(words_that_are_left),
	};

	clearenv();
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
