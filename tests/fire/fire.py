"""fire.py - the app gives a defined answer to anything that a peer sends, and serves on.

usage: python3 -B tests/fire/fire.py BIN

Each row of the table has the bytes of one connection, and the answers to them, to its
end.  After each row a neighbour is answered, and the app has no more descriptors.
"""
import base64
import os
import select
import socket
import stat
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)) + "/../lib")
from client import STDIN     # noqa: E402
from forms import Direct     # noqa: E402
from harness import Place, free_port, room_for     # noqa: E402
from runner import equal, start_suite, status     # noqa: E402
from stalled import stalled     # noqa: E402
from table import CAP, CONNECTIONS, GONE, MPXS, TABLE, with_params     # noqa: E402
from wire import PUBLIC, Neighbour, Peer, ask, begin, check_descriptors     # noqa: E402
from wire import conformance, get, head, pairs, stream, post, post_head     # noqa: E402
from wire import record, settled     # noqa: E402


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
    """A request byte by byte, and a peer that leaves after any of its bytes."""
    whole = post()
    with t.row("a byte at a time"):
        peer = Peer(app)
        for i in range(len(whole)):
            peer.send(whole[i:i + 1])
        equal(peer.events(["303", "kept"]), ["303", "kept"], "what came")
        peer.close()
    with t.row("a peer that leaves after any byte: no descriptor stays open"):
        for i in range(len(whole) + 1):
            peer = Peer(app)
            peer.send(whole[:i])
            peer.close()
        neighbour.check()
        check_descriptors(app.pid, fds)
    with t.row("a peer that half-closes after any byte is closed, in its body with 400"):
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
    with t.row("a handler does not see HTTP_PROXY (httpoxy)"):
        client = Direct(app, ("HTTP_PROXY", "http://evil.example"))
        r = client.request("GET", "/", [("Accept", "application/json")])
        equal(status(r, 200).json["proxy"], "none", "what the handler sees")


def public(t, app, neighbour, fds):
    """The records of the tests of Go's net/http/fcgi."""
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
    """Sends without pause, and reads the answers."""

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


# What a peer sends before it stalls, and what it gets after --io-timeout.
SILENT = [
    ("nothing of a header but 3 bytes", get()[:3], "closed"),
    ("BEGIN", begin(), "closed"),
    ("half of the PARAMS", head()[:100], "closed"),
    ("a head without STDIN", post_head(), "400, closed"),
    ("half of the body", post_head() + record(STDIN, b"text"), "400, closed"),
]


# What it sends at once, and what then byte by byte, slowly.
DRIBBLED = [
    ("a head by the byte", b"", head(), "closed"),
    ("a body by the byte", post_head(body="text=" + "a" * 900),
     stream(STDIN, b"text=" + b"a" * 900, most=1), "400, closed"),
]


class Dribble(threading.Thread):
    """Sends a byte now and then, before --io-timeout is over."""

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
    """The address of a page that does not fit into a socket's buffer."""
    r = app.request("POST", "/hostile", (), "text=" + "%22" * 100000)
    return status(r, 303).get("Location")


def slow(t, bin):
    """All at the same time, as each takes a second or more."""
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
            with t.row("after peers that stalled no descriptor stays open"):
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


# FCGI_WEB_SERVER_ADDRS, the peer's address, the answer to a GET.
ADDRESSES = [
    (None, "127.0.0.1", "200, kept"),
    ("127.0.0.1", "127.0.0.1", "200, kept"),
    ("127.0.0.1", "127.0.0.2", "closed"),
    ("10.9.8.7, 127.0.0.2", "127.0.0.2", "200, kept"),
    ("127.0.0.10", "127.0.0.1", "closed"),
    ("", "127.0.0.1", "200, kept"),
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
    """Whether another user, who is not in the app's group, may connect."""
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


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app(preexec_fn=room_for(CONNECTIONS), program="probe")
        neighbour = Neighbour(app)
        try:
            fds = settled(app, neighbour)
            for part in (table, shapes, httpoxy, public, floods):
                part(t, app, neighbour, fds)
        finally:
            neighbour.stop()


def main(bin):
    suite = start_suite("fire")
    for part in (run, stalled, slow, addresses, modes):
        part(suite, bin)
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
