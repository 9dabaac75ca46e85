#!/bin/sh
# refused.sh - mistakes that prg.h makes the compiler refuse, without any warning flag.
# The last line: "N passed, N failed, N skipped".
set -u

passed=0 failed=0

# row NAME STATUS TYPE GET POST, the last three as in refused.c
row()
{
	for cc in gcc clang; do
		for where in -I -isystem; do
			said=$(sed "s/TYPE/$3/; s/GET/$4/; s/POST/$5/" \
			    tests/refused.c | $cc -std=c11 $where framework \
			    -fsyntax-only -x c - 2>&1)
			if [ $? -eq "$2" ]; then
				passed=$((passed + 1))
			else
				failed=$((failed + 1))
				echo "FAIL $1, with $cc $where: $said"
			fi
		done
	done
}

row "an app with nothing wrong" 0 "const char *" page next
row "a member of another type" 1 int page next
row "a POST that draws a page" 1 "const char *" page page
row "a GET that stores a result" 1 "const char *" next next

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
