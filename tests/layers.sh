#!/bin/sh
# layers.sh BUILD report|refuse LAYER ... - the order of the framework's folders.
#
# A layer is a folder below framework/, or a file there.  A file includes from, and
# calls into, its own layer and those before it; prg.h may be included by all.  Each
# .c and .h file lies in a layer.  Calls are the undefined symbols of the objects in
# BUILD.
#
# Two files that use each other, directly or through others, form a circle: among
# headers by their includes, among objects by their calls.  "report" prints the
# circles, "refuse" fails because of them.
set -u

[ $# -ge 3 ] || {
	echo "usage: layers.sh BUILD report|refuse LAYER ..." >&2
	exit 2
}
build=$1 circles=$2
shift 2
layers="$*"
here=$(dirname "$0")
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# The names of files below framework/: "base/arena.c", "prg.c".
files()
{
	(cd framework && find . -name "$1" | sed 's|^\./||' | sort)
}

# "FILE INCLUDED" for each #include "..." of the files with these names.
includes()
{
	for file in $(files "$1"); do
		sed -n "s|^#include \"\\(.*\\)\".*|$file \\1|p" "framework/$file"
	done
}

# "FILE USED SYMBOL" for each symbol that the object of FILE takes from another one.
# The generated file has the built-in pages; it belongs to page/.
calls()
{
	files '*.c' | sed "s|\\(.*\\)\\.c|$build/framework/\\1.o|" |
	    xargs nm -gA "$build/gen/builtin.o" |
	    sed -e "s|^$build/framework/||" -e "s|^$build/gen/|page/|" \
	    -e 's|\.o:|.c |' | awk '
		$2 == "U" { used[$1 " " $3] = 1; next }
		NF == 4 { where[$4] = $1 }
		END {
			for (u in used) {
				split(u, part, " ")
				if (part[2] in where && where[part[2]] != part[1])
					print part[1], where[part[2]], part[2]
			}
		}'
}

# check VERB: the input has "FILE OTHER [SYMBOL]"; print what goes the wrong way.
check()
{
	awk -v verb="$1" -v layers="$layers" '
		function place(file) {
			if (file == "prg.h")
				return 1
			if (!(file in number))
				sub("/.*", "", file)
			return file in number ? number[file] : 0
		}
		BEGIN {
			count = split(layers, names, " ")
			for (i = 1; i <= count; i++)
				number[names[i]] = i
		}
		place($2) == 0 || place($2) > place($1) {
			why = place($2) ? "comes after it" : "lies in no layer"
			symbol = NF > 2 ? " (" $3 ")" : ""
			print $1 ": " verb " " $2 symbol ", which " why
		}' | sort
}

{
	files '*.[ch]' | sed 's/.*/& &/' | check "lies in" |
	    sed 's/: .*/: lies in no layer/'
	includes '*.[ch]' | check includes
	calls >"$tmp/calls"
	check calls <"$tmp/calls"
} >"$tmp/wrong"
{
	includes '*.h' | awk -f "$here/lint/circles.awk" | sed 's/^[^ ]/includes: &/'
	awk -f "$here/lint/circles.awk" "$tmp/calls" | sed 's/^[^ ]/calls: &/'
} >"$tmp/circles"

cat "$tmp/wrong"
[ ! -s "$tmp/circles" ] || {
	echo "Circles between files:"
	cat "$tmp/circles"
}
[ ! -s "$tmp/wrong" ] || exit 1
[ "$circles" = report ] || [ ! -s "$tmp/circles" ]
