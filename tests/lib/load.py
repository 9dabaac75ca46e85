"""load.py - visitors through nginx; each answer that they get is checked."""
import random
import threading

from client import DEADLINE, Browser
from runner import equal, has, status

VISITORS = 64
RENEWED = 500           # requests on one connection; nginx takes 1000
PAUSE = 0.5             # seconds at most


class Visitor(threading.Thread):
    """Fetches the form, posts, fetches results; every second visitor pauses."""

    def __init__(self, load, number):
        super().__init__()
        self.load, self.name = load, f"v{number}"
        self.rng = random.Random(number)
        self.pauses = number % 2 == 1
        self.sent = self.count = 0
        self.seen = []          # (address, name) of each 303
        self.wrong = []

    def look(self, browser):
        if self.seen and self.rng.random() < 0.5:
            address, name = self.rng.choice(self.seen[-20:])
            has(status(browser.request("GET", address), 200).text, name, "the page")
        else:
            status(browser.request("GET", self.load.path), 200)

    def post(self, browser):
        name = f"{self.name}n{self.sent}."
        self.sent += 1
        r = browser.request("POST", self.load.path, (), self.load.body.format(name))
        self.seen.append((status(r, 303).get("Location"), name))

    def run(self):
        browser = Browser(self.load.web)
        while not self.load.over.is_set():
            try:
                if self.count % RENEWED == 0:
                    browser.close()
                    browser = Browser(self.load.web)
                self.count += 1
                (self.post if self.rng.random() < 0.5 else self.look)(browser)
            except Exception as e:
                self.wrong.append(str(e) or repr(e))
                browser.close()
                browser = Browser(self.load.web)
            self.load.count()
            if self.pauses:
                self.load.over.wait(self.rng.uniform(0, PAUSE))
        browser.close()


class Load:
    """So many visitors, until stop().  Each gives another value to 'field', so that the
    rows of the store can be told apart."""

    def __init__(self, web, path="/", field="name", body="name={}&message=Hi",
                 visitors=VISITORS):
        self.web, self.path, self.field, self.body = web, path, field, body
        self.over = threading.Event()
        self.event, self.done = threading.Condition(), 0
        self.visitors = [Visitor(self, i) for i in range(visitors)]
        for v in self.visitors:
            v.start()

    def count(self):
        with self.event:
            self.done += 1
            self.event.notify_all()

    def wait_for(self, more=VISITORS):
        """Wait until so many more requests have been answered."""
        with self.event:
            want = self.done + more
            assert self.event.wait_for(lambda: self.done >= want, DEADLINE), "it hangs"

    def stop(self):
        self.over.set()
        for v in self.visitors:
            v.join()

    def wrong(self):
        return [w for v in self.visitors for w in v.wrong]

    def sent(self):
        return {f"{v.name}n{i}." for v in self.visitors for i in range(v.sent)}

    def seen(self):
        return [name for v in self.visitors for _, name in v.seen]

    def check_rows(self, app, lost=0):
        """A row for each 303, none twice, and no more than 'lost' without one."""
        names = [n for n, in app.rows(f"SELECT json_extract(input, '$.{self.field}') "
                                       "FROM submission")]
        equal(len(set(names)), len(names), "the count of different rows")
        equal(sorted(set(self.seen()) - set(names))[:5], [], "303s without a row")
        equal(sorted(set(names) - self.sent())[:5], [], "rows that nobody sent")
        assert len(names) - len(self.seen()) <= lost, \
            f"{len(names)} rows, {len(self.seen())} 303s"
        equal(app.rows("PRAGMA integrity_check"), [("ok",)])
