"""Many connections, few threads."""
import re
import resource
import threading
import time

from client import Browser, record, BEGIN
from harness import Place
from runner import equal, status

ANN = "name=Ann&message=Hi"
AT_ONCE = 5             # seconds, on a busy machine with sanitizers
CLIENTS, REQUESTS = 64, 40
PARKED, OTHERS = 10000, 700     # kept open; silent ones and what else is open
MEMORY = 2048           # bytes that one of them may cost, sanitizers and all


def parked():
    """As many as there may be: each is a descriptor here, and one of the app."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < PARKED + OTHERS:
        print(f"# RLIMIT_NOFILE is {most}: fewer than {PARKED} connections", flush=True)
    return min(PARKED, most - OTHERS)


def memory(app):
    with open(f"/proc/{app.pid}/status") as f:
        return int(re.search(r"VmRSS:\s*(\d+) kB", f.read())[1]) << 10


def at_once(app):
    start = time.monotonic()
    status(app.request("GET", "/"), 200)
    location = status(app.request("POST", "/", (), ANN), 303).get("Location")
    status(app.request("GET", location), 200)
    took = time.monotonic() - start
    assert took < AT_ONCE, f"it took {took:.1f} s"


def idle(t, place):
    # What was freed is not to count, though the sanitizer keeps it for a while.
    app = place.app("--threads", "2", env={"ASAN_OPTIONS": "quarantine_size_mb=4"})
    used, silent, begun = [], [], []
    count = parked()
    try:
        for _ in range(100):
            at_once(app)
        before = memory(app)
        with t.row(f"{count} connections are kept open, each after one request"):
            for i in range(count):
                c = app.connect()
                used.append(c)
                status(c.request("GET", "/static/prg.css?" + str(i), keep=True), 200)
        with t.row(f"each of them costs less than {MEMORY} bytes"):
            each = (memory(app) - before) / count
            print(f"# {each:.0f} bytes for each of {count} parked connections", flush=True)
            assert each < MEMORY, f"it is {each:.0f} bytes"
        with t.row("a request beside them is answered at once"):
            at_once(app)
        with t.row("also beside 500 that never sent anything"):
            for _ in range(500):
                silent.append(app.connect())
            at_once(app)
        with t.row("also beside 50 that sent the beginning of a request"):
            for _ in range(50):
                c = app.connect()
                begun.append(c)
                c.socket.sendall(record(BEGIN, b"\0\1\1\0\0\0\0\0")[:11])
            at_once(app)
        with t.row("each of them can be used again"):
            for c in used + silent:
                status(c.request("GET", "/nothing", keep=True), 404)
    finally:
        for c in used + silent + begun:
            c.close()


def client(web, number, wrong):
    try:
        browser = Browser(web)
        for i in range(REQUESTS):
            name = f"c{number}n{i}"
            r = browser.request("POST", "/", (), f"name={name}&message=Hi")
            location = status(r, 303).get("Location")
            r = status(browser.request("GET", location), 200)
            assert f"Thank you, {name}." in r.text, f"{name} got {r}"
        browser.close()
    except Exception as e:
        wrong.append(repr(e))


def clients(t, place):
    app = place.app("--threads", "2")
    web = place.nginx(app)
    with t.row(f"{CLIENTS} clients behind nginx with 2 threads: nobody waits for ever"):
        wrong = []
        threads = [threading.Thread(target=client, args=(web, i, wrong))
                   for i in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        equal(wrong[:3], [], "what failed")
    with t.row("each 303 stands for one row, and there is no other"):
        equal(app.rows("SELECT count(*), count(DISTINCT json_extract(input, '$.name')) "
                       "FROM submission"), [(CLIENTS * REQUESTS, CLIENTS * REQUESTS)])
    with t.row("while nginx keeps its connections, another client is answered"):
        at_once(app)


def run(t, bin):
    for part in (idle, clients):
        with Place(t, bin) as place:
            part(t, place)
