/*
 * template_place.c - what may stand at a place in an HTML document, and how.
 */
#include "page/template_markup.h"

bool
prg_context_is_text(const struct prg_context *c)
{
	return c->state == PRG_IN_TEXT;
}

bool
prg_context_is_rcdata(const struct prg_context *c)
{
	return c->state == PRG_IN_RAW && c->len == 0 &&
	    c->element->holds == PRG_HOLDS_RCDATA;
}

bool
prg_context_eats(const struct prg_context *c)
{
	return c->first && !c->json;
}

void
prg_context_where(const struct prg_context *c, struct prg_error *why)
{
	static const char *const names[] = {
		[PRG_IN_TEXT]		 = "in the text",
		[PRG_IN_OPEN]		 = "in the name of a tag",
		[PRG_IN_END_OPEN]	 = "in the name of a tag",
		[PRG_IN_TAG_NAME]	 = "in the name of a tag",
		[PRG_IN_BEFORE_ATTR]	 = "in a tag",
		[PRG_IN_GAP]		 = "in a tag",
		[PRG_IN_ATTR_NAME]	 = "in the name of an attribute",
		[PRG_IN_AFTER_ATTR_NAME] = "in a tag",
		[PRG_IN_BEFORE_VALUE]	 = "in a value without quotes",
		[PRG_IN_BARE_VALUE]	 = "in a value without quotes",
		[PRG_IN_MARKUP]		 = "in a declaration",
		[PRG_IN_DECLARATION]	 = "in a declaration",
		[PRG_IN_COMMENT]	 = "in a comment"
	};

	if (c->state == PRG_IN_RAW && c->len > 0)
		prg_error_set(why, "in the end of <%s>", c->element->name);
	else if (c->state == PRG_IN_RAW)
		prg_error_set(why, "in <%s>", c->element->name);
	else if (c->state == PRG_IN_VALUE && c->attr != PRG_ATTR_TYPE)
		prg_error_set(why, "in the value of %s", c->name);
	else if (c->state == PRG_IN_VALUE)
		prg_error_set(why, "in the type of a script");
	else
		prg_error_set(why, "%s", names[c->state]);
}

static int
refuse_here(const struct prg_context *c, struct prg_error *why)
{
	prg_context_where(c, why);
	return -1;
}

/* -- Values ---------------------------------------------------------------- */

static int
url_value(struct prg_context *c, struct prg_template_op *op,
    struct prg_error *why)
{
	static const uint8_t hows[] = {
		[PRG_URL_START] = PRG_HOW_ESCAPED,
		[PRG_URL_WORD]	= PRG_HOW_PATH,
		[PRG_URL_SLASH] = PRG_HOW_PATH,
		[PRG_URL_PATH]	= PRG_HOW_PATH,
		[PRG_URL_QUERY] = PRG_HOW_QUERY
	};

	if (c->url == PRG_URL_MAYBE)
		return prg_error_set(why, "in an address that a section may "
		    "or may not have begun: put all of it into the section");
	if (c->url == PRG_URL_BAD)
		return prg_error_set(why,
		    "in an address that begins like this");
	op->how = hows[c->url];
	if (c->url != PRG_URL_QUERY)
		c->url = PRG_URL_PATH;
	return 0;
}

static int
attr_value(struct prg_context *c, struct prg_template_op *op,
    struct prg_error *why)
{
	switch (c->attr) {
	case PRG_ATTR_PLAIN:
		return 0;
	case PRG_ATTR_URL:
		return url_value(c, op, why);
	case PRG_ATTR_CONTENT:
		c->filled = true;
		return c->refreshes ? prg_error_set(why,
		    "in the content of a <meta> with http-equiv") : 0;
	default:
		return refuse_here(c, why);
	}
}

/* In <script type="application/json">, and with nothing before it. */
static int
json_value(struct prg_context *c, bool raw, struct prg_template_op *op,
    struct prg_error *why)
{
	if (!c->first)
		return prg_error_set(why,
		    "in JSON but as the whole of it");
	if (!raw)
		return prg_error_set(why, "in JSON: write {{{..}}}");
	op->how = PRG_HOW_JSON;
	return 0;
}

static int
raw_text_value(struct prg_context *c, bool raw, struct prg_template_op *op,
    struct prg_error *why)
{
	if (c->len == 0 && c->json)
		return json_value(c, raw, op, why);
	if (!prg_context_is_rcdata(c))
		return refuse_here(c, why);
	if (raw)
		return prg_error_set(why, "in <%s>: write {{..}}",
		    c->element->name);
	return 0;
}

int
prg_context_value(struct prg_context *c, bool raw,
    struct prg_template_op *op, struct prg_error *why)
{
	int rc;

	op->how = raw ? PRG_HOW_RAW : PRG_HOW_ESCAPED;
	if (c->state == PRG_IN_TEXT)
		rc = 0;
	else if (c->state == PRG_IN_RAW)
		rc = raw_text_value(c, raw, op, why);
	else if (c->state != PRG_IN_VALUE)
		rc = refuse_here(c, why);
	else if (raw)
		rc = prg_error_set(why, "in the value of an attribute: "
		    "write {{..}}");
	else
		rc = attr_value(c, op, why);
	c->first = false;
	return rc;
}

/* The literal beginning decides already, unless it is nearly nothing. */
bool
prg_context_url(struct prg_context *c, struct prg_template_op *op)
{
	if (c->state != PRG_IN_VALUE || c->attr != PRG_ATTR_URL || c->checked)
		return false;
	if (c->url != PRG_URL_START && c->url != PRG_URL_WORD &&
	    c->url != PRG_URL_SLASH)
		return false;
	c->checked = true;
	op->len = c->url_len;
	if ((c->element->facts & PRG_ELEMENT_RUNS) != 0)
		op->flags |= PRG_OP_LOCAL;
	return true;
}

/* -- Sections -------------------------------------------------------------- */

/*
 * A section may be left out, so that what comes behind it can't be taken for
 * the rest of what stood before it: names end here.
 */
static void
end_names(struct prg_context *c)
{
	if (c->state == PRG_IN_TAG_NAME) {
		c->element = prg_element_find(c->name);
		c->state = PRG_IN_GAP;
	} else if (c->state == PRG_IN_ATTR_NAME)
		c->state = PRG_IN_GAP;
	else if (c->state == PRG_IN_AFTER_ATTR_NAME)
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
	bool raw = c->state == PRG_IN_RAW && c->len == 0;

	end_names(c);
	if (c->state == PRG_IN_TEXT || c->state == PRG_IN_VALUE || raw ||
	    is_between_attrs(c))
		return 0;
	return refuse_here(c, why);
}

static bool
same_tag(const struct prg_context *a, const struct prg_context *b)
{
	return a->tags == b->tags && a->closing == b->closing &&
	    a->refreshes == b->refreshes && a->filled == b->filled &&
	    a->typed == b->typed && a->json == b->json;
}

static bool
same_place(const struct prg_context *a, const struct prg_context *b)
{
	if (a->state == PRG_IN_TEXT)
		return b->state == PRG_IN_TEXT;
	if (is_between_attrs(a))
		return is_between_attrs(b) && same_tag(a, b);
	if (a->state == PRG_IN_VALUE)
		return b->state == PRG_IN_VALUE && a->values == b->values &&
		    same_tag(a, b);
	return a->state == b->state && a->len == b->len && same_tag(a, b);
}

/* Where an address is if it came this way or that. */
static uint8_t
join_url(uint8_t a, uint8_t b)
{
	if (a == b)
		return a;
	if (a == PRG_URL_BAD || b == PRG_URL_BAD)
		return PRG_URL_BAD;
	if (a == PRG_URL_START || a == PRG_URL_MAYBE || b == PRG_URL_MAYBE)
		return PRG_URL_MAYBE;
	return a == PRG_URL_QUERY || b == PRG_URL_QUERY ?
	    PRG_URL_QUERY : PRG_URL_PATH;
}

int
prg_context_close(struct prg_context *c, const struct prg_context *open,
    struct prg_error *why)
{
	struct prg_context end = *c;

	end_names(&end);
	if (!same_place(open, &end))
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
