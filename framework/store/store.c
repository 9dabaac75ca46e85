/*
 * store.c - the seam: from a name to a kind of store, and through to it.
 */
#include <stddef.h>
#include <string.h>

#include "store/store.h"

/* The first row is for a path without a scheme, too. */
static const struct kind {
	const char	*scheme;
	int		(*open)(const char *path,
			    const struct prg_store_place *, struct prg_store **,
			    struct prg_error *);
	int		(*restore)(struct prg_store *from, const char *path,
			    struct prg_error *);
} kinds[] = {
	{ "sqlite:",	prg_sqlite_open,	prg_sqlite_restore },
	{ NULL,		NULL,			NULL }
};

/* A scheme is two letters or more, then a colon, with no slash before it. */
static size_t
scheme_length(const char *url)
{
	size_t n = strcspn(url, ":/");

	return url[n] == ':' && n > 1 ? n + 1 : 0;
}

/* Find the kind, and skip the scheme.  NULL with a sentence if none has it. */
static const struct kind *
find_kind(const char **url, struct prg_error *err)
{
	size_t n = scheme_length(*url);
	const struct kind *k = kinds;

	while (n > 0 && k->scheme != NULL && (strlen(k->scheme) != n ||
	    memcmp(*url, k->scheme, n) != 0))
		k++;
	if (k->scheme == NULL)
		prg_error_set(err, "%.*s is no kind of store; give a path or"
		    " sqlite:PATH", (int)n, *url);
	*url += n;
	return k->scheme != NULL ? k : NULL;
}

int
prg_store_open(const struct prg_store_place *place, struct prg_store **store,
    struct prg_error *err)
{
	const char *rest = place->url;
	const struct kind *kind = find_kind(&rest, err);

	if (kind == NULL || kind->open(rest, place, store, err) == -1)
		return -1;
	if (prg_store_migrate(*store, place->migrations, err) == 0)
		return 0;
	prg_store_close(*store);
	*store = NULL;
	return -1;
}

int
prg_store_restore(const struct prg_store_place *place, const char *file,
    struct prg_error *err)
{
	const struct prg_store_place source = { .url = file,
	    .mode = PRG_STORE_READ, .app = place->app };
	const char *rest = place->url;
	const struct kind *kind = find_kind(&rest, err);
	struct prg_store *from;
	int rc;

	if (kind == NULL || kind->open(file, &source, &from, err) == -1)
		return -1;
	rc = kind->restore(from, rest, err);
	prg_store_close(from);
	return rc;
}
