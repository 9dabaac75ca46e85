/*
 * store.c - the seam: from a name to a kind of store, and through to it.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "store/store.h"

/* The first is that of a path without a scheme. */
static const struct kind {
	const char	*scheme;
	int		(*open)(const char *, struct prg_store **,
			    struct prg_error *);
	bool		(*exists)(const char *);
} kinds[] = {
	{ "sqlite:",	prg_sqlite_open, prg_sqlite_exists },
	{ NULL,		NULL, NULL }
};

/* A scheme is two letters or more before a colon that no slash precedes. */
static size_t
scheme_length(const char *url)
{
	size_t n = strcspn(url, ":/");

	return url[n] == ':' && n > 1 ? n + 1 : 0;
}

/* Of which kind it is, the scheme being skipped; NULL: of none. */
static const struct kind *
find_kind(const char **url)
{
	size_t n = scheme_length(*url);
	const struct kind *k = kinds;

	if (n == 0)
		return k;
	while (k->scheme != NULL && (strlen(k->scheme) != n ||
	    memcmp(*url, k->scheme, n) != 0))
		k++;
	*url += n;
	return k->scheme != NULL ? k : NULL;
}

int
prg_store_open(const char *url, struct prg_store **store, struct prg_error *err)
{
	const char *rest = url;
	const struct kind *kind = find_kind(&rest);

	if (kind == NULL)
		return prg_error_set(err, "%.*s is no kind of store; give a path or"
		    " sqlite:PATH", (int)(rest - url), url);
	return kind->open(rest, store, err);
}

int
prg_store_expect(const char *url, struct prg_error *err)
{
	const struct kind *kind = find_kind(&url);

	if (kind == NULL || kind->exists(url))
		return 0;
	return prg_error_set(err, "%s: there is no store; give --store", url);
}

void
prg_store_close(struct prg_store *s)
{
	s->ops->close(s);
}

enum prg_found
prg_store_find(struct prg_store *s, struct prg_arena *a, const char *id,
    struct prg_row *row)
{
	return s->ops->find(s, a, id, row);
}

struct prg_rows
prg_store_list(struct prg_store *s, struct prg_arena *a,
    const struct prg_list *list)
{
	return s->ops->list(s, a, list);
}

int
prg_store_commit(struct prg_store *s, struct prg_batch *batch)
{
	return s->ops->commit(s, batch);
}

static bool
run_record(struct prg_write *w, void *db)
{
	const struct prg_record *record = w->arg;

	return record->run(record->arg, db);
}

static _Atomic unsigned long long shim_rows;
static pthread_mutex_t shim_lock = PTHREAD_MUTEX_INITIALIZER;

struct prg_store_stats
prg_store_stats(struct prg_store *s)
{
	(void)s;
	return (struct prg_store_stats){ shim_rows, shim_rows, 0, 0 };
}

static enum prg_put
commit_one(struct prg_store *s, struct prg_write *w)
{
	static const enum prg_put ends[] = {
		[PRG_WRITTEN_FAIL] = PRG_PUT_FAIL,
		[PRG_WRITTEN] = PRG_PUT_DONE,
		[PRG_WRITTEN_EXISTS] = PRG_PUT_EXISTS,
		[PRG_WRITTEN_REFUSED] = PRG_PUT_REFUSED
	};

	pthread_mutex_lock(&shim_lock);
	s->ops->commit(s, &(struct prg_batch){ .list = w });
	pthread_mutex_unlock(&shim_lock);
	shim_rows++;
	return ends[w->outcome];
}

enum prg_put
prg_store_put(struct prg_store *s, const struct prg_row *row,
    const struct prg_record *record)
{
	return commit_one(s, &(struct prg_write){ .row = *row,
	    .record = record != NULL ? run_record : NULL,
	    .arg = (void *)(uintptr_t)record });
}

enum prg_put
prg_store_erase(struct prg_store *s, const struct prg_id *id, int64_t modified)
{
	return commit_one(s, &(struct prg_write){ .kind = PRG_WRITE_ERASE,
	    .row = { .id = *id, .modified = modified } });
}

int
prg_store_sweep(struct prg_store *s, int64_t now, int count)
{
	return s->ops->sweep(s, now, count);
}

int
prg_store_purge(struct prg_store *s, int64_t before)
{
	return s->ops->purge(s, before);
}

int
prg_store_keyring(struct prg_store *s, struct prg_keyring *k)
{
	return s->ops->keyring(s, k);
}

int
prg_store_rotate(struct prg_store *s, int64_t now, int64_t age)
{
	return s->ops->rotate(s, now, age);
}

int
prg_store_schema(struct prg_store *s, const char *sql, struct prg_error *err)
{
	return s->ops->schema(s, sql, err);
}

void *
prg_store_borrow(struct prg_store *s, void **db)
{
	return s->ops->borrow(s, db);
}

void
prg_store_give_back(struct prg_store *s, void *lent)
{
	s->ops->give_back(s, lent);
}

static const char *const states[] = {
	[PRG_STATE_DRAFT]	= "draft",
	[PRG_STATE_PENDING]	= "pending",
	[PRG_STATE_DONE]	= "done",
	[PRG_STATE_FAILED]	= "failed",
	[PRG_STATE_GONE]	= "gone"
};

const char *
prg_state_name(enum prg_state s)
{
	return states[s];
}
