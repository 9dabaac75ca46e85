/*
 * prg.h - web forms in C: POST, stored, redirected, got.
 *
 * An app is a table of routes.  A route has a table of fields, a 'get' that shows
 * the form and a 'post' that runs when valid input has come.  What came of a post
 * is stored under an address of its own before the browser is sent there with
 * "303 See Other" (RFC 9110, 15.4.4); that address can be reloaded, bookmarked and
 * shared.
 *
 * Said once, for all that follows:
 * - What a function returns lives as long as the request and is never NULL.
 *   Nothing is freed by hand.  Copy what you keep for longer.
 * - Text is UTF-8 and ends in a NUL; none is inside.
 * - Handlers run in several threads at once; no lock or transaction is held.
 * - A zero member of a struct is the right default.
 */
#ifndef PRG_H
#define PRG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A handler of another type is an error, as gcc 14 and clang 16 have it by themselves;
 * before, it was a warning.  This holds for all that comes behind the #include.
 */
#pragma GCC diagnostic error "-Wincompatible-pointer-types"

#define PRG_API		__attribute__((visibility("default")))
#define PRG_MUST_USE	__attribute__((warn_unused_result))
#define PRG_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* One request on its way through; handlers get it and hand it on. */
struct prg_req;

/* The handle of SQLite; an app that uses it includes <sqlite3.h>. */
struct sqlite3;

/* Status codes by the names of RFC 9110, section 15. */
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
 * A handler returns one; only the functions below make them.  A 'get' returns a
 * page and a 'post' what comes next, so a POST that draws a page does not compile.
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
		PRG_NEXT_INVALID
	}		 kind;
	const char	*location;
};

/*
 * Show the template of this name, filled from prg_model(); NULL is "form" on a
 * route that takes a POST and "page" on one that does not.
 */
PRG_API struct prg_page	prg_show(struct prg_req *, const char *name)
	    PRG_MUST_USE;

/* Nothing is here: 404. */
PRG_API struct prg_page	prg_missing(struct prg_req *) PRG_MUST_USE;

/* Store input and result, then 303 to their address (201 for a JSON client). */
PRG_API struct prg_next	prg_created(struct prg_req *) PRG_MUST_USE;

/*
 * Store a receipt, then 303 to another page of this app: a path as in the table
 * of routes, with or without a query, of 1000 bytes at most; not to another site.
 * Else it is a failure.
 */
PRG_API struct prg_next	prg_redirect(struct prg_req *, const char *path)
	    PRG_MUST_USE;

/* The form again, with all that was typed and the faults that you added. */
PRG_API struct prg_next	prg_invalid(struct prg_req *) PRG_MUST_USE;

/*
 * It can't be done now: 503, and the form may be sent again.  The sentence is for
 * the log; the browser does not see it.
 */
PRG_API struct prg_next	prg_fail(struct prg_req *, const char *fmt, ...)
	    PRG_PRINTF(2, 3) PRG_MUST_USE;

/* -- Fields -----------------------------------------------------------------
 *
 * One row says all about an input: how it is parsed, checked, shown, stored and
 * named in JSON.  The macros bind it to a member of your struct and refuse a
 * member of another type when you compile:
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
	PRG_KIND_TEXT,		/* one line; spaces at its ends are dropped */
	PRG_KIND_AREA,		/* lines; CRLF becomes LF */
	PRG_KIND_EMAIL,		/* one address, by the rule of HTML's type=email */
	PRG_KIND_URL,		/* of the web: http or https */
	PRG_KIND_TEL,		/* digits, spaces and + - ( ) . / */
	PRG_KIND_PASSWORD,	/* secret; kept to the byte until the handler is done */
	PRG_KIND_INT,
	PRG_KIND_RANGE,		/* a slider from min to max */
	PRG_KIND_NUMBER,
	PRG_KIND_BOOL,		/* a checkbox */
	PRG_KIND_CHOICE,	/* one of 'choices' */
	PRG_KIND_CHOICES,	/* any of them */
	PRG_KIND_DATE,		/* YYYY-MM-DD */
	PRG_KIND_TIME,		/* HH:MM or HH:MM:SS */
	PRG_KIND_MONTH,		/* YYYY-MM */
	PRG_KIND_COLOUR,	/* #rrggbb */
	PRG_KIND_HIDDEN		/* carried along unseen; prg_fill() sets it */
};

struct prg_choice {
	const char	*value;		/* what is sent and stored */
	const char	*label;		/* what is shown; NULL: the value */
};

#define PRG_CHOICES_END	{ 0 }

struct prg_field {
	const char	*name;		/* in HTML, JSON and the database */
	const char	*label;		/* NULL: the name */
	const char	*hint;		/* a sentence below the label */
	bool		 required;
	/*
	 * Text: characters as HTML's maxlength counts them (UTF-16 units); max 0
	 * is 1000 for a line and 10000 for an area.  Numbers: the range from min
	 * to max; with max 0, only a min above 0 holds, as a floor.  Exact up to
	 * 2^53.
	 */
	double		 min;
	double		 max;
	double		 step;		/* numbers: from min, or 0, in such steps */
	const char	*from;		/* dates, times, months: first and last */
	const char	*to;
	/*
	 * Texts: a POSIX extended regular expression, of characters in UTF-8, that
	 * all of it must fit.  Lengths are for .min and .max: a count like {1,200}
	 * takes milliseconds for a text that is not ASCII.
	 */
	const char	*pattern;
	const struct prg_choice *choices; /* ends in PRG_CHOICES_END */
	bool		 select;	/* as a menu, not buttons or boxes */
	/* A check of the app's own on a value that fits otherwise: NULL, or what
	 * is wrong with it, in words.  Called in several threads. */
	const char	*(*each)(const char *value);
	const char	*autocomplete;	/* a token of HTML, e.g. "email" */
	const char	*blank;		/* said when a required one is left blank */
	/*
	 * Never stored, shown again or logged.  It is part of what tells one form
	 * from another, as a hash keyed by a secret of the store.
	 */
	bool		 secret;

	/* The macros fill in these. */
	enum prg_kind	 kind;
	size_t		 offset;
	size_t		 size;		/* of the member */
	size_t		 struct_size;
};

#define PRG_FIELDS_END	{ .kind = PRG_KIND_END }

/* const char *: "" if left blank. */
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
#define PRG_PASSWORD(...) PRG_ROW_(PRG_KIND_PASSWORD, PRG_IS_TEXT_, __VA_ARGS__, )
#define PRG_HIDDEN(...)	PRG_ROW_(PRG_KIND_HIDDEN, PRG_IS_TEXT_, __VA_ARGS__, )
/* const char *const *: NULL behind the last; none ticked is none. */
#define PRG_CHOICES(...) PRG_ROW_(PRG_KIND_CHOICES, PRG_IS_TEXTS_, __VA_ARGS__, )
/* int, long, long long, int64_t, int32_t: as the defaults say if left blank. */
#define PRG_INT(...)	PRG_ROW_(PRG_KIND_INT, PRG_IS_INT_, __VA_ARGS__, )
#define PRG_RANGE(...)	PRG_ROW_(PRG_KIND_RANGE, PRG_IS_INT_, __VA_ARGS__, )
/* double: as the defaults say if left blank. */
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
#define PRG_IS_INT_(m, x)	_Generic((m), int: (x), long: (x), long long: (x))
#define PRG_IS_DOUBLE_(m, x)	_Generic((m), double: (x))
#define PRG_IS_BOOL_(m, x)	_Generic((m), bool: (x))

/* -- Routes and the app --------------------------------------------------- */

struct prg_route {
	/*
	 * "/" or "/order/new": segments of a-z, 0-9, '-', '_' and '.'.  Below it,
	 * "{path}/{ID}" is the address of each submission.
	 */
	const char	*path;
	const char	*title;		/* NULL: the app's name */
	const struct prg_field *fields;
	/* A struct of the fields; NULL: all zero.  A number that is 0 has none. */
	const void	*defaults;
	/* NULL: the form, if there are fields */
	struct prg_page	(*get)(struct prg_req *);
	/* NULL: input is stored as it is, if there are fields */
	struct prg_next	(*post)(struct prg_req *);
	/*
	 * Short SQL of the app's own, in the very transaction that stores the
	 * result: both happen or neither does.  False undoes both; the form comes
	 * again if a fault was said, else it is a failure and the form may be sent
	 * again.  It runs on the committer's thread, where all others wait for it:
	 * no BEGIN, no COMMIT, nothing slow.
	 */
	bool		(*record)(struct prg_req *, struct sqlite3 *);
	const char	*result;	/* template of a result; NULL: "result" */
	/*
	 * Who may see a result: anyone, and it may be listed and cached (public);
	 * the visitor who made it (owner); else who knows its address.
	 */
	bool		 public;
	bool		 owner;
	int		 max_age;	/* seconds a public result stays fresh */
	int64_t		 keep;		/* seconds until a result is gone; 0: never */
	bool		 removable;	/* the result page has a form to delete it */
	/*
	 * A form that was sent and comes back with other content is a second
	 * submission; with 'once' it is asked about first.
	 */
	bool		 once;
	/* Take no form but those that prg made; an Idempotency-Key will do too. */
	bool		 key_required;
	bool		 rerender;	/* answer invalid input 422, not a draft */
};

#define PRG_ROUTES_END	{ 0 }

/*
 * A sentence or word of ours in yours: { "send", "Senden" }.  prg(3) lists them and
 * the holes that they may have, as {label}.
 */
struct prg_message {
	const char	*name;
	const char	*text;
};

#define PRG_MESSAGES_END	{ 0 }

struct prg_app {
	const char	*name;		/* a-z, 0-9, '-': of templates, store, log */
	const struct prg_route *routes;
	void		*data;		/* yours; prg_data() gives it back */
	const char	*lang;		/* of the pages; NULL: "en" */
	const struct prg_message *messages;	/* NULL: English */
	/*
	 * What templates may ask for besides fields and what prg(3) lists, a NULL
	 * behind the last: "check" tells of all other names.
	 */
	const char	*const *names;
	/*
	 * The app's own tables, beside that of the submissions: SQL that is run
	 * at each start, so "CREATE TABLE IF NOT EXISTS ...".
	 */
	const char	*schema;
};

/*
 * Do what the command line says (see prg(3), or --help): serve, as FastCGI or
 * CGI program, or look into the store.  Returns what main() should.  Keeps 'app'.
 */
PRG_API int	prg_main(int argc, char **argv, const struct prg_app *app);

/* -- In a handler --------------------------------------------------------- */

/* In a 'post': your struct, in which every field is valid. */
PRG_API const void	*prg_input(struct prg_req *);

/*
 * In a 'post': what will be stored beside the input, an object, empty at first.
 * "thanks" in it is the heading of the built-in result page.
 */
PRG_API json_t		*prg_result(struct prg_req *);

/* In a 'get': what the template sees besides the names listed in prg(3). */
PRG_API json_t		*prg_model(struct prg_req *);

/* Set a name of an object to a text, made as printf would. */
PRG_API void		 prg_set(json_t *, const char *name, const char *fmt, ...)
			    PRG_PRINTF(3, 4);

/* In a 'get': what a field of the blank form shows, in place of its default. */
PRG_API void		 prg_fill(struct prg_req *, const char *field,
			    const char *fmt, ...) PRG_PRINTF(3, 4);

/*
 * In a 'get': what was typed into a field of a form that comes back; NULL in a
 * blank form, and if it was not sent.
 */
PRG_API const char	*prg_value(struct prg_req *, const char *field);

/*
 * Say what is wrong with a field, in messages; NULL: with the form as a whole.  The log
 * tells of a field that is not there, as it does for prg_fill().
 */
PRG_API void		 prg_field_error(struct prg_req *, const char *field,
			    const char *fmt, ...) PRG_PRINTF(3, 4);

/*
 * In a 'get': set 'name' in the model to the newest results of this route, 'count'
 * at most (1 to 1000), each as its page's model has it: id, url, created, input,
 * result, rows.  They are shared with other requests: read them, don't change them.
 * On an owner's route they are this visitor's.  False, and an empty list, if the
 * store does not answer.
 */
PRG_API bool		 prg_recent(struct prg_req *, const char *name, int count);

/*
 * Another submission of this app that the visitor may see: id, url, created, input
 * and result, as in JSON.  NULL if there is none, or it is not done.
 */
PRG_API json_t		*prg_find(struct prg_req *, const char *route,
			    const char *id);

/*
 * In a handler: the database, to read the app's own tables with.  Good until the
 * handler returns; do not close it.  NULL if it does not answer.
 */
PRG_API struct sqlite3	*prg_db(struct prg_req *);

/* The value of a cookie; NULL if there is none. */
PRG_API const char	*prg_cookie(struct prg_req *, const char *name);

/* The first value of this name in the query; NULL if there is none. */
PRG_API const char	*prg_query(struct prg_req *, const char *name);

/* The ID and the address, "/base/route/ID", that the result has or will have. */
PRG_API const char	*prg_id(struct prg_req *);
PRG_API const char	*prg_address(struct prg_req *);

/* What the app's 'data' points to; NULL if nothing. */
PRG_API void		*prg_data(struct prg_req *);

/* A text that lives as long as the request. */
PRG_API const char	*prg_printf(struct prg_req *, const char *fmt, ...)
			    PRG_PRINTF(2, 3);

#endif
