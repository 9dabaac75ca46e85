"""fire.py - whatever a peer sends, the app answers as it should and serves on.

usage: python3 -B tests/fire/fire.py BIN

Each row of the table is what one connection sends and what comes of it, to its end.
After each of them a neighbour is answered and the app has no descriptor more.
"""
import base64
import os
import select
import signal
import socket
import stat
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from client import ABORT, END, PARAMS, STDERR, STDIN, STDOUT, size     # noqa: E402
from forms import Direct     # noqa: E402
from harness import Place, allow_many_files, free_port     # noqa: E402
from runner import Suite, end_by_signal, equal, status     # noqa: E402
from wire import AUTHORIZER, BEGIN, DATA, FILTER, GET_VALUES, PUBLIC, Neighbour, Peer     # noqa: E402
from wire import ask, begin, check_descriptors, conformance, descriptors     # noqa: E402
from wire import get, head, pairs, pieces, post, post_head, record     # noqa: E402

CAP = 64 << 10          # --max-params
MAX_CONNS, MAX_REQS, MPXS = "FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS"
ALL_VALUES = f"values {MAX_CONNS}=1024 {MAX_REQS}=1024 {MPXS}=0"
GONE = object()         # after it the peer sends nothing more


def filled(n):
    """PARAMS of that many bytes."""
    content = pairs()
    value = n - len(content) - 1 - 4 - 1
    return content + size(1) + (value | 1 << 31).to_bytes(4, "big") + b"X" + b"v" * value


def with_params(content):
    return begin() + pieces(PARAMS, content) + record(STDIN)


def lying(name, value, content=b"AB"):
    """A pair with lengths that are none of its own."""
    return with_params(pairs() + name + value + content)


def at_length(n):
    """CONTENT_LENGTH says so, the body has 7 bytes."""
    return post(length=n)


# What is sent, and what comes of it: a status, "end N" for END_REQUEST with that protocol
# status alone, "of N" if its request is not 1, "kept" if the connection can be used on.
# With GONE the peer sends no more, so what it sent is all that there will be.
TABLE = [
    # -- requests in all shapes
    ("a GET", get(), "200, kept"),
    ("a POST", post(), "303, kept"),
    ("not to be kept", get(flags=0), "200, closed"),
    ("flags that mean nothing", get(flags=0xff), "200, kept"),
    ("request 65535", get(65535), "200 of 65535, kept"),
    ("three at once", get() + post() + get(7), "200, 303, 200 of 7, kept"),
    ("PARAMS of a byte each", begin() + pieces(PARAMS, pairs(), most=1) + record(STDIN),
     "200, kept"),
    ("STDIN of a byte each", post_head() + pieces(STDIN, b"text=Hi", most=1), "303, kept"),
    ("255 bytes of padding everywhere",
     begin(padding=255) + pieces(PARAMS, pairs("POST", body="text=Hi"), padding=255) +
     pieces(STDIN, b"text=Hi", padding=255), "303, kept"),
    ("lengths of four bytes where one would do",
     lying(b"\x80\0\0\1", b"\x80\0\0\1"), "200, kept"),
    ("no params", begin() + record(PARAMS) + record(STDIN), "400, kept"),
    ("PARAMS at the cap", with_params(filled(CAP)), "200, kept"),
    ("as many params as fit", with_params(pairs() + b"\1\0A" * 20000), "200, kept"),

    # -- what is no request
    ("nothing", GONE, "closed"),
    ("HTTP", b"GET / HTTP/1.1\r\n\r\n", "closed"),
    ("TLS", b"\x16\3\1\2\0\1\0\1\xfc\3\3", "closed"),
    ("64 KB of zeros", bytes(65536), "closed"),
    ("version 0", begin(version=0) + get()[16:], "closed"),
    ("version 2", begin(version=2) + get()[16:], "closed"),
    ("version 2 in PARAMS", begin() + record(PARAMS, pairs(), version=2), "closed"),
    ("version 2 in STDIN", post_head() + record(STDIN, b"text=Hi", version=2), "400, closed"),
    ("BEGIN of no bytes", record(BEGIN) + get()[16:], "closed"),
    ("BEGIN of 7 bytes", record(BEGIN, b"\0\1\1\0\0\0\0") + get()[16:], "closed"),
    ("BEGIN of 9 bytes", record(BEGIN, b"\0\1\1\0\0\0\0\0\0") + get()[16:], "closed"),
    ("an authorizer", begin(role=AUTHORIZER) + get()[16:], "end 3, closed"),
    ("a filter", begin(role=FILTER) + get()[16:], "end 3, closed"),
    ("role 0", begin(role=0) + get()[16:], "end 3, closed"),
    ("role 65535, request 9", begin(9, role=65535), "end 3 of 9, closed"),

    # -- questions
    ("all values", ask(MPXS, MAX_REQS, MAX_CONNS), f"{ALL_VALUES}, kept"),
    ("no values", ask(), "values, kept"),
    ("values that we don't know", ask("A", "", MPXS), f"values {MPXS}=0, kept"),
    ("a value six times", ask(*[MAX_CONNS] * 6), f"values {MAX_CONNS}=1024, kept"),
    ("64 KB of names", ask(*[MAX_CONNS] * 4000), f"values {MAX_CONNS}=1024, kept"),
    ("a question that lies", record(GET_VALUES, b"\xff\xff\xff\xfe\xff\xff\xff\xfe", 0),
     "values, kept"),
    ("between requests", get() + ask(MPXS) + get(), f"200, values {MPXS}=0, 200, kept"),
    ("a question of type 12", record(12, b"what?", 0, 3), "unknown 12, kept"),
    ("of type 0", record(0, b"", 0), "unknown 0, kept"),
    ("of type 255", record(255, b"", 0), "unknown 255, kept"),
    ("BEGIN as a question", begin(0), "unknown 1, kept"),
    ("a question in PARAMS", begin() + ask(MPXS) + get()[16:], f"values {MPXS}=0, 200, kept"),
    ("a question in STDIN", post_head() + ask(MPXS), "400, closed"),

    # -- a second request on the connection
    ("BEGIN twice", begin() + get(), "closed"),
    ("BEGIN again in STDIN", post_head() + begin(), "400, closed"),
    ("another in PARAMS", begin() + begin(2) + get()[16:], "end 1 of 2, 200, kept"),
    ("another whole one in PARAMS", begin() + get(2) + get()[16:], "end 1 of 2, 200, kept"),
    ("another amid PARAMS", begin() + record(PARAMS, pairs()[:20]) + get(2) +
     pieces(PARAMS, pairs()[20:]) + record(STDIN), "end 1 of 2, 200, kept"),
    ("another in STDIN", post_head() + begin(2) + pieces(STDIN, b"text=Hi"),
     "end 1 of 2, 303, kept"),
    ("another whole one in STDIN", post_head() + post(2) + pieces(STDIN, b"text=Hi"),
     "end 1 of 2, 303, kept"),
    ("two others", post_head() + begin(2) + begin(3) + pieces(STDIN, b"text=Hi"),
     "end 1 of 2, end 1 of 3, 303, kept"),
    ("the rest of another after the end", post_head() + begin(2) + pieces(STDIN, b"text=Hi") +
     post_head(2)[16:] + pieces(STDIN, b"text=Hi", 2), "end 1 of 2, 303, kept"),

    # -- ABORT_REQUEST
    ("ABORT before a request", record(ABORT) + get(), "200, kept"),
    ("ABORT after BEGIN", begin() + record(ABORT), "end 0, closed"),
    ("ABORT in PARAMS", begin() + record(PARAMS, pairs()) + record(ABORT), "end 0, closed"),
    ("ABORT in STDIN", post_head() + record(STDIN, b"text") + record(ABORT), "400, closed"),
    ("ABORT after a request", post() + record(ABORT) + get(), "303, 200, kept"),
    ("ABORT of another in PARAMS", begin() + record(ABORT, b"", 2) + get()[16:], "200, kept"),
    ("ABORT of another in STDIN", post_head() + record(ABORT, b"", 2) +
     pieces(STDIN, b"text=Hi"), "303, kept"),

    # -- records where they should not be
    ("PARAMS before BEGIN", record(PARAMS, pairs()) + get(), "200, kept"),
    ("STDIN before BEGIN", record(STDIN, b"text=Hi") + get(), "200, kept"),
    ("STDIN after its end", post() + pieces(STDIN, b"text=Hi") + get(), "303, 200, kept"),
    ("STDIN in PARAMS", begin() + record(PARAMS, pairs()) + record(STDIN), "closed"),
    ("PARAMS after their end", post_head() + record(PARAMS, pairs()), "400, closed"),
    ("DATA", post_head() + record(DATA, b"text=Hi"), "400, closed"),
    ("DATA in PARAMS", begin() + record(DATA, b"x"), "closed"),
    ("STDOUT from the peer", post_head() + record(STDOUT, b"x"), "400, closed"),
    ("STDERR from the peer", post_head() + record(STDERR, b"x"), "400, closed"),
    ("END_REQUEST from the peer", post_head() + record(END, bytes(8)), "400, closed"),
    ("type 12 in STDIN", post_head() + record(12, b"x"), "400, closed"),

    # -- lengths that lie
    ("a name that is too long", lying(b"\5", b"\0"), "closed"),
    ("a value that is too long", lying(b"\1", b"\5"), "closed"),
    ("a value that is too short", lying(b"\1", b"\0"), "closed"),
    ("lengths of 0x7ffffffe", lying(*[b"\xff\xff\xff\xfe"] * 2), "closed"),
    ("lengths of 0x7fffffff", lying(*[b"\xff\xff\xff\xff"] * 2), "closed"),
    ("lengths that add up to 2^32", lying(b"\xff\xff\xff\xff", b"\x80\0\0\1"), "closed"),
    ("a length cut off", lying(b"\x80\0", b"", b""), "closed"),
    ("only one length", lying(b"\1", b"", b""), "closed"),
    ("no name", lying(b"\0", b"\2"), "closed"),
    ("a NUL in a name", lying(b"\2", b"\0", b"A\0"), "closed"),
    ("a NUL in a value", lying(b"\1", b"\1", b"A\0"), "closed"),
    ("'=' in a name", lying(b"\2", b"\0", b"A="), "closed"),
    ("PARAMS one byte over the cap", with_params(filled(CAP + 1)), "closed"),
    ("PARAMS of twice the cap", with_params(filled(2 * CAP)), "closed"),
    ("a megabyte of params", with_params(pairs() + b"\1\1AB" * (256 << 10)), "closed"),
    ("PARAMS that swallow what follows",
     begin() + record(PARAMS, pairs(), length=len(pairs()) + 99) + record(PARAMS), "closed", GONE),
    ("STDIN that swallows its end",
     post_head() + record(STDIN, b"text=Hi", length=99) + record(STDIN), "400, closed", GONE),
    ("padding that swallows the end",
     post_head() + record(STDIN, b"text=Hi")[:6] + b"\xff\0text=Hi" + record(STDIN),
     "303, closed", GONE),      # all of the form has come

    # -- CONTENT_LENGTH and the body
    ("as long as it says", at_length("7"), "303, kept"),
    ("shorter than it says", at_length("8"), "400, kept"),
    ("longer than it says", at_length("6"), "400, kept"),
    ("no length", at_length(""), "303, kept"),
    ("a length of 0", at_length("0"), "400, kept"),
    ("a length that is none", at_length("7x"), "400, kept"),
    ("a signed length", at_length("+7"), "400, kept"),
    ("a huge length", at_length("9" * 40), "400, kept"),
    ("more than is taken", at_length("999999999"), "413, kept"),
    ("a GET with a body", head() + pieces(STDIN, b"text=Hi"), "200, kept"),
]


def check(app, neighbour, fds, row):
    name, data, want, *gone = row
    peer = Peer(app)
    try:
        peer.send(b"" if data is GONE else data)
        if data is GONE or gone:
            peer.finish()
        want = want.split(", ")
        equal(peer.events(want), want, "what came")
    finally:
        peer.close()
    neighbour.check()
    check_descriptors(app.pid, fds)


def table(t, app, neighbour, fds):
    for row in TABLE:
        with t.row(row[0]):
            check(app, neighbour, fds, row)


def shapes(t, app, neighbour, fds):
    """A request by the byte, and all that a peer may leave behind when it goes."""
    whole = post()
    with t.row("a byte at a time"):
        peer = Peer(app)
        for i in range(len(whole)):
            peer.send(whole[i:i + 1])
        equal(peer.events(["303", "kept"]), ["303", "kept"], "what came")
        peer.close()
    with t.row("a peer that goes after any byte leaves nothing behind"):
        for i in range(len(whole) + 1):
            peer = Peer(app)
            peer.send(whole[:i])
            peer.close()
        neighbour.check()
        check_descriptors(app.pid, fds)
    with t.row("one that sends no more after any byte is closed, in its body with 400"):
        first = len(post_head())
        text_ends = len(whole) - 8
        for i in range(len(whole)):
            peer = Peer(app)
            peer.send(whole[:i])
            peer.finish()
            want = ["closed"] if i < first else ["400" if i < text_ends else "303", "closed"]
            equal(peer.events(want), want, f"what came after {i} of {len(whole)} bytes")
            peer.close()
        neighbour.check()
        check_descriptors(app.pid, fds)


def httpoxy(t, app, neighbour, fds):
    with t.row("HTTP_PROXY is nothing that a handler sees (httpoxy)"):
        client = Direct(app, ("HTTP_PROXY", "http://evil.example"))
        r = client.request("GET", "/", [("Accept", "application/json")])
        equal(status(r, 200).json["proxy"], "none", "what the handler sees")


def public(t, app, neighbour, fds):
    """What the tests of Go's net/http/fcgi send."""
    lengths, streams = conformance("length_encoding"), conformance("streams")
    values, aborts = conformance("get_values_result_for_empty_query"), conformance("abort")
    if None in (lengths, streams, values, aborts):
        t.skip("records of Go's tests", "they are not in " + PUBLIC)
        return
    rows = [(f"a length of {case['size']} bytes",
             with_params(pairs() + b"\1" + bytes.fromhex(case["hex"]) + b"X" +
                         b"v" * min(case["size"], 2 * CAP)),
             "200, kept" if case["size"] <= CAP else "closed") for case in lengths]
    rows += [(case["desc"], bytes.fromhex(case["hex"]), "400, closed", GONE) for case in aborts]
    empty, nuls = bytes.fromhex(streams[0]["hex"]), base64.b64decode(streams[1]["base64"])
    rows += [(streams[0]["desc"], empty, "kept"),
             (streams[1]["desc"], nuls, "kept"),
             (streams[1]["desc"] + ", as its body",
              post_head(300, length="66000") + nuls, "413 of 300, kept"),
             ("values that we did not ask for", bytes.fromhex(values["hex"]),
              "unknown 10, unknown 10, kept")]
    for row in rows:
        with t.row(row[0]):
            check(app, neighbour, fds, row)


class Flood(threading.Thread):
    """Sends without pause, and reads what comes."""

    def __init__(self, app, data):
        super().__init__()
        self.peer, self.data, self.over = Peer(app), data, False
        self.peer.socket.setblocking(False)
        self.start()

    def run(self):
        left, s = b"", self.peer.socket
        try:
            while not self.over:
                left = left or self.data
                can_read, can_write, _ = select.select([s], [s], [], 1)
                if can_read and not s.recv(1 << 20):
                    break
                if can_write:
                    left = left[s.send(left):]
        except OSError:
            pass
        self.peer.close()


def floods(t, app, neighbour, fds):
    """On more connections than there are threads."""
    for name, data in (("questions", ask(MPXS) * 2000),
                       ("records that mean nothing", record(STDIN) * 8000),
                       ("requests", get() * 200)):
        with t.row(f"a flood of {name} does not keep the neighbour from being served"):
            peers = [Flood(app, data) for _ in range(4)]
            try:
                for _ in range(3):
                    neighbour.check()
            finally:
                for peer in peers:
                    peer.over = True
                for peer in peers:
                    peer.join()
            neighbour.check()
            check_descriptors(app.pid, fds)


# What a peer sends before it goes silent, and what comes when --io-timeout is over.
SILENT = [
    ("nothing of a header but 3 bytes", get()[:3], "closed"),
    ("BEGIN", begin(), "closed"),
    ("half of the PARAMS", head()[:100], "closed"),
    ("a head without STDIN", post_head(), "400, closed"),
    ("half of the body", post_head() + record(STDIN, b"text"), "400, closed"),
]


# What it sends at once, what byte by byte, each after a while.
DRIBBLED = [
    ("a head by the byte", b"", head(), "closed"),
    ("a body by the byte", post_head(body="text=" + "a" * 900),
     pieces(STDIN, b"text=" + b"a" * 900, most=1), "400, closed"),
]


class Dribble(threading.Thread):
    """Sends a byte now and then, never so late that it would be silent."""

    def __init__(self, peer, data):
        super().__init__()
        self.peer, self.data = peer, data
        self.over = threading.Event()
        self.start()

    def run(self):
        for i in range(len(self.data)):
            if self.over.wait(0.1):
                break
            self.peer.send(self.data[i:i + 1])


def large(app):
    """A page that does not fit into what a socket holds: its address."""
    r = app.request("POST", "/note", (), "text=" + "x" * 900000)
    return status(r, 303).get("Location")


def slow(t, bin):
    """All at once, as each takes its time."""
    with Place(t, bin) as place:
        app = place.app("--threads", "2", "--io-timeout", "1", program="probe")
        page = large(app)
        neighbour = Neighbour(app)
        fds = settled(app, neighbour)
        peers = []
        try:
            for name, data, want in SILENT:
                peers.append(Peer(app))
                peers[-1].send(data)
            dribbles = []
            for name, data, byte_by_byte, want in DRIBBLED:
                peers.append(Peer(app))
                peers[-1].send(data)
                dribbles.append(Dribble(peers[-1], byte_by_byte))
            for (name, *_, want), peer in zip(SILENT + DRIBBLED, peers):
                with t.row(f"slow: {name}"):
                    equal(peer.events(want.split(", ")), want.split(", "), "what came")
            for dribble in dribbles:
                dribble.over.set()
                dribble.join()
            with t.row("who has been silent leaves nothing behind"):
                neighbour.check()
                check_descriptors(app.pid, fds)
            for name, data in (("a large page", get(target=page)),
                               ("a thousand pages", get() * 1000)):
                with t.row(f"{name}, not read: the connection is closed"):
                    peer = Peer(app)
                    peers.append(peer)
                    peer.socket.setblocking(False)
                    peer.socket.send(data)
                    neighbour.check()
                    check_descriptors(app.pid, fds)
                    neighbour.check()
        finally:
            neighbour.stop()
            for peer in peers:
                peer.close()


# FCGI_WEB_SERVER_ADDRS, the peer's address, what comes of a GET.
ADDRESSES = [
    (None, "127.0.0.1", "200, kept"),
    ("127.0.0.1", "127.0.0.1", "200, kept"),
    ("127.0.0.1", "127.0.0.2", "closed"),
    ("10.9.8.7, 127.0.0.2", "127.0.0.2", "200, kept"),
    ("127.0.0.10", "127.0.0.1", "closed"),
    ("", "127.0.0.1", "closed"),
]


def addresses(t, bin):
    for listed, source, want in ADDRESSES:
        with Place(t, bin) as place, t.row(f"{source} where {listed!r} may connect: {want}"):
            port = free_port()
            env = {} if listed is None else {"FCGI_WEB_SERVER_ADDRS": listed}
            app = place.app("--listen", f"127.0.0.1:{port}", program="probe", env=env)
            app.path = ("127.0.0.1", port)
            peer = Peer(app, source)
            peer.send(get())
            equal(peer.events(want.split(", ")), want.split(", "), "what came")
            peer.close()


# --listen unix:PATH and this, the socket's mode, whether a stranger may connect.
MODES = [("", 0o660, False), (",mode=0600", 0o600, False), (",mode=0666", 0o666, True)]
NOBODY = 65534


def may_connect(path):
    """Whether somebody may who is neither the app's user nor in its group."""
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(path)
        return True
    except PermissionError:
        return False
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def modes(t, bin):
    for words, mode, welcome in MODES:
        with Place(t, bin) as place, t.row(f"a socket of mode {mode:o}"):
            os.chmod(place.folder, 0o755)
            app = place.app("--listen", f"unix:{place.file('app.sock')}{words}", program="probe")
            equal(oct(stat.S_IMODE(os.stat(app.path).st_mode)), oct(mode), "the mode")
            if os.geteuid() == 0:
                equal(may_connect(app.path), welcome, "whether a stranger may connect")
            else:
                t.skip(f"a stranger at a socket of mode {mode:o}", "only root can be one")


def settled(app, neighbour):
    """Its descriptors once it has done each kind of thing and others have gone."""
    for data, want in ((get(flags=0), "200"), (post(flags=0), "303")):
        peer = Peer(app)
        peer.send(data)
        equal(peer.events([want, "closed"]), [want, "closed"], "what came at first")
        peer.close()
    neighbour.check()
    return len(descriptors(app.pid))


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app("--threads", "2", program="probe")
        neighbour = Neighbour(app)
        try:
            fds = settled(app, neighbour)
            for part in (table, shapes, httpoxy, public, floods):
                part(t, app, neighbour, fds)
        finally:
            neighbour.stop()


def main(bin):
    signal.signal(signal.SIGTERM, end_by_signal)
    allow_many_files()
    suite = Suite()
    suite.part = "fire"
    for part in (run, slow, addresses, modes):
        part(suite, bin)
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
