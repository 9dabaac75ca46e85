#!/bin/sh
# coverage.sh BUILD TEST ... - the lines that neither these unit tests nor tests/http
# reach.
#
# BUILD was made with --coverage.  For each file: how many of its lines were reached, and
# the ranges of those that were not.  Lines that a process reaches between its last write
# of the counts and a kill -9 are missing.
set -u

cd "$(dirname "$0")/.." || exit 1
build=${1:?usage: coverage.sh BUILD TEST ...}
shift
find "$build" -name '*.gcda' -exec rm -f {} +
for test in "$@"; do
	"$build/$test" >"$build/$test.log" 2>&1 || echo "$test fails: $build/$test.log"
done
python3 -B tests/http/run.py "$build" >"$build/http.log" 2>&1 ||
	echo "tests/http fails: $build/http.log"

find "$build/framework" -name '*.gcno' | sort | xargs gcov -t |
	awk -f tests/lint/coverage.awk
