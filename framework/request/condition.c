/*
 * condition.c - conditional requests, in the order of RFC 9110, 13.2.2.
 */
#include <string.h>

#include "base/date.h"
#include "base/scan.h"
#include "request/condition.h"

/* Take the next entity-tag (RFC 9110, 8.8.3); false at the end of the tags. */
static bool
take_tag(struct prg_span *list, struct prg_span *tag, bool *weak)
{
	struct prg_span inside;

	prg_take_run(list, " \t,");
	*weak = prg_take_text(list, "W/");
	tag->p = list->p;
	if (!prg_take_char(list, '"') ||
	    !prg_span_split(*list, '"', &inside, list))
		return false;
	tag->len = inside.len + 2;
	return true;
}

/* Whether the list is "*" or has our tag. */
static bool
matches(const char *list, const char *etag, bool weak_too)
{
	struct prg_span rest = prg_span(list), tag;
	bool weak;

	if (etag == NULL)
		return false;
	if (prg_span_is(prg_span_trim(rest), "*"))
		return true;
	while (take_tag(&rest, &tag, &weak))
		if ((weak_too || !weak) && prg_span_is(tag, etag))
			return true;
	return false;
}

/* The date of the page less another; 'other' if one of them is unknown. */
static int64_t
age_since(const struct prg_validators *v, const char *date, int64_t other)
{
	int64_t t;

	if (v->modified == 0 || !prg_date_parse(prg_span(date), v->now, &t))
		return other;
	return v->modified - t;
}

int
prg_condition(const struct prg_request *r, const struct prg_validators *v)
{
	bool get = r->method == PRG_METHOD_GET || r->method == PRG_METHOD_HEAD;

	if (r->if_match != NULL) {
		if (!matches(r->if_match, v->etag, false))
			return 412;
	} else if (r->if_unmodified_since != NULL &&
	    age_since(v, r->if_unmodified_since, 0) > 0)
		return 412;
	if (get && r->cache_control != NULL &&
	    strcasestr(r->cache_control, "no-cache") != NULL)
		return 200;		/* a forced reload */
	if (r->if_none_match != NULL) {
		if (matches(r->if_none_match, v->etag, true))
			return get ? 304 : 412;
	} else if (get && r->if_modified_since != NULL &&
	    age_since(v, r->if_modified_since, 1) == 0)
		return 304;		/* it has the page that we sent */
	return 200;
}
