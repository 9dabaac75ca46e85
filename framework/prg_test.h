/*
 * prg_test.h - tests of an app's handlers and pages, without a web server.
 *
 *	struct prg_test *t = prg_test_open(&app);
 *
 *	prg_test_post(t, "/", "name=&stars=5");
 *	assert_string_equal(prg_test_error(t, "name"), "Enter your name");
 *	prg_test_post(t, "/", "name=Ann");
 *	assert_int_equal(prg_test_follow(t), PRG_OK);
 *	assert_non_null(strstr(t->body, "Thank you, Ann"));
 *	prg_test_close(t);
 *
 * Use any test library; this is cmocka.  All calls are made by one thread.  A
 * text is never NULL and lives until the visitor's next request.
 */
#ifndef PRG_TEST_H
#define PRG_TEST_H

#include <prg.h>

/* A visitor, with the last answer. */
struct prg_test {
	int		 status;	/* 0: there is no answer yet */
	const char	*location;	/* the header; or "" */
	const char	*body;
	json_t		*json;		/* NULL if the body is not JSON */
	/* For prg alone: */
	const char	*head;
	json_t		*params;
	struct prg_req	*r;
};

/*
 * Start the app, with an empty store in memory, for a first visitor.  An app
 * that is open is closed before.  Flags are read from the environment, such as
 * PRG_BASE; the log has warnings and errors, unless PRG_LOG_LEVEL is set.  If
 * the app cannot start, the program ends with a sentence on stderr.
 */
PRG_API struct prg_test	*prg_test_open(const struct prg_app *);

/* Another visitor: a browser with no cookies yet. */
PRG_API struct prg_test	*prg_test_visitor(struct prg_test *);

/* Stop the app, for all its visitors.  So does the end of the program. */
PRG_API void		 prg_test_close(struct prg_test *);

/* GET a path with its query.  This and the next three return the status. */
PRG_API int		 prg_test_get(struct prg_test *, const char *path);

/* Follow redirects, if there are any, to a page. */
PRG_API int		 prg_test_follow(struct prg_test *);

/*
 * Send the form that has this action as a browser does: 'values', such as
 * "name=Ann&stars=5", and all other fields as the page has them, the form key
 * too.  The visitor follows redirects first, to a draft for example.  If the
 * page has no such form, GET the path; if that has none, its answer stays, and
 * a sentence is on stderr.
 */
PRG_API int		 prg_test_post(struct prg_test *, const char *path,
			    const char *values);

/*
 * Send values as a program that prefers JSON: with no form key, but with this
 * Idempotency-Key (NULL: none).  NULL values: GET the path.
 */
PRG_API int		 prg_test_send(struct prg_test *, const char *path,
			    const char *values, const char *key);

/*
 * Set a CGI variable (RFC 3875, 4.1) of the requests that follow: REMOTE_USER,
 * or HTTP_ACCEPT_LANGUAGE for a header.  NULL: remove it.
 */
PRG_API void		 prg_test_set(struct prg_test *, const char *variable,
			    const char *value);

/* A header of the answer, such as "Cache-Control"; or "". */
PRG_API const char	*prg_test_header(struct prg_test *, const char *name);

/* The error of a field, NULL: of the form as a whole; or "". */
PRG_API const char	*prg_test_error(struct prg_test *, const char *field);

/*
 * Set the clock of prg and of SQL, in seconds since 1970; it stands still.
 * Delete what has expired.  0: the true time.  time(2) does not change.
 */
PRG_API void		 prg_test_time(struct prg_test *, int64_t);

#endif
