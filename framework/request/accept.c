/*
 * accept.c - the media types that a client accepts (RFC 9110, 12.5.1).
 */
#include <string.h>

#include "base/scan.h"
#include "request/accept.h"

/* One member of the header. */
struct range {
	struct prg_span	type;
	struct prg_span	subtype;
	int		weight;
	bool		narrowed;	/* by parameters other than q */
};

/*
 * The weight in thousandths, or -1: "0" or "1" with up to three decimals (RFC
 * 9110, 12.4.2).  It is never quoted, so '=' comes right before it.
 */
static int
weight_read(struct prg_span s)
{
	char digits[4] = { '0', '0', '0', '0' };
	long long v;

	if (s.len == 0 || s.len > 5 || s.p[-1] != '=' ||
	    (s.len > 1 && s.p[1] != '.'))
		return -1;
	digits[0] = s.p[0];
	if (s.len > 2)
		memcpy(digits + 1, s.p + 2, s.len - 2);
	return prg_digits((struct prg_span){ digits, 4 }, &v) && v <= 1000 ?
	    (int)v : -1;
}

static bool
is_any(struct prg_span s)
{
	return prg_span_is(s, "*");
}

/* Both of our types are in UTF-8. */
static bool
is_ours(const struct prg_param *p)
{
	return prg_span_alike(p->name, prg_span("charset")) &&
	    prg_span_alike(p->raw, prg_span("utf-8"));
}

static bool
range_read(struct prg_span s, struct range *r)
{
	struct prg_param p;
	int more;

	*r = (struct range){ .type = prg_take_token(&s), .weight = 1000 };
	if (r->type.len == 0 || !prg_take_char(&s, '/'))
		return false;
	r->subtype = prg_take_token(&s);
	if (r->subtype.len == 0 || (is_any(r->type) && !is_any(r->subtype)))
		return false;
	while ((more = prg_param_next(&s, &p)) == 1) {
		if (prg_span_alike(p.name, prg_span("q"))) {
			if ((r->weight = weight_read(p.raw)) == -1)
				return false;
		} else if (!is_ours(&p))
			r->narrowed = true;
	}
	return more == 0;
}

/* How specifically the range names a type: 3 to 1, or 0 if not at all. */
static int
specificity(const struct range *r, struct prg_span type,
    struct prg_span subtype)
{
	if (r->narrowed)
		return 0;
	if (!prg_span_alike(r->type, type))
		return is_any(r->type) ? 1 : 0;
	if (prg_span_alike(r->subtype, subtype))
		return 3;
	return is_any(r->subtype) ? 2 : 0;
}

/* How a header names a type: with what weight, and how specifically. */
struct match {
	int	weight;
	int	how;
};

static struct match
match_of(const char *accept, const char *media_type)
{
	struct prg_span rest = prg_span(accept != NULL ? accept : ""), member,
	    type, subtype;
	struct match best = { -1, 0 };
	bool empty = true;
	struct range r;
	int how;

	prg_span_split(prg_span(media_type), '/', &type, &subtype);
	while (prg_take_member(&rest, &member)) {
		if (!range_read(member, &r))
			continue;
		empty = false;
		if ((how = specificity(&r, type, subtype)) > best.how)
			best = (struct match){ r.weight, how };
	}
	return empty ? (struct match){ 1000, 0 } : best;
}

int
prg_accept_weight(const char *accept, const char *type)
{
	return match_of(accept, type).weight;
}

bool
prg_accept_prefers(const char *accept, const char *type, const char *other)
{
	struct match a = match_of(accept, type), b = match_of(accept, other);

	return a.weight > 0 && (a.weight > b.weight ||
	    (a.weight == b.weight && a.how > b.how));
}
