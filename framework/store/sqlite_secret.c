/*
 * sqlite_secret.c - the secrets that all who share the store have in common.
 */
#include <sodium.h>
#include <string.h>

#include "store/sqlite.h"

/* Made now, or a second after the one before it: no two are of one second. */
static int
secret_add(struct prg_sqlite *s, const char *purpose, int64_t made)
{
	unsigned char bytes[PRG_SECRET_BYTES];
	sqlite3_stmt *st;
	int rc;

	if ((rc = sqlite3_prepare_v2(s->db, "INSERT INTO secret"
	    " (purpose, made, bytes) VALUES (?1, max(?2, (SELECT"
	    " ifnull(max(made) + 1, 0) FROM secret WHERE purpose = ?1)), ?3)",
	    -1, &st, NULL)) != SQLITE_OK)
		return rc;
	randombytes_buf(bytes, sizeof(bytes));
	sqlite3_bind_text(st, 1, purpose, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, made);
	sqlite3_bind_blob(st, 3, bytes, sizeof(bytes), SQLITE_STATIC);
	rc = prg_sqlite_run(st);
	sqlite3_finalize(st);
	sodium_memzero(bytes, sizeof(bytes));
	return rc;
}

/* Those for a purpose, newest first, 'most' at most: how many, or -1. */
static int
secrets_read(sqlite3 *db, const char *purpose, int most,
    unsigned char out[][PRG_SECRET_BYTES])
{
	sqlite3_stmt *st;
	int n = 0, rc;

	if (sqlite3_prepare_v2(db, "SELECT bytes FROM secret"
	    " WHERE purpose = ?1 ORDER BY made DESC LIMIT ?2", -1, &st, NULL) !=
	    SQLITE_OK)
		return -1;
	sqlite3_bind_text(st, 1, purpose, -1, SQLITE_STATIC);
	sqlite3_bind_int(st, 2, most);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		if (sqlite3_column_bytes(st, 0) == PRG_SECRET_BYTES)
			memcpy(out[n++], sqlite3_column_blob(st, 0),
			    PRG_SECRET_BYTES);
	sqlite3_finalize(st);
	return rc == SQLITE_DONE ? n : -1;
}

static bool
keyring_read(sqlite3 *db, struct prg_keyring *k)
{
	int n = secrets_read(db, "key", PRG_SECRETS, k->secrets.bytes);

	k->secrets.count = n > 0 ? (size_t)n : 0;
	return n > 0 && secrets_read(db, "naming", 1, &k->naming) == 1;
}

/* Within a transaction, so that of several processes one makes them. */
static bool
keyring_make(struct prg_sqlite *s, struct prg_keyring *k)
{
	if (prg_sqlite_do(s, PRG_SQLITE_BEGIN) != SQLITE_OK)
		return false;
	return (keyring_read(s->db, k) ||
	    (secret_add(s, "naming", 0) == SQLITE_OK &&
	    secret_add(s, "key", 0) == SQLITE_OK &&
	    keyring_read(s->db, k))) &&
	    prg_sqlite_do(s, PRG_SQLITE_COMMIT) == SQLITE_OK;
}

/* Those that are there, read where nobody waits for the disk. */
static bool
keyring_look(struct prg_store *store, struct prg_keyring *k)
{
	void *db, *lent = prg_sqlite_borrow(store, &db);
	bool found = lent != NULL && keyring_read(db, k);

	if (lent != NULL)
		prg_sqlite_give_back(store, lent);
	return found;
}

int
prg_sqlite_keyring(struct prg_store *store, struct prg_keyring *k)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	int rc = 0;

	if (keyring_look(store, k))
		return 0;
	if (!prg_sqlite_take_writer(s))
		return -1;
	if (!keyring_make(s, k)) {
		rc = prg_sqlite_failed(s, s->db);
		if (!sqlite3_get_autocommit(s->db))
			prg_sqlite_do(s, PRG_SQLITE_ROLLBACK);
	}
	prg_sqlite_give_writer(s);
	return rc;
}

/*
 * A secret was replaced when the one after it was made: forget those whose
 * successor is older than 'age'.
 */
static int
secrets_forget(struct prg_sqlite *s, int64_t before)
{
	sqlite3_stmt *st;
	int rc;

	if ((rc = sqlite3_prepare_v2(s->db, "DELETE FROM secret WHERE purpose ="
	    " 'key' AND made < (SELECT max(made) FROM secret WHERE purpose ="
	    " 'key' AND made <= ?1)", -1, &st, NULL)) != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(st, 1, before);
	rc = prg_sqlite_run(st);
	sqlite3_finalize(st);
	return rc;
}

int
prg_sqlite_rotate(struct prg_store *store, int64_t now, int64_t age)
{
	struct prg_sqlite *s = (struct prg_sqlite *)store;
	int rc = 0;

	if (!prg_sqlite_take_writer(s))
		return -1;
	if (secret_add(s, "key", now) != SQLITE_OK ||
	    secrets_forget(s, now - age) != SQLITE_OK)
		rc = prg_sqlite_failed(s, s->db);
	prg_sqlite_give_writer(s);
	return rc;
}
