/*
 * condition.c - conditional requests, in the order of RFC 9110, 13.2.2.
 */
#include <string.h>

#include "base/date.h"
#include "page/condition.h"

/* The next entity-tag of a list, without its W/; NULL at the end. */
static const char *
next_tag(const char *p, size_t *len, bool *weak)
{
	const char *end;

	p += strspn(p, " \t,");
	*weak = strncmp(p, "W/", 2) == 0;
	if (*weak)
		p += 2;
	if (*p == '"' && (end = strchr(p + 1, '"')) != NULL)
		*len = (size_t)(end + 1 - p);
	else
		*len = strcspn(p, " \t,");	/* no tag: matches none */
	return *len > 0 ? p : NULL;
}

/* Whether the list is "*", or one of its tags is ours. */
static bool
matches(const char *list, const char *etag, bool weak_too)
{
	size_t len;
	bool weak;

	if (etag == NULL)
		return false;
	list += strspn(list, " \t");
	if (list[0] == '*' && list[1 + strspn(list + 1, " \t")] == '\0')
		return true;
	for (const char *p = list; (p = next_tag(p, &len, &weak)) != NULL;
	    p += len)
		if ((weak_too || !weak) && len == strlen(etag) &&
		    memcmp(p, etag, len) == 0)
			return true;
	return false;
}

/* Whether it was modified after this date; 'other' if that can't be read. */
static bool
modified_since(const struct prg_validators *v, const char *date, bool other)
{
	int64_t t;

	if (v->modified == 0 || !prg_date_parse(prg_span(date), v->now, &t))
		return other;
	return v->modified > t;
}

int
prg_condition(const struct prg_request *r, const struct prg_validators *v)
{
	bool get = r->method == PRG_METHOD_GET || r->method == PRG_METHOD_HEAD;

	if (r->if_match != NULL) {
		if (!matches(r->if_match, v->etag, false))
			return 412;
	} else if (r->if_unmodified_since != NULL &&
	    modified_since(v, r->if_unmodified_since, false))
		return 412;
	if (get && r->cache_control != NULL &&
	    strcasestr(r->cache_control, "no-cache") != NULL)
		return 200;		/* a forced reload wants all of it */
	if (r->if_none_match != NULL) {
		if (matches(r->if_none_match, v->etag, true))
			return get ? 304 : 412;
	} else if (get && r->if_modified_since != NULL &&
	    !modified_since(v, r->if_modified_since, true))
		return 304;
	return 200;
}
