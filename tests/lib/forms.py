"""forms.py - form keys, signed as the app signs them, and visitors with forms."""
import base64
import hashlib
import os
import resource
import sqlite3
import struct
import subprocess
import time
from urllib.parse import urlencode

from client import BEGIN, DEADLINE, PARAMS, STDIN, as_fields, cgi_params, encode, params_bytes
from client import record, stream
from harness import environment
from page import Page
from runner import equal, status

KEY = "prg-key"
HTML, JSON = "text/html", "application/json"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
EPOCH = 1400000000


# -- keys ------------------------------------------------------------------------

def make_id(age=0):
    """An ID that was made so many seconds ago."""
    made = int(time.time()) - age - EPOCH
    n = int.from_bytes(struct.pack(">I", made) + os.urandom(16), "big")
    text = ""
    for _ in range(27):
        n, digit = divmod(n, 62)
        text = DIGITS[digit] + text
    return text


def sign(secret, id, route, purpose="submit", owner=None):
    """The form key of an ID: the bytes that the app makes, computed independently."""
    mac = hashlib.blake2b(key=secret, digest_size=16)
    for text in ("form key", purpose, route, "nobody" if owner is None else "owner",
                 owner or "", id):
        mac.update(struct.pack("<Q", len(text)) + text.encode())
    return id + "." + base64.urlsafe_b64encode(mac.digest()).decode().rstrip("=")


def visitor_of(cookie):
    """The owner in the store of the visitor with this cookie."""
    return "visitor:" + hashlib.blake2b(cookie.encode(), digest_size=16).hexdigest()


def secrets(app):
    """The secrets in the store; the first of them signs new keys."""
    return [s for (s,) in app.rows(
        "SELECT bytes FROM secret WHERE purpose = 'key' ORDER BY made DESC")]


def change_store(app, sql, *args):
    """Change rows as only time, or their owner, could."""
    db = sqlite3.connect(app.store, DEADLINE)
    db.execute(sql, args)
    db.commit()
    db.close()


# -- forms -----------------------------------------------------------------------

def body(key=None, **fields):
    return urlencode(fields if key is None else {KEY: key, **fields})


def get_key(client, path):
    """The key of a blank form, a draft, or the form that deletes a result."""
    r = status(client.request("GET", path), 200)
    return Page(r.text).inputs[KEY]["value"]


def post(client, path, key=None, headers=(), **fields):
    return client.request("POST", path, headers, body(key, **fields))


def location(response):
    """The Location of a 303."""
    return status(response, 303).get("Location")


def bare(draft):
    """Where a draft's form leads once it is corrected."""
    return draft.partition("?")[0]


def id_of(address):
    return address.rpartition("/")[2].partition("?")[0]


def ran(app):
    """How often the handler has run; a line that is sure to come ends the log."""
    refused = " route=/note status=403 "
    count = app.log.count(refused)
    status(app.request("POST", "/note", [("Sec-Fetch-Site", "cross-site")], ""), 403)
    with app.event:
        assert app.event.wait_for(lambda: app.log.count(refused) > count, DEADLINE), app.log
    return app.log.count("the handler ran")


class Gate:
    """A pipe at which the handlers of the probe wait for a byte each."""

    def __init__(self, place, name="gate"):
        self.path = place.file(name)
        os.mkfifo(self.path)
        self.pipe = os.open(self.path, os.O_RDWR)

    @property
    def form(self):
        return urlencode({"text": self.path})

    def open(self):
        os.write(self.pipe, b"!")

    def close(self):
        os.close(self.pipe)


class Unreadable:
    """An app of which the one connection that is open to the store is lent, by a page with
    ?pipe=, and which has no descriptor for another: no look succeeds."""

    def __init__(self, place, app, path):
        self.app, self.gate = app, Gate(place)
        self.held, self.client = app.connect(), app.connect()
        self.held.send("GET", f"{path}?pipe={self.gate.path}")
        app.wait_for("at the gate")
        status(self.request("/nothing"), 404)       # it has a worker from now on
        self.before = resource.prlimit(app.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(app.pid, resource.RLIMIT_NOFILE, (3, self.before[1]))

    def request(self, path):
        return self.client.request("GET", path, keep=True)

    def mend(self):
        resource.prlimit(self.app.pid, resource.RLIMIT_NOFILE, self.before)

    def close(self):
        """The page to which it was lent."""
        self.gate.open()
        page = self.held.read()
        self.gate.close()
        self.held.close()
        self.client.close()
        return page


def check_draft(client, address, words, **typed):
    """The form with what was typed, and a sentence on what is wrong; its page."""
    r = status(client.request("GET", address), 200)
    page = Page(r.text)
    equal(page.title[:7], "Error: ", "the title's beginning")
    assert words in page.texts["ul"][0], f"no {words!r} in {page.texts['ul']}"
    for name, value in typed.items():
        equal(page.inputs[name]["value"], value, f"the value of {name}")
    equal(r.get("Cache-Control"), "private, no-store")
    return page


class Direct:
    """The app's socket, with params that its web server would add."""

    def __init__(self, app, *params):
        self.app, self.params = app, list(params)

    def request(self, *args, **kw):
        text = encode(args[3] if len(args) > 3 else b"")
        mine = dict(self.params)
        pairs = [p for p in cgi_params(*args, **kw) if p[0] not in mine] + self.params
        c = self.app.connect()
        try:
            c.socket.sendall(record(BEGIN, struct.pack(">HB5x", 1, 0)) +
                             stream(PARAMS, params_bytes(pairs)) + stream(STDIN, text))
            return c.read()
        finally:
            c.close()


class Visitor:
    """A browser that keeps its cookie."""

    def __init__(self, client):
        self.client, self.cookie = client, None

    def request(self, method, target, headers=(), *args, **kw):
        if self.cookie is not None:
            headers = [*headers, ("Cookie", self.cookie)]
        r = self.client.request(method, target, headers, *args, **kw)
        if r.get("Set-Cookie") is not None:
            self.cookie = r.get("Set-Cookie").partition(";")[0]
        return r

    def get(self, target, **headers):
        return self.request("GET", target, as_fields(headers))

    @property
    def owner(self):
        return visitor_of(self.cookie.partition("=")[2])


def run_command(place, *words, program="owner"):
    """The program as an administrator runs it: its exit code and what it says."""
    done = subprocess.run(
        place.args(*words, "--store", place.file(program + ".db"), program=program),
        cwd=place.folder, env=environment(), capture_output=True, text=True, timeout=DEADLINE)
    return done.returncode, done.stdout + done.stderr
