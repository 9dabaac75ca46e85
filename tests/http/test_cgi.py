"""The same program, started by a web server for one request."""
import os
import signal
import socket
import subprocess
import time

from client import DEADLINE, cgi_params, encode, parse_cgi
from harness import REPORTS, Place, environment
from page import Page
from runner import equal, has, status

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
    for part in (loop, stopped, refused):
        with Place(t, bin) as place:
            part(t, place)
