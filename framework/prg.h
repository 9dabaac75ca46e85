/*
 * prg.h - web forms in C: Post/Redirect/Get.
 *
 * An app is a table of routes.  A route has a table of fields, a 'get' that
 * shows the form and a 'post' that runs on valid input.  The result of a post
 * is stored under an address of its own, and the browser is sent there with
 * "303 See Other" (RFC 9110, 15.4.4).  That address can be reloaded, bookmarked
 * and shared.
 *
 * These rules hold for all functions below, unless a comment says otherwise:
 * - A returned pointer lives as long as the request and is never NULL.  Free
 *   nothing.  Copy data that you keep for longer.
 * - Text is UTF-8 and ends in a NUL; it has no other NUL.
 * - Handlers run in several threads at once and hold no lock or transaction.
 * - A zero member of a struct is the right default.
 * - A mistake, such as a wrong name, is a warning in the log, never a crash.
 */
#ifndef PRG_H
#define PRG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A handler of the wrong type is an error, as it is by default in gcc 14 and
 * clang 16.  The pragma applies to all code after this #include.
 */
#pragma GCC diagnostic error "-Wincompatible-pointer-types"

#define PRG_VERSION	"0.1"

#define PRG_API		__attribute__((visibility("default")))
#define PRG_MUST_USE	__attribute__((warn_unused_result))
#define PRG_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* One request.  A handler gets it and passes it to the functions below. */
struct prg_req;

/* A connection to the database; to use it, include <sqlite3.h>. */
struct sqlite3;

/* Status codes, named as in RFC 9110, 15. */
enum prg_status {
	PRG_OK				= 200,
	PRG_CREATED			= 201,
	PRG_ACCEPTED			= 202,
	PRG_NO_CONTENT			= 204,
	PRG_SEE_OTHER			= 303,
	PRG_NOT_MODIFIED		= 304,
	PRG_BAD_REQUEST			= 400,
	PRG_FORBIDDEN			= 403,
	PRG_NOT_FOUND			= 404,
	PRG_METHOD_NOT_ALLOWED		= 405,
	PRG_NOT_ACCEPTABLE		= 406,
	PRG_CONFLICT			= 409,
	PRG_GONE			= 410,
	PRG_LENGTH_REQUIRED		= 411,
	PRG_PRECONDITION_FAILED		= 412,
	PRG_CONTENT_TOO_LARGE		= 413,
	PRG_UNSUPPORTED_MEDIA_TYPE	= 415,
	PRG_UNPROCESSABLE_CONTENT	= 422,
	PRG_TOO_MANY_REQUESTS		= 429,
	PRG_INTERNAL_SERVER_ERROR	= 500,
	PRG_NOT_IMPLEMENTED		= 501,
	PRG_SERVICE_UNAVAILABLE		= 503
};

/* -- Outcomes ---------------------------------------------------------------
 *
 * A handler returns an outcome that one of these functions made.  A 'get'
 * returns a page and a 'post' the next action, so a POST that draws a page does
 * not compile.
 */
struct prg_page {
	enum prg_status	 status;
	const char	*template_name;
};

struct prg_next {
	enum prg_next_kind {
		PRG_NEXT_FAIL,
		PRG_NEXT_CREATED,
		PRG_NEXT_REDIRECT,
		PRG_NEXT_INVALID,
		PRG_NEXT_MISTAKE
	}		 kind;
	const char	*location;
};

/*
 * Show this template, filled from prg_model().  NULL means "form" on a route
 * that accepts a POST, and "page" on other routes.
 */
PRG_API struct prg_page	prg_show(struct prg_req *, const char *name)
	    PRG_MUST_USE;

/* Answer 404. */
PRG_API struct prg_page	prg_missing(struct prg_req *) PRG_MUST_USE;

/*
 * Store input and result, then answer 303 to their address (201 to a program).
 */
PRG_API struct prg_next	prg_created(struct prg_req *) PRG_MUST_USE;

/*
 * Store input and result, then answer 303 to another page of this app.  The
 * path is one of the table of routes, with or without a query, at most 1000
 * bytes long.  Encode each value in it with prg_escape().  The answer is 500 if
 * the text cannot be a path.
 */
PRG_API struct prg_next	prg_redirect(struct prg_req *, const char *path)
	    PRG_MUST_USE;

/*
 * A value as it stands in a path or a query: bytes other than A-Z, a-z, 0-9,
 * '-', '.', '_' and '~' become "%XX".
 *
 *	prg_redirect(r, prg_printf(r, "/found?q=%s", prg_escape(r, text)));
 */
PRG_API const char	*prg_escape(struct prg_req *, const char *);

/* Show the form again, with the submitted values and the errors you added. */
PRG_API struct prg_next	prg_invalid(struct prg_req *) PRG_MUST_USE;

/*
 * Answer 503; the visitor may send the form again.  The sentence goes to the
 * log and is not shown to the visitor.
 */
PRG_API struct prg_next	prg_fail(struct prg_req *, const char *fmt, ...)
	    PRG_PRINTF(2, 3) PRG_MUST_USE;

/* -- Fields -----------------------------------------------------------------
 *
 * One row of the table describes a field: how it is parsed, checked, shown,
 * stored and named in JSON.  The macros bind the row to a member of your
 * struct; a member of the wrong type does not compile:
 *
 *	struct entry { const char *name; int64_t stars; };
 *
 *	static const struct prg_field entry_fields[] = {
 *		PRG_TEXT(struct entry, name, .label = "Your name",
 *		    .required = true, .max = 80),
 *		PRG_INT (struct entry, stars, .min = 1, .max = 5),
 *		PRG_FIELDS_END
 *	};
 */
enum prg_kind {
	PRG_KIND_END,
	PRG_KIND_TEXT,		/* one line, less the white space at its ends */
	PRG_KIND_AREA,		/* several lines; CRLF becomes LF */
	PRG_KIND_EMAIL,		/* one address, as in HTML's type=email */
	PRG_KIND_URL,		/* http or https */
	PRG_KIND_TEL,		/* digits, spaces and + - ( ) . / */
	PRG_KIND_PASSWORD,	/* secret; passed to the handler unchanged */
	PRG_KIND_INT,
	PRG_KIND_RANGE,		/* a slider from min to max */
	PRG_KIND_NUMBER,
	PRG_KIND_BOOL,		/* a checkbox */
	PRG_KIND_CHOICE,	/* one of 'choices' */
	PRG_KIND_CHOICES,	/* any number of 'choices' */
	PRG_KIND_DATE,		/* YYYY-MM-DD */
	PRG_KIND_TIME,		/* HH:MM or HH:MM:SS */
	PRG_KIND_MONTH,		/* YYYY-MM */
	PRG_KIND_COLOUR,	/* #rrggbb */
	PRG_KIND_HIDDEN		/* set by prg_fill(); comes back to the byte */
};

struct prg_choice {
	const char	*value;		/* sent and stored */
	const char	*label;		/* shown; NULL: the value */
};

#define PRG_CHOICES_END	{ 0 }

struct prg_field {
	const char	*name;		/* in HTML, JSON and the database */
	const char	*label;		/* NULL: the name */
	const char	*hint;		/* a sentence below the label */
	bool		 required;
	/*
	 * Of a text, the length in UTF-16 units, as HTML's maxlength counts; a
	 * max of 0 is 1000 for one line and 10000 for an area.  Of a number,
	 * its range; with a max of 0 there is no upper bound, and a lower one
	 * only if min is above 0.  Exact up to 2^53.
	 */
	double		 min;
	double		 max;
	double		 step;		/* of a number: min, or 0, plus steps */
	/*
	 * Of a date, time or month: the first and the last.  Times from "22:00"
	 * to "06:00" go over midnight.
	 */
	const char	*from;
	const char	*to;
	/*
	 * Of a text: a POSIX extended regular expression (regex(7)) that the
	 * whole text must match, without references back.  Use .min and .max
	 * for lengths: a bound like {1,200} costs 0.2 seconds and 40 MB for 200
	 * characters that are not ASCII.
	 */
	const char	*pattern;
	const struct prg_choice *choices; /* ends in PRG_CHOICES_END */
	bool		 select;	/* a menu, not buttons or boxes */
	/*
	 * A check by the app of a value that is valid otherwise.  Returns NULL,
	 * or a message for the visitor.  Runs in several threads.
	 */
	const char	*(*each)(const char *value);
	const char	*autocomplete;	/* HTML's token, as "email" */
	const char	*blank;		/* message if required and left blank */
	/*
	 * The value differs each time, as a captcha's token does: it does not
	 * make a form that is sent again another one.
	 */
	bool		 varies;
	/*
	 * Never store, show or log the value.  A keyed hash of it is stored, to
	 * tell a form that is sent again from a changed one.
	 */
	bool		 secret;
	/* Show the value neither in lists nor on pages of a public route. */
	bool		 unlisted;

	/* Set by the macros. */
	enum prg_kind	 kind;
	size_t		 offset;
	size_t		 size;		/* of the member */
	size_t		 struct_size;
};

#define PRG_FIELDS_END	{ .kind = PRG_KIND_END }

/* const char *: "" if the field is left blank. */
#define PRG_TEXT(...)	PRG_ROW_(PRG_KIND_TEXT, PRG_IS_TEXT_, __VA_ARGS__, )
#define PRG_AREA(...)	PRG_ROW_(PRG_KIND_AREA, PRG_IS_TEXT_, __VA_ARGS__, )
#define PRG_EMAIL(...)	PRG_ROW_(PRG_KIND_EMAIL, PRG_IS_TEXT_, __VA_ARGS__, )
#define PRG_CHOICE(...)	PRG_ROW_(PRG_KIND_CHOICE, PRG_IS_TEXT_, __VA_ARGS__, )
#define PRG_DATE(...)	PRG_ROW_(PRG_KIND_DATE, PRG_IS_TEXT_, __VA_ARGS__, )
#define PRG_TIME(...)	PRG_ROW_(PRG_KIND_TIME, PRG_IS_TEXT_, __VA_ARGS__, )
#define PRG_MONTH(...)	PRG_ROW_(PRG_KIND_MONTH, PRG_IS_TEXT_, __VA_ARGS__, )
#define PRG_COLOUR(...)	PRG_ROW_(PRG_KIND_COLOUR, PRG_IS_TEXT_, __VA_ARGS__, )
#define PRG_URL(...)	PRG_ROW_(PRG_KIND_URL, PRG_IS_TEXT_, __VA_ARGS__, )
#define PRG_TEL(...)	PRG_ROW_(PRG_KIND_TEL, PRG_IS_TEXT_, __VA_ARGS__, )
#define PRG_PASSWORD(...) \
	PRG_ROW_(PRG_KIND_PASSWORD, PRG_IS_TEXT_, __VA_ARGS__, )
#define PRG_HIDDEN(...)	PRG_ROW_(PRG_KIND_HIDDEN, PRG_IS_TEXT_, __VA_ARGS__, )
/* const char *const *: ends in NULL. */
#define PRG_CHOICES(...) \
	PRG_ROW_(PRG_KIND_CHOICES, PRG_IS_TEXTS_, __VA_ARGS__, )
/*
 * int, long, long long, int64_t, int32_t: the default if left blank, and the
 * min of a range that has none.
 */
#define PRG_INT(...)	PRG_ROW_(PRG_KIND_INT, PRG_IS_INT_, __VA_ARGS__, )
#define PRG_RANGE(...)	PRG_ROW_(PRG_KIND_RANGE, PRG_IS_INT_, __VA_ARGS__, )
/* double: the default if left blank. */
#define PRG_NUMBER(...)	PRG_ROW_(PRG_KIND_NUMBER, PRG_IS_DOUBLE_, __VA_ARGS__, )
/* bool */
#define PRG_BOOL(...)	PRG_ROW_(PRG_KIND_BOOL, PRG_IS_BOOL_, __VA_ARGS__, )

#define PRG_ROW_(k, is, type, member, ...) {				\
	.name = #member, .kind = (k),					\
	.offset = is(((type *)0)->member, offsetof(type, member)),	\
	.size = sizeof(((type *)0)->member),				\
	.struct_size = sizeof(type), __VA_ARGS__ }
#define PRG_IS_TEXT_(m, x)	_Generic((m), const char *: (x))
#define PRG_IS_TEXTS_(m, x)	_Generic((m), const char *const *: (x))
#define PRG_IS_INT_(m, x) \
	_Generic((m), int: (x), long: (x), long long: (x))
#define PRG_IS_DOUBLE_(m, x)	_Generic((m), double: (x))
#define PRG_IS_BOOL_(m, x)	_Generic((m), bool: (x))

/* -- Routes and the app ---------------------------------------------------- */

struct prg_route {
	/*
	 * "/" or "/order/new": segments of a-z, 0-9, '-', '_' and '.'.  A
	 * submission has the address "{path}/{ID}".
	 */
	const char	*path;
	const char	*title;		/* NULL: the app's name */
	const struct prg_field *fields;
	/* A struct of the fields, to prefill the form; NULL: nothing.  A number
	 * that is 0 is left blank. */
	const void	*defaults;
	/* NULL: show the form, if there are fields. */
	struct prg_page	(*get)(struct prg_req *);
	/* NULL: store the input, if there are fields. */
	struct prg_next	(*post)(struct prg_req *);
	/*
	 * Short SQL of the app, in the transaction that stores the result: both
	 * happen or neither does.  If it returns false, both are undone; the
	 * form is shown again if it added an error, else the answer is 503.
	 * All other submissions wait for it: no BEGIN or COMMIT, and nothing
	 * slow.
	 */
	bool		(*record)(struct prg_req *, struct sqlite3 *);
	const char	*result;	/* its template; NULL: "result" */
	/*
	 * A result may be seen by everybody, listed and cached (public); by the
	 * visitor who made it (owner); else by everybody who has its address.
	 */
	bool		 public;
	bool		 owner;
	int		 max_age;	/* seconds that caches keep it */
	/*
	 * Pages are also JSON, for clients that prefer it: the form, the result
	 * with input and result as stored, and all of prg_model().  The answer
	 * to a POST is JSON for them on any route.
	 */
	bool		 api;
	/* Browsers keep no copy of results, lists and pages without a form. */
	bool		 no_store;
	int64_t		 keep;		/* a result, in seconds; 0: for ever */
	bool		 removable;	/* result pages have a Delete button */
	/*
	 * A form that is sent again with other content is a second submission;
	 * with 'once' the visitor is asked first.
	 */
	bool		 once;
	/* Accept a form only with a form key or an Idempotency-Key. */
	bool		 key_required;
	bool		 rerender;	/* answer 422, keep no draft */
};

#define PRG_ROUTES_END	{ 0 }

/*
 * A built-in text in your words: { "send", "Senden" }.  prg-template(7) lists
 * the names, and the placeholders such as {label}.
 */
struct prg_message {
	const char	*name;
	const char	*text;
};

#define PRG_MESSAGES_END	{ 0 }

struct prg_app {
	const char	*name;		/* of a-z, 0-9 and '-' */
	const struct prg_route *routes;
	void		*data;		/* returned by prg_data() */
	const char	*lang;		/* language of the pages; NULL: "en" */
	const struct prg_message *messages;	/* NULL: English */
	/*
	 * Names that templates use besides fields and those in prg-template(7);
	 * ends in NULL.  The command "check" reports all other names.
	 */
	const char	*const *names;
	/*
	 * SQL for tables of the app, run at each start: "CREATE TABLE IF NOT
	 * EXISTS ...".
	 */
	const char	*schema;
};

/*
 * Run the command line (see prg-app(8) or --help): serve as FastCGI or CGI
 * program, or work on the store.  Returns the exit status for main().  Keeps
 * 'app'.
 */
PRG_API int	prg_main(int argc, char **argv, const struct prg_app *app);

/* -- In a handler ---------------------------------------------------------- */

/* In a 'post': your struct.  Every field in it is valid. */
PRG_API const void	*prg_input(struct prg_req *);

/*
 * In a 'post': an object to store beside the input, empty at first.  Its member
 * "thanks" is the heading of the built-in result page.  JSON has all of it: for
 * a program that sends the form, and on a route with .api for every reader.
 */
PRG_API json_t		*prg_result(struct prg_req *);

/*
 * In a 'get': an object for the template; prg-template(7) lists built-in names.
 * On a route with .api it is also the JSON of the page.
 */
PRG_API json_t		*prg_model(struct prg_req *);

/* Set a member of an object to a text, formatted as by printf(3). */
PRG_API void		 prg_set(json_t *, const char *name,
			    const char *fmt, ...) PRG_PRINTF(3, 4);

/*
 * In a 'get': prefill a field of the blank form, in place of its default.  A
 * hidden field must be valid, without '\r' and other control characters but
 * tab and newline: with another value the answer is 500.
 */
PRG_API void		 prg_fill(struct prg_req *, const char *field,
			    const char *fmt, ...) PRG_PRINTF(3, 4);

/*
 * In a 'get': the submitted value of a field, if the form is shown again.  NULL
 * in a blank form, and if the field was not sent.  Values of PRG_CHOICES are
 * separated by ", ".
 */
PRG_API const char	*prg_value(struct prg_req *, const char *field);

/*
 * In a 'post' or a 'record': add an error to a field, in words; NULL: to the
 * form as a whole.
 */
PRG_API void		 prg_field_error(struct prg_req *, const char *field,
			    const char *fmt, ...) PRG_PRINTF(3, 4);

/*
 * In a 'get': set a member of the model to the newest results of this route, at
 * most 'count' (1 to 1000), each with id, url, created, input, result and rows.
 * To read the list in the handler, call prg_model() after this.
 * On an owner's route they are the visitor's; any other route must be public.
 * Returns false, and sets an empty list, if the store does not answer.
 */
PRG_API bool		 prg_recent(struct prg_req *, const char *name,
			    int count);

/*
 * Another submission of this app that the visitor may see: an object with id,
 * url, created, input and result.  NULL if there is none, or it is not done.
 */
PRG_API json_t		*prg_find(struct prg_req *, const char *route,
			    const char *id);

/*
 * The database, to read the app's tables.  Valid until the handler returns; do
 * not close it.  NULL if the store does not answer.
 */
PRG_API struct sqlite3	*prg_db(struct prg_req *);

/* The value of a cookie, or NULL. */
PRG_API const char	*prg_cookie(struct prg_req *, const char *name);

/* The first value of this name in the query, or NULL. */
PRG_API const char	*prg_query(struct prg_req *, const char *name);

/*
 * The ID of the submission, and its address "/base/route/ID"; "" without one.
 */
PRG_API const char	*prg_id(struct prg_req *);
PRG_API const char	*prg_address(struct prg_req *);

/*
 * Forget who the visitor is: the browser drops the cookie that owns results and
 * its copies of pages (Clear-Site-Data).  Nothing in the store changes.
 */
PRG_API void		 prg_forget_visitor(struct prg_req *);

/* The app's 'data'; may be NULL. */
PRG_API void		*prg_data(struct prg_req *);

/* Format a text that lives as long as the request. */
PRG_API const char	*prg_printf(struct prg_req *, const char *fmt, ...)
			    PRG_PRINTF(2, 3);

#endif
