/*
 * prg_test.h - tests of an app's handlers and pages, without a web server.
 *
 *	struct prg_test *t = prg_test_open(&app);
 *
 *	prg_test_post(t, "/", "name=&stars=5");
 *	assert_string_equal(prg_test_error(t, "name"), "Enter your name");
 *	prg_test_follow(t);
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
	struct prg_test_site	*site;
	struct prg_test	*next;
	struct prg_req	*r;
	json_t		*params;
	const char	*head;
};

/*
 * Start the app with a store in memory, for a first visitor.  Flags are read
 * from the environment, such as PRG_BASE; the log has warnings and errors
 * unless PRG_LOG_LEVEL is set.  If the app cannot start, the program ends with
 * a sentence on stderr.
 */
PRG_API struct prg_test	*prg_test_open(const struct prg_app *);

/* Another visitor: a browser with no cookies yet. */
PRG_API struct prg_test	*prg_test_visitor(struct prg_test *);

/* Stop the app, for all its visitors.  exit(3) stops an app that is left. */
PRG_API void		 prg_test_close(struct prg_test *);

/* These return the status of the answer. */

/* GET a path with its query. */
PRG_API int		 prg_test_get(struct prg_test *, const char *path);

/* Follow redirects, up to a page.  Nothing is done if it is there already. */
PRG_API int		 prg_test_follow(struct prg_test *);

/*
 * Send the form that has this action as a browser does: 'values', such as
 * "name=Ann&stars=5", and all other fields as the page has them, the form key
 * too.  GET the path first if there is no such form on the visitor's page,
 * which may be a draft; that answer stays if it has none, with a sentence on
 * stderr.
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
 * Add a CGI variable (RFC 3875, 4.1) to the requests that follow: REMOTE_USER,
 * or HTTP_ACCEPT_LANGUAGE for a header.  NULL: remove it.
 */
PRG_API void		 prg_test_set(struct prg_test *, const char *variable,
			    const char *value);

/* A header of the answer, such as "Cache-Control"; or "". */
PRG_API const char	*prg_test_header(struct prg_test *, const char *name);

/* The error of a field, NULL: of the form as a whole; or "". */
PRG_API const char	*prg_test_error(struct prg_test *, const char *field);

/*
 * Set prg's clock, in seconds since 1970; it stands still.  Delete what has
 * expired.  0: the true time.  The clock is the same for all apps of the
 * program; time(2) does not change.
 */
PRG_API void		 prg_test_time(struct prg_test *, int64_t);

#endif
