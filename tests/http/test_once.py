"""Many POSTs of one form at once: one result, one address, stock that sinks once.

ROUNDS of each kind, 200 with LONG=1 in the environment.
"""
import os
import re
import select
import sqlite3
import threading

from client import DEADLINE, Browser
from forms import (JSON, KEY, body, change_store, get_key, id_of, location, post, ran,
                   run_command)
from harness import Place
from page import Page
from runner import among, equal, status

ROUNDS = 200 if os.environ.get("LONG") == "1" else 30
CONNECTIONS, POSTS = 8, 50
WISH = {"item": "mug", "count": "2", "name": "Ann", "email": "ann@example.com"}


class Kept:
    """A connection to the app that stays open."""

    def __init__(self, app):
        self.connection = app.connect()

    def request(self, *args):
        return self.connection.request(*args, keep=True)

    def close(self):
        self.connection.close()


class Crowd:
    """Connections, a thread each, that send the same request at the same moment."""

    def __init__(self, connect):
        """'connect' is a list of functions that make a connection, taken in turn."""
        self.connections = [connect[i % len(connect)]() for i in range(CONNECTIONS)]

    def post(self, path, bodies):
        """What each of POSTS requests got; bodies are taken in turn."""
        got, start = [], threading.Barrier(CONNECTIONS)

        def send(c, first):
            start.wait(DEADLINE)
            for i in range(first, POSTS, CONNECTIONS):
                text = bodies[i % len(bodies)]
                try:
                    got.append((text, c.request("POST", path, (), text)))
                except Exception as e:
                    got.append((text, repr(e)))

        threads = [threading.Thread(target=send, args=(c, i))
                   for i, c in enumerate(self.connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        equal(len(got), POSTS, "the count of answers")
        return got

    def close(self):
        for c in self.connections:
            c.close()


def addresses(got):
    """The Locations of answers that are all 303."""
    broken = [r for _, r in got if isinstance(r, str)]
    equal(broken, [], "what broke")
    return {location(r) for _, r in got}


def address(got):
    """The one Location."""
    found = addresses(got)
    equal(len(found), 1, f"the count of addresses {found}")
    return found.pop()


# -- an order ----------------------------------------------------------------------

def in_stock(app):
    (n,), = app.rows("SELECT n FROM stock WHERE item = 'mug'")
    return n


def confirm_form(client):
    """The first step: the ID of the wish, and the form of the second."""
    page = location(post(client, "/", get_key(client, "/"), **WISH))
    wish = page.partition("?wish=")[2]
    return wish, body(get_key(client, page), wish=wish)


def order_once(app, crowd):
    before = in_stock(app)
    wish, form = confirm_form(app)
    where = address(crowd.post("/confirm", [form]))
    equal(in_stock(app), before - int(WISH["count"]), "the stock")
    equal(app.rows("SELECT count FROM placed WHERE wish = ?", wish), [(2,)])
    equal(app.rows("SELECT id, state FROM submission WHERE route = '/confirm' AND "
                   "json_extract(input, '$.wish') = ?", wish), [(id_of(where), "done")])
    status(app.request("GET", where), 200)


# -- two contents -------------------------------------------------------------------

def two_contents(app, crowd):
    """Of two contents under one key, each is one result."""
    key = get_key(app, "/note")
    bodies = [body(key, text=text) for text in ("one", "two")]
    got = crowd.post("/note", bodies)
    one, two = [address([g for g in got if g[0] == text]) for text in bodies]
    assert one != two, one
    among("/note/" + key[:27], (one, two), "the address in the key")
    for where, text in ((one, "one"), (two, "two")):
        equal(app.request("GET", where, [("Accept", JSON)]).json["input"]["text"], text)


def some_rounds(numbers, part, app, connect):
    crowd = Crowd(connect)
    for number in numbers:
        try:
            part(app, crowd)
        except AssertionError as e:
            raise AssertionError(f"round {number}: {e}") from None
    crowd.close()


def rounds(t, how, part, app, connect):
    """One row, which names the first round that fails."""
    with t.row(f"{how}, {ROUNDS} times {POSTS} POSTs"):
        for first in range(0, ROUNDS, 50):
            # nginx closes a connection after 1000 requests.
            some_rounds(range(first, min(first + 50, ROUNDS)), part, app, connect)


def behind(a, b):
    """Both apps behind one nginx, which takes them in turn."""
    def change(conf):
        line = f"server unix:{a.path};"
        assert line in conf, conf
        return conf.replace(line, f"{line}\n\tserver unix:{b.path};")
    return change


def orders(t, place):
    a = place.app(program="order")
    change_store(a, "UPDATE stock SET n = ? WHERE item = 'mug'", 10 ** 6)
    web = place.nginx(a)
    rounds(t, "an order behind nginx", order_once, a, [lambda: Browser(web)])
    rounds(t, "an order to the app itself", order_once, a, [lambda: Kept(a)])
    b = place.app(program="order", socket="b.sock")
    rounds(t, "an order to two processes", order_once, a, [lambda: Kept(a), lambda: Kept(b)])
    place.stop_nginx()
    both = place.nginx(a, behind(a, b))
    rounds(t, "an order behind nginx to two processes", order_once, a, [lambda: Browser(both)])
    with t.row("each order is one row, and the stock has sunk by each once"):
        (placed,), = a.rows("SELECT count(*) FROM placed")
        equal(placed, 4 * ROUNDS)
        equal(a.rows("SELECT count(*) FROM submission WHERE route = '/confirm'"), [(placed,)])
        equal(in_stock(a), 10 ** 6 - 2 * placed, "the stock")


def notes(t, place):
    a = place.app(program="owner")
    rounds(t, "two contents under one key", two_contents, a, [lambda: Kept(a)])
    with t.row("in one process the handler ran once for each result"):
        equal(ran(a), 2 * ROUNDS)
    b = place.app(program="owner", socket="b.sock")
    rounds(t, "two contents to two processes", two_contents, a,
           [lambda: Kept(a), lambda: Kept(b)])
    with t.row("each content is one row"):
        equal(a.rows("SELECT count(*) FROM submission"), [(4 * ROUNDS,)])


# -- while the first is still at it --------------------------------------------------

class Locked:
    """The store's lock in other hands: what is posted has to wait."""

    def __init__(self, app):
        self.db = sqlite3.connect(app.store, DEADLINE, isolation_level=None)

    def __enter__(self):
        self.db.execute("BEGIN IMMEDIATE")

    def __exit__(self, *_):
        self.db.execute("COMMIT")
        self.db.close()


def waiting(t, place):
    app = place.app(program="owner")
    form = body(get_key(app, "/note"), text="Ann")
    with t.row("many of one form wait, and GETs go on"):
        many = [app.connect() for _ in range(20)]
        with Locked(app):
            for c in many:
                c.send("POST", "/note", (), form)
            app.wait_for("the handler ran")
            status(app.request("GET", "/note"), 200)
    with t.row("all of them get the one address, and the handler ran once"):
        equal(len({location(c.read()) for c in many}), 1, "the count of addresses")
        equal(ran(app), 1)
        equal(app.rows("SELECT count(*) FROM submission"), [(1,)])


def read_early(connections, count):
    """The answers of the first so many to be answered."""
    early = {}
    while len(early) < count:
        left = {c.socket: c for c in connections if c not in early}
        ready = select.select(list(left), [], [], DEADLINE)[0]
        assert ready, f"only {len(early)} were answered"
        early.update((left[s], left[s].read()) for s in ready)
    return early


def full_queue(t, place):
    """Seven of eight threads may wait for the disk."""
    app = place.app("--threads", "8", program="owner")
    forms = [body(get_key(app, "/note"), text=f"n{i}") for i in range(20)]
    many = [app.connect() for _ in forms]
    with Locked(app):
        for c, form in zip(many, forms):
            c.send("POST", "/note", (), form)
        early = read_early(many, len(many) - 7)
    with t.row("seven wait, the others are told to come again"):
        got = [early.get(c) or c.read() for c in many]
        equal(sorted(r.status for r in got), 7 * [303] + 13 * [503])
        for r in got:
            equal(r.get("Retry-After"), "30" if r.status == 503 else None)
    with t.row("sent again, each gets its 303, and the first the same"):
        for r, form in zip(got, forms):
            where = location(app.request("POST", "/note", (), form))
            equal(where, "/note/" + form.partition("=")[2][:27])
            equal(r.get("Location") or where, where)
    with t.row("nothing is lost, and nothing is there twice"):
        equal(app.rows("SELECT count(*), count(DISTINCT input) FROM submission"), [(20, 20)])


def lost(t, place):
    """The second step of an order whose first is no longer there."""
    app = place.app(program="order")
    wish, form = confirm_form(app)
    key = get_key(app, f"/confirm?wish={wish}")
    others = [f"{KEY}={key}&wish={wish}", f"{KEY}={key}", f"{KEY}={key}&wish=", "wish=" + wish,
              "wish=nonsense", ""]
    equal(run_command(place, "rm", wish, program="order"), (0, ""))
    for text in [form, *others]:
        with t.row(f"{re.sub('[0-9A-Za-z._-]{27,}', 'ID', text)!r}: a page that says so"):
            at = location(app.request("POST", "/confirm", (), text))
            page = Page(status(app.request("GET", at), 200).text)
            equal(page.title[:7], "Error: ")
            equal(app.request("GET", at, [("Accept", JSON)]).status, 200)
    with t.row("nothing is ordered"):
        equal(app.rows("SELECT * FROM submission WHERE route = '/confirm' AND state = 'done'"),
              [])


def run(t, bin):
    for part in (orders, lost, notes, waiting, full_queue):
        with Place(t, bin) as place:
            part(t, place)
