#!/bin/sh
# exports.sh BUILD - the library shows prg_ names only, and those that prg.h has.
set -eu

b=${1:?usage: exports.sh BUILD}
status=0

# Of a list "address type name" on stdin, the names that are not ours.
foreign()
{
	awk 'NF >= 3 && $3 !~ /^prg_/ { print $3 }' | sort -u
}

wrong=$(nm -D --defined-only "$b/libprg.so" | foreign)
if [ -n "$wrong" ]; then
	echo "libprg.so exports what is not prg_:" $wrong
	status=1
fi
wrong=$(nm -g --defined-only "$b/libprg.a" | foreign)
if [ -n "$wrong" ]; then
	echo "libprg.a has global names that are not prg_:" $wrong
	status=1
fi

mkdir -p build/test
nm -D --defined-only "$b/libprg.so" | awk '{ print $3 }' | sort \
    >build/test/exported
sed -n 's/^PRG_API.*[^a-z_]\(prg_[a-z_]*\)(.*/\1/p' framework/prg.h | sort \
    >build/test/declared
[ -s build/test/declared ] || {
	echo "prg.h declares nothing?"
	status=1
}
if ! cmp -s build/test/declared build/test/exported; then
	echo "what prg.h declares (<) is not what libprg.so exports (>):"
	diff build/test/declared build/test/exported || :
	status=1
fi
exit $status
