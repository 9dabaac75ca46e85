"""Whose a result is: its visitor sees it, to all others it might not exist (K9)."""
import re

from forms import (HTML, JSON, Direct, Visitor, body, check_draft, get_key, location, make_id,
                   post)
from harness import Place
from page import Page
from runner import equal, lacks, status

PLAIN = re.compile("prg-not-secure=[0-9a-f]{32}; Path=/; HttpOnly; SameSite=Lax")
SECURE = re.compile("__Host-prg=[0-9a-f]{32}; Path=/; HttpOnly; SameSite=Lax; Secure")
BROWSER = [("Sec-Fetch-Site", "same-origin")]
COOKIE = "0123456789abcdef0123456789abcdef"

# A path, and whether a visitor without a cookie is given one.
PATHS = [
    ("/mine", True), ("/", True), ("/mine/" + make_id(), True),
    ("/note", False), ("/public", False), ("/nothing", False), ("/static/prg.css", False),
    ("/note/" + make_id(), False), ("/mine/x", False), ("/mine/" + make_id() + "/delete", False),
]

# Params of the web server, and which cookie is set.
SCHEMES = [
    ("no HTTPS", [], PLAIN),
    ("HTTPS off", [("HTTPS", "off")], PLAIN),
    ("an empty HTTPS", [("HTTPS", "")], PLAIN),
    ("REQUEST_SCHEME http", [("REQUEST_SCHEME", "http")], PLAIN),
    ("a client's word for it", [("HTTP_X_FORWARDED_PROTO", "https")], PLAIN),
    ("HTTPS on", [("HTTPS", "on")], SECURE),
    ("HTTPS 1", [("HTTPS", "1")], SECURE),
    ("REQUEST_SCHEME https", [("REQUEST_SCHEME", "https")], SECURE),
]

# What is sent as Cookie over http; whether it is taken for a visitor's.
COOKIES = [
    ("as it was given", f"prg-not-secure={COOKIE}", True),
    ("between others", f"a=1; prg-not-secure={COOKIE}; b=2", True),
    ("after one that is like it", f"xprg-not-secure=x; prg-not-secure={COOKIE}", True),
    ("with another after it", f"prg-not-secure={COOKIE}; prg-not-secure={'0' * 32}", True),
    ("cut", f"prg-not-secure={COOKIE[:-1]}", False),
    ("too long", f"prg-not-secure={COOKIE}0", False),
    ("empty", "prg-not-secure=", False),
    ("in capitals", f"prg-not-secure={COOKIE.upper()}", False),
    ("that of https", f"__Host-prg={COOKIE}", False),
    ("under another name", f"prg={COOKIE}", False),
]


def cookies(t, app):
    for path, wanted in PATHS:
        with t.row(f"{path[:9]}: {'a' if wanted else 'no'} cookie is set"):
            r = app.request("GET", path)
            equal(r.get("Set-Cookie") is not None, wanted, r)
    for name, params, form in SCHEMES:
        with t.row(f"{name}: the cookie's name and flags"):
            r = Direct(app, *params).request("GET", "/mine")
            assert form.fullmatch(r.get("Set-Cookie")), r.get("Set-Cookie")
    for name, cookie, good in COOKIES:
        with t.row(f"a cookie {name} is {'good' if good else 'none'}"):
            r = app.request("GET", "/mine", [("Cookie", cookie)])
            equal(r.get("Set-Cookie") is None, good, r)
    with t.row("over https the cookie of http is not taken"):
        r = Direct(app, ("HTTPS", "on")).request("GET", "/mine", [
            ("Cookie", f"prg-not-secure={COOKIE}")])
        assert SECURE.fullmatch(r.get("Set-Cookie")), r
    with t.row("each visitor gets another"):
        equal(len({app.request("GET", "/mine").get("Set-Cookie") for _ in range(20)}), 20)
    with t.row("it is set with the 303 too, and the result is its visitor's"):
        ann = Visitor(app)
        address = location(post(ann, "/mine", None, BROWSER, text="one"))
        assert ann.cookie is not None
        status(ann.request("GET", address), 200)


def stranger_learns_nothing(app, visitor, address):
    """As much as of an ID that is not there, to the byte."""
    unknown = "/mine/" + make_id()
    for method in ("GET", "HEAD"):
        for accept in (HTML, JSON):
            for more in ([], [("If-None-Match", "*")]):
                fields = [("Accept", accept), *more]
                got = status(visitor.request(method, address, fields), 404)
                want = visitor.request(method, unknown, fields)
                equal((got.status, got.fields, got.body), (404, want.fields, want.body))


def who_sees(t, app, client):
    ann, bob = Visitor(client), Visitor(client)
    key = get_key(ann, "/mine")
    mine = location(post(ann, "/mine", key, text="Ann's"))
    with t.row("the owner sees it, and may keep it alone"):
        r = status(ann.request("GET", mine), 200)
        equal(r.get("Cache-Control"), "private, no-cache")
        equal(sorted(r.get("Vary").split(", ")), ["Accept", "Cookie"])
        equal(r.get("X-Robots-Tag"), "noindex, nofollow")
        equal(r.get("Set-Cookie"), None)
    with t.row("a 304 says the same"):
        again = ann.request("GET", mine, [("If-None-Match", r.get("ETag"))])
        for name in ("Cache-Control", "Vary", "ETag"):
            equal(status(again, 304).get(name), r.get(name), name)
    get_key(bob, "/mine")
    with t.row("a stranger gets what an unknown ID gets"):
        stranger_learns_nothing(app, bob, mine)
    with t.row("who has no cookie does as well"):
        equal(status(client.request("GET", mine), 404).body,
              status(client.request("GET", "/mine/" + make_id()), 404).body)
    draft = location(post(ann, "/mine", get_key(ann, "/mine"), text="x" * 41))
    with t.row("a draft is its visitor's too"):
        check_draft(ann, draft, "40", text="x" * 41)
        stranger_learns_nothing(app, bob, draft)
    with t.row("the store holds a digest of the cookie, and not the cookie"):
        equal(app.rows("SELECT DISTINCT owner FROM submission WHERE route = '/mine'"),
              [(ann.owner,)])
        lacks(str(app.rows()), ann.cookie.partition("=")[2])
    his = location(post(bob, "/mine", get_key(bob, "/mine"), text="Bob's"))
    for name, visitor, want in (("her", ann, [mine]), ("his", bob, [his]),
                                ("a third one's", Visitor(client), [])):
        with t.row(f"the newest on {name} page are {name} own"):
            links = Page(visitor.request("GET", "/mine").text).links
            equal([a for a in links if a in (mine, his, draft)], want)
            notes = visitor.request("GET", "/mine", [("Accept", JSON)]).json["notes"]
            equal([n["url"] for n in notes], want)
    for name, visitor, want in (("her", ann, True), ("a stranger's", bob, False)):
        with t.row(f"prg_find() finds it for {name} page: {want}"):
            r = status(visitor.request("GET", "/?id=" + mine[6:], [("Accept", JSON)]), 200)
            equal(r.json["found"], want)
            equal("note" in r.json, want)
            equal(r.get("Cache-Control"), "private, no-cache")
            equal(sorted(r.get("Vary").split(", ")), ["Accept", "Cookie"])


# -- the user whom the web server verified -----------------------------------------------

def not_trusted(t, app):
    ann = Direct(app, ("REMOTE_USER", "ann"))
    with t.row("REMOTE_USER means nothing without --trust-remote-user"):
        browser = Visitor(ann)
        mine = location(post(browser, "/mine", get_key(browser, "/mine"), text="one"))
        assert browser.cookie is not None
        equal(app.rows("SELECT owner FROM submission"), [(browser.owner,)])
        status(ann.request("GET", mine), 404)
        status(browser.request("GET", mine), 200)


def trusted(t, app):
    ann, bob = Direct(app, ("REMOTE_USER", "ann")), Direct(app, ("REMOTE_USER", "bob"))
    with t.row("with it, the user owns what the user submits, without a cookie"):
        key = get_key(ann, "/mine")
        r = post(ann, "/mine", key, text="one")
        mine = location(r)
        equal(r.get("Set-Cookie"), None)
        equal(app.rows("SELECT owner FROM submission"), [("user:ann",)])
        equal(status(ann.request("GET", mine), 200).get("Cache-Control"), "private, no-cache")
    with t.row("another user does not see it, nor does a visitor"):
        status(bob.request("GET", mine), 404)
        status(app.request("GET", mine), 404)
        status(Visitor(app).request("GET", mine), 404)
    with t.row("nor whom a client says it is"):
        status(app.request("GET", mine, [("Remote-User", "ann"), ("Authorization",
                                          "Basic YW5uOng=")]), 404)
    with t.row("another user can't use the user's form"):
        r = bob.request("POST", "/mine", BROWSER, body(key, text="one"))
        assert location(r) != mine, r
        status(post(bob, "/mine", key, text="one"), 403)
    with t.row("an empty REMOTE_USER is none"):
        r = Direct(app, ("REMOTE_USER", "")).request("GET", "/mine")
        assert PLAIN.fullmatch(r.get("Set-Cookie")), r


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app(program="owner")
        cookies(t, app)
    with Place(t, bin) as place:
        app = place.app(program="owner")
        who_sees(t, app, place.nginx(app))
    with Place(t, bin) as place:
        not_trusted(t, place.app(program="owner"))
    with Place(t, bin) as place:
        trusted(t, place.app("--trust-remote-user", program="owner"))
