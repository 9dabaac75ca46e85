"""restart.py - the app is restarted, and no visitor notices.

usage: python3 -B tests/fire/restart.py BIN [RESTARTS]

The listening socket outlives the app, as with a socket unit of systemd; nginx keeps
its connections open.  Visitors through nginx get the answer that is meant, each of
them, and the store has one row for each 303.
"""
import os
import random
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)) + "/../lib")
from client import Browser     # noqa: E402
from harness import Place     # noqa: E402
from load import Load     # noqa: E402
from runner import equal, start_suite     # noqa: E402

RESTARTS, KILLS, BURSTS = 20, 5, 6
BETWEEN = 500           # answers from one restart to the next
BACKLOG = 1024
BURST = 64


class Service:
    """What a supervisor does: the socket is its own, the app comes and goes."""

    def __init__(self, place):
        self.place = place
        self.socket = socket.socket(socket.AF_UNIX)
        self.path = place.file("service.sock")
        self.socket.bind(self.path)
        self.socket.listen(BACKLOG)
        self.app = self.start()
        self.web = place.nginx(self.app)

    def start(self):
        app = self.place.app(stdin=self.socket)
        app.path = self.path
        return app

    def end(self, app):
        app.process.stderr.close()
        self.place.apps.remove(app)

    def stop(self):
        self.app.stop()
        self.end(self.app)

    def stop_then_start(self):
        self.stop()
        self.app = self.start()

    def start_then_stop(self):
        new = self.start()
        self.stop()
        self.app = new

    def kill_then_start(self):
        self.app.kill()
        self.end(self.app)
        self.app = self.start()


def under_load(t, bin, restarts):
    with Place(t, bin) as place:
        service = Service(place)
        load = Load(service.web)
        start = time.monotonic()
        try:
            load.wait_for()
            for name in ("stop_then_start", "start_then_stop"):
                with t.row(f"{restarts // 2} times {name.replace('_', ', ')}: nobody notices"):
                    for _ in range(restarts // 2):
                        getattr(service, name)()
                        load.wait_for(BETWEEN)
                    equal(load.wrong()[:3], [], "what failed")
        finally:
            load.stop()
        with t.row("each 303 is one row, and there is no other"):
            equal(load.wrong()[:3], [], "what failed")
            load.check_rows(service.app)
        print(f"# {restarts} restarts, {load.done} requests, {len(load.seen())} of them POSTs, "
              f"{len(load.wrong())} failed, {time.monotonic() - start:.1f} s", flush=True)


def kills(t, bin):
    with Place(t, bin) as place:
        service = Service(place)
        load = Load(service.web)
        try:
            load.wait_for()
            for _ in range(KILLS):
                service.kill_then_start()
                load.wait_for()
        finally:
            load.stop()
        with t.row(f"{KILLS} times kill -9 and start: each 303 that was seen is one row"):
            wrong = load.wrong()
            load.check_rows(service.app, len(wrong))
        with t.row("what was under way is 502, and nothing else happens"):
            equal([w for w in wrong if not w.startswith("not 303, but 502") and
                   not w.startswith("not 200, but 502")][:3], [])
        print(f"# {KILLS} kills, {load.done} requests, {len(wrong)} failed", flush=True)


def burst(browsers, start, spread, numbers):
    """POSTs spread over so many seconds from then on: how many are not 303."""
    rng = random.Random(start)
    for when, browser in zip(sorted(rng.uniform(0, spread) for _ in browsers), browsers):
        while time.monotonic() < start + when:
            pass        # a thread that sleeps would be late
        browser.send("POST", "/", (), f"name=b{next(numbers)}&message=Hi")
    return sum(b.read().status != 303 for b in browsers)


def bursts(t, bin):
    """All idle connections are wanted in the very moment in which they are given up."""
    with Place(t, bin) as place:
        service = Service(place)
        browsers = [Browser(service.web) for _ in range(BURST)]
        numbers = iter(range(1 << 30))
        failed = 0
        for number in range(BURSTS):
            failed += burst(browsers, time.monotonic(), 0, numbers)
            old, service.app = service.app, service.start()
            old.signal(signal.SIGTERM)
            # At once they are asked to close, after 1 s they are closed.
            failed += burst(browsers, time.monotonic() + number % 2 * 0.997, 0.006, numbers)
            equal(old.wait(), 0, "the exit code")
            service.end(old)
        with t.row(f"{BURST} POSTs just as idle connections end, {BURSTS} times"):
            equal(failed, 0, "the count of those that failed")
            equal(service.app.rows("SELECT count(*), count(DISTINCT "
                                   "json_extract(input, '$.name')) FROM submission"),
                  [(2 * BURST * BURSTS,) * 2])
        for b in browsers:
            b.close()


def main(bin, restarts):
    suite = start_suite("restart")
    under_load(suite, bin, restarts)
    bursts(suite, bin)
    kills(suite, bin)
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else RESTARTS))
