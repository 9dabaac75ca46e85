#!/bin/sh
# run.sh - every test; "make test" calls it from the root of the project.
#
# A line for each step, the failures of a step, and at the end, alone on its line:
# "N passed, N failed, N skipped".  With CI=true in the environment a skipped test counts
# as failed.  The whole output of each step is in build/test/.
set -u

cd "$(dirname "$0")/.." || exit 1
out=build/test
passed=0 failed=0 skipped=0
# The variables of an outer make, "CC=clang" say, are not for the steps.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES
mkdir -p $out
: >$out/failures

# -- counting the tests of a step ---------------------------------------------------

# sum PATTERN LOG: the sum of the numbers that the pattern captures.
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
	totals=$(tail -n 1 "$1" | sed -n \
	    's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p')
	[ -n "$totals" ] || return 1
	read -r p f s <<-END
		$totals
	END
}

# The step is one test: its exit code counts.
count_one()
{
	p=1 f=0 s=0
}

# What the logs of good tests say, too.
boring='^ok \|^\[ RUN  \|^\[       OK\|^\[=====\|^\[  PASSED\|^CC \|^LD \|^AR '

# step COUNT NAME COMMAND ...
step()
{
	count=$1 name=$2 log=$out/$(echo "$2" | tr ' ' -).log
	shift 2
	start=$(date +%s%N)
	"$@" >"$log" 2>&1 </dev/null &
	child=$!
	wait $child
	rc=$?
	p=0 f=0 s=0 note=
	$count "$log" || note=", no totals"
	if [ "${CI:-}" = true ] && [ $s -gt 0 ]; then
		f=$((f + s)) s=0 note=", skipped tests among them"
	fi
	if [ $rc -ne 0 ] || [ -n "$note" ]; then
		[ "$count" = count_one ] && p=0
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
	[ $f -eq 0 ] && return
	grep -av "$boring" "$log" | sed 's/^/    /'
	grep -a 'a finding\|^FAIL\|^not ok\|^\[  FAILED\|: error: ' "$log" | head -n 10 |
	    sed "s/^/$name: /" >>$out/failures
	return 1
}

# beside COUNT NAME COMMAND ...: a step that goes on while the next ones run; its
# counts are in a file.
beside()
{
	echo 0 1 0 >$out/beside.counts
	# shellcheck disable=SC2030
	(
		trap 'kill $child; exit 130' INT TERM PIPE
		passed=0 failed=0 skipped=0
		step "$@"
		echo $passed $failed $skipped >$out/beside.counts
	) >$out/beside.log &
	beside=$!
}

# Wait for it.
join()
{
	wait $beside
	beside=
	cat $out/beside.log
	read -r p f s <$out/beside.counts
	# shellcheck disable=SC2031
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# -- the steps --------------------------------------------------------------------

# cgi METHOD [BODY]: one request under valgrind; fails if valgrind finds something.
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
child='' beside=''
trap 'rm -rf "$tmp"' EXIT
# shellcheck disable=SC2086
trap 'kill $child $beside; wait; exit 130' INT TERM PIPE
export TMPDIR="$tmp" PYTHONDONTWRITEBYTECODE=1

# A locale with other numbers and names than those of C, for test_date.
if [ ! -d build/locale/de_DE.UTF-8 ]; then
	mkdir -p build/locale
	localedef -i de_DE -f UTF-8 build/locale/de_DE.UTF-8
fi

step count_one "build with gcc" make -s -j2 test-apps build/release/slow.so
step count_one "build with clang" make -s -j2 all CC=clang B=build/clang
step count_one "layers" make -s layers
step count_one "exports" sh tests/exports.sh build/release
step count_one "exports with clang" sh tests/exports.sh build/clang
step count_totals "mistakes that must not compile" sh tests/refused.sh
step count_totals "lint" sh tests/lint.sh
step count_cmocka "unit tests under sanitizers" make -s -j2 check
step count_cmocka "apps under sanitizers" make -s -j2 apps
step count_totals "make install, make run" \
    timeout -k 10 120 python3 -B tests/make/make.py build/release
step count_totals "prg new, prg dev, prg deploy" \
    timeout -k 10 120 python3 -B tests/kit/kit.py build/release
step count_totals "manual pages" \
    timeout -k 10 60 python3 -B tests/man/man.py build/release
step count_one "build with sanitizers" make -s -j2 asan
beside count_totals "in a browser, under sanitizers" \
    timeout -k 10 600 sh tests/browser/run.sh build/asan
step count_totals "end to end under sanitizers" \
    timeout -k 10 400 python3 -B tests/http/run.py build/asan
step count_totals "the same behaviour behind each server" \
    timeout -k 10 240 python3 -B tests/servers/servers.py build/asan
step count_totals "hostile peers, under sanitizers" \
    timeout -k 10 120 python3 -B tests/fire/fire.py build/asan
step count_totals "visitors beside hostile peers, 10 s" \
    timeout -k 10 120 python3 -B tests/fire/soak.py build/asan 10
step count_totals "in text browsers, under sanitizers" \
    timeout -k 10 120 python3 -B tests/text/text.py build/asan
join
step count_totals "beside other multipart parsers" \
    timeout -k 10 60 sh tests/diff/run.sh build/asan
step count_totals "restarts under load" \
    timeout -k 10 120 python3 -B tests/fire/restart.py build/release
step count_totals "kill -9 under load" \
    timeout -k 10 60 python3 -B tests/crash/crash.py build/release
step count_one "build with steps to be killed at" \
    make -s -j2 test-apps B=build/steps OPT="-O2 -g -DPRG_STEPS -DPRG_POOL_IDLE=5"
step count_totals "kill -9 at each step" \
    timeout -k 10 120 python3 -B tests/crash/steps.py build/steps
step count_totals "a slow disk, slow clients, slow handlers" \
    timeout -k 10 180 python3 -B tests/slow/slow.py build/steps build/release/slow.so 5
step count_one "valgrind, CGI GET" check_cgi 200 GET
step count_one "valgrind, CGI POST" check_cgi 303 POST 'name=Ann&message=Hi'
step count_one "fuzzers, 5 s each" sh tests/fuzz/run.sh 5

echo
cat $out/failures
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
