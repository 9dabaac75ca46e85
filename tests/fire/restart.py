"""restart.py - restarts under load: no visitor notices.

usage: python3 -B tests/fire/restart.py BIN

The app is restarted by socket unit, and with --take-over.  Visitors come through nginx,
which keeps its connections open.  Each of them gets the right answer, and the store has
one row for each 303.
"""
import os
import random
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)) + "/../lib")
from client import Browser     # noqa: E402
from harness import App, Place, environment     # noqa: E402
from load import Load     # noqa: E402
from runner import equal, has, start_suite     # noqa: E402

KILLS, BURSTS = 5, 6
BETWEEN = 200           # answers from one restart to the next
BACKLOG = 1024
BURST = 64

# Makes standard input descriptor 3, and the variables of sd_listen_fds(3).
ACTIVATE = 'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@" 3<&0 </dev/null'


class Unit:
    """A socket unit of systemd: it keeps the listening socket while the app restarts."""

    def __init__(self, place):
        self.place, self.path = place, place.file("unit.sock")
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(self.path)
        self.socket.listen(BACKLOG)
        self.app = self.start()
        self.web = place.nginx(self.app)

    def start(self):
        store = self.place.file("guestbook.db")
        app = App(["sh", "-c", ACTIVATE, "sh", *self.place.args("--store", store)], self.path,
                  store, cwd=self.place.folder, env=environment(), stdin=self.socket)
        self.place.apps.append(app)
        return app

    def stop_then_start(self):
        self.app.stop()
        self.place.forget(self.app)
        self.app = self.start()

    def start_then_stop(self):
        new = self.start()
        self.app.stop()
        self.place.forget(self.app)
        self.app = new

    def kill_then_start(self):
        self.app.kill()
        self.place.forget(self.app)
        self.app = self.start()


class TakeOver:
    """A new process binds the path of the old one, which ends by itself."""

    def __init__(self, place):
        self.place = place
        self.app = place.app()
        self.web = place.nginx(self.app)

    def take_over(self):
        new = self.place.app("--take-over")
        equal(self.app.wait(), 0, "the exit code of the old process")
        has(self.app.log, " event=stop rows=")
        self.place.forget(self.app)
        self.app = new


WAYS = [
    (100, "stop, then start", Unit, Unit.stop_then_start),
    (20, "start, then stop", Unit, Unit.start_then_stop),
    (50, "--take-over", TakeOver, TakeOver.take_over),
]


def under_load(t, bin):
    for count, name, service, restart in WAYS:
        with Place(t, bin) as place:
            running = service(place)
            load = Load(running.web)
            start = time.monotonic()
            with t.row(f"{count} times {name}: no request fails"):
                try:
                    load.wait_for()
                    for _ in range(count):
                        restart(running)
                        load.wait_for(BETWEEN)
                finally:
                    load.stop()
                equal(load.wrong()[:3], [], "the failures")
            with t.row(f"{name}: each 303 is a row, and there is no other row"):
                load.check_rows(running.app)
            print(f"# {count} restarts, {load.done} requests, {len(load.seen())} of them POSTs, "
                  f"{len(load.wrong())} failed, {time.monotonic() - start:.1f} s", flush=True)


def kills(t, bin):
    with Place(t, bin) as place:
        unit = Unit(place)
        load = Load(unit.web)
        try:
            load.wait_for()
            for _ in range(KILLS):
                unit.kill_then_start()
                load.wait_for()
        finally:
            load.stop()
        with t.row(f"{KILLS} times kill -9 and start: each 303 is a row"):
            wrong = load.wrong()
            load.check_rows(unit.app, len(wrong))
        with t.row("requests that the kill broke off are 502, no other request fails"):
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
    """Requests on all idle connections, at the moment at which the app closes them."""
    with Place(t, bin) as place:
        unit = Unit(place)
        browsers = [Browser(unit.web) for _ in range(BURST)]
        numbers = iter(range(1 << 30))
        failed = 0
        for number in range(BURSTS):
            failed += burst(browsers, time.monotonic(), 0, numbers)
            old, unit.app = unit.app, unit.start()
            old.signal(signal.SIGTERM)
            # The app asks nginx to close them at once, and closes them after 1 s.
            failed += burst(browsers, time.monotonic() + number % 2 * 0.997, 0.006, numbers)
            equal(old.wait(), 0, "the exit code")
            place.forget(old)
        with t.row(f"{BURST} POSTs as idle connections are closed, {BURSTS} times"):
            equal(failed, 0, "the count of failures")
            equal(unit.app.rows("SELECT count(*), count(DISTINCT "
                                "json_extract(input, '$.name')) FROM submission"),
                  [(2 * BURST * BURSTS,) * 2])
        for b in browsers:
            b.close()


def main(bin):
    suite = start_suite("restart")
    under_load(suite, bin)
    bursts(suite, bin)
    kills(suite, bin)
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
