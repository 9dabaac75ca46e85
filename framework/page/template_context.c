/*
 * template_context.c - where in an HTML document a placeholder stands.
 *
 * Stricter than the standard where it is lax: what a browser would repair (a
 * '<' among attributes, no space between two of them, tags in a title) is
 * refused, since a repair may be other than the author thought.
 */
#include <ctype.h>
#include <string.h>

#include "page/template_markup.h"

static bool
is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Names longer than there is room for are none that we know. */
static void
push(struct prg_context *c, char ch)
{
	if (c->len < PRG_CONTEXT_NAME - 1)
		c->name[c->len++] = ch >= 'A' && ch <= 'Z' ? ch | 0x20 : ch;
	c->name[c->len] = '\0';
}

static int
refuse(struct prg_error *why, const char *expected)
{
	return prg_error_set(why, "expected %s", expected);
}

/* -- Text and tags --------------------------------------------------------- */

static int
step_text(struct prg_context *c, char ch, struct prg_error *why)
{
	(void)why;
	c->first = false;
	if (ch == '<')
		c->state = PRG_IN_OPEN;
	return 0;
}

static void
begin_tag(struct prg_context *c, char ch, bool closing)
{
	c->closing = closing;
	c->first = c->refreshes = c->filled = c->typed = c->json = false;
	c->tags++;
	c->len = 0;
	c->state = PRG_IN_TAG_NAME;
	push(c, ch);
}

static int
step_open(struct prg_context *c, char ch, struct prg_error *why)
{
	c->len = 0;
	if (is_alpha(ch))
		begin_tag(c, ch, false);
	else if (ch == '/')
		c->state = PRG_IN_END_OPEN;
	else if (ch == '!')
		c->state = PRG_IN_MARKUP;
	else if (ch == '?')
		c->state = PRG_IN_DECLARATION;
	else {
		c->state = PRG_IN_TEXT;
		return step_text(c, ch, why);
	}
	return 0;
}

static int
step_end_open(struct prg_context *c, char ch, struct prg_error *why)
{
	(void)why;
	if (is_alpha(ch))
		begin_tag(c, ch, true);
	else
		c->state = ch == '>' ? PRG_IN_TEXT : PRG_IN_DECLARATION;
	return 0;
}

static void
end_tag(struct prg_context *c)
{
	const struct prg_element *e = c->element;

	c->len = 0;
	c->state = PRG_IN_TEXT;
	if (c->closing)
		return;
	c->first = (e->facts & PRG_ELEMENT_EATS) != 0 || c->json;
	if (e->holds != PRG_HOLDS_TAGS)
		c->state = PRG_IN_RAW;
}

static int
step_tag_name(struct prg_context *c, char ch, struct prg_error *why)
{
	(void)why;
	if (!is_space(ch) && ch != '/' && ch != '>') {
		push(c, ch);
		return 0;
	}
	c->element = prg_element_find(c->name);
	if (ch == '>')
		end_tag(c);
	else
		c->state = PRG_IN_BEFORE_ATTR;
	return 0;
}

/* -- Declarations and comments --------------------------------------------- */

static int
step_markup(struct prg_context *c, char ch, struct prg_error *why)
{
	if (ch == '[')
		return refuse(why, "no CDATA: HTML has none");
	if (ch == '-' && ++c->len == 2) {
		c->state = PRG_IN_COMMENT;
		c->first = true;
		c->len = 0;
	} else if (ch == '>')
		c->state = PRG_IN_TEXT;
	else if (ch != '-')
		c->state = PRG_IN_DECLARATION;
	return 0;
}

static int
step_declaration(struct prg_context *c, char ch, struct prg_error *why)
{
	(void)why;
	if (ch == '>')
		c->state = PRG_IN_TEXT;
	return 0;
}

/* 'len' counts dashes; <!--> and <!---> are comments that have ended. */
static int
step_comment(struct prg_context *c, char ch, struct prg_error *why)
{
	enum { BANG = 3 };	/* behind --! */

	(void)why;
	if (ch == '>' && (c->len >= 2 || c->first))
		c->state = PRG_IN_TEXT;
	else if (ch == '-')
		c->len = c->len == BANG ? 1 : c->len == 0 ? 1 : 2;
	else {
		c->len = ch == '!' && c->len == 2 ? BANG : 0;
		c->first = false;
	}
	return 0;
}

/* -- Attributes ------------------------------------------------------------ */

static int
begin_attr(struct prg_context *c, char ch, struct prg_error *why)
{
	if (strchr("\"'<=", ch) != NULL)
		return refuse(why, "the name of an attribute");
	c->len = 0;
	c->state = PRG_IN_ATTR_NAME;
	push(c, ch);
	return 0;
}

static int
step_before_attr(struct prg_context *c, char ch, struct prg_error *why)
{
	if (ch == '>')
		end_tag(c);
	else if (!is_space(ch) && ch != '/')
		return begin_attr(c, ch, why);
	return 0;
}

/* Where the next attribute can only begin after a space. */
static int
step_gap(struct prg_context *c, char ch, struct prg_error *why)
{
	if (ch != '>' && ch != '/' && !is_space(ch))
		return refuse(why, "a space before the next attribute");
	c->state = PRG_IN_BEFORE_ATTR;
	return step_before_attr(c, ch, why);
}

static int
end_attr_name(struct prg_context *c, struct prg_error *why)
{
	c->attr = (uint8_t)prg_attr_find(c->element, c->name);
	if (c->attr == PRG_ATTR_REFRESH) {
		if (c->filled)
			return refuse(why,
			    "no http-equiv where content has a value");
		c->refreshes = true;
	}
	return 0;
}

static int
step_after_attr_name(struct prg_context *c, char ch, struct prg_error *why)
{
	if (ch == '=')
		c->state = PRG_IN_BEFORE_VALUE;
	else if (!is_space(ch)) {
		c->state = PRG_IN_BEFORE_ATTR;
		return step_before_attr(c, ch, why);
	}
	return 0;
}

static int
step_attr_name(struct prg_context *c, char ch, struct prg_error *why)
{
	if (ch != '=' && ch != '>' && ch != '/' && !is_space(ch)) {
		if (strchr("\"'<", ch) != NULL)
			return refuse(why, "the name of an attribute");
		push(c, ch);
		return 0;
	}
	c->state = PRG_IN_AFTER_ATTR_NAME;
	if (end_attr_name(c, why) == -1)
		return -1;
	return step_after_attr_name(c, ch, why);
}

static void
value_char(struct prg_context *c, char ch)
{
	if (c->attr == PRG_ATTR_TYPE)
		push(c, ch);
	else if (c->attr == PRG_ATTR_URL)
		prg_context_url_char(c, ch);
}

/* Of two attributes of one name, the first counts. */
static void
end_value(struct prg_context *c)
{
	if (c->attr == PRG_ATTR_TYPE && !c->typed) {
		c->typed = true;
		c->json = strcmp(c->name, "application/json") == 0;
	}
}

static int
step_before_value(struct prg_context *c, char ch, struct prg_error *why)
{
	if (is_space(ch))
		return 0;
	if (ch == '>')
		return refuse(why, "the value of the attribute");
	c->values++;
	c->url = PRG_URL_START;
	c->url_len = 0;
	c->scheme_len = 0;
	c->checked = false;
	if (c->attr == PRG_ATTR_TYPE)
		c->len = 0;
	if (ch == '"' || ch == '\'') {
		c->quote = ch;
		c->state = PRG_IN_VALUE;
	} else {
		c->state = PRG_IN_BARE_VALUE;
		value_char(c, ch);
	}
	return 0;
}

static int
step_value(struct prg_context *c, char ch, struct prg_error *why)
{
	(void)why;
	if (ch != c->quote) {
		value_char(c, ch);
		return 0;
	}
	end_value(c);
	c->state = PRG_IN_GAP;
	return 0;
}

static int
step_bare_value(struct prg_context *c, char ch, struct prg_error *why)
{
	if (ch != '>' && !is_space(ch)) {
		value_char(c, ch);
		return 0;
	}
	end_value(c);
	c->state = PRG_IN_BEFORE_ATTR;
	return step_before_attr(c, ch, why);
}

/* -- Elements whose content has no tags ------------------------------------ */

/* 'len' in these: how much of "</name", or of "<!--", came. */
enum { LESS = 1, SLASH, BANG = 100, DASH };

/* A '<' came before. */
static int
step_less(struct prg_context *c, char ch, struct prg_error *why)
{
	c->len = ch == '/' ? SLASH : ch == '<' ? LESS : 0;
	if (c->element->holds == PRG_HOLDS_RCDATA &&
	    (is_alpha(ch) || ch == '!' || ch == '?'))
		return prg_error_set(why, "expected no tags in <%s>",
		    c->element->name);
	if (c->element->holds == PRG_HOLDS_SCRIPT && ch == '!')
		c->len = BANG;
	return 0;
}

/* Behind "<!--" a script may go on for longer than its end tag. */
static int
step_bang(struct prg_context *c, char ch, struct prg_error *why)
{
	if (ch == '-' && c->len == DASH)
		return refuse(why, "no <!-- in a script");
	c->len = ch == '-' ? DASH : ch == '<' ? LESS : 0;
	return 0;
}

static int
step_raw(struct prg_context *c, char ch, struct prg_error *why)
{
	const char *rest;

	if (!c->json || !is_space(ch))
		c->first = false;
	if (c->len >= BANG)
		return step_bang(c, ch, why);
	if (c->len == LESS)
		return step_less(c, ch, why);
	if (c->len == 0) {
		c->len = ch == '<' ? LESS : 0;
		return 0;
	}
	rest = c->element->name + (c->len - SLASH);
	if (*rest == '\0' && (is_space(ch) || ch == '/' || ch == '>')) {
		c->closing = true;
		c->json = false;
		c->state = PRG_IN_BEFORE_ATTR;
		return step_before_attr(c, ch, why);
	}
	if (*rest != '\0' && tolower((unsigned char)ch) == *rest)
		c->len++;
	else
		c->len = ch == '<' ? LESS : 0;
	return 0;
}

size_t
prg_context_text(struct prg_context *c, struct prg_span s,
    struct prg_error *why)
{
	static int (*const steps[])(struct prg_context *, char,
	    struct prg_error *) = {
		[PRG_IN_TEXT]		 = step_text,
		[PRG_IN_OPEN]		 = step_open,
		[PRG_IN_END_OPEN]	 = step_end_open,
		[PRG_IN_TAG_NAME]	 = step_tag_name,
		[PRG_IN_BEFORE_ATTR]	 = step_before_attr,
		[PRG_IN_GAP]		 = step_gap,
		[PRG_IN_ATTR_NAME]	 = step_attr_name,
		[PRG_IN_AFTER_ATTR_NAME] = step_after_attr_name,
		[PRG_IN_BEFORE_VALUE]	 = step_before_value,
		[PRG_IN_VALUE]		 = step_value,
		[PRG_IN_BARE_VALUE]	 = step_bare_value,
		[PRG_IN_MARKUP]		 = step_markup,
		[PRG_IN_DECLARATION]	 = step_declaration,
		[PRG_IN_COMMENT]	 = step_comment,
		[PRG_IN_RAW]		 = step_raw
	};
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (c->checked && c->state == PRG_IN_VALUE &&
		    s.p[i] == c->quote)
			break;
		if (steps[c->state](c, s.p[i], why) == -1)
			break;
	}
	return i;
}
