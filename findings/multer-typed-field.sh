#!/bin/sh
# multer-typed-field.sh - where does multer put a field that has a type?
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
need multer@2.5.0
cat <<'END'
guess: A part without a file's name is a text field, whatever Content-Type it
    names (RFC 7578, 4.4); or at least it is an error to send one.
behaviour: If the type is application/octet-stream, as some libraries write on
    every part, the field is in neither req.body nor req.files, and any()
    reports no error. The other fields of the form are there, so the loss looks
    like a field that was left blank.
output:
END
cat >ask.cjs <<'END'
const { Readable } = require('node:stream');
const multer = require('multer');

function ask(type) {
	const body = '--x\r\nContent-Disposition: form-data; name="a"\r\n' +
	    `${type}\r\n1\r\n` +
	    '--x\r\nContent-Disposition: form-data; name="b"\r\n\r\n2\r\n--x--\r\n';
	const req = Readable.from([Buffer.from(body)]);
	req.headers = {
		'content-type': 'multipart/form-data; boundary=x',
		'content-length': String(body.length)
	};
	multer().any()(req, {}, (e) => console.log(`${type.trim() || 'no type'}:`,
	    `error ${e ?? 'none'}, body ${JSON.stringify(req.body)},`,
	    `files ${req.files.length}`));
}

ask('');
ask('Content-Type: text/plain\r\n');
ask('Content-Type: application/octet-stream\r\n');
END
node ask.cjs >unsorted 2>&1
LC_ALL=C sort unsorted >seen
sed 's/^/    /' seen
cat >recorded <<'END'
Content-Type: application/octet-stream: error none, body {"b":"2"}, files 0
Content-Type: text/plain: error none, body {"a":"1","b":"2"}, files 0
no type: error none, body {"a":"1","b":"2"}, files 0
END
cmp -s recorded seen || { echo "The behaviour has changed." >&2; exit 1; }
