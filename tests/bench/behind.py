#!/usr/bin/env python3
"""Requests per second behind each web server, and of the same work done without us.

usage: behind.py BUILD [SECONDS [ROUNDS]]

All set-ups are there at once and measured in turn; the figures are medians of ROUNDS.
Each is also given as a ratio to ours behind nginx.
"""
import contextlib
import glob
import os
import shutil
import sqlite3
import statistics
import sys

import wrk

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path[:0] = [os.path.join(TESTS, "servers"), os.path.join(TESTS, "http")]
import forms     # noqa: E402
import setups     # noqa: E402
from harness import TOP, Place, allow_many_files, replace     # noqa: E402
from runner import status     # noqa: E402

setups.PROGRAM = "guestbook"
# The others keep a connection for 1000 requests; Apache for 100.
setups.APACHE += "MaxKeepAliveRequests 1000\n"
RIVALS = os.path.join(TOP, "tests", "bench", "rivals")
CONNECTIONS, CGI_CONNECTIONS = 64, 8
AT_ONCE = 8         # children, or threads, of a rival
FORM = "name=Ann&message=Hello+there&stars=5"

FPM = """[global]
daemonize = no
error_log = /dev/stderr
[guestbook]
user = {user.pw_name}
group = {user.pw_gid}
listen = {socket}
listen.backlog = 1024
listen.mode = 0666
pm = static
pm.max_children = {children}
php_admin_value[opcache.enable] = 1
php_admin_value[opcache.validate_timestamps] = 0
"""


class Quiet:
    """What goes wrong ends the whole."""

    def row(self, _):
        return contextlib.nullcontext()


class Rival(setups.Nginx):
    """Behind the same nginx as ours.  One that blocks is kept waiting by a connection that is
    kept: with 8 at once and a connection for each request both rivals are at their best."""

    def start_nginx(self):
        return self.place.nginx_by(replace(
            self.deployed(self.file), "fastcgi_keep_conn on;", self.params()))


class ByHand(Rival):
    def params(self):
        return ""

    def run_app(self):
        self.server([os.path.join(self.place.bin, "rival"), self.socket, str(AT_ONCE),
                     self.store]).wait_for("serving")


class Php(Rival):
    def params(self):
        return (f"fastcgi_param SCRIPT_FILENAME {self.place.file('guestbook.php')};"
                f"fastcgi_param STORE {self.store};")

    def run_app(self):
        user = setups.web_user()
        script = shutil.copy(os.path.join(RIVALS, "guestbook.php"), self.place.folder)
        os.chmod(script, 0o644)
        with open(os.path.join(RIVALS, "schema.sql")) as f:
            db = sqlite3.connect(self.store)
            db.executescript(f.read())
            db.close()
        os.chown(self.store, user.pw_uid, user.pw_gid)
        conf = self.place.write("fpm.conf", FPM.format(user=user, socket=self.socket,
                                                        children=AT_ONCE))
        fpm = shutil.which("php-fpm") or sorted(glob.glob("/usr/sbin/php-fpm*"))[-1]
        self.server([fpm, "-F", "-y", conf]).wait_for("ready to handle connections")


# name, set-up, connections
ROWS = [
    ("nginx, FastCGI", setups.Nginx, CONNECTIONS),
    ("Apache, mod_proxy_fcgi", setups.Proxy, CONNECTIONS),
    ("Apache, mod_fcgid", setups.Fcgid, CONNECTIONS),
    ("lighttpd, FastCGI", setups.LighttpdFastcgi, CONNECTIONS),
    ("nginx, fcgiwrap (CGI)", setups.Wrapped, CGI_CONNECTIONS),
    ("Apache, mod_cgid (CGI)", setups.Cgid, CGI_CONNECTIONS),
    ("lighttpd, CGI", setups.LighttpdCgi, CGI_CONNECTIONS),
    ("nginx, php-fpm: PHP", Php, CONNECTIONS),
    ("nginx, libfcgi by hand: C", ByHand, CONNECTIONS),
]
OURS = ROWS[0][0]
# In this order: the form is measured while no book has an entry.
REQUESTS = ["GET form", "GET result", "POST, durable"]


def start(stack, build):
    """All of them: name to where it is, and with how many connections it is measured."""
    found = {}
    for name, setup, connections in ROWS:
        place = stack.enter_context(Place(Quiet(), build))
        found[name] = stack.enter_context(setup(place)).web, connections
        status(found[name][0].get("/"), 200)
    return found


def measure(web, connections, path, seconds, lua):
    return wrk.run(f"http://127.0.0.1:{web.port}{path}", seconds, connections, lua)[0]


def run(found, seconds, rounds):
    rates = {}
    for request in REQUESTS:
        post = request == REQUESTS[2]
        paths = dict.fromkeys(found, "/")
        if request == REQUESTS[1]:
            paths = {name: forms.location(web.post("/", FORM))
                     for name, (web, _) in found.items()}
        for _ in range(rounds):
            for name, (web, connections) in found.items():
                rates.setdefault((name, request), []).append(measure(
                    web, connections, paths[name], seconds, wrk.POST if post else None))
    return {key: statistics.median(rate) for key, rate in rates.items()}


def report(found, rates):
    print(f"{'64 connections; CGI: 8':28}" + "".join(f"{r:>16} {'ratio':>6}" for r in REQUESTS))
    for name in found:
        print(f"{name:28}" + "".join(
            f"{rates[name, r]:16.0f} {rates[name, r] / rates[OURS, r]:6.2f}" for r in REQUESTS))


def main(build, seconds="2", rounds="2"):
    allow_many_files()
    with contextlib.ExitStack() as stack:
        found = start(stack, build)
        rates = run(found, float(seconds), int(rounds))
    report(found, rates)


if __name__ == "__main__":
    main(*sys.argv[1:])
