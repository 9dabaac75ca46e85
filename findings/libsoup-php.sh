#!/bin/sh
# libsoup-php.sh - does PHP see a file that GNOME's HTTP library uploads?
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

need libsoup-3.0-0 3.2.3-0+deb12u2
need libsoup-3.0-dev 3.2.3-0+deb12u2
need php8.2-cgi 8.2.36-1~deb12u1
need pkg-config 1.8.1-1
need gcc 4:12.2.0-3
cat <<'END'
guess: A file sent with libsoup's soup_multipart_append_form_file() is a file
    for PHP, in $_FILES, whatever its name is. A name that is not ASCII may
    come out misspelt.
behaviour: Not a file at all. For such a name libsoup writes filename* and no
    filename (RFC 7578, 4.2 forbids filename* in forms), and PHP knows
    filename only. The content becomes a text field in $_POST and $_FILES is
    empty, without a warning on either side. The same program and page work
    as long as names are ASCII.
output:
END

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 2' HUP INT TERM
cd "$dir"
cat >form.c <<'END'
#include <libsoup/soup.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	SoupMultipart *form = soup_multipart_new("multipart/form-data");
	SoupMessageHeaders *head;
	GBytes *body, *file = g_bytes_new("hello", 5);
	FILE *type = fopen("type", "w");

	if (argc != 2 || type == NULL)
		return 1;
	head = soup_message_headers_new(SOUP_MESSAGE_HEADERS_REQUEST);
	soup_multipart_append_form_file(form, "doc", argv[1], "text/plain",
	    file);
	soup_multipart_to_message(form, head, &body);
	fputs(soup_message_headers_get_one(head, "Content-Type"), type);
	fclose(type);
	fwrite(g_bytes_get_data(body, NULL), 1, g_bytes_get_size(body), stdout);
	return 0;
}
END
cat >form.php <<'END'
<?php
header('Content-Type: text/plain');
echo 'files: ', json_encode(array_column($_FILES, 'name')), "\n";
echo 'fields: ', json_encode($_POST), "\n";
END
pkg-config --cflags --libs libsoup-3.0 >flags
# The flags are separate words.
# shellcheck disable=SC2046
gcc -Wall -o form form.c $(cat flags)
for name in resume.txt "$(printf 'r\303\251sum\303\251.txt')"; do
	./form "$name" >body
	sed -n 's/\r$//; s/^Content-Disposition: //p' body
	GATEWAY_INTERFACE=CGI/1.1 REDIRECT_STATUS=200 REQUEST_METHOD=POST \
	    SCRIPT_FILENAME="$dir/form.php" CONTENT_TYPE="$(cat type)" \
	    CONTENT_LENGTH="$(wc -c <body)" php-cgi8.2 -n <body | sed 1,/^.$/d
done >seen
sed 's/^/    /' seen
cat >recorded <<'END'
form-data; name="doc"; filename="resume.txt"
files: ["resume.txt"]
fields: []
form-data; name="doc"; filename*=UTF-8''r%C3%A9sum%C3%A9.txt
files: []
fields: {"doc":"hello"}
END
cmp -s recorded seen || { echo "The behaviour has changed." >&2; exit 1; }
