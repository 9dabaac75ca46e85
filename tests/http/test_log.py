"""One line an event, in logfmt: it can be read again, and nothing secret is in it."""
import hashlib
import os
import re
import signal
import socket
import subprocess
import threading

from client import DEADLINE
from harness import Place, environment
from page import Page
from runner import equal, has, lacks, status

TYPED = "typed-7f3a"
OWN = re.compile(r"[0-9a-f]{16}")
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
PAIR = re.compile(r'([a-z-]+)=("(?:[^"\\]|\\.)*"|[^ "=\\]+)(?: |$)')
CROSS = [("Sec-Fetch-Site", "cross-site")]
JSON = [("Accept", "application/json")]

# Which ID a request has in the log: (name, params, the ID; None: one of ours)
IDS = [
    ("none", [], None),
    ("nginx's", [("REQUEST_ID", "0123456789abcdef0123456789abcdef")],
     "0123456789abcdef0123456789abcdef"),
    ("Apache's", [("UNIQUE_ID", "Z0@x_y-ABCdefGHIjklMNOpq")], "Z0@x_y-ABCdefGHIjklMNOpq"),
    ("a client's", [("HTTP_X_REQUEST_ID", "8c4e.d1")], None),
    ("a client's that looks like ours", [("HTTP_X_REQUEST_ID", "0123456789abcdef")], None),
    ("the web server's and a client's",
     [("HTTP_X_REQUEST_ID", "theirs"), ("REQUEST_ID", "ours")], "ours"),
    ("a plain one after one that is not",
     [("REQUEST_ID", "a b"), ("UNIQUE_ID", "plain")], "plain"),
    ("one with a space and a client's",
     [("REQUEST_ID", "a b"), ("HTTP_X_REQUEST_ID", "theirs")], None),
    ("64 bytes", [("REQUEST_ID", "x" * 64)], "x" * 64),
    ("65 bytes", [("REQUEST_ID", "x" * 65)], None),
    ("an empty one", [("REQUEST_ID", "")], None),
    ("one with a space", [("HTTP_X_REQUEST_ID", "a b")], None),
    ("one with a quote", [("HTTP_X_REQUEST_ID", 'a"b')], None),
    ("one with =", [("HTTP_X_REQUEST_ID", "a=b")], None),
    ("one with a newline", [("HTTP_X_REQUEST_ID", "a\nlevel=error")], None),
    ("one with a letter beyond ASCII", [("HTTP_X_REQUEST_ID", "\u00e4")], None),
    ("two", [("HTTP_X_REQUEST_ID", "one"), ("HTTP_X_REQUEST_ID", "two")], None),
]

# What is told at which level: (name, request, level, pairs)
LINES = [
    ("a form", ("GET", "/note"), "debug",
     {"method": "GET", "route": "/note", "status": "200"}),
    ("a submission", ("POST", "/note", (), "text=" + TYPED), "debug",
     {"method": "POST", "route": "/note", "status": "303"}),
    ("an unknown path", ("GET", "/" + TYPED), "debug",
     {"method": "GET", "route": "-", "status": "404"}),
    ("an unknown method", (TYPED.upper(), "/note"), "info",
     {"method": "unknown", "route": "/note", "status": "501"}),
    ("a method that is not for it", ("PUT", "/note"), "debug",
     {"method": "PUT", "route": "/note", "status": "405"}),
    ("a path that can't be", ("GET", "/%00" + TYPED), "info",
     {"route": "-", "status": "400",
      "reason": "The address contains invalid characters."}),
    ("another type", ("POST", "/note", [("Content-Type", TYPED + "/x")], "{}"), "info",
     {"route": "/note", "status": "415"}),
    ("a body that is too large", ("POST", "/note", (), "text=" + "x" * 2000), "info",
     {"route": "/note", "status": "413"}),
    ("another site's form", ("POST", "/note", CROSS, "text=" + TYPED), "warning",
     {"route": "/note", "status": "403", "reason": "Sec-Fetch-Site is not same-origin"}),
    ("a handler that fails", ("POST", "/fail", (), "text=" + TYPED), "error",
     {"route": "/fail", "status": "503", "reason": "the secret reason is 42"}),
    ("a handler that returns what is no outcome", ("POST", "/odd", (), "text=" + TYPED), "error",
     {"route": "/odd", "status": "503",
      "reason": "the handler returned no outcome of prg.h"}),
    ("a get of no outcome's status", ("GET", "/odd/page"), "error",
     {"route": "/odd/page", "status": "500",
      "reason": "the handler returned no outcome of prg.h"}),
    ("a get of no template", ("GET", "/odd/nameless"), "error",
     {"route": "/odd/nameless", "status": "500",
      "reason": "the handler returned no outcome of prg.h"}),
    ("a fault of no field", ("POST", "/typo", (), "text=" + TYPED), "warning",
     {"route": "/typo", "status": "303", "reason": "prg_field_error: there is no field 'txet'"}),
    ("no field that is filled", ("GET", "/typo"), "warning",
     {"route": "/typo", "status": "200", "reason": "prg_fill: there is no field 'txet'"}),
    ("invalid input of a program", ("POST", "/note", JSON, "text="), "debug",
     {"route": "/note", "status": "422"}),
]
ORDER = ["error", "warning", "info", "debug"]


def parse(line):
    """The pairs of a line; that it is made of nothing else."""
    assert line.endswith("\n"), f"no line: {line!r}"
    line, pairs, at = line[:-1], {}, 0
    while at < len(line):
        m = PAIR.match(line, at)
        assert m, f"no pair at {at} of {line!r}"
        key, value = m.groups()
        assert key not in pairs, f"{key} is there twice: {line!r}"
        pairs[key] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value[0] == '"' else value
        at = m.end()
    return pairs


def all_lines(app):
    with app.event:
        return [parse(line) for line in app.lines if line != "at the gate\n"]


def lines_of(app, event):
    return [p for p in all_lines(app) if p.get("event") == event]


def named(app, id, *request):
    """A request to which the web server gives this ID."""
    return app.request(*request, more=[("REQUEST_ID", id)])


def wait_for_id(app, id):
    """The line of the request that sent it."""
    app.wait_for(f" id={id} ")
    return next(p for p in lines_of(app, "request") if p["id"] == id)


def wait_for_lines(app, count):
    """So many lines of requests."""
    with app.event:
        assert app.event.wait_for(lambda: app.log.count("event=request ") >= count,
                                  DEADLINE), app.log
    return lines_of(app, "request")


def ids(t, app):
    for i, (name, params, want) in enumerate(IDS):
        with t.row(f"the ID of a request: {name}"):
            # A line follows its answer, so each is waited for.
            before = wait_for_lines(app, i)
            status(app.request("GET", "/note", more=params), 200)
            line = wait_for_lines(app, i + 1)[-1]
            id, theirs = line["id"], [v for n, v in params if n == "HTTP_X_REQUEST_ID"]
            equal(len(before), i, "the count of lines before")
            if want is None:
                assert OWN.fullmatch(id) and id not in theirs, f"it is {id!r}"
            else:
                equal(id, want, "it")
            plain = len(theirs) == 1 and re.fullmatch("[A-Za-z0-9.]{1,64}", theirs[0])
            equal(line.get("x-request-id"), theirs[0] if plain else None, "the client's")
    with t.row("no two of ours are alike"):
        own = [p["id"] for p in lines_of(app, "request") if OWN.fullmatch(p["id"])]
        equal(len(set(own)), len(own))


def levels(t, apps):
    for i, (name, request, level, pairs) in enumerate(LINES):
        with t.row(f"{name} is told at level {level}, and from there on"):
            for on, app in apps.items():
                id, end = f"level-{i}", f"level-{i}-end"
                named(app, id, *request)
                status(named(app, end, "POST", "/fail", (), "text=a"), 503)
                wait_for_id(app, end)
                if ORDER.index(on) >= ORDER.index(level):
                    wait_for_id(app, id)
                got = [p for p in lines_of(app, "request") if p["id"] == id]
                equal(len(got), ORDER.index(on) >= ORDER.index(level),
                      f"the count of lines with --log-level {on}")
                for p in got:
                    equal(p["level"], level, "the level")
                    equal({k: p.get(k) for k in pairs}, pairs, "the line")
                    assert re.fullmatch(r"\d+\.\d\d", p["ms"]), p["ms"]


def secrets(t, app):
    """All that a browser sends on its way to a result, and what comes of it."""
    cookie, query = "cookie-91c2", "query-55d0"
    fields = [("Cookie", "a=" + cookie), ("Referer", "http://a/" + query)]
    form = app.request("GET", "/note?a=" + query, fields)
    key = Page(form.text).having("name", "prg-key")[0][1]["value"]
    body = f"text={TYPED}&prg-key={key}"
    location = status(app.request("POST", "/note?a=" + query, fields, body), 303).get("Location")
    id = location[len("/note/"):]
    status(named(app, "found", "GET", location, fields), 200)
    status(app.request("POST", "/note", fields + CROSS, body), 403)
    status(app.request("GET", location + "/x", fields), 404)
    status(named(app, "done", "GET", "/note"), 200)
    mark = hashlib.blake2b(id.encode(), digest_size=16).hexdigest()[:8]
    with t.row("a line says which submission, by a hash of its ID"):
        line = wait_for_id(app, "found")
        equal((line["route"], line["submission"]), ("/note", mark))
        equal(sorted(p["status"] for p in lines_of(app, "request")
                     if p.get("submission") == mark), ["200", "303"])
    wait_for_id(app, "done")
    for name, secret in (("an ID", id), ("the beginning of an ID", id[:8]),
                         ("the end of an ID", id[-8:]),
                         ("a key", key[len(id) + 1:]), ("a value", TYPED),
                         ("a cookie", cookie), ("a query", query)):
        with t.row(f"at level debug the log has not {name}"):
            assert len(secret) > 7, secret
            lacks(app.log, secret, "the log")


def whole(t, place):
    app = place.app("--log-level", "debug", program="probe")
    with t.row("lines of many threads do not mix, and are in logfmt all"):
        def load(number):
            c = app.connect()
            for i in range(100):
                c.request("GET", "/note", [("X-Request-Id", f"c{number}n{i}")], keep=True)
            c.close()
        threads = [threading.Thread(target=load, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        app.signal(signal.SIGUSR1)
        app.wait_for(" event=report rows=0 syncs=0 refused=0\n")
        app.stop()
        seen = [p["x-request-id"] for p in lines_of(app, "request")]
        equal(sorted(seen), sorted(f"c{n}n{i}" for n in range(8) for i in range(100)))
    with t.row("each line has time, level and name; it begins with start and ends with stop"):
        lines = all_lines(app)
        for p in lines:
            equal(list(p)[:3], ["ts", "level", "app"])
            assert STAMP.fullmatch(p["ts"]), p["ts"]
            equal(p["app"], "probe")
        equal((lines[0]["event"], lines[-1]["event"]), ("start", "stop"))
        equal({k: lines[-1][k] for k in ("rows", "syncs", "refused")},
              {"rows": "0", "syncs": "0", "refused": "0"})


def said(place, *flags, right=True, env=None):
    """What a guestbook says into a pipe that is the journal's, or is not."""
    ours, theirs = os.pipe()
    st = os.fstat(theirs)
    stream = f"{st.st_dev}:{st.st_ino + (not right)}"
    app = subprocess.Popen(place.args("--listen", "unix:" + place.file("j.sock"), "--store",
                                      place.file("j.db"), *flags),
                           env=environment(JOURNAL_STREAM=stream), stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=theirs, cwd=place.folder)
    os.close(theirs)
    with open(ours) as f:
        first = f.readline()
        app.send_signal(signal.SIGTERM)
        rest = f.read()
    app.wait(DEADLINE)
    return first + rest


def refused(t, place):
    app = place.app(program="probe")
    for _ in range(20):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(DEADLINE)
            s.connect(app.path)
            s.sendall(b"GET / HTTP/1.1\r\n\r\n")
            equal(s.recv(100), b"", "an answer to what is no request")
    app.stop()
    with t.row("of 20 peers that send no request, one is told of"):
        equal(app.log.count("it is not a FastCGI request"), 1, app.log)


def journal(t, place):
    with t.row("to the journal, a line begins with its priority and leaves out the time"):
        lines = said(place).splitlines()
        equal(len(lines), 2, "the count of lines")
        for line in lines:
            has(line[:25], "<6>level=info app=guestbo")
            lacks(line, "ts=")
    with t.row("if stderr is not what JOURNAL_STREAM names, it is as everywhere"):
        lacks(said(place, right=False), "<")
    with t.row("a sentence about a wrong flag stays a sentence"):
        equal(said(place, "--threads", "0"), "guestbook: --threads: 0: invalid; give a "
              "whole number from 1 to 1024\n")


def run(t, bin):
    with Place(t, bin) as place:
        flags = ("--max-body", "1000")
        apps = {level: place.app("--log-level", level, *flags, program="probe",
                                 socket=level + ".sock") for level in ("info", "debug")}
        ids(t, apps["debug"])
        levels(t, apps)
        secrets(t, apps["debug"])
    for part in (whole, refused, journal):
        with Place(t, bin) as place:
            part(t, place)
