"""wire.py - FastCGI records that no web server sends, and the answers to them."""
import json
import os
import socket
import struct
import threading
import time

from client import BEGIN, DEADLINE, END, PARAMS, STDERR, STDIN, STDOUT
from client import cgi_params, encode, params_bytes, parse_cgi, stream, record
from harness import TOP
from runner import equal

DATA, GET_VALUES, VALUES, UNKNOWN = 8, 9, 10, 11
RESPONDER, AUTHORIZER, FILTER = 1, 2, 3
PUBLIC = TOP + "/../shared/conformance"


# -- what is sent ----------------------------------------------------------------

def begin(number=1, role=RESPONDER, flags=1, **kw):
    return record(BEGIN, struct.pack(">HB5x", role, flags), number, **kw)


def pairs(method="GET", target="/note", body=None, more=(), headers=(), **kw):
    return params_bytes(cgi_params(method, target, headers, body, **kw) + list(more))


def head(number=1, flags=1, **kw):
    return begin(number, flags=flags) + stream(PARAMS, pairs(**kw), number)


def get(number=1, target="/note", more=(), flags=1):
    return (begin(number, flags=flags) +
            stream(PARAMS, pairs("GET", target, more=more), number) +
            record(STDIN, number=number))


def post_head(number=1, body="text=Hi", **kw):
    return head(number, method="POST", body=body, **kw)


def post(number=1, body="text=Hi", **kw):
    return post_head(number, body, **kw) + stream(STDIN, encode(body), number)


def ask(*names):
    return record(GET_VALUES, params_bytes([(n, "") for n in names]), 0)


def conformance(name):
    """Records of another implementation's tests; None if they are not installed."""
    folder = os.environ.get("PRG_CONFORMANCE") or PUBLIC
    try:
        with open(folder + "/fastcgi-go/records.json") as f:
            return json.load(f)[name]
    except FileNotFoundError:
        return None


# -- what comes back -------------------------------------------------------------

class Peer:
    """One connection.  Each record that arrives is an event, in words."""

    def __init__(self, app, source=None):
        address = app.path
        self.socket = socket.socket(
            socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX)
        self.socket.settimeout(DEADLINE)
        if source is not None:
            self.socket.bind((source, 0))
        self.socket.connect(address)
        self.out = {}

    def send(self, data):
        """Send until the app closes the connection."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def finish(self):
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def receive(self, n):
        data = b""
        while len(data) < n:
            try:
                more = self.socket.recv(n - len(data))
            except ConnectionResetError:
                more = b""
            if not more:
                return data
            data += more
        return data

    def event(self):
        """The next of: an answer's status, an END_REQUEST without one, values, closed."""
        while True:
            raw = self.receive(8)
            if not raw:
                return "closed"
            version, kind, number, length, padding = struct.unpack(">BBHHBx", raw)
            content = self.receive(length + padding)[:length]
            assert version == 1, f"not a record: {raw!r}"
            if kind == STDOUT:
                self.out[number] = self.out.get(number, b"") + content
            elif kind != STDERR or content:
                return self.words(kind, number, content)

    def words(self, kind, number, content):
        of = "" if number < 2 else f" of {number}"
        if kind == END:
            out = self.out.pop(number, b"")
            return (str(parse_cgi(out, -1).status) if out else f"end {content[4]}") + of
        if kind == VALUES:
            return " ".join(["values"] + values(content)) + of
        if kind == UNKNOWN:
            return f"unknown {content[0]}" + of
        return f"a record of type {kind}" + of

    def events(self, wanted):
        """So many events; for 'kept', send a request, which must be answered."""
        got = []
        for want in wanted:
            if want == "kept":
                self.send(get(1, "/"))
                event = self.event()
                got.append("kept" if event == "200" else event)
            else:
                got.append(self.event())
            if got[-1] == "closed":
                break
        return got

    def close(self):
        self.socket.close()


def values(content):
    """NAME=VALUE of each pair, all of them short."""
    got = []
    while content:
        n, v = content[0], content[1]
        got.append((content[2:2 + n] + b"=" + content[2 + n:2 + n + v]).decode())
        content = content[2 + n + v:]
    return got


class Neighbour(threading.Thread):
    """A client on a connection of its own that fetches a page again and again."""

    def __init__(self, app):
        super().__init__()
        self.peer = Peer(app)
        self.answered, self.over = 0, False
        self.event = threading.Condition()
        self.wrong = None
        self.start()

    def run(self):
        while not self.over and not self.wrong:
            try:
                got = self.peer.events(["kept"])
                self.wrong = got != ["kept"] and f"the neighbour got {got}"
            except Exception as e:
                self.wrong = f"the neighbour: {e!r}"
            with self.event:
                self.answered += 1
                self.event.notify_all()

    def check(self):
        """Wait until a request that is still to be sent has been answered."""
        with self.event:
            want = self.answered + 2
            assert self.event.wait_for(lambda: self.wrong or self.answered >= want,
                                       DEADLINE), "the neighbour is not answered"
        assert not self.wrong, self.wrong

    def stop(self):
        self.over = True
        self.join()
        self.peer.close()


def descriptors(pid):
    """The targets of its descriptors, without the store, which opens more at need."""
    folder, found = f"/proc/{pid}/fd/", []
    for fd in os.listdir(folder):
        try:
            found.append(os.readlink(folder + fd))
        except FileNotFoundError:
            pass
    return sorted(target for target in found if ".db" not in target)


def check_descriptors(pid, want):
    """The app does not log that it has closed a descriptor: look until it has."""
    end = time.monotonic() + DEADLINE
    while len(got := descriptors(pid)) != want:
        assert time.monotonic() < end, f"{len(got)} descriptors, not {want}: {got}"
        time.sleep(0.001)


def settled(app, neighbour):
    """The count of its descriptors after a GET and a POST, with no other clients."""
    for data, want in ((get(flags=0), "200"), (post(flags=0), "303")):
        peer = Peer(app)
        peer.send(data)
        equal(peer.events([want, "closed"]), [want, "closed"], "what came at first")
        peer.close()
    neighbour.check()
    return len(descriptors(app.pid))
