#!/usr/bin/env python3
"""Requests per second behind nginx, as ratios within one run.

usage: bench.py BUILD [SECONDS [ROUNDS]]

The rows are run in turn, ROUNDS times; the figures are medians.  What counts are
the ratios: to the bare responder, which is our own gateway giving constant bytes.
"""
import http.client
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import wrk

CONNECTIONS = 64

NGINX = """
daemon off; worker_processes auto; %(user)s pid %(dir)s/nginx.pid;
error_log stderr error; worker_rlimit_nofile 4096;
events { worker_connections 2048; }
http {
	access_log off; keepalive_requests 1000000000;
	client_body_temp_path %(dir)s/b; proxy_temp_path %(dir)s/p;
	fastcgi_temp_path %(dir)s/f; uwsgi_temp_path %(dir)s/u;
	scgi_temp_path %(dir)s/s;
	upstream app { server unix:%(dir)s/app.sock; keepalive 64; }
	upstream blank { server unix:%(dir)s/blank.sock; keepalive 64; }
	upstream bare { server unix:%(dir)s/bare.sock; keepalive 64; }
	upstream bare303 { server unix:%(dir)s/bare303.sock; keepalive 64; }
	upstream bareform { server unix:%(dir)s/bareform.sock; keepalive 64; }
	server {
		listen 127.0.0.1:%(port)d reuseport;
		fastcgi_keep_conn on;
		fastcgi_param GATEWAY_INTERFACE CGI/1.1;
		fastcgi_param REQUEST_METHOD $request_method;
		fastcgi_param REQUEST_URI $request_uri;
		fastcgi_param CONTENT_TYPE $content_type;
		fastcgi_param CONTENT_LENGTH $content_length;
		fastcgi_param REMOTE_ADDR $remote_addr;
		fastcgi_param SERVER_PORT $server_port;
		location / { fastcgi_pass app; }
		location /blank/ { fastcgi_pass blank; }
		location /bare/ { fastcgi_pass bare; }
		location /bare303/ { fastcgi_pass bare303; }
		location /bareform/ { fastcgi_pass bareform; }
		location /nginx { return 200 "hello"; }
	}
}
"""

# name, path, lua, what it is measured against
ROWS = [
    ("nginx alone, return 200", "/nginx", None, None),
    ("bare responder, the form's bytes", "/bareform/", None, None),
    ("GET form", "/blank/", None, "bare responder, the form's bytes"),
    ("bare responder, the result's bytes", "/bare/", None, None),
    ("GET result", None, None, "bare responder, the result's bytes"),
    ("bare responder, POST to 303", "/bare303/", wrk.POST, None),
    ("POST to 303, durable", "/", wrk.POST, "bare responder, POST to 303"),
]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, path):
    """Wait until what is behind the server answers."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            if fetch(port, "GET", path)[0].status < 500:
                return
        except OSError:
            pass
        time.sleep(0.02)
    sys.exit("bench: %s did not come up" % path)


def fetch(port, method, path, body=None):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    c.request(method, path, body,
              {"Content-Type": "application/x-www-form-urlencoded"})
    r = c.getresponse()
    text = r.read()
    c.close()
    return r, text


def whole_response(r, text):
    """The bytes with which the app answers, as it sends them."""
    skip = ("server", "date", "connection", "transfer-encoding")
    head = ["Status: %d %s" % (r.status, r.reason)]
    head += ["%s: %s" % h for h in r.getheaders() if h[0].lower() not in skip]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + text


class Bench:
    def __init__(self, build, seconds):
        self.build, self.seconds = build, seconds
        self.dir = tempfile.mkdtemp(prefix="prg-bench-")
        self.port = free_port()
        self.procs = []

    def start(self, *argv):
        log = open(os.path.join(self.dir, "log"), "ab")
        p = subprocess.Popen(argv, stdout=log, stderr=log)
        self.procs.append(p)
        return p

    def up(self):
        # Workers that drop to another user could not open our sockets.
        where = dict(dir=self.dir, port=self.port,
                     user="user root;" if os.getuid() == 0 else "")
        with open(self.dir + "/nginx.conf", "w") as f:
            f.write(NGINX % where)
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self.start(nginx, "-e", "stderr", "-c", self.dir + "/nginx.conf")
        self.guestbook("app", "/")
        self.guestbook("blank", "/blank/", "--base", "/blank")
        posted = fetch(self.port, "POST", "/",
                       "name=Ann&message=Hello+there&stars=5")
        self.result = posted[0].getheader("Location")
        self.bare("bare", fetch(self.port, "GET", self.result))
        self.bare("bareform", fetch(self.port, "GET", "/blank/"))
        self.bare("bare303", posted)

    def guestbook(self, name, path, *flags):
        """One whose book stays empty has a form page without a list."""
        self.start(self.build + "/guestbook", *flags,
                   "--listen", "unix:%s/%s.sock" % (self.dir, name),
                   "--store", "%s/%s.db" % (self.dir, name))
        wait_for(self.port, path)

    def bare(self, name, answer):
        """A responder that gives what the app has answered, for ever."""
        file = "%s/%s.page" % (self.dir, name)
        with open(file, "wb") as f:
            f.write(whole_response(*answer))
        self.start(self.build + "/bare", "unix:%s/%s.sock" % (self.dir, name),
                   str(2 * os.cpu_count()), file)
        wait_for(self.port, "/%s/" % name)

    def wrk(self, path, lua):
        return wrk.run("http://127.0.0.1:%d%s" % (self.port, path), self.seconds,
                       CONNECTIONS, lua)

    def down(self):
        for p in reversed(self.procs):
            p.send_signal(signal.SIGTERM)
        for p in self.procs:
            p.wait(20)
        with open(self.dir + "/log") as f:
            log = f.read()
        shutil.rmtree(self.dir)
        return log


def report(figures):
    rate = {name: statistics.median(f[0] for f in figures[name])
            for name in figures}
    print("%-34s %9s %7s %9s %9s" %
          ("64 connections", "req/s", "ratio", "p50 ms", "p99 ms"))
    for name, _, _, base in ROWS:
        ratio = "%.2f" % (rate[name] / rate[base]) if base else ""
        print("%-34s %9.0f %7s %9.2f %9.2f" %
              (name, rate[name], ratio,
               statistics.median(f[1] for f in figures[name]),
               statistics.median(f[2] for f in figures[name])))


def main():
    build = sys.argv[1]
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    bench = Bench(build, seconds)
    figures = {row[0]: [] for row in ROWS}
    try:
        bench.up()
        for _ in range(rounds):
            for name, path, lua, _ in ROWS:
                figures[name].append(bench.wrk(path or bench.result, lua))
    finally:
        log = bench.down()
    report(figures)
    for rows, syncs in re.findall(r"rows=(\d+) syncs=(\d+)", log):
        rows, syncs = int(rows), int(syncs)
        if rows == 0:
            continue
        print("%d submissions in %d syncs: %.3f a submission" %
              (rows, syncs, syncs / rows))


main()
