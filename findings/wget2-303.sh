#!/bin/sh
# wget2-303.sh - what does wget2 send to the address in a 303?
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

need wget 1.21.3-1+deb12u1
need wget2 1.99.1-2.2
need libwget0 1.99.1-2.2
need python3 3.11.2-1+b1
cat <<'END'
guess: After POST and 303 See Other, wget2 fetches the result with GET, as
    its predecessor wget does. The 303 exists for this (RFC 9110, 15.4.4).
behaviour: wget2 sends a second POST, with the whole body, to the address of
    the result. An application that takes a POST there carries out another
    order or answers 405; the download is the answer to that.
output:
END

dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
trap 'exit 2' HUP INT TERM
cd "$dir"
cat >server.py <<'END'
import http.server
import os


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def answer(self):
        length = int(self.headers.get('Content-Length', 0))
        body = self.rfile.read(length).decode()
        print('   ', self.command, self.path, body or '-', flush=True)
        if self.path == '/form':
            self.send_response(303)
            self.send_header('Location', '/result')
        else:
            self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()

    do_GET = do_POST = answer


server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
with open('port.new', 'w') as f:
    f.write(str(server.server_port))
os.rename('port.new', 'port')
server.serve_forever()
END
/usr/bin/python3 server.py >>requests &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ -e port ] || sleep 0.5
done
for tool in wget wget2; do
	$tool --no-config -q -O page --no-proxy --post-data=qty=2 \
	    "http://127.0.0.1:$(cat port)/form"
	echo "$tool:"
	cat requests
	: >requests
done >seen
sed 's/^/    /' seen
cat >recorded <<'END'
wget:
    POST /form qty=2
    GET /result -
wget2:
    POST /form qty=2
    POST /result qty=2
END
cmp -s recorded seen || { echo "The behaviour has changed." >&2; exit 1; }
