#!/bin/sh
# sqlite-reprepare.sh - how often does SQLite compile a prepared statement?
set -eu

# need PACKAGE VERSION: install the package if it is missing, then check it.
need()
{
	dpkg-query -s "$1" 2>/dev/null | grep -q '^Status: .* installed$' || {
		apt-get -qq update && apt-get -qq -y install \
		    --no-install-recommends "$1=$2"
	} >/dev/null || {
		echo "${0##*/}: cannot install $1=$2" >&2
		exit 2
	}
	v=$(dpkg-query -W -f '${Version}' "$1")
	[ "$v" = "$2" ] || {
		echo "${0##*/}: $1 is $v; this script needs $2" >&2
		exit 2
	}
	echo "version: $1 $v"
}

need libsqlite3-dev 3.40.1-2+deb12u2
need gcc 4:12.2.0-3
cat <<'END'
guess: A statement is compiled once, and executed as often as one likes with
    other values. sqlite3_prepare_v2() names the exceptions: a changed schema,
    LIKE and GLOB, and comparisons where SQLITE_ENABLE_STAT4 is compiled in,
    which it is not here.
behaviour: If the table has a partial index, and the query compares the column
    of its WHERE in the same way with a parameter, each new binding compiles
    the statement again, even for the value of before, and even if the index
    cannot serve the query. Without the index it is compiled once.
output:
END

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 2' HUP INT TERM
cd "$dir"
cat >count.c <<'END'
#include <sqlite3.h>
#include <stdio.h>

/* Execute the query 10 times with the same value: how often is it compiled? */
static int
count(const char *index, const char *query)
{
	sqlite3 *db;
	sqlite3_stmt *st;
	int n;

	sqlite3_open(":memory:", &db);
	sqlite3_exec(db, "CREATE TABLE t (a, b)", NULL, NULL, NULL);
	sqlite3_exec(db, index, NULL, NULL, NULL);
	sqlite3_prepare_v2(db, query, -1, &st, NULL);
	for (int i = 0; i < 10; i++) {
		sqlite3_bind_int(st, 1, 7);
		sqlite3_step(st);
		sqlite3_reset(st);
	}
	n = sqlite3_stmt_status(st, SQLITE_STMTSTATUS_REPREPARE, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

int
main(void)
{
	static const char *const indexes[] = { "",
		"CREATE INDEX i ON t (b) WHERE b > 0",
		"CREATE INDEX i ON t (b) WHERE a = 'x'" };
	static const char *const queries[] = {
		"SELECT * FROM t WHERE b > ?1",
		"SELECT * FROM t WHERE b < ?1",
		"SELECT * FROM t WHERE a = ?1 AND b = 3" };

	printf("libsqlite3 %s\n", sqlite3_libversion());
	for (int i = 0; i < 3; i++)
		for (int q = 0; q < 3; q++)
			printf("%-37s %-38s %2d more\n", *indexes[i] ? indexes[i] :
			    "no index", queries[q], count(indexes[i], queries[q]));
	return 0;
}
END
cc -o count count.c -lsqlite3
./count >seen
sed 's/^/    /' seen
cat >recorded <<'END'
libsqlite3 3.40.1
no index                              SELECT * FROM t WHERE b > ?1            0 more
no index                              SELECT * FROM t WHERE b < ?1            0 more
no index                              SELECT * FROM t WHERE a = ?1 AND b = 3  0 more
CREATE INDEX i ON t (b) WHERE b > 0   SELECT * FROM t WHERE b > ?1           10 more
CREATE INDEX i ON t (b) WHERE b > 0   SELECT * FROM t WHERE b < ?1            0 more
CREATE INDEX i ON t (b) WHERE b > 0   SELECT * FROM t WHERE a = ?1 AND b = 3  0 more
CREATE INDEX i ON t (b) WHERE a = 'x' SELECT * FROM t WHERE b > ?1            0 more
CREATE INDEX i ON t (b) WHERE a = 'x' SELECT * FROM t WHERE b < ?1            0 more
CREATE INDEX i ON t (b) WHERE a = 'x' SELECT * FROM t WHERE a = ?1 AND b = 3 10 more
END
cmp -s recorded seen || { echo "The behaviour has changed." >&2; exit 1; }
