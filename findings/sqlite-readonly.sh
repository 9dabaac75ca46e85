#!/bin/sh
# sqlite-readonly.sh - which files does a read-only reader of a WAL leave?
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

need sqlite3 3.40.1-2+deb12u2
cat <<'END'
guess: "sqlite3 -readonly" leaves the folder of a database in WAL mode as it
    was. If either way of reading leaves files behind, it is the one without
    the flag, which may write.
behaviour: The other way round. A SELECT without the flag makes FILE-wal and
    FILE-shm and removes them when it closes. A SELECT with -readonly makes
    the same two files and leaves them: a connection that may not write
    may not clean up either. They stay until a connection that may write
    closes.
output:
END

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 2' HUP INT TERM
cd "$dir"
state()
{
	printf '%s:' "$1"
	for f in test.db*; do
		printf ' %s' "$f"
	done
	echo
}
{
	sqlite3 test.db 'PRAGMA journal_mode = WAL; CREATE TABLE t(x)' >mode
	sqlite3 test.db 'INSERT INTO t VALUES(1)'
	state "written and closed"
	sqlite3 test.db 'SELECT x FROM t' '.shell ls test.db* >during' >row
	echo "during SELECT without -readonly: $(xargs <during)"
	state "after SELECT without -readonly"
	sqlite3 -readonly test.db 'SELECT x FROM t' >row
	state "after SELECT with -readonly"
	sqlite3 -readonly test.db 'SELECT x FROM t' >row
	state "after another one"
	sqlite3 test.db 'SELECT x FROM t' >row
	state "after SELECT without -readonly"
} >seen
sed 's/^/    /' seen
cat >recorded <<'END'
written and closed: test.db
during SELECT without -readonly: test.db test.db-shm test.db-wal
after SELECT without -readonly: test.db
after SELECT with -readonly: test.db test.db-shm test.db-wal
after another one: test.db test.db-shm test.db-wal
after SELECT without -readonly: test.db
END
cmp -s recorded seen || { echo "The behaviour has changed." >&2; exit 1; }
