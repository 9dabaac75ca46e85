#!/bin/sh
# cmocka-range.sh - does cmocka's assert_in_range() know negative numbers?
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

need libcmocka0 1.1.5-2.1
need libcmocka-dev 1.1.5-2.1
need gcc 4:12.2.0-3
cat <<'END'
guess: assert_in_range(3, -5, 5) passes and assert_not_in_range(3, -5, 5)
    fails: 3 lies between -5 and 5, and all three are ints.
behaviour: The other way round. The arguments are converted to uintmax_t, so
    a negative lower bound is a very large one. No value lies in a range that
    begins below zero and ends above, and assert_not_in_range() of such a
    range cannot fail. gcc -Wall -Wextra does not warn.
output:
END

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 2' HUP INT TERM
cd "$dir"
cat >range.c <<'END'
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static const int value = 3, low = -5, high = 5;

static void
in_range(void **state)
{
	(void)state;
	assert_in_range(value, low, high);
}

static void
not_in_range(void **state)
{
	(void)state;
	assert_not_in_range(value, low, high);
}

static void
comparison(void **state)
{
	(void)state;
	assert_true(low <= value && value <= high);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_range),
		cmocka_unit_test(not_in_range),
		cmocka_unit_test(comparison),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
END
gcc -Wall -Wextra -Werror -o range range.c -lcmocka
failed=0
./range >out 2>err || failed=$?
{
	sed -n 's/^\[ *\(OK\|FAILED\) *\] \([a-z].*\)/\2: \1/p' out
	sed -n 's/^\[ *ERROR *\] --- //p' err
	echo "failed tests: $failed"
} >seen
sed 's/^/    /' seen
cat >recorded <<'END'
in_range: FAILED
not_in_range: OK
comparison: OK
3 is not within the range 18446744073709551611-5
failed tests: 1
END
cmp -s recorded seen || { echo "The behaviour has changed." >&2; exit 1; }
