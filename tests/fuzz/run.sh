#!/bin/sh
# run.sh SECONDS - run each fuzzer for so long; fails if one finds something.
#
# What it finds and learns is in build/fuzz: crash-NAME-*, corpus-NAME.  A crash
# becomes a row in a unit test, or a seed.
set -eu

cd "$(dirname "$0")/../.."
seconds=${1:?usage: run.sh SECONDS}
out=build/fuzz
flags="-std=c11 -O1 -g -D_GNU_SOURCE -DPRG_TESTS -Iframework
    -fsanitize=address,undefined -fno-sanitize-recover=all"
libs="-lsodium -lm -ljansson -lfcgi"

mkdir -p $out/obj
rm -f $out/obj/* $out/lib.a
for c in framework/base/*.c framework/request/*.c framework/form/*.c \
    framework/page/*.c framework/gateway/head.c; do
	[ -e "$c" ] || continue
	# shellcheck disable=SC2086
	clang $flags -fsanitize=fuzzer-no-link -c \
	    -o "$out/obj/$(echo "$c" | tr / -).o" "$c"
done
ar rcs $out/lib.a $out/obj/*.o

# fuzz FILE: build it and let it run.
fuzz()
{
	name=$(basename "$1" .c)
	name=${name#fuzz_}
	# shellcheck disable=SC2086
	clang $flags -fsanitize=fuzzer -o "$out/$name" "$1" $out/lib.a $libs
	mkdir -p "$out/corpus-$name"
	[ ! -d "tests/fuzz/seeds/$name" ] ||
	    cp "tests/fuzz/seeds/$name"/* "$out/corpus-$name/"
	if "$out/$name" -max_total_time="$seconds" -max_len=65536 -timeout=10 \
	    -rss_limit_mb=1024 -print_final_stats=1 -verbosity=1 \
	    -artifact_prefix="$out/crash-$name-" "$out/corpus-$name" \
	    >"$out/$name.log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' \
		    "$out/$name.log")
		echo "$name: $runs runs, no finding"
		touch "$out/$name.passed"
	else
		echo "$name: a finding, $out/$name.log ends:"
		tail -n 30 "$out/$name.log"
	fi
}

# Two at a time.
n=0
rm -f $out/*.passed
for c in tests/fuzz/fuzz_*.c; do
	fuzz "$c" &
	n=$((n + 1))
	[ $((n % 2)) -eq 1 ] || wait
done
wait
set -- $out/*.passed
[ $# -eq $n ] && [ -e "$1" ]
