#!/bin/sh
# run.sh - our multipart parser beside two of others, on the same bodies.
# usage: run.sh BUILD
# BUILD has a libprg.a with sanitizers.  The others, from npm, are installed once,
# into build/diff/; without a network this is skipped until then.
set -eu

build=${1:?usage: run.sh BUILD}
here=tests/diff
to=build/diff

if ! cmp -s $here/package-lock.json $to/installed; then
	rm -rf $to
	mkdir -p $to
	cp $here/package.json $here/package-lock.json $to
	(cd $to && npm ci --ignore-scripts --no-audit --no-fund \
	    --loglevel=error) || {
		echo "skipped: npm can't install the other parsers"
		echo "0 passed, 0 failed, 1 skipped"
		exit 0
	}
	cp $here/package-lock.json $to/installed
fi
gcc -std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Wpedantic -Werror -Iframework \
    -fsanitize=address,undefined -fno-sanitize-recover=all -o $to/parse \
    $here/parse.c "$build/libprg.a" -lsodium -ljansson
NODE_PATH=$to/node_modules exec node $here/diff.js $to/parse
