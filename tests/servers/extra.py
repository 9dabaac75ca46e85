"""extra.py - what only some of the set-ups have or promise."""
import os
import re
import signal
import socket
import subprocess
import time

import forms
from client import DEADLINE
from harness import TOP
from load import Load
from runner import among, equal, has, status

UNITS = [os.path.join(TOP, "deploy", name) for name in ("guestbook.service", "guestbook.socket")]
EXPOSED = 2.0           # of 10, as systemd-analyze counts; 0 is the best
ANN = "text=x"


# -- Managers that start the app ------------------------------------------------------

def started(setup):
    return setup.log.count(" event=start ")


def wait_for_another(setup, count, seconds=0.1):
    """Wait for the log line of one more process that serves."""
    server = setup.place.servers[-1]
    with server.event:
        server.event.wait_for(lambda: started(setup) > count, seconds)


def killed(t, setup):
    web = setup.web
    location = forms.location(web.post("/note", ANN))
    for _ in range(2):
        with t.row("kill -9: the manager starts another, and what was stored is there"):
            count, end = started(setup), time.monotonic() + DEADLINE
            for pid in setup.processes():
                os.kill(pid, signal.SIGKILL)
            while web.get(location).status != 200:
                assert time.monotonic() < end, f"it does not come back:\n{setup.log}"
                wait_for_another(setup, count)
            wait_for_another(setup, count, DEADLINE)    # an answer may come before its line
            assert started(setup) > count, "the one that was killed has answered"
            status(web.get(forms.location(web.post("/note", ANN))), 200)


# -- An app that runs by itself ----------------------------------------------------------

def away(t, setup):
    """The app is away and comes back: nobody asks for how long it was."""
    web = setup.web
    with t.row("without the app it is 502 or 503"):
        setup.place.apps[-1].stop()
        among(web.get("/note").status, (502, 503))
    with t.row("with the app back, the next request is served"):
        setup.run_app()
        status(web.get("/note"), 200)


# -- The cache of nginx --------------------------------------------------------------------

def cached(t, setup):
    web = setup.web
    public = forms.location(web.post("/public", ANN))
    private = forms.location(web.post("/note", ANN))
    with t.row("a public result is cached: HEAD, GET and JSON each for itself"):
        status(web.request("HEAD", public), 200)
        page = status(web.get(public), 200)
        equal(page.get("Cache-Control"), "public, max-age=60")
        has(page.text, "<html")
        equal(status(web.get(public, accept=forms.JSON), 200).get("Content-Type"), forms.JSON)
        equal(web.get(public).body, page.body)
    with t.row("a private one is not, and keeps its 304"):
        tag = status(web.get(private), 200).get("ETag")
        status(web.get(private, if_none_match=tag), 304)
        status(web.get(public, if_none_match=page.get("ETag")), 304)
        equal(status(web.get(public), 200).body, page.body, "after the 304")
    setup.place.apps[-1].stop()
    with t.row("with the app away, the public one is there, and nothing else"):
        equal(status(web.get(public), 200).body, page.body)
        equal(web.get(public, accept=forms.JSON).json["url"], public)
        equal(web.request("HEAD", public).body, b"")
        for path in (private, "/note", "/public"):
            status(web.get(path), 502)


# -- systemd ----------------------------------------------------------------------------------

def analyze(*args):
    done = subprocess.run(["systemd-analyze", *args], capture_output=True, text=True,
                          env={**os.environ, "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": "cat"},
                          timeout=DEADLINE)
    return done.returncode, done.stdout + done.stderr


def units(t, setup):
    with t.row("systemd understands the units"):
        places = []
        for path in UNITS:
            with open(path) as f:
                places.append(setup.place.write(
                    os.path.basename(path),
                    f.read().replace("/usr/local/bin/guestbook", setup.program)))
        code, said = analyze("verify", *places)
        equal((code, said), (0, ""))
    with t.row("systemd finds little that the service could do"):
        _, said = analyze("security", "--offline=true", UNITS[0])
        found = re.search("Overall exposure level for .*: ([0-9.]+)", said)
        assert found and float(found[1]) <= EXPOSED, said


def restarted(t, setup):
    """As systemctl restart: the old one ends, then the new one begins; the socket stays."""
    os.unlink(setup.socket)
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(setup.socket)
        os.chmod(setup.socket, 0o666)
        s.listen(1024)
        app = setup.run_app(stdin=s)
        load = Load(setup.web, "/note", "text", "text={}", 8)
        try:
            with t.row("stop, then start on the socket that stays: no request is lost"):
                for _ in range(3):
                    load.wait_for(50)
                    app.stop()
                    app = setup.run_app(stdin=s)
                load.wait_for(50)
                equal(load.wrong(), [], "the failures")
        finally:
            load.stop()


# Set-ups and what is tried with them, each from a fresh start.
EXTRA = [
    ("nginx", cached),
    ("nginx", away),
    ("nginx", restarted),
    ("nginx, systemd", units),
    ("apache, proxy", away),
    ("apache, proxy", restarted),
    ("apache, fcgid", killed),
    ("lighttpd, fastcgi", killed),
]
