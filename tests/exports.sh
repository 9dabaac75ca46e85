#!/bin/sh
# exports.sh BUILD - the library exports what its headers declare, all of it prg_ names.
set -eu

b=${1:?usage: exports.sh BUILD}
status=0

# The input has lines "address type name": print the names without our prefix.
foreign()
{
	awk 'NF >= 3 && $3 !~ /^prg_/ { printf " %s", $3 }'
}

wrong=$(nm -D --defined-only "$b/libprg.so" | foreign)
if [ -n "$wrong" ]; then
	echo "libprg.so exports names that do not begin with prg_:$wrong"
	status=1
fi
wrong=$(nm -g --defined-only "$b/libprg.a" | foreign)
if [ -n "$wrong" ]; then
	echo "libprg.a has global names that do not begin with prg_:$wrong"
	status=1
fi

mkdir -p build/test
nm -D --defined-only "$b/libprg.so" | awk '{ print $3 }' | sort \
    >build/test/exported
sed -n 's/^PRG_API.*[^a-z_]\(prg_[a-z_]*\)(.*/\1/p' framework/prg.h \
    framework/prg_test.h | sort >build/test/declared
[ -s build/test/declared ] || {
	echo "no PRG_API declarations were found"
	status=1
}
if ! cmp -s build/test/declared build/test/exported; then
	echo "the headers declare (<) and libprg.so exports (>) different names:"
	diff build/test/declared build/test/exported || :
	status=1
fi
exit $status
