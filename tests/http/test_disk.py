"""When the disk is full or the store is locked: 503, and nothing is lost."""
import os
import resource
import sqlite3
import select

from client import DEADLINE
from harness import Place
from page import Page
from runner import among, equal, status


def post(name, key=None):
    return ("POST", "/", (), f"name={name}&message=Hi" + (f"&prg-key={key}" if key else ""))


def limit_files(app, size):
    """No file of the process may grow beyond this, as on a full disk."""
    resource.prlimit(app.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def names(app):
    return [n for (n,) in app.rows(
        "SELECT json_extract(input, '$.name') FROM submission ORDER BY created, id")]


def full(t, place):
    app = place.app()
    old = status(app.request(*post("Old")), 303).get("Location")
    page = app.request("GET", old).body
    key = Page(app.request("GET", "/").text).having("name", "prg-key")[0][1]["value"]
    limit_files(app, os.path.getsize(app.store + "-wal"))
    with t.row("on a full disk a POST is 503 with Retry-After"):
        for _ in range(3):
            r = status(app.request(*post("Ann")), 503)
            equal(r.get("Retry-After"), "30")
            equal(r.get("Cache-Control"), "no-store")
            equal(r.get("Location"), None)
        r = status(app.request("POST", "/", [("Accept", "application/json")], post("Ann")[3]), 503)
        equal(r.json["status"], 503)
    with t.row("on a full disk a form with a key is 503 too"):
        status(app.request(*post("Key", key)), 503)
    with t.row("on a full disk an old result is still there"):
        equal(status(app.request("GET", old), 200).body, page)
        status(app.request("GET", "/"), 200)
    with t.row("the log says why"):
        app.wait_for(' level=error app=guestbook msg="store: ')
    with t.row("with room again the same POST is 303, and it is there"):
        limit_files(app, resource.RLIM_INFINITY)
        location = status(app.request(*post("Ann")), 303).get("Location")
        assert "Ann" in status(app.request("GET", location), 200).text
        equal(names(app), ["Old", "Ann"])
    with t.row("and the key was not spent: its form makes the result that it names"):
        for _ in range(2):
            r = status(app.request(*post("Key", key)), 303)
            equal(r.get("Location"), "/" + key.split(".")[0])
        equal(names(app), ["Old", "Ann", "Key"])
    with t.row("and it is there after a new start"):
        app.stop()
        app = place.app()
        for address in (old, location):
            status(app.request("GET", address), 200)
        equal(names(app), ["Old", "Ann", "Key"])
        equal(app.rows("PRAGMA integrity_check"), [("ok",)])


def answered(connection, seconds):
    return select.select([connection.socket], [], [], seconds)[0] != []


def locked(t, place):
    app = place.app()
    old = status(app.request(*post("Old")), 303).get("Location")
    other = sqlite3.connect(app.store, isolation_level=None)
    with t.row("while another holds the store's lock a POST waits"):
        other.execute("BEGIN IMMEDIATE")
        waiting = [app.connect() for _ in range(5)]
        for i, c in enumerate(waiting):
            c.send(*post(f"Waiting {i}"))
        assert not answered(waiting[0], 0.5), "it was answered"
        equal(names(app), ["Old"])
    with t.row("and GETs go on, though more POSTs wait than there are threads"):
        status(app.request("GET", old), 200)
        status(app.request("GET", "/"), 200)
    with t.row("once the lock is let go, all that waited are 303 and stored"):
        other.execute("COMMIT")
        for c in waiting:
            status(app.request("GET", status(c.read(), 303).get("Location")), 200)
        equal(sorted(names(app)), ["Old"] + [f"Waiting {i}" for i in range(5)])
    with t.row("if it is not let go in time, they are 503 and not stored"):
        other.execute("BEGIN IMMEDIATE")
        waiting = [app.connect() for _ in range(5)]
        for c in waiting:
            c.send(*post("Late"))
        for c in waiting:
            equal(status(c.read(), 503).get("Retry-After"), "30")
            if c is waiting[0]:
                # The others may have come after its batch: spare them the wait.
                other.execute("ROLLBACK")
                break
        got = [c.read().status for c in waiting[1:]]
        for s in got:
            among(s, (503, 303))
        equal(names(app).count("Late"), got.count(303), "the count of stored ones")
    other.close()
    with t.row("and the next POST is stored"):
        status(app.request(*post("After")), 303)
        equal(names(app)[-1], "After")


def flood(t, place):
    """Seven of eight threads may wait for the disk: the other POSTs are 503 at once."""
    app = place.app("--threads", "8")
    status(app.request(*post("First")), 303)
    other = sqlite3.connect(app.store, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = [app.connect() for _ in range(14)]
    for c in waiting:
        c.send(*post("Many"))
    with t.row("beyond them a POST is 503 at once"):
        early = []
        while len(early) < 7:
            sockets = [c.socket for c in waiting if c not in early]
            ready = select.select(sockets, [], [], DEADLINE)[0]
            assert ready, f"only {len(early)} were answered"
            early += [c for c in waiting if c.socket in ready]
        equal(len(early), 7, "the count of those told at once")
        for c in early:
            equal(status(c.read(), 503).get("Retry-After"), "30")
    with t.row("those that waited are stored"):
        other.execute("COMMIT")
        for c in waiting:
            if c not in early:
                status(c.read(), 303)
        equal(names(app).count("Many"), 7)
    other.close()


def run(t, bin):
    for part in (full, locked, flood):
        with Place(t, bin) as place:
            part(t, place)
