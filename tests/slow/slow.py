"""slow.py - a slow disk: who waits for it, and who does not.

usage: python3 -B tests/slow/slow.py BIN LIBRARY

LIBRARY is fsync.c for LD_PRELOAD.  With it each sync takes MS more, and still:
- no 303 leaves before its sync, however many share it;
- a GET takes what it takes without any POSTs;
- rows that wait are committed together, so POSTs per second are many more than
  syncs;
- a process that writes without pause leaves another one its turns.
"""
import os
import re
import statistics
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + "/../lib")
from client import DEADLINE, Browser     # noqa: E402
from harness import Place, environment     # noqa: E402
from runner import equal, start_suite, status     # noqa: E402

MS = 50
CONNECTIONS, SECONDS = 64, 2
POSTS_A_SECOND, ROWS_A_SYNC = 500, 20   # at least
RATIO, GETS, TRIES = 2.0, 300, 3        # the median of so many GETs, and the best of tries
ANN = "name=Ann&message=Hi"


def seconds_of(function):
    start = time.monotonic()
    function()
    return time.monotonic() - start


def median_get(browser):
    """In milliseconds."""
    return 1000 * statistics.median(seconds_of(
        lambda: status(browser.request("GET", "/"), 200)) for _ in range(GETS))


class Load(threading.Thread):
    """wrk, which posts on all of its connections."""

    def __init__(self, web, seconds, connections=CONNECTIONS):
        super().__init__()
        args = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "-s", HTTP + "/wrk.lua",
                f"http://127.0.0.1:{web.port}/"]
        self.process = subprocess.Popen(args, env=environment(WRK_POST=ANN), text=True,
                                        stdout=subprocess.PIPE)
        self.start()

    def run(self):
        self.said = self.process.communicate(timeout=DEADLINE)[0]

    def wanted(self):
        """How many were 303; nothing else may come."""
        self.join()
        m = re.search(r"wanted (\d+) other (\d+) broken (\d+)", self.said)
        assert m, self.said
        equal(m.groups()[1:], ("0", "0"), "other statuses and errors of wrk")
        return int(m.group(1))


def count(app):
    return app.rows("SELECT count(*) FROM submission")[0][0]


def wait_for_more(app):
    """Until the load has arrived."""
    end, before = time.monotonic() + DEADLINE, count(app)
    while count(app) == before:
        assert time.monotonic() < end, "nothing is stored"


def alone(t, app):
    """One after the other; and the list on the page is full from then on."""
    with t.row(f"no 303 leaves before its sync of {MS} ms"):
        for _ in range(20):
            took = seconds_of(lambda: status(app.request("POST", "/", (), ANN), 303))
            assert took >= MS / 1000, f"it took {1000 * took:.1f} ms"


def ratio_beside_load(app, web, browser):
    idle = median_get(browser)
    load = Load(web, SECONDS)
    wait_for_more(app)
    busy = median_get(browser)
    assert load.is_alive(), "the load was over before the GETs were"
    load.wanted()
    print(f"# GET: {idle:.2f} ms, beside POSTs {busy:.2f} ms: {busy / idle:.2f}", flush=True)
    return busy / idle


def beside_load(t, app, web):
    browser = Browser(web)
    with t.row(f"beside {CONNECTIONS} POSTs a GET takes {RATIO} times as long at most"):
        ratios = []
        while len(ratios) < TRIES and min(ratios, default=RATIO + 1) > RATIO:
            ratios.append(ratio_beside_load(app, web, browser))
        assert min(ratios) <= RATIO, f"the ratios are {ratios}"
    browser.close()


def together(t, place, env):
    app = place.app(env=env)
    web = place.nginx(app)
    with t.row(f"at {CONNECTIONS} connections, {POSTS_A_SECOND} POSTs a second or more"):
        rate = Load(web, SECONDS).wanted() / SECONDS
        print(f"# {rate:.0f} POSTs a second", flush=True)
        assert rate >= POSTS_A_SECOND, f"{rate:.0f} a second"
    with t.row(f"and {ROWS_A_SYNC} rows a sync or more"):
        place.stop_nginx()
        app.stop()
        m = re.search(r"event=stop rows=(\d+) syncs=(\d+)", app.log)
        assert m, app.log
        rows, syncs = map(int, m.groups())
        equal(count(app), rows)
        print(f"# {rows} rows in {syncs} syncs: {rows / syncs:.1f}", flush=True)
        assert rows / syncs >= ROWS_A_SYNC, f"{rows / syncs:.1f} rows a sync"


def side_by_side(t, place, env):
    first = place.app(env=env)
    load = Load(place.nginx(first), 4 * SECONDS, 4)
    wait_for_more(first)
    with t.row("beside one process that writes without pause, another starts"):
        second = place.app(socket="second.sock", env=env)
    with t.row("and is given its turns"):
        for _ in range(10):
            status(second.request("POST", "/", (), ANN), 303)
    with t.row("and a command as well"):
        subprocess.run(place.args("rotate", "--store", first.store), env=environment(**env),
                       check=True, timeout=DEADLINE)
        assert load.is_alive(), "the load was over before that"
    with t.row("nothing of the first one fails meanwhile"):
        load.wanted()


def run(suite, bin, library):
    env = {"LD_PRELOAD": os.path.abspath(library), "PRG_SLOW_MS": str(MS)}
    with Place(suite, bin) as place:
        app = place.app(env=env)
        alone(suite, app)
        beside_load(suite, app, place.nginx(app))
    with Place(suite, bin) as place:
        together(suite, place, env)
    with Place(suite, bin) as place:
        side_by_side(suite, place, env)


def main(bin, library):
    suite = start_suite("slow disk")
    run(suite, bin, library)
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
