/*
 * accept.c - which representation a client likes best (RFC 9110, 12.5.1).
 *
 * Nothing is stored: the header is read again for each offered type, of which
 * there are two or three.
 */
#include <string.h>

#include "request/accept.h"

struct param {
	struct prg_span	name;
	struct prg_span	value;	/* if 'quoted', what is between the quotes */
	bool		quoted;
};

static bool
is_token_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') ||
	    (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static void
drop(struct prg_span *s, size_t n)
{
	s->p += n;
	s->len -= n;
}

static bool
take_char(struct prg_span *s, char c)
{
	if (s->len == 0 || s->p[0] != c)
		return false;
	drop(s, 1);
	return true;
}

static void
skip_blanks(struct prg_span *s)
{
	while (s->len > 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
		drop(s, 1);
}

static bool
take_token(struct prg_span *s, struct prg_span *token)
{
	size_t n = 0;

	while (n < s->len && is_token_char(s->p[n]))
		n++;
	*token = (struct prg_span){ s->p, n };
	drop(s, n);
	return n > 0;
}

/* Take the rest of a quoted string, with the quote that ends it. */
static bool
take_quoted(struct prg_span *s, struct prg_span *inside)
{
	size_t n;

	for (n = 0; n < s->len && s->p[n] != '"'; n++)
		if (s->p[n] == '\\')
			n++;
	if (n >= s->len)
		return false;
	*inside = (struct prg_span){ s->p, n };
	drop(s, n + 1);
	return true;
}

static bool
take_param(struct prg_span *s, struct param *p)
{
	if (!take_token(s, &p->name) || !take_char(s, '='))
		return false;
	p->quoted = take_char(s, '"');
	return p->quoted ? take_quoted(s, &p->value) :
	    take_token(s, &p->value);
}

/*
 * The next of ";name=value"; an empty ";" is no error.  1 if there is one, 0 at
 * the end, -1 if it is none.
 */
static int
param_next(struct prg_span *s, struct param *p)
{
	for (;;) {
		skip_blanks(s);
		if (s->len == 0)
			return 0;
		if (!take_char(s, ';'))
			return -1;
		skip_blanks(s);
		if (s->len > 0 && s->p[0] != ';')
			return take_param(s, p) ? 1 : -1;
	}
}

static char
value_char(const struct param *p, size_t *i)
{
	if (p->quoted && p->value.p[*i] == '\\')
		++*i;
	return p->value.p[(*i)++];
}

static bool
same_value(const struct param *a, const struct param *b)
{
	size_t i = 0, j = 0;

	while (i < a->value.len && j < b->value.len)
		if (value_char(a, &i) != value_char(b, &j))
			return false;
	return i == a->value.len && j == b->value.len;
}

static bool
is_weight(const struct param *p)
{
	return prg_span_alike(p->name, (struct prg_span){ "q", 1 });
}

/* A weight in thousandths, or -1: "0" or "1", and up to three decimals. */
static int
weight_read(const struct param *p)
{
	struct prg_span s = p->value;
	int unit = 1000, v;

	if (p->quoted || s.len > 5 || (s.p[0] != '0' && s.p[0] != '1') ||
	    (s.len > 1 && s.p[1] != '.'))
		return -1;
	v = (s.p[0] - '0') * unit;
	for (size_t i = 2; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		unit /= 10;
		v += (s.p[i] - '0') * unit;
	}
	return v <= 1000 ? v : -1;
}

static bool
is_any(struct prg_span s)
{
	return prg_span_is(s, "*");
}

static bool
range_read(struct prg_span s, struct prg_accept_range *r)
{
	struct param p;
	int more;

	if (!take_token(&s, &r->type) || !take_char(&s, '/') ||
	    !take_token(&s, &r->subtype) ||
	    (is_any(r->type) && !is_any(r->subtype)))
		return false;
	r->params = s;
	r->weight = 1000;
	while ((more = param_next(&s, &p)) > 0)
		if (is_weight(&p) && (r->weight = weight_read(&p)) < 0)
			return false;
	return more == 0;
}

/* Take what is before the next comma outside of quotes. */
static struct prg_span
take_member(struct prg_span *rest)
{
	struct prg_span s = *rest;
	bool quoted = false;
	size_t n;

	for (n = 0; n < s.len && (quoted || s.p[n] != ','); n++) {
		if (s.p[n] == '"')
			quoted = !quoted;
		else if (s.p[n] == '\\' && quoted && n + 1 < s.len)
			n++;
	}
	drop(rest, n < s.len ? n + 1 : n);
	s.len = n;
	skip_blanks(&s);
	return s;
}

bool
prg_accept_next(struct prg_span *rest, struct prg_accept_range *r)
{
	while (rest->len > 0)
		if (range_read(take_member(rest), r))
			return true;
	return false;
}

static bool
param_find(struct prg_span params, struct prg_span name, struct param *p)
{
	while (param_next(&params, p) > 0)
		if (prg_span_alike(p->name, name))
			return true;
	return false;
}

/*
 * How many of the parameters of a range an offer has, or -1 if not all, or one
 * with another value.  Of a name that is there twice the first counts.
 */
static int
params_match(struct prg_span range, struct prg_span offer)
{
	struct prg_span rest = range;
	struct param p, q;
	int n = 0;

	while (param_next(&rest, &p) > 0)
		if (!is_weight(&p) && !param_find(offer, p.name, &q))
			return -1;
	while (param_next(&offer, &p) > 0) {
		if (!param_find(range, p.name, &q))
			continue;
		if (!same_value(&p, &q))
			return -1;
		n++;
	}
	return n;
}

/*
 * How specific a range is about an offer, or -1 if it is about something else.
 */
static int
specificity(const struct prg_accept_range *r,
    const struct prg_accept_range *offer)
{
	int n = params_match(r->params, offer->params);

	if (n < 0)
		return -1;
	if (prg_span_alike(r->type, offer->type)) {
		if (prg_span_alike(r->subtype, offer->subtype))
			return 2000 + n;
		return is_any(r->subtype) ? 1000 + n : -1;
	}
	return is_any(r->type) ? n : -1;
}

int
prg_accept_weight(const char *accept, const char *type)
{
	struct prg_span rest = prg_span(accept != NULL ? accept : "");
	struct prg_accept_range r, offer;
	int weight = 0, best = -1, how;
	bool any = true;

	if (!range_read(prg_span(type), &offer))
		return 0;
	for (; prg_accept_next(&rest, &r); any = false) {
		if ((how = specificity(&r, &offer)) <= best)
			continue;
		best = how;
		weight = r.weight;
	}
	return any ? 1000 : weight;
}

int
prg_accept_best(const char *accept, const char *const *types, size_t n)
{
	int best = -1, most = 0, weight;

	for (size_t i = 0; i < n; i++) {
		weight = prg_accept_weight(accept, types[i]);
		if (weight > most) {
			most = weight;
			best = (int)i;
		}
	}
	return best;
}
