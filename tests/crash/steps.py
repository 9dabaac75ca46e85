"""steps.py - kill -9 at each step of a submission: it happens once, or not yet.

usage: python3 -B tests/crash/steps.py BIN [SEED]

BIN was built with -DPRG_STEPS.  Clients order from the order app.  Each keeps the form
that it sends until it saw a 303, then sends it once more, as browsers and proxies do.
The app is killed at a step or at any instant, and the clients go on with another process
on the same store: one that is started then, or one that was there all the time.  Then:
- each form that was sent is one row, and each order sank the stock once;
- each form led to one address, and that address is a page.
ROUNDS, 200 with LONG=1 in the environment.
"""
import os
import random
import signal
import sys
import threading
from urllib.parse import urlencode

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)) + "/../lib")
from client import DEADLINE     # noqa: E402
from forms import KEY, change_store     # noqa: E402
from harness import Place     # noqa: E402
from page import Page     # noqa: E402
from runner import equal, start_suite, status     # noqa: E402

ROUNDS = 200 if os.environ.get("LONG") == "1" else 25
CLIENTS, STOCK = 8, 10 ** 6
STEPS = ("before-claim", "after-record", "before-sync", "after-sync", "before-answer", None)
LONGEST = 0.3           # seconds until the kill, where no step is named
STARTED = 1             # how often the start passes one: it stores the app's schema
PASSED = 60             # how often a step is passed at most before the kill


class Broken(Exception):
    """The connection is; all else is a failure."""


class Client:
    """Orders, one after the other, on the app that work() names."""

    def __init__(self, name):
        self.name, self.orders = name, 0
        self.form = None        # path and body on their way, until sent twice
        self.seen = {}          # form: where its 303 leads
        self.wrong = None

    def request(self, *args):
        try:
            return self.connection.request(*args, keep=True)
        except (OSError, AssertionError) as e:
            raise Broken from e

    def key(self, page):
        return Page(status(self.request("GET", page), 200).text).inputs[KEY]["value"]

    def settle(self):
        """Send what is on its way until it has led to an address, then once more."""
        while self.form is not None:
            again = self.form in self.seen
            where = status(self.request("POST", self.form[0], (), self.form[1]), 303)
            where = where.get("Location")
            equal(self.seen.setdefault(self.form, where), where, f"the address of {self.form}")
            if again:
                self.form = None
        return where

    def send(self, path, page, **fields):
        self.form = (path, urlencode({KEY: self.key(page), **fields}))
        return self.settle()

    def order(self):
        self.orders += 1
        page = self.send("/", "/", item="mug", count=1 + self.orders % 3,
                         name=f"{self.name}-{self.orders}", email="a@example.com")
        self.send("/confirm", page, wish=page.partition("?wish=")[2])

    def work(self, app, over):
        """Until it is over, or the app is gone."""
        try:
            self.connection = app.connect()
            if self.form is not None:
                self.settle()
            while not over.is_set():
                self.order()
            self.connection.close()
        except (Broken, OSError):
            pass
        except Exception as e:
            self.wrong = e


def at_work(clients, app, over):
    threads = [threading.Thread(target=c.work, args=(app, over)) for c in clients]
    for thread in threads:
        thread.start()
    return threads


def join(threads):
    for thread in threads:
        thread.join(DEADLINE)
        assert not thread.is_alive(), "a client hangs"


def start(place, **kw):
    return place.app(program="order", **kw)


def killed(app, step, rng):
    """Wait for its end at the step, or make an end at some instant."""
    if step is None:
        threading.Event().wait(rng.uniform(0, LONGEST))
        app.kill()
    equal(app.wait(), -signal.SIGKILL, f"the exit code; its log is {app.log}")


def one_round(place, clients, step, rng):
    """The app that is left, on which each form has been settled."""
    never, over = threading.Event(), threading.Event()
    beside = rng.random() < 0.5
    other = start(place, socket="other.sock") if beside else None
    env = {"PRG_STEP": step, "PRG_STEP_AFTER": str(STARTED + rng.randrange(PASSED))} if step else {}
    app = start(place, env=env)
    on_app = clients[::2] if beside else clients
    threads = at_work(on_app, app, never)
    threads_beside = at_work(clients[1::2], other, over) if beside else []
    killed(app, step, rng)
    join(threads)
    other = other or start(place, socket="other.sock")
    over.set()
    join(threads_beside + at_work(on_app, other, over))
    for client in clients:
        if client.wrong is not None:
            raise client.wrong
        equal(client.form, None, "what is on its way")
    return other


def sum_of(app, sql):
    return app.rows(sql)[0][0] or 0


def check_rows(app, clients):
    """As many rows as forms that were sent, and no two of one."""
    sent = {"/": 0, "/confirm": 0}
    for client in clients:
        for path, _ in client.seen:
            sent[path] += 1
    for path, count in sent.items():
        equal(app.rows("SELECT count(*) FROM submission WHERE route = ?", path), [(count,)],
              f"the rows of {path}")
    equal(app.rows("SELECT count(DISTINCT json_extract(input, '$.name')) FROM submission "
                   "WHERE route = '/'"), [(sent["/"],)], "the count of names")
    equal(app.rows("SELECT count(*) FROM submission WHERE state <> 'done'"), [(0,)])
    equal(sum_of(app, "SELECT count(*) FROM placed"), sent["/confirm"], "the count of orders")
    equal(app.rows("SELECT count(*) FROM submission, placed WHERE route = '/confirm' "
                   "AND wish = json_extract(input, '$.wish')"), [(sent["/confirm"],)])
    equal(app.rows("SELECT n FROM stock WHERE item = 'mug'"),
          [(STOCK - sum_of(app, "SELECT sum(count) FROM placed"),)], "the stock")
    equal(app.rows("PRAGMA integrity_check"), [("ok",)])


def check_addresses(app, addresses):
    c = app.connect()
    for address in addresses:
        status(c.request("GET", address, keep=True), 200)
    c.close()


def addresses(clients):
    return {where for client in clients for where in client.seen.values()}


def run(suite, bin, seed):
    rng = random.Random(seed)
    clients = [Client(f"c{i}") for i in range(CLIENTS)]
    checked = set()
    with Place(suite, bin) as place:
        app = start(place)
        change_store(app, "UPDATE stock SET n = ?", STOCK)
        app.stop()
        for number in range(ROUNDS):
            step = STEPS[number % len(STEPS)]
            with suite.row(f"round {number}, {step or 'at any instant'}: each form happened once"):
                app = one_round(place, clients, step, rng)
                check_rows(app, clients)
                check_addresses(app, addresses(clients) - checked)
                checked = addresses(clients)
                app.kill() if rng.random() < 0.5 else app.stop()
        with suite.row("in the end each address that was seen is a page"):
            app = start(place)
            check_rows(app, clients)
            check_addresses(app, addresses(clients))
            equal(len(addresses(clients)), sum(len(c.seen) for c in clients))
        print(f"# {len(addresses(clients))} forms", flush=True)


def main(bin, seed):
    print(f"# seed {seed}", flush=True)
    suite = start_suite(f"steps, seed {seed}")
    run(suite, bin, seed)
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3
                  else random.SystemRandom().randrange(1 << 32)))
