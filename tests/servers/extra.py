"""extra.py - what only some of the set-ups have or promise."""
import os
import re
import signal
import socket
import subprocess
import time

import forms
from client import DEADLINE, http_bytes, read_response
from harness import TOP, environment
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


def late(t, setup):
    """A client that pauses within its form, where the server hands it on in pieces."""
    setup.place.apps[-1].stop()
    setup.flags = lambda: ["--io-timeout", "1"]
    setup.run_app()
    with t.row("a form that pauses for longer than --io-timeout is taken"):
        data = http_bytes("POST", "/note", (), "text=" + 70000 * "x")
        with setup.web.connect() as s:
            for piece in (data[:1000], data[1000:2000], data[2000:]):
                s.sendall(piece)
                if piece is not data[2000:]:
                    time.sleep(1.2)
            status(read_response(s), 303)


def unverified(t, setup):
    """A name that nobody has verified must not reach an app that trusts it."""
    setup.place.apps[-1].stop()
    setup.flags = lambda: ["--trust-remote-user"]
    setup.run_app()
    with t.row("the name of a Basic header owns nothing: a visitor has a cookie"):
        form = status(setup.web.get("/mine", authorization="Basic Zm9vOmJhcg=="), 200)
        cookie = form.get("Set-Cookie").partition(";")[0]
        location = forms.location(setup.web.request("POST", "/mine", [
            ("Authorization", "Basic Zm9vOmJhcg=="), ("Sec-Fetch-Site", "same-origin"),
            ("Cookie", cookie)], ANN))
        status(setup.web.get(location, cookie=cookie), 200)
        status(setup.web.get(location, authorization="Basic Zm9vOmJhcg=="), 404)


# -- What the files of deploy/ say -------------------------------------------------------

def named(t, setup):
    with t.row("the log of the web server has the ID of the app's log"):
        before = len(setup.log)
        status(setup.web.post("/note", ANN, content_type="text/plain"), 415)
        end = time.monotonic() + DEADLINE
        while not (found := re.search("event=request id=([^ ]+)", setup.log[before:])):
            assert time.monotonic() < end, f"the app logs nothing:\n{setup.log}"
            time.sleep(0.01)
        while found[1] not in access_log(setup):
            assert time.monotonic() < end, f"no {found[1]} in:\n{access_log(setup)}"
            time.sleep(0.01)


def access_log(setup):
    """The file of the web server; HAProxy has none, so its lines on standard error."""
    path = setup.place.file("tmp", "guestbook.log")
    if not os.path.exists(path):
        return "".join(line for line in setup.log.splitlines() if "event=" not in line)
    with open(path) as f:
        return f.read()


def without_comment(text):
    """The HSTS line of the file, and the lines around it that belong to it."""
    mark = re.compile(r"^(\s*)#\s*(.*)$", re.M)
    at = text.index("Strict-Transport-Security")
    start = text.rindex("\n", 0, at) + 1
    end = text.index("\n", at)
    if text[start:end].lstrip("#\t ").startswith('"'):
        start = text.rindex("\n", 0, start - 1) + 1
        end = text.index("\n", end + 1)
    return text[:start] + mark.sub(r"\1\2", text[start:end]) + text[end:]


def secure(t, setup):
    with t.row("the line for HSTS does what it says"):
        equal(status(setup.web.get("/note"), 200).get("Strict-Transport-Security"), None)
        setup.stop()
        for app in setup.place.apps:
            app.stop()
        if os.path.exists(setup.wrap):
            os.unlink(setup.wrap)
        deployed = setup.deployed
        setup.deployed = lambda *args: without_comment(deployed(*args))
        setup.web = setup.start()
        equal(status(setup.web.get("/note"), 200).get("Strict-Transport-Security"),
              "max-age=31536000; includeSubDomains")


# -- The limit of nginx ------------------------------------------------------------------

def over(send):
    """The answer that is over the limit: one more form is let in each tenth of a second."""
    return next(r for r in (send() for _ in range(100)) if r.status == 429)


def limited(t, setup):
    web = setup.place.nginx_by(setup.deployed("nginx.conf"), limited=True)
    answers = [web.post("/note", ANN) for _ in range(100)]
    with t.row("after a burst of forms, others are 429 with a page of ours"):
        equal({r.status for r in answers}, {303, 429})
        refused = [r for r in answers if r.status == 429]
        stored = len(answers) - len(refused)
        assert 50 <= stored < 90, f"{stored} were stored"
        for r in refused:
            has(r.get("Content-Security-Policy"), "default-src 'none'")
            has(r.text, "<h1>Too many requests</h1>")
            equal(r.get("Retry-After"), "5")
        equal(setup.place.apps[-1].rows("SELECT count(*) FROM submission"), [(stored,)])
    with t.row("and JSON for a program"):
        r = over(lambda: web.post("/note", ANN, accept=forms.JSON))
        equal((r.get("Content-Type"), r.json["status"]), ("application/problem+json", 429))
    with t.row("a large form is refused whole"):
        over(lambda: web.post("/note", "text=" + 900000 * "x"))
    with t.row("pages are for all"):
        for _ in range(100):
            status(web.get("/note"), 200)


# -- HAProxy with the least configuration -------------------------------------------------

BARE = """defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend web
    bind 127.0.0.1:{port}
    default_backend app
backend app
    use-fcgi-app app
    server app unix@{socket} proto fcgi
fcgi-app app
    docroot /
"""


def bare(t, setup):
    place = setup.place
    web = place.serve(
        lambda port: place.write("bare.cfg", BARE.format(port=port, socket=setup.socket)),
        ["haproxy", "-W", "-db", "-f", place.file("bare.cfg")], "Loading success",
        env=environment())
    with t.row("with nothing but use-fcgi-app: 303 is 303, 201 is 201, with their Location"):
        location = forms.location(web.post("/note", ANN))
        status(web.get(location), 200)
        created = status(web.post("/note", ANN, accept=forms.JSON), 201)
        equal(created.get("Location"), created.json["url"])
        equal(status(web.post("/away", "text=/note"), 303).get("Location"), "/note")
        status(web.post("/note", "text=", accept=forms.JSON), 422)
    with t.row("no answer has the field Status"):
        for r in (created, web.get(location), web.get("/nothing")):
            equal(r.get("Status"), None)


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
    ("nginx", limited),
    ("nginx", unverified),
    ("haproxy", unverified),
    ("caddy", unverified),
    ("h2o", unverified),
    ("haproxy", bare),
    ("haproxy", late),
    ("caddy", late),
] + [(name, part) for name in ("haproxy", "caddy", "h2o") for part in (away, restarted)] + [
    (name, named) for name in ("nginx", "nginx, fcgiwrap", "apache, proxy", "apache, fcgid",
                               "apache, cgid", "haproxy", "caddy")] + [
    (name, secure) for name in ("nginx", "nginx, fcgiwrap", "apache, proxy", "apache, fcgid",
                                "apache, cgid", "lighttpd, fastcgi", "lighttpd, cgi",
                                "haproxy", "caddy", "h2o")]
