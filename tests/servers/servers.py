"""servers.py - the same behaviour behind each server.

usage: python3 -B tests/servers/servers.py BIN [WORD ...]

Runs the set-ups of which the name contains one of the words; without a word, all.

Each set-up of deploy/ is started as its file there says (setups.py).  Every request of one
table (rows.py) goes through each of them, and straight to the app: status, header fields and
body are the same, but for what a server decides by itself, which is listed.
"""
import os
import re
import socket
import sqlite3
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + "/../lib")
import forms     # noqa: E402
from client import chunked, http_bytes, read_response     # noqa: E402
from extra import EXTRA     # noqa: E402
from harness import REPORTS, TOP, Place     # noqa: E402
from load import Load     # noqa: E402
from page import Page     # noqa: E402
from rows import CHUNKED, EXPECT, NOTE, ROWS, difference     # noqa: E402
from runner import among, equal, has, matching, start_suite, status     # noqa: E402
from setups import PROGRAM, SETUPS     # noqa: E402

# A page of ours has this policy, behind any server.
POLICY = "default-src 'none'"
# Not the same from one store, or one server, to the next.
OWN_FIELDS = ("ETag", "Last-Modified", "Content-Length")
FIELDS_OF_304 = ("Vary", "Cache-Control")       # Apache drops the others
SLOW_CLIENTS, CLIENTS = 20, 8


# -- One request --------------------------------------------------------------------

def send_all(s, data):
    """As much as the server takes: it may have answered before that."""
    try:
        s.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        pass


def send(web, row, target, headers, body):
    if row.how == CHUNKED:
        headers = headers + [("Transfer-Encoding", "chunked"), ("Content-Length", None)]
        body = chunked(body)
    data = http_bytes(row.method, target, headers, body)
    with web.connect() as s:
        if row.how == EXPECT:
            head, end, data = http_bytes(row.method, target, headers + [
                ("Expect", "100-continue")], body).partition(b"\r\n\r\n")
            s.sendall(head + end)
            said = s.recv(25, socket.MSG_WAITALL)
            equal(said, b"HTTP/1.1 100 Continue\r\n\r\n", "what it waits for")
        send_all(s, data)
        return read_response(s)


class Client:
    """Sends rows, with what they need of this store."""

    def __init__(self, base, request, send):
        self.base, self.send = base, send
        self.values = {"base": base}
        result = forms.location(request("POST", base + "/note", (), NOTE))
        form = status(request("GET", base + "/mine"), 200)
        cookie = form.get("Set-Cookie").partition(";")[0]
        mine = request("POST", base + "/mine", [("Sec-Fetch-Site", "same-origin"),
                                                ("Cookie", cookie)], "text=x")
        self.values |= {
            "result": result,
            "etag": status(request("GET", result), 200).get("ETag"),
            "mine": forms.location(mine), "cookie": cookie,
            "key": Page(request("GET", base + "/note").text).inputs[forms.KEY]["value"],
        }
        self.stored = {result, self.values["mine"]}
        self.receipts = 0

    def fill(self, text):
        for name, value in self.values.items():
            text = text.replace("{" + name + "}", value)
        return text

    def request(self, row):
        target = self.fill(row.target)
        if row.target.startswith("/"):
            target = self.base + target
        headers = [(n, v and self.fill(v)) for n, v in row.headers]
        body = None if row.body is None else self.fill(row.body)
        r = self.send(row, target, headers, body)
        if row.method == "POST" and r.status in (201, 303):
            self.count(r.get("Location"))
        return r

    def count(self, location):
        if re.search("/[0-9A-Za-z]{27}$", location):
            self.stored.add(location)
        else:
            self.receipts += 1


# -- The comparison ------------------------------------------------------------------

def plain(text):
    """Less what is another each time, IDs, keys, cookies, dates; and spaces in lists."""
    text = re.sub("(prg-not-secure)=[^;]+", r"\1=ID", text).replace(", ", ",")
    text = re.sub(r"[0-9A-Za-z]{27}(\.[-_0-9A-Za-z]{22})?", "ID", text)
    return re.sub("[0-9]+", "0", text)


def is_ours(r):
    return POLICY in (r.get("Content-Security-Policy") or "") or \
        r.status == 304 and r.get("ETag") is not None


def check(client, row, r):
    """What the row says of the answer."""
    assert is_ours(r), f"an answer of the web server's own: {r}"
    for name, words in row.fields.items():
        has(r.get(name) or "", client.fill(words), name)
    if row.has:
        has(r.text, client.fill(row.has))
    if row.method == "HEAD" or r.status in (204, 304):
        equal(r.body, b"", "the body")


def compare(r, want):
    """With the app's own answer."""
    names = [n for n, _ in want.fields if n not in OWN_FIELDS]
    if r.status == 304:
        names = FIELDS_OF_304
    for name in names:
        equal(plain(r.get(name) or "none"), plain(want.get(name) or "none"), name)
    equal(plain(r.text), plain(want.text), "the body")
    if r.get("Content-Length") is not None and r.status not in (204, 304):
        equal(r.get("Content-Length"), want.get("Content-Length"), "Content-Length")


def check_row(setup, client, row, want):
    r = client.request(row)
    listed = difference(setup, row.name)
    if listed is None:
        status(r, row.status)
        check(client, row, r)
        compare(r, want)
        return
    assert (r.status, is_ours(r)) != (row.status, True), "it is listed, and not different"
    status(r, listed)


def answers(t, bin):
    """The app's own, straight from its socket; None where that is not as the row says."""
    found = {}
    with Place(t, bin) as place:
        app = place.app(program=PROGRAM)
        client = Client("", app.request, lambda row, target, headers, body: app.request(
            row.method, target, headers, body))
        for row in ROWS:
            with t.row(f"the app: {row.name} is {row.status}"):
                r = status(client.request(row), row.status)
                check(client, row, r)
                found[row.name] = r
    return found


# -- Behind each server ----------------------------------------------------------------

def leave(web, base):
    """A client that goes away within its form."""
    data = http_bytes("POST", base + "/note", (), "text=" + 1000 * "x")
    for size in (len(data) - 500, len(data) - 1):
        with web.connect() as s:
            s.sendall(data[:size])


def table(t, setup, wanted):
    web, name = setup.web, t.part
    leave(web, setup.base)
    client = Client(setup.base, web.request, lambda row, *what: send(web, row, *what))
    for row in ROWS:
        with t.row(f"{row.name} is {difference(name, row.name) or row.status}"):
            check_row(name, client, row, wanted[row.name])
    with t.row("what was answered 303 or 201 is stored, and nothing else"):
        equal(count_rows(setup.store), len(client.stored) + client.receipts)


def count_rows(store):
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        return db.execute("SELECT count(*) FROM submission").fetchone()[0]
    finally:
        db.close()


def static(t, setup):
    with t.row("the stylesheet is the file"):
        r = status(setup.web.get("/static/prg.css"), 200)
        with open(os.path.join(TOP, "templates", "static", "prg.css"), "rb") as f:
            equal(r.body, f.read())
        among(r.get("Content-Type"), ("text/css", "text/css; charset=utf-8"))
        equal(r.get("X-Content-Type-Options"), "nosniff")
        equal(r.get("Cache-Control"), "public, max-age=31536000")


def slow(t, setup):
    with t.row(f"{SLOW_CLIENTS} forms that do not get on keep nobody waiting"):
        waiting = [setup.web.connect() for _ in range(SLOW_CLIENTS)]
        for s in waiting:
            s.sendall(http_bytes("POST", "/note", (), "text=x")[:-1])
        status(setup.web.get("/note"), 200)
        for s in waiting:
            s.sendall(b"y")
            status(read_response(s), 303)
            s.close()


def together(t, setup):
    """With as many processes as a manager cares to start, and one store."""
    with t.row(f"{CLIENTS} clients at once, and none is refused"):
        load = Load(setup.web, "/note", "text", "text={}", CLIENTS)
        try:
            load.wait_for(8 * CLIENTS)
        finally:
            load.stop()
        equal(load.wrong(), [], "the failures")


def ended(t, setup):
    with t.row("it all ends, and no sanitizer has found a thing"):
        setup.stop()
        for report in REPORTS:
            assert report not in setup.log, setup.log
        for app in setup.place.apps:
            if app.running():
                app.stop()
        equal(setup.processes(), [], "what is left of the app")


def below_base(t, setup):
    web, base = setup.web, setup.base
    with t.row("below /app: a form leads to a result"):
        page = Page(status(web.get(base + "/note"), 200).text)
        equal(page.having("method", "post")[0][1]["action"].rstrip("?"), base + "/note")
        location = forms.location(web.post(base + "/note", "text=x"))
        equal(location[:10], base + "/note/")
        status(web.get(location), 200)
    with t.row("below /app: the home, and the stylesheet"):
        href = Page(status(web.get(base + "/"), 200).text).having(
            "rel", "stylesheet")[0][1]["href"]
        equal(href.partition("?")[0], base + "/static/prg.css")
        status(web.get(href), 200)


def run_parts(t, bin, setup, base, parts):
    """Some parts with one set-up from a fresh start."""
    with Place(t, bin) as place, t.row(f"it starts{base and ' below ' + base}"), \
            setup(place, base) as running:
        for part in parts:
            part(t, running)
        ended(t, running)


def run(t, bin, names):
    t.part = "rows"
    wanted = answers(t, bin)
    for name in names:
        t.part = name
        start = time.monotonic()
        run_parts(t, bin, SETUPS[name], "", [
            lambda t, setup: table(t, setup, wanted), static, slow, together])
        run_parts(t, bin, SETUPS[name], "/app", [below_base])
        for part in [part for of, part in EXTRA if of == name]:
            run_parts(t, bin, SETUPS[name], "", [part])
        print(f"# {name}: {time.monotonic() - start:.1f} s", flush=True)


def main(bin, names):
    suite = start_suite()
    run(suite, bin, matching(list(SETUPS), names))
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
