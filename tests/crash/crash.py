"""crash.py - kill -9 at any instant: what a client was told is there stays there.

usage: python3 -B tests/crash/crash.py BIN [SEED]

Clients post as fast as they can, each submission with a content of its own, until
the app is killed.  It is started again, and:
- each 303 that a client saw leads to what it had posted;
- no row is there that no client sent, none twice;
- the database is whole.
"""
import json
import os
import random
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)) + "/../lib")
from client import DEADLINE     # noqa: E402
from harness import Place, Process, environment     # noqa: E402
from runner import equal, start_suite, status     # noqa: E402

ROUNDS, CLIENTS = 20, 16
LONGEST = 0.4           # seconds between the first 303 of a round and the kill
STARTING = 0.015        # seconds that a first start takes, about


class Client(threading.Thread):
    """Posts on one connection until it breaks."""

    def __init__(self, app, name, event):
        super().__init__()
        self.app, self.name, self.event = app, name, event
        self.sent = []          # names, the last of them perhaps on its way
        self.seen = {}          # Location: name

    def run(self):
        try:
            c = self.app.connect()
            while True:
                name = f"{self.name}-{len(self.sent)}"
                self.sent.append(name)
                r = c.request("POST", "/", (), f"name={name}&message=m-{name}", keep=True)
                self.seen[status(r, 303).get("Location")] = name
                self.event.set()
        except (OSError, AssertionError) as e:
            self.end = e


def one_round(place, number, rng, sent, seen):
    app = place.app()
    event = threading.Event()
    clients = [Client(app, f"r{number}c{i}", event) for i in range(CLIENTS)]
    for client in clients:
        client.start()
    event.wait(DEADLINE)
    # No event: the instant is to be any.
    threading.Event().wait(rng.uniform(0, LONGEST))
    app.kill()
    for client in clients:
        client.join()
        sent.update(client.sent)
        assert not seen.keys() & client.seen.keys(), "an address was given twice"
        seen.update(client.seen)
    told = sum(len(c.seen) for c in clients)
    assert told > 0, f"nobody got a 303, but {clients[0].end!r}: {app.log}"
    return {a: n for c in clients for a, n in c.seen.items()}


def check_seen(app, seen):
    c = app.connect()
    for address, name in seen.items():
        r = status(c.request("GET", address, [("Accept", "application/json")], keep=True), 200)
        equal(r.json["input"]["name"], name, f"the name at {address}")
        equal(r.json["input"]["message"], "m-" + name, f"the message at {address}")
    c.close()


def check_rows(app, sent, seen):
    rows = app.rows("SELECT id, state, input FROM submission")
    names = [json.loads(text)["name"] for _, _, text in rows]
    equal(len(set(names)), len(names), "the count of different rows")
    equal(sorted(set(names) - sent), [], "rows that nobody sent")
    equal(sorted(set(seen.values()) - set(names)), [], "what is missing")
    equal({state for _, state, _ in rows}, {"done"}, "the states")
    equal(app.rows("PRAGMA integrity_check"), [("ok",)])


def killed_at_start(place, rng):
    """Wherever in making its database it was."""
    for number in range(ROUNDS):
        store = place.file(f"start{number}.db")
        args = place.args("--listen", "unix:" + place.file("start.sock"), "--store", store)
        early = Process(args, cwd=place.folder, env=environment())
        place.apps.append(early)
        threading.Event().wait(rng.uniform(0, STARTING))
        early.kill()
        app = place.app("--store", store)
        status(app.request("POST", "/", (), "name=Ann&message=Hi"), 303)
        app.kill()


def run(suite, bin, seed):
    rng = random.Random(seed)
    sent, seen = set(), {}
    with Place(suite, bin) as place:
        with suite.row("killed at its first start, it starts again"):
            killed_at_start(place, rng)
        for number in range(ROUNDS):
            with suite.row(f"round {number}: what was seen is there"):
                new = one_round(place, number, rng, sent, seen)
                app = place.app()
                check_seen(app, new)
                check_rows(app, sent, seen)
                app.kill() if rng.random() < 0.5 else app.stop()
        with suite.row("in the end all of it is there"):
            app = place.app()
            check_seen(app, seen)
        print(f"# {len(sent)} sent, {len(seen)} seen", flush=True)


def main(bin, seed):
    print(f"# seed {seed}", flush=True)
    suite = start_suite(f"crash, seed {seed}")
    run(suite, bin, seed)
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3
                  else random.SystemRandom().randrange(1 << 32)))
