#!/bin/sh
# sqlite-returning.sh - when does INSERT ... RETURNING commit?
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

need libsqlite3-0 3.40.1-2+deb12u2
need libsqlite3-dev 3.40.1-2+deb12u2
need gcc 4:12.2.0-3
cat <<'END'
guess: In autocommit mode the first sqlite3_step() of INSERT ... RETURNING
    makes the whole change (the manual says so). It returns the new id, so the
    row is committed, and other connections can see it and can write.
behaviour: The change is made, but not committed. The row is invisible to
    others, and the write lock is held, until the statement is stepped again
    or reset. sqlite3_get_autocommit() says 1 all the while. A program that
    takes the id and then works on locks out all other writers.
output:
END

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 2' HUP INT TERM
cd "$dir"
cat >returning.c <<'END'
#include <stdio.h>
#include <sqlite3.h>

static sqlite3 *writer, *other;

static void
others(const char *when)
{
	sqlite3_stmt *count;

	sqlite3_prepare_v2(other, "SELECT count(*) FROM t", -1, &count, NULL);
	sqlite3_step(count);
	printf("%s: rows seen %d", when, sqlite3_column_int(count, 0));
	sqlite3_finalize(count);
	sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	printf(", BEGIN: %s\n", sqlite3_errmsg(other));
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
}

int
main(void)
{
	sqlite3_stmt *insert;

	sqlite3_open("test.db", &writer);
	sqlite3_open("test.db", &other);
	sqlite3_exec(writer, "PRAGMA journal_mode = WAL;"
	    "CREATE TABLE t(id INTEGER PRIMARY KEY, x)", NULL, NULL, NULL);
	sqlite3_prepare_v2(writer, "INSERT INTO t(x) VALUES('a')", -1, &insert,
	    NULL);
	sqlite3_step(insert);
	others("plain INSERT, stepped once");
	sqlite3_finalize(insert);
	sqlite3_prepare_v2(writer,
	    "INSERT INTO t(x) VALUES('b') RETURNING id", -1, &insert, NULL);
	sqlite3_step(insert);
	printf("RETURNING, stepped once: id %d, autocommit %d\n",
	    sqlite3_column_int(insert, 0), sqlite3_get_autocommit(writer));
	others("RETURNING, stepped once");
	sqlite3_reset(insert);
	others("RETURNING, reset");
	sqlite3_finalize(insert);
	sqlite3_close(other);
	sqlite3_close(writer);
	return 0;
}
END
gcc -Wall -o returning returning.c -lsqlite3
./returning >seen
sed 's/^/    /' seen
cat >recorded <<'END'
plain INSERT, stepped once: rows seen 1, BEGIN: not an error
RETURNING, stepped once: id 2, autocommit 1
RETURNING, stepped once: rows seen 1, BEGIN: database is locked
RETURNING, reset: rows seen 2, BEGIN: not an error
END
cmp -s recorded seen || { echo "The behaviour has changed." >&2; exit 1; }
