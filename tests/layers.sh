#!/bin/sh
# A folder of the framework includes from itself and from those before it, and
# nothing else.  The arguments are the folders, in order.
status=0
before=
for layer in "$@"; do
	before="$before $layer"
	for file in framework/"$layer"/*.[ch]; do
		[ -f "$file" ] || continue
		for inc in $(sed -n 's/^#include "\(.*\)".*/\1/p' "$file"); do
			case $inc in
			prg.h)	continue ;;
			esac
			case " $before " in
			*" ${inc%%/*} "*)	continue ;;
			esac
			echo "$file: includes $inc, which comes after it"
			status=1
		done
	done
done
exit $status
