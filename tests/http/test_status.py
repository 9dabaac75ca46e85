"""/-/health and /-/metrics: for who may ask, and nothing for all others."""
import re
import select
import sqlite3
import time

from client import DEADLINE, NEVER
from forms import Unreadable
from harness import Place
from messages import message
from runner import among, equal, has, lacks, status
from test_cgi import Cgi

PAGES = ("/-/health", "/-/metrics")
TYPES = {"/-/health": "text/plain; charset=utf-8",
         "/-/metrics": "text/plain; version=0.0.4; charset=utf-8"}

# Who asks: (--status-from or None, REMOTE_ADDR, whether there is an answer)
WHO = [
    (None, "127.0.0.1", True),
    (None, "127.200.0.1", True),
    (None, "::1", True),
    (None, "::ffff:127.0.0.1", True),
    (None, "[::ffff:127.0.0.1]", True),
    (None, "[::1]", True),
    (None, "[::ffff:128.0.0.1]", False),
    (None, "[127.0.0.1", False),
    (None, "128.0.0.1", False),
    (None, "10.0.0.1", False),
    (None, "::2", False),
    (None, "", False),
    (None, NEVER, False),
    (None, "localhost", False),
    (None, "127.0.0.1, 10.0.0.1", False),
    ("10.1.0.0/16,2001:db8::/32", "10.1.255.255", True),
    ("10.1.0.0/16,2001:db8::/32", "[::ffff:10.1.2.3]", True),
    ("10.1.0.0/16,2001:db8::/32", "10.2.0.0", False),
    ("10.1.0.0/16,2001:db8::/32", "2001:db8:ffff::1", True),
    ("10.1.0.0/16,2001:db8::/32", "2001:db9::1", False),
    ("10.1.0.0/16,2001:db8::/32", "127.0.0.1", False),
    ("", "127.0.0.1", False),
]

SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="[^"\\]*",?)+)\})? (\d+(?:\.\d+)?)')
LABEL = re.compile(r'([a-z]+)="([^"]*)"')


class Metrics:
    """A page of metrics, every line of which is what the format allows."""

    def __init__(self, client):
        r = status(client.request("GET", "/-/metrics"), 200)
        self.types, self.samples = {}, {}
        assert r.text.endswith("\n"), "its last line has no end"
        helped = None
        for line in r.text.splitlines():
            if line.startswith("# HELP "):
                helped, text = line[7:].split(" ", 1)
                assert text and helped not in self.types, line
            elif line.startswith("# TYPE "):
                name, kind = line[7:].split(" ")
                equal(name, helped, "what follows its help")
                assert kind in ("counter", "gauge", "histogram"), line
                self.types[name] = kind
            else:
                self._sample(line, helped)

    def _sample(self, line, family):
        m = SAMPLE.fullmatch(line)
        assert m, f"no sample: {line!r}"
        name, labels, value = m.groups()
        if self.types[family] == "histogram":
            assert name in [family + s for s in ("_bucket", "_sum", "_count")], line
        else:
            equal(name, family, "the name of a sample")
            equal(name.endswith("_total"), self.types[family] == "counter", name)
        key = (name, *sorted(LABEL.findall(labels or "")))
        assert key not in self.samples, f"twice: {line}"
        self.samples[key] = float(value)

    def get(self, name, **labels):
        return self.samples.get((name, *sorted(labels.items())), 0)

    def buckets(self, route):
        """(le, count) in the order of the page."""
        return [(dict(k[1:])["le"], n) for k, n in self.samples.items()
                if k[0] == "prg_request_seconds_bucket" and ("route", route) in k]

    def routes(self):
        return {dict(k[1:])["route"] for k in self.samples if len(k) > 1}


class At:
    """A client that says it is at this address."""

    def __init__(self, app, addr):
        self.app, self.addr = app, addr

    def request(self, *request):
        return self.app.request(*request, more=[("REMOTE_ADDR", self.addr)])


def who(t, place):
    apps = {}
    for i, (allowed, addr, answered) in enumerate(WHO):
        if allowed not in apps:
            flags = [] if allowed is None else ["--status-from", allowed]
            apps[allowed] = place.app(*flags, socket=f"{i}.sock")
        client = At(apps[allowed], addr)
        name = "no address" if addr is NEVER else repr(addr)
        for page in PAGES:
            with t.row(f"{page} by {name}, {allowed or 'nothing'!r} allowed: "
                       f"{'an answer' if answered else 'nothing is there'}"):
                r = client.request("GET", page)
                if answered:
                    equal(status(r, 200).get("Content-Type"), TYPES[page])
                    equal(r.get("Cache-Control"), "no-store")
                    continue
                for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
                    r, other = client.request(method, page), client.request(method, "/-/other")
                    status(r, 404)
                    equal((r.fields, r.body), (other.fields, other.body), "what is said")


def methods(t, app):
    for page in PAGES:
        with t.row(f"HEAD of {page} has the fields and no body"):
            r = status(app.request("HEAD", page), 200)
            equal((r.get("Content-Type"), r.body), (TYPES[page], b""))
        for method in ("POST", "PUT", "DELETE"):
            with t.row(f"{method} to {page} is 405"):
                r = status(app.request(method, page, (), "a=b"), 405)
                equal(r.get("Allow"), "GET, HEAD, OPTIONS")
    with t.row("the body of health is short"):
        equal(status(app.request("GET", "/-/health"), 200).body, b"ok\n")


def behind_nginx(t, place):
    app = place.app("--base", "/app")
    with t.row("behind nginx the address is the client's"):
        web = place.nginx(app)
        for page in PAGES:
            status(web.get("/app" + page), 200)
    with t.row("the base stands before them"):
        for page in PAGES:
            status(web.get(page), 404)
    with t.row("a client elsewhere is told nothing, whatever it claims"):
        web = place.nginx(app, lambda conf: conf.replace("$remote_addr", "203.0.113.9"))
        for page in PAGES:
            status(web.get("/app" + page), 404)
            status(web.get("/app" + page, x_forwarded_for="127.0.0.1", x_real_ip="127.0.0.1",
                           remote_addr="127.0.0.1", forwarded="for=127.0.0.1"), 404)


def no_store(t, place):
    """A look needs a connection to the store, and with that a descriptor."""
    app = place.app(program="probe")
    result = status(app.request("POST", "/note", (), "text=a"), 303).get("Location")
    store = Unreadable(place, app, "/wait")
    with t.row("health is 503 with Retry-After while the store does not answer"):
        for _ in range(2):
            r = status(store.request("/-/health"), 503)
            equal(r.get("Retry-After"), "30")
            equal(r.get("Cache-Control"), "no-store")
    with t.row("a result is 503 then, to be loaded again, not sent"):
        r = status(store.request(result), 503)
        has(r.text, message("unavailable"))
        lacks(r.text, "send the form")
    with t.row("and 200 once it does"):
        store.mend()
        for path in ("/-/health", result):
            status(store.request(path), 200)
    status(store.close(), 200)


def counts(t, place):
    app = place.app("--log-level", "debug", program="probe")
    with t.row("all routes are there from the first"):
        equal(Metrics(app).routes(), {
            "/", "/note", "/public", "/mine", "/hostile", "/away", "/fail", "/odd", "/odd/page",
            "/odd/nameless", "/typo",
            "/taken", "/gate", "/wait", "-", "/static/prg.css", "/-/app.css", "/-/health",
            "/-/metrics"})
    for _ in range(3):
        status(app.request("GET", "/note"), 200)
    location = status(app.request("POST", "/note", (), "text=a"), 303).get("Location")
    status(app.request("GET", location), 200)
    status(app.request("POST", "/fail", (), "text=a"), 503)
    status(app.request("GET", "/none"), 404)
    status(app.request("GET", "/-/none"), 404)
    status(app.request("GET", "/static/prg.css"), 200)
    status(app.request("GET", "/-/health"), 200)
    # A request is counted once its answer has been sent, and logged after that.
    app.wait_for("route=/-/health status=200")
    m = Metrics(app)
    for route, code, want in (("/note", 200, 4), ("/note", 303, 1), ("/fail", 503, 1),
                              ("-", 404, 2), ("/static/prg.css", 200, 1),
                              ("/-/health", 200, 1), ("/-/metrics", 200, 1), ("/", 200, 0)):
        with t.row(f"{want} requests of {route} with {code} are counted"):
            equal(m.get("prg_requests_total", route=route, status=str(code)), want)
    with t.row("nothing else is"):
        equal(sum(n for k, n in m.samples.items() if k[0] == "prg_requests_total"), 11)
    with t.row("rows and batches are counted"):
        equal((m.get("prg_rows_total"), m.get("prg_batches_total")), (1, 1))


def times(t, place):
    """One request is sure to have taken more than half a second."""
    app = place.app(program="probe")
    lock = sqlite3.connect(app.store, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    c = app.connect()
    c.send("POST", "/note", (), "text=a")
    assert not select.select([c.socket], [], [], 0.7)[0], "it did not wait"
    with t.row("what waits for the disk is there"):
        m = Metrics(app)
        equal((m.get("prg_queue_rows"), m.get("prg_queue_refused_total")), (1, 0))
    lock.execute("COMMIT")
    status(c.read(), 303)
    c.close()
    status(app.request("GET", "/note"), 200)
    m, end = Metrics(app), time.monotonic() + DEADLINE
    # A request is counted once its answer has been sent.
    while m.get("prg_request_seconds_count", route="/note") < 2 and time.monotonic() < end:
        m = Metrics(app)
    with t.row("the buckets grow to the count, and none is empty that should not be"):
        for route in m.routes():
            buckets = m.buckets(route)
            equal(buckets[-1][0], "+Inf")
            limits = [float(le) for le, _ in buckets]
            equal(limits, sorted(set(limits)), "the limits")
            numbers = [n for _, n in buckets]
            equal(numbers, sorted(numbers), "the counts")
            total = sum(n for k, n in m.samples.items()
                        if k[0] == "prg_requests_total" and ("route", route) in k)
            equal(numbers[-1], m.get("prg_request_seconds_count", route=route), "+Inf")
            equal(numbers[-1], total, "the count of requests")
    with t.row("a request that took long is in the buckets of long ones alone"):
        buckets = dict(m.buckets("/note"))
        equal((buckets["0.5"], buckets["+Inf"]), (1, 2))
        took = m.get("prg_request_seconds_sum", route="/note")
        assert 0.5 < took < DEADLINE, took
    lock.close()


def gauges(t, place):
    app = place.app("--threads", "8")
    conns = [app.connect() for _ in range(9)]
    for c in conns:
        status(c.request("GET", "/nothing", keep=True), 404)
    with t.row("connections, parked ones and workers are there"):
        m, asked, end = Metrics(app), 1, time.monotonic() + DEADLINE
        # A worker parks a connection once it has answered.
        while m.get("prg_connections_parked") < 9 and time.monotonic() < end:
            m, asked = Metrics(app), asked + 1
        equal(m.get("prg_connections_accepted_total"), 9 + asked)
        equal(m.get("prg_connections_parked"), 9)
        # What asks is one itself, and what has asked before may be on its way out.
        among(m.get("prg_connections"), range(10, 10 + asked))
        among(m.get("prg_workers"), range(1, 9))
        assert m.get("prg_workers_idle") < m.get("prg_workers"), m.samples
    with t.row("a row for which no thread may wait is counted"):
        lock = sqlite3.connect(app.store, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        for c in conns:
            c.send("POST", "/", (), "name=Ann&message=Hi", keep=True)
        early = 0
        while early < 2:
            ready = select.select([c.socket for c in conns], [], [], DEADLINE)[0]
            assert ready, f"only {early} were answered"
            for c in [c for c in conns if c.socket in ready]:
                status(c.read(), 503)
                early += 1
        equal(Metrics(app).get("prg_queue_refused_total"), 2)
        lock.execute("COMMIT")
        lock.close()
    for c in conns:
        c.close()


def cgi(t, place):
    client = Cgi(place)
    with t.row("as a CGI program it has health"):
        equal(status(client.request("GET", "/-/health"), 200).body, b"ok\n")
    with t.row("but no metrics: a process of one request has nothing to count"):
        has(status(client.request("GET", "/-/metrics"), 404).text, message("detail_404"))


def run(t, bin):
    for part in (who, behind_nginx, no_store, counts, times, gauges, cgi):
        with Place(t, bin) as place:
            part(t, place)
    with Place(t, bin) as place:
        methods(t, place.app())
