#!/bin/sh
# run.sh - the guestbook's pages, and our templates beside Mustache for Node: the same
# template, the same data.
# usage: run.sh BUILD
set -eu

build=${1:?usage: run.sh BUILD}
here=tests/bench/render
to=build/bench

mkdir -p $to
gcc -std=c11 -O2 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror -Iframework \
    -o $to/pages $here/pages.c "$build/libprg.a" -lfcgi -lsqlite3 -ljansson \
    -lsodium -lm -pthread
$to/pages 200000

if ! cmp -s $here/package-lock.json $to/installed; then
	rm -rf $to
	mkdir -p $to
	cp $here/package.json $here/package-lock.json $to
	(cd $to && npm ci --ignore-scripts --no-audit --no-fund \
	    --loglevel=error >/dev/null) || {
		echo "rendering: npm can't install what it is measured against"
		exit 0
	}
	cp $here/package-lock.json $to/installed
fi
python3 -c '
import json
print(json.dumps({"lang": "en", "title": "Guestbook", "has_entries": True,
    "entries": [{"id": i, "name": "Ann <%d>" % i, "stars": i % 6,
        "message": "It was & is a \"good\" place, number %d." % i,
        "url": "/entry/%d" % i, "when": {"text": "24 November 2026"}}
        for i in range(20)]}))' >$to/data.json
gcc -std=c11 -O2 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror -Iframework \
    -o $to/render $here/render.c "$build/libprg.a" -ljansson -lsodium
export NODE_PATH=$to/node_modules
for _ in 1 2 3; do
	$to/render $here/page.mustache $to/data.json 20000 >>$to/ours.$$
	node $here/render.js $here/page.mustache $to/data.json 5000 >>$to/node.$$
done
median() { sort -n "$1" | sed -n '2s/ .*//p'; }
ours=$(median $to/ours.$$)
node=$(median $to/node.$$)
bytes=$(sed -n '1s/.* //p' $to/ours.$$)
rm -f $to/ours.$$ $to/node.$$
echo "rendering a page of $bytes bytes with a list of 20, CPU time:" \
    "$ours ns; Mustache for Node $node ns, $((node / ours)) times that"
