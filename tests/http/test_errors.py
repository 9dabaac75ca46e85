"""Errors: the right status, in words for people or programs, stored by nobody."""
from client import FORM, NEVER
from harness import Place
from messages import message
from page import Page
from runner import equal, has, status

GOOD = "name=Ann&message=Hi&stars=3"
NONE = "0" * 27
FLAGS = ("--max-body", "4096")
ON_FORM, ON_RESULT = "GET, HEAD, POST, OPTIONS", "GET, HEAD, OPTIONS"

# Over nginx unless the name ends in "direct": nginx answers those itself.
# In targets and bodies {id} is a result's, {swapped} the same in the other case.
ROWS = [
    # name, method, target, content type, body, status, words
    ("an unknown path", "GET", "/nothing", None, None, 404, message("detail_404")),
    ("an unknown ID", "GET", "/" + NONE, None, None, 404, message("detail_404")),
    ("an ID in the other case", "GET", "/{swapped}", None, None, 404, message("detail_404")),
    ("below an ID", "GET", "/{id}/", None, None, 404, message("detail_404")),
    ("two slashes before an ID", "GET", "//{id}", None, None, 404, message("detail_404")),
    ("below the form", "GET", "/form", None, None, 404, message("detail_404")),
    ("a POST to an unknown path", "POST", "/nothing", FORM, GOOD, 404, message("detail_404")),
    ("bytes that are no UTF-8", "GET", "/%ff", None, None, 404, "no page"),
    ("PUT on the form", "PUT", "/", FORM, GOOD, 405, message("detail_405")),
    ("DELETE on the form", "DELETE", "/", None, None, 405, message("detail_405")),
    ("PATCH on the form", "PATCH", "/", FORM, GOOD, 405, message("detail_405")),
    ("PUT on a result", "PUT", "/{id}", FORM, GOOD, 405, message("detail_405")),
    ("DELETE on a result", "DELETE", "/{id}", None, None, 405, message("detail_405")),
    ("POST on a result", "POST", "/{id}", FORM, GOOD, 405, message("detail_405")),
    ("POST on the stylesheet, direct", "POST", "/static/prg.css", FORM, GOOD, 405,
     message("detail_405")),
    ("FOO on the form", "FOO", "/", None, None, 501, message("detail_501")),
    ("FOO on a result", "FOO", "/{id}", None, None, 501, message("detail_501")),
    ("get, in small letters, direct", "get", "/", None, None, 501, message("detail_501")),
    ("an encoded slash", "GET", "/a%2Fb", None, None, 400, "characters"),
    ("an encoded slash in small letters", "GET", "/a%2fb", None, None, 400, "characters"),
    ("an encoded slash before an ID", "GET", "/%2F{id}", None, None, 400, "characters"),
    ("an encoded NUL, direct", "GET", "/%00", None, None, 400, "characters"),
    ("an encoded newline", "GET", "/a%0Ab", None, None, 400, "characters"),
    ("an encoded DEL", "GET", "/a%7Fb", None, None, 400, "characters"),
    ("a control byte, direct", "GET", "/a\x01b", None, None, 400, "characters"),
    ("a newline, direct", "GET", "/a\r\nSet-Cookie: a=b", None, None, 400, "characters"),
    ("a percent of no byte, direct", "GET", "/%zz", None, None, 400, "characters"),
    ("a percent at the end, direct", "GET", "/%", None, None, 400, "characters"),
    ("a dot segment", "GET", "/./", None, None, 400, "characters"),
    ("two dots at the end", "GET", "/a/..", None, None, 400, "characters"),
    ("two dots above the top, direct", "GET", "/../", None, None, 400, "characters"),
    ("encoded dots", "GET", "/a/%2e%2E/", None, None, 400, "characters"),
    ("a backslash", "GET", "/\\evil.example", None, None, 400, "characters"),
    ("an encoded backslash", "GET", "/%5Cevil.example", None, None, 400, "characters"),
    ("no path, direct", "GET", "evil", None, None, 400, "characters"),
    ("a fragment, direct", "GET", "/#a", None, None, 400, "characters"),
    ("a POST to a dot segment", "POST", "/./", FORM, GOOD, 400, "characters"),
    ("a body one byte over --max-body", "POST", "/", FORM, "message=" + 4089 * "x", 413, "4096"),
    ("a body far over --max-body", "POST", "/", FORM, 900000 * "x", 413, "4096"),
    ("a name over its limit", "POST", "/", FORM, 257 * "x" + "=a", 413, "name"),
    ("no Content-Type", "POST", "/", None, GOOD, 415, "urlencoded"),
    ("text/plain", "POST", "/", "text/plain", GOOD, 415, "urlencoded"),
    ("application/json", "POST", "/", "application/json", "{}", 415, "urlencoded"),
    ("a type that begins like ours", "POST", "/", FORM + "2", GOOD, 415, "urlencoded"),
    ("charset latin2", "POST", "/", FORM + "; charset=iso-8859-2", GOOD + "%E9", 415, "UTF-8"),
    ("charset utf-16", "POST", "/", FORM + ";charset=utf-16", GOOD + "%FF", 415, "UTF-8"),
    ("a form that says it is in another", "POST", "/", FORM,
     GOOD + "%E9&_charset_=windows-1251", 400, "UTF-8"),
]

# Straight to the app: (name, extra fields, Content-Length, status, words)
LENGTHS = [
    ("a coding without a length", [("Transfer-Encoding", "chunked")], "", 411, "Length"),
    ("a length that is none", [], "1x", 400, "not a number"),
    ("a length with a sign", [], "+27", 400, "not a number"),
    ("two lengths in one", [], "27, 27", 400, "not a number"),
    ("a length beyond all numbers", [], "99999999999999999999", 400, "not a number"),
    ("a length beyond the body", [], str(len(GOOD) + 1), 400, "incomplete"),
    ("a length short of the body", [], str(len(GOOD) - 1), 400, "longer"),
    ("a length over --max-body", [], "4097", 413, "4096"),
    ("two methods", [("X", "1")], None, 400, "twice"),
    ("two addresses", [("Y", "1")], None, 400, "twice"),
]

# It has 4096 bytes in all.
FULL = GOOD + "&x=" + 2000 * "y" + "&y=" + 2000 * "y" + "&z=" + 60 * "y"

# What is just within: must not be refused.
TAKEN = [
    ("a body of --max-body bytes", FORM, FULL),
    ("a name of 256 bytes", FORM, GOOD + "&" + "x" * 256 + "="),
    ("charset utf-8", FORM + "; charset=UTF-8", GOOD),
    ("a form that says it is in UTF-8", FORM, GOOD + "&_charset_=UTF-8"),
    ("one that has room to say so", FORM, GOOD + "&_charset_="),
    ("charset in quotes", FORM + ';charset="utf-8"', GOOD),
    ("the type in capitals", FORM.upper(), GOOD),
]


def check_fields(r):
    equal(r.get("Cache-Control"), "no-store", "Cache-Control")
    equal(r.get("X-Content-Type-Options"), "nosniff", "X-Content-Type-Options")
    csp = r.get("Content-Security-Policy")
    for words in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'",
                  "base-uri 'none'"):
        has(csp, words, "Content-Security-Policy")
    assert r.get("X-Powered-By") is None
    assert (r.get("Server") or "nginx").startswith("nginx"), r.get("Server")
    equal(r.get("ETag"), None, "ETag")


def check_html(r, words):
    check_fields(r)
    equal(r.get("Content-Type"), "text/html; charset=utf-8")
    page = Page(r.text)
    equal(len(page.texts["h1"]), 1, "the count of headings")
    assert page.title, "no title"
    has(page.text, words)


def check_json(r, words):
    check_fields(r)
    equal(r.get("Content-Type"), "application/problem+json")
    equal(r.json["status"], r.status, "the member status")
    equal(r.json["type"], "about:blank")
    assert r.json["title"], "no title"
    has(r.json["detail"], words)


CHECKS = (("text/html", check_html), ("application/json", check_json))


def check_extra(r, target):
    """What a status asks for besides."""
    if r.status == 405:
        equal(r.get("Allow"), ON_FORM if target == "/" else ON_RESULT, "Allow")
    if r.status == 415:
        equal(r.get("Accept"), FORM + ", multipart/form-data", "Accept")


def errors(t, web, app, id):
    for name, method, target, kind, body, want, words in ROWS:
        client = app if name.endswith("direct") else web
        target = target.replace("{id}", id).replace("{swapped}", id.swapcase())
        for accept, check in CHECKS:
            with t.row(f"{name} is {want} as {accept}"):
                r = client.request(method, target, [("Content-Type", kind),
                                                    ("Accept", accept)], body)
                check(status(r, want), words)
                check_extra(r, target)
    for accept, check in CHECKS:
        with t.row(f"a coded body is 415 as {accept}"):
            r = status(web.request("POST", "/", [("Content-Encoding", "gzip"),
                                                 ("Accept", accept)], GOOD), 415)
            check(r, "")
            equal(r.get("Accept-Encoding"), "identity")


def lengths(t, app):
    twice = {"X": ("REQUEST_METHOD", "GET"), "Y": ("REQUEST_URI", "/b")}
    for name, fields, length, want, words in LENGTHS:
        for accept, check in CHECKS:
            with t.row(f"{name} is {want} as {accept}"):
                if fields and fields[0][0] in twice:
                    r = with_param(app, twice[fields[0][0]], accept)
                else:
                    r = app.request("POST", "/", fields + [("Accept", accept)], GOOD,
                                    length=length)
                check(status(r, want), words)


def with_param(app, pair, accept):
    """A request in which a param comes a second time, with another value."""
    import client as c
    conn = app.connect()
    pairs = c.cgi_params("POST", "/", [("Accept", accept)], GOOD) + [pair]
    conn.socket.sendall(c.record(c.BEGIN, b"\0\1\0\0\0\0\0\0") +
                        c.stream(c.PARAMS, c.params_bytes(pairs)) +
                        c.stream(c.STDIN, GOOD.encode()))
    r = conn.read()
    conn.close()
    return r


def options(t, web, id):
    for path, allow in (("/", ON_FORM), ("/" + id, ON_RESULT)):
        with t.row(f"OPTIONS is 204 with Allow: {allow}"):
            r = status(web.request("OPTIONS", path), 204)
            equal(r.get("Allow"), allow)
            equal(r.body, b"")
            equal(r.get("Access-Control-Allow-Origin"), None)


def run(t, bin):
    assert len(FULL) == 4096, len(FULL)
    with Place(t, bin) as place:
        app = place.app(*FLAGS)
        web = place.nginx(app)
        id = web.post("/", GOOD).get("Location")[1:]
        errors(t, web, app, id)
        lengths(t, app)
        options(t, web, id)
        with t.row("without REQUEST_URI it is 400"):
            status(app.request("GET", NEVER), 400)
        with t.row("over nginx's own limit it is 413"):
            status(web.post("/", "a=" + 8400000 * "x"), 413)
        with t.row("of all these nothing is stored"):
            equal(len(app.rows()), 1)
        for name, kind, body in TAKEN:
            with t.row(f"{name} is taken"):
                status(web.request("POST", "/", [("Content-Type", kind)], body), 303)
