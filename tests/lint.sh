#!/bin/sh
# lint.sh [CHECK ...] - checks of the text of the source; without a name, all of them.
# The last line: "N passed, N failed, N skipped".
set -u

cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

# -- the checks: each prints what is wrong, and nothing else ----------------------

# ctuuninitvar does not see that vsnprintf(3) fills its buffer; autoVariables forbids lists
# of waiters, each on the stack of the thread that sleeps; readdir(3) is safe as long as
# threads do not share the stream.
check_cppcheck()
{
	queue=$(echo '#include <sys/queue.h>' | gcc -M -x c - |
	    grep -o '/[^ ]*/sys/queue.h')
	cppcheck --quiet --std=c11 --enable=warning,performance,portability \
	    --library=posix,gnu,bsd --include="$queue" --suppress=ctuuninitvar \
	    --suppress=autoVariables --suppress=readdirCalled --inline-suppr \
	    --error-exitcode=1 -D_GNU_SOURCE -Iframework framework apps
}

# Modules that take bytes and return values.  The analyzer follows each path through a
# function: it is slow, and knows little of what other libraries promise.
pure='base/|request/|form/|page/(compile|context|emit|lines|place|tags|names|value|parse|write|set|render)|gateway/[^/]*(check|head)'
check_analyzer()
{
	find framework -name '*.c' | grep -E "^framework/($pure)" |
	    xargs -P 2 -n 1 gcc -std=c11 -O1 -D_GNU_SOURCE -Iframework \
	    -fanalyzer -Werror -S -o /dev/null
}

check_shell()
{
	find . \( -name .git -o -name build -o -name node_modules \) -prune \
	    -o \( -name '*.sh' -o -path ./.ci/run -o -path ./tools/prg \) -exec shellcheck {} +
}

# A manual that is referred to may not be installed here.
check_manual()
{
	mandoc -Tlint -Wstyle framework/man/*.[0-9] 2>&1 |
	    grep -v 'outdated mandoc.db\|referenced manual not found' && return 1
	return 0
}

# Lines of C have 80 columns.  The rows of an app's tables may be longer: a row that is
# broken no longer lines up with its neighbours.
check_columns()
{
	find framework apps -name '*.[ch]' -exec awk -f tests/lint/columns.awk {} +
}

# From the return type to the closing brace.
check_functions()
{
	find framework -name '*.c' -exec awk -v most=45 -f tests/lint/functions.awk {} +
}

# Words that readers had to decode.
check_words()
{
	sed '/^#/d' tests/lint/words |
	    grep -rniE -f - framework templates README.md && return 1
	return 0
}

# ---------------------------------------------------------------------------------

[ $# -gt 0 ] || set -- cppcheck analyzer shell manual columns functions words
for name in "$@"; do
	if "check_$name" >"$out" 2>&1 && [ ! -s "$out" ]; then
		passed=$((passed + 1))
		echo "ok $name"
	else
		failed=$((failed + 1))
		echo "FAIL $name:"
		cat "$out"
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
