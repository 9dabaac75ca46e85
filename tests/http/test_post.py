"""The loop: a POST is 303 to an address, and the address is a page that stays."""
import re
import time

from client import DEADLINE, FORM
from harness import Place
from page import Page
from runner import equal, has, lacks, status

ADDRESS = re.compile(r"/[0-9A-Za-z]{27}")
ANN = "name=Ann+%3Cb%3E&message=%22Hi%22+%26+bye%0D%0A%3Cscript%3E&stars=5"

# What a client may claim about where it is; none of it shows in Location.
CLAIMS = [
    ("a foreign Host", "/", [("Host", "evil.example")]),
    ("a Host with a port", "/", [("Host", "evil.example:8080")]),
    ("X-Forwarded-Host", "/", [("X-Forwarded-Host", "evil.example")]),
    ("X-Forwarded-Proto and -Prefix", "/", [("X-Forwarded-Proto", "https"),
                                            ("X-Forwarded-Prefix", "/evil")]),
    ("Forwarded", "/", [("Forwarded", "host=evil.example;proto=https")]),
    ("an absolute-form target", "http://evil.example/", []),
    ("a query", "/?next=//evil.example/", []),
]

# If-None-Match, with @ for the tag that the page has.
MATCHES = [
    ("the tag itself", "@", 304),
    ("the tag as a weak one", "W/@", 304),
    ("a list with it", '"a", "b", @', 304),
    ("a list with it, without spaces", '"a",W/@,"b"', 304),
    ("a star", "*", 304),
    ("another tag", '"another"', 200),
    ("a list without it", '"a", W/"b"', 200),
    ("the tag without quotes", "@unquoted", 200),
    ("nonsense", "@@@", 200),
]

# Other conditions: fields with @ for the tag, + for Last-Modified.
CONDITIONS = [
    ("unmodified since its date", [("If-Modified-Since", "+")], 304),
    ("unmodified since a date that we did not send",
     [("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")], 200),
    ("modified since long ago",
     [("If-Modified-Since", "Thu, 01 Jan 2015 00:00:00 GMT")], 200),
    ("a date that is none", [("If-Modified-Since", "yesterday")], 200),
    ("another tag wins over the date",
     [("If-None-Match", '"another"'), ("If-Modified-Since", "+")], 200),
    ("If-Match of the tag", [("If-Match", "@")], 200),
    ("If-Match of a star", [("If-Match", "*")], 200),
    ("If-Match of another", [("If-Match", '"another"')], 412),
    ("If-Match of the weak tag", [("If-Match", "W/@")], 412),
    ("If-Unmodified-Since of its date", [("If-Unmodified-Since", "+")], 200),
    ("If-Unmodified-Since of long ago",
     [("If-Unmodified-Since", "Thu, 01 Jan 2015 00:00:00 GMT")], 412),
]


# What a POST may ask for: the form is there, and has no tag and no date.
PRECONDITIONS = [
    ("If-Match of a star", ("If-Match", "*"), 303),
    ("If-Match of a tag", ("If-Match", '"x"'), 412),
    ("If-None-Match of a star", ("If-None-Match", "*"), 412),
    ("If-None-Match of a tag", ("If-None-Match", '"x"'), 303),
    ("If-Unmodified-Since", ("If-Unmodified-Since", "Thu, 01 Jan 2015 00:00:00 GMT"), 303),
    ("If-Modified-Since", ("If-Modified-Since", "Thu, 01 Jan 2015 00:00:00 GMT"), 303),
]


def less(response, *names):
    return sorted(f for f in response.fields if f[0] not in names)


def check_see_other(r):
    status(r, 303)
    equal(len(r.all("Location")), 1, "the count of Location")
    location = r.get("Location")
    assert ADDRESS.fullmatch(location), f"Location is {location!r}"
    equal(r.get("Content-Type"), "text/html; charset=utf-8")
    equal(r.get("Cache-Control"), "no-store")
    equal(r.get("Content-Length"), str(len(r.body)))
    equal(Page(r.text).links, [location], "what the note links to")
    return location


def check_result(web, location):
    r = status(web.get(location), 200)
    equal(r.get("Content-Type"), "text/html; charset=utf-8")
    has(r.text, "Thank you, Ann &lt;b&gt;.")
    has(r.text, "&quot;Hi&quot; &amp; bye\n&lt;script&gt;")
    lacks(r.text, "<script")
    lacks(r.text, "<b>")
    page = Page(r.text)
    has(page.text, "Ann <b>")
    has(page.text, '"Hi" & bye\n<script>')
    equal(page.texts["dd"][2], "5", "the stars")
    equal(page.texts["code"], [location[1:]], "the reference")
    assert location in page.links, f"no link to {location} in {page.links}"


def filled(fields, page):
    return [(n, v.replace("@unquoted", page.get("ETag").strip('"'))
             .replace("@@@", "W/").replace("@", page.get("ETag"))
             .replace("+", page.get("Last-Modified"))) for n, v in fields]


def check_not_modified(r, page):
    equal(r.body, b"", "the body")
    for name in ("ETag", "Vary", "Cache-Control"):
        assert r.get(name) is not None, f"no {name}"
        equal(r.get(name), page.get(name), name)
    equal(r.get("Content-Type"), None, "Content-Type")


def dated(client, location):
    """The page, once it has a date: a process gives none in its first second."""
    end = time.monotonic() + DEADLINE
    while (page := client.request("GET", location)).get("Last-Modified") is None:
        assert time.monotonic() < end, page
    return page


def conditional(t, how, client, location):
    page = dated(client, location)
    for name, value, want in MATCHES:
        with t.row(f"{how}: If-None-Match of {name} is {want}"):
            fields = filled([("If-None-Match", value)], page)
            r = status(client.request("GET", location, fields), want)
            if want == 304:
                check_not_modified(r, page)
            else:
                equal(r.body, page.body, "the body")
    for name, fields, want in CONDITIONS:
        with t.row(f"{how}: {name} is {want}"):
            status(client.request("GET", location, filled(fields, page)), want)
    with t.row(f"{how}: HEAD with the tag is 304"):
        fields = filled([("If-None-Match", "@")], page)
        check_not_modified(status(client.request("HEAD", location, fields), 304), page)
    with t.row(f"{how}: conditions of a page that is not there are ignored"):
        status(client.request("GET", "/nothing", [("If-None-Match", "*")]), 404)


def heads(t, how, client, location):
    for name, path in (("a result", location), ("the form", "/"), ("an error", "/nothing"),
                       ("the stylesheet", "/static/prg.css")):
        with t.row(f"{how}: HEAD of {name} has GET's fields and no body"):
            get, head = client.request("GET", path), client.request("HEAD", path)
            equal(head.status, get.status)
            equal(head.body, b"", "the body")
            equal(less(head, "Date"), less(get, "Date"))
            equal(head.get("Content-Length"), str(len(get.body)))


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app()
        web = place.nginx(app)
        with t.row("a POST is 303 with one Location and a note"):
            check_see_other(web.post("/", ANN))
        location = web.post("/", ANN).get("Location")
        with t.row("its address has what was typed, escaped"):
            check_result(web, location)
        with t.row("a second look gives the same bytes and tag"):
            a, b = web.get(location), web.get(location)
            equal(a.body, b.body)
            assert a.get("ETag"), "no ETag"
            equal(a.get("ETag"), b.get("ETag"))
        with t.row("each POST has an address and a tag of its own"):
            other = web.post("/", ANN).get("Location")
            assert other != location, other
            assert web.get(other).get("ETag") != web.get(location).get("ETag")
        with t.row("the newest entries are on the form's page"):
            assert location in Page(web.get("/").text).links
        for name, target, headers in CLAIMS:
            with t.row(f"{name} does not show in Location"):
                headers = headers + [("Content-Type", FORM)]
                check_see_other(web.request("POST", target, headers, ANN))
                check_see_other(app.request("POST", target, headers, ANN))
        with t.row("a chunked POST, given its length by nginx, is 303"):
            chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(ANN), ANN.encode())
            check_see_other(web.request("POST", "/", [
                ("Transfer-Encoding", "chunked"), ("Content-Length", None)], chunked))
        with t.row("a POST of length unsaid is read to its end"):
            check_see_other(app.request("POST", "/", (), ANN, length=""))
        with t.row("If-None-Match in two lines is one list"):
            tag = web.get(location).get("ETag")
            status(app.request("GET", location, [("If-None-Match", '"a"'),
                                                 ("If-None-Match", tag)]), 304)
        for how, client in (("nginx", web), ("direct", app)):
            conditional(t, how, client, location)
            heads(t, how, client, location)
        with t.row("nothing but the POSTs above is stored"):
            equal(app.rows("SELECT count(*) FROM submission"), [(5 + 2 * len(CLAIMS),)])
        for name, field, want in PRECONDITIONS:
            with t.row(f"a POST with {name} is {want}"):
                status(web.request("POST", "/", [("Content-Type", FORM), field], ANN), want)
        with t.row("of those that are 412 nothing is stored"):
            more = [row for row in PRECONDITIONS if row[2] == 303]
            equal(app.rows("SELECT count(*) FROM submission"),
                  [(5 + 2 * len(CLAIMS) + len(more),)])
