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

#ifdef __cplusplus
#error prg.h is for C: compile this file as C11; call C++ as extern "C"
#endif

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRG_VERSION		"0.1"
#define PRG_VERSION_NUMBER	100	/* 10000 a major, 100 a minor version */

/*
 * A handler of the wrong type is an error, as it is by default in gcc 14 and
 * clang 16.  The pragmas apply to all code after this #include.
 */
#pragma GCC diagnostic error "-Wincompatible-pointer-types"
#pragma GCC diagnostic error "-Wint-conversion"

#define PRG_API		__attribute__((visibility("default")))
#define PRG_MUST_USE	__attribute__((warn_unused_result))
#define PRG_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* One request.  A handler gets it and passes it to the functions below. */
struct prg_req;

/* The database, as one call of a function of the app sees it. */
struct prg_db;
struct prg_arg;

/* SQLite's connection; to use it, include <sqlite3.h>. */
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
		PRG_NEXT_MISTAKE,
		PRG_NEXT_LIMIT
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
 * '-', '.', '_' and '~' become "%XX".  NULL is "".
 *
 *	prg_redirect(r, prg_printf(r, "/found?q=%s", prg_escape(r, text)));
 */
PRG_API const char	*prg_escape(struct prg_req *, const char *);

/*
 * Show the form again, with the submitted values and the errors you added.
 * Errors decide: prg_created() and prg_redirect() after prg_field_error() also
 * show the form again, and the log has a warning.
 */
PRG_API struct prg_next	prg_invalid(struct prg_req *) PRG_MUST_USE;

/*
 * Answer 503; the visitor may send the form again.  The sentence goes to the
 * log and is not shown to the visitor.
 */
PRG_API struct prg_next	prg_fail(struct prg_req *, const char *fmt, ...)
	    PRG_PRINTF(2, 3) PRG_MUST_USE;

/*
 * Answer 429 (RFC 6585, 4), with this sentence on the page and Retry-After.
 * Nothing is stored, and the visitor may send the same form again later.  Both
 * do the same: prg_limit() in a 'post', prg_limit_page() in a 'get'.
 */
PRG_API struct prg_next	prg_limit(struct prg_req *, int seconds,
			    const char *fmt, ...)
			    PRG_PRINTF(3, 4) PRG_MUST_USE;
PRG_API struct prg_page	prg_limit_page(struct prg_req *, int seconds,
			    const char *fmt, ...)
			    PRG_PRINTF(3, 4) PRG_MUST_USE;

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
	/*
	 * In place of 'choices': those of this request, such as the places that
	 * are free; see prg_choices().  Runs before 'get' and 'post'.  A stored
	 * value that it no longer returns is shown without its label.
	 */
	const struct prg_choice *(*options)(struct prg_req *);
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

/*
 * The same table where it is used, with its end:
 *	.fields = PRG_FIELDS(PRG_TEXT(...), PRG_INT(...))
 */
#define PRG_FIELDS(...) \
	(const struct prg_field[]){ __VA_ARGS__, PRG_FIELDS_END }

/* const char *: "" if the field is left blank. */
#define PRG_TEXT(...)	PRG_ROW_(TEXT, STRING, __VA_ARGS__, )
#define PRG_AREA(...)	PRG_ROW_(AREA, STRING, __VA_ARGS__, )
#define PRG_EMAIL(...)	PRG_ROW_(EMAIL, STRING, __VA_ARGS__, )
#define PRG_CHOICE(...)	PRG_ROW_(CHOICE, STRING, __VA_ARGS__, )
#define PRG_DATE(...)	PRG_ROW_(DATE, STRING, __VA_ARGS__, )
#define PRG_TIME(...)	PRG_ROW_(TIME, STRING, __VA_ARGS__, )
#define PRG_MONTH(...)	PRG_ROW_(MONTH, STRING, __VA_ARGS__, )
#define PRG_COLOUR(...)	PRG_ROW_(COLOUR, STRING, __VA_ARGS__, )
#define PRG_URL(...)	PRG_ROW_(URL, STRING, __VA_ARGS__, )
#define PRG_TEL(...)	PRG_ROW_(TEL, STRING, __VA_ARGS__, )
#define PRG_PASSWORD(...) PRG_ROW_(PASSWORD, STRING, __VA_ARGS__, )
#define PRG_HIDDEN(...)	PRG_ROW_(HIDDEN, STRING, __VA_ARGS__, )
/* const char *const *: ends in NULL. */
#define PRG_CHOICES(...) PRG_ROW_(CHOICES, STRINGS, __VA_ARGS__, )
/*
 * int, long, long long, int64_t, int32_t: the default if left blank, and the
 * min of a range that has none.
 */
#define PRG_INT(...)	PRG_ROW_(INT, INTEGER, __VA_ARGS__, )
#define PRG_RANGE(...)	PRG_ROW_(RANGE, INTEGER, __VA_ARGS__, )
/* double: the default if left blank. */
#define PRG_NUMBER(...)	PRG_ROW_(NUMBER, DOUBLE, __VA_ARGS__, )
/* bool */
#define PRG_BOOL(...)	PRG_ROW_(BOOL, BOOL, __VA_ARGS__, )

/* The struct has no use but its assertion. */
#define PRG_ROW_(k, is, type, member, ...) {				\
	.name = #member, .kind = PRG_KIND_##k,				\
	.offset = offsetof(type, member) + 0 * sizeof(struct {		\
	    _Static_assert(PRG_IS_##is##_(((type *)0)->member),		\
	    "PRG_" #k " needs a member of type " PRG_NAME_##is##_);	\
	    char unused; }),						\
	.size = sizeof(((type *)0)->member),				\
	.struct_size = sizeof(type), __VA_ARGS__ }
#define PRG_IS_STRING_(m)	_Generic((m), const char *: 1, default: 0)
#define PRG_IS_STRINGS_(m) \
	_Generic((m), const char *const *: 1, default: 0)
#define PRG_IS_INTEGER_(m) \
	_Generic((m), int: 1, long: 1, long long: 1, default: 0)
#define PRG_IS_DOUBLE_(m)	_Generic((m), double: 1, default: 0)
#define PRG_IS_BOOL_(m)		_Generic((m), bool: 1, default: 0)
#define PRG_NAME_STRING_	"const char *"
#define PRG_NAME_STRINGS_	"const char *const *"
#define PRG_NAME_INTEGER_	"int, long or int64_t"
#define PRG_NAME_DOUBLE_	"double"
#define PRG_NAME_BOOL_		"bool"

/* -- Routes and the app ---------------------------------------------------- */

struct prg_route {
	/*
	 * "/" or "/order/new": segments of a-z, 0-9, '-', '_' and '.'.  A
	 * submission has the address "{path}/{ID}".
	 */
	const char	*path;
	const char	*title;		/* NULL: the app's title */
	const char	*intro;		/* a sentence above the form */
	const char	*button;	/* its text; NULL: "Send" */
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
	 * happen or neither does.  It may change prg_result().  If it returns
	 * false or its SQL fails, both are undone; the form is shown again if
	 * it added an error, else the answer is 503.  All other submissions
	 * wait for it: nothing slow.
	 */
	bool		(*record)(struct prg_req *, struct prg_db *);
	/*
	 * SQL that deletes what the app's own tables have of a result, in the
	 * transaction that erases it: when it expires, and when a visitor or a
	 * command deletes it.  If it returns false or its SQL fails, both stay.
	 */
	bool		(*erase)(struct prg_db *, const char *id);
	const char	*result;	/* its template; NULL: "result" */
	/* "Visibility", below, says who sees what. */
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

/* A file that is part of the program: "list.mustache". */
struct prg_embedded {
	const char	*name;
	const char	*text;
	size_t		 len;
};

/* The table that the command "prg embed" writes. */
extern const struct prg_embedded prg_files[];

struct prg_app {
	const char	*name;		/* of a-z, 0-9 and '-' */
	/* As pages show it; NULL: the title of the first route, or the name. */
	const char	*title;
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
	 * SQL that makes the app's own tables, step by step; ends in NULL.  A
	 * start runs the steps that the store has not had, each in a
	 * transaction of its own.  Add steps to the end; change none that has
	 * run.
	 */
	const char	*const *migrations;
	/* The app's templates: prg_files.  NULL: it has none. */
	const struct prg_embedded *files;
};

/*
 * Changes with the size of an app's tables.  Add 1000000000 when anything else
 * changes for a program that is already compiled.
 */
#define PRG_ABI_ (1000000000u + sizeof(struct prg_app) * 1000000u +	\
	sizeof(struct prg_route) * 1000u + sizeof(struct prg_field))

PRG_API int	prg_main_(int argc, char **argv, const struct prg_app *,
		    unsigned long abi);

/*
 * Run the command line (see prg-app(8) or --help): serve as FastCGI or CGI
 * program, or work on the store.  Returns the exit status for main().  Keeps
 * 'app'.  A program that was compiled with the prg.h of another ABI is refused.
 */
static inline int
prg_main(int argc, char **argv, const struct prg_app *app)
{
	return prg_main_(argc, argv, app, PRG_ABI_);
}

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
 * On a route with .api it is also the JSON of the page.  A 'post' shows no
 * page: use prg_result().
 */
PRG_API json_t		*prg_model(struct prg_req *);

/* Set a member of an object to a text, formatted as by printf(3). */
PRG_API void		 prg_set(json_t *, const char *name,
			    const char *fmt, ...) PRG_PRINTF(3, 4);

/*
 * In a 'get': prefill a field of the blank form, in place of its default.  For
 * PRG_CHOICES, each call adds one of them.  A hidden field must be valid,
 * without '\r' and other control characters but tab and newline: with another
 * value the answer is 500.
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

/* -- Visibility: who sees what ---------------------------------------------
 *
 *			.public		.owner		neither
 *
 * a result's page,	everyone,	its visitor	who has its
 * and its JSON		less .unlisted			address
 * a draft		who has its	its visitor	who has its
 *			address				address
 * its Delete button	(none)		its visitor	who has its
 * (.removable)						address
 * copies in caches	any (.max_age)	its browser; none with .no_store
 * prg_find()		everyone	its visitor	who has its ID
 * prg_recent()		everyone,	the visitor's	nobody, and a line
 *			less .unlisted	own, less	in the log
 *					.unlisted
 * prg_list_all()	whoever opens the page that calls it, all results
 * commands		whoever can read the store's file
 *
 * Nobody sees the value of a .secret field.  Pages, lists and drafts are JSON
 * on a route with .api, for the same people.  A visitor is known by a cookie,
 * or by REMOTE_USER with --trust-remote-user.
 */

/*
 * In a 'get': set a member of the model to the newest results of this route, at
 * most 'count' (1 to 1000), each with id, url, created, input, result and rows.
 * With "?before=ID" in the query they are those before that one; "older" in the
 * model is the address of the next page, if there is one.  To read the list in
 * the handler, call prg_model() after this.
 * Returns false, and sets an empty list, if the store does not answer.
 */
PRG_API bool		 prg_recent(struct prg_req *, const char *name,
			    int count);

/*
 * So too, for staff: all results of a route, whoever sent them, also those that
 * lead to another page.  Protect the path of the page that calls this: let the
 * web server ask for a password.  Browsers keep no copy of it.
 */
PRG_API bool		 prg_list_all(struct prg_req *, const char *route,
			    const char *name, int count);

/*
 * How many results the last of these lists has on all its pages, or -1.  The
 * store counts them one by one: some 0.4 s for a million.
 */
PRG_API int64_t		 prg_total(struct prg_req *);

/*
 * Another submission of this app that the visitor may see: an object with id,
 * url, created, input and result.  NULL if there is none, or it is not done, or
 * the ID is NULL.
 */
PRG_API json_t		*prg_find(struct prg_req *, const char *route,
			    const char *id);

/*
 * Choices from an array of objects with "value" and "label", as prg_select()
 * gives them; NULL is none.  Texts are copied.
 *
 *	return prg_choices(r, prg_select(prg_db(r),
 *	    "SELECT id AS value, name AS label FROM place WHERE free", ""));
 */
PRG_API const struct prg_choice *prg_choices(struct prg_req *,
			    const json_t *rows);

/*
 * The user that the web server has verified (REMOTE_USER), with
 * --trust-remote-user.  NULL without the flag, and if nobody has logged in.
 */
PRG_API const char	*prg_user(struct prg_req *);

/*
 * The client's IP address as the web server tells it (REMOTE_ADDR), or "".
 * Behind a proxy, let the web server set it.
 */
PRG_API const char	*prg_remote(struct prg_req *);

/*
 * A header field of the request, or NULL.  Values of several fields are joined
 * by ", ".  Clients send what they like, in any encoding.
 */
PRG_API const char	*prg_header(struct prg_req *, const char *name);

/*
 * The URL of a path of this app, with scheme and host: for mails and other
 * sites.  NULL: the address of the submission, or of the form.  The host is
 * that of --origin.  Without the flag it is the Host of the request, which the
 * client chooses: let the web server answer for its own names alone.
 */
PRG_API const char	*prg_url(struct prg_req *, const char *path);

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

/* -- SQL for the app's own tables -------------------------------------------
 *
 * The parameters of a statement are $1, $2 and so on; 'types' has a letter for
 * each: 's' for a text, where NULL is NULL, 'i' for an integer or bool, and 'd'
 * for a double.  At most 12.
 *
 *	prg_exec(db, "UPDATE stock SET n = n - $2 WHERE item = $1", "si",
 *	    item, 3);
 *
 * One call is one statement.  The framework begins and ends transactions: a
 * 'record' writes in the one that stores the result, all others only read.  The
 * tables submission, secret and prg are the framework's, to read alone.
 * After SQL that failed, a 'record' does no more, and is undone: ask for the
 * outcome with ON CONFLICT DO NOTHING.  A mistake or an error of the database
 * is in the log.  The functions take NULL for the database, and fail.
 */

/*
 * The database.  In a 'get' and a 'post', to read; in a 'record', the one that
 * it was called with.  Valid until the handler returns.  NULL if the store does
 * not answer.
 */
PRG_API struct prg_db	*prg_db(struct prg_req *);

/* Run a statement that returns no rows: how many rows it changed, or -1. */
PRG_API int		 prg_exec(struct prg_db *, const char *sql,
			    const struct prg_arg *types);
#define prg_exec(db, sql, ...) \
	(prg_exec)((db), (sql), PRG_ARGS_(__VA_ARGS__))

/*
 * Run a statement that returns rows: an array with an object for each, in which
 * a value has the name of its column and is a text, a number or null.  At most
 * 10000.  NULL if it fails; jansson takes that for an empty array.
 */
PRG_API json_t		*prg_select(struct prg_db *, const char *sql,
			    const struct prg_arg *types);
#define prg_select(db, sql, ...) \
	(prg_select)((db), (sql), PRG_ARGS_(__VA_ARGS__))

/* SQLite's own connection, for all else; do not close it.  May be NULL. */
PRG_API struct sqlite3	*prg_db_sqlite(struct prg_db *);

/* The letters and the parameters; made by the macros. */
struct prg_arg {
	enum { PRG_ARG_END, PRG_ARG_TEXT, PRG_ARG_INT, PRG_ARG_DOUBLE
	}		 kind;
	const char	*text;
	int64_t		 integer;
	double		 number;
};

static inline struct prg_arg
prg_arg_text(const void *text)
{
	return (struct prg_arg){ PRG_ARG_TEXT, text, 0, 0 };
}

static inline struct prg_arg
prg_arg_int(int64_t n)
{
	return (struct prg_arg){ PRG_ARG_INT, NULL, n, 0 };
}

static inline struct prg_arg
prg_arg_double(double n)
{
	return (struct prg_arg){ PRG_ARG_DOUBLE, NULL, 0, n };
}

#define PRG_ARG_(x) _Generic((x), void *: prg_arg_text,		\
	char *: prg_arg_text, const char *: prg_arg_text,		\
	float: prg_arg_double, double: prg_arg_double,		\
	default: prg_arg_int)(x)
#define PRG_ARGS_(...) ((const struct prg_arg[]){			\
	PRG_NTH_(__VA_ARGS__, PRG_13_, PRG_12_, PRG_11_, PRG_10_,	\
	PRG_9_, PRG_8_, PRG_7_, PRG_6_, PRG_5_, PRG_4_, PRG_3_, PRG_2_,	\
	PRG_1_, )(__VA_ARGS__) { .kind = PRG_ARG_END } })
#define PRG_NTH_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, ...) n
#define PRG_1_(x)	PRG_ARG_(x),
#define PRG_2_(x, ...)	PRG_ARG_(x), PRG_1_(__VA_ARGS__)
#define PRG_3_(x, ...)	PRG_ARG_(x), PRG_2_(__VA_ARGS__)
#define PRG_4_(x, ...)	PRG_ARG_(x), PRG_3_(__VA_ARGS__)
#define PRG_5_(x, ...)	PRG_ARG_(x), PRG_4_(__VA_ARGS__)
#define PRG_6_(x, ...)	PRG_ARG_(x), PRG_5_(__VA_ARGS__)
#define PRG_7_(x, ...)	PRG_ARG_(x), PRG_6_(__VA_ARGS__)
#define PRG_8_(x, ...)	PRG_ARG_(x), PRG_7_(__VA_ARGS__)
#define PRG_9_(x, ...)	PRG_ARG_(x), PRG_8_(__VA_ARGS__)
#define PRG_10_(x, ...)	PRG_ARG_(x), PRG_9_(__VA_ARGS__)
#define PRG_11_(x, ...)	PRG_ARG_(x), PRG_10_(__VA_ARGS__)
#define PRG_12_(x, ...)	PRG_ARG_(x), PRG_11_(__VA_ARGS__)
#define PRG_13_(x, ...)	PRG_ARG_(x), PRG_12_(__VA_ARGS__)

#endif
