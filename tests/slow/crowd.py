"""crowd.py - many slow clients and slow handlers: they cost little, and delay nobody."""
import contextlib
import os
import re
import time

from client import DEADLINE, STDIN, http_bytes, read_response
from forms import Gate
from harness import Place
from runner import equal, status
from setups import Proxy
from wire import Peer, descriptors, post_head, stream

UPLOADS, HANDLERS, BLOCKED = 200, 20, 500
AT_ONCE = 1.0           # seconds that a page takes at most
KB_EACH = 64            # of resident memory that a blocked worker costs at most
# Threads of an idle app: the workers that may run at once, and a few others.
FEW = 2 * os.cpu_count() + 4
# Apache collects the first 16 KB of a body before it connects to the app.
UPLOAD, FIRST = "text=" + 100000 * "x", 50000


def page_comes(client, path):
    """The longest that a page takes, of a few; each within AT_ONCE."""
    longest = 0
    for _ in range(20):
        start = time.monotonic()
        status(client.request("GET", path), 200)
        longest = max(longest, time.monotonic() - start)
    assert longest < AT_ONCE, f"it takes {longest:.2f} s"
    return 1000 * longest


def wait_until(what, holds):
    end = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < end, f"not within {DEADLINE} s: {what}"
        time.sleep(0.01)


def uploads(t, bin):
    with Place(t, bin) as place, Proxy(place) as setup:
        app = place.apps[-1]
        data = http_bytes("POST", "/note", (), UPLOAD)
        clients = [setup.web.connect() for _ in range(UPLOADS)]
        with t.row(f"beside {UPLOADS} slow uploads through Apache a page comes at once"):
            for s in clients:
                s.sendall(data[:FIRST])
            wait_until(f"{UPLOADS} uploads have reached the app", lambda: sum(
                d.startswith("socket:") for d in descriptors(app.pid)) >= UPLOADS)
            print(f"# beside {UPLOADS} slow uploads a page takes "
                  f"{page_comes(setup.web, '/note'):.1f} ms at most", flush=True)
        with t.row("each of the uploads is stored when its rest comes"):
            for s in clients:
                s.sendall(data[FIRST:])
            for s in clients:
                status(read_response(s), 303)
        for s in clients:
            s.close()


def handlers(t, bin):
    with Place(t, bin) as place:
        app = place.app(program="probe")
        gate = Gate(place)
        held = [app.connect() for _ in range(HANDLERS)]
        with t.row(f"beside {HANDLERS} handlers that do not return a page comes at once"):
            for c in held:
                c.send("POST", "/gate", (), gate.form)
            print(f"# beside {HANDLERS} slow handlers a page takes "
                  f"{page_comes(app, '/note'):.1f} ms at most", flush=True)
            wait_until("all of the handlers run",
                       lambda: app.log.count("at the gate") == HANDLERS)
        with t.row("each of the handlers ends with its result"):
            for c in held:
                gate.open()
            for c in held:
                status(c.read(), 303)
        for c in held:
            c.close()
        gate.close()


def figure(pid, name):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(name + r":\s*(\d+)", f.read())[1])


def blocked(t, app):
    """Have many workers wait for a body; the count of the threads."""
    before, threads = figure(app.pid, "VmRSS"), 0
    peers = [Peer(app) for _ in range(BLOCKED)]
    with t.row(f"a blocked worker costs {KB_EACH} KB of memory at most"):
        for peer in peers:
            peer.send(post_head())
        wait_until(f"{BLOCKED} workers wait",
                   lambda: figure(app.pid, "Threads") > BLOCKED)
        each = (figure(app.pid, "VmRSS") - before) / BLOCKED
        threads = figure(app.pid, "Threads")
        print(f"# {BLOCKED} blocked workers: {each:.1f} KB each", flush=True)
        assert each <= KB_EACH, f"{each:.1f} KB"
    with t.row("each of them answers when the body comes"):
        for peer in peers:
            peer.send(stream(STDIN, b"text=Hi"))
        for peer in peers:
            equal(peer.event(), "303", "the answer")
    for peer in peers:
        peer.close()
    return threads


@contextlib.contextmanager
def crowd(t, bin, idle):
    """Workers end after 'idle' seconds: the block of the with statement runs meanwhile."""
    t.run("slow uploads", lambda t: uploads(t, bin))
    t.run("slow handlers", lambda t: handlers(t, bin))
    t.part = "many workers"
    with Place(t, bin) as place:
        app = place.app(program="probe")
        status(app.request("GET", "/note"), 200)
        most = blocked(t, app)
        end = time.monotonic() + idle
        yield
        t.part = "many workers"
        with t.row(f"workers that have been idle for {idle} s have ended"):
            time.sleep(max(0, end - time.monotonic()))
            wait_until(f"{FEW} threads or fewer are left",
                       lambda: figure(app.pid, "Threads") <= FEW)
            print(f"# of {most} threads {figure(app.pid, 'Threads')} are left", flush=True)
