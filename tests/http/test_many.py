"""Many connections, few threads."""
import threading
import time

from client import Browser, record, BEGIN
from harness import Place
from runner import equal, status

ANN = "name=Ann&message=Hi"
AT_ONCE = 5             # seconds, on a busy machine with sanitizers
CLIENTS, REQUESTS = 64, 40


def at_once(app):
    start = time.monotonic()
    status(app.request("GET", "/"), 200)
    location = status(app.request("POST", "/", (), ANN), 303).get("Location")
    status(app.request("GET", location), 200)
    took = time.monotonic() - start
    assert took < AT_ONCE, f"it took {took:.1f} s"


def idle(t, place):
    app = place.app("--threads", "2")
    used, silent, begun = [], [], []
    try:
        with t.row("2000 connections are kept open, each after one request"):
            for i in range(2000):
                c = app.connect()
                used.append(c)
                status(c.request("GET", "/static/prg.css?" + str(i), keep=True), 200)
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
