/*
 * place.c - what may stand at a place in an HTML document, and how.
 */
#include <stdio.h>
#include <string.h>

#include "base/scan.h"
#include "page/compile.h"

/* -- Elements and attributes --------------------------------------------- */

static const struct prg_element elements[] = {
	{ "title",	PRG_IN_RCDATA,	0 },
	{ "textarea",	PRG_IN_RCDATA,	PRG_ELEMENT_EATS },
	{ "pre",	PRG_IN_TEXT,	PRG_ELEMENT_EATS },
	{ "listing",	PRG_IN_TEXT,	PRG_ELEMENT_EATS },
	{ "script",	PRG_IN_SCRIPT,	PRG_ELEMENT_RUNS },
	{ "style",	PRG_IN_RAWTEXT,	0 },
	{ "xmp",	PRG_IN_RAWTEXT,	0 },
	{ "noembed",	PRG_IN_RAWTEXT,	0 },
	{ "noframes",	PRG_IN_RAWTEXT,	0 },
	{ "plaintext",	PRG_IN_RAWTEXT,	0 },
	{ "iframe",	PRG_IN_RAWTEXT,	PRG_ELEMENT_RUNS },
	{ "frame",	PRG_IN_TEXT,	PRG_ELEMENT_RUNS },
	{ "embed",	PRG_IN_TEXT,	PRG_ELEMENT_RUNS },
	{ "object",	PRG_IN_TEXT,	PRG_ELEMENT_RUNS },
	{ "base",	PRG_IN_TEXT,	PRG_ELEMENT_BASE },
	{ "meta",	PRG_IN_TEXT,	PRG_ELEMENT_META },
	{ "set",	PRG_IN_TEXT,	PRG_ELEMENT_SETS },
	{ "animate",	PRG_IN_TEXT,	PRG_ELEMENT_SETS },
	{ "",		PRG_IN_TEXT,	0 }		/* all others */
};

/* The first row that fits counts; 'only' in elements with these facts. */
static const struct attrs {
	uint8_t		 only;
	uint8_t		 kind;
	const char	*names;		/* each between spaces */
} attrs[] = {
	{ PRG_ELEMENT_BASE, PRG_ATTR_NEVER, " href " },
	{ PRG_ELEMENT_META, PRG_ATTR_CONTENT, " content " },
	{ PRG_ELEMENT_SETS, PRG_ATTR_NEVER, " to from by values " },
	{ 0, PRG_ATTR_NEVER, " attributename style srcdoc srcset "
	    "imagesrcset " },
	{ 0, PRG_ATTR_REFRESH, " http-equiv " },
	{ 0, PRG_ATTR_URL, " href src action formaction poster cite data ping "
	    "xlink:href background longdesc manifest codebase classid "
	    "profile " },
	{ 0, PRG_ATTR_PLAIN, NULL }	/* all others */
};

const struct prg_element *
prg_context_element(const struct prg_context *c)
{
	const struct prg_element *e = elements;

	while (*e->name != '\0' && strcmp(e->name, c->name) != 0)
		e++;
	return e;
}

uint8_t
prg_context_attr(const struct prg_element *e, const char *name)
{
	const struct attrs *a = attrs;
	char word[PRG_CONTEXT_NAME + 2];

	if (strncmp(name, "on", 2) == 0)
		return PRG_ATTR_NEVER;
	if (e->content == PRG_IN_SCRIPT && strcmp(name, "type") == 0)
		return PRG_ATTR_TYPE;
	snprintf(word, sizeof(word), " %s ", name);
	while (a->names != NULL && ((a->only != 0 &&
	    (a->only & e->facts) == 0) || strstr(a->names, word) == NULL))
		a++;
	return a->kind;
}

/* -- Addresses ----------------------------------------------------------- */

static bool
is_scheme_char(char c)
{
	return (prg_lower(c) >= 'a' && prg_lower(c) <= 'z') ||
	    (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/* The schemes that a value may have, and one more for authors. */
enum scheme { HTTP, HTTPS, MAILTO, TEL, OTHER };

static enum scheme
scheme_of(const struct prg_context *c)
{
	static const char *const names[] = { "http", "https", "mailto", "tel" };
	struct prg_span s = { c->scheme, c->scheme_len };
	int i = 0;

	while (i < OTHER && !prg_span_is(s, names[i]))
		i++;
	return (enum scheme)i;
}

static uint8_t
word_char(struct prg_context *c, char ch)
{
	if (ch == ':')
		return scheme_of(c) <= HTTPS ? PRG_URL_SLASHES :
		    scheme_of(c) < OTHER ? PRG_URL_PATH : PRG_URL_BAD;
	if (!is_scheme_char(ch))
		return PRG_URL_PATH;
	if (c->scheme_len < sizeof(c->scheme))
		c->scheme[c->scheme_len++] = prg_lower(ch);
	return PRG_URL_WORD;
}

/* Browsers skip spaces and controls before the address. */
static uint8_t
next_url(struct prg_context *c, char ch)
{
	bool slash = ch == '/' || ch == '\\';

	if (c->url == PRG_URL_BAD || c->url == PRG_URL_QUERY)
		return c->url;
	if (ch == '?' || ch == '#')
		return PRG_URL_QUERY;
	switch (c->url) {
	case PRG_URL_START:
		if ((unsigned char)ch <= ' ')
			return PRG_URL_START;
		if (ch == ':')
			return PRG_URL_BAD;
		return slash ? PRG_URL_SLASH : word_char(c, ch);
	case PRG_URL_WORD:
		return word_char(c, ch);
	case PRG_URL_SLASH:
		return slash ? PRG_URL_SLASHES : PRG_URL_PATH;
	case PRG_URL_SLASHES:
		return slash ? PRG_URL_SLASHES : PRG_URL_HOST;
	case PRG_URL_HOST:
		return slash ? PRG_URL_PATH : PRG_URL_HOST;
	default:
		return PRG_URL_PATH;
	}
}

void
prg_context_url_char(struct prg_context *c, char ch, struct prg_error *why)
{
	/* Browsers drop some of these, and resolve references first. */
	bool unclear = c->url != PRG_URL_QUERY &&
	    strchr("&\n\r\t", ch) != NULL;

	if (unclear && c->checked && c->url < PRG_URL_QUERY)
		prg_error_set(why, "expected no character reference or line "
		    "break behind a value in an address");
	c->url_len++;
	c->url = unclear ? PRG_URL_BAD : next_url(c, ch);
}

/* Escaping has changed nothing that counts before the first of ":/?#". */
bool
prg_template_url_ok(struct prg_span url, bool local)
{
	static const char replaced[] = "\xef\xbf\xbd";	/* a control */
	struct prg_context c = { .url = PRG_URL_START };
	char ch;

	while (url.len > 0 && c.url < PRG_URL_PATH) {
		if (c.url == PRG_URL_START && prg_take_text(&url, replaced))
			continue;
		ch = *prg_take(&url, 1).p;
		if (c.url == PRG_URL_WORD && ch == ':')
			return !local && scheme_of(&c) <= MAILTO;
		if (strchr("\n\r\t", ch) == NULL)
			c.url = next_url(&c, ch);
	}
	return c.url != PRG_URL_SLASHES && c.url != PRG_URL_BAD;
}

/* -- Places -------------------------------------------------------------- */

bool
prg_context_eats(const struct prg_context *c)
{
	return c->first && (c->seen & PRG_SEEN_JSON) == 0;
}

void
prg_context_where(const struct prg_context *c, struct prg_error *why)
{
	static const char *const names[] = {
		[PRG_IN_TEXT]		= "in the text",
		[PRG_IN_OPEN]		= "in the name of a tag",
		[PRG_IN_END_OPEN]	= "in the name of a tag",
		[PRG_IN_TAG_NAME]	= "in the name of a tag",
		[PRG_IN_BEFORE_ATTR]	= "in a tag",
		[PRG_IN_GAP]		= "in a tag",
		[PRG_IN_ATTR_NAME]	= "in the name of an attribute",
		[PRG_IN_AFTER_NAME]	= "in a tag",
		[PRG_IN_BEFORE_VALUE]	= "in a value without quotes",
		[PRG_IN_BARE_VALUE]	= "in a value without quotes"
	};

	if (c->state == PRG_IN_VALUE && c->attr == PRG_ATTR_TYPE)
		prg_error_set(why, "in the type of a script");
	else if (c->state == PRG_IN_VALUE)
		prg_error_set(why, "in the value of %s", c->name);
	else if (c->state < PRG_IN_MARKUP)
		prg_error_set(why, "%s", names[c->state]);
	else if (c->state <= PRG_IN_DECLARATION)
		prg_error_set(why, "in a declaration");
	else if (c->state < PRG_IN_RCDATA)
		prg_error_set(why, "in a comment");
	else if (c->state == c->element->content)
		prg_error_set(why, "in <%s>", c->element->name);
	else
		prg_error_set(why, "in the end of <%s>", c->element->name);
}

static int
refuse_here(const struct prg_context *c, struct prg_error *why)
{
	prg_context_where(c, why);
	return -1;
}

/* -- Values -------------------------------------------------------------- */

static int
url_value(struct prg_context *c, struct prg_template_op *op,
    struct prg_error *why)
{
	static const uint8_t hows[] = {
		[PRG_URL_START] = PRG_HOW_ESCAPED,
		[PRG_URL_WORD]	= PRG_HOW_PATH,
		[PRG_URL_SLASH] = PRG_HOW_PATH,
		[PRG_URL_PATH]	= PRG_HOW_PATH,
		[PRG_URL_SLASHES] = PRG_HOW_QUERY,
		[PRG_URL_HOST]	= PRG_HOW_QUERY,
		[PRG_URL_QUERY] = PRG_HOW_QUERY
	};

	if (c->url == PRG_URL_MAYBE)
		return prg_error_set(why, "in an address that a section may "
		    "or may not have begun: put all of it into the section");
	if (c->url == PRG_URL_BAD)
		return prg_error_set(why,
		    "in an address that begins like this");
	op->how = hows[c->url];
	if (c->url <= PRG_URL_SLASH)
		c->url = PRG_URL_PATH;
	else if (c->url == PRG_URL_SLASHES)
		c->url = PRG_URL_HOST;
	return 0;
}

static int
attr_value(struct prg_context *c, bool raw, struct prg_template_op *op,
    struct prg_error *why)
{
	if (raw)
		return prg_error_set(why, "in the value of an attribute: "
		    "write {{..}}");
	switch (c->attr) {
	case PRG_ATTR_PLAIN:
		return 0;
	case PRG_ATTR_URL:
		return url_value(c, op, why);
	case PRG_ATTR_CONTENT:
		c->seen |= PRG_SEEN_FILLED;
		return (c->seen & PRG_SEEN_REFRESH) == 0 ? 0 : prg_error_set(
		    why, "in the content of a <meta> with http-equiv");
	default:
		return refuse_here(c, why);
	}
}

/* Only as the whole content of <script type="application/json">. */
static int
script_value(const struct prg_context *c, bool raw, struct prg_template_op *op,
    struct prg_error *why)
{
	if ((c->seen & PRG_SEEN_JSON) == 0)
		return refuse_here(c, why);
	if (!c->first)
		return prg_error_set(why, "in JSON but as the whole of it");
	if (!raw)
		return prg_error_set(why, "in JSON: write {{{..}}}");
	op->how = PRG_HOW_JSON;
	return 0;
}

int
prg_context_value(struct prg_context *c, bool raw,
    struct prg_template_op *op, struct prg_error *why)
{
	int rc = 0;

	op->how = raw ? PRG_HOW_RAW : PRG_HOW_ESCAPED;
	if (c->state == PRG_IN_VALUE)
		rc = attr_value(c, raw, op, why);
	else if (c->state == PRG_IN_SCRIPT)
		rc = script_value(c, raw, op, why);
	else if (c->state == PRG_IN_RCDATA && raw)
		rc = prg_error_set(why, "in <%s>: write {{..}}",
		    c->element->name);
	else if (c->state != PRG_IN_TEXT && c->state != PRG_IN_RCDATA)
		rc = refuse_here(c, why);
	c->first = false;
	return rc;
}

/*
 * A literal beginning decides about the scheme, unless it is nearly nothing;
 * whether the path goes up is seen at the end.
 */
bool
prg_context_url(struct prg_context *c, struct prg_template_op *op)
{
	if (c->state != PRG_IN_VALUE || c->attr != PRG_ATTR_URL ||
	    c->checked || c->url > PRG_URL_HOST)
		return false;
	c->checked = true;
	op->len = c->url_len;
	if (c->url > PRG_URL_SLASH)
		op->flags |= PRG_OP_BEGUN;
	if ((c->element->facts & PRG_ELEMENT_RUNS) != 0)
		op->flags |= PRG_OP_LOCAL;
	return true;
}

/* -- Sections ------------------------------------------------------------ */

/*
 * A section may be left out, so what follows it must not continue what stands
 * before it: names end here.
 */
static void
end_names(struct prg_context *c)
{
	if (c->state == PRG_IN_TAG_NAME)
		c->element = prg_context_element(c);
	if (c->state == PRG_IN_TAG_NAME || c->state == PRG_IN_ATTR_NAME)
		c->state = PRG_IN_GAP;
	else if (c->state == PRG_IN_AFTER_NAME)
		c->state = PRG_IN_BEFORE_ATTR;
}

static bool
is_between_attrs(const struct prg_context *c)
{
	return c->state == PRG_IN_BEFORE_ATTR || c->state == PRG_IN_GAP;
}

int
prg_context_open(struct prg_context *c, struct prg_error *why)
{
	end_names(c);
	if (is_between_attrs(c) || c->state == PRG_IN_TEXT ||
	    (c->state == PRG_IN_VALUE && c->attr != PRG_ATTR_TYPE) ||
	    (c->state >= PRG_IN_RCDATA && c->state == c->element->content))
		return 0;
	return refuse_here(c, why);
}

static bool
is_same_place(const struct prg_context *a, const struct prg_context *b)
{
	if (a->state != b->state &&
	    !(is_between_attrs(a) && is_between_attrs(b)))
		return false;
	return a->state == PRG_IN_TEXT || (a->tags == b->tags &&
	    a->seen == b->seen && (a->state != PRG_IN_VALUE ||
	    a->values == b->values));
}

/* Where an address is if it came this way or that. */
static uint8_t
join_url(uint8_t a, uint8_t b)
{
	uint8_t more = a > b ? a : b;

	if (a != b && (a == PRG_URL_START || b == PRG_URL_START) &&
	    more != PRG_URL_BAD)
		return PRG_URL_MAYBE;
	return more;
}

int
prg_context_close(struct prg_context *c, const struct prg_context *open,
    struct prg_error *why)
{
	struct prg_context end = *c;

	end_names(&end);
	if (!is_same_place(open, &end))
		return refuse_here(c, why);
	/* Run twice, ' a="{{x}}" on' would make another name of the first. */
	if (open->state == PRG_IN_BEFORE_ATTR && end.state == PRG_IN_GAP &&
	    c->state == PRG_IN_ATTR_NAME && end.values != open->values)
		return refuse_here(c, why);
	if (end.state == PRG_IN_BEFORE_ATTR)
		end.state = open->state;
	end.first = end.first && open->first;
	end.url = join_url(open->url, end.url);
	*c = end;
	return 0;
}
