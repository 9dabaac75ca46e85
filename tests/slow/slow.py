"""slow.py - a slow disk: POSTs wait for it, and nothing else does.

usage: python3 -B tests/slow/slow.py BIN LIBRARY [IDLE]

IDLE is PRG_POOL_IDLE of the build, 60 without it: the seconds after which a worker ends.
LIBRARY is fsync.c for LD_PRELOAD: each sync takes MS milliseconds more.  Still:
- no 303 leaves before its sync, however many share it;
- a GET takes as long as without any POSTs, beside 64 connections and beside 500;
- rows that wait are committed together, so there are many more POSTs a second than
  syncs;
- a process that writes without pause leaves another one its turns.
Slow clients and slow handlers are in crowd.py.
"""
import os
import re
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + "/../lib")
from client import DEADLINE, Browser     # noqa: E402
from crowd import crowd     # noqa: E402
from harness import Place, environment     # noqa: E402
from runner import equal, start_suite, status     # noqa: E402
from wrk import Wrk     # noqa: E402

MS = 50
CONNECTIONS, MANY, SECONDS = 64, 500, 2
POSTS_A_SECOND, ROWS_A_SYNC = 500, 20   # at least
RATIO, TRIES = 2.0, 3                   # of GET times at most, in the best of so many tries
P50, P99 = 1.0, 20.0                    # ms of a GET beside MANY connections, if the
SPARE = 5                               # machine is idle; a busy one may take so much more
GETS = 300
ANN = "name=Ann&message=Hi"


def seconds_of(function):
    start = time.monotonic()
    function()
    return time.monotonic() - start


def get_times(browser):
    """The median and the 99th percentile, in milliseconds."""
    took = [1000 * seconds_of(lambda: status(browser.request("GET", "/"), 200))
            for _ in range(GETS)]
    return statistics.median(took), statistics.quantiles(took, n=100)[98]


def post_load(web, seconds, connections=CONNECTIONS):
    return Wrk(web, "/", seconds, connections, want=303, post=ANN)


def count(app):
    return app.rows("SELECT count(*) FROM submission")[0][0]


def wait_for_more(app):
    """Until the load has arrived."""
    end, before = time.monotonic() + DEADLINE, count(app)
    while count(app) == before:
        assert time.monotonic() < end, "nothing is stored"


def alone(t, app):
    """One POST after the other.  From then on the list on the page is full."""
    with t.row(f"no 303 leaves before its sync of {MS} ms"):
        for _ in range(20):
            took = seconds_of(lambda: status(app.request("POST", "/", (), ANN), 303))
            assert took >= MS / 1000, f"it took {1000 * took:.1f} ms"


def times_beside(app, web, browser, connections):
    """The times of a GET while so many connections post."""
    load = post_load(web, 2 * SECONDS, connections)
    wait_for_more(app)
    times = get_times(browser)
    assert load.is_alive(), "the load was over before the GETs were"
    load.wanted()
    return times


def beside_load(t, app, web):
    browser = Browser(web)
    with t.row(f"beside {CONNECTIONS} POSTs a GET takes {RATIO} times as long at most"):
        ratios = []
        while len(ratios) < TRIES and min(ratios, default=RATIO + 1) > RATIO:
            idle, _ = get_times(browser)
            busy, _ = times_beside(app, web, browser, CONNECTIONS)
            ratios.append(busy / idle)
            print(f"# GET: {idle:.2f} ms, beside {CONNECTIONS} POSTs {busy:.2f} ms", flush=True)
        assert min(ratios) <= RATIO, f"the ratios are {ratios}"
    with t.row(f"beside {MANY} POSTs a GET takes {SPARE} times {P50} ms, p99 {P99} ms at most"):
        p50, p99 = min(times_beside(app, web, browser, MANY) for _ in range(2))
        print(f"# beside {MANY} POSTs: GET p50 {p50:.2f} ms, p99 {p99:.2f} ms; on an idle machine "
              f"below {P50} and {P99} ms", flush=True)
        assert p50 < SPARE * P50 and p99 < SPARE * P99, f"p50 {p50:.2f} ms, p99 {p99:.2f} ms"
    browser.close()


def together(t, place, env):
    app = place.app(env=env)
    web = place.nginx(app)
    with t.row(f"at {CONNECTIONS} connections, {POSTS_A_SECOND} POSTs a second or more"):
        rate = post_load(web, SECONDS).wanted() / SECONDS
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
    load = post_load(place.nginx(first), 4 * SECONDS, 4)
    wait_for_more(first)
    with t.row("beside one process that writes without pause, another starts"):
        second = place.app(socket="second.sock", env=env)
    with t.row("and is given its turns"):
        for _ in range(10):
            status(second.request("POST", "/", (), ANN), 303)
    with t.row("and so is a command"):
        subprocess.run(place.args("rotate", "--store", first.store), env=environment(**env),
                       check=True, timeout=DEADLINE)
        assert load.is_alive(), "the load was over before that"
    with t.row("no request to the first one fails meanwhile"):
        load.wanted()


def slow_disk(t, bin, library):
    env = {"LD_PRELOAD": os.path.abspath(library), "PRG_SLOW_MS": str(MS)}
    with Place(t, bin) as place:
        app = place.app(env=env)
        alone(t, app)
        beside_load(t, app, place.nginx(app))
    with Place(t, bin) as place:
        together(t, place, env)
    with Place(t, bin) as place:
        side_by_side(t, place, env)


def main(bin, library, idle="60"):
    suite = start_suite("slow")
    with crowd(suite, bin, int(idle)):
        suite.run("slow disk", lambda t: slow_disk(t, bin, library))
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
