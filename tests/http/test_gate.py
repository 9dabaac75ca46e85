"""The cross-origin gate: who may send us a form (HTTP.md, section 4)."""
import struct

from client import BEGIN, NEVER, PARAMS, STDOUT, cgi_params, params_bytes, record, stream
from forms import Direct, ran, run_command
from harness import Place
from runner import equal, has, lacks, status

OWN = "http://guestbook.example"
TYPED = "what-was-typed"

# Sec-Fetch-Site and Origin, None if they are not sent; the status without --origin, and
# with --origin naming this site by https and a partner.
ROWS = [
    ("our own form, https", "same-origin", OWN, 303, 303),
    ("our own form, without a referrer", "same-origin", "null", 303, 303),
    ("our own form, Origin left out", "same-origin", None, 303, 303),
    ("typed into the address bar", "none", None, 303, 303),
    ("a neighbour's form", "same-site", "https://b.example", 403, 403),
    ("another site's form", "cross-site", "https://evil.example", 403, 403),
    ("another site's, Origin left out", "cross-site", None, 403, 403),
    ("a sandboxed frame", "cross-site", "null", 403, 403),
    ("our own Origin from another site", "cross-site", OWN, 403, 403),
    ("a word that is not known", "same-origin-ish", None, 403, 403),
    ("the word in capitals", "Same-Origin", None, 403, 403),
    ("a partner's form", "cross-site", "https://partner.example", 403, 303),
    ("plain http: our own form", None, OWN, 303, 403),
    ("plain http: the site named by --origin", None, "https://guestbook.example", 303, 303),
    ("plain http: another site", None, "http://evil.example", 403, 403),
    ("plain http: a name that begins like ours", None, OWN + ".evil.example", 403, 403),
    ("plain http: a name that ends like ours", None, "http://evilguestbook.example", 403, 403),
    ("plain http: another port", None, OWN + ":8080", 403, 403),
    ("plain http: a partner", None, "https://partner.example", 403, 303),
    ("plain http: a partner with a path", None, "https://partner.example/", 403, 403),
    ("plain http: null", None, "null", 403, 403),
    ("plain http: an empty Origin", None, "", 403, 403),
    ("no browser", None, None, 303, 303),
]

# Host and SERVER_PORT, Origin: where Host alone can tell.
HOSTS = [
    ("a port in both", "a.example:8080", "80", "http://a.example:8080", 303),
    ("a port that the web server dropped", "a.example", "8080", "http://a.example:8080", 303),
    ("another port", "a.example:8080", "80", "http://a.example:8081", 403),
    ("capitals in Host", "A.Example", "80", "http://a.example", 303),
    ("an address in brackets", "[::1]:8080", "80", "http://[::1]:8080", 303),
    ("another name", "b.example", "80", "http://a.example", 403),
    ("a Host that is none", "a.example/x", "80", "http://a.example", 403),
]

# Fields that are there twice.
TWICE = [
    ("Origin", OWN, "http://evil.example", 400),
    ("Origin", OWN, "null", 400),
    ("Origin", OWN, "", 400),
    ("Origin", OWN, OWN, 303),
    ("Sec-Fetch-Site", "cross-site", "same-origin", 400),
    ("Sec-Fetch-Site", "same-origin", "cross-site", 400),
    ("Sec-Fetch-Site", "same-origin", "same-origin", 303),
    ("Host", "guestbook.example", "evil.example", 400),
]


def fields(site, origin):
    return [f for f in (("Sec-Fetch-Site", site), ("Origin", origin)) if f[1] is not None]


def rows(t, how, client, app, column, names):
    for name, site, origin, *want in names:
        with t.row(f"{how}: {name} is {want[column]}"):
            count = app.rows("SELECT count(*) FROM submission")[0][0]
            r = client.request("POST", "/note", fields(site, origin), "text=" + TYPED)
            status(r, want[column])
            lacks(r.text, TYPED)
            equal(app.rows("SELECT count(*) FROM submission")[0][0],
                  count + (want[column] == 303), "the count of rows")


def refused_page(t, app):
    with t.row("403 says what to do, in HTML and JSON, and is kept by nobody"):
        for accept, kind in (("text/html", "text/html; charset=utf-8"),
                             ("application/json", "application/problem+json")):
            r = app.request("POST", "/note", fields("cross-site", None) + [("Accept", accept)],
                            "text=" + TYPED)
            equal(status(r, 403).get("Content-Type"), kind)
            equal(r.get("Cache-Control"), "no-store")
            has(r.text, "Open the form on this site")
            lacks(r.text, TYPED)
    with t.row("the log says why, and nothing that was typed or claimed"):
        ran(app)
        has(app.log, 'status=403 ')
        has(app.log, ' reason="Sec-Fetch-Site is not same-origin"\n')
        has(app.log, ' reason="Origin is not Host; if it is this site, name it with --origin"\n')
        for words in (TYPED, "evil.example", "partner.example"):
            lacks(app.log, words)
    with t.row("GET and HEAD pass from anywhere: links and the GET after a 303"):
        for method in ("GET", "HEAD", "OPTIONS"):
            r = app.request(method, "/note", fields("cross-site", "http://evil.example"))
            assert r.status in (200, 204), r
    with t.row("no answer names an origin that may read it"):
        r = app.request("OPTIONS", "/note", fields("cross-site", "http://evil.example"))
        equal([n for n, _ in r.fields if n.startswith("Access-Control-")], [])


def before_the_body(t, app):
    """Its length is said, none of it is sent; the answer comes all the same."""
    for name, length in (("as long as may be", "1048576"), ("huge", "9" * 18),
                         ("of no length", NEVER)):
        with t.row(f"a form from elsewhere, {name}, is refused before it is sent"):
            headers = fields("cross-site", None) + [("Content-Type", "text/anything")]
            c = app.connect()
            pairs = cgi_params("POST", "/note", headers, length=length)
            c.socket.sendall(record(BEGIN, struct.pack(">HB5x", 1, 0)) +
                             stream(PARAMS, params_bytes(pairs)))
            kind, _, head = c.read_record()
            equal(kind, STDOUT, "the first record")
            has(head, b"\r\nStatus: 403 ")
            c.close()
    with t.row("and the next is served"):
        status(app.request("POST", "/note", (), "text=x"), 303)


def twice(t, app):
    for name, one, two, want in TWICE:
        with t.row(f"{name} twice, {one!r} and {two!r}, is {want}"):
            r = app.request("POST", "/note", [(name, one), (name, two)], "text=" + TYPED)
            status(r, want)
            lacks(r.text, "evil.example")


def hosts(t, app):
    for name, host, port, origin, want in HOSTS:
        with t.row(f"{name} is {want}"):
            client = Direct(app, ("SERVER_PORT", port))
            status(client.request("POST", "/note", [("Host", host), ("Origin", origin)],
                                  "text=x"), want)


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app(program="owner")
        rows(t, "direct", app, app, 0, ROWS)
        rows(t, "nginx", place.nginx(app), app, 0, ROWS)
        hosts(t, app)
        twice(t, app)
        refused_page(t, app)
        before_the_body(t, app)
    with Place(t, bin) as place:
        app = place.app("--origin", "https://guestbook.example,https://partner.example",
                        program="owner")
        rows(t, "--origin", app, app, 1, ROWS)
        with t.row("--origin: the log says why"):
            app.wait_for("Origin is not one of --origin")
    for value in ("guestbook.example", "https://a.example/", "https://A.example", "*"):
        with Place(t, bin) as place, t.row(f"--origin {value} is refused at start"):
            code, said = run_command(place, "--listen", "unix:" + place.file("s"),
                                     "--origin", value)
            equal(code, 1)
            has(said, "name origins like https://example.com")
