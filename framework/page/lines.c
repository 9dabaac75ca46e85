/*
 * lines.c - which white space and newlines of a template are part of its text.
 *
 * A tag that is alone on its line takes the line away.
 */
#include <string.h>

#include "page/compile.h"

bool
prg_in_parent(const struct prg_compiler *c)
{
	return c->depth > 0 && c->frames[c->depth - 1].tag.kind == '<';
}

static size_t
skip_blanks(const struct prg_compiler *c, size_t pos)
{
	const struct prg_span s = c->tags.text;

	while (pos < s.len && (s.p[pos] == ' ' || s.p[pos] == '\t'))
		pos++;
	return pos;
}

/* Past the end of a line, or of the text; 'pos' itself if it isn't there. */
static size_t
skip_newline(const struct prg_compiler *c, size_t pos)
{
	const struct prg_span s = c->tags.text;

	if (pos < s.len && s.p[pos] == '\n')
		return pos + 1;
	if (pos + 1 < s.len && s.p[pos] == '\r' && s.p[pos + 1] == '\n')
		return pos + 2;
	return pos;
}

static bool
is_blank_behind(const struct prg_compiler *c, size_t pos)
{
	pos = skip_blanks(c, pos);
	return pos == c->tags.text.len || skip_newline(c, pos) > pos;
}

/* Whether nothing stands behind the end of the parent that begins here. */
static bool
ends_alone(const struct prg_compiler *c)
{
	struct prg_tags tags = c->tags;
	struct prg_error ignored;
	struct prg_tag t;
	int depth = 1;

	tags.err = &ignored;
	while (depth > 0 && prg_tags_next(&tags, &t) == 1)
		if (t.kind == '/')
			depth--;
		else if (t.kind != '\0' && strchr("#^$<", t.kind) != NULL)
			depth++;
	return depth == 0 && is_blank_behind(c, t.end);
}

static bool
is_alone(const struct prg_compiler *c, const struct prg_tag *t,
    const struct prg_line *p)
{
	switch (t->kind) {
	case '/':
		return p->right && (prg_in_parent(c) ?
		    c->frames[c->depth - 1].alone : p->left);
	case '$':
		return p->right && (p->left || prg_in_parent(c));
	case '<':
		return p->left && ends_alone(c);
	case '&':
	case '\0':
		return false;
	default:
		return p->left && p->right;
	}
}

struct prg_line
prg_line_of(const struct prg_compiler *c, const struct prg_tag *t)
{
	const char *s = c->tags.text.p;
	size_t from = t->start, pad;
	struct prg_line p = { .left = false };

	while (from > c->done && s[from - 1] != '\n')
		from--;
	p.left = (from == 0 || s[from - 1] == '\n') &&
	    skip_blanks(c, from) >= t->start;
	pad = t->start - from;
	if (p.left)
		pad -= pad < c->dedent ? pad : c->dedent;
	p.pad = (struct prg_span){ s + t->start - pad, pad };
	p.next = skip_newline(c, skip_blanks(c, t->end));
	p.right = is_blank_behind(c, t->end);
	p.alone = is_alone(c, t, &p);
	return p;
}

int
prg_copy_text(struct prg_compiler *c, size_t to)
{
	const char *s = c->tags.text.p, *eol;
	size_t blanks, n;

	while (c->done < to) {
		if (c->done == 0 || s[c->done - 1] == '\n') {
			blanks = skip_blanks(c, c->done) - c->done;
			c->done += blanks < c->dedent ? blanks : c->dedent;
			if (c->done >= to)
				break;
		}
		eol = memchr(s + c->done, '\n', to - c->done);
		n = eol == NULL ? to - c->done :
		    (size_t)(eol + 1 - s) - c->done;
		if (!prg_in_parent(c) &&
		    prg_emit_text(c, (struct prg_span){ s + c->done, n }) == -1)
			return -1;
		c->done += n;
		c->line += eol != NULL;
	}
	return 0;
}

static bool
is_end_at(const struct prg_compiler *c, size_t pos)
{
	const struct prg_span s = c->tags.text, open = c->tags.open;

	if (s.len - pos < open.len || memcmp(s.p + pos, open.p, open.len) != 0)
		return false;
	pos = skip_blanks(c, pos + open.len);
	return pos < s.len && s.p[pos] == '/';
}

struct prg_span
prg_block_indent(struct prg_compiler *c, const struct prg_line *p)
{
	size_t pos = p->next, end = skip_blanks(c, pos), next, n;

	while ((next = skip_newline(c, end)) > end) {
		pos = next;
		end = skip_blanks(c, pos);
	}
	if (is_end_at(c, end))
		return p->pad;
	n = end - pos < c->dedent ? end - pos : c->dedent;
	c->dedent = end - pos;
	return (struct prg_span){ c->tags.text.p + pos + n, end - pos - n };
}
