#!/bin/sh
# refused.sh - mistakes that prg.h makes the compiler refuse, without any warning flag.
# The last line: "N passed, N failed, N skipped".
set -u

passed=0 failed=0

# row NAME SENTENCE COMPILER...: $source has an error, and the first one says so; with ""
# it has none
row()
{
	name=$1 sentence=$2
	shift 2
	said=$(printf '%s\n' "$source" | "$@" -fsyntax-only - 2>&1)
	case $?.$said in
	0.)	good=${sentence:+no} ;;
	*)	good=${sentence:-no}
		printf '%s\n' "$said" | grep -m 1 'error:' |
		    grep -qF -e "$sentence" || good=no ;;
	esac
	if [ "$good" != no ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $name, with $*: $said"
	fi
}

# each NAME SENTENCE: in both compilers, prg.h as a system header and not
each()
{
	for cc in gcc clang; do
		for where in -I -isystem; do
			row "$1" "$2" $cc -std=c11 $where framework -x c
		done
	done
}

# app NAME SENTENCE TYPE GET POST, the last three as in refused.c
app()
{
	source=$(sed "s/TYPE/$3/; s/GET/$4/; s/POST/$5/" tests/refused.c)
	each "$1" "$2"
}

# member KIND TYPE WANTED: the type of a member, and the one that its row wants
member()
{
	source="#include <prg.h>
struct s { $2 m; };
const struct prg_field f[] = { PRG_$1(struct s, m), PRG_FIELDS_END };"
	each "PRG_$1 of $2" "PRG_$1 needs a member of type $3\""
}

app "an app with nothing wrong" "" "const char *" page next
app "a POST that draws a page" "incompatible" "const char *" page page
app "a GET that stores a result" "incompatible" "const char *" next next
for kind in TEXT AREA EMAIL CHOICE DATE TIME MONTH COLOUR URL TEL PASSWORD HIDDEN; do
	member $kind "char *" "const char *"
done
member CHOICES "const char *" "const char *const *"
member INT double "int, long or int64_t"
member RANGE unsigned "int, long or int64_t"
member NUMBER int double
member BOOL int bool
source=$(cat tests/refused.c)
row "C++" "prg.h is for C" clang -I framework -x c++

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
