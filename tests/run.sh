#!/bin/bash
# run.sh - every test there is; "make test" calls it from the project's root.
#
# A line for each step, what a failing one said of its failures, and at the end,
# alone on its line: "N passed, N failed, N skipped".  With CI=true in the
# environment a skipped test has failed.  All that the steps say is in build/test/.
set -u

cd "$(dirname "$0")/.." || exit 1
out=build/test
asan="-fsanitize=address,undefined -fno-sanitize-recover=all"
passed=0 failed=0 skipped=0
# Those of an outer make, "CC=clang" say, are not for the steps.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES
mkdir -p $out

# -- what a step has come to ------------------------------------------------------

# The sum of the numbers before or after which the log has these words.
sum()
{
	sed -n "s/$1/\1/p" "$2" | awk '{ n += $1 } END { print n + 0 }'
}

# Each cmocka program says how many tests it has, and how each group ended.
count_cmocka()
{
	p=$(sum '^\[  PASSED  \] \([0-9]*\) test.*' "$1")
	f=$(sum '^\[  FAILED  \] \([0-9]*\) test.*' "$1")
	s=$(sum '^\[  SKIPPED \] \([0-9]*\) test.*' "$1")
	ran=$(sum '^\[==========\].* \([0-9]*\) test(s) run.*' "$1")
	[ "$ran" -gt 0 ] && [ $((p + f + s)) -eq "$ran" ]
}

# "N passed, N failed, N skipped" is the last line.
count_totals()
{
	set -- $(tail -n 1 "$1" | sed -n \
	    's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p')
	[ $# -eq 3 ] || return 1
	p=$1 f=$2 s=$3
}

# The step is one test.
count_one()
{
	p=1 f=0 s=0
}

# step COUNT NAME COMMAND ...
step()
{
	count=$1 name=$2 log=$out/$(echo "$2" | tr ' ' -).log
	shift 2
	start=$(date +%s%N)
	"$@" >"$log" 2>&1 </dev/null
	rc=$?
	p=0 f=0 s=0 note=
	$count "$log" || note=", which is not to be understood"
	if [ "${CI:-}" = true ] && [ $s -gt 0 ]; then
		f=$((f + s)) s=0 note=", skipped ones among them"
	fi
	if [ $rc -ne 0 ] || [ -n "$note" ]; then
		[ $count = count_one ] && p=0
		[ $f -gt 0 ] || f=1
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	ms=$((($(date +%s%N) - start) / 1000000))
	printf '%-6s %5d.%d s  %-34s %d passed' \
	    "$([ $f -eq 0 ] && echo ok || echo FAILED)" $((ms / 1000)) \
	    $((ms % 1000 / 100)) "$name" $p
	[ $f -eq 0 ] || printf ', %d failed' $f
	[ $s -eq 0 ] || printf ', %d skipped' $s
	echo "$note"
	[ $f -eq 0 ] || grep -av '^ok \|^\[ RUN  \|^\[       OK' "$log" |
	    sed 's/^/    /'
	[ $f -eq 0 ]
}

# -- the steps --------------------------------------------------------------------

# The apps, and those of the tests.
build_asan()
{
	make -s -j2 all B=build/asan OPT="-O1 -g" SAN="$asan" || return 1
	for app in tests/http/*.c; do
		gcc -std=c11 -O1 -g -Wall -Wextra -Wpedantic -Werror \
		    -Iframework $asan -o "build/asan/$(basename "$app" .c)" \
		    "$app" build/asan/libprg.a \
		    -lfcgi -lsqlite3 -ljansson -lsodium -lm -pthread || return 1
	done
}

build_slow()
{
	mkdir -p build/slow &&
	    gcc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wpedantic -Werror \
	    -shared -fPIC -o build/slow/fsync.so tests/slow/fsync.c -ldl
}

# cgi METHOD [BODY]: one request under valgrind, which finds nothing.
cgi()
{
	printf %s "${2:-}" | env -i PATH="$PATH" GATEWAY_INTERFACE=CGI/1.1 \
	    REQUEST_METHOD="$1" REQUEST_URI=/ REMOTE_ADDR=127.0.0.1 \
	    CONTENT_TYPE=application/x-www-form-urlencoded \
	    CONTENT_LENGTH="$(printf %s "${2:-}" | wc -c)" \
	    PRG_STORE="$tmp/valgrind.db" \
	    valgrind -q --leak-check=full --show-leak-kinds=all \
	    --errors-for-leak-kinds=all --error-exitcode=99 \
	    build/release/guestbook >$out/cgi-"$1".out
}

# check_cgi STATUS METHOD [BODY]
check_cgi()
{
	want=$1
	shift
	cgi "$@" || return 1
	head -n 1 $out/cgi-"$1".out | grep -a "^Status: $want "
}

tmp=$(mktemp -d /tmp/prg-test.XXXXXX) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM PIPE
export TMPDIR=$tmp PYTHONDONTWRITEBYTECODE=1

# A locale in which numbers and names are not as in C, for test_date.
if [ ! -d build/locale/de_DE.UTF-8 ]; then
	mkdir -p build/locale
	localedef -i de_DE -f UTF-8 build/locale/de_DE.UTF-8
fi

step count_one "build with gcc" make -s -j2 all
step count_one "build with clang" make -s -j2 all CC=clang B=build/clang
step count_one "layers" make -s layers
step count_one "exports" sh tests/exports.sh build/release
step count_one "exports with clang" sh tests/exports.sh build/clang
step count_totals "what does not compile" sh tests/refused.sh
step count_cmocka "unit tests under sanitizers" make -s -j2 check
step count_totals "make install, make run" \
    timeout -k 10 120 python3 -B tests/make/make.py build/release
step count_totals "manual pages" \
    timeout -k 10 60 python3 -B tests/man/man.py build/release
step count_one "build with sanitizers" build_asan
step count_totals "end to end under sanitizers" \
    timeout -k 10 240 python3 -B tests/http/runner.py build/asan
step count_totals "the same behaviour behind each server" \
    timeout -k 10 240 python3 -B tests/servers/servers.py build/asan
step count_totals "hostile peers, under sanitizers" \
    timeout -k 10 120 python3 -B tests/fire/fire.py build/asan
step count_totals "visitors beside hostile peers, 10 s" \
    timeout -k 10 120 python3 -B tests/fire/soak.py build/asan 10
step count_totals "in a browser, under sanitizers" \
    timeout -k 10 400 sh tests/browser/run.sh build/asan
step count_totals "beside other multipart parsers" \
    timeout -k 10 60 sh tests/diff/run.sh build/asan
step count_totals "restarts under load" \
    timeout -k 10 120 python3 -B tests/fire/restart.py build/release
step count_totals "reloads under load" \
    timeout -k 10 120 python3 -B tests/fire/reload.py build/release
step count_totals "kill -9 under load" \
    timeout -k 10 60 python3 -B tests/crash/crash.py build/release
step count_one "build with steps to be killed at" \
    make -s -j2 all B=build/steps OPT="-O1 -g -DPRG_STEPS"
step count_totals "kill -9 at each step" \
    timeout -k 10 120 python3 -B tests/crash/steps.py build/steps
step count_one "build a slow disk" build_slow
step count_totals "a slow disk" \
    timeout -k 10 60 python3 -B tests/slow/slow.py build/release build/slow/fsync.so
step count_one "valgrind, CGI GET" check_cgi 200 GET
step count_one "valgrind, CGI POST" check_cgi 303 POST 'name=Ann&message=Hi'
step count_one "fuzzers, 5 s each" sh tests/fuzz/run.sh 5

echo
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
