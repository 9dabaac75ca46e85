#!/bin/sh
# run.sh - the tests of this folder.
# usage: run.sh BIN [NAME ...]
# What they need from npm is installed once, into build/browser/; without a
# network they are skipped until then.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
to=$here/../../build/browser

if ! cmp -s "$here/package-lock.json" "$to/installed"; then
	rm -rf "$to"
	mkdir -p "$to"
	cp "$here/package.json" "$here/package-lock.json" "$to"
	(cd "$to" && npm ci --ignore-scripts --no-audit --no-fund \
	    --loglevel=error) || {
		echo "skipped: npm can't install what the browser tests need"
		echo "0 passed, 0 failed, 1 skipped"
		exit 0
	}
	cp "$here/package-lock.json" "$to/installed"
fi
NODE_PATH=$to/node_modules exec node "$here/run.js" "$@"
