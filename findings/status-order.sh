#!/bin/sh
# status-order.sh - does the order of Status and Location mean anything?
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

need haproxy 2.6.12-1+deb12u4
need uwsgi-core 2.0.21-5.1
need curl 7.88.1-10+deb12u14
need python3 3.11.2-1+b1
cat <<'END'
guess: A CGI or FastCGI answer with "Status: 303 See Other" and a Location is
    303 to the client, whichever field comes first: RFC 3875, 6.3 gives the
    order no meaning. If one order is the safe one, it is Status first.
behaviour: HAProxy's FastCGI makes it 302 if Status comes first, uWSGI's CGI
    makes it 302 if Location comes first. 201 with a Location becomes 302 in
    the same way. So a program that speaks both protocols needs another order
    in each.
output:
END

dir=$(mktemp -d)
haproxy=
uwsgi=
app=
stop()
{
	set +e
	for pid in $haproxy $uwsgi $app; do
		kill "$pid"
		wait "$pid"
	done 2>/dev/null
	rm -rf "$dir"
}
trap stop EXIT
trap 'exit 2' HUP INT TERM
cd "$dir"
answer()
{
	f=$1
	shift
	{
		echo '#!/bin/sh'
		echo "cat <<'END'"
		printf '%s\n' "$@" "Content-Type: text/plain" "" body END
	} >"$f"
	chmod +x "$f"
}
answer status-first "Status: 303 See Other" "Location: /result"
answer location-first "Location: /result" "Status: 303 See Other"
answer created-status-first "Status: 201 Created" "Location: /result"
answer created-location-first "Location: /result" "Status: 201 Created"

# A FastCGI application that runs these programs.
cat >app.py <<'END'
import os
import socket
import struct
import subprocess

HEAD = struct.Struct('!BBHHBx')


def read(conn, size):
    data = b''
    while len(data) < size:
        more = conn.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def serve(conn):
    params = b''
    while True:
        _, kind, ident, length, pad = HEAD.unpack(read(conn, 8))
        data = read(conn, length)
        read(conn, pad)
        params += data if kind == 4 else b''
        if kind == 5 and not length:
            break
    for name in sorted(os.listdir('.'), key=len, reverse=True):
        if b'/' + name.encode() in params:
            text = subprocess.check_output(['./' + name])
            break
    conn.sendall(HEAD.pack(1, 6, ident, len(text), 0) + text
                 + HEAD.pack(1, 6, ident, 0, 0)
                 + HEAD.pack(1, 3, ident, 8, 0) + bytes(8))


listener = socket.socket(socket.AF_UNIX)
listener.bind('app.socket')
listener.listen()
while True:
    conn, _ = listener.accept()
    with conn:
        try:
            serve(conn)
        except EOFError:
            pass
END
cat >haproxy.conf <<END
defaults
	mode http
	timeout connect 5s
	timeout client 5s
	timeout server 5s
frontend web
	bind $dir/haproxy.socket
	default_backend app
backend app
	use-fcgi-app app
	server app unix@$dir/app.socket proto fcgi
fcgi-app app
	docroot /
END
/usr/bin/python3 app.py &
app=$!
haproxy -db -f haproxy.conf >haproxy.log 2>&1 &
haproxy=$!
uwsgi-core --need-plugin /usr/lib/uwsgi/plugins/cgi_plugin.so \
    --http-socket "$dir/uwsgi.socket" --http-socket-modifier1 9 \
    --cgi "/=$dir" --master --die-on-term >uwsgi.log 2>&1 &
uwsgi=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	for s in haproxy uwsgi app; do
		[ -e $s.socket ] || sleep 0.5
	done
done
for server in haproxy uwsgi; do
	for f in status-first location-first created-status-first \
	    created-location-first; do
		curl -sS -o page -w "$server, $f: %{http_code}\n" \
		    --unix-socket $server.socket "http://x/$f"
	done
done >seen
sed 's/^/    /' seen
cat >recorded <<'END'
haproxy, status-first: 302
haproxy, location-first: 303
haproxy, created-status-first: 302
haproxy, created-location-first: 201
uwsgi, status-first: 303
uwsgi, location-first: 302
uwsgi, created-status-first: 201
uwsgi, created-location-first: 302
END
cmp -s recorded seen || { echo "The behaviour has changed." >&2; exit 1; }
