"""Each limit: what is just within is taken, one more is not."""
import os
import resource
import select
import time

import client as wire
from client import DEADLINE, FORM
from harness import Place
from runner import equal, has, status
from test_multipart import TYPE, form
from test_refused import HERE, check
from test_log import lines_of
from test_status import Metrics

BUSY = 0.5              # seconds of CPU in one of exhaustion: spinning takes all
FLAGS = ("--max-body", "2000", "--max-upload", "3000", "--max-fields", "6", "--max-files", "3",
         "--max-value", "1500", "--max-params", "8192")


def padded(total):
    """An urlencoded form of so many bytes."""
    body = "text=a&b=" + "x" * 1400 + "&c="
    return body + "x" * (total - len(body))


def uploaded(total):
    """The same in multipart/form-data, as the content of a file."""
    return form(("text", "a"), ("f", (total - len(with_files(1))) * "x", "n"))


def with_files(n):
    return form(("text", "a"), *n * [("f", "", "n")])


def inputs(n):
    return "text=a" + (n - 1) * "&b="


# The flag, its value, the Content-Type, what makes a form of such a size.
FORMS = [
    ("--max-body", 2000, FORM, padded),
    ("--max-upload", 3000, TYPE, uploaded),
    ("--max-fields", 6, FORM, inputs),
    ("--max-fields", 6, TYPE, lambda n: form(("text", "a"), *(n - 1) * [("b", "")])),
    ("--max-files", 3, TYPE, with_files),
    ("--max-value", 1500, FORM, lambda n: "text=a&b=" + n * "x"),
    ("--max-value", 1500, TYPE, lambda n: form(("text", "a"), ("b", n * "x"))),
]


def forms(t, app):
    for flag, limit, kind, make in FORMS:
        for size, want in ((limit, 303), (limit + 1, 413)):
            with t.row(f"{flag} {limit}: {size} is {want} as {kind[:12]}"):
                assert not flag.startswith("--max-b") or len(make(size)) == size
                assert not flag.startswith("--max-u") or len(make(size)) == size
                status(app.request("POST", "/note", [("Content-Type", kind)], make(size)), want)


def params(t, app):
    usual = len(wire.params_bytes(wire.cgi_params("GET", "/note", [("X", "x" * 200)])))
    for size, answered in ((8192, True), (8193, False)):
        with t.row(f"--max-params 8192: {size} bytes are {'' if answered else 'not '}answered"):
            pairs = wire.cgi_params("GET", "/note", [("X", "x" * (200 + size - usual))])
            raw = wire.params_bytes(pairs)
            equal(len(raw), size)
            c = app.connect()
            c.socket.sendall(wire.record(wire.BEGIN, b"\0\1\0\0\0\0\0\0") +
                             wire.stream(wire.PARAMS, raw) + wire.stream(wire.STDIN, b""))
            if answered:
                status(c.read(), 200)
            else:
                assert c.at_end(), "it was not closed"
            c.close()


def cpu(app):
    """Seconds that the process has computed for."""
    with open(f"/proc/{app.pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ask(app):
    c = app.connect()
    c.send("GET", "/nothing", keep=True)
    return c


def answered(conns, seconds=0):
    return select.select([c.socket for c in conns], [], [], seconds)[0]


def exhausted(t, app, taken, waiting, what):
    """Connections beyond the limit wait, at no cost, and are answered as others close."""
    with t.row(f"{what}: those beyond it wait"):
        before, start = cpu(app), time.monotonic()
        equal(answered(waiting, 1.0), [], "what was answered")
        used, took = cpu(app) - before, time.monotonic() - start
    with t.row(f"{what}: waiting costs no time of the processor"):
        assert used < BUSY * took, f"{used:.2f} s in {took:.2f} s"
    with t.row(f"{what}: those within it are answered meanwhile"):
        for c in taken:
            status(c.request("GET", "/nothing", keep=True), 404)
    with t.row(f"{what}: as each closes, one that waits is answered"):
        for closing in taken:
            closing.close()
            ready = answered(waiting, DEADLINE)
            assert ready, f"{len(waiting)} wait on: {app.log}"
            for c in [c for c in waiting if c.socket in ready]:
                status(c.read(), 404)
                waiting.remove(c)
    with t.row(f"{what}: it is told once"):
        equal(app.log.count("no more connections are accepted for now"), 1)


def connections(t, place):
    app = place.app("--max-connections", "4", "--threads", "2")
    taken = [ask(app) for _ in range(4)]
    with t.row("--max-connections 4: four are taken"):
        for c in taken:
            status(c.read(), 404)
    waiting = [ask(app) for _ in range(4)]
    exhausted(t, app, taken, list(waiting), "--max-connections 4")
    with t.row("the log names the limit"):
        has(app.log, "--max-connections are open")
    for c in waiting:
        c.close()


def descriptors(t, place):
    """None is left, though --max-connections would allow more."""
    app = place.app("--threads", "2")
    taken = [ask(app) for _ in range(4)]
    for c in taken:
        status(c.read(), 404)
    before = resource.prlimit(app.pid, resource.RLIMIT_NOFILE)
    used = max(int(fd) for fd in os.listdir(f"/proc/{app.pid}/fd")) + 1
    resource.prlimit(app.pid, resource.RLIMIT_NOFILE, (used, before[1]))
    waiting = [ask(app) for _ in range(4)]
    exhausted(t, app, taken, list(waiting), "no descriptors")
    with t.row("the log names the reason"):
        has(app.log, "Too many open files")
    for c in waiting:
        c.close()
    resource.prlimit(app.pid, resource.RLIMIT_NOFILE, before)


def few(number):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))


def fitted(t, place):
    """By default there are as many as fit: 32 descriptors are ours, 8 a worker's."""
    with t.row("RLIMIT_NOFILE 64 leaves 16 connections beside two threads"):
        app = place.app("--threads", "2", preexec_fn=few(64))
        equal(lines_of(app, "start")[0]["connections"], "16")
        taken = [ask(app) for _ in range(16)]
        for c in taken:
            status(c.read(), 404)
            status(c.request("POST", "/", (), "name=Ann&message=Hi", keep=True), 303)
        late = ask(app)
        equal(answered([late], 0.2), [])
        taken[0].close()
        status(late.read(), 404)
        for c in taken + [late]:
            c.close()
    with t.row("--max-connections beyond it is refused at start"):
        check(place, [HERE, "--threads", "2", "--max-connections", "17"],
              "--max-connections is 16 at most, or RLIMIT_NOFILE must be more than 64",
              preexec_fn=few(64))
        place.app("--threads", "2", "--max-connections", "16", preexec_fn=few(64))
    with t.row("no room for any is refused at start"):
        check(place, [HERE, "--threads", "4"], "raise it above 64", preexec_fn=few(64))


def idle(t, place):
    app = place.app("--idle-timeout", "1", "--io-timeout", "30")
    with t.row("--idle-timeout 1: a connection that nobody uses is closed"):
        unused = app.connect()
        assert unused.at_end(), "it was not closed"
        unused.close()
    with t.row("its peer is asked to close it first, by an empty record"):
        used = ask(app)
        status(used.read(), 404)
        equal(used.file.read(8), bytes([1, wire.STDERR, 0, 1, 0, 0, 0, 0]))
        assert used.at_end(), "it was not closed"
        used.close()
    with t.row("one that is used stays"):
        c, start = app.connect(), time.monotonic()
        while time.monotonic() - start < 2.5:
            status(c.request("GET", "/nothing", keep=True), 404)
            answered([c], 0.3)
        c.close()
    with t.row("with 0 nobody is sent away"):
        other = place.app("--idle-timeout", "0", socket="other.sock")
        stays, goes = other.connect(), app.connect()
        assert goes.at_end(), "it was not closed"
        status(stays.request("GET", "/nothing", keep=True), 404)
        stays.close()
        goes.close()
        # What asks may be there yet, the one that was closed for its client is not.
        assert Metrics(other).get("prg_connections") <= 2


def slow_peer(t, place):
    app = place.app("--io-timeout", "1", "--idle-timeout", "0")
    with t.row("--io-timeout 1: the rest of a head is waited for so long"):
        c = app.connect()
        c.socket.sendall(wire.record(wire.BEGIN, b"\0\1\1\0\0\0\0\0")[:11])
        assert c.at_end(), "it was not closed"
        c.close()


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app(*FLAGS, program="probe")
        forms(t, app)
        params(t, app)
    for part in (connections, descriptors, fitted, idle, slow_peer):
        with Place(t, bin) as place:
            part(t, place)
