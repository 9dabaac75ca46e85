"""What handlers can say, and routes beside each other."""
from harness import Place
from page import Page
from runner import equal, has, lacks, status
from urllib.parse import quote

JSON = "application/json"

# The path that the handler redirects to, and the Location that comes of it.
REDIRECTS = [
    ("a path", "/note", "/note"),
    ("a path with a query", "/note?a=b&c=%20", "/note?a=b&c=%20"),
    ("letters beyond ASCII", "/n\u00f6te", "/n%C3%B6te"),
    ("another site", "http://evil.example/", None),
    ("another site without a scheme", "//evil.example/", None),
    ("another site with a backslash", "/\\evil.example/", None),
    ("a tab that browsers drop", "/\t/evil.example/", None),
    ("a path that is not from the top", "note", None),
    ("a path of 1000 bytes", "/x" + 499 * "\u00f6", "/x" + 499 * "%C3%B6"),
    ("a path of one more", "/xx" + 499 * "\u00f6", None),
]


def typed(text):
    return "text=" + "".join(f"%{b:02x}" for b in text.encode())


def redirects(t, app, web):
    for name, path, want in REDIRECTS:
        with t.row(f"a redirect to {name}"):
            r = web.post("/away", typed(path))
            status(r, 303 if want else 500)
            equal(r.get("Location"), want, "Location")
            links = [quote(a, safe="/?=&%") for a in Page(r.text).links]
            assert want is None or links == [want], r.text
    with t.row("where none was made nothing is stored"):
        equal(app.rows("SELECT count(*) FROM submission WHERE state = 'done'"),
              [(len([want for _, _, want in REDIRECTS if want]),)])


def routes(t, web):
    note = status(web.post("/note", "text=a"), 303).get("Location")
    public = status(web.post("/public", "text=a"), 303).get("Location")
    with t.row("each route's results are below its path"):
        equal(note[:6], "/note/")
        equal(public[:8], "/public/")
    with t.row("an ID is unknown under another route"):
        id = note[6:]
        status(web.get(note), 200)
        for path in ("/public/" + id, "/" + id, "/away/" + id, "/note/note/" + id):
            status(web.get(path), 404)
    with t.row("a private result may be kept by its reader only"):
        equal(web.get(note).get("Cache-Control"), "private, no-cache")
        equal(web.get(note).get("X-Robots-Tag"), "noindex, nofollow")
        equal(web.get(note).get("Referrer-Policy"), "same-origin")
    with t.row("a public one may be kept by all, as long as the route says"):
        equal(web.get(public).get("Cache-Control"), "public, max-age=60")
    with t.row("a page with a form is kept by its reader only"):
        equal(web.get("/note").get("Cache-Control"), "private, no-cache")
    with t.row("a page without a form takes no POST"):
        r = status(web.post("/", "text=a"), 405)
        equal(r.get("Allow"), "GET, HEAD, OPTIONS")
        equal(web.get("/").get("Cache-Control"), "private, no-cache")


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app(program="probe")
        web = place.nginx(app)
        redirects(t, app, web)
        routes(t, web)
        with t.row("the list of prg_recent() is in the model of the handler, too"):
            has(status(web.get("/public"), 200).text, "<h1>1 notes, a</h1>")
            equal(status(web.get("/public", accept=JSON), 200).json["title"], "1 notes, a")
        with t.row("prg_missing() is 404"):
            status(web.get("/?missing"), 404)
        with t.row("prg_fail() is 503, and its sentence is in the log alone"):
            for accept in ("text/html", JSON):
                r = status(web.post("/fail", "text=a", accept=accept), 503)
                equal(r.get("Retry-After"), "30")
                lacks(r.text, "42")
            app.wait_for(' reason="the secret reason is 42"\n')
        with t.row("prg_field_error() and prg_invalid() show the form with the handler's words"):
            r = status(web.post("/taken", "text=a", accept=JSON), 422)
            equal(r.json["errors"], [{"pointer": "#/text", "detail": "This one is taken"}])
        with t.row("of what failed nothing is stored"):
            equal(app.rows("SELECT * FROM submission WHERE route IN ('/fail', '/taken')"), [])
