"""The same program, started by a web server for one request."""
import os
import signal
import socket
import subprocess
import time
from urllib.parse import urlencode

from client import DEADLINE, NEVER, cgi_params, chunked, encode, parse_cgi
from harness import REPORTS, Place, environment
from page import Page
from runner import among, equal, has, status

ANN = "name=Ann&message=Hi+%26+bye"


def run_cgi(place, pairs, body=b"", program="guestbook", store=True, words=()):
    env = environment(**{n: v for n, v in pairs})
    if store:
        env["PRG_STORE"] = place.file(program + ".db")
    done = subprocess.run(place.args(*words, program=program), cwd=place.folder, env=env,
                          input=encode(body), capture_output=True, timeout=DEADLINE)
    said = done.stderr.decode()
    for report in REPORTS:
        assert report not in said, said
    return done, said


# What various web servers say of one request: (name, what differs from cgi_params(), the
# body or None, the status).  A parameter that is NEVER is missing.
SAID = [
    ("no REQUEST_URI", [("REQUEST_URI", NEVER), ("SCRIPT_NAME", "/app")], None, 200),
    ("no REQUEST_URI, and a path", [("REQUEST_URI", NEVER), ("SCRIPT_NAME", "/app"),
                                    ("PATH_INFO", "/nothing")], None, 404),
    ("no address at all", [("REQUEST_URI", NEVER)], None, 400),
    ("no REQUEST_URI, a form", [("REQUEST_URI", NEVER), ("SCRIPT_NAME", "/app"),
                                ("PATH_INFO", "/")], ANN, 303),
    ("an address that is decoded", [("REQUEST_URI", NEVER), ("SCRIPT_NAME", "/app"),
                                    ("PATH_INFO", "/100%")], None, 404),
    ("a form without a length", [("CONTENT_LENGTH", NEVER)], ANN, 411),
    ("a form with an empty length", [("CONTENT_LENGTH", "")], ANN, 411),
    ("a form of negative length", [("CONTENT_LENGTH", "-1")], ANN, 411),
    ("a form in raw chunks", [("CONTENT_LENGTH", NEVER)], chunked(ANN), 411),
    ("an empty form", [("CONTENT_LENGTH", "0")], "", 303),
    ("GET with the type and length of Python", [("CONTENT_TYPE", "text/plain"),
                                                ("CONTENT_LENGTH", "")], None, 200),
]


class Cgi:
    """A client of one process for each request."""

    def __init__(self, place, program="guestbook"):
        self.place, self.program = place, program

    def request(self, *args, more=(), **kw):
        body = args[3] if len(args) > 3 else b""
        pairs = cgi_params(*args, **kw) + list(more)
        done, said = run_cgi(self.place, pairs, body, self.program)
        equal(done.returncode, 0, f"the exit code, which says {said!r},")
        return parse_cgi(done.stdout)


def loop(t, place):
    cgi = Cgi(place)
    with t.row("GET shows the form"):
        r = status(cgi.request("GET", "/"), 200)
        has(r.text, "<form")
        equal(r.get("Content-Length"), str(len(r.body)))
    with t.row("POST is 303, and stored for good"):
        r = status(cgi.request("POST", "/", (), ANN), 303)
        location = r.get("Location")
        equal(Page(r.text).links, [location])
    with t.row("the next process has the result"):
        r = status(cgi.request("GET", location), 200)
        has(r.text, "Hi &amp; bye")
    with t.row("HEAD has GET's fields and no body"):
        head = status(cgi.request("HEAD", location), 200)
        equal(head.fields, r.fields)
        equal(head.body, b"")
    with t.row("304 has no body"):
        r = status(cgi.request("GET", location, [("If-None-Match", r.get("ETag"))]), 304)
        equal(r.body, b"")
    with t.row("a server process sees what CGI ones stored"):
        app = place.app("--store", place.file("guestbook.db"))
        status(app.request("GET", location), 200)
        other = status(app.request("POST", "/", (), ANN), 303).get("Location")
        status(cgi.request("GET", other), 200)
    with t.row("bytes after CONTENT_LENGTH are not part of the form"):
        r = cgi.request("POST", "/", (), ANN + "XXXX", length=str(len(ANN)))
        has(cgi.request("GET", status(r, 303).get("Location")).text, "Hi &amp; bye</dd>")
    with t.row("a body that breaks off is 400"):
        status(cgi.request("POST", "/", (), ANN, length=str(len(ANN) + 1)), 400)
    with t.row("a coded body without a length is 411"):
        status(cgi.request("POST", "/", [("Transfer-Encoding", "chunked")], ANN, length=""), 411)


def said(t, place):
    for name, more, body, want in SAID:
        with t.row(f"{name}: {want}"):
            pairs = cgi_params("GET" if body is None else "POST", "/app/", (), body, more=[
                ("PRG_BASE", "/app"), *more])
            done, _ = run_cgi(place, pairs, body or b"")
            status(parse_cgi(done.stdout), want)
    with t.row("a query that is not in REQUEST_URI is read"):
        r = Cgi(place, "probe").request("GET", "/", more=[("QUERY_STRING", "missing")])
        status(r, 404)


# SCRIPT_NAME, the base, and the address of "/".
FILES = [
    ("/cgi-bin/gb", "/cgi-bin/gb", "/cgi-bin/gb"),
    ("/gb.cgi", "/gb.cgi", "/gb.cgi"),
    ("/cgi-bin/gb.cgi", "/gb", "/gb/"),
    ("/cgi-bin", "/cgi-bin/gb", "/cgi-bin/gb/"),
    ("", "", "/"),
]


def files(t, place):
    """BusyBox and Yaws find no program at /cgi-bin/gb/."""
    for script, base, home in FILES:
        with t.row(f"the program {script or '-'} at {base or '-'}: its home is {home}"):
            cgi, more = Cgi(place), [("SCRIPT_NAME", script), ("PRG_BASE", base)]
            page = Page(status(cgi.request("GET", home, more=more), 200).text)
            equal(page.having("method", "post")[0][1]["action"], home + "?", "the action")
            among(home, page.links, "the home of the layout")
            r = status(cgi.request("POST", home + "?", (), ANN, more=more), 303)
            equal(r.get("Location")[:len(base) + 1], base + "/", "where the result is")
            page = Page(status(cgi.request("GET", r.get("Location"), more=more), 200).text)
            equal(page.links.count(home), 2, "links to the home on a result")
    with t.row("a redirect to the home is without a slash, too"):
        for path, want in (("/", "/gb"), ("/?a=/", "/gb?a=/"), ("/note", "/gb/note")):
            r = Cgi(place, "probe").request(
                "POST", "/gb/away", (), urlencode({"text": path}),
                more=[("SCRIPT_NAME", "/gb"), ("PRG_BASE", "/gb")])
            equal(status(r, 303).get("Location"), want)


def endless(t, place):
    """A stdin without an end, as uWSGI's: all at once, as each waits for a while."""
    cases = [("chunked", [("CONTENT_LENGTH", NEVER), ("HTTP_TRANSFER_ENCODING", "chunked")], 411),
             ("without a length", [("CONTENT_LENGTH", NEVER)], 411),
             ("of another type", [("CONTENT_TYPE", "text/plain")], 415)]
    children, start = [], time.monotonic()
    try:
        for _, more, _ in cases:
            env = environment(PRG_STORE=place.file("cgi.db"), **dict(
                cgi_params("POST", "/", (), ANN, more=more)))
            children.append(subprocess.Popen(
                place.args(), cwd=place.folder, env=env, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL))
        for (name, _, want), child in zip(cases, children):
            with t.row(f"a form {name} on a stdin that never ends: the program does"):
                equal(child.wait(DEADLINE), 0, "the exit code")
                status(parse_cgi(child.stdout.read()), want)
                took = time.monotonic() - start
                assert took < 15, f"it took {took:.1f} s"
    finally:
        for child in children:
            child.stdin.close()
            child.kill()
            child.wait()
            child.stdout.close()


def one_socket(place, body):
    """As Apache's mod_cgid does it: one socket is both stdin and stdout."""
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    pairs = cgi_params("POST", "/", [("Content-Type", "text/plain")], body)
    env = environment(PRG_STORE=place.file("guestbook.db"), **dict(pairs))
    child = subprocess.Popen(place.args(), cwd=place.folder, env=env, stdin=theirs,
                             stdout=theirs, stderr=subprocess.DEVNULL)
    theirs.close()
    raw = b""
    with ours:
        ours.settimeout(DEADLINE)
        ours.sendall(body)
        while chunk := ours.recv(65536):
            raw += chunk
    equal(child.wait(DEADLINE), 0, "the exit code")
    return parse_cgi(raw)


def stopped(t, place):
    with t.row("SIGTERM ends one that waits for its body"):
        env = environment(PRG_STORE=place.file("guestbook.db"),
                          **dict(cgi_params("POST", "/", (), ANN)))
        child = subprocess.Popen(place.args(), cwd=place.folder, env=env, stdin=subprocess.PIPE,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            end = time.monotonic() + DEADLINE
            while not os.path.exists(place.file("guestbook.db")):
                assert time.monotonic() < end, "it makes no store"
                time.sleep(0.01)
            child.terminate()
            equal(child.wait(DEADLINE), -signal.SIGTERM, "the end of it")
        finally:
            child.kill()
            child.wait()
            child.stdin.close()


def refused(t, place):
    with t.row("a body that is refused is read all the same, or the answer would be lost"):
        for size in (3, 3000, 3000000):
            status(one_socket(place, b"x" * size), 415)
    with t.row("without PRG_STORE it is refused in a sentence"):
        done, said = run_cgi(place, cgi_params("GET", "/"), store=False)
        assert done.returncode != 0, "exit code 0"
        has(said, "PRG_STORE: missing")
        equal(said.count("\n"), 1, "the count of lines")
        equal(done.stdout, b"")
    with t.row("a store that can't be opened is refused in a sentence"):
        done, said = run_cgi(place, cgi_params("GET", "/") + [("PRG_STORE", "/no/dir/x")],
                             store=False)
        assert done.returncode != 0, "exit code 0"
        has(said, "/no/dir/x")
    for words in ("--help",), ("purge",), ("rm", 27 * "0"), ("--store", "/no/dir/x"):
        with t.row(f"a query that comes as words, {words[0]}, is no command"):
            done, said = run_cgi(place, cgi_params("GET", "/?" + "+".join(words)), words=words)
            equal(done.returncode, 0, f"the exit code, which says {said!r},")
            status(parse_cgi(done.stdout), 200)
    with t.row("HTTP_PROXY does not reach a handler"):
        r = Cgi(place, "probe").request("GET", "/", [("Accept", "application/json")],
                                        more=[("HTTP_PROXY", "http://evil.example")])
        equal(status(r, 200).json["proxy"], "none")


def run(t, bin):
    for part in (loop, said, files, endless, stopped, refused):
        with Place(t, bin) as place:
            part(t, place)
