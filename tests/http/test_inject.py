"""A body that looks like requests is a body.

Whoever posts chooses its bytes.  If a refused body were left unread on a connection
that is used again, its bytes would be taken for requests: with any REMOTE_USER, and
answered to somebody else.
"""
import threading

from client import FORM, fcgi_bytes, params_bytes, record, stream, BEGIN, PARAMS, STDIN
from harness import Place
from runner import equal, lacks, status

FORGED = (record(BEGIN, b"\0\1\1\0\0\0\0\0") +
          stream(PARAMS, params_bytes([
              ("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/"), ("REMOTE_USER", "admin"),
              ("CONTENT_TYPE", FORM), ("CONTENT_LENGTH", "24"), ("HTTPS", "on")])) +
          stream(STDIN, b"name=Forged&message=evil"))

# A record of 8 bytes that says nothing: one runs into the next from wherever in
# the body somebody begins to read, if it is at one of 8 offsets.
NOTHING = record(STDIN, b"", 999)

# Beyond so many bytes the app closes the connection rather than read on.
DRAINED = 64 << 10
SIZES = [0, 1000, 8000, 20000, 60000, 70000, 300000]


def body(size, offset):
    """Forged requests after and amid 'size' bytes of filling."""
    filling = NOTHING * (size // 16)
    return b"a" * offset + filling + FORGED + filling + FORGED + NOTHING * 4


# Why the body is not read, or not to its end: (name, Content-Type)
REFUSALS = [
    ("415", "text/plain", 415),
    ("413", FORM, 413),
]


def direct(t, app, known, page):
    for name, kind, want in REFUSALS:
        for size in SIZES:
            with t.row(f"{name} with {size} bytes before it, direct"):
                for offset in range(8):
                    one_connection(app, kind, want, body(size, offset), known, page)


def one_connection(app, kind, want, forged, known, page):
    """Refused, and what comes next on the connection, if anything, is ours."""
    c = app.connect()
    try:
        c.socket.sendall(fcgi_bytes("POST", "/", [("Content-Type", kind)], forged, keep=True))
    except (BrokenPipeError, ConnectionResetError):
        pass            # it need not read what it refuses
    status(c.read(), want)
    try:
        c.send("GET", known, keep=True, number=2)
        answer = c.file.peek(1)
    except (BrokenPipeError, ConnectionResetError):
        answer = b""
    assert answer or len(forged) > DRAINED, "the connection was closed"
    if answer:
        equal(status(c.read(2), 200).body, page)
        c.send("GET", "/nothing", number=3)
        status(c.read(3), 404)
        assert c.at_end(), "more came than was asked for"
    c.close()
    equal(status(app.request("GET", known), 200).body, page)


def through_nginx(t, web, known, page):
    for name, kind, want in REFUSALS:
        for size in SIZES:
            with t.row(f"{name} with {size} bytes before it, through nginx"):
                for offset in range(8):
                    r = web.request("POST", "/", [("Content-Type", kind)], body(size, offset))
                    status(r, want)
                    for _ in range(3):
                        equal(status(web.get(known), 200).body, page)


class Bystander(threading.Thread):
    """Somebody else, who must see nothing of it."""

    def __init__(self, web, known, page):
        super().__init__()
        self.web, self.known, self.page = web, known, page
        self.over, self.looks, self.wrong = False, 0, []
        self.start()

    def run(self):
        while not self.over:
            try:
                r = status(self.web.get(self.known), 200)
                equal(r.body, self.page)
                lacks(r.text, "Forged")
            except Exception as e:
                self.wrong.append(str(e))
            self.looks += 1


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app("--threads", "2", "--max-body", "100")
        web = place.nginx(app)
        known = web.post("/", "name=Known&message=Hi").get("Location")
        page = web.get(known).body
        others = [Bystander(web, known, page) for _ in range(2)]
        try:
            direct(t, app, known, page)
            through_nginx(t, web, known, page)
        finally:
            for other in others:
                other.over = True
                other.join()
        with t.row("others have seen their own answers all the time"):
            equal([w for o in others for w in o.wrong[:2]], [])
            assert all(o.looks > 10 for o in others)
        with t.row("no forged request was carried out"):
            equal(app.rows("SELECT json_extract(input, '$.name') FROM submission"), [("Known",)])
