#!/bin/sh
# links-303-same.sh - what does Links show after a 303 to the same page?
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

need links 2.28-1+b2
need elinks 0.13.2-1+b4
need w3m 0.5.3+git20230121-2
need python3 3.11.2-1+b1
cat <<'END'
guess: A form is posted and the answer is 303 with the address of the page
    that holds the form. The browser fetches that page again and shows its
    new state: a 303 asks for a GET (RFC 9110, 15.4.4), and the page had
    Cache-Control: no-store.
behaviour: Links and ELinks send the POST and no GET. They go on showing the
    page from before the POST, so what was sent seems to have had no effect.
    With a 303 to another address they fetch that one. w3m fetches in both
    cases.
output:
END

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 2' HUP INT TERM
cd "$dir"
cat >browse.py <<'END'
import fcntl
import http.server
import os
import pty
import select
import signal
import struct
import sys
import termios
import threading
import time

browser, location = sys.argv[1:]
log = []


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        log.append('GET ' + self.path)
        state = b'updated' if len(log) > 1 else b'BEFORE'
        page = (b'<!DOCTYPE html><title>t</title><p>%s'
                b'<form method="post" action="/form">'
                b'<input type="submit" value="Send"></form>' % state)
        self.send_response(200)
        self.send_header('Content-Type', 'text/html')
        self.send_header('Cache-Control', 'private, no-store')
        self.send_header('Content-Length', str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def do_POST(self):
        self.rfile.read(int(self.headers.get('Content-Length') or 0))
        log.append('POST ' + self.path)
        self.send_response(303)
        self.send_header('Location', location)
        self.send_header('Content-Length', '0')
        self.end_headers()


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
options = {'elinks': ['-no-connect', '-eval',
                      'set document.browse.forms.confirm_submit = 0']}
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(HOME=os.getcwd(), TERM='vt100', LC_ALL='C')
    for name in ('http_proxy', 'HTTP_PROXY'):
        os.environ.pop(name, None)
    os.execvp(browser, [browser, *options.get(browser, []),
                        'http://127.0.0.1:%d/form' % server.server_port])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
screen = b''


def wait(seconds, event):
    """Read the terminal until the event, or until the time is over."""
    global screen
    end = time.time() + seconds
    while time.time() < end and not event():
        if select.select([terminal], [], [], 0.1)[0]:
            screen += os.read(terminal, 65536)


wait(10, lambda: b'BEFORE' in screen)
wait(1, lambda: False)
# Enter leaves a first greeting; Tab (w3m) or Down goes to the button.
for key in (b'\r', b'\t' if browser == 'w3m' else b'\x1b[B', b'\r', b'\r'):
    if len(log) < 2:
        os.write(terminal, key)
        wait(2, lambda: len(log) > 1)
wait(3, lambda: b'updated' in screen)
os.kill(pid, signal.SIGTERM)
os.close(terminal)
os.waitpid(pid, 0)
print('%s: %s; on the screen: %s' % (
    browser, ', '.join(log),
    'new state' if b'updated' in screen else 'old state'))
END
for browser in w3m links elinks; do
	for location in /other /form; do
		/usr/bin/python3 browse.py $browser $location
	done
done >seen
sed 's/^/    /' seen
cat >recorded <<'END'
w3m: GET /form, POST /form, GET /other; on the screen: new state
w3m: GET /form, POST /form, GET /form; on the screen: new state
links: GET /form, POST /form, GET /other; on the screen: new state
links: GET /form, POST /form; on the screen: old state
elinks: GET /form, POST /form, GET /other; on the screen: new state
elinks: GET /form, POST /form; on the screen: old state
END
cmp -s recorded seen || { echo "The behaviour has changed." >&2; exit 1; }
