#!/bin/sh
# lighttpd-range.sh - who answers a Range request for a CGI program's page?
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

need lighttpd 1.4.69-1
need curl 7.88.1-10+deb12u14
cat <<'END'
guess: Ranges of a page that a CGI program makes are the program's affair. The
    program gets HTTP_RANGE. If it ignores the field and answers 200 without
    Accept-Ranges or ETag, with Cache-Control: no-store, lighttpd passes on
    200 and the whole page. Ranges are for files.
behaviour: lighttpd cuts the answer itself: 206, Content-Range and an
    Accept-Ranges that the program never sent. The program runs once for each
    part, so two parts of "one" page come from two runs and do not fit
    together, and no field tells the client. A range past the end is 416, but
    the program has run. server.range-requests = "disable" turns it off.
output:
END

dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
trap 'exit 2' HUP INT TERM
cd "$dir"
chmod 755 .
cat >page.cgi <<'END'
#!/bin/sh
echo x >>runs
run=$(grep -c x runs)
echo "Content-Type: text/plain"
echo "Cache-Control: no-store"
echo
echo "begin $run, end $run"
END
chmod +x page.cgi
cat >conf <<END
server.document-root = "$dir"
server.bind = "$dir/socket"
server.errorlog = "$dir/log"
server.modules = ("mod_cgi")
cgi.assign = (".cgi" => "")
\$HTTP["querystring"] == "off" { server.range-requests = "disable" }
END
lighttpd -D -f conf 2>out &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ -e socket ] || sleep 0.5
done
ask()
{
	code=$(curl -sS -D head -o page -w '%{http_code}' --unix-socket socket \
	    "$@")
	echo "curl $*: $code"
	sed -n 's/\r//; s/^\(Content\|Accept\)-Range/    &/p' head
	[ "$code" = 416 ] || echo "    '$(cat page)'"
}
{
	ask http://x/page.cgi
	ask -r 0-8 http://x/page.cgi
	ask -r 9-15 http://x/page.cgi
	ask -r 99- http://x/page.cgi
	ask -d a=b -r 0-8 http://x/page.cgi
	ask -r 0-8 "http://x/page.cgi?off"
	echo "runs: $(grep -c x runs)"
} >seen
sed 's/^/    /' seen
cat >recorded <<'END'
curl http://x/page.cgi: 200
    Accept-Ranges: bytes
    'begin 1, end 1'
curl -r 0-8 http://x/page.cgi: 206
    Accept-Ranges: bytes
    Content-Range: bytes 0-8/15
    'begin 2, '
curl -r 9-15 http://x/page.cgi: 206
    Accept-Ranges: bytes
    Content-Range: bytes 9-14/15
    'end 3'
curl -r 99- http://x/page.cgi: 416
curl -d a=b -r 0-8 http://x/page.cgi: 200
    'begin 5, end 5'
curl -r 0-8 http://x/page.cgi?off: 200
    'begin 6, end 6'
runs: 6
END
cmp -s recorded seen || { echo "The behaviour has changed." >&2; exit 1; }
