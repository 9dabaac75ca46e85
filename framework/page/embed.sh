#!/bin/sh
# Print C source that holds the files named: what is built in.
echo '#include "page/views.h"'
i=0
for file in "$@"; do
	echo "static const unsigned char text_${i}[] = {"
	od -An -v -tx1 "$file" | sed 's/ \(..\)/0x\1,/g'
	echo "0 };"
	i=$((i + 1))
done
echo 'const struct prg_builtin prg_builtins[] = {'
i=0
for file in "$@"; do
	name=$(basename "$file" .mustache)
	echo "{ \"$name\", (const char *)text_$i, sizeof(text_$i) - 1 },"
	i=$((i + 1))
done
echo '{ 0, 0, 0 } };'
