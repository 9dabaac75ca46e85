"""stalled.py - bodies that do not come, or slowly: nobody else waits for them."""
import select
import signal
import time

from client import ABORT, BEGIN, DEADLINE, STDERR, STDIN, STDOUT, parse_cgi
from harness import Place
from runner import equal, has
from wire import Neighbour, Peer, check_descriptors, get, stream, post_head, record, settled

MANY = 50
LARGE = 3 << 20         # more than is kept of a body while it comes
BODY = b"text=Hi"
CROSS = [("HTTP_SEC_FETCH_SITE", "cross-site")]


def rows(app):
    return app.rows("SELECT count(*) FROM submission")[0][0]


def peers_with(app, count, data):
    peers = [Peer(app) for _ in range(count)]
    for peer in peers:
        peer.send(data)
    return peers


def expect(peer, *want):
    equal(peer.events(want), list(want), "what came")


def finish(peers, rest, *want):
    """The rest of each comes, and so does its answer."""
    for peer in peers:
        peer.send(rest)
    for peer in peers:
        expect(peer, *want)


def close(peers):
    for peer in peers:
        peer.close()


def answered(app, neighbour):
    """A neighbour is answered, a new connection, and a form that comes in pieces."""
    neighbour.check()
    peer = Peer(app)
    peer.send(get())
    expect(peer, "200")
    for part in (post_head(), record(STDIN, BODY[:3]), record(STDIN, BODY[3:])[:9],
                 record(STDIN, BODY[3:])[9:], record(STDIN)[:7], record(STDIN)[7:]):
        peer.send(part)
        neighbour.check()
    expect(peer, "303", "kept")
    peer.close()


def upload():
    """The head of a form with a file, and its body's records."""
    edge = "--edge\r\nContent-Disposition: form-data; "
    body = (edge + 'name="text"\r\n\r\nHi\r\n' + edge + 'name="f"; filename="f"\r\n\r\n' +
            "x" * LARGE + "\r\n--edge--\r\n").encode()
    head = post_head(body=body, headers=[("Content-Type", "multipart/form-data; boundary=edge")])
    return head, stream(STDIN, body)


def silent(t, app, neighbour, fds):
    before = rows(app)
    peers = peers_with(app, MANY, post_head())
    with t.row(f"beside {MANY} whose body does not come others are answered"):
        answered(app, neighbour)
    with t.row("when it comes after all, each form is stored"):
        finish(peers, stream(STDIN, BODY), "303", "kept")
        equal(rows(app), before + MANY + 1, "the rows")
    close(peers)
    peers = peers_with(app, MANY, post_head() + record(STDIN, BODY)[:11])
    with t.row(f"{MANY} that go amid their body leave nothing behind, nor a row"):
        answered(app, neighbour)
        before = rows(app)
        close(peers)
        check_descriptors(app.pid, fds)
        equal(rows(app), before, "the rows")


def amid(t, app, neighbour, fds):
    """What else may come while a body is waited for."""
    end = stream(STDIN, BODY)
    for name, data, want in (
            ("ABORT", record(ABORT), ("400", "closed")),
            ("ABORT of another", record(ABORT, b"", 2) + end, ("303", "kept")),
            ("another request", record(BEGIN, b"\0\1\1\0\0\0\0\0", 2) + end,
             ("end 1 of 2", "303", "kept")),
            ("version 2", record(STDIN, BODY, version=2), ("400", "closed")),
            ("its end, and the next requests", end + get() * 200,
             ("303",) + ("200",) * 200 + ("kept",))):
        with t.row(f"after a while: {name}"):
            peer = Peer(app)
            peer.send(post_head())
            neighbour.check()
            peer.send(data)
            expect(peer, *want)
            peer.close()
    neighbour.check()
    check_descriptors(app.pid, fds)


def early(peer):
    """The status of an answer, before its request has ended."""
    raw = peer.receive(8)
    equal(raw[1], STDOUT, "the type of the first record")
    content = peer.receive(int.from_bytes(raw[4:6], "big") + raw[6])
    peer.out[1] = content[:int.from_bytes(raw[4:6], "big")]
    return str(parse_cgi(peer.out[1], -1).status)


def refused(t, app, neighbour, fds):
    for want, head in (("403", post_head(more=CROSS)),
                       ("404", post_head(target="/nowhere")),
                       ("405", post_head(target="/")),
                       ("413", post_head(length="999999999")),
                       ("415", post_head(headers=[("Content-Type", "text/plain")]))):
        peers = peers_with(app, MANY, head)
        with t.row(f"{want} comes before the body"):
            for peer in peers:
                equal(early(peer), want, "the status")
        with t.row(f"{want}: others are answered, and the connection serves on"):
            answered(app, neighbour)
            finish(peers, stream(STDIN, BODY), want, "kept")
        close(peers)
    check_descriptors(app.pid, fds)


def large(t, app, neighbour, fds):
    head, body = upload()
    part = len(body) - 1000
    peers = [Peer(app) for _ in range(8)]
    with t.row("beside large bodies that do not end others are answered"):
        for peer in peers:
            peer.socket.setblocking(False)
            peer.left = head + body[:part]
        end = time.monotonic() + DEADLINE
        while any(peer.left for peer in peers) and time.monotonic() < end:
            for peer in peers:
                push(peer)
            neighbour.check()
        assert not any(peer.left for peer in peers), "one of them is not read"
        answered(app, neighbour)
    with t.row("and each of them is answered when it ends"):
        for peer in peers:
            peer.left += body[part:]
        while waiting := [peer.socket for peer in peers if peer.left]:
            assert select.select([], waiting, [], DEADLINE)[1], "none of them is read"
            for peer in peers:
                push(peer)
        for peer in peers:
            peer.socket.settimeout(DEADLINE)
            expect(peer, "303", "kept")
        neighbour.check()
    close(peers)
    check_descriptors(app.pid, fds)


def push(peer):
    """As much as the app takes now."""
    try:
        while peer.left:
            peer.left = peer.left[peer.socket.send(peer.left[:65536]):]
    except BlockingIOError:
        pass


def drained(t, bin):
    with Place(t, bin) as place:
        app = place.app(program="probe")
        peers = peers_with(app, MANY, post_head())
        idle = Peer(app)
        expect(idle, "kept")
        with t.row("SIGTERM while bodies are waited for: those that come are stored"):
            app.signal(signal.SIGTERM)
            equal(idle.receive(8)[1], STDERR, "what the idle are told first")
            idle.close()
            finish(peers, stream(STDIN, BODY), "303")
            equal(app.wait(), 0, "the exit code")
            equal(rows(app), MANY, "the rows")
        close(peers)
        with t.row("those that do not come are reported when the grace is over"):
            app = place.app("--grace", "1", program="probe")
            peers = peers_with(app, 3, post_head())
            idle = Peer(app)
            expect(idle, "kept")
            idle.close()
            app.stop()
            has(app.log, "3 requests had not ended when the grace of 1 s was over")
            equal(rows(app), MANY, "the rows")
        close(peers)


def stalled(t, bin):
    with Place(t, bin) as place:
        app = place.app(program="probe")
        neighbour = Neighbour(app)
        try:
            fds = settled(app, neighbour)
            for part in (silent, amid, refused, large):
                part(t, app, neighbour, fds)
        finally:
            neighbour.stop()
    drained(t, bin)
