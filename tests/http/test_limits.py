"""Each limit: a request at the limit is accepted, one beyond it is not."""
import os
import resource
import select
import time

import client as wire
from client import DEADLINE, FORM
from harness import Place, room_for
from runner import equal, has, status
from test_multipart import TYPE, form

BUSY = 0.5              # seconds of CPU in one of exhaustion: spinning takes all
SMALL = ("--max-body", "2000", "--max-upload", "3000")
LARGE = ("--max-body", str(2 << 20))
MANY = 150
FIELDS, FILES, VALUE, PARAMS = 1000, 20, 1 << 20, 64 << 10      # serve/options.h


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


# The flags, the limit, the Content-Type, a function that makes a form of such a size, and
# words of the error.
FORMS = [
    (SMALL, 2000, FORM, padded, "2000"),
    (SMALL, 3000, TYPE, uploaded, "3000"),
    (LARGE, FIELDS, FORM, inputs, "fields"),
    (LARGE, FIELDS, TYPE, lambda n: form(("text", "a"), *(n - 1) * [("b", "")]), "fields"),
    (LARGE, FILES, TYPE, with_files, "files"),
    (LARGE, VALUE, FORM, lambda n: "text=a&b=" + n * "x", "value"),
    (LARGE, VALUE, TYPE, lambda n: form(("text", "a"), ("b", n * "x")), "value"),
]


def forms(t, place):
    apps = {flags: place.app(*flags, program="probe", socket=f"{len(flags)}.sock")
            for flags in (SMALL, LARGE)}
    for flags, limit, kind, make, words in FORMS:
        for size, want in ((limit, 303), (limit + 1, 413)):
            with t.row(f"{words}: {size} is {want} as {kind[:12]}"):
                assert flags == LARGE or len(make(size)) == size
                r = apps[flags].request("POST", "/note", [("Content-Type", kind)], make(size))
                status(r, want)
                assert want == 303 or words in r.text, r.text


def params(t, place):
    app = place.app(program="probe")
    usual = len(wire.params_bytes(wire.cgi_params("GET", "/note", [("X", "x" * 200)])))
    for size, answered in ((PARAMS, True), (PARAMS + 1, False)):
        with t.row(f"{size} bytes of params are {'' if answered else 'not '}answered"):
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
        for closing in taken[:len(waiting)]:
            closing.close()
            ready = answered(waiting, DEADLINE)
            assert ready, f"{len(waiting)} wait on: {app.log}"
            for c in [c for c in waiting if c.socket in ready]:
                status(c.read(), 404)
                waiting.remove(c)
    with t.row(f"{what}: it is told once"):
        equal(app.log.count("no more connections are accepted for now"), 1)


def connections(t, place):
    """As many as RLIMIT_NOFILE has room for."""
    app = place.app(preexec_fn=room_for(MANY))
    taken = [ask(app) for _ in range(MANY)]
    with t.row(f"{MANY} connections fit, and each stores a form"):
        for c in taken:
            status(c.read(), 404)
            status(c.request("POST", "/", (), "name=Ann&message=Hi", keep=True), 303)
    waiting = [ask(app) for _ in range(4)]
    exhausted(t, app, taken, list(waiting), f"{MANY} connections")
    with t.row("the log names the limit"):
        has(app.log, "the limit on descriptors")
    for c in taken + waiting:
        c.close()


def descriptors(t, place):
    """None is left, though more connections would be allowed."""
    app = place.app()
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


def idle(t, place):
    """The timeout of "hasty" is one second."""
    app = place.app(program="hasty")
    with t.row("a connection that nobody uses is closed"):
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
    with t.row("by default it stays for longer"):
        other = place.app(program="probe", socket="other.sock")
        stays, goes = other.connect(), app.connect()
        assert goes.at_end(), "it was not closed"
        status(stays.request("GET", "/nothing", keep=True), 404)
        stays.close()
        goes.close()


def slow_peer(t, place):
    app = place.app("--io-timeout", "1")
    with t.row("--io-timeout 1: the rest of a head is waited for so long"):
        c = app.connect()
        c.socket.sendall(wire.record(wire.BEGIN, b"\0\1\1\0\0\0\0\0")[:11])
        assert c.at_end(), "it was not closed"
        c.close()
    with t.row("--io-timeout 1: a body may pause for longer"):
        c = app.connect()
        sent = wire.fcgi_bytes("POST", "/", (), "name=Ann&message=Hi")
        c.socket.sendall(sent[:-20])
        time.sleep(2)
        c.socket.sendall(sent[-20:])
        status(c.read(), 303)
        c.close()
    with t.row("--io-timeout 1: a body that does not come is waited for 4 seconds"):
        c = app.connect()
        start = time.monotonic()
        c.socket.sendall(sent[:-20])
        status(c.read(), 400)
        took = time.monotonic() - start
        assert 3 < took < 9, f"it took {took:.1f} s"
        c.close()


def run(t, bin):
    for part in (forms, params, connections, descriptors, idle, slow_peer):
        with Place(t, bin) as place:
            part(t, place)
