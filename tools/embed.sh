#!/bin/sh
# embed.sh [-n NAME] FOLDER ... - print C source that holds the templates
# (*.mustache) and stylesheets (*.css) of the folders: the table NAME, "prg_files"
# if not given, for .files of struct prg_app.
set -eu

name=prg_files
while getopts n: flag; do
	case $flag in
	n)	name=$OPTARG ;;
	*)	exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || {
	echo "usage: prg embed [-n NAME] FOLDER ..." >&2
	exit 2
}

rows=
echo '#include <prg.h>'
for folder in "$@"; do
	[ -d "$folder" ] || {
		echo "prg embed: $folder: not a folder" >&2
		exit 1
	}
	for file in "$folder"/*.mustache "$folder"/*.css; do
		[ -f "$file" ] || continue
		case ${file##*/} in
		.* | *[!A-Za-z0-9._-]*)
			echo "prg embed: $file: invalid name; use A-Z, a-z," \
			    "0-9, '.', '_' and '-'" >&2
			exit 1 ;;
		esac
		case $rows in
		*"\"${file##*/}\""*)
			echo "prg embed: $file: a folder before has a file of this name" >&2
			exit 1 ;;
		esac
		row=$((${row:-0} + 1))
		echo "static const unsigned char file_${row}[] = {"
		od -An -v -tx1 "$file" | sed 's/ \{1,\}\(..\)/0x\1,/g'
		echo '0 };'
		rows="$rows	{ \"${file##*/}\", (const char *)file_$row,
	    sizeof(file_$row) - 1 },
"
	done
done
printf 'const struct prg_embedded %s[] = {\n%s	{ 0, 0, 0 }\n};\n' "$name" "$rows"
