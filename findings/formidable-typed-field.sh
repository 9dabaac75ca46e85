#!/bin/sh
# formidable-typed-field.sh - what is a text field with a type to formidable?
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
need formidable@3.5.4
cat <<'END'
guess: A part is a file if it has a file's name. "Content-Type: text/plain;
    charset=utf-8" on a text field, as clients in Java and .NET send it, changes
    nothing: RFC 7578, 4.4 lets each part have a type.
behaviour: Each part that has a Content-Type is written to a file in the
    folder for uploads and is listed among the files, with the name null. The
    field is missing from the fields.
output:
END
cat >ask.mjs <<'END'
import { Readable } from 'node:stream';
import formidable from 'formidable';

for (const type of ['', 'Content-Type: text/plain; charset=utf-8\r\n']) {
	const body = '--x\r\nContent-Disposition: form-data; name="a"\r\n' +
	    `${type}\r\nhello\r\n--x--\r\n`;
	const req = Readable.from([Buffer.from(body)]);
	req.headers = {
		'content-type': 'multipart/form-data; boundary=x',
		'content-length': String(body.length)
	};
	const [fields, files] = await formidable({ uploadDir: '.' }).parse(req);
	const file = files.a?.[0];
	console.log(`${type.trim() || 'no type'}:`,
	    `fields ${JSON.stringify(fields)},`,
	    file ? `file ${file.originalFilename} of ${file.size} bytes` : 'no file');
}
END
node ask.mjs >seen 2>&1
sed 's/^/    /' seen
cat >recorded <<'END'
no type: fields {"a":["hello"]}, no file
Content-Type: text/plain; charset=utf-8: fields {}, file null of 5 bytes
END
cmp -s recorded seen || { echo "The behaviour has changed." >&2; exit 1; }
