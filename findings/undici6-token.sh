#!/bin/sh
# undici6-token.sh - which spellings of a field's name does undici 6 read?
set -eu

# need PACKAGE@VERSION: install it from npm, with what it needs, in this folder.
need()
{
	if ! command -v node || ! command -v npm; then
		echo "${0##*/}: node and npm are missing" >&2
		exit 2
	fi >/dev/null
	npm install --silent --no-audit --no-fund --no-save "$1" >/dev/null || {
		echo "${0##*/}: cannot install $1" >&2
		exit 2
	}
	echo "version: $1, node $(node -p process.versions.node)"
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 2' HUP INT TERM
cd "$dir"
need undici@6.29.1
cat <<'END'
guess: formData() of a fetch Response reads a part's name however RFC 7578
    and RFC 2183 let a client write it: quoted or as a token, as the HttpClient
    of .NET sends it; with or without a space; behind or before the file's name.
behaviour: It reads the quoted name, directly behind "form-data; ", alone.
    Any other spelling makes the whole form unreadable: a TypeError that does
    not name the part. undici 7 reads them all; Node.js 20 has undici 6 inside.
output:
END
cat >ask.mjs <<'END'
import { Response } from 'undici';

const rows = [
	'form-data; name="a"',
	'form-data; name=a',
	'form-data;name="a"',
	'form-data; filename="f"; name="a"',
];
for (const row of rows) {
	const body = `--x\r\nContent-Disposition: ${row}\r\n\r\n1\r\n--x--\r\n`;
	const headers = { 'content-type': 'multipart/form-data; boundary=x' };
	let said;
	try {
		const form = await new Response(body, { headers }).formData();
		said = [...form.keys()].join(' ');
	} catch (e) {
		said = `${e.name}: ${e.message}`;
	}
	console.log(`${row}\n        ${said}`);
}
END
node ask.mjs >seen 2>&1
sed 's/^/    /' seen
cat >recorded <<'END'
form-data; name="a"
        a
form-data; name=a
        TypeError: Failed to parse body as FormData.
form-data;name="a"
        TypeError: Failed to parse body as FormData.
form-data; filename="f"; name="a"
        TypeError: Failed to parse body as FormData.
END
cmp -s recorded seen || { echo "The behaviour has changed." >&2; exit 1; }
