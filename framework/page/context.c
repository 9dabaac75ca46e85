/*
 * context.c - where in an HTML document a placeholder stands.
 *
 * Stricter than the standard where that is lax: what a browser would repair (a
 * '<' among attributes, no space between two of them, tags in a title) is
 * refused, since the repair may differ from what the author meant.
 */
#include <string.h>

#include "page/compile.h"

/* -- What happens between two states ------------------------------------- */

enum act {
	NOTHING,
	CONTENT,		/* a byte of an element's content */
	BEGIN_TAG,
	BEGIN_END_TAG,
	END_TAG_NAME,
	END_TAG,
	BEGIN_ATTR,
	NAME,			/* a byte of a name */
	END_ATTR_NAME,
	BEGIN_VALUE,
	BEGIN_BARE,
	VALUE,			/* a byte of a value */
	END_VALUE,
	RAW_END			/* a byte behind "</" */
};

/* Names longer than the room for them are unknown ones. */
static void
push(struct prg_context *c, char ch)
{
	if (c->len < PRG_CONTEXT_NAME - 1)
		c->name[c->len++] = prg_lower(ch);
	c->name[c->len] = '\0';
}

static void
begin_tag(struct prg_context *c, uint8_t seen, char ch)
{
	c->seen = seen;
	c->first = false;
	c->tags++;
	c->len = 0;
	push(c, ch);
}

static void
end_tag(struct prg_context *c)
{
	if ((c->seen & PRG_SEEN_CLOSING) != 0)
		return;
	if (c->element->content == PRG_IN_SCRIPT &&
	    (c->seen & PRG_SEEN_TYPE) == 0)
		c->blocked = "<script>";
	if (strcmp(c->element->name, "style") == 0)
		c->blocked = "<style>";
	c->len = 0;
	c->first = (c->element->facts & PRG_ELEMENT_EATS) != 0 ||
	    (c->seen & PRG_SEEN_JSON) != 0;
	c->state = c->element->content;
}

static void
end_attr_name(struct prg_context *c, struct prg_error *why)
{
	c->attr = prg_context_attr(c->element, c->name);
	if (strcmp(c->name, "style") == 0)
		c->blocked = "style=";
	else if (strncmp(c->name, "on", 2) == 0)
		c->blocked = "a handler of events";
	if (c->attr != PRG_ATTR_REFRESH)
		return;
	c->seen |= PRG_SEEN_REFRESH;
	if ((c->seen & PRG_SEEN_FILLED) != 0)
		prg_error_set(why,
		    "expected no http-equiv where content has a value");
}

static void
begin_value(struct prg_context *c)
{
	c->values++;
	c->url = PRG_URL_START;
	c->url_len = 0;
	c->scheme_len = 0;
	c->checked = false;
	if (c->attr == PRG_ATTR_TYPE)
		c->len = 0;
}

static void
value_char(struct prg_context *c, char ch, struct prg_error *why)
{
	if (c->attr == PRG_ATTR_TYPE)
		push(c, ch);
	else if (c->attr == PRG_ATTR_URL)
		prg_context_url_char(c, ch, why);
}

/* If an attribute is there twice, browsers use the first. */
static void
end_value(struct prg_context *c)
{
	if (c->attr != PRG_ATTR_TYPE || (c->seen & PRG_SEEN_TYPE) != 0)
		return;
	c->seen |= PRG_SEEN_TYPE;
	if (strcmp(c->name, "application/json") == 0)
		c->seen |= PRG_SEEN_JSON;
	else if (strcmp(c->name, "module") == 0 ||
	    strstr(c->name, "javascript") != NULL)
		c->blocked = "<script>";
}

/* In "</" within an element without tags: whether its name comes. */
static void
raw_end(struct prg_context *c, char ch)
{
	const char *rest = c->element->name + c->len;

	if (*rest == '\0' && strchr(" \n\t\r\f/>", ch) != NULL) {
		c->seen = PRG_SEEN_CLOSING;
		c->len = 0;
		c->state = ch == '>' ? PRG_IN_TEXT : PRG_IN_BEFORE_ATTR;
	} else if (*rest != '\0' && prg_lower(ch) == *rest)
		c->len++;
	else {
		c->state = (uint8_t)(c->element->content + (ch == '<'));
		c->len = 0;
	}
}

/* White space before JSON does not count. */
static void
content(struct prg_context *c, char ch)
{
	if ((c->seen & PRG_SEEN_JSON) == 0 || strchr(" \n\t\r\f", ch) == NULL)
		c->first = false;
}

static void
perform(struct prg_context *c, enum act act, char ch, struct prg_error *why)
{
	switch (act) {
	case NOTHING:		break;
	case CONTENT:		content(c, ch); break;
	case BEGIN_TAG:		begin_tag(c, 0, ch); break;
	case BEGIN_END_TAG:	begin_tag(c, PRG_SEEN_CLOSING, ch); break;
	case END_TAG_NAME:	c->element = prg_context_element(c); break;
	case END_TAG:		end_tag(c); break;
	case BEGIN_ATTR:	c->len = 0; push(c, ch); break;
	case NAME:		push(c, ch); break;
	case END_ATTR_NAME:	end_attr_name(c, why); break;
	case BEGIN_VALUE:	begin_value(c); c->quote = ch; break;
	case BEGIN_BARE:	begin_value(c); value_char(c, ch, why); break;
	case VALUE:		value_char(c, ch, why); break;
	case END_VALUE:		end_value(c); break;
	case RAW_END:		raw_end(c, ch); break;
	}
}

/* -- The states ---------------------------------------------------------- */

/*
 * The first row of a state that has the byte applies; "" has any byte.  'a' is
 * any letter, ' ' any white space.  With 'again', the byte goes through the
 * next state as well.
 */
struct rule {
	const char	*chars;
	uint8_t		 next;
	uint8_t		 act;
	bool		 again;
	const char	*refuse;
};

#define RULES(...)		(const struct rule[]){ __VA_ARGS__ }
#define GO(c, s)		{ .chars = c, .next = s }
#define DO(c, s, a)		{ .chars = c, .next = s, .act = a }
#define AGAIN(c, s, a)		{ .chars = c, .next = s, .act = a, \
				  .again = true }
#define REFUSE(c, why)		{ .chars = c, .refuse = why }
/* The state behind a '<' is the next one of the enumeration. */
#define CONTENT_OF(s)		[s] = RULES(DO("<", s + 1, CONTENT), \
				    DO("", s, CONTENT))

static const struct rule *const machine[] = {
	CONTENT_OF(PRG_IN_TEXT),
	[PRG_IN_OPEN] = RULES(
	    DO("a", PRG_IN_TAG_NAME, BEGIN_TAG),
	    GO("/", PRG_IN_END_OPEN),
	    GO("!", PRG_IN_MARKUP),
	    GO("?", PRG_IN_DECLARATION),
	    AGAIN("", PRG_IN_TEXT, NOTHING)),
	[PRG_IN_END_OPEN] = RULES(
	    DO("a", PRG_IN_TAG_NAME, BEGIN_END_TAG),
	    GO(">", PRG_IN_TEXT),
	    GO("", PRG_IN_DECLARATION)),
	[PRG_IN_TAG_NAME] = RULES(
	    AGAIN(" />", PRG_IN_BEFORE_ATTR, END_TAG_NAME),
	    DO("", PRG_IN_TAG_NAME, NAME)),
	[PRG_IN_BEFORE_ATTR] = RULES(
	    DO(">", PRG_IN_TEXT, END_TAG),
	    GO(" /", PRG_IN_BEFORE_ATTR),
	    REFUSE("\"'<=", "the name of an attribute"),
	    DO("", PRG_IN_ATTR_NAME, BEGIN_ATTR)),
	[PRG_IN_GAP] = RULES(
	    AGAIN(" />", PRG_IN_BEFORE_ATTR, NOTHING),
	    REFUSE("", "a space before the next attribute")),
	[PRG_IN_ATTR_NAME] = RULES(
	    AGAIN("= />", PRG_IN_AFTER_NAME, END_ATTR_NAME),
	    REFUSE("\"'<", "the name of an attribute"),
	    DO("", PRG_IN_ATTR_NAME, NAME)),
	[PRG_IN_AFTER_NAME] = RULES(
	    GO("=", PRG_IN_BEFORE_VALUE),
	    GO(" ", PRG_IN_AFTER_NAME),
	    AGAIN("", PRG_IN_BEFORE_ATTR, NOTHING)),
	[PRG_IN_BEFORE_VALUE] = RULES(
	    GO(" ", PRG_IN_BEFORE_VALUE),
	    REFUSE(">", "the value of the attribute"),
	    DO("\"'", PRG_IN_VALUE, BEGIN_VALUE),
	    DO("", PRG_IN_BARE_VALUE, BEGIN_BARE)),
	[PRG_IN_VALUE] = RULES(
	    DO("\"", PRG_IN_GAP, END_VALUE),
	    DO("", PRG_IN_VALUE, VALUE)),
	[PRG_IN_BARE_VALUE] = RULES(
	    AGAIN(" >", PRG_IN_BEFORE_ATTR, END_VALUE),
	    DO("", PRG_IN_BARE_VALUE, VALUE)),
	[PRG_IN_MARKUP] = RULES(
	    REFUSE("[", "no CDATA: HTML has none"),
	    GO("-", PRG_IN_MARKUP_DASH),
	    GO(">", PRG_IN_TEXT),
	    GO("", PRG_IN_DECLARATION)),
	[PRG_IN_MARKUP_DASH] = RULES(
	    GO("-", PRG_IN_COMMENT_START),
	    GO(">", PRG_IN_TEXT),
	    GO("", PRG_IN_DECLARATION)),
	[PRG_IN_DECLARATION] = RULES(
	    GO(">", PRG_IN_TEXT),
	    GO("", PRG_IN_DECLARATION)),
	[PRG_IN_COMMENT_START] = RULES(
	    GO("-", PRG_IN_COMMENT_START_DASH),
	    GO(">", PRG_IN_TEXT),
	    GO("", PRG_IN_COMMENT)),
	[PRG_IN_COMMENT_START_DASH] = RULES(
	    GO("-", PRG_IN_COMMENT_END),
	    GO(">", PRG_IN_TEXT),
	    GO("", PRG_IN_COMMENT)),
	[PRG_IN_COMMENT] = RULES(
	    GO("-", PRG_IN_COMMENT_DASH),
	    GO("", PRG_IN_COMMENT)),
	[PRG_IN_COMMENT_DASH] = RULES(
	    GO("-", PRG_IN_COMMENT_END),
	    GO("", PRG_IN_COMMENT)),
	[PRG_IN_COMMENT_END] = RULES(
	    GO(">", PRG_IN_TEXT),
	    GO("-", PRG_IN_COMMENT_END),
	    GO("!", PRG_IN_COMMENT_BANG),
	    GO("", PRG_IN_COMMENT)),
	[PRG_IN_COMMENT_BANG] = RULES(
	    GO(">", PRG_IN_TEXT),
	    GO("-", PRG_IN_COMMENT_DASH),
	    GO("", PRG_IN_COMMENT)),
	CONTENT_OF(PRG_IN_RCDATA),
	[PRG_IN_RCDATA_LESS] = RULES(
	    GO("/", PRG_IN_RAW_END),
	    GO("<", PRG_IN_RCDATA_LESS),
	    REFUSE("a!?", "no tags in"),
	    GO("", PRG_IN_RCDATA)),
	CONTENT_OF(PRG_IN_RAWTEXT),
	[PRG_IN_RAWTEXT_LESS] = RULES(
	    GO("/", PRG_IN_RAW_END),
	    GO("<", PRG_IN_RAWTEXT_LESS),
	    GO("", PRG_IN_RAWTEXT)),
	CONTENT_OF(PRG_IN_SCRIPT),
	[PRG_IN_SCRIPT_LESS] = RULES(
	    GO("/", PRG_IN_RAW_END),
	    GO("<", PRG_IN_SCRIPT_LESS),
	    GO("!", PRG_IN_SCRIPT_BANG),
	    GO("", PRG_IN_SCRIPT)),
	/* Behind "<!--" a script may go on for longer than its end tag. */
	[PRG_IN_SCRIPT_BANG] = RULES(
	    GO("-", PRG_IN_SCRIPT_BANG_DASH),
	    GO("<", PRG_IN_SCRIPT_LESS),
	    GO("", PRG_IN_SCRIPT)),
	[PRG_IN_SCRIPT_BANG_DASH] = RULES(
	    REFUSE("-", "no <!-- in a script"),
	    GO("<", PRG_IN_SCRIPT_LESS),
	    GO("", PRG_IN_SCRIPT)),
	[PRG_IN_RAW_END] = RULES(
	    DO("", PRG_IN_RAW_END, RAW_END))
};

/* The byte that represents this one in the rules. */
static char
class_of(const struct prg_context *c, char ch)
{
	if (c->state == PRG_IN_VALUE)
		return ch == c->quote ? '"' : 'a';
	if ((prg_lower(ch) >= 'a' && prg_lower(ch) <= 'z') || ch == '\0')
		return 'a';
	return ch == '\n' || ch == '\t' || ch == '\r' || ch == '\f' ? ' ' : ch;
}

static void
refuse(const struct prg_context *c, const char *expected, struct prg_error *why)
{
	if (c->state == PRG_IN_RCDATA_LESS)
		prg_error_set(why, "expected %s <%s>", expected,
		    c->element->name);
	else
		prg_error_set(why, "expected %s", expected);
}

static void
step(struct prg_context *c, char ch, struct prg_error *why)
{
	const struct rule *r;
	char class;

	do {
		class = class_of(c, ch);
		r = machine[c->state];
		while (*r->chars != '\0' && strchr(r->chars, class) == NULL)
			r++;
		if (r->refuse != NULL) {
			refuse(c, r->refuse, why);
			return;
		}
		c->state = r->next;
		perform(c, r->act, ch, why);
	} while (r->again && *why->text == '\0');
}

size_t
prg_context_text(struct prg_context *c, struct prg_span s,
    struct prg_error *why)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (c->checked && c->state == PRG_IN_VALUE &&
		    s.p[i] == c->quote)
			break;
		step(c, s.p[i], why);
		if (c->blocked != NULL && c->blocked_at == NULL)
			c->blocked_at = s.p + i;
		if (*why->text != '\0')
			break;
	}
	return i;
}
